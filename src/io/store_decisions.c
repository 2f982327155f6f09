/* store: what persons do to a held action besides moving it on: editing, and one yes of several. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>

/* A row of the chain that leaves a held action held. */
static int add_held_move(struct store *s, const struct action *a, const char *by, const char *detail, struct err *e)
{
	char who[80];
	struct move_row m = { .action = a->id, .version = a->version, .from = "held", .to = "held", .who = who, .detail = detail, .digest = a->digest };

	snprintf(who, sizeof(who), "person:%.64s", by);
	return db_add_move(s, &m, e);
}

int store_edit(struct store *s, const struct action *a, const struct action *n, const char *by, const struct store_move *denial, struct err *e)
{
	struct move_row denied = { .action = n->id, .version = n->version, .from = "held", .to = "denied", .digest = n->digest };
	sqlite3_stmt *st;
	int r;

	if (a->state != ACTION_HELD)
		return err_set(e, ERR_STATE, "action %lld is %s and cannot be edited", (long long)a->id, action_state_name(a->state));
	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "UPDATE actions SET version = ?, state = ?, body = ?, digest = ?, original = ?, edited_by = ?, held_by = ?, require = ?, unattended = ?, snapshot_before = ?,"
			   " screen_what = ?, screen_near = ?, screen_wait_ms = ?,"
			   " decided_wall_ms = ?, ended_wall_ms = ?, decided_by = ?, decided_kind = ?, note = ? WHERE id = ?",
			"itbtbttitiiiiiittti", (int64_t)n->version, denial ? "denied" : "held", n->body, n->body_len, n->digest, n->original,
			n->original_len, n->edited_by, n->held_by ? n->held_by : ACTION_HELD_BY_DEFAULT, (int64_t)n->require, n->deny_unattended ? "deny" : "wait",
			(int64_t)n->snapshot_before, (int64_t)n->screen_rule.what, (int64_t)n->screen_rule.box, (int64_t)n->screen_rule.wait_ms, n->decided_wall_ms,
			n->ended_wall_ms, n->decided_by, n->decided_kind, n->note, n->id);
	r = db_finish_one(s, st, e, "cannot write the edited action");
	if (r == 0)
		r = add_held_move(s, n, by, "edited", e);
	if (r == 0 && denial && denial->alike)
		r = db_use_alike(s, denial->alike, e);
	if (r == 0 && denial) {
		denied.who = denial->who;
		denied.detail = denial->detail;
		r = db_add_move(s, &denied, e);
	}
	return db_commit(s, r, e);
}

int db_add_approval(struct store *s, const struct action *a, struct err *e)
{
	const struct approval *last = &a->approvals[a->approval_count - 1];
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO approvals (action, version, by, wall_ms) VALUES (?, ?, ?, ?)", "iiti", a->id, (int64_t)a->version,
				      last->by, last->wall_ms);

	return db_finish(s, st, e, "cannot write the approval");
}

int store_approve(struct store *s, const struct action *a, const char *detail, struct err *e)
{
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	r = db_add_approval(s, a, e);
	if (r == 0)
		r = add_held_move(s, a, a->approvals[a->approval_count - 1].by, detail, e);
	return db_commit(s, r, e);
}

int db_load_approvals(struct store *s, struct action *a, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT by, wall_ms FROM approvals WHERE action = ? AND version = ? ORDER BY rowid", "ii", a->id,
				      (int64_t)a->version);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		if (action_approve(a, db_text(st, 0), sqlite3_column_int64(st, 1)) < 0)
			break;
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the approvals");
}
