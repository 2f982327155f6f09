/*
 * decision: what a person decides, from the operator API: checked, on disk, then told; after a yes the executor takes over. Editing is in
 * edit.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/alikes.h"
#include "gate/operator.h"
#include "gate/screens.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { BOX_MAX = 1000000, NOTE_MAX = 1024 };

static bool is_text_or_absent(const struct json_doc *d, int v)
{
	char *text = json_strdup(d, v);
	bool ok = text || v == JSON_NONE || json_type(d, v) == JSON_NULL;

	free(text);
	return ok;
}

/* {"sha256": 64 hex digits, "taken_at": ms, "box": [x, y, w, h]} */
static bool is_screen(const struct json_doc *d, int screen)
{
	int box = json_get(d, screen, "box"), v;
	char *sha = json_strdup(d, json_get(d, screen, "sha256"));
	bool ok = sha && strlen(sha) == DIGEST_HEX && strspn(sha, "0123456789abcdef") == DIGEST_HEX;
	int64_t n;

	free(sha);
	ok = ok && json_int(d, json_get(d, screen, "taken_at"), &n) == 0 && json_type(d, box) == JSON_ARRAY && json_size(d, box) == 4;
	for (v = ok ? json_first(d, box) : JSON_NONE; v != JSON_NONE; v = json_next(d, v))
		ok = ok && json_int(d, v, &n) == 0 && n >= -BOX_MAX && n <= BOX_MAX;
	return ok;
}

static bool read_verb(const struct json_doc *d, int v, enum decision_verb *ret)
{
	static const char *const verbs[] = { [DECIDE_APPROVE] = "approve", [DECIDE_DENY] = "deny", [DECIDE_EDIT] = "edit", [DECIDE_RESPOND] = "respond" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(verbs) && !json_str_is(d, v, verbs[i]); i++)
		;
	*ret = i < ARRAY_LEN(verbs) ? (enum decision_verb)i : DECIDE_DENY;
	return i < ARRAY_LEN(verbs);
}

static bool read_decision(const struct json_doc *d, int64_t id, struct decision *ret, char **ret_digest, const char **why)
{
	int root = json_root(d), screen = json_get(d, root, "screen"), ahead = json_get(d, root, "ahead"), note = json_get(d, root, "note");
	int body = json_get(d, root, "body");
	int64_t version = 0;
	size_t note_len;

	*ret_digest = json_strdup(d, json_get(d, root, "digest"));
	*ret = (struct decision){ .id = id, .digest = *ret_digest, .has_screen = json_type(d, screen) == JSON_OBJECT,
				  .ahead = json_bool(d, ahead, false) };
	json_raw(d, note, &note_len);
	*why = NULL;
	if (!*ret_digest)
		*why = "\"digest\" is missing";
	else if (json_int(d, json_get(d, root, "version"), &version) < 0 || version < 1 || version > INT32_MAX)
		*why = "\"version\" is missing";
	else if (!read_verb(d, json_get(d, root, "decision"), &ret->verb))
		*why = "\"decision\" is none of approve, deny, edit, respond";
	else if (screen != JSON_NONE && json_type(d, screen) != JSON_NULL && !is_screen(d, screen))
		*why = "\"screen\" is not {sha256, taken_at, box}";
	else if (!is_text_or_absent(d, note) || note_len > NOTE_MAX)
		*why = "\"note\" is no text of at most 1024 bytes";
	else if (ret->verb == DECIDE_RESPOND && (json_type(d, note) != JSON_STRING || json_str_is(d, note, "")))
		*why = "\"note\" is missing: a respond answers with its words";
	else if (ret->verb == DECIDE_EDIT && json_type(d, body) != JSON_STRING)
		*why = "\"body\" is missing, or no text";
	else if (ret->verb != DECIDE_EDIT && body != JSON_NONE && json_type(d, body) != JSON_NULL)
		*why = "\"body\" belongs to edit alone";
	else if (!is_text_or_absent(d, json_get(d, root, "by")))
		*why = "\"by\" is no text";
	else if (ahead != JSON_NONE && json_type(d, ahead) != JSON_TRUE && json_type(d, ahead) != JSON_FALSE)
		*why = "\"ahead\" is neither true nor false";
	ret->version = (int)version;
	return !*why;
}

static void refuse_decision(struct server_req *r, enum decision_refusal refusal, const char *message)
{
	static const struct { int status; const char *code; } table[] = {
		[DECISION_NOT_FOUND] = { 404, "action_not_found" }, [DECISION_TOO_LATE] = { 409, "already_decided" },
		[DECISION_STALE] = { 409, "stale_version" }, [DECISION_DIGEST] = { 409, "digest_mismatch" },
		[DECISION_FROZEN] = { 409, "gate_frozen" }, [DECISION_AWAY] = { 409, "asker_away" }, [DECISION_WAITS] = { 409, "waits_for" },
		[DECISION_SCREEN] = { 422, "screen_missing" }, [DECISION_SAME_PERSON] = { 409, "needs_another" },
	};

	server_error(r, table[refusal].status, NULL, table[refusal].code, message, NULL);
}

/* "ana, ben": all who approved. */
static char *approvers(const struct action *a)
{
	struct buf names;
	int i;

	buf_init(&names, 4096);
	for (i = 0; i < a->approval_count; i++)
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", a->approvals[i].by);
	return buf_take(&names);
}

/* Sets the decision's fields and commits; undone when that fails. */
static int decide(struct gate *g, struct action *a, const struct decision *d, const struct json_doc *doc, struct err *e)
{
	bool yes = d->verb == DECIDE_APPROVE, counted = yes && a->require > 1;
	char *sha = json_strdup(doc, json_get(doc, json_get(doc, json_root(doc), "screen"), "sha256")), who[80], screen[DIGEST_HEX + 1] = "";
	struct store_move m = { .to = yes ? ACTION_APPROVED : ACTION_DENIED, .who = who };
	struct buf detail;
	int r;

	snprintf(who, sizeof(who), "person:%.64s", d->by);
	action_undecide(a);
	a->decided_wall_ms = clock_wall_ms();
	if (counted && action_approve(a, d->by, a->decided_wall_ms) < 0)
		abort();
	a->decided_by = counted ? approvers(a) : gate_strdup(d->by);
	a->decided_kind = "person";
	a->is_signed = operator_signer(g) != NULL;
	a->responded = d->verb == DECIDE_RESPOND;
	a->ahead = yes && d->ahead;
	a->note = json_strdup(doc, json_get(doc, json_root(doc), "note"));
	if (!yes)
		a->ended_wall_ms = a->decided_wall_ms;
	if (sha)
		snprintf(a->screen_sha256, sizeof(a->screen_sha256), "%s", sha);
	free(sha);
	buf_init(&detail, 4096);
	if (a->note)
		buf_printf(&detail, "%s%s", a->responded ? "respond: " : "", a->note);
	else if (d->ahead && queue_waits_for(&g->queue, a))
		buf_puts(&detail, "ahead of an earlier one");
	if (yes && screen_matters(a) && !screen_is_compared(g, a))
		buf_printf(&detail, "%snot compared with the screen", detail.len > 0 ? "; " : "");
	m.detail = buf_cstr(&detail);
	failpoint(5);
	r = yes ? screen_write_decided(g, a, screen, e) : 0;
	if (r == 0) {
		m.screen = screen[0] ? screen : NULL;
		r = gate_move(g, a, &m, e);
	}
	if (r == 0 && yes && (m.screen || counted))
		screens_decided(g, a, a->screen_sha256);
	buf_release(&detail);
	if (r < 0) {
		action_undecide(a);
		if (counted)
			action_unapprove(a);
	}
	return r;
}

/* One yes of several: it stays held, at the same version. */
static int approve_one(struct gate *g, struct action *a, const struct decision *d, const struct json_doc *doc, struct err *e)
{
	char *sha = json_strdup(doc, json_get(doc, json_get(doc, json_root(doc), "screen"), "sha256")), detail[160];
	struct err local;
	int r;

	if (action_approve(a, d->by, clock_wall_ms()) < 0)
		abort();
	snprintf(detail, sizeof(detail), "approved, %d of %d%s%s", a->approval_count, a->require, sha ? ", screen " : "", sha ? sha : "");
	failpoint(5);
	r = store_approve(g->store, a, detail, &local);
	gate_set_record_error(g, r < 0 ? local.msg : NULL);
	if (r < 0) {
		action_unapprove(a);
		free(sha);
		return err_set(e, r, "%s", local.msg);
	}
	screens_decided(g, a, sha ? sha : "");
	free(sha);
	log_line("action %lld %s by %s", (long long)a->id, detail, d->by);
	gate_changed(g, a);
	return 0;
}

/* The rule that goes with a decision, which is on disk. */
static int add_alike(struct gate *g, struct server_req *r, struct alike *rule, const struct action *a, const struct decision *d,
		     const struct json_doc *doc, struct err *e)
{
	struct err why;
	char who[80];
	int result;

	operator_who(g, r, doc, who);
	result = alikes_add(g, rule, d->by, who, &why);
	return result == 0 ? 0 : err_set(e, ERR_IO, "action %lld is decided, but its rule was not made: %s", (long long)a->id, why.msg);
}

static void carry_out(struct gate *g, struct server_req *r, struct action *a, const struct decision *d, const struct json_doc *doc)
{
	char *note = json_strdup(doc, json_get(doc, json_root(doc), "note"));
	struct alike *rule;
	struct err e;
	int result = alike_read_decided(doc, a, d->verb, note, &rule, &e);

	free(note);
	if (result < 0) {
		server_error(r, 422, NULL, "invalid_alike", e.msg, NULL);
		return;
	}
	if (d->verb == DECIDE_EDIT)
		result = edit_action(g, a, doc, d->by, &e);
	else if (d->verb == DECIDE_APPROVE && queue_needs_more(a))
		result = approve_one(g, a, d, doc, &e);
	else
		result = decide(g, a, d, doc, &e);
	if (result < 0) {
		alike_free(rule);
		server_error(r, result == ERR_INVALID ? 422 : 503, NULL, result == ERR_INVALID ? "invalid_decision" : "record_failed", e.msg, NULL);
		return;
	}
	if (rule && add_alike(g, r, rule, a, d, doc, &e) < 0)
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	else
		operator_reply_action(g, r, a, false);
	if (a->state == ACTION_DENIED)
		gate_after_denial(g, a);
	gate_pump(g);
}

/* Of a stopped agent nothing is sent, so no yes is taken that would send it. */
static bool is_stopped(const struct gate *g, struct server_req *r, const struct action *a, const struct decision *d)
{
	const struct agent *agent = gate_agent(g, a->agent);
	char message[256];

	if (d->verb != DECIDE_APPROVE || !agent || !agent->stopped_by)
		return false;
	snprintf(message, sizeof(message), "agent %s was stopped by %.64s: let it go on first", a->agent, agent->stopped_by);
	server_error(r, 409, NULL, "agent_stopped", message, NULL);
	return true;
}

static bool is_narrowing(enum decision_verb verb)
{
	return verb == DECIDE_DENY || verb == DECIDE_RESPOND;
}

void operator_decide(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "version", "digest", "decision", "note", "body", "screen", "ahead", "by", "alike", NULL };
	enum decision_refusal refusal;
	char message[256], *digest = NULL, *by;
	const char *why;
	struct decision d;
	struct json_doc doc;
	struct action *a;

	if (!operator_read_body(r, &doc, known))
		return;
	by = operator_person(g, r, &doc);
	if (!read_decision(&doc, operator_read_id(id), &d, &digest, &why)) {
		server_error(r, 422, NULL, "invalid_decision", why, NULL);
	} else if (is_narrowing(d.verb) || operator_allows(g, r, d.verb == DECIDE_EDIT ? "editing" : "approving")) {
		d.by = by;
		refusal = queue_judge(&g->queue, &d, &a, message);
		if (refusal != DECISION_OK)
			refuse_decision(r, refusal, message);
		else if (!is_stopped(g, r, a, &d) && (d.verb != DECIDE_APPROVE || screen_is_named(g, r, a, &doc)))
			carry_out(g, r, a, &d, &doc);
	}
	free(by);
	free(digest);
	json_release(&doc);
}
