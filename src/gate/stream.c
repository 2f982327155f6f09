/* stream: what a stream is at, what comes on it, its beginning and end. See stream.h. */
#include "config.h"

#include "gate/stream_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/logs.h"
#include "gate/faults.h"

enum { EVENT_MAX = 1024 * 1024 };

const char *stream_state_name(enum stream_state state)
{
	static const char *const names[] = {
		[STREAM_DOWN] = "down", [STREAM_LIVE] = "live", [STREAM_POLLING] = "polling", [STREAM_ABSENT] = "absent", [STREAM_RESTING] = "down", [STREAM_ENDED] = "absent",
	};

	return names[state];
}

struct stream_view stream_view(const struct stream *st)
{
	return (struct stream_view){ .kind = st->kind, .name = st->name, .item = st->item, .state = st->state, .since_wall_ms = st->since_wall_ms,
				     .why = st->why ? st->why : "", .gaps = st->gaps };
}

struct stream *stream_next(const struct stream *st)
{
	return st->next;
}

int64_t *stream_lines(struct stream *st)
{
	return &st->lines;
}

/* "sbx_1/events", for the log. */
static void say(const struct stream *st, const char *what)
{
	fault_line(st->gate, "stream %s%s%s: %s", st->session ? st->session->id : "", st->session ? "/" : "", st->name, what);
}

void stream_set_text(char **field, const char *text)
{
	free(*field);
	*field = text[0] ? gate_strdup(text) : NULL;
}

void stream_set_state(struct stream *st, enum stream_state state, const char *why)
{
	bool is_new = strcmp(st->why ? st->why : "", why) != 0;

	if (st->state == state && !is_new)
		return;
	if (st->state == STREAM_LIVE)
		st->lost_wall_ms = clock_wall_ms();
	if (st->state != state)
		st->since_wall_ms = clock_wall_ms();
	st->state = state;
	stream_set_text(&st->why, why);
	if (is_new && why[0] && state == STREAM_DOWN)
		say(st, why);
	follow_changed(st->gate, st->session, st);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct stream *st = arg;
	bool fresh = true;

	reconnect_heard(&st->again);
	if (st->closing || st->ended)
		return;
	if (ev->own_id && ev->id[0])
		fresh = recent_add(&st->recent, ev->id);
	if (st->proving && ev->own_id) {
		st->proving = false;
		if (!fresh && st->session)
			follow_whole(st->gate, st->session, st);
	}
	if (fresh)
		follow_event(st->gate, st->session, st, ev, ev->own_id && ev->id[0] ? ev->id : NULL);
}

static void on_fault(const char *what, uint64_t byte, void *arg)
{
	struct stream *st = arg;

	fault_line(st->gate, "stream %s%s%s: byte %llu: %s", st->session ? st->session->id : "", st->session ? "/" : "", st->name, (unsigned long long)byte, what);
}

static void make_name(struct stream *st)
{
	static const char *const names[] = {
		[STREAM_TENANT] = "tenant", [STREAM_EVENTS] = "events", [STREAM_LOGS] = "logs", [STREAM_READINESS] = "readiness", [STREAM_FILES] = "files",
		[STREAM_PROCESS] = "process", [STREAM_AGENT] = "agent", [STREAM_AGENT_EVENTS] = "agent", [STREAM_SNAPSHOT] = "snapshot", [STREAM_RUN] = "run", [STREAM_AGENT_RUN] = "agent-run",
	};
	char name[80];

	snprintf(name, sizeof(name), "%s%s%.60s", names[st->kind], st->item[0] ? " " : "", st->item);
	st->name = gate_strdup(name);
}

/* What an earlier gate had already: it may come again, and what came before it in another order may not have come yet. */
static void know(const char *id, void *arg)
{
	struct stream *st = arg;

	recent_add(&st->recent, id);
}

struct stream *stream_new(struct gate *g, struct session *s, enum stream_kind kind, const char *item, const char *path, struct stream **list)
{
	struct stream *st = calloc(1, sizeof(*st));
	const char *last;

	if (!st)
		abort();
	*st = (struct stream){ .gate = g, .session = s, .kind = kind, .path = gate_strdup(path), .item = gate_strdup(item), .since_wall_ms = clock_wall_ms() };
	make_name(st);
	reconnect_init(&st->again);
	sse_init(&st->sse, EVENT_MAX, on_event, st);
	st->sse.on_fault = on_fault;
	while (*list)
		list = &(*list)->next;
	st->prev = list;
	*list = st;
	if (s && s->log) {
		last = log_last_id(s->log, st->name);
		if (last[0]) {
			sse_set_id(&st->sse, last);
			log_each_id(s->log, st->name, know, st);
			recent_add(&st->recent, last);
		}
		st->was_there = last[0] || (log_count(s->log) > 0 && (kind == STREAM_EVENTS || kind == STREAM_LOGS));
	} else if (!s) {
		st->was_there = log_count(g->tenant_log) > 0;
	}
	uv_timer_init(g->loop, &st->timer);
	st->timer.data = st;
	stream_begin(st);
	return st;
}

static void on_closed(uv_handle_t *h)
{
	struct stream *st = h->data;

	sse_release(&st->sse);
	recent_release(&st->recent);
	buf_release(&st->answer);
	free(st->path);
	free(st->item);
	free(st->name);
	free(st->why);
	free(st->verdict_why);
	free(st);
}

void stream_close(struct stream *st)
{
	if (!st)
		return;
	st->closing = true;
	*st->prev = st->next;
	if (st->next)
		st->next->prev = st->prev;
	st->session = NULL;
	stream_hang_up(st);
	uv_close((uv_handle_t *)&st->timer, on_closed);
}

void stream_rest(struct stream *st)
{
	if (st->state == STREAM_RESTING || st->ended)
		return;
	stream_hang_up(st);
	stream_set_state(st, STREAM_RESTING, "its session does not run");
}

void stream_go(struct stream *st)
{
	if (st->state != STREAM_RESTING)
		return;
	reconnect_init(&st->again);
	stream_set_state(st, STREAM_DOWN, "");
	stream_begin(st);
}

void stream_end(struct stream *st)
{
	st->ended = true;
	stream_hang_up(st);
	stream_set_state(st, STREAM_ENDED, "it has ended");
}
