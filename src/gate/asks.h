/*
 * asks: what the gate asks of each session by GET: its state, previews, snapshots, processes, agent sessions, what it has cost, whether it is ready.
 * After each new connection of its events, when an event says so (these first), and now and then. At most eight at a time and 500 a second over all
 * sessions, each session once a second at most, and none while the substrate asks to be left alone (Retry-After).
 */
#ifndef ASSENT_GATE_ASKS_H
#define ASSENT_GATE_ASKS_H

#include "gate/gate.h"

/* In the order of ACTIVITY_ASK_STATE and what follows it. */
enum ask {
	ASK_STATE = 1, ASK_PREVIEWS = 2, ASK_SNAPSHOTS = 4, ASK_PROCESSES = 8, ASK_AGENTS = 16, ASK_USAGE = 32, ASK_READINESS = 64,
	ASK_ALL = 63,		/* but whether it is ready */
	ASK_DETAILS = 62	/* all of it that a list of sessions does not tell */
};

struct asks *asks_new(struct gate *g);
void asks_close(struct asks *a);
void asks_free(struct asks *a);		/* after the loop has ended */
/* what: or'ed; what a session of its kind has not, or not while it does not run, is left out. */
void asks_want(struct gate *g, struct session *s, unsigned int what);
/* Now and then: what no event tells, and the substrate has. */
void asks_again(struct gate *g, struct session *s);
void asks_forget(struct gate *g, struct session *s);
/* Nothing is asked for so long: the substrate said so. */
void asks_leave_alone(struct gate *g, int64_t ms);

#endif
