/*
 * byhand: a request of the operator's own, through the gate: an action without an agent, whose hand it was in decided_by. It waits for nothing on its session,
 * and a freeze does not stop it: whoever makes one that gives something looks at the freeze first.
 */
#ifndef ASSENT_GATE_BYHAND_H
#define ASSENT_GATE_BYHAND_H

#include "gate/gate.h"

struct by_hand {
	enum http_method method;
	const char *path;	/* with /api/v1 in front, encoded */
	const char *body;	/* JSON; "" for none */
	const char *detail;	/* for the record */
};

/* Held and approved at once, each on disk; the next gate_pump() sends it, once. NULL: it could not be written, and nothing is sent. */
struct action *by_hand(struct gate *g, const struct by_hand *h, const char *by, struct err *e);
/* Adds "/" and the text as one segment. */
void by_hand_segment(struct buf *path, const char *text);
/* May the text be a segment? Not one that a server may take for the folder, or the one above it: the encoding leaves dots. */
bool by_hand_segment_ok(const char *text);

#endif
