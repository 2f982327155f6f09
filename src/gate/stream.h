/*
 * stream: one event stream of the upstream, held open: connected again with back-off, from where it broke off; taken for dead after 45 s of
 * silence; what it repeats is known by its id. What its events mean is follow.c's business.
 */
#ifndef ASSENT_GATE_STREAM_H
#define ASSENT_GATE_STREAM_H

#include "core/sse.h"
#include "gate/gate.h"

enum stream_kind {
	STREAM_TENANT, STREAM_EVENTS, STREAM_LOGS, STREAM_READINESS, STREAM_FILES, STREAM_PROCESS, STREAM_AGENT, STREAM_AGENT_EVENTS, STREAM_SNAPSHOT, STREAM_RUN,
	STREAM_AGENT_RUN
};

enum stream_state {
	STREAM_DOWN,		/* asked for again and again */
	STREAM_LIVE,
	STREAM_POLLING,		/* there is none: what it would tell is asked for every few seconds */
	STREAM_ABSENT,		/* there is none */
	STREAM_RESTING,		/* its session does not run */
	STREAM_ENDED,		/* it said that nothing follows */
};

struct stream_view {
	enum stream_kind kind;
	const char *name;	/* "events", "logs", "process 12"; borrowed, as the rest */
	const char *item;	/* the process, agent session, snapshot or run; "" for the session itself */
	enum stream_state state;
	int64_t since_wall_ms;
	const char *why;	/* "" while it is live */
	int64_t gaps;
};

struct stream;

/* s NULL: the tenant's. path: below /api/v1, copied as the others. Opened at once, put behind what is in the list. */
struct stream *stream_new(struct gate *g, struct session *s, enum stream_kind kind, const char *item, const char *path, struct stream **list);
/* Takes it out of its list; NULL is fine. From inside its own events too. */
void stream_close(struct stream *st);
struct stream *stream_next(const struct stream *st);
struct stream_view stream_view(const struct stream *st);
const char *stream_state_name(enum stream_state state);
/* Closes the connection, and keeps what it knows: the session does not run, and to be asked may make it run. */
void stream_rest(struct stream *st);
/* Opens it again, if it rests. */
void stream_go(struct stream *st);
/* Nothing follows: it is not opened again. */
void stream_end(struct stream *st);
/* For processes: lines that it gave and that another stream is to give as well. */
int64_t *stream_lines(struct stream *st);

/* follow.c: the stream gave an event that it had not given before. id: the event's own, NULL for none. */
void follow_event(struct gate *g, struct session *s, struct stream *st, const struct sse_event *ev, const char *id);
/* The stream is live again, or for the first time; missed: something may be missing since `since_wall_ms` (0: since before this gate). */
void follow_live(struct gate *g, struct session *s, struct stream *st, bool missed, int64_t since_wall_ms);
/* The first event after a break was one that is known: nothing was lost. */
void follow_whole(struct gate *g, struct session *s, struct stream *st);
/* Its state changed. */
void follow_changed(struct gate *g, struct session *s, struct stream *st);
/* Which streams there are to be, after something about the session changed. */
void follow_session(struct gate *g, struct session *s);
/* Closes all. */
void follow_close(struct session *s);

/* Of what has a stream of its own while it goes on (processes, agent sessions, snapshots, runs), there are these now, by id, and no others. */
void follow_items(struct gate *g, struct session *s, enum stream_kind kind, const char *const *ids, size_t count);
/* The session's stream of this kind, and of this item; NULL for none. item NULL: the first of the kind. */
struct stream *follow_find(const struct session *s, enum stream_kind kind, const char *item);
/* Is something going on in it, or was, a minute ago? */
bool follow_is_busy(const struct session *s);

#endif
