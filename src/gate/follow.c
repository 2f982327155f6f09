/*
 * follow: which event streams are held of each session, and what their events mean: lines of its log, changes of what is shown, questions.
 *
 * Always while it runs: events, logs. Only while there is something to follow: readiness (until it takes commands), files (while something happens in
 * it, unless its events tell of files), each process (unless its logs name them), agent session, snapshot and run that goes on.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "gate/asks.h"
#include "gate/faults.h"
#include "gate/logs.h"
#include "gate/news.h"
#include "gate/stream.h"

enum { BUSY_MS = 60000, ITEMS_MAX = 8 };

struct stream *follow_find(const struct session *s, enum stream_kind kind, const char *item)
{
	struct stream *st;

	for (st = s->streams; st; st = stream_next(st))
		if (stream_view(st).kind == kind && (!item || strcmp(stream_view(st).item, item) == 0))
			return st;
	return NULL;
}

bool follow_is_busy(const struct session *s)
{
	return activity_doing(&s->activity) || clock_wall_ms() - s->activity.last_event_wall_ms < BUSY_MS;
}

/* ---- which ---- */

static void put_path(const struct session *s, enum stream_kind kind, const char *item, struct buf *path)
{
	static const struct { const char *before, *behind; } parts[] = {
		[STREAM_TENANT] = { "", "" }, [STREAM_EVENTS] = { "/events", "" }, [STREAM_LOGS] = { "/logs/stream", "" },
		[STREAM_READINESS] = { "/readiness/stream", "" }, [STREAM_FILES] = { "/files/watch?path=%2Fworkspace&recursive=true", "" },
		[STREAM_PROCESS] = { "/processes/", "/stream" }, [STREAM_AGENT] = { "/cua/sessions/", "/events" }, [STREAM_AGENT_EVENTS] = { "/agent/events", "" },
		[STREAM_SNAPSHOT] = { "/snapshots/", "/events" }, [STREAM_RUN] = { "/runs/", "/activity" }, [STREAM_AGENT_RUN] = { "/agent-runs/", "/events" },
	};

	if (kind != STREAM_RUN && kind != STREAM_AGENT_RUN) {
		buf_puts(path, s->kind == SESSION_COMPUTER ? "/computers/" : "/sandboxes/");
		http_encode(path, s->id, strlen(s->id), false);
	}
	buf_puts(path, kind == STREAM_AGENT && s->agents_older ? "/control/sessions/" : parts[kind].before);
	http_encode(path, item, strlen(item), false);
	buf_puts(path, parts[kind].behind);
}

static void open_one(struct gate *g, struct session *s, enum stream_kind kind, const char *item)
{
	struct buf path;

	buf_init(&path, 8192);
	put_path(s, kind, item, &path);
	stream_new(g, s, kind, item, buf_cstr(&path), &s->streams);
	buf_release(&path);
}

static void want(struct gate *g, struct session *s, enum stream_kind kind, bool wanted)
{
	struct stream *st = follow_find(s, kind, NULL);

	if (wanted && !st)
		open_one(g, s, kind, "");
	else if (!wanted && st)
		stream_close(st);
}

void follow_session(struct gate *g, struct session *s)
{
	static const char *const begins[] = { "running", "active", "ready", "creating", "provisioning", "pending", "starting" };
	bool sandbox = s->kind == SESSION_SANDBOX, may_get_ready = false;
	struct stream *st, *next;
	size_t i;

	if (!s->log)
		return;
	for (i = 0; i < ARRAY_LEN(begins); i++)
		may_get_ready |= strcmp(s->state, begins[i]) == 0;
	for (st = s->streams; st; st = next) {
		next = stream_next(st);
		if (s->running)
			stream_go(st);
		else if (stream_view(st).kind == STREAM_EVENTS || stream_view(st).kind == STREAM_LOGS)
			stream_rest(st);
		else if (stream_view(st).kind != STREAM_READINESS)
			stream_close(st);
	}
	want(g, s, STREAM_READINESS, sandbox && !s->ready && may_get_ready);
	if (!s->running)
		return;
	want(g, s, STREAM_EVENTS, true);
	want(g, s, STREAM_LOGS, true);
	want(g, s, STREAM_FILES, sandbox && !s->files_told && follow_is_busy(s));
	want(g, s, STREAM_AGENT_EVENTS, !sandbox && (s->has_no & ASK_AGENTS) != 0);
}

void follow_items(struct gate *g, struct session *s, enum stream_kind kind, const char *const *ids, size_t count)
{
	struct stream *st, *next;
	size_t i;

	for (st = s->streams; st; st = next) {
		next = stream_next(st);
		if (stream_view(st).kind != kind)
			continue;
		for (i = 0; i < count && strcmp(ids[i], stream_view(st).item) != 0; i++)
			;
		if (i == count)
			stream_close(st);
	}
	if (!s->running || !s->log || (kind == STREAM_PROCESS && s->logs_name_processes))
		return;
	for (i = count > ITEMS_MAX ? count - ITEMS_MAX : 0; i < count; i++)
		if (!follow_find(s, kind, ids[i]))
			open_one(g, s, kind, ids[i]);
}

void follow_close(struct session *s)
{
	while (s->streams)
		stream_close(s->streams);
}

/* ---- live or not ---- */

static bool is_live(const struct session *s)
{
	struct stream *events = follow_find(s, STREAM_EVENTS, NULL), *logs = follow_find(s, STREAM_LOGS, NULL);
	enum stream_state of_logs = logs ? stream_view(logs).state : STREAM_DOWN;

	return events && stream_view(events).state == STREAM_LIVE && (of_logs == STREAM_LIVE || of_logs == STREAM_ABSENT || of_logs == STREAM_ENDED);
}

void follow_changed(struct gate *g, struct session *s, struct stream *st)
{
	bool live;

	(void)st;
	if (!s || g->stopping)
		return;
	live = is_live(s);
	if (s->live && !live)
		s->not_live_since_wall_ms = clock_wall_ms();
	s->live = live;
	news_of(g, s, NEWS_SESSION);
}

static void put_time(struct buf *b, int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	char text[32];
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	buf_puts(b, text);
}

/* s NULL: the tenant's. */
static void add_line(struct gate *g, struct session *s, const char *stream, const char *text, size_t len, const char *source, const char *id)
{
	log_add(s ? s->log : g->tenant_log, clock_wall_ms(), stream, text, len, source, id);
	if (s)
		news_of(g, s, NEWS_LOG);
	else
		news_tenant(g);
}

static void tell_gap(struct gate *g, struct session *s, struct stream *st, int64_t since_wall_ms)
{
	struct stream_view v = stream_view(st);
	struct buf b;

	buf_init(&b, 512);
	buf_puts(&b, v.name);
	if (since_wall_ms > 0) {
		buf_puts(&b, ": not live from ");
		put_time(&b, since_wall_ms);
		buf_puts(&b, " to ");
		put_time(&b, clock_wall_ms());
	} else {
		buf_puts(&b, ": not live before ");
		put_time(&b, clock_wall_ms());
		buf_puts(&b, ", while the gate did not run");
	}
	buf_puts(&b, "; what is not repeated may be missing");
	add_line(g, s, "gap", buf_cstr(&b), b.len, v.name, NULL);
	buf_release(&b);
}

void follow_live(struct gate *g, struct session *s, struct stream *st, bool missed, int64_t since_wall_ms)
{
	if (missed)
		tell_gap(g, s, st, since_wall_ms);
	if (!s) {
		feed_poll_soon(g->feed);
		return;
	}
	if (stream_view(st).kind != STREAM_EVENTS)
		return;
	if (missed && activity_gap(&s->activity))
		news_of(g, s, NEWS_SESSION);
	asks_want(g, s, missed ? ASK_ALL : ASK_DETAILS);
}

void follow_whole(struct gate *g, struct session *s, struct stream *st)
{
	if (stream_view(st).kind == STREAM_EVENTS && activity_no_gap(&s->activity))
		news_of(g, s, NEWS_SESSION);
}

/* ---- what happens ---- */

static bool has_member(const struct miosa_event *ev, const char *name)
{
	int root = json_root(&ev->doc);

	return json_get(&ev->doc, root, name) != JSON_NONE || json_get(&ev->doc, json_get(&ev->doc, root, "data"), name) != JSON_NONE;
}

/*
 * Each kind of line has one source. What a sandbox's command prints is told by its events: the logs leave it out, unless there are no events. What a process
 * prints is told by the logs where they name it, else by a stream of its own; the lines which that gave before the logs began to are not taken twice.
 */
static bool is_told_elsewhere(const struct session *s, const struct miosa_event *ev)
{
	struct stream *events = follow_find(s, STREAM_EVENTS, NULL);

	return s->kind == SESSION_SANDBOX && events && stream_view(events).state != STREAM_POLLING && has_member(ev, "exec_id");
}

static bool process_told(struct session *s, const struct miosa_event *ev)
{
	struct stream *st;

	if (!ev->exec[0] || !has_member(ev, "pid"))
		return false;
	s->logs_name_processes = true;
	st = follow_find(s, STREAM_PROCESS, ev->exec);
	if (!st)
		return false;
	stream_end(st);
	return *stream_lines(st) > 0 && (*stream_lines(st))--;
}

static bool has_line(struct session *s, struct stream *st, const struct miosa_event *ev)
{
	bool printed = ev->kind == MIOSA_OUT || ev->kind == MIOSA_ERR || ev->kind == MIOSA_LOG;
	enum stream_kind kind = stream_view(st).kind;

	if (ev->kind == MIOSA_ALIVE || strcmp(ev->type, "screen.changed") == 0 || (ev->kind == MIOSA_END && !ev->object))
		return false;
	if (kind == STREAM_LOGS && printed)
		return !is_told_elsewhere(s, ev) && !process_told(s, ev);
	if (kind == STREAM_PROCESS && printed)
		++*stream_lines(st);
	return true;
}

static const char *stream_word(const struct miosa_event *ev)
{
	return ev->kind == MIOSA_OUT ? "out" : ev->kind == MIOSA_ERR ? "err" : ev->kind == MIOSA_LOG ? "log" : "event";
}

/* JSON that is none, where it looks like some: what it says is shown as it is. */
static void look_at_json(struct gate *g, const struct session *s, const struct stream *st, const struct sse_event *ev, const struct miosa_event *e)
{
	struct err why;

	if (e->doc.count == 0 && ev->data_len > 0 && (ev->data[0] == '{' || ev->data[0] == '[') && json_validate(ev->data, ev->data_len, &why) < 0)
		fault_line(g, "stream %s/%s: the JSON of an event, at its %s", s->id, stream_view(st).name, why.msg);
}

static void tenant_event(struct gate *g, const struct miosa_event *ev)
{
	struct session *s = feed_session(g, ev->resource);

	if (ev->kind == MIOSA_ALIVE)
		return;
	if (s)
		asks_want(g, s, ASK_STATE);
	else if (ev->kind == MIOSA_STATE || ev->kind == MIOSA_OTHER)
		feed_poll_soon(g->feed);
	if (ev->kind != MIOSA_OTHER)
		return;
	buf_clear(&g->event_text);
	miosa_event_line(ev, &g->event_text);
	add_line(g, s && s->log ? s : NULL, "event", buf_cstr(&g->event_text), g->event_text.len, "tenant", NULL);
}

/* What a stream of one thing says of its end. */
static void after_event(struct gate *g, struct session *s, struct stream *st, const struct miosa_event *ev)
{
	switch (stream_view(st).kind) {
	case STREAM_READINESS:
		if (ev->kind == MIOSA_READY && strcmp(ev->status, "timeout") != 0)
			s->ready = true;
		if (ev->kind == MIOSA_READY) {
			stream_end(st);
			asks_want(g, s, ASK_ALL);
		}
		break;
	case STREAM_PROCESS:
		if (ev->kind == MIOSA_EXEC_ENDED || ev->kind == MIOSA_END) {
			stream_end(st);
			asks_want(g, s, ASK_PROCESSES);
		}
		break;
	case STREAM_AGENT:
	case STREAM_SNAPSHOT:
	case STREAM_RUN:
	case STREAM_AGENT_RUN:
		if (ev->kind == MIOSA_END)
			stream_end(st);
		break;
	case STREAM_EVENTS:
		if (ev->kind == MIOSA_FILE && s->kind == SESSION_SANDBOX && strncmp(ev->type, "file.", 5) == 0)
			s->files_told = true;
		if (s->kind == SESSION_SANDBOX && !s->files_told && !follow_find(s, STREAM_FILES, NULL))
			follow_session(g, s);
		break;
	default:
		break;
	}
}

void follow_event(struct gate *g, struct session *s, struct stream *st, const struct sse_event *ev, const char *id)
{
	struct miosa_event *e = &g->event;
	unsigned int effects;

	miosa_event_read(e, ev->type, ev->data, ev->data_len);
	if (!s) {
		tenant_event(g, e);
		return;
	}
	if (e->doc.count == 0)
		look_at_json(g, s, st, ev, e);
	effects = activity_event(&s->activity, e, clock_wall_ms(), clock_boot_ms());
	if (has_line(s, st, e)) {
		buf_clear(&g->event_text);
		miosa_event_line(e, &g->event_text);
		add_line(g, s, stream_word(e), buf_cstr(&g->event_text), g->event_text.len, stream_view(st).name, id);
	}
	if (effects & ACTIVITY_SCREEN)
		s->screen_seq++;
	news_of(g, s, (effects & ACTIVITY_SCREEN ? (unsigned int)NEWS_SCREEN : 0U) | (effects & ACTIVITY_CHANGED ? (unsigned int)NEWS_SESSION : 0U));
	if (effects >= ACTIVITY_ASK_STATE)
		asks_want(g, s, effects / ACTIVITY_ASK_STATE);
	after_event(g, s, st, e);
}
