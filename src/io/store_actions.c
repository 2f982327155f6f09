/* store: actions. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define NO_INPUT "(agent <> '' OR path NOT LIKE '%/desktop/%')"	/* action_is_input() */

enum { PRESSES_LOADED = 1000, PRESSES_AMONG = 100000, ENDED_LOADED = 200, KEYED_LOADED_MS = 24 * 60 * 60 * 1000, UNFETCHED_LOADED_MS = 60 * 1000 };

/* The chain's row of a move that the action is about to make. */
static int add_move(struct store *s, const struct action *a, enum action_state from, enum action_state to, const char *who, const char *detail,
		    struct err *e)
{
	struct move_row m = { .action = a->id, .version = a->version + (to == ACTION_HELD && from != ACTION_NEW), .from = action_state_name(from),
			      .to = action_state_name(to), .who = who, .detail = detail, .digest = a->digest };

	return db_add_move(s, &m, e);
}

/* As held, inside a transaction, with its row of the chain. */
static int insert(struct store *s, const struct action *a, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	st = db_prepare(s, "INSERT INTO actions (id, version, state, agent, method, upstream, path, query, accept, content_type, tenant, workspace,"
			   " remote_path, body, digest, agent_key, our_key, title, reason, turn, arrived_wall_ms, held_by, require, hold_ms, unattended, snapshot_before,"
			   " body_file, file_len, origin, screen_what, screen_near, screen_wait_ms, decided_wall_ms, sent_wall_ms, ended_wall_ms, screen_sha256, status, took_ms, error)"
			   " VALUES (?, ?, 'held', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', 0, 0, '')",
			"iittttttttttbttttt" "titiititit" "iii",
			a->id, (int64_t)a->version, a->agent, http_method_name(a->method), a->upstream, a->path, a->query,
			a->headers[HEADER_ACCEPT], a->headers[HEADER_CONTENT_TYPE], a->headers[HEADER_TENANT], a->headers[HEADER_WORKSPACE],
			a->headers[HEADER_REMOTE_PATH], a->body, a->body_len, a->digest, a->agent_key, a->our_key, a->title, a->reason, a->turn,
			a->arrived_wall_ms, a->held_by ? a->held_by : ACTION_HELD_BY_DEFAULT, (int64_t)a->require, a->hold_ms,
			a->deny_unattended ? "deny" : "wait", (int64_t)a->snapshot_before, a->body_file,
			(int64_t)a->file_len, a->origin, (int64_t)a->screen_rule.what, (int64_t)a->screen_rule.box, (int64_t)a->screen_rule.wait_ms);
	r = db_finish(s, st, e, "cannot write the action");
	if (r == 0)
		r = add_move(s, a, ACTION_NEW, ACTION_HELD, "gate", "", e);
	return r;
}

int store_hold(struct store *s, const struct action *a, struct err *e)
{
	return db_begin(s, e) < 0 ? ERR_IO : db_commit(s, insert(s, a, e), e);
}

/* All of it that a move changes, inside a transaction. */
static int update(struct store *s, const struct action *a, const struct store_move *m, struct err *e)
{
	int64_t version = a->version + (m->to == ACTION_HELD);
	sqlite3_stmt *st;

	st = db_prepare(s, "UPDATE actions SET version = ?, state = ?, decided_wall_ms = ?, sent_wall_ms = ?, ended_wall_ms = ?, decided_by = ?,"
		     " decided_kind = ?, signed = ?, responded = ?, note = ?, screen_sha256 = ?, status = ?, took_ms = ?, error = ?, result_type = ?, result = ?, answer = ?, streamed = ?, answer_len = ?,"
		     " answer_kept = ? WHERE id = ?",
		     "itiiittiittiittbtiiii", version, action_state_name(m->to), a->decided_wall_ms, a->sent_wall_ms, a->ended_wall_ms, a->decided_by,
		     a->decided_kind, (int64_t)a->is_signed, (int64_t)a->responded, a->note, a->screen_sha256, (int64_t)a->status, a->took_ms, a->error ? a->error : "", m->content_type,
		     m->body_len <= STORE_RESULT_MAX ? m->body : NULL, m->body_len, action_answer_name(a->answer), (int64_t)a->streamed, a->answer_len,
		     a->answer_kept, a->id);
	return db_finish_one(s, st, e, "cannot write the action");
}

int store_move(struct store *s, const struct action *a, const struct store_move *m, struct err *e)
{
	int r;

	if (!action_may_move(a->state, m->to))
		return err_set(e, ERR_STATE, "action %lld cannot go from %s to %s", (long long)a->id, action_state_name(a->state), action_state_name(m->to));
	if (db_begin(s, e) < 0)
		return ERR_IO;
	r = update(s, a, m, e);
	if (r == 0 && m->alike)
		r = db_use_alike(s, m->alike, e);
	if (r == 0 && m->screen)
		r = db_add_screen(s, a, SCREEN_DECIDED, m->screen, NULL, "", e);
	if (r == 0 && m->to == ACTION_APPROVED && a->approval_count > 0)
		r = db_add_approval(s, a, e);
	if (r == 0)
		r = add_move(s, a, a->state, m->to, m->who, m->detail, e);
	return db_commit(s, r, e);
}

int store_send_by_hand(struct store *s, const struct action *a, const char *who, const char *detail, struct err *e)
{
	const struct store_move sent = { .to = ACTION_SENT };
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	r = insert(s, a, e);
	if (r == 0)
		r = update(s, a, &sent, e);
	if (r == 0)
		r = add_move(s, a, ACTION_HELD, ACTION_APPROVED, who, detail, e);
	if (r == 0)
		r = add_move(s, a, ACTION_APPROVED, ACTION_SENT, "gate", a->our_key, e);
	return db_commit(s, r, e);
}

int store_seen(struct store *s, const struct action *a, const char *by, struct err *e)
{
	sqlite3_stmt *st;
	char who[80];
	int r;

	snprintf(who, sizeof(who), "person:%.64s", by);
	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "UPDATE actions SET seen_by = ? WHERE id = ?", "ti", by, a->id);
	r = db_finish_one(s, st, e, "cannot write the action");
	if (r == 0)
		r = add_move(s, a, a->state, a->state, who, "seen", e);
	return db_commit(s, r, e);
}

static char *copy(sqlite3_stmt *st, int column, bool *failed)
{
	const char *value = db_text(st, column);
	char *own = value ? strdup(value) : NULL;

	*failed |= value && !own;
	return own;
}

/* With a NUL behind. */
static char *copy_blob(sqlite3_stmt *st, int column, size_t *ret_len, bool *failed)
{
	size_t len = (size_t)sqlite3_column_bytes(st, column);
	char *own = malloc(len + 1);

	*failed |= !own;
	if (own && len > 0)
		memcpy(own, sqlite3_column_blob(st, column), len);
	if (own)
		own[len] = '\0';
	*ret_len = len;
	return own;
}

static int method_of(const char *name)
{
	int m;

	for (m = 0; m < HTTP_METHODS; m++)
		if (strcmp(name, http_method_name((enum http_method)m)) == 0)
			break;
	return m;
}

struct action *db_load_action(sqlite3_stmt *st)
{
	struct action *a = action_new();
	struct classified c;
	bool failed = false;
	int i, method;

	if (!a)
		return NULL;
	a->id = sqlite3_column_int64(st, 0);
	a->version = sqlite3_column_int(st, 1);
	a->state = action_state_of(db_text(st, 2));
	a->agent = copy(st, 3, &failed);
	method = method_of(db_text(st, 4));
	a->upstream = copy(st, 5, &failed);
	a->path = copy(st, 6, &failed);
	a->query = copy(st, 7, &failed);
	for (i = 0; i < ACTION_HEADERS; i++)
		a->headers[i] = copy(st, 8 + i, &failed);
	a->body = copy_blob(st, 13, &a->body_len, &failed);
	snprintf(a->digest, sizeof(a->digest), "%s", db_text(st, 14));
	a->agent_key = copy(st, 15, &failed);
	a->our_key = copy(st, 16, &failed);
	a->title = copy(st, 17, &failed);
	a->reason = copy(st, 18, &failed);
	a->turn = copy(st, 19, &failed);
	a->arrived_wall_ms = sqlite3_column_int64(st, 20);
	a->decided_wall_ms = sqlite3_column_int64(st, 21);
	a->sent_wall_ms = sqlite3_column_int64(st, 22);
	a->ended_wall_ms = sqlite3_column_int64(st, 23);
	a->decided_by = copy(st, 24, &failed);
	a->note = copy(st, 25, &failed);
	snprintf(a->screen_sha256, sizeof(a->screen_sha256), "%s", db_text(st, 26));
	a->status = sqlite3_column_int(st, 27);
	a->took_ms = sqlite3_column_int64(st, 28);
	a->error = copy(st, 29, &failed);
	a->seen_by = copy(st, 30, &failed);
	a->held_by = copy(st, 33, &failed);
	a->decided_kind = action_decided_kind(db_text(st, 34));
	a->require = sqlite3_column_int(st, 35);
	if (sqlite3_column_type(st, 37) != SQLITE_NULL)
		a->original = copy_blob(st, 37, &a->original_len, &failed);
	a->edited_by = copy(st, 38, &failed);
	a->hold_ms = sqlite3_column_int64(st, 39);
	a->deny_unattended = strcmp(db_text(st, 40), "deny") == 0;
	a->responded = sqlite3_column_int(st, 41) != 0;
	a->snapshot_before = sqlite3_column_int(st, 42) != 0;
	a->is_signed = sqlite3_column_int(st, 43) != 0;
	a->body_file = copy(st, 36, &failed);
	a->file_len = (uint64_t)sqlite3_column_int64(st, 44);
	a->origin = copy(st, 45, &failed);
	a->answer = action_answer_of(db_text(st, 46));
	a->streamed = sqlite3_column_int(st, 47) != 0;
	a->answer_len = sqlite3_column_int64(st, 48);
	a->answer_kept = sqlite3_column_int64(st, 49);
	a->screen_rule = (struct screen_rule){ .what = (unsigned int)sqlite3_column_int(st, 50), .box = sqlite3_column_int(st, 51),
					       .wait_ms = sqlite3_column_int(st, 52) };
	if (!failed && method < HTTP_METHODS) {
		a->method = (enum http_method)method;
		failed = a->original && action_digest(a, a->original, a->original_len, a->asked_digest) < 0;
	}
	if (failed || method == HTTP_METHODS || a->state == ACTION_STATES || a->answer == ANSWER_FORMS) {
		action_free(a);
		return NULL;
	}
	classify(a->method, a->path, &c);
	a->class = c.class;
	a->kind = c.kind;
	a->stream = c.stream;
	a->content = c.content;
	a->session_kind = c.session_kind;
	a->session = strdup(c.session);
	if (!a->session) {
		action_free(a);
		return NULL;
	}
	return a;
}

int store_load(struct store *s, void (*each)(struct action *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT * FROM actions WHERE state IN ('held', 'approved', 'sent')"
				      " OR (state IN ('unknown', 'upstream_failed', 'not_sent') AND seen_by IS NULL)"
				      " OR (agent_key IS NOT NULL AND ended_wall_ms > ?) OR ended_wall_ms > ? OR answer = 'coming'"
				      " OR (" NO_INPUT " AND id > (SELECT coalesce(max(id), 0) FROM actions WHERE " NO_INPUT ") - ?) ORDER BY id",
				      "iii", clock_wall_ms() - KEYED_LOADED_MS, clock_wall_ms() - UNFETCHED_LOADED_MS, (int64_t)ENDED_LOADED);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct action *a = db_load_action(st);

		if (!a || db_load_approvals(s, a, e) < 0 || db_load_screens(s, a, e) < 0) {
			r = err_set(e, ERR_INVALID, "%s/journal.db: action %lld cannot be read", s->dir, (long long)sqlite3_column_int64(st, 0));
			action_free(a);
			sqlite3_finalize(st);
			return r;
		}
		each(a, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the actions");
}

int store_presses(struct store *s, void (*each)(const struct action *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT * FROM (SELECT * FROM actions WHERE id > (SELECT coalesce(max(id), 0) FROM actions) - ? AND agent = '' AND state <> 'not_sent'"
				      " AND (path LIKE '%/desktop/key-_%' OR path LIKE '%/desktop/mouse-_%') ORDER BY id DESC LIMIT ?) ORDER BY id",
				      "ii", (int64_t)PRESSES_AMONG, (int64_t)PRESSES_LOADED);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct action *a = db_load_action(st);

		if (a)
			each(a, arg);	/* one that cannot be read presses nothing that could be let go */
		action_free(a);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the inputs by hand");
}

int store_last_id(struct store *s, int64_t *ret, struct err *e)
{
	return db_number(s, "SELECT coalesce(max(id), 0) FROM actions", ret, e);
}
