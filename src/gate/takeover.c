/*
 * takeover: a person has control of a computer. Agents' new actions on it are refused (judging.c), and so are all their reads of it; what they
 * were reading is cut, what was held there ends denied. It ends when it is handed back, and outlives the gate; or, where it hangs on a dashboard, with
 * its lease (lease.h), and at the latest with the gate.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/answer.h"
#include "gate/lease.h"
#include "gate/letgo.h"
#include "gate/operator.h"
#include "gate/screens.h"
#include "io/log.h"

#define SETTING "takeover:"
#define LEASED "lease "		/* before the value of one that does not outlive the gate */

enum { NOTE_MAX = 1024, END_AGAIN_MS = 1000 };

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
	lease_end(t->lease, "the gate ends");
	free(t->session);
	free(t->by);
	free(t);
}

void takeover_release(struct gate *g)
{
	while (g->takeovers)
		drop(g, g->takeovers);
}

/* "<wall ms> <name>", and perhaps LEASED before it */
static void on_setting(const char *name, const char *value, void *arg)
{
	bool leased = strncmp(value, LEASED, strlen(LEASED)) == 0;
	const char *text = leased ? value + strlen(LEASED) : value, *by = strchr(text, ' ');
	struct takeover *t;

	if (!by)
		return;
	t = add(arg, name + strlen(SETTING), by + 1, strtoll(text, NULL, 10));
	t->lease = leased ? lease_new() : NULL;
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

/* Writes it down first: control that is not on disk is none. value NULL: handed back. */
static int record(struct gate *g, const char *session, const char *value, const char *who, const char *detail, struct err *e)
{
	char name[160];
	int r;

	snprintf(name, sizeof(name), SETTING "%.140s", session);
	r = store_set(g->store, name, value, value ? "control taken" : "control handed back", who, detail, e);
	gate_set_record_error(g, r < 0 ? e->msg : NULL);
	return r;
}

void view_takeover(const struct gate *g, const char *session, struct jsonw *w)
{
	const struct takeover *t = takeover_of(g, session);

	if (!t) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "by", t->by);
	jw_kint(w, "wall_ms", t->wall_ms);
	jw_kbool(w, "attached", t->lease != NULL);
	jw_end(w, '}');
}

/* The event, and the session as it is now. by: who took it or handed it back; why: "" for a person's own word. */
static void tell(struct gate *g, const char *session, const char *by, const char *why)
{
	const struct session *s = feed_session(g, session);
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", session);
	jw_key(&w, "takeover");
	view_takeover(g, session, &w);
	jw_kstr(&w, "by", by);
	jw_kstr(&w, "why", why);
	jw_end(&w, '}');
	events_publish(g->events, "takeover", b.data, b.len);
	buf_release(&b);
	if (s)
		events_session(g, s);
}

int takeover_begin(struct gate *g, const struct session *s, const char *by, bool attached, struct err *e)
{
	struct takeover *t = takeover_of(g, s->id);
	char value[128], who[80];
	int64_t now = clock_wall_ms();

	if (s->kind != SESSION_COMPUTER)
		return err_set(e, ERR_INVALID, "%.100s is a sandbox: control is taken of computers; pause it instead", s->name);
	if (t && strcmp(t->by, by) != 0)
		return err_set(e, ERR_CONFLICT, "%.64s has control of %.100s", t->by, s->name);
	if (t && !attached)
		return 0;
	snprintf(value, sizeof(value), "%s%lld %.64s", attached ? LEASED : "", (long long)now, by);
	snprintf(who, sizeof(who), "person:%.64s", by);
	if (record(g, s->id, value, who, s->id, e) < 0)
		return ERR_IO;
	log_line("%s took control of %s", by, s->id);
	if (t) {
		lease_end(t->lease, "the same person took control anew");
		t->lease = NULL;
	} else {
		t = add(g, s->id, by, now);
	}
	t->lease = attached ? lease_new() : NULL;
	end_held(g, t);
	screen_after_cut(g, s->id);	/* what a person does there is no part of what an agent did */
	pass_cut(g, s->id);
	askers_drop_streams(g, s->id);
	tell(g, s->id, by, "");
	return 0;
}

/* On disk, then agents go on. by: for people; note: NULL for none. */
static int hand_back(struct gate *g, struct takeover *t, const char *who, const char *by, const char *why, const char *note, struct err *e)
{
	char *session = gate_strdup(t->session), *person = gate_strdup(by);	/* by may be the name in t, which goes */
	struct buf detail;
	int r = note ? handback_set(g, session, note, who, e) : 0;

	buf_init(&detail, 4096);
	buf_puts(&detail, session);
	if (why[0])
		buf_printf(&detail, ": %s", why);
	if (r == 0)
		r = record(g, session, NULL, who, buf_cstr(&detail), e);
	buf_release(&detail);
	if (r == 0) {
		log_line("%s handed %s back%s%s", person, session, why[0] ? ": " : "", why);
		lease_end(t->lease, why[0] ? why : "it was handed back");
		t->lease = NULL;
		drop(g, t);
		letgo_pump(g);	/* before anything of an agent's */
		tell(g, session, person, why);
	}
	free(session);
	free(person);
	return r;
}

int takeover_load(struct gate *g, struct err *e)
{
	struct takeover *t, *next;
	int r = store_settings(g->store, SETTING, on_setting, g, e);

	for (t = g->takeovers; t && r == 0; t = next) {
		next = t->next;
		if (t->lease)
			r = hand_back(g, t, "gate", t->by, "the gate was restarted", NULL, e);
	}
	return r;
}

/* Whatever is over and cannot be written stays in force for agents, and takes no input (lease_over()); it is tried again. */
int64_t takeover_tick(struct gate *g, int64_t now)
{
	struct takeover *t = g->takeovers;
	int64_t next = INT64_MAX, look;
	const char *why;

	while (t) {
		why = t->lease ? lease_over(g, t->lease, now) : NULL;
		if (why && hand_back(g, t, "gate", t->by, why, NULL, NULL) == 0) {
			t = g->takeovers;
			continue;
		}
		look = why ? now + END_AGAIN_MS : t->lease ? lease_tick(g, t->lease, now) : INT64_MAX;
		next = look < next ? look : next;
		t = t->next;
	}
	return next;
}

static void reply_taken(struct gate *g, struct server_req *r, const struct session *s)
{
	const struct takeover *t = takeover_of(g, s->id);
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "session");
	view_session(g, s, &w);
	view_sent(g, s->id, &w);
	if (t && t->lease) {
		jw_kstr(&w, "lease", lease_text(t->lease));
		jw_kint(&w, "idle_ms", g->config.takeover_idle_ms);
	}
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

/* The body of either call, which may be absent. */
struct call {
	char *by, *note, *lease;	/* own; note and lease NULL where there are none */
	bool attached;
};

static void call_release(struct call *c)
{
	free(c->by);
	free(c->note);
	free(c->lease);
}

/* What is wrong with it; NULL: nothing. */
static const char *check_call(const struct json_doc *d, const struct call *c)
{
	int attached = json_get(d, json_root(d), "attached"), note = json_get(d, json_root(d), "note");

	if (attached != JSON_NONE && json_type(d, attached) != JSON_TRUE && json_type(d, attached) != JSON_FALSE)
		return "\"attached\" is true or false";
	if (note != JSON_NONE && json_type(d, note) != JSON_NULL && (!c->note || strlen(c->note) > NOTE_MAX))
		return "\"note\" is a text of at most 1024 bytes";
	return NULL;
}

/* false: it was answered. */
static bool read_call(const struct gate *g, struct server_req *r, const char *const *known, struct call *ret)
{
	struct json_doc d = { 0 };
	const char *wrong;
	size_t len;

	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return false;
	*ret = (struct call){ .by = operator_person(g, r, &d), .note = json_strdup(&d, json_get(&d, json_root(&d), "note")),
			      .lease = json_strdup(&d, json_get(&d, json_root(&d), "lease")),
			      .attached = json_bool(&d, json_get(&d, json_root(&d), "attached"), false) };
	wrong = check_call(&d, ret);
	json_release(&d);
	if (ret->note && !ret->note[0]) {
		free(ret->note);
		ret->note = NULL;
	}
	if (!wrong)
		return true;
	call_release(ret);
	server_error(r, 422, NULL, "invalid_takeover", wrong, NULL);
	return false;
}

void operator_take_control(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "by", "attached", NULL };
	const struct session *s = feed_session(g, id);
	struct call c;
	struct err e;
	int result;

	if (!s) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
		return;
	}
	if (!operator_allows(g, r, "taking control") || !read_call(g, r, known, &c))
		return;
	result = takeover_begin(g, s, c.by, c.attached, &e);
	if (result == 0)
		reply_taken(g, r, s);
	else
		server_error(r, result == ERR_INVALID ? 422 : result == ERR_CONFLICT ? 409 : 503, NULL,
			     result == ERR_INVALID ? "no_computer" : result == ERR_CONFLICT ? TAKEOVER_ACTIVE : "record_failed", e.msg, NULL);
	call_release(&c);
	gate_pump(g);
}

/* A session that is gone can be handed back all the same. Whoever has the lease could as well hang up: that needs no signature. */
void operator_hand_back(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "by", "note", "lease", NULL };
	struct takeover *t = takeover_of(g, id);
	char who[80];
	struct call c;
	struct err e;
	bool own;

	if (!t) {
		server_error(r, 404, NULL, "no_takeover", "nobody has control of it", NULL);
		return;
	}
	if (!read_call(g, r, known, &c))
		return;
	own = lease_is(t->lease, c.lease);
	if (own || operator_allows(g, r, "handing back")) {
		snprintf(who, sizeof(who), "person:%.64s", own ? t->by : c.by);
		if (hand_back(g, t, who, who + strlen("person:"), "", c.note, &e) < 0)
			server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		else
			server_reply(r, 204, NULL, "", 0);
	}
	call_release(&c);
	gate_pump(g);
}

void operator_attach(struct gate *g, struct server_req *r, const char *id)
{
	const struct takeover *t = takeover_of(g, id);
	struct buf lease;

	buf_init(&lease, 2 * LEASE_DIGITS);
	http_query_get(server_head(r)->query, "lease", &lease);
	if (t && lease_is(t->lease, buf_cstr(&lease)))
		lease_attach(g, t->lease, r);
	else
		server_error(r, 403, NULL, "no_lease", "control does not hang on this lease (any more)", NULL);
	buf_release(&lease);
}
