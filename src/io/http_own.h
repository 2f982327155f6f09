/*
 * http_own: what the files of the HTTP client share. A call lives in http.c; http_request.c says what leaves, http_answer.c takes what comes, and
 * http_loop.c gives curl its sockets and its timer.
 */
#ifndef ASSENT_HTTP_OWN_H
#define ASSENT_HTTP_OWN_H

#include <curl/curl.h>

#include "base/buf.h"
#include "io/http.h"
#include "io/sockets.h"

struct http {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;	/* curl's one timer */
	uv_timer_t defer;	/* what must not be done where it was asked for: run_due() */
	struct http_call *calls;
	struct sockets sockets;	/* all that curl opened */
	int handles;		/* open libuv handles, and calls whose memory is not freed yet */
	int inside;		/* curl is on the stack: it refuses to add or remove a call then */
	bool freeing;
	struct http_call *due, **due_end;	/* with something to be done: run_due() */
	void (*closed)(void *arg);
	void *closed_arg;
};

struct http_call {
	struct http *http;
	struct http_call *next, **prev;
	CURL *easy;
	struct curl_slist *lines;
	struct http_spec spec;	/* callbacks, limits */
	char error[CURL_ERROR_SIZE];	/* curl's words; it writes over them when a callback stops it */
	char why[CURL_ERROR_SIZE];	/* ours, which come first */
	struct buf head;	/* header lines, NUL between them */
	size_t head_lines;
	int status;
	uint64_t received, given;	/* bytes of the answer's body, and of the request's own where on_body gives it */
	curl_off_t uploaded;
	int64_t start_us;
	bool head_given, cancelled, refused, silent, has_timer;
	bool stale;		/* the connection that it was given is not clean: on a fresh one again */
	bool ready;		/* there is a connection for it: from now on a byte may have left */
	bool waiting;		/* not yet curl's */
	bool paused, resume, finished;
	bool is_due;
	struct http_call *next_due;
	int steps;		/* told so far, a bit each */
	uv_timer_t silence;	/* looks when it might have been long enough; not set anew with each byte */
	uint64_t heard_ms;	/* of the loop's clock */
};

/* Something came, or left, now: the silence begins anew. */
void http_heard(struct http_call *c);
/* Curl was on the stack and has returned: ends what it has finished, and does what was not to be done inside of it. May end any call, or free the client. */
void http_after_curl(struct http *h);
/* One of what h->handles counts is closed: the last one of a client that is being freed takes it along. */
void http_handle_closed(struct http *h);

/* Looks at the call's request and tells curl all of it. false, and c->why set, for what is not sent. */
bool http_request_set(struct http_call *c);
/* Curl gives the answer to the callbacks of c->spec, within its limits. */
void http_answer_set(struct http_call *c);
/* Curl's sockets and its timer are those of h->loop from now on. */
void http_loop_set(struct http *h);

#endif
