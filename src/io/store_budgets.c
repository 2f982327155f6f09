/* store: budgets that an operator set, and what the actions in the journal used of any. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>

enum { ARRIVALS_LOOKED_AT = 100000 };

static int put_caps(struct store *s, const char *kind, const char *name, const struct budget_limits *l, struct err *e)
{
	int i, r = db_finish(s, db_prepare(s, "DELETE FROM budgets WHERE kind = ? AND name = ?", "tt", kind, name), e, "cannot write the budget");

	for (i = 0; r == 0 && i < BUDGET_CAPS; i++)
		if (l->most[i] != BUDGET_UNSET)
			r = db_finish(s, db_prepare(s, "INSERT INTO budgets (kind, name, what, value) VALUES (?, ?, ?, ?)", "ttti", kind, name,
						    budget_cap_name((enum budget_cap)i), l->most[i]), e, "cannot write the budget");
	return r;
}

int store_set_budget(struct store *s, const char *kind, const char *name, const struct budget_limits *l, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = "budget", .who = who, .detail = detail, .digest = "" };
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	r = put_caps(s, kind, name, l, e);
	if (r == 0)
		r = db_add_move(s, &m, e);
	return db_commit(s, r, e);
}

int store_budgets(struct store *s, void (*each)(const char *kind, const char *name, enum budget_cap cap, int64_t most, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT kind, name, what, value FROM budgets ORDER BY kind, name", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		enum budget_cap cap = budget_cap_of(db_text(st, 2));
		int64_t most = sqlite3_column_int64(st, 3);

		if (cap == BUDGET_CAPS || most < 0) {
			sqlite3_finalize(st);
			return err_set(e, ERR_INVALID, "%s/journal.db: a budget cannot be read", s->dir);
		}
		each(db_text(st, 0), db_text(st, 1), cap, most, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the budgets");
}

int store_count_actions(struct store *s, void (*each)(const char *agent, const char *path, int64_t count, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT agent, path, count(*) FROM actions WHERE agent != '' GROUP BY agent, path", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		each(db_text(st, 0), db_text(st, 1), sqlite3_column_int64(st, 2), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot count the actions");
}

int store_arrivals(struct store *s, int64_t since_wall_ms, void (*each)(const char *agent, const char *path, int64_t wall_ms, void *arg), void *arg,
		   struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT agent, path, arrived_wall_ms FROM actions WHERE id > (SELECT max(id) FROM actions) - ?"
				      " AND arrived_wall_ms >= ? AND agent != '' ORDER BY id", "ii", (int64_t)ARRIVALS_LOOKED_AT, since_wall_ms);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		each(db_text(st, 0), db_text(st, 1), sqlite3_column_int64(st, 2), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read when actions arrived");
}
