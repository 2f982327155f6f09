/*
 * wire: an operator's program asks its gate: strict HTTP/1.1 (core/httpanswer.h) over the gate's unix socket, on a libuv loop. No name, no TLS, no
 * library beside libuv; libcurl (io/http.h) speaks to upstreams alone.
 *
 * Connections that rest are kept for reads, and dropped when the gate closes them or says something that nobody asked for. A read whose kept connection turns out
 * to be dead, before a byte of the answer, is asked once more on a fresh one; whatever else is asked is sent once.
 */
#ifndef ASSENT_WIRE_H
#define ASSENT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { WIRE_ANSWER_MAX = 1 << 30 };	/* bytes; for what has no limit of its own: more than a gate has to tell */

struct wire;			/* a client of one socket, on one loop */
struct wire_call;		/* one request under way; gone after on_done or wire_cancel() */

struct wire_result {
	bool answered;		/* a whole answer came, as HTTP has it */
	int status;		/* 0 where no whole head came */
	const char *error;	/* borrowed; one line for a person, "" when answered */
};

struct wire_spec {
	const char *method, *path;	/* copied; the path with its query, encoded as it has to be */
	const char *body;	/* copied; JSON; NULL for none */
	size_t body_len;
	int timeout_ms;		/* the whole request; 0: none */
	int silence_ms;		/* gives up after so long without a byte; 0: never */
	size_t answer_max;	/* bytes of the answer's body; 0: no limit (event streams) */
	bool unhurried;		/* its answer wakes nobody: it is read when wire_look() looks for it */
	bool events;		/* an event stream, on a connection of its own; any other answer than 200 with text/event-stream is given to nobody, and is none */
	/* The answer's body as it comes, of any status. */
	void (*on_data)(struct wire_call *c, const char *data, size_t len, void *arg);
	/* Always the last callback, never from inside wire_start(). */
	void (*on_done)(struct wire_call *c, const struct wire_result *r, void *arg);
	void *arg;
};

/* A connection to the socket, which does not wait; or -errno. -EAGAIN: somebody listens, and so many wait that there is no room for one more. */
int wire_connect(const char *socket);
/* NULL: out of memory. */
struct wire *wire_new(uv_loop_t *loop, const char *socket);
/* Cancels what is under way (without callbacks). `closed` (may be NULL) is called later, when all is freed. NULL is fine. */
void wire_free(struct wire *w, void (*closed)(void *arg), void *arg);
/* NULL only when out of memory. From anywhere, callbacks too. */
struct wire_call *wire_start(struct wire *w, const struct wire_spec *s);
void wire_look(struct wire_call *c);	/* takes what is there of an unhurried one's answer; from anywhere but its callbacks */
void wire_cancel(struct wire_call *c);	/* no further callback; from anywhere but c's on_done */

#endif
