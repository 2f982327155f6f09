/*
 * live: when the picture of a shown computer is read again. Pure; times in ms are arguments.
 *
 * When the gate tells that it changed: at once, but for a least distance. Beside that now and then, because some substrates tell of nothing, or not of all:
 * often as long as that finds changes, and ever more seldom while it finds none. What is a second away or more comes with the clock's tick that is nearest: it
 * wakes nobody by itself.
 */
#ifndef ASSENT_UI_LIVE_H
#define ASSENT_UI_LIVE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	LIVE_LEAST_MS = 150,		/* between two */
	LIVE_OFTEN_MS = 500,		/* while changes are found that nobody told of */
	LIVE_ACTIVE_MS = 2000,		/* at least, while something goes on there */
	LIVE_SELDOM_MS = 8000,		/* less than the age at which it is told in red */
	LIVE_AGAIN_MS = 2000,		/* after one that failed */
	LIVE_TICK_MS = 1000,		/* from one tick of the clock to the next */
};

struct live {
	char session[128];	/* "": none was read yet */
	int64_t seq;		/* the gate's count of its changes, as it was when it was asked for */
	int64_t asked_ms, wait_ms;
	bool told;		/* it was asked for because the gate told of a change */
};

/* How long until it is to be read; 0: now; LIVE_TICK_MS or more: one asks again with the clock's ticks. active: something goes on in that session. */
int64_t live_due_ms(const struct live *l, const char *session, int64_t seq, bool active, int64_t now);
/* It is asked for. */
void live_asked(struct live *l, const char *session, int64_t seq, int64_t now);
/* It came; changed: it is another one than before. */
void live_came(struct live *l, bool changed);
void live_failed(struct live *l);	/* it did not come */

#endif
