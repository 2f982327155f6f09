/* tail: what the two kinds of assent tail share: a loop, output, an orderly end. */
#ifndef ASSENT_CMD_TAIL_H
#define ASSENT_CMD_TAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "core/safetext.h"

struct tail {
	uv_loop_t loop;
	uv_timer_t retry;	/* the follower's */
	uv_signal_t signals[3];
	bool json, ended;
	int code;		/* what the command ends with */
};

/* The loop ends with this code, when the callback that runs returns. Nothing is printed any more. */
void tail_end(struct tail *t, int code);
/* One line on standard output, its line break added; it leaves with tail_flush(). Where nobody reads any more, the end. */
void tail_print(struct tail *t, const struct buf *line);
void tail_flush(struct tail *t);
/* "12:00:03 ", of this machine's day. */
void tail_put_time(struct buf *out, int64_t wall_ms);
/* Foreign text, made safe for a terminal. */
void tail_put_text(struct buf *out, const char *text, size_t len);

/* tail_session.c: the lines of a session, by the operator's socket. NULL: out of memory. Whatever else is wrong ends the loop, and was said. */
struct session_tail *session_tail_new(struct tail *t, const char *socket, const char *session);
void session_tail_close(struct session_tail *s);	/* then the loop runs, then: */
void session_tail_free(struct session_tail *s);

/* tail_url.c: an event stream at an address. authorization: "Authorization: ...", borrowed; NULL for none. */
struct url_tail *url_tail_new(struct tail *t, const char *url, const char *last_id, const char *authorization);
void url_tail_close(struct url_tail *u);
void url_tail_free(struct url_tail *u);

#endif
