/*
 * freeze: one call stops everything, or one agent. A frozen gate sends nothing: what was approved and not sent is held again, the time of holds
 * stands still, new actions are refused (judging.c), reads go on. What is on the wire cannot be called back; it is told.
 *
 * Stopping takes effect before it is on disk, and also when it cannot be written: then it is written as soon as that can be done. Going on is on disk
 * first.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/operator.h"
#include "io/log.h"

/* A screen as it was when everything was frozen. */
struct frozen_screen {
	struct frozen_screen *next;
	char *session, *name;
	int64_t seq;
};

static void forget_screens(struct gate *g)
{
	struct frozen_screen *f;

	while ((f = g->frozen.screens) != NULL) {
		g->frozen.screens = f->next;
		free(f->session);
		free(f->name);
		free(f);
	}
}

static void note_screens(struct gate *g)
{
	const struct session *s;

	for (s = g->sessions; s; s = s->next) {
		struct frozen_screen *f = calloc(1, sizeof(*f));

		if (!f)
			abort();
		*f = (struct frozen_screen){ .next = g->frozen.screens, .session = gate_strdup(s->id), .name = gate_strdup(s->name), .seq = s->screen_seq };
		g->frozen.screens = f;
	}
}

void freeze_release(struct gate *g)
{
	forget_screens(g);
	free(g->frozen.by);
}

/* "<wall ms> <name>" */
static void on_setting(const char *name, const char *value, void *arg)
{
	struct gate *g = arg;
	const char *by = strchr(value, ' ');

	if (strcmp(name, "frozen") != 0 || !by)
		return;
	g->frozen.by = gate_strdup(by + 1);
	g->frozen.wall_ms = strtoll(value, NULL, 10);
	g->frozen.restarted = true;
	queue_freeze(&g->queue, clock_boot_ms());
	log_line("everything is frozen still, by %s", g->frozen.by);
}

int freeze_load(struct gate *g, struct err *e)
{
	return store_settings(g->store, "frozen", on_setting, g, e);
}

static bool bring_back(struct gate *g, const char *agent)
{
	struct proposal p;

	while (queue_comes_back(&g->queue, agent, &p))
		if (!gate_hold_again(g, p.action, p.why))
			return false;
	return true;
}

static int write_freeze(struct gate *g)
{
	char value[128], who[80];
	struct err e;
	int r;

	snprintf(value, sizeof(value), "%lld %.64s", (long long)g->frozen.wall_ms, g->frozen.by);
	snprintf(who, sizeof(who), "person:%.64s", g->frozen.by);
	r = store_set(g->store, "frozen", value, "frozen", who, "", &e);
	gate_set_record_error(g, r < 0 ? e.msg : NULL);
	g->frozen.unwritten = r < 0;
	return r;
}

static int write_stop(struct gate *g, struct agent *a)
{
	char who[80];
	struct err e;
	int r;

	snprintf(who, sizeof(who), "person:%.64s", a->stopped_by);
	r = store_stop_agent(g->store, a->name, a->stopped_by, a->stopped_wall_ms, who, &e);
	gate_set_record_error(g, r < 0 ? e.msg : NULL);
	a->stop_unwritten = r < 0;
	return r;
}

bool freeze_bring_back(struct gate *g)
{
	struct agent *a;
	bool all = (!g->frozen.unwritten || write_freeze(g) == 0) && bring_back(g, NULL);

	for (a = g->agents; a && all; a = a->next)
		if (a->stopped_by)
			all = (!a->stop_unwritten || write_stop(g, a) == 0) && bring_back(g, a->name);
	return all;
}

/* A call whose body may be absent. by and agent (NULL when not named): own. */
static bool read_call(const struct gate *g, struct server_req *r, char **ret_by, char **ret_agent)
{
	static const char *const known[] = { "agent", "by", NULL };
	struct json_doc d = { 0 };
	size_t len;
	int agent;
	bool good;

	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return false;
	agent = json_get(&d, json_root(&d), "agent");
	*ret_agent = json_strdup(&d, agent);
	*ret_by = operator_person(g, r, &d);
	good = agent == JSON_NONE || *ret_agent;
	json_release(&d);
	if (!good) {
		free(*ret_by);
		server_error(r, 422, NULL, "invalid_agent", "\"agent\" is no text", NULL);
	}
	return good;
}

static void reply_agent(struct gate *g, struct server_req *r, const struct agent *a)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "agent");
	view_agent(g, a, &w);
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

static void reply_frozen(struct gate *g, struct server_req *r)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	view_who(&w, "frozen", g->frozen.by, g->frozen.wall_ms);
	view_sent(g, NULL, &w);
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

/* Takes by. */
static void freeze_all(struct gate *g, struct server_req *r, char *by)
{
	if (g->frozen.by) {	/* the first one's name stands */
		free(by);
	} else {
		queue_freeze(&g->queue, clock_boot_ms());
		g->frozen.by = by;
		g->frozen.wall_ms = clock_wall_ms();
		g->frozen.restarted = false;
		g->frozen.unwritten = true;
		note_screens(g);
		log_line("everything was frozen by %s", by);
	}
	freeze_bring_back(g);
	events_gate(g);
	if (g->frozen.unwritten)
		server_error(r, 503, NULL, "record_failed", "everything is frozen, but that could not be written down: it lasts only as long as this gate", NULL);
	else
		reply_frozen(g, r);
	gate_pump(g);
}

/* The first time: stopped. The second: its token is refused. Takes by. */
static void stop_agent(struct gate *g, struct server_req *r, const char *name, char *by)
{
	struct agent *a = gate_agent(g, name);
	char who[80];
	struct err e;
	int result;

	snprintf(who, sizeof(who), "person:%.64s", by);
	if (!a) {
		free(by);
		server_error(r, 404, NULL, "agent_not_found", "there is no such agent", NULL);
		return;
	}
	if (a->stopped_by) {
		free(by);
		result = agents_revoke(g, name, who, &e);
		if (result < 0)
			server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		else
			server_reply(r, 200, (const char *const[]){ "Content-Type: application/json", NULL }, "{\"revoked\":true}", 16);
		return;
	}
	a->stopped_by = by;
	a->stopped_wall_ms = clock_wall_ms();
	log_line("agent %s was stopped by %s", name, by);
	result = write_stop(g, a);
	bring_back(g, name);
	events_agent(g, a);
	if (result < 0)
		server_error(r, 503, NULL, "record_failed", "the agent is stopped, but that could not be written down: it lasts only as long as this gate", NULL);
	else
		reply_agent(g, r, a);
	gate_pump(g);
}

void operator_freeze(struct gate *g, struct server_req *r, const char *rest)
{
	char *by, *agent;

	(void)rest;
	if (!read_call(g, r, &by, &agent))
		return;
	if (agent)
		stop_agent(g, r, agent, by);
	else
		freeze_all(g, r, by);
	free(agent);
}

static void say(struct jsonw *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct jsonw *w, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	jw_str(w, text);
}

static void put_screens(const struct gate *g, struct jsonw *w)
{
	const struct frozen_screen *f;

	if (g->frozen.restarted)
		say(w, "The gate was started again meanwhile: which screens changed is not known.");
	for (f = g->frozen.screens; f; f = f->next) {
		const struct session *s = feed_session(g, f->session);

		if (!s)
			say(w, "Session %.100s is gone.", f->name[0] ? f->name : f->session);
		else if (s->screen_seq != f->seq)
			say(w, "The screen of %.100s changed, %lld time%s.", s->name, (long long)(s->screen_seq - f->seq), s->screen_seq - f->seq == 1 ? "" : "s");
	}
}

static void put_actions(const struct gate *g, struct jsonw *w)
{
	size_t i;

	for (i = 0; i < g->queue.count; i++) {
		const struct action *a = g->queue.items[i];

		/* Two clocks: neither a set wall clock nor a restart hides one. */
		if (!action_ended(a->state) || (a->ended_boot_ms < g->queue.frozen_since && a->ended_wall_ms < g->frozen.wall_ms))
			continue;
		if (action_is_operators(a))
			say(w, "%.64s: %.200s: %s.", a->decided_by ? a->decided_by : "", a->summary, action_state_name(a->state));
		else
			say(w, "Action %lld of %.64s (%.200s) is %s.", (long long)a->id, a->agent, a->summary, action_state_name(a->state));
	}
}

void operator_get_unfreeze(struct gate *g, struct server_req *r, const char *rest)
{
	struct buf b;
	struct jsonw w;

	(void)rest;
	if (!g->frozen.by) {
		server_error(r, 409, NULL, "not_frozen", "nothing is frozen", NULL);
		return;
	}
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "since", g->frozen.wall_ms);
	jw_kstr(&w, "by", g->frozen.by);
	jw_key(&w, "changed");
	jw_begin(&w, '[');
	put_screens(g, &w);
	put_actions(g, &w);
	jw_end(&w, ']');
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

static void unfreeze_all(struct gate *g, struct server_req *r, const char *by)
{
	char who[80];
	struct err e;
	int result;

	if (!g->frozen.by) {
		server_error(r, 409, NULL, "not_frozen", "nothing is frozen", NULL);
		return;
	}
	snprintf(who, sizeof(who), "person:%.64s", by);
	result = store_set(g->store, "frozen", NULL, "unfrozen", who, "", &e);
	gate_set_record_error(g, result < 0 ? e.msg : NULL);
	if (result < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		return;
	}
	log_line("everything was unfrozen by %s", by);
	queue_unfreeze(&g->queue, clock_boot_ms());
	freeze_release(g);
	g->frozen.by = NULL;
	g->frozen.unwritten = false;
	events_gate(g);
	gate_tell_held(g);
	reply_frozen(g, r);
	gate_pump(g);
}

static void let_agent_go_on(struct gate *g, struct server_req *r, const char *name, const char *by)
{
	struct agent *a = gate_agent(g, name);
	char who[80];
	struct err e;
	int result;

	if (!a) {
		server_error(r, 404, NULL, "agent_not_found", "there is no such agent", NULL);
		return;
	}
	if (!a->stopped_by) {
		server_error(r, 409, NULL, "not_stopped", "this agent is not stopped", NULL);
		return;
	}
	snprintf(who, sizeof(who), "person:%.64s", by);
	result = store_stop_agent(g->store, name, NULL, 0, who, &e);
	gate_set_record_error(g, result < 0 ? e.msg : NULL);
	if (result < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		return;
	}
	log_line("agent %s may go on, says %s", name, by);
	free(a->stopped_by);
	a->stopped_by = NULL;
	a->stop_unwritten = false;
	a->stopped_wall_ms = 0;
	events_agent(g, a);
	reply_agent(g, r, a);
}

void operator_unfreeze(struct gate *g, struct server_req *r, const char *rest)
{
	char *by, *agent;

	(void)rest;
	if (!operator_allows(g, r, "unfreezing") || !read_call(g, r, &by, &agent))
		return;
	if (agent)
		let_agent_go_on(g, r, agent, by);
	else
		unfreeze_all(g, r, by);
	free(agent);
	free(by);
}
