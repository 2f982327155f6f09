/*
 * reconnect: what to do with the answer to a request for an event stream, and how long to wait before the next try. Pure: the caller has
 * the clock, the random numbers and the connection.
 */
#ifndef ASSENT_RECONNECT_H
#define ASSENT_RECONNECT_H

#include <stdbool.h>
#include <stdint.h>

enum reconnect_do {
	RECONNECT_LIVE,		/* a stream: read it */
	RECONNECT_RETRY,	/* ask again after reconnect_wait() */
	RECONNECT_ABSENT,	/* there is no such stream: poll, say so, and look again after reconnect_wait() */
	RECONNECT_REFUSED,	/* 401, 403: once with a fresh ticket, see reconnect_try_ticket(); then as RETRY */
	RECONNECT_MOVED,	/* a redirect: core/redirect.h for who follows at all; else as RETRY */
	RECONNECT_STOP,		/* 204: never again */
};

enum { RECONNECT_WHY = 160 };	/* bytes of a reason, its NUL included */

struct reconnect {
	int64_t backoff_ms;
	bool ticket_tried;
};

void reconnect_init(struct reconnect *r);

/*
 * An answer's head. type, coding: the values of Content-Type and Content-Encoding, NULL when absent. why: one line for a person, foreign text in it
 * (to be made safe where it is shown); "" for RECONNECT_LIVE.
 */
enum reconnect_do reconnect_judge(int status, const char *type, const char *coding, char why[RECONNECT_WHY]);

/* An event came: a stream that works, and not one that only opens. */
void reconnect_heard(struct reconnect *r);

/* A stream opened: a ticket is good for one opening, and the next refusal is answered with another. */
void reconnect_opened(struct reconnect *r);

/* True once until a stream opens: whether a refusal is answered with a fresh ticket. */
bool reconnect_try_ticket(struct reconnect *r);

/*
 * How long to wait after an answer that was `what`, or after a stream that broke off (RECONNECT_RETRY), ms: 1 to 30 s, doubled with each call.
 * wish_ms: what the stream's own retry: says, -1 for none; kept within those bounds. after_ms: Retry-After, -1 for none; the wait is at least
 * that, up to 5 min. random: any number; it spreads those who ask at the same time.
 */
int64_t reconnect_wait(struct reconnect *r, enum reconnect_do what, int64_t wish_ms, int64_t after_ms, uint32_t random);

/*
 * The value of Retry-After in ms, 0 to a day: a number of seconds, or a date in one of HTTP's three forms, which is what is left until then at now_wall_ms. -1
 * when it is absent or neither.
 */
int64_t reconnect_after(const char *value, int64_t now_wall_ms);

#endif
