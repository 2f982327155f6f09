/*
 * recent: the ids of the events that a stream gave last: which comes a second time, and from where to go on after a break. Pure.
 *
 * After a break the stream is asked to go on from an event that is not quite the last one, because servers may have sent two of them in the
 * wrong order. What comes again is known by its id; and when the first that comes is known, nothing was lost between the two connections.
 */
#ifndef ASSENT_RECENT_H
#define ASSENT_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECENT_KEPT = 128, RECENT_OVERLAP = 8, RECENT_ID_BYTES = 48 };

/* What costs memory, and only streams with ids have. */
struct recent_ids {
	uint64_t hashes[RECENT_KEPT];	/* a ring */
	char tail[RECENT_OVERLAP + 1][RECENT_ID_BYTES];	/* the last ids, by count modulo its length; "" for one that is too long */
};

struct recent {
	struct recent_ids *ids;		/* own; NULL until there is an id */
	unsigned int count;		/* ids that were ever new */
	unsigned int fresh, again;	/* on this connection: new ones, known ones */
	unsigned int overlap, tries;	/* events that were asked for again, and how often in vain */
};

void recent_release(struct recent *r);
/* true: it is new, and known from now on. */
bool recent_add(struct recent *r, const char *id);
/*
 * The stream broke off: the id from which to ask on; "": no id is known. As many events are asked for again as the connection brought, at most
 * RECENT_OVERLAP. After one that brought all of them again, and nothing else, it is half as many, so that a stream which breaks again and again
 * moves on.
 */
const char *recent_resume(struct recent *r);

#endif
