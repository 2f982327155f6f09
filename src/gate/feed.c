/*
 * feed: which sessions the upstream has: one list every few seconds, and whenever the tenant's stream says that something changed. What
 * happens in each comes by a stream of its own (stream.c).
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "gate/gate.h"
#include "gate/logs.h"
#include "io/log.h"

enum { POLL_MS = 5000, SOON_MS = 50, LIST_TIMEOUT_MS = 10000, LIST_MAX = 4 * 1024 * 1024 };

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

struct session *feed_session(const struct gate *g, const char *id)
{
	struct session *s;

	for (s = g->sessions; s && strcmp(s->id, id) != 0; s = s->next)
		;
	return s;
}

struct http_call *feed_get(struct gate *g, const char *path, const char *last_id, struct http_spec *spec)
{
	const char *lines[4];
	struct buf url, last;
	struct http_call *call;

	buf_init(&url, 8192);
	buf_init(&last, 8192);
	buf_printf(&url, "%s%s", g->config.upstream, path);
	lines[0] = g->config.authorization;
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
	buf_release(&url);
	buf_release(&last);
	return call;
}

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
		l->call = feed_get(l->feed->gate, l->kind == SESSION_COMPUTER ? "/computers" : "/sandboxes", NULL, &spec);
}

void feed_poll_soon(struct feed *f)
{
	uv_timer_start(&f->poll, on_poll, SOON_MS, POLL_MS);
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
