/*
 * running: what still runs, as far as it is known: what is on the wire or streaming, the processes of sandboxes in which agents acted, the agent
 * sessions of such computers. The substrate is asked each time; where it does not answer, that is told too. Ending it is in ending.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_envelope.h"
#include "core/miosa_object.h"
#include "gate/operator.h"

enum { ANSWER_MAX = 1024 * 1024, TIMEOUT_MS = 3000 };

/* One call of GET /v1/running. */
struct running {
	struct running *next, **prev;
	struct gate *gate;
	struct server_req *req;		/* NULL: gone */
	int pending;			/* questions that are not answered yet */
	struct question *questions;
	struct buf items, unasked;	/* JSON elements */
	struct jsonw items_w, unasked_w;
};

/* One question to the substrate about one session. */
struct question {
	struct question *next;
	struct running *running;
	struct buf body;
	char session[128], name[128], agent[64];
	enum session_kind kind;
	bool older;			/* by the older of the two names that a computer's agent sessions have */
};

static void running_free(struct running *n)
{
	struct question *q;

	while ((q = n->questions) != NULL) {
		n->questions = q->next;
		buf_release(&q->body);
		free(q);
	}
	*n->prev = n->next;
	if (n->next)
		n->next->prev = n->prev;
	buf_release(&n->items);
	buf_release(&n->unasked);
	free(n);
}

void running_release(struct gate *g)
{
	while (g->runnings)
		running_free(g->runnings);
}

static void answer_if_done(struct running *n)
{
	struct buf b;

	if (n->pending > 0)
		return;
	if (n->req) {
		server_set_user(n->req, NULL, NULL);
		buf_init(&b, SIZE_MAX - 1);
		buf_printf(&b, "{\"running\":[%s],\"unasked\":[%s]}", buf_cstr(&n->items), buf_cstr(&n->unasked));
		operator_reply_json(n->req, 200, &b);
	}
	running_free(n);
}

struct item {
	const char *session, *name, *id, *what, *agent;
	int64_t for_ms;			/* -1: not known */
	const char *const *ways;	/* NULL-terminated */
};

static void put_item(struct running *n, const struct item *i)
{
	struct jsonw *w = &n->items_w;
	const char *const *way;

	jw_begin(w, '{');
	jw_kstr(w, "session", i->session);
	jw_kstr(w, "session_name", i->name);
	jw_kstr(w, "id", i->id);
	jw_kstr(w, "what", i->what);
	jw_key(w, "for_ms");
	if (i->for_ms >= 0)
		jw_int(w, i->for_ms);
	else
		jw_null(w);
	jw_kstr(w, "agent", i->agent);
	jw_key(w, "ways");
	jw_begin(w, '[');
	for (way = i->ways; *way; way++)
		jw_str(w, *way);
	jw_end(w, ']');
	jw_end(w, '}');
}

/* On the wire, or read on although it is done by its head. It cannot be called back; what it does can be paused, or taken over. */
static void put_actions(struct running *n)
{
	static const char *const none[] = { NULL }, *const sandbox[] = { "pause", NULL }, *const computer[] = { "control", NULL };
	struct gate *g = n->gate;
	size_t i;

	for (i = 0; i < g->queue.count; i++) {
		const struct action *a = g->queue.items[i];
		const struct session *s = feed_session(g, a->session);
		char id[48];

		if (a->state != ACTION_SENT && !executor_is_streaming(g, a->id))
			continue;
		snprintf(id, sizeof(id), "action:%lld", (long long)a->id);
		put_item(n, &(struct item){ .session = a->session, .name = s ? s->name : a->session, .id = id, .what = a->summary, .agent = a->agent,
					    .for_ms = clock_wall_ms() - a->sent_wall_ms,
					    .ways = a->session_kind == SESSION_SANDBOX ? sandbox : a->session_kind == SESSION_COMPUTER ? computer : none });
	}
}

static int64_t age_ms(const struct miosa_job *j)
{
	int64_t age = clock_wall_ms() - j->started_wall_ms;

	return j->started_wall_ms < 0 ? -1 : age < 0 ? 0 : age;
}

static void put_process(const struct question *q, const struct miosa_job *j)
{
	static const char *const ways[] = { "signal", "delete", "pause", NULL };
	char id[48];

	snprintf(id, sizeof(id), "process:%.32s", j->id);
	put_item(q->running, &(struct item){ .session = q->session, .name = q->name, .id = id, .agent = q->agent, .what = j->what, .for_ms = age_ms(j), .ways = ways });
}

static void put_agent_session(const struct question *q, const struct miosa_job *j)
{
	static const char *const ways[] = { "delete", "control", NULL };
	char id[192];

	if (strlen(j->id) >= 128)
		return;
	snprintf(id, sizeof(id), "%s:%s", q->older ? "control" : "cua", j->id);
	put_item(q->running, &(struct item){ .session = q->session, .name = q->name, .id = id, .agent = q->agent, .what = j->what[0] ? j->what : "an agent session",
					     .for_ms = age_ms(j), .ways = ways });
}

static bool take_list(const struct question *q)
{
	bool sandbox = q->kind == SESSION_SANDBOX, ok;
	struct miosa_job job;
	struct json_doc d;
	int list, v;

	if (json_parse(buf_cstr(&q->body), q->body.len, &d, NULL) < 0)
		return false;
	list = miosa_list(&d, sandbox ? "processes" : "sessions");
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v)) {
		if (!(sandbox ? miosa_process(&d, v, &job) : miosa_agent_session(&d, v, &job)))
			continue;
		if (job.goes_on && sandbox)
			put_process(q, &job);
		else if (job.goes_on)
			put_agent_session(q, &job);
		miosa_job_release(&job);
	}
	ok = list != JSON_NONE;
	json_release(&d);
	return ok;
}

static void put_unasked(struct running *n, const char *session, const char *name, const char *why)
{
	jw_begin(&n->unasked_w, '{');
	jw_kstr(&n->unasked_w, "session", session);
	jw_kstr(&n->unasked_w, "session_name", name);
	jw_kstr(&n->unasked_w, "why", why);
	jw_end(&n->unasked_w, '}');
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct question *q = arg;

	(void)c;
	buf_append(&q->body, data, len);
}

static void ask(struct question *q);

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct question *q = arg;
	struct running *n = q->running;
	bool absent = r->status == 404 || r->status == 405 || r->status == 501;
	struct miosa_error error;
	char why[440];

	(void)c;
	if (q->kind == SESSION_COMPUTER && absent && !q->older) {
		q->older = true;
		buf_clear(&q->body);
		ask(q);
		return;
	}
	miosa_error(buf_cstr(&q->body), q->body.len, r->status, NULL, -1, &error);
	snprintf(why, sizeof(why), "it answered %d: %s", r->status, error.message);
	if (r->outcome != HTTP_ANSWERED)
		put_unasked(n, q->session, q->name, r->error);
	else if (r->status == 200 ? !take_list(q) : !absent)
		put_unasked(n, q->session, q->name, r->status == 200 ? "its answer cannot be read" : why);
	else if (absent && q->kind == SESSION_SANDBOX)
		put_unasked(n, q->session, q->name, "it has no list of processes");
	n->pending--;
	answer_if_done(n);
}

static void ask(struct question *q)
{
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = ANSWER_MAX, .on_data = on_data, .on_done = on_done, .arg = q };
	struct buf path;

	buf_init(&path, 4096);
	buf_puts(&path, q->kind == SESSION_SANDBOX ? "/sandboxes/" : "/computers/");
	http_encode(&path, q->session, strlen(q->session), false);
	buf_puts(&path, q->kind == SESSION_SANDBOX ? "/processes" : q->older ? "/control/sessions" : "/cua/sessions");
	if (!feed_get(q->running->gate, buf_cstr(&path), NULL, &spec))
		abort();
	buf_release(&path);
}

/* Which agent acted there last; NULL for none. */
static const char *last_agent(const struct gate *g, const struct session *s)
{
	size_t i;

	for (i = g->queue.count; i-- > 0;) {
		const struct action *a = g->queue.items[i];

		if (a->session_kind == s->kind && strcmp(a->session, s->id) == 0 && !action_is_operators(a))
			return a->agent;
	}
	return s->agent[0] ? s->agent : NULL;
}

static void on_gone(struct server_req *r, void *user)
{
	struct running *n = user;

	(void)r;
	n->req = NULL;
}

void operator_get_running(struct gate *g, struct server_req *r, const char *rest)
{
	struct running *n = calloc(1, sizeof(*n));
	const struct session *s;
	const char *agent;
	struct question *q;

	(void)rest;
	if (!n)
		abort();
	*n = (struct running){ .gate = g, .req = r, .pending = 1, .next = g->runnings, .prev = &g->runnings };
	if (n->next)
		n->next->prev = &n->next;
	g->runnings = n;
	buf_init(&n->items, SIZE_MAX - 1);
	buf_init(&n->unasked, SIZE_MAX - 1);
	jw_init(&n->items_w, &n->items);
	jw_init(&n->unasked_w, &n->unasked);
	server_set_user(r, n, on_gone);
	put_actions(n);
	for (s = g->sessions; s; s = s->next) {
		agent = last_agent(g, s);
		if (!agent)
			continue;
		q = calloc(1, sizeof(*q));
		if (!q)
			abort();
		q->running = n;
		q->next = n->questions;
		n->questions = q;
		q->kind = s->kind;
		snprintf(q->session, sizeof(q->session), "%s", s->id);
		snprintf(q->name, sizeof(q->name), "%s", s->name);
		snprintf(q->agent, sizeof(q->agent), "%s", agent);
		buf_init(&q->body, ANSWER_MAX);
		n->pending++;
		ask(q);
	}
	n->pending--;
	answer_if_done(n);
}
