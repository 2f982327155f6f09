/*
 * edit: a person changes the body of a held action. The new body is a new version with a new digest, which an ordinary approve confirms; the
 * agent's own body is kept, and a repeat of it still joins.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "core/describe.h"
#include "gate/alikes.h"
#include "gate/judging.h"
#include "gate/operator.h"
#include "io/log.h"

/* What was read as text, and as JSON, is so afterwards: the card, the rules and the substrate read it the same way as before. */
static int check(const struct action *a, const struct buf *body, struct err *e)
{
	const char *asked = a->original ? a->original : a->body;
	size_t asked_len = a->original ? a->original_len : a->body_len;
	struct err why;

	if (action_is_opaque(a) || buf_failed(body))
		return err_set(e, ERR_INVALID, "a body over %d bytes is not edited", ACTION_OPAQUE_OVER);
	if (a->body_len == 0)
		return err_set(e, ERR_INVALID, "action %lld has no body to edit", (long long)a->id);
	if (!utf8_valid(a->body, a->body_len))
		return err_set(e, ERR_INVALID, "the body of action %lld is no text", (long long)a->id);
	if (body->len == a->body_len && memcmp(buf_cstr(body), a->body, body->len) == 0)
		return err_set(e, ERR_INVALID, "the body is the same as before");
	if (json_validate(asked, asked_len, NULL) == 0 && json_validate(buf_cstr(body), body->len, &why) < 0)
		return err_set(e, ERR_INVALID, "the agent's body is JSON, and this is none: %s", why.msg);
	return 0;
}

static void set_denial(struct action *a, const struct judgement *j, int64_t wall_ms)
{
	a->decided_by = gate_strdup(j->by);
	a->decided_kind = j->kind;
	a->note = gate_strdup(j->message);
	a->decided_wall_ms = a->ended_wall_ms = wall_ms;
}

/*
 * What a rule denies now is denied with the change, in one. What a rule allows is not passed by that alone: the person has seen their own words, not
 * yet what became of them, and a slip of the hand must not find a rule that lets it through. So it is confirmed again like any other.
 */
static int commit(struct gate *g, struct action *a, struct action *edited, const char *by, struct err *e)
{
	struct store_move denial = { .to = ACTION_DENIED };
	int64_t now = clock_wall_ms();
	struct judgement j;
	bool denied = judge_edited(g, edited, &j);
	struct buf detail;
	struct err local;
	char who[320];
	int r;

	buf_init(&detail, 4096);
	if (denied) {
		snprintf(who, sizeof(who), "%s:%s", j.kind, j.by);
		denial.who = who;
		judge_record(&j, edited, &detail);
		denial.detail = buf_cstr(&detail);
		denial.alike = j.alike;
		set_denial(edited, &j, now);
	}
	r = store_edit(g->store, a, edited, by, denied ? &denial : NULL, &local);
	gate_set_record_error(g, r < 0 ? local.msg : NULL);
	if (r < 0) {
		action_free(edited);
		buf_release(&detail);
		return err_set(e, r, "%s", local.msg);
	}
	action_take_edit(a, edited);
	action_move(a, ACTION_HELD);
	log_line("action %lld was edited by %s: version %d: %s", (long long)a->id, by, a->version, a->summary);
	if (denied) {
		set_denial(a, &j, now);
		gate_moved(g, a, &denial);
		if (j.alike)
			alikes_used(g, j.alike, a);
	} else {
		gate_changed(g, a);
	}
	buf_release(&detail);
	return 0;
}

int edit_action(struct gate *g, struct action *a, const struct json_doc *doc, const char *by, struct err *e)
{
	const struct session *s = feed_session(g, a->session);
	struct action *edited;
	struct buf body;
	int r;

	buf_init(&body, ACTION_OPAQUE_OVER);
	json_str(doc, json_get(doc, json_root(doc), "body"), &body);
	r = check(a, &body, e);
	if (r == 0) {
		edited = action_edited(a, buf_cstr(&body), body.len, by);
		if (!edited || describe(edited, s ? s->name : "") < 0)
			abort();
		r = commit(g, a, edited, by, e);
	}
	buf_release(&body);
	return r;
}
