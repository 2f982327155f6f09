/*
 * trail: the events of one stream, kept on disk (or in memory) in a few segments: the oldest goes when there is no more room. It gives
 * them their ids: ULIDs that only grow, also over a restart and a clock that is set back. An event is written before anybody is told it,
 * so that none is told and then lost with this process; a torn end is cut off when the trail is opened again.
 */
#ifndef ASSENT_LOCAL_TRAIL_H
#define ASSENT_LOCAL_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define TRAIL_EVENT_MAX (1024 * 1024)	/* bytes of one event; a larger one is not kept, ERR_TOOBIG */

enum { TRAIL_SEGMENTS = 4, TRAIL_ID_SIZE = 31 };

struct trail;

struct trail_event {
	char id[TRAIL_ID_SIZE], type[64];
	const char *json;	/* borrowed, one line */
	size_t len;
};

/*
 * path: its segments are PATH.1, PATH.2 and so on; NULL: in memory. segment_max: bytes of one of them; of the last TRAIL_SEGMENTS all is kept. ERR_IO with
 * what failed.
 */
int trail_open(const char *path, size_t segment_max, struct trail **ret, struct err *e);
void trail_close(struct trail *t);	/* the files stay; NULL is fine */
/*
 * Makes the id, which stands in *ret_id also when the event could not be kept. ERR_TOOBIG; ERR_IO (a full disk): the trail is then as it was before.
 * type: no blanks, less than 64 bytes. Line breaks in json, where they can be only blanks, become blanks.
 */
int trail_add(struct trail *t, int64_t wall_ms, const char *type, const char *json, size_t len, char ret_id[TRAIL_ID_SIZE], struct err *e);

/* Places in it: bytes since it was opened. */
uint64_t trail_first(const struct trail *t);	/* of the oldest event */
uint64_t trail_end(const struct trail *t);	/* behind the newest */
/* The place of what came after this id; the first where the id is older than all that is kept, or none of ours. */
uint64_t trail_after(const struct trail *t, const char *id);
/*
 * Appends whole events from this place to out, one a line, for trail_parse(); about max bytes, but at least one event. Returns the place behind them. ERR_NOTFOUND:
 * they are not kept any more.
 */
int trail_read(const struct trail *t, uint64_t at, size_t max, struct buf *out, uint64_t *ret_next, struct err *e);
/* One line without its end. */
bool trail_parse(const char *line, size_t len, struct trail_event *ret);

#endif
