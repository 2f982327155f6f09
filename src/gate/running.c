/*
 * running: what still runs, as far as it is known: what is on the wire or streaming, the processes of sandboxes in which agents acted, the agent
 * sessions of such computers. The substrate is asked each time; where it does not answer, that is told too. Ending it is in ending.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
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

/* "2026-11-25T20:31:58Z", with or without a fraction; -1 for anything else. */
static int64_t age_ms(const struct json_doc *d, int v)
{
	char *text = json_strdup(d, json_get(d, v, "started_at"));
	struct tm tm = { 0 };
	int64_t age = -1;

	if (text && sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) == 6) {
		tm.tm_year -= 1900;
		tm.tm_mon--;
		age = clock_wall_ms() - (int64_t)timegm(&tm) * 1000;
		age = age < 0 ? 0 : age;
	}
	free(text);
	return age;
}

/* What does not say that it has ended goes on. */
static bool goes_on(const struct json_doc *d, int v)
{
	static const char *const ended[] = { "exited", "stopped", "finished", "completed", "done", "failed", "cancelled", "killed", "terminated" };
	int status = json_get(d, v, "status"), code = json_get(d, v, "exit_code");
	size_t i;

	if (json_type(d, status) != JSON_STRING)
		return code == JSON_NONE || json_type(d, code) == JSON_NULL;
	for (i = 0; i < ARRAY_LEN(ended); i++)
		if (json_str_is(d, status, ended[i]))
			return false;
	return true;
}

static void put_process(const struct question *q, const struct json_doc *d, int v)
{
	static const char *const ways[] = { "signal", "delete", "pause", NULL };
	char *command = json_strdup(d, json_get(d, v, "command")), *name = json_strdup(d, json_get(d, v, "name")), id[48];
	int64_t pid;

	if (json_int(d, json_get(d, v, "pid"), &pid) == 0 && pid > 0) {
		snprintf(id, sizeof(id), "process:%lld", (long long)pid);
		put_item(q->running, &(struct item){ .session = q->session, .name = q->name, .id = id, .agent = q->agent,
						     .what = command && command[0] ? command : name ? name : "", .for_ms = age_ms(d, v), .ways = ways });
	}
	free(command);
	free(name);
}

static void put_agent_session(const struct question *q, const struct json_doc *d, int v)
{
	static const char *const ways[] = { "delete", "control", NULL };
	char *goal = json_strdup(d, json_get(d, v, "goal")), *sid = json_strdup(d, json_get(d, v, "id")), id[192];

	if (sid && strlen(sid) < 128) {
		snprintf(id, sizeof(id), "%s:%s", q->older ? "control" : "cua", sid);
		put_item(q->running, &(struct item){ .session = q->session, .name = q->name, .id = id, .agent = q->agent,
						     .what = goal ? goal : "an agent session", .for_ms = age_ms(d, v), .ways = ways });
	}
	free(goal);
	free(sid);
}

static bool take_list(const struct question *q)
{
	static const char *const keys[] = { "data", "processes", "sessions", "items" };
	struct json_doc d;
	int list, v;
	size_t i;

	if (json_parse(buf_cstr(&q->body), q->body.len, &d, NULL) < 0)
		return false;
	list = json_root(&d);
	for (i = 0; i < ARRAY_LEN(keys) && json_type(&d, list) != JSON_ARRAY; i++)
		list = json_get(&d, json_root(&d), keys[i]);
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v)) {
		if (!goes_on(&d, v))
			continue;
		if (q->kind == SESSION_SANDBOX)
			put_process(q, &d, v);
		else
			put_agent_session(q, &d, v);
	}
	i = json_type(&d, list) == JSON_ARRAY;
	json_release(&d);
	return i;
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
	char why[128];

	(void)c;
	if (q->kind == SESSION_COMPUTER && absent && !q->older) {
		q->older = true;
		buf_clear(&q->body);
		ask(q);
		return;
	}
	snprintf(why, sizeof(why), "it answered %d", r->status);
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
