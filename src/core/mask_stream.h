/*
 * mask_stream: event streams, masked as answers are (mask.h), from bytes cut anywhere. Pure.
 *
 * An event's data is held back until its end is known, which is when a reader would be given it; comments and what stands before the data go on at
 * once. What is not masked goes on byte for byte.
 */
#ifndef ASSENT_MASK_STREAM_H
#define ASSENT_MASK_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define MASK_EVENT_LEFT_OUT ": assent left an event out, which cannot be looked through\n\n"

struct mask_stream {
	struct buf held;	/* the lines of an event from its first data on; before that, the line that is being read */
	size_t line, line_len;	/* where in it that line begins; its bytes so far, without its end */
	bool has_data, too_long, skip_lf, begun;
	int masked;		/* values that were replaced, and events that were left out */
};

/* event_max: bytes of an event from its first data line on; a longer one is left out, as one is whose data begins as JSON does and is none. */
void mask_stream_init(struct mask_stream *m, size_t event_max);
void mask_stream_release(struct mask_stream *m);
/* What may go on by now is appended to out. 0 or ERR_NOMEM: then nothing more may be passed on. */
int mask_stream_feed(struct mask_stream *m, const char *data, size_t len, struct buf *out);
/* The stream is over: an event without an end counts as one, since some readers take it so. */
int mask_stream_end(struct mask_stream *m, struct buf *out);

#endif
