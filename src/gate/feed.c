/*
 * feed: which sessions the upstream has: both lists, page by page, every few seconds, and whenever the tenant's stream says that something changed.
 * While that stream is live they are read seldom. What happens in each session comes by streams of its own (follow.c).
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_envelope.h"
#include "core/reconnect.h"
#include "gate/asks.h"
#include "gate/faults.h"
#include "gate/gate.h"
#include "gate/logs.h"
#include "gate/news.h"
#include "gate/runs.h"
#include "gate/sessions.h"
#include "gate/stream.h"

enum {
	POLL_MS = 5000, POLL_LIVE_MS = 30000, SOON_MS = 50, LIST_TIMEOUT_MS = 10000, LIST_MAX = 4 * 1024 * 1024,
	PAGE = 100, PAGES_MAX = 200,
	ASK_BUSY_MS = 60000, ASK_QUIET_MS = 300000, ASK_EACH_MS = 20	/* each session once in as long as all need, at this rate */
};

struct feed_list {
	struct feed *feed;
	enum session_kind kind;
	struct buf body;
	struct http_call *call;
	int64_t page, read;	/* of the pages so far: sessions */
	bool again;		/* it was asked for while it was being read */
	int64_t after_ms;
	int64_t from_boot_ms;	/* not before: the substrate said so */
	int64_t read_boot_ms;	/* when it was read whole last */
	bool absent;		/* said so last time */
	char why[256];		/* why what it says cannot be used; "" while it can */
};

struct feed {
	struct gate *gate;
	uv_timer_t poll, soon;
	struct feed_list lists[2];	/* computers, sandboxes */
	struct stream *tenant;
	struct runs *runs;
	bool closing;
};

static void read_list(struct feed_list *l);

static struct http_call *get(struct gate *g, struct http *http, const char *path, const char *last_id, struct http_spec *spec)
{
	const char *lines[4];
	struct buf url, last;
	struct http_call *call;

	buf_init(&url, 32768);
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
	call = http_start(http, spec);
	buf_release(&url);
	buf_release(&last);
	return call;
}

struct http_call *feed_get(struct gate *g, const char *path, const char *last_id, struct http_spec *spec)
{
	return get(g, g->http, path, last_id, spec);
}

struct http_call *feed_get_stream(struct gate *g, const char *path, const char *last_id, struct http_spec *spec)
{
	spec->own_connection = true;
	return get(g, g->streams_http, path, last_id, spec);
}

static void drop_unseen(struct gate *g, enum session_kind kind)
{
	struct session *s, *next;

	for (s = g->sessions; s; s = next) {
		next = s->next;
		if (s->kind == kind && !s->seen)
			sessions_remove(g, s);
	}
}

static const char *plural(const struct feed_list *l)
{
	return l->kind == SESSION_COMPUTER ? "computers" : "sandboxes";
}

const char *feed_why(const struct feed *f)
{
	return f->lists[0].why[0] ? f->lists[0].why : f->lists[1].why;
}

/* One page. false: it cannot be read, nothing is concluded from it, and l->why says so. */
static bool take_page(struct feed_list *l, bool *ret_more)
{
	struct gate *g = l->feed->gate;
	struct json_doc d = { 0 };
	int64_t got = 0;
	struct err e;
	int list, v;

	l->why[0] = '\0';
	if (buf_failed(&l->body))
		snprintf(l->why, sizeof(l->why), "no memory for its list of %s", plural(l));
	else if (json_parse(buf_cstr(&l->body), l->body.len, &d, &e) < 0)
		snprintf(l->why, sizeof(l->why), "its list of %s cannot be read: %.150s", plural(l), e.msg);
	else if (miosa_list(&d, plural(l)) == JSON_NONE && (json_type(&d, json_root(&d)) != JSON_OBJECT || json_get(&d, json_root(&d), "error") != JSON_NONE))
		snprintf(l->why, sizeof(l->why), "its list of %s is none", plural(l));
	if (l->why[0]) {
		json_release(&d);
		return false;
	}
	list = miosa_list(&d, plural(l));
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v), got++)
		sessions_read(g, l->kind, &d, v);
	l->read += got;
	*ret_more = miosa_page_follows(&d, got, l->read, PAGE);
	json_release(&d);
	return true;
}

static void take_list(struct feed_list *l)
{
	bool more;

	if (!take_page(l, &more))
		return;
	if (more && l->page < PAGES_MAX) {
		l->page++;
		read_list(l);
		return;
	}
	if (!more)
		drop_unseen(l->feed->gate, l->kind);
	l->read_boot_ms = clock_boot_ms();
}

static void on_list_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	struct feed_list *l = arg;

	(void)c;
	(void)status;
	l->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
}

static void on_list_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct feed_list *l = arg;

	(void)c;
	buf_append(&l->body, data, len);
}

/* It wants to be left alone for a while, or has no strength. */
static void take_refusal(struct feed_list *l, int status)
{
	struct miosa_error error;

	miosa_error(buf_cstr(&l->body), l->body.len, status, NULL, -1, &error);
	l->why[0] = '\0';
	if (status == 429 || status == 503) {
		if (l->after_ms < 0)
			l->after_ms = error.retry_after_ms >= 0 ? error.retry_after_ms : POLL_MS;
		l->from_boot_ms = clock_boot_ms() + l->after_ms;
		asks_leave_alone(l->feed->gate, l->after_ms);
	}
	if (status == 401 || status == 403)
		snprintf(l->why, sizeof(l->why), "it refuses the API key for its list of %s (%d): %.150s", plural(l), status, error.message);
	else if (status >= 500 && status != 501)
		snprintf(l->why, sizeof(l->why), "it answers %d to the list of %s: %.150s", status, plural(l), error.message);
	else if (status != 429 && !l->absent)
		fault_line(l->feed->gate, "there is no list of %s: it is answered with %d: %s", plural(l), status, error.message);
	l->absent = status != 401 && status != 403 && status != 429 && (status < 500 || status == 501);
	if (l->feed->lists[0].absent && l->feed->lists[1].absent)
		snprintf(l->why, sizeof(l->why), "it has neither computers nor sandboxes (%d): is the address right?", status);
	gate_set_live(l->feed->gate, true, "");
}

static void on_list_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct feed_list *l = arg;

	(void)c;
	l->call = NULL;
	if (r->outcome != HTTP_ANSWERED) {
		gate_set_live(l->feed->gate, false, r->error);
	} else if (r->status == 200) {
		l->absent = false;
		take_list(l);
		gate_set_live(l->feed->gate, true, "");
	} else {
		take_refusal(l, r->status);
	}
	if (!l->call && l->again)
		feed_poll_soon(l->feed);
}

/* The page that is due. */
static void read_list(struct feed_list *l)
{
	struct http_spec spec = { .timeout_ms = LIST_TIMEOUT_MS, .answer_max = LIST_MAX, .on_head = on_list_head, .on_data = on_list_data,
				  .on_done = on_list_done, .arg = l };
	char path[160];

	buf_release(&l->body);
	buf_init(&l->body, LIST_MAX);
	l->after_ms = -1;
	snprintf(path, sizeof(path), "/%s?page=%lld&page_size=%d&per_page=%d", plural(l), (long long)l->page, PAGE, PAGE);
	l->call = feed_get(l->feed->gate, path, NULL, &spec);
}

static void begin_list(struct feed_list *l)
{
	struct session *s;

	if (l->call || clock_boot_ms() < l->from_boot_ms) {
		l->again = l->call != NULL;
		return;
	}
	for (s = l->feed->gate->sessions; s; s = s->next)
		if (s->kind == l->kind)
			s->seen = false;
	l->again = false;
	l->page = 1;
	l->read = 0;
	read_list(l);
}

static void on_soon(uv_timer_t *t)
{
	struct feed *f = t->data;

	begin_list(&f->lists[0]);
	begin_list(&f->lists[1]);
}

/* Others that ask meanwhile have their answer with it. */
void feed_poll_soon(struct feed *f)
{
	if (!f->closing && !uv_is_active((uv_handle_t *)&f->soon))
		uv_timer_start(&f->soon, on_soon, SOON_MS, 0);
}

void feed_look(struct gate *g, const char *id)
{
	struct session *s = feed_session(g, id);

	if (s)
		asks_want(g, s, ASK_ALL);
}

/* What has no stream is asked for each time, the rest now and then; streams that nothing needs any more are closed. */
static void look_at_sessions(struct feed *f)
{
	int64_t now = clock_boot_ms(), busy_ms = sessions_count(f->gate) * ASK_EACH_MS;
	struct session *s;

	if (busy_ms < ASK_BUSY_MS)
		busy_ms = ASK_BUSY_MS;
	for (s = f->gate->sessions; s; s = s->next) {
		struct stream *events = follow_find(s, STREAM_EVENTS, NULL), *readiness = follow_find(s, STREAM_READINESS, NULL);
		bool polled = events && stream_view(events).state == STREAM_POLLING;

		if (readiness && stream_view(readiness).state == STREAM_POLLING)
			asks_want(f->gate, s, ASK_READINESS);
		if (s->running && polled)
			asks_want(f->gate, s, ASK_ALL);
		else if (s->running && now - s->asked_boot_ms >= (follow_is_busy(s) ? busy_ms : ASK_QUIET_MS + busy_ms))
			asks_again(f->gate, s);
		if (follow_find(s, STREAM_FILES, NULL))
			follow_session(f->gate, s);
	}
}

static void on_poll(uv_timer_t *t)
{
	struct feed *f = t->data;
	bool live = stream_view(f->tenant).state == STREAM_LIVE;
	size_t i;

	for (i = 0; i < ARRAY_LEN(f->lists); i++)
		if (!live || !f->gate->live || clock_boot_ms() - f->lists[i].read_boot_ms >= POLL_LIVE_MS)
			begin_list(&f->lists[i]);
	look_at_sessions(f);
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
	for (i = 0; i < ARRAY_LEN(f->lists); i++) {
		f->lists[i] = (struct feed_list){ .feed = f, .kind = kinds[i] };
		buf_init(&f->lists[i].body, LIST_MAX);
	}
	miosa_event_init(&g->event);
	buf_init(&g->event_text, SIZE_MAX - 1);
	g->sessions_table = sessions_new(g);
	g->news = news_new(g);
	g->asks = asks_new(g);
	f->runs = runs_new(g);
	g->tenant_log = log_new(g->logs, LOG_TENANT, NULL);
	if (!g->tenant_log || !g->sessions_table || !g->news || !g->asks || !f->runs)
		abort();
	uv_timer_init(g->loop, &f->poll);
	uv_timer_init(g->loop, &f->soon);
	f->poll.data = f->soon.data = f;
	stream_new(g, NULL, STREAM_TENANT, "", "/events/stream", &f->tenant);
	uv_timer_start(&f->poll, on_poll, 0, POLL_MS);
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
	for (s = f->gate->sessions; s; s = s->next)
		follow_close(s);
	stream_close(f->tenant);
	asks_close(f->gate->asks);
	news_close(f->gate->news);
	runs_close(f->runs);
	uv_close((uv_handle_t *)&f->poll, NULL);
	uv_close((uv_handle_t *)&f->soon, NULL);
}

void feed_free(struct feed *f)
{
	size_t i;

	if (!f)
		return;
	sessions_free(f->gate);
	for (i = 0; i < ARRAY_LEN(f->lists); i++)
		buf_release(&f->lists[i].body);
	runs_free(f->runs);
	asks_free(f->gate->asks);
	news_free(f->gate->news);
	miosa_event_release(&f->gate->event);
	buf_release(&f->gate->event_text);
	free(f);
}
