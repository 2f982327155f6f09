/*
 * kept: what is streamed to agents, as the journal keeps it: from its begin up to STORE_RESULT_MAX, written in pieces of 64 KiB, and what has come of a
 * piece after a second. So a gate that is killed loses no more than that.
 */
#ifndef ASSENT_GATE_KEPT_H
#define ASSENT_GATE_KEPT_H

#include "gate/gate.h"

/* One streamed answer, from its head on; a piece of it is not on disk yet. */
struct kept {
	struct kept *next, **prev;	/* NULL prev: not begun */
	struct gate *gate;
	int64_t action;
	struct buf pending;
};

void kept_init(struct gate *g);
void kept_close(struct gate *g);	/* its timer */
void kept_begin(struct kept *k, struct gate *g, int64_t action);
/* The bytes as agents get them. What cannot be written is tried again. */
void kept_add(struct kept *k, const char *data, size_t len);
/* The answer is over: its last piece, and how it ended. Below 0: it could not be written, so it is not over yet; call again. */
int kept_end(struct kept *k, enum action_answer end, struct err *e);
void kept_release(struct kept *k);

#endif
