/*
 * flight: one picture at a time: has the terminal drawn the last one? It says so by its answer to a status query that was written behind it (echo.h). An answer that
 * was lost makes each later one count for the query before its own, until all are there again: so that costs one wait, and no picture behind it waits. Pure.
 */
#ifndef ASSENT_UI_FLIGHT_H
#define ASSENT_UI_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct flight {
	int64_t query;		/* behind the last one; 0: it was answered, or is not waited for any more */
	int64_t sent_ms, took_ms;	/* took: of the last one that was measured */
	int behind;		/* answers that were given up */
};

void flight_sent(struct flight *f, int64_t query, int64_t now);	/* a picture, with this query behind it */
/* For how long its answer is waited for. answers: the terminal has ever given one; round_ms: how long it last took. */
int64_t flight_limit_ms(const struct flight *f, bool answers, int64_t round_ms);
/* That time is over. */
void flight_given_up(struct flight *f);
/* An answer with this number; all: no query is open now. true: the last picture stands there now. */
bool flight_answered(struct flight *f, int64_t number, bool all);

#endif
