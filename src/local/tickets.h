/* tickets: short-lived words that stand for the token once, in the query of one stream. */
#ifndef ASSENT_LOCAL_TICKETS_H
#define ASSENT_LOCAL_TICKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TICKETS_MAX = 256, TICKET_SIZE = 48, TICKET_PATH = 128, TICKET_MS = 60000 };

struct tickets {
	struct { char text[TICKET_SIZE], path[TICKET_PATH]; int64_t until_ms; } all[TICKETS_MAX];	/* until: boot time; 0: free */
	size_t next;	/* the oldest of them, whose place the next one takes */
};

/* "sset_" and 40 hex digits, for the stream of this path, or with "" for any. false: no random bytes. */
bool tickets_make(struct tickets *t, const char *path, char out[TICKET_SIZE]);
/* true once for each that was made in the last 60 s, for its path. */
bool tickets_take(struct tickets *t, const char *path, const char *text, size_t len);

#endif
