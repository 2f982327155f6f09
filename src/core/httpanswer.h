/*
 * httpanswer: an HTTP/1.1 answer, read strictly and cut at any byte: that of a gate to an operator's program. Pure.
 *
 * What it refuses, beside what httplines.h does: another version, a status that is none of 200 to 599 (nobody asked for an interim answer), Content-Length or
 * Transfer-Encoding twice or both, a length that is no plain number or more than is taken, codings other than exactly "chunked", Content-Encoding, trailers, and
 * an answer of which neither says how long it is: its end could not be told from a cut.
 */
#ifndef ASSENT_HTTPANSWER_H
#define ASSENT_HTTPANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/httpmsg.h"

struct http_answer {
	bool whole_head;	/* the rest is known from then on */
	int status;
	bool chunked, keep_alive, is_events;	/* is_events: text/event-stream */
	uint64_t length;	/* of a body that is not chunked */

	/* httpanswer.c's own */
	struct buf head;
	struct http_chunks chunks;
	uint64_t max, received;
};

/* body_max: bytes of the body; 0: no limit. */
void http_answer_init(struct http_answer *a, uint64_t body_max);
void http_answer_release(struct http_answer *a);
/*
 * Feeds len bytes; those of the body are appended to out, which must have room for len. *ret_used: bytes eaten. 1 when the answer is whole, 0 for more,
 * ERR_INVALID, ERR_TOOBIG or ERR_NOMEM: nothing of it counts then.
 */
int http_answer_feed(struct http_answer *a, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e);

#endif
