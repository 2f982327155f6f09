/* stream_own: what the files of a stream share: stream.c says what it is at, stream_open.c opens it, and opens it again. */
#ifndef ASSENT_GATE_STREAM_OWN_H
#define ASSENT_GATE_STREAM_OWN_H

#include "core/recent.h"
#include "core/reconnect.h"
#include "gate/stream.h"

struct stream {
	struct stream *next, **prev;
	struct gate *gate;
	struct session *session;	/* NULL: the tenant's, or it is closed */
	enum stream_kind kind;
	enum stream_state state;
	int64_t since_wall_ms;
	char *path, *item, *name;	/* own */
	char *why, *verdict_why;	/* own; NULL for nothing: most are live */
	int64_t gaps, lines;
	int64_t lost_wall_ms;		/* when it was live last; 0: never by this gate */
	bool was_there;			/* an earlier gate had it */
	bool proving;			/* the next event tells whether something was lost */
	bool closing, ended;
	int absences;			/* how often it was not there, one after another */
	bool waits, opening;		/* for its turn to be opened; for its answer */
	struct stream *next_to_open;
	struct http_call *call;		/* the stream, or the ticket that it needs */
	enum reconnect_do verdict;	/* on the answer, and why; before it RECONNECT_RETRY and "" */
	int status;
	int64_t after_ms;		/* Retry-After of the answer, -1 for none */
	struct buf answer;		/* what is no stream, or the ticket */
	struct sse sse;
	struct recent recent;
	struct reconnect again;
	uv_timer_t timer;		/* to open it again; while an answer that is no stream is read: how long that may take */
};

/* A text of the stream's, "" as NULL. */
void stream_set_text(char **field, const char *text);
/* Told where it is another one. why: "" where it is live, or rests by our own will. */
void stream_set_state(struct stream *st, enum stream_state state, const char *why);

/* Opens it when it is its turn. */
void stream_begin(struct stream *st);
/* Neither open nor to be opened. */
void stream_hang_up(struct stream *st);

#endif
