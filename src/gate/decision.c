/* decision: a person's yes or no, from the operator API: checked, on disk, then told; after a yes the executor takes over. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/answer.h"
#include "gate/operator.h"
#include "io/failpoint.h"

enum { NOTE_MAX = 1024 };

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
		ok = ok && json_int(d, v, &n) == 0;
	return ok;
}

static bool read_decision(const struct json_doc *d, int64_t id, struct decision *ret, char **ret_digest, const char **why)
{
	int root = json_root(d), verb = json_get(d, root, "decision"), screen = json_get(d, root, "screen"), ahead = json_get(d, root, "ahead");
	int note = json_get(d, root, "note");
	int64_t version = 0;
	size_t note_len;

	*ret_digest = json_strdup(d, json_get(d, root, "digest"));
	*ret = (struct decision){ .id = id, .digest = *ret_digest, .approve = json_str_is(d, verb, "approve"),
				  .has_screen = json_type(d, screen) == JSON_OBJECT, .ahead = json_bool(d, ahead, false) };
	json_raw(d, note, &note_len);
	*why = NULL;
	if (!*ret_digest)
		*why = "\"digest\" is missing";
	else if (json_int(d, json_get(d, root, "version"), &version) < 0 || version < 1 || version > INT32_MAX)
		*why = "\"version\" is missing";
	else if (!ret->approve && !json_str_is(d, verb, "deny"))
		*why = "\"decision\" is neither approve nor deny";
	else if (screen != JSON_NONE && json_type(d, screen) != JSON_NULL && !is_screen(d, screen))
		*why = "\"screen\" is not {sha256, taken_at, box}";
	else if (!is_text_or_absent(d, note) || note_len > NOTE_MAX)
		*why = "\"note\" is no text of at most 1024 bytes";
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
		[DECISION_AWAY] = { 409, "asker_away" }, [DECISION_WAITS] = { 409, "waits_for" },
		[DECISION_SCREEN] = { 422, "screen_missing" },
	};

	server_error(r, table[refusal].status, NULL, table[refusal].code, message, NULL);
}

/* Sets the decision's fields and commits; undone when that fails. */
static int decide(struct gate *g, struct action *a, const struct decision *d, const struct json_doc *doc, char *by, struct err *e)
{
	int screen = json_get(doc, json_root(doc), "screen");
	char *sha = json_strdup(doc, json_get(doc, screen, "sha256")), who[80];
	struct store_move m = { .to = d->approve ? ACTION_APPROVED : ACTION_DENIED, .who = who };
	int r;

	snprintf(who, sizeof(who), "person:%.64s", by);
	action_undecide(a);
	a->decided_by = by;
	a->ahead = d->approve && d->ahead;
	a->note = json_strdup(doc, json_get(doc, json_root(doc), "note"));
	a->decided_wall_ms = clock_wall_ms();
	if (!d->approve)
		a->ended_wall_ms = a->decided_wall_ms;
	if (sha)
		snprintf(a->screen_sha256, sizeof(a->screen_sha256), "%s", sha);
	free(sha);
	m.detail = a->note ? a->note : d->ahead && queue_waits_for(&g->queue, a) ? "ahead of an earlier one" : "";
	failpoint(5);
	r = gate_move(g, a, &m, e);
	if (r < 0)
		action_undecide(a);
	return r;
}

static void after_denial(struct gate *g, struct action *a)
{
	struct proposal p;

	answer_ended(g, a);
	while (queue_needs_new_yes(&g->queue, a, &p)) {
		struct store_move m = { .to = p.to, .who = "gate", .detail = p.why };

		action_undecide(p.action);
		if (gate_move(g, p.action, &m, NULL) < 0)
			break;
	}
}

void operator_decide(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "version", "digest", "decision", "note", "screen", "ahead", "by", NULL };
	enum decision_refusal refusal;
	char message[256], *digest = NULL;
	const char *why;
	struct decision d;
	struct json_doc doc;
	struct action *a;
	struct err e;
	int result;

	if (!operator_read_body(r, &doc, known))
		return;
	if (!read_decision(&doc, operator_read_id(id), &d, &digest, &why)) {
		server_error(r, 422, NULL, "invalid_decision", why, NULL);
	} else if ((refusal = queue_judge(&g->queue, &d, &a, message)) != DECISION_OK) {
		refuse_decision(r, refusal, message);
	} else {
		result = decide(g, a, &d, &doc, operator_person(r, &doc), &e);
		if (result < 0) {
			server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		} else {
			operator_reply_action(g, r, a, false);
			if (!d.approve)
				after_denial(g, a);
			gate_pump(g);
		}
	}
	free(digest);
	json_release(&doc);
}
