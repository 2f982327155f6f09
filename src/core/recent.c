/* recent: see recent.h. */
#include "config.h"

#include "core/recent.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = RECENT_OVERLAP + 1, TRIES = 3 };

void recent_release(struct recent *r)
{
	free(r->ids);
	*r = (struct recent){ .ids = NULL };
}

/* FNV-1a. Ids are the substrate's own; two of 128 that are different and have the same hash are not to be expected. */
static uint64_t hash(const char *id)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 0x100000001b3ULL;
	return h;
}

bool recent_add(struct recent *r, const char *id)
{
	unsigned int n = r->count < RECENT_KEPT ? r->count : RECENT_KEPT, i;
	uint64_t h = hash(id);
	size_t len = strlen(id);

	for (i = 0; i < n; i++) {
		if (r->ids->hashes[i] == h) {
			r->again++;
			return false;
		}
	}
	if (!r->ids) {
		r->ids = malloc(sizeof(*r->ids));
		if (!r->ids)
			abort();
	}
	r->ids->hashes[r->count % RECENT_KEPT] = h;
	memcpy(r->ids->tail[r->count % TAIL], len < RECENT_ID_BYTES ? id : "", len < RECENT_ID_BYTES ? len + 1 : 1);
	r->count++;
	r->fresh++;
	return true;
}

const char *recent_resume(struct recent *r)
{
	unsigned int back;

	if (r->fresh > 0) {
		r->overlap = r->fresh < RECENT_OVERLAP ? r->fresh : RECENT_OVERLAP;
		r->tries = 0;
	} else if (r->again >= r->overlap || (r->again > 0 && ++r->tries == TRIES)) {
		r->overlap /= 2;
		r->tries = 0;
	}
	r->fresh = r->again = 0;
	if (r->count == 0)
		return "";
	back = r->overlap < r->count - 1 ? r->overlap : r->count - 1;	/* before the first there is nothing to name */
	return r->ids->tail[(r->count - 1 - back) % TAIL];
}
