/*
 * httpmsg: HTTP/1.1 requests read strictly, in one normal form only. Pure.
 *
 * What it refuses: bare CR or LF, obs-fold, NUL and other controls, white space before a colon, unknown or lower-case methods, CONNECT and
 * TRACE, versions other than HTTP/1.1, anything but origin-form targets, no or two Hosts, twins of other headers of which one must count,
 * Content-Length twice or together with Transfer-Encoding, a Transfer-Encoding other than exactly "chunked", chunk extensions and
 * trailers, Content-Encoding, Upgrade, headers and parameters that name another method (core/override.h), encoded dot segments, dot
 * segments, NUL, backslash, %25, bad hex, bad UTF-8, "//" in the path; %2F but in the tail of /sandboxes/{id}/files/.
 */
#ifndef ASSENT_HTTPMSG_H
#define ASSENT_HTTPMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define HTTP_LINE_MAX 8192	/* request line and each header line, bytes */
#define HTTP_HEAD_MAX 32768	/* the whole head, bytes */
#define HTTP_HEADERS_MAX 64

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

struct http_field {
	const char *name, *value;	/* borrowed from the head's own text; value without outer blanks */
};

struct http_head {
	enum http_method method;
	const char *target;	/* path with query, byte for byte as received */
	const char *path;	/* own copy without the query */
	const char *query;	/* "" when none */
	struct http_field fields[HTTP_HEADERS_MAX];
	size_t field_count;
	int64_t content_length;	/* -1 when absent */
	bool chunked;
	bool expect_continue;
	bool keep_alive;
	char *text;		/* own: what the pointers above point into */
};

/*
 * Looks for a whole head at the start of data. Returns 1 and fills *ret and *ret_used (bytes); 0 when more bytes are needed;
 * ERR_INVALID (400), ERR_TOOBIG (431), ERR_UNSUPPORTED (501) or ERR_NOMEM. *ret is to be released on 1 only.
 */
int http_head_parse(const char *data, size_t len, struct http_head *ret, size_t *ret_used, struct err *e);
void http_head_release(struct http_head *h);
const char *http_method_name(enum http_method m);	/* "GET" */
/* The value of a field, compared without case; NULL when absent; the first when there are several. */
const char *http_field(const struct http_head *h, const char *name);
/* How many fields of that name. */
size_t http_field_count(const struct http_head *h, const char *name);

/* The value of a hexadecimal digit, or -1. */
int http_hex(char c);
/* The path rules alone, and those of the query. 0 or ERR_INVALID. */
int http_path_check(const char *path, struct err *e);
int http_query_check(const char *query, struct err *e);
/* Has it a segment "." or "..", in any spelling? Of a path that is sent as it is: behind us it may lead somewhere else. */
bool http_path_climbs(const char *path);
/* The next decoded segment of a path that passed the check: *p moves behind it. false at the end. */
bool http_path_segment(const char **p, struct buf *ret_decoded);
/* The value of a query parameter, percent-decoded into out; false when absent or badly encoded. */
bool http_query_get(const char *query, const char *name, struct buf *out);
/* Percent-decoded, as one reads who lets bad encoding stand as it is; no NUL behind it. How many bytes; size + 1 when they do not fit. */
size_t http_decode_loosely(const char *s, size_t len, char *out, size_t size);
/* Percent-encoding of everything but unreserved characters (and of '/' unless keep_slash). */
int http_encode(struct buf *out, const char *s, size_t len, bool keep_slash);

/* Chunked bodies, cut at any byte. */
struct http_chunks {
	int state;
	uint64_t left;
	size_t line_len;
};
void http_chunks_init(struct http_chunks *c);
/* Feeds len bytes; body bytes are appended to out. *ret_used: bytes eaten. 1 at the end, 0 for more, negative as above. */
int http_chunks_feed(struct http_chunks *c, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e);

#endif
