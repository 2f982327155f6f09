/*
 * echo: does the terminal keep up? Of each status query (CSI 5 n) that is written, until its answer comes. Pure: times in ms are arguments.
 *
 * A terminal answers in order, so an answer belongs to the oldest query that is open, and not to the newest: over a slow link there are several.
 */
#ifndef ASSENT_UI_ECHO_H
#define ASSENT_UI_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#define ECHO_OPEN_MAX 16

struct echo {
	int64_t asked_ms[ECHO_OPEN_MAX];	/* of the open ones, the oldest first */
	int open;
	int64_t asked;		/* how many were asked in all */
	int64_t round_ms;	/* there and back, as last seen; 0: not known */
	bool answers;		/* it has answered, whatever it was asked */
};

/* A query is written. Returns its number, from 1 on. */
int64_t echo_asked(struct echo *e, int64_t now);
/* An answer. Returns the number of the query that it answers; 0: nobody asked. */
int64_t echo_answered(struct echo *e, int64_t now);
/* There and back, as long as it takes now: also of an answer that is not here yet. */
int64_t echo_round_ms(const struct echo *e, int64_t now);
/* How long the answer to a query is waited for, before the terminal is said to stand still. */
int64_t echo_limit_ms(const struct echo *e);
/* An answer will not come any more: the next query puts the numbers right. */
bool echo_lost(const struct echo *e, int64_t now);

#endif
