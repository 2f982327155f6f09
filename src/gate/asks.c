/* asks: see asks.h. */
#include "config.h"

#include "gate/asks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_envelope.h"
#include "core/reconnect.h"
#include "gate/faults.h"
#include "gate/news.h"
#include "gate/sessions.h"
#include "gate/stream.h"

enum { AT_ONCE = 8, EACH_MS = 1000, TIMEOUT_MS = 10000, ANSWER_MAX = 1024 * 1024, LEAVE_ALONE_MS = 5000, LIST_MAX = 256, READ_SIZE = 16384, PER_SECOND = 500, ROOM_MAX = 40 };

struct ask_call {
	struct asks *asks;
	struct http_call *call;	/* NULL: free */
	char *session;		/* own */
	enum ask what;
	bool older;		/* the older path */
	int64_t after_ms;
	struct buf body;
};

struct asks {
	struct gate *gate;
	struct session *first, **end;
	struct ask_call calls[AT_ONCE];
	int64_t from_boot_ms;	/* nothing before */
	int64_t room, room_boot_ms;	/* calls that may be made at once, as of then */
	bool older;		/* agent sessions are below /control, and not below /cua */
	bool closing;
	uv_timer_t timer;
};

static void pump(struct asks *a);

static void on_timer(uv_timer_t *t)
{
	pump(t->data);
}

static unsigned int possible(const struct session *s)
{
	if (!s->running)
		return ASK_STATE | (s->kind == SESSION_SANDBOX && !s->ready ? ASK_READINESS : 0U);
	return s->kind == SESSION_SANDBOX ? ASK_STATE | ASK_PREVIEWS | ASK_SNAPSHOTS | ASK_PROCESSES | ASK_USAGE | ASK_READINESS :
					    ASK_STATE | ASK_SNAPSHOTS | ASK_AGENTS;
}

static void take_from_queue(struct asks *a, struct session *s)
{
	struct session **p = &a->first;

	while (*p != s)
		p = &(*p)->next_to_ask;
	*p = s->next_to_ask;
	if (!*p)
		a->end = p;
	s->in_asks = false;
}

void asks_want(struct gate *g, struct session *s, unsigned int what)
{
	bool first = what != ASK_ALL && what != ASK_DETAILS;	/* an event says so: not behind thousands that are only looked at again */
	struct asks *a = g->asks;

	if (!first)
		s->asked_boot_ms = clock_boot_ms();
	what &= possible(s);
	if (!what || (s->in_asks && (!first || (s->asks & what) == what))) {
		s->asks |= what;
		return;
	}
	s->asks |= what;
	if (s->in_asks)
		take_from_queue(a, s);
	s->in_asks = true;
	s->next_to_ask = first ? a->first : NULL;
	if (!first)
		*a->end = s;
	else
		a->first = s;
	if (!s->next_to_ask)
		a->end = &s->next_to_ask;
	if (!uv_is_active((uv_handle_t *)&a->timer) || first)
		uv_timer_start(&a->timer, on_timer, 0, 0);
}

void asks_again(struct gate *g, struct session *s)
{
	s->asked_boot_ms = clock_boot_ms();
	asks_want(g, s, (unsigned int)(ASK_USAGE | ASK_PROCESSES | ASK_AGENTS) & ~s->has_no);
}

void asks_forget(struct gate *g, struct session *s)
{
	if (s->in_asks)
		take_from_queue(g->asks, s);
}

void asks_leave_alone(struct gate *g, int64_t ms)
{
	int64_t until = clock_boot_ms() + (ms >= 0 ? ms : LEAVE_ALONE_MS);

	if (until > g->asks->from_boot_ms)
		g->asks->from_boot_ms = until;
}

/* ---- what is answered ---- */

static void take_previews(struct gate *g, struct session *s, const struct json_doc *d)
{
	struct miosa_preview list[LIST_MAX];
	size_t n = 0;
	int v;

	for (v = json_first(d, miosa_list(d, "previews")); v != JSON_NONE && n < LIST_MAX; v = json_next(d, v))
		n += miosa_preview(d, v, &list[n]);
	if (activity_set_previews(&s->activity, list, n))
		news_of(g, s, NEWS_SESSION);
}

static void take_snapshots(struct gate *g, struct session *s, const struct json_doc *d)
{
	const char *ids[ACTIVITY_LIST_MAX];
	struct miosa_snapshot list[LIST_MAX];
	size_t n = 0, going_on = 0, i;
	int v;

	for (v = json_first(d, miosa_list(d, "snapshots")); v != JSON_NONE && n < LIST_MAX; v = json_next(d, v))
		n += miosa_snapshot(d, v, &list[n]);
	if (activity_set_snapshots(&s->activity, list, n))
		news_of(g, s, NEWS_SESSION);
	for (i = 0; i < s->activity.snapshot_count; i++)
		if (activity_snapshot_goes_on(&s->activity.snapshots[i]))
			ids[going_on++] = s->activity.snapshots[i].id;
	if (s->kind == SESSION_COMPUTER)	/* of sandboxes there is no such stream */
		follow_items(g, s, STREAM_SNAPSHOT, ids, going_on);
}

/* Processes, or agent sessions. */
static void take_jobs(struct gate *g, struct session *s, const struct json_doc *d, bool processes)
{
	struct miosa_job list[LIST_MAX];
	const char *ids[LIST_MAX];
	size_t n = 0, going_on = 0, i;
	int v;

	for (v = json_first(d, miosa_list(d, processes ? "processes" : "sessions")); v != JSON_NONE && n < LIST_MAX; v = json_next(d, v))
		n += processes ? miosa_process(d, v, &list[n]) : miosa_agent_session(d, v, &list[n]);
	for (i = 0; i < n; i++)
		if (list[i].goes_on)
			ids[going_on++] = list[i].id;
	if (processes && activity_set_processes(&s->activity, list, n, clock_wall_ms()))
		news_of(g, s, NEWS_SESSION);
	follow_items(g, s, processes ? STREAM_PROCESS : STREAM_AGENT, ids, going_on);
	for (i = 0; i < n; i++)
		miosa_job_release(&list[i]);
}

static void take_readiness(struct gate *g, struct session *s, const struct json_doc *d)
{
	int v = miosa_object(d);

	if (s->ready || !(json_bool(d, json_get(d, v, "ready"), false) || json_str_is(d, json_get(d, v, "status"), "ready")))
		return;
	s->ready = true;
	news_of(g, s, NEWS_SESSION);
	asks_want(g, s, ASK_ALL);
}

static const char *path_of(const struct ask_call *c)
{
	switch (c->what) {
	case ASK_PREVIEWS:
		return "/previews";
	case ASK_SNAPSHOTS:
		return "/snapshots";
	case ASK_PROCESSES:
		return "/processes";
	case ASK_AGENTS:
		return c->older ? "/control/sessions" : "/cua/sessions";
	case ASK_USAGE:
		return "/usage";
	case ASK_READINESS:
		return "/readiness";
	default:
		return "";
	}
}

static void take(struct gate *g, struct session *s, const struct ask_call *c)
{
	struct json_doc d;
	struct err e;

	if (json_parse(buf_cstr(&c->body), c->body.len, &d, &e) < 0) {
		fault_line(g, "the answer to %s%s cannot be read: %s", s->id, path_of(c), e.msg);
		return;
	}
	s->has_no &= ~(unsigned int)c->what;
	switch (c->what) {
	case ASK_STATE:
		sessions_read(g, s->kind, &d, miosa_object(&d));
		break;
	case ASK_PREVIEWS:
		take_previews(g, s, &d);
		break;
	case ASK_SNAPSHOTS:
		take_snapshots(g, s, &d);
		break;
	case ASK_PROCESSES:
		take_jobs(g, s, &d, true);
		break;
	case ASK_AGENTS:
		s->agents_older = c->older;
		take_jobs(g, s, &d, false);
		break;
	case ASK_USAGE:
		if (activity_set_cost(&s->activity, miosa_cost_cents(&d, miosa_object(&d))))
			news_of(g, s, NEWS_SESSION);
		break;
	default:
		take_readiness(g, s, &d);
		break;
	}
	json_release(&d);
	follow_session(g, s);
}

/* There is no such path. For a session that is gone that is said of all its paths. */
static void take_absence(struct gate *g, struct session *s, const struct ask_call *c)
{
	if (c->what == ASK_STATE) {
		feed_poll_soon(g->feed);
	} else if (c->what == ASK_AGENTS && !g->asks->older && !c->older) {
		g->asks->older = true;
		asks_want(g, s, ASK_AGENTS);
	} else {
		if (c->what == ASK_AGENTS)
			g->asks->older = false;
		s->has_no |= c->what;
		follow_session(g, s);
	}
}

static void on_head(struct http_call *call, int status, const char *const *headers, void *arg)
{
	struct ask_call *c = arg;

	(void)call;
	(void)status;
	c->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
}

static void on_data(struct http_call *call, const char *data, size_t len, void *arg)
{
	struct ask_call *c = arg;

	(void)call;
	buf_append(&c->body, data, len);
}

static void on_done(struct http_call *call, const struct http_result *r, void *arg)
{
	struct ask_call *c = arg;
	struct asks *a = c->asks;
	struct session *s = feed_session(a->gate, c->session);
	struct miosa_error error;

	(void)call;
	c->call = NULL;
	if (a->closing)
		return;
	if (r->outcome == HTTP_ANSWERED && (r->status == 429 || r->status == 503)) {
		miosa_error(buf_cstr(&c->body), c->body.len, r->status, NULL, -1, &error);
		asks_leave_alone(a->gate, c->after_ms >= 0 ? c->after_ms : error.retry_after_ms);
		if (s)
			asks_want(a->gate, s, c->what);
	} else if (s && r->outcome == HTTP_ANSWERED && r->status == 200 && !buf_failed(&c->body)) {
		take(a->gate, s, c);
	} else if (s && r->outcome == HTTP_ANSWERED && (r->status == 404 || r->status == 405 || r->status == 501)) {
		take_absence(a->gate, s, c);
	}
	buf_release(&c->body);
	pump(a);
}

/* ---- asking ---- */

static void ask(struct asks *a, struct ask_call *c, struct session *s, enum ask what)
{
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .read_size = READ_SIZE, .answer_max = ANSWER_MAX, .on_head = on_head, .on_data = on_data, .on_done = on_done, .arg = c };
	struct buf path;

	free(c->session);
	c->session = gate_strdup(s->id);
	c->what = what;
	c->older = a->older;
	c->after_ms = -1;
	buf_init(&c->body, ANSWER_MAX);
	buf_init(&path, 8192);
	buf_puts(&path, s->kind == SESSION_COMPUTER ? "/computers/" : "/sandboxes/");
	http_encode(&path, s->id, strlen(s->id), false);
	buf_puts(&path, path_of(c));
	c->call = feed_get(a->gate, buf_cstr(&path), NULL, &spec);
	buf_release(&path);
}

static struct ask_call *free_call(struct asks *a)
{
	size_t i;

	for (i = 0; i < AT_ONCE; i++)
		if (!a->calls[i].call)
			return &a->calls[i];
	return NULL;
}

static void fill_room(struct asks *a, int64_t now)
{
	int64_t earned = (now - a->room_boot_ms) * PER_SECOND / 1000;

	if (earned == 0)
		return;
	a->room = earned > ROOM_MAX - a->room ? ROOM_MAX : a->room + earned;
	a->room_boot_ms = now;
}

/* The first that may be asked for now; NULL: none before *ret_from. */
static struct session *next_due(const struct asks *a, int64_t now, int64_t *ret_from)
{
	struct session *s;

	*ret_from = a->from_boot_ms > now ? a->from_boot_ms : a->room == 0 ? now + 1000 / PER_SECOND : INT64_MAX;
	if (*ret_from < INT64_MAX)
		return NULL;
	for (s = a->first; s && s->asks_from_boot_ms > now; s = s->next_to_ask)
		if (s->asks_from_boot_ms < *ret_from)
			*ret_from = s->asks_from_boot_ms;
	return s;
}

static void pump(struct asks *a)
{
	int64_t now = clock_boot_ms(), from;
	struct ask_call *c;
	struct session *s;
	unsigned int what;

	fill_room(a, now);
	while (a->first && (c = free_call(a)) != NULL) {
		s = next_due(a, now, &from);
		if (!s) {
			uv_timer_start(&a->timer, on_timer, (uint64_t)(from - now), 0);
			return;
		}
		s->asks &= possible(s);
		what = s->asks & -s->asks;
		s->asks &= ~what;
		if (!s->asks) {
			take_from_queue(a, s);
			s->asks_from_boot_ms = now + EACH_MS;
		}
		if (!what)
			continue;
		a->room--;
		ask(a, c, s, (enum ask)what);
	}
}

struct asks *asks_new(struct gate *g)
{
	struct asks *a = calloc(1, sizeof(*a));
	size_t i;

	if (!a)
		return NULL;
	a->gate = g;
	a->end = &a->first;
	for (i = 0; i < AT_ONCE; i++)
		a->calls[i].asks = a;
	uv_timer_init(g->loop, &a->timer);
	a->timer.data = a;
	return a;
}

void asks_close(struct asks *a)
{
	size_t i;

	a->closing = true;
	for (i = 0; i < AT_ONCE; i++)
		if (a->calls[i].call)
			http_cancel(a->calls[i].call);
	uv_close((uv_handle_t *)&a->timer, NULL);
}

void asks_free(struct asks *a)
{
	size_t i;

	for (i = 0; a && i < AT_ONCE; i++) {
		free(a->calls[i].session);
		buf_release(&a->calls[i].body);
	}
	free(a);
}
