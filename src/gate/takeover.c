/*
 * takeover: a person has control of a computer. Agents' new actions on it are refused (judging.c), and so are all their reads of it; what they
 * were reading is cut, what was held there ends denied. The lease ends when it is handed back; it outlives the gate.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/answer.h"
#include "gate/operator.h"
#include "io/log.h"

#define SETTING "takeover:"

struct takeover *takeover_of(const struct gate *g, const char *session)
{
	struct takeover *t;

	for (t = g->takeovers; t && strcmp(t->session, session) != 0; t = t->next)
		;
	return t;
}

static struct takeover *add(struct gate *g, const char *session, const char *by, int64_t wall_ms)
{
	struct takeover *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	*t = (struct takeover){ .next = g->takeovers, .session = gate_strdup(session), .by = gate_strdup(by), .wall_ms = wall_ms };
	g->takeovers = t;
	return t;
}

static void drop(struct gate *g, struct takeover *t)
{
	struct takeover **p = &g->takeovers;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	free(t->session);
	free(t->by);
	free(t);
}

void takeover_release(struct gate *g)
{
	while (g->takeovers)
		drop(g, g->takeovers);
}

/* "<wall ms> <name>" */
static void on_setting(const char *name, const char *value, void *arg)
{
	const char *by = strchr(value, ' ');

	if (by)
		add(arg, name + strlen(SETTING), by + 1, strtoll(value, NULL, 10));
}

int takeover_load(struct gate *g, struct err *e)
{
	return store_settings(g->store, SETTING, on_setting, g, e);
}

/* An agent's action there which has not left yet; an answer may bring the next request in, so each search begins anew. */
static struct action *next_to_end(const struct gate *g, const char *session)
{
	size_t i;

	for (i = 0; i < g->queue.count; i++) {
		struct action *a = g->queue.items[i];

		if (a->session_kind == SESSION_COMPUTER && strcmp(a->session, session) == 0 && !action_is_operators(a) &&
		    (a->state == ACTION_HELD || a->state == ACTION_APPROVED))
			return a;
	}
	return NULL;
}

static void end_held(struct gate *g, const struct takeover *t)
{
	struct store_move denied = { .to = ACTION_DENIED, .detail = TAKEOVER_ACTIVE };
	char who[80];
	struct action *a;

	snprintf(who, sizeof(who), "person:%.64s", t->by);
	denied.who = who;
	while ((a = next_to_end(g, t->session)) != NULL) {
		if (a->state == ACTION_APPROVED && !gate_hold_again(g, a, "a person took control"))
			return;
		a->decided_by = gate_strdup(t->by);
		a->decided_kind = "person";
		a->decided_wall_ms = a->ended_wall_ms = clock_wall_ms();
		a->note = gate_strdup("A person has taken control of this computer.");
		free(a->error);
		a->error = gate_strdup(TAKEOVER_ACTIVE);
		if (gate_move(g, a, &denied, NULL) < 0) {
			action_undecide(a);
			return;
		}
		gate_after_denial(g, a);
	}
}

bool takeover_end_held(struct gate *g)
{
	const struct takeover *t;

	for (t = g->takeovers; t; t = t->next) {
		end_held(g, t);
		if (next_to_end(g, t->session))
			return false;
	}
	return true;
}

static void reply_session(struct gate *g, struct server_req *r, const struct session *s)
{
	struct buf b;
	struct jsonw w;
	size_t i;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "session");
	view_session(g, s, &w);
	jw_key(&w, "sent");
	jw_begin(&w, '[');
	for (i = 0; i < g->queue.count; i++)
		if (g->queue.items[i]->state == ACTION_SENT && strcmp(g->queue.items[i]->session, s->id) == 0)
			jw_int(&w, g->queue.items[i]->id);
	jw_end(&w, ']');
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

/* Writes it down first: a lease that is not on disk is none. */
static int record(struct gate *g, const char *session, const char *value, const char *by, struct err *e)
{
	char name[160], who[80];
	int r;

	snprintf(name, sizeof(name), SETTING "%.140s", session);
	snprintf(who, sizeof(who), "person:%.64s", by);
	r = store_set(g->store, name, value, value ? "control taken" : "control handed back", who, session, e);
	gate_set_record_error(g, r < 0 ? e->msg : NULL);
	return r;
}

int takeover_begin(struct gate *g, const struct session *s, const char *by, struct err *e)
{
	const struct takeover *t = takeover_of(g, s->id);
	char value[128];
	int64_t now = clock_wall_ms();

	if (s->kind != SESSION_COMPUTER)
		return err_set(e, ERR_INVALID, "%.100s is a sandbox: control is taken of computers; pause it instead", s->name);
	if (t && strcmp(t->by, by) == 0)
		return 0;
	if (t)
		return err_set(e, ERR_CONFLICT, "%.64s has control of %.100s", t->by, s->name);
	snprintf(value, sizeof(value), "%lld %.64s", (long long)now, by);
	if (record(g, s->id, value, by, e) < 0)
		return ERR_IO;
	log_line("%s took control of %s", by, s->id);
	t = add(g, s->id, by, now);
	end_held(g, t);
	pass_cut(g, s->id);
	askers_drop_streams(g, s->id);
	events_session(g, s);
	return 0;
}

/* A call whose body may be absent. Own string; NULL: it was answered. */
static char *read_person(const struct gate *g, struct server_req *r)
{
	static const char *const known[] = { "by", NULL };
	struct json_doc d = { 0 };
	size_t len;
	char *by;

	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return NULL;
	by = operator_person(g, r, &d);
	json_release(&d);
	return by;
}

void operator_take_control(struct gate *g, struct server_req *r, const char *id)
{
	const struct session *s = feed_session(g, id);
	struct err e;
	int result;
	char *by;

	if (!s) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
		return;
	}
	if (!operator_allows(g, r, "taking control"))
		return;
	by = read_person(g, r);
	if (!by)
		return;
	result = takeover_begin(g, s, by, &e);
	if (result == 0)
		reply_session(g, r, s);
	else
		server_error(r, result == ERR_INVALID ? 422 : result == ERR_CONFLICT ? 409 : 503, NULL,
			     result == ERR_INVALID ? "no_computer" : result == ERR_CONFLICT ? TAKEOVER_ACTIVE : "record_failed", e.msg, NULL);
	free(by);
	gate_pump(g);
}

/* A session that is gone can be handed back all the same. */
void operator_hand_back(struct gate *g, struct server_req *r, const char *id)
{
	struct takeover *t = takeover_of(g, id);
	const struct session *s;
	struct err e;
	char *by;

	if (!t) {
		server_error(r, 404, NULL, "no_takeover", "nobody has control of it", NULL);
		return;
	}
	if (!operator_allows(g, r, "handing back"))
		return;
	by = read_person(g, r);
	if (!by)
		return;
	if (record(g, id, NULL, by, &e) < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	} else {
		log_line("%s handed %s back", by, id);
		drop(g, t);
		s = feed_session(g, id);
		if (s)
			events_session(g, s);
		server_reply(r, 204, NULL, "", 0);
	}
	free(by);
}
