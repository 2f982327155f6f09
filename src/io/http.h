/*
 * http: requests to others, by libcurl's multi socket interface on a libuv loop. No file but io/http*.[ch] knows curl.
 *
 * HTTP/1.1; no redirects, no proxies from the environment, no cookies, no netrc; paths as they are; TLS verified; plain http
 * only to loopback. What asks a gate at its unix socket is io/wire.h.
 */
#ifndef ASSENT_HTTP_H
#define ASSENT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "base/err.h"

struct http;			/* a client on one loop */
struct http_call;		/* one request under way; gone after on_done or http_cancel() */

enum http_outcome {
	HTTP_ANSWERED,		/* a whole answer came */
	HTTP_NOT_SENT,		/* connect, DNS or TLS failed: no byte of the request left */
	HTTP_UNKNOWN,		/* a byte may have left, and no whole answer came */
	HTTP_REFUSED,		/* never tried: bad URL, plain http beyond loopback; nothing left */
};

/* How far a request is on its way out. */
enum http_step { HTTP_CONNECTED, HTTP_HALF_SENT, HTTP_ALL_SENT };

struct http_result {
	enum http_outcome outcome;
	int status;		/* 0 where no head came */
	const char *error;	/* borrowed; one line for a person, "" when answered */
	int64_t took_us;
};

struct http_spec {
	const char *method;	/* copied */
	const char *url;	/* copied; scheme://host[:port]/path?query */
	const char *const *headers;	/* copied; "Name: value", NULL-terminated; may be NULL */
	const void *body;	/* borrowed until on_done, or until the loop goes on after http_cancel(); NULL for none */
	size_t body_len;
	/* Or, where the body is not in memory: called for body_len bytes in order, `at` counting from 0; how many were given, -1 to give up. */
	ssize_t (*on_body)(struct http_call *c, uint64_t at, char *out, size_t max, void *arg);
	bool own_connection;	/* a fresh one, never reused: for what takes long. Curl does not look through all it has for a free one then */
	bool once;		/* a mutating request: fresh connection, never reused, never repeated */
	int connect_timeout_ms;	/* 0: 10,000 */
	int timeout_ms;		/* whole request; 0: none */
	int silence_ms;		/* give up after so long without a byte in either direction (out: with on_step only); 0: never */
	size_t answer_max;	/* bytes of answer body; 0: no limit (streams) */
	int read_size;		/* bytes that are read at once, which a connection keeps in memory; 0: 64 KiB */
	/* Once, with the head. `headers` is "Name: value" lines, borrowed, NULL-terminated. */
	void (*on_head)(struct http_call *c, int status, const char *const *headers, void *arg);
	/* As far as curl tells, each step at most once; may be NULL. */
	void (*on_step)(struct http_call *c, enum http_step step, void *arg);
	/* Body bytes, as they come. http_pause() may be called from here. */
	void (*on_data)(struct http_call *c, const char *data, size_t len, void *arg);
	/* Always the last callback, never from inside http_start(). */
	void (*on_done)(struct http_call *c, const struct http_result *r, void *arg);
	void *arg;
};

/* NULL: out of memory. */
struct http *http_new(uv_loop_t *loop);
/* Cancels what is under way (without callbacks). `closed` is called (later) when all is freed. Not from inside on_head, on_step or on_data. */
void http_free(struct http *h, void (*closed)(void *arg), void *arg);
/* NULL only when out of memory. From anywhere, callbacks of other calls too. */
struct http_call *http_start(struct http *h, const struct http_spec *s);
void http_pause(struct http_call *c);	/* no more on_data until resumed; back-pressure reaches the server */
void http_resume(struct http_call *c);	/* on_data goes on later, not from inside */
void http_cancel(struct http_call *c);	/* no further callback; may be called from inside one of c or of another call, but not for c from its on_done */

/* A value among header lines ("Name: value"), compared without case; NULL when absent. Borrowed. */
const char *http_header(const char *const *headers, const char *name);
/* Is it one of the names of this machine ("127.0.0.1", "localhost", "[::1]") to which plain http goes? To no other it does. */
bool http_is_this_machine(const char *host);
/* Is the body packed (Content-Encoding), though nobody asked for it? Nothing here unpacks it. */
bool http_is_packed(const char *const *headers);

#endif
