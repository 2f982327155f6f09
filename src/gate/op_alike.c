/*
 * op_alike: the operator's side of rules made from decisions: what a body asks for, what such a rule would have matched in the last day, making and
 * revoking.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/describe.h"
#include "gate/alikes.h"
#include "gate/operator.h"

enum { SHOWN = 20, DAY_MS = 24 * 60 * 60 * 1000 };

/* ---- reading ---- */

/* The first member that is none of the known ones; JSON_NONE when all are. */
static int unknown_member(const struct json_doc *d, int object, const char *const *known)
{
	size_t i;
	int k;

	for (k = json_first(d, object); k != JSON_NONE; k = json_next(d, k)) {
		for (i = 0; known[i] && !json_str_is(d, k, known[i]); i++)
			;
		if (!known[i])
			break;
	}
	return k;
}

/* A number or null; absent is null. */
static int read_limit(const struct json_doc *d, int v, const char *key, int64_t *ret, struct err *e)
{
	v = json_get(d, v, key);
	*ret = 0;
	if (v == JSON_NONE || json_type(d, v) == JSON_NULL)
		return 0;
	if (json_int(d, v, ret) < 0 || *ret < 1)
		return err_set(e, ERR_INVALID, "\"%s\" is neither null nor a number from 1", key);
	return 0;
}

static int read_flag(const struct json_doc *d, int scope, const char *key, bool otherwise, bool *ret, struct err *e)
{
	int v = json_get(d, scope, key);

	*ret = json_bool(d, v, otherwise);
	if (v != JSON_NONE && json_type(d, v) != JSON_TRUE && json_type(d, v) != JSON_FALSE)
		return err_set(e, ERR_INVALID, "\"%s\" of the scope is neither true nor false", key);
	return 0;
}

/* Absent: this very point. null: anywhere. */
static int read_box(const struct json_doc *d, int scope, const struct action *a, struct alike_scope *ret, struct err *e)
{
	int box = json_get(d, scope, "box"), v, i = 0;
	int64_t *const into[] = { &ret->x, &ret->y, &ret->width, &ret->height };
	bool good;

	if (box == JSON_NONE)
		return 0;
	if (json_type(d, box) == JSON_NULL) {
		ret->point = a->has_point ? ALIKE_POINT_ANY : ALIKE_POINT_SAME;
		return 0;
	}
	ret->point = ALIKE_POINT_BOX;
	good = json_type(d, box) == JSON_ARRAY && json_size(d, box) == 4;
	for (v = good ? json_first(d, box) : JSON_NONE; v != JSON_NONE; v = json_next(d, v))
		good = good && json_int(d, v, into[i++]) == 0;
	return good ? 0 : err_set(e, ERR_INVALID, "\"box\" of the scope is neither null nor [x, y, width, height]");
}

static int read_scope(const struct json_doc *d, int scope, const struct action *a, struct alike_scope *ret, struct err *e)
{
	static const char *const known[] = { "session", "window", "box", "text", "command", NULL };
	bool session, window;

	*ret = (struct alike_scope){ 0 };
	if (scope == JSON_NONE)
		return 0;
	if (json_type(d, scope) != JSON_OBJECT || unknown_member(d, scope, known) != JSON_NONE)
		return err_set(e, ERR_INVALID, "\"scope\" is an object of session, window, box, text, command");
	if (read_flag(d, scope, "session", true, &session, e) < 0 || read_flag(d, scope, "window", false, &window, e) < 0 ||
	    read_flag(d, scope, "text", false, &ret->any_text, e) < 0 || read_flag(d, scope, "command", false, &ret->words, e) < 0)
		return ERR_INVALID;
	if (window)
		return err_set(e, ERR_INVALID, "the gate does not know which window has the focus: \"window\" cannot be asked for");
	ret->any_session = !session && a->session_kind != SESSION_NONE;
	return read_box(d, scope, a, ret, e);
}

/* The rule that v asks for. */
static int read_rule(const struct json_doc *d, int v, const struct action *a, const char *words, struct alike **ret, struct err *e)
{
	int verdict = json_get(d, v, "verdict"), own = json_get(d, v, "words"), r;
	struct alike_wish w = { .verdict = json_str_is(d, verdict, "refuse") ? ALIKE_REFUSE : ALIKE_ALLOW };
	char *own_words = json_strdup(d, own), boot_id[40];

	*ret = NULL;
	w.words = w.verdict == ALIKE_ALLOW ? NULL : own_words ? own_words : words;
	if (w.verdict != ALIKE_REFUSE && !json_str_is(d, verdict, "allow"))
		r = err_set(e, ERR_INVALID, "\"verdict\" is neither allow nor refuse");
	else if (own != JSON_NONE && !own_words)
		r = err_set(e, ERR_INVALID, "\"words\" is no text");
	else
		r = read_limit(d, v, "uses", &w.uses, e);
	if (r == 0)
		r = read_limit(d, v, "minutes", &w.minutes, e);
	if (r == 0)
		r = read_scope(d, json_get(d, v, "scope"), a, &w.scope, e);
	clock_boot_id(boot_id);
	if (r == 0)
		r = alike_make(a, &w, clock_boot_ms(), boot_id, ret, e);
	free(own_words);
	return r;
}

int alike_read_decided(const struct json_doc *d, const struct action *a, enum decision_verb verb, const char *words, struct alike **ret, struct err *e)
{
	static const char *const known[] = { "verdict", "uses", "minutes", "scope", "words", NULL };
	int v = json_get(d, json_root(d), "alike");
	int r;

	*ret = NULL;
	if (v == JSON_NONE || json_type(d, v) == JSON_NULL)
		return 0;
	if (json_type(d, v) != JSON_OBJECT || unknown_member(d, v, known) != JSON_NONE)
		return err_set(e, ERR_INVALID, "\"alike\" is an object of verdict, uses, minutes, scope, words");
	r = read_rule(d, v, a, words, ret, e);
	if (r == 0 && verb != ((*ret)->verdict == ALIKE_ALLOW ? DECIDE_APPROVE : DECIDE_DENY)) {
		alike_free(*ret);
		*ret = NULL;
		return err_set(e, ERR_INVALID, "\"alike\" allows with approve, and refuses with deny");
	}
	return r;
}

/* ---- calls ---- */

static void reply_wrong(struct server_req *r, int result, const char *message)
{
	if (result == ERR_INVALID)
		server_error(r, 422, NULL, "invalid_alike", message, NULL);
	else if (result == ERR_CONFLICT)
		server_error(r, 409, NULL, "too_many_alikes", message, NULL);
	else if (result == ERR_NOTFOUND)
		server_error(r, 404, NULL, "alike_not_found", message, NULL);
	else
		server_error(r, 503, NULL, "record_failed", message, NULL);
}

/* The rule that the body asks for; answers itself when there is none. The document is the caller's to release when this is true. */
static bool read_call(struct gate *g, struct server_req *r, struct json_doc *d, struct alike **ret)
{
	static const char *const known[] = { "action", "verdict", "uses", "minutes", "scope", "words", "by", NULL };
	struct action *a;
	int64_t id = 0;
	struct err e;
	int result;

	if (!operator_read_body(r, d, known))
		return false;
	json_int(d, json_get(d, json_root(d), "action"), &id);
	a = queue_find(&g->queue, id);
	if (!a || a->stripped) {
		server_error(r, 404, NULL, "action_not_found", "there is no such action to make a rule from", NULL);
	} else {
		result = read_rule(d, json_root(d), a, NULL, ret, &e);
		if (result == 0)
			return true;
		reply_wrong(r, result, e.msg);
	}
	json_release(d);
	return false;
}

void operator_alike(struct gate *g, struct server_req *r, const char *rest)
{
	char who[80], *by;
	struct alike *rule;
	struct json_doc d;
	struct jsonw w;
	struct buf b;
	struct err e;
	int result;

	(void)rest;
	if (!read_call(g, r, &d, &rule))
		return;
	if (rule->verdict == ALIKE_ALLOW && !operator_allows(g, r, "allowing alike")) {
		alike_free(rule);
		json_release(&d);
		return;
	}
	by = operator_person(g, r, &d);
	operator_who(g, r, &d, who);
	result = alikes_add(g, rule, by, who, &e);
	if (result == 0) {
		buf_init(&b, 65536);
		jw_init(&w, &b);
		view_rule(rule, &w);
		operator_reply_json(r, 200, &b);
		gate_kick(g);
	} else {
		reply_wrong(r, result, e.msg);
	}
	free(by);
	json_release(&d);
}

struct preview {
	const struct gate *g;
	const struct alike *rule;
	int64_t made_from, count;
	struct jsonw w;
};

/* An edited action came as its agent wrote it. */
static void as_asked(struct action *a)
{
	char *body = a->body;

	if (!a->original)
		return;
	a->body = a->original;
	a->body_len = a->original_len;
	a->original = body;
}

static bool on_action(struct action *a, void *arg)
{
	struct preview *p = arg;
	const struct session *s = feed_session(p->g, a->session);

	as_asked(a);
	if (a->id != p->made_from && describe(a, s ? s->name : "") == 0 && alike_matches(p->rule, a, NULL) && ++p->count <= SHOWN) {
		jw_begin(&p->w, '{');
		jw_kint(&p->w, "action", a->id);
		jw_kstr(&p->w, "summary", a->summary);
		jw_kint(&p->w, "wall_ms", a->arrived_wall_ms);
		jw_end(&p->w, '}');
	}
	action_free(a);
	return true;
}

void operator_alike_preview(struct gate *g, struct server_req *r, const char *rest)
{
	struct preview p = { .g = g };
	struct alike *rule;
	struct json_doc d;
	struct buf b;
	struct err e;
	int result;

	(void)rest;
	if (!read_call(g, r, &d, &rule))
		return;
	json_int(&d, json_get(&d, json_root(&d), "action"), &p.made_from);
	json_release(&d);
	p.rule = rule;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&p.w, &b);
	jw_begin(&p.w, '{');
	jw_kstr(&p.w, "what", rule->what);
	jw_key(&p.w, "matched");
	jw_begin(&p.w, '[');
	result = store_actions_of(g->store, rule->agent, clock_wall_ms() - DAY_MS, on_action, &p, &e);
	jw_end(&p.w, ']');
	jw_kint(&p.w, "count", p.count);
	jw_end(&p.w, '}');
	if (result == 0) {
		operator_reply_json(r, 200, &b);
	} else {
		buf_release(&b);
		reply_wrong(r, result, e.msg);
	}
	alike_free(rule);
}

void operator_alike_revoke(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "by", NULL };
	const struct alike *rule = alikes_get(g, operator_read_id(id));
	struct json_doc d = { 0 };
	char who[80];
	struct err e;
	size_t len;
	int result;

	/* Without a refusal there is more that may be allowed. */
	if (rule && rule->verdict == ALIKE_REFUSE && !operator_allows(g, r, "revoking a refusal"))
		return;
	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return;
	operator_who(g, r, &d, who);
	json_release(&d);
	result = alikes_revoke(g, operator_read_id(id), who, &e);
	if (result == 0)
		server_reply(r, 204, NULL, "", 0);
	else
		reply_wrong(r, result == ERR_INVALID ? ERR_IO : result, e.msg);
}
