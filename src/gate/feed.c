/*
 * feed: which sessions the upstream has, and what happens in each. One list every few seconds and whenever the tenant's stream says
 * that something changed; one event stream for each session, held open, its lines kept in the session's log.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/sse.h"
#include "gate/gate.h"
#include "gate/logs.h"
#include "io/log.h"

enum {
	POLL_MS = 5000, LIST_TIMEOUT_MS = 10000, LIST_MAX = 4 * 1024 * 1024, SILENCE_MS = 45000, EVENT_MAX = 1024 * 1024,
	BACKOFF_MIN_MS = 500, BACKOFF_MAX_MS = 30000, COUNTS_MS = 50,
};

struct feed_stream {
	struct gate *gate;
	struct session *session;	/* NULL: the tenant's stream */
	struct http_call *call;
	struct sse sse;
	uv_timer_t retry, counts;
	int64_t backoff_ms;
	int handles;
	bool closing, absent;		/* absent: the upstream has no such stream */
};

struct feed_list {
	struct feed *feed;
	enum session_kind kind;
	struct buf body;
	struct http_call *call;
};

struct feed {
	struct gate *gate;
	uv_timer_t poll;
	struct feed_list lists[2];	/* computers, sandboxes */
	struct feed_stream *tenant;
	char logs_dir[4096];
	bool closing;
};

static void on_poll(uv_timer_t *t);
static void open_stream(struct feed_stream *f);

struct session *feed_session(const struct gate *g, const char *id)
{
	struct session *s;

	for (s = g->sessions; s && strcmp(s->id, id) != 0; s = s->next)
		;
	return s;
}

static struct http_call *get(struct gate *g, const char *path, const char *last_id, struct http_spec *spec)
{
	const char *lines[4];
	struct buf key, url, last;
	struct http_call *call;

	buf_init(&key, 8192);
	buf_init(&url, 8192);
	buf_init(&last, 8192);
	buf_printf(&key, "Authorization: Bearer %s", g->config.key);
	buf_printf(&url, "%s%s", g->config.upstream, path);
	lines[0] = key.data;
	lines[1] = "Accept: text/event-stream, application/json, */*";
	lines[2] = lines[3] = NULL;
	if (last_id && last_id[0]) {
		buf_printf(&last, "Last-Event-ID: %s", last_id);
		lines[2] = last.data;
	}
	spec->method = "GET";
	spec->url = url.data;
	spec->headers = lines;
	call = http_start(g->http, spec);
	wipe(key.data, key.len);
	buf_release(&key);
	buf_release(&url);
	buf_release(&last);
	return call;
}

/* ---- streams ---- */

static void set_session_live(struct feed_stream *f, bool live)
{
	struct session *s = f->session;

	if (!s || s->live == live)
		return;
	s->live = live;
	if (!live)
		s->not_live_since_wall_ms = clock_wall_ms();
	events_session(f->gate, s);
}

static void send_counts(struct feed_stream *f)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", f->session->id);
	jw_kint(&w, "log_lines", log_count(f->session->log));
	jw_end(&w, '}');
	events_publish(f->gate->events, "log", b.data, b.len);
	buf_release(&b);
	f->session->log_news = false;
	f->session->log_told_boot_ms = clock_boot_ms();
}

static void on_counts(uv_timer_t *t)
{
	send_counts(t->data);
}

/* Counts travel, lines are read on demand; at most 20 counts a second. */
static void add_line(struct feed_stream *f, const char *stream, const char *text, size_t len)
{
	struct session *s = f->session;
	int64_t since = clock_boot_ms() - s->log_told_boot_ms;

	log_add(s->log, clock_wall_ms(), stream, text, len);
	if (s->log_news)
		return;
	s->log_news = true;
	uv_timer_start(&f->counts, on_counts, since >= COUNTS_MS ? 0 : (uint64_t)(COUNTS_MS - since), 0);
}

static void screen_changed(struct feed_stream *f)
{
	struct session *s = f->session;
	struct buf b;
	struct jsonw w;

	s->screen_seq++;
	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", s->id);
	jw_kint(&w, "screen_seq", s->screen_seq);
	jw_end(&w, '}');
	events_publish(f->gate->events, "screen", b.data, b.len);
	buf_release(&b);
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

/* An event as a line of the log: the line itself where it has one, else its name and data. */
static void log_event(struct feed_stream *f, const char *type, const struct sse_event *ev)
{
	const char *stream = ends_with(type, "stderr") ? "err" : ends_with(type, "stdout") ? "out" : "event";
	static const char *const fields[] = { "line", "message", "text" };
	struct json_doc d;
	struct buf text;
	char *line = NULL;
	size_t i;

	if (strcmp(stream, "event") != 0 && json_parse(ev->data, ev->data_len, &d, NULL) == 0) {
		for (i = 0; i < ARRAY_LEN(fields) && !line; i++)
			line = json_strdup(&d, json_get(&d, json_root(&d), fields[i]));
		json_release(&d);
	}
	if (line) {
		add_line(f, stream, line, strlen(line));
	} else {
		buf_init(&text, SIZE_MAX - 1);
		buf_printf(&text, "%s ", type);
		buf_append(&text, ev->data, ev->data_len);
		add_line(f, stream, buf_cstr(&text), text.len);
		buf_release(&text);
	}
	free(line);
}

static char *type_of(const struct sse_event *ev)
{
	struct json_doc d;
	char *type = NULL;

	if (strcmp(ev->type, "message") == 0 && json_parse(ev->data, ev->data_len, &d, NULL) == 0) {
		type = json_strdup(&d, json_get(&d, json_root(&d), "type"));
		json_release(&d);
	}
	return type ? type : gate_strdup(ev->type);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct feed_stream *f = arg;
	char *type = type_of(ev);

	if (strcmp(type, "heartbeat") == 0 || strcmp(type, "ping") == 0) {
		/* A sign of life; the bytes themselves were counted. */
	} else if (!f->session) {
		uv_timer_start(&f->gate->feed->poll, on_poll, 50, POLL_MS);
	} else if (strcmp(type, "screen.changed") == 0) {
		screen_changed(f);
	} else {
		log_event(f, type, ev);
		if (strcmp(type, "desktop_action") == 0)
			screen_changed(f);
	}
	free(type);
}

static void on_retry(uv_timer_t *t)
{
	open_stream(t->data);
}

static void retry_later(struct feed_stream *f)
{
	unsigned int jitter = 0;

	if (f->closing)
		return;
	if (f->absent)
		f->backoff_ms = BACKOFF_MAX_MS;	/* it may come with the next version, or when the session is ready */
	random_bytes(&jitter, sizeof(jitter));
	uv_timer_start(&f->retry, on_retry, (uint64_t)(f->backoff_ms / 2 + jitter % f->backoff_ms), 0);
	f->backoff_ms = f->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : f->backoff_ms * 2;
}

static void on_stream_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *type = http_header(headers, "content-type");
	struct feed_stream *f = arg;

	(void)c;
	f->absent = status == 404 || status == 405 || status == 406 || status == 501;
	if (status != 200 || !type || strncmp(type, "text/event-stream", 17) != 0)
		return;
	f->backoff_ms = BACKOFF_MIN_MS;
	sse_reconnect(&f->sse);
	set_session_live(f, true);
}

static void on_stream_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct feed_stream *f = arg;

	(void)c;
	sse_feed(&f->sse, data, len);
}

static void on_stream_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct feed_stream *f = arg;

	(void)c;
	(void)r;
	f->call = NULL;
	set_session_live(f, false);
	retry_later(f);
}

static void open_stream(struct feed_stream *f)
{
	struct http_spec spec = { .silence_ms = SILENCE_MS, .on_head = on_stream_head, .on_data = on_stream_data, .on_done = on_stream_done, .arg = f };
	struct session *s = f->session;
	struct buf path;

	buf_init(&path, 4096);
	if (s) {
		buf_puts(&path, s->kind == SESSION_COMPUTER ? "/computers/" : "/sandboxes/");
		http_encode(&path, s->id, strlen(s->id), false);
		buf_puts(&path, "/events");
	} else {
		buf_puts(&path, "/events/stream");
	}
	f->call = get(f->gate, path.data, buf_cstr(&f->sse.id), &spec);
	buf_release(&path);
	if (!f->call)
		retry_later(f);
}

static struct feed_stream *stream_new(struct gate *g, struct session *s)
{
	struct feed_stream *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->gate = g;
	f->session = s;
	f->backoff_ms = BACKOFF_MIN_MS;
	sse_init(&f->sse, EVENT_MAX, on_event, f);
	uv_timer_init(g->loop, &f->retry);
	uv_timer_init(g->loop, &f->counts);
	f->retry.data = f->counts.data = f;
	f->handles = 2;
	open_stream(f);
	return f;
}

static void on_stream_handle_closed(uv_handle_t *h)
{
	struct feed_stream *f = h->data;

	if (--f->handles == 0) {
		sse_release(&f->sse);
		free(f);
	}
}

static void stream_close(struct feed_stream *f)
{
	if (!f)
		return;
	f->closing = true;
	if (f->call)
		http_cancel(f->call);
	uv_close((uv_handle_t *)&f->retry, on_stream_handle_closed);
	uv_close((uv_handle_t *)&f->counts, on_stream_handle_closed);
}

/* ---- sessions ---- */

static void session_free(struct session *s)
{
	log_free(s->log);
	free(s->id);
	free(s->name);
	free(s->state);
	free(s->isolation);
	free(s->agent);
	free(s);
}

/* Sets an own string; true when it changed. */
static bool set(char **field, char *value)
{
	bool changed = !*field || (value && strcmp(*field, value) != 0);

	if (value && changed) {
		free(*field);
		*field = value;
	} else {
		free(value);
		if (!*field)
			*field = gate_strdup("");
	}
	return changed;
}

static void read_session(struct gate *g, enum session_kind kind, const struct json_doc *d, int v)
{
	char *id = json_strdup(d, json_get(d, v, "id")), *state = json_strdup(d, json_get(d, v, "state"));
	struct session *s = id ? feed_session(g, id) : NULL, **end = &g->sessions;
	bool changed = !s, running;
	int64_t n = 0;
	struct err e;

	if (!id || !id[0]) {
		free(id);
		free(state);
		return;
	}
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			abort();
		while (*end)
			end = &(*end)->next;
		*end = s;
		s->kind = kind;
		s->id = gate_strdup(id);
		s->not_live_since_wall_ms = clock_wall_ms();
		s->log = log_new(g->feed->logs_dir, id, &e);
		if (!s->log)
			log_line("no log for session %s: %s", id, e.msg);
	}
	free(id);
	s->seen = true;
	changed |= set(&s->name, json_strdup(d, json_get(d, v, "name")));
	changed |= set(&s->state, state ? state : json_strdup(d, json_get(d, v, "status")));
	changed |= set(&s->isolation, json_strdup(d, json_get(d, v, "isolation")));
	set(&s->agent, NULL);
	if (json_int(d, json_get(d, v, "width"), &n) == 0)
		s->width = (int)n;
	if (json_int(d, json_get(d, v, "height"), &n) == 0)
		s->height = (int)n;
	running = strcmp(s->state, "running") == 0 || strcmp(s->state, "active") == 0;
	if (running && !s->stream && s->log) {
		s->stream = stream_new(g, s);
	} else if (!running && s->stream) {
		set_session_live(s->stream, false);
		stream_close(s->stream);
		s->stream = NULL;
	}
	if (changed)
		events_session(g, s);
}

static void drop_unseen(struct gate *g, enum session_kind kind)
{
	struct session **p = &g->sessions, *s;

	while ((s = *p) != NULL) {
		if (s->kind != kind || s->seen) {
			s->seen = false;
			p = &s->next;
			continue;
		}
		*p = s->next;
		events_gone(g, "session", s->id);
		stream_close(s->stream);
		session_free(s);
	}
}

static void take_list(struct feed_list *l)
{
	struct gate *g = l->feed->gate;
	const char *plural = l->kind == SESSION_COMPUTER ? "computers" : "sandboxes";
	struct json_doc d;
	struct session *s;
	int list, v;

	if (json_parse(buf_cstr(&l->body), l->body.len, &d, NULL) < 0)
		return;
	list = json_root(&d);
	if (json_type(&d, list) == JSON_OBJECT) {
		list = json_get(&d, json_root(&d), "data");
		if (json_type(&d, list) != JSON_ARRAY)
			list = json_get(&d, json_root(&d), plural);
		if (json_type(&d, list) != JSON_ARRAY)
			list = json_get(&d, json_root(&d), "items");
	}
	for (s = g->sessions; s; s = s->next)
		if (s->kind == l->kind)
			s->seen = false;
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v))
		read_session(g, l->kind, &d, v);
	drop_unseen(g, l->kind);
	json_release(&d);
}

static void on_list_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct feed_list *l = arg;

	(void)c;
	buf_append(&l->body, data, len);
}

static void on_list_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct feed_list *l = arg;
	char why[256];

	(void)c;
	l->call = NULL;
	if (r->outcome != HTTP_ANSWERED) {
		gate_set_live(l->feed->gate, false, r->error);
	} else if (r->status == 200) {
		gate_set_live(l->feed->gate, true, "");
		take_list(l);
	} else if (r->status == 401 || r->status == 403 || r->status >= 500) {
		snprintf(why, sizeof(why), r->status >= 500 ? "it answers %d" : "it refuses the API key (%d)", r->status);
		gate_set_live(l->feed->gate, false, why);
	}
	buf_clear(&l->body);
}

static void read_list(struct feed_list *l)
{
	struct http_spec spec = { .timeout_ms = LIST_TIMEOUT_MS, .answer_max = LIST_MAX, .on_data = on_list_data, .on_done = on_list_done, .arg = l };

	if (!l->call)
		l->call = get(l->feed->gate, l->kind == SESSION_COMPUTER ? "/computers" : "/sandboxes", NULL, &spec);
}

static void on_poll(uv_timer_t *t)
{
	struct feed *f = t->data;

	read_list(&f->lists[0]);
	read_list(&f->lists[1]);
}

struct feed *feed_new(struct gate *g)
{
	static const enum session_kind kinds[] = { SESSION_COMPUTER, SESSION_SANDBOX };
	struct feed *f = calloc(1, sizeof(*f));
	size_t i;

	if (!f)
		return NULL;
	f->gate = g;
	g->feed = f;
	snprintf(f->logs_dir, sizeof(f->logs_dir), "%s/logs", g->config.state_dir);
	if (mkdir(f->logs_dir, 0700) < 0 && errno != EEXIST)
		log_line("%s: %s", f->logs_dir, strerror(errno));
	for (i = 0; i < ARRAY_LEN(f->lists); i++) {
		f->lists[i] = (struct feed_list){ .feed = f, .kind = kinds[i] };
		buf_init(&f->lists[i].body, LIST_MAX);
	}
	uv_timer_init(g->loop, &f->poll);
	f->poll.data = f;
	uv_timer_start(&f->poll, on_poll, 0, POLL_MS);
	f->tenant = stream_new(g, NULL);
	return f;
}

void feed_close(struct feed *f)
{
	struct session *s;
	size_t i;

	f->closing = true;
	for (i = 0; i < ARRAY_LEN(f->lists); i++)
		if (f->lists[i].call)
			http_cancel(f->lists[i].call);
	for (s = f->gate->sessions; s; s = s->next) {
		stream_close(s->stream);
		s->stream = NULL;
	}
	stream_close(f->tenant);
	uv_close((uv_handle_t *)&f->poll, NULL);
}

void feed_free(struct feed *f)
{
	struct session *s, *next;
	size_t i;

	if (!f)
		return;
	for (s = f->gate->sessions; s; s = next) {
		next = s->next;
		session_free(s);
	}
	f->gate->sessions = NULL;
	for (i = 0; i < ARRAY_LEN(f->lists); i++)
		buf_release(&f->lists[i].body);
	free(f);
}
