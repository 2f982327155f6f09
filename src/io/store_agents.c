/* store: the agents. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"


int store_add_agent(struct store *s, const struct store_agent *a, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "INSERT INTO agents (name, token_sha256, answer_within_ms, created_wall_ms) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING", "ttii", a->name, a->token_sha256,
		     a->answer_within_ms, a->created_wall_ms);
	r = db_finish(s, st, e, "cannot add the agent");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_CONFLICT, "there is an agent \"%s\" already; revoke it first, or choose another name", a->name);
	return db_commit(s, r, e);
}

int store_revoke_agent(struct store *s, const char *name, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "DELETE FROM agents WHERE name = ?", "t", name);
	r = db_finish(s, st, e, "cannot revoke the agent");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_NOTFOUND, "there is no agent \"%s\"", name);
	return db_commit(s, r, e);
}

int store_agents(struct store *s, void (*each)(const struct store_agent *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT name, token_sha256, answer_within_ms, created_wall_ms FROM agents ORDER BY rowid", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_agent a = { .name = db_text(st, 0), .token_sha256 = db_text(st, 1), .answer_within_ms = sqlite3_column_int64(st, 2),
					 .created_wall_ms = sqlite3_column_int64(st, 3) };

		each(&a, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the agents");
}
