/* tickets: short-lived words that stand for the token once, in the query of one stream (miosa-api.md 2.1). */
#ifndef ASSENT_LOCAL_TICKETS_H
#define ASSENT_LOCAL_TICKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TICKETS_MAX = 256, TICKET_SIZE = 48, TICKET_MS = 60000 };

struct tickets {
	struct { char text[TICKET_SIZE]; int64_t until_ms; } all[TICKETS_MAX];	/* until: boot time; 0: free */
	size_t next;	/* the oldest of them, whose place the next one takes */
};

/* "sset_" and 40 hex digits. false: no random bytes. */
bool tickets_make(struct tickets *t, char out[TICKET_SIZE]);
/* true once for each that was made in the last 60 s. */
bool tickets_take(struct tickets *t, const char *text, size_t len);

#endif
