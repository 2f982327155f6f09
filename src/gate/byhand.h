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
	const char *body;	/* JSON; "" for none. This is kept */
	struct buf *typed;	/* NULL, or what is sent in place of body, and is kept nowhere: taken, and wiped when it is over */
	const char *accept;	/* NULL for none */
	const char *detail;	/* for the record */
	/* May be NULL: called once when it is over, with the substrate's answer, if there was one. */
	void (*ended)(struct gate *g, const struct action *a, const char *body, size_t len, void *arg);
	void *arg;
};

/*
 * Held, approved and sent in one change on disk, then sent, once; so a gate that is killed either knows nothing of it, or that it was sent. NULL: it could not
 * be written, and nothing is sent or called. ended may be called before this returns.
 */
struct action *by_hand(struct gate *g, const struct by_hand *h, const char *by, struct err *e);
/* It is over: tells who waits for it. */
void by_hand_ended(struct gate *g, const struct action *a, const char *body, size_t len);
void by_hand_release(struct gate *g);	/* after the loop has ended */
/* Adds "/" and the text as one segment. */
void by_hand_segment(struct buf *path, const char *text);
/* May the text be a segment? Not one that a server may take for the folder, or the one above it: the encoding leaves dots. */
bool by_hand_segment_ok(const char *text);

#endif
