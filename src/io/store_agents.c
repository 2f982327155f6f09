/* store: the agents. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

/* A row of the chain about an agent. */
static int record(struct store *s, const char *what, const char *name, const char *who, struct err *e)
{
	struct move_row m = { .from = "", .to = what, .who = who, .detail = name, .digest = "" };

	return db_add_move(s, &m, e);
}

int store_add_agent(struct store *s, const struct store_agent *a, const char *who, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "INSERT INTO agents (name, token_sha256, answer_within_ms, created_wall_ms) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
			"ttii", a->name, a->token_sha256, a->answer_within_ms, a->created_wall_ms);
	r = db_finish(s, st, e, "cannot add the agent");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_CONFLICT, "there is an agent \"%s\" already; revoke it first, or choose another name", a->name);
	if (r == 0)
		r = record(s, "agent added", a->name, who, e);
	return db_commit(s, r, e);
}

/* A change of one agent's row. */
static int change(struct store *s, sqlite3_stmt *st, const char *name, const char *what, const char *who, struct err *e)
{
	int r = db_finish(s, st, e, "cannot change the agent");

	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_NOTFOUND, "there is no agent \"%s\"", name);
	if (r == 0)
		r = record(s, what, name, who, e);
	return db_commit(s, r, e);
}

int store_revoke_agent(struct store *s, const char *name, const char *who, struct err *e)
{
	if (db_begin(s, e) < 0)
		return ERR_IO;
	return change(s, db_prepare(s, "DELETE FROM agents WHERE name = ?", "t", name), name, "agent revoked", who, e);
}

int store_stop_agent(struct store *s, const char *name, const char *by, int64_t wall_ms, const char *who, struct err *e)
{
	if (db_begin(s, e) < 0)
		return ERR_IO;
	return change(s, db_prepare(s, "UPDATE agents SET stopped_by = ?, stopped_wall_ms = ? WHERE name = ?", "tit", by, by ? wall_ms : 0, name), name,
		      by ? "agent stopped" : "agent may go on", who, e);
}

int store_agents(struct store *s, void (*each)(const struct store_agent *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT name, token_sha256, answer_within_ms, created_wall_ms, stopped_by, stopped_wall_ms FROM agents"
				      " ORDER BY rowid", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_agent a = { .name = db_text(st, 0), .token_sha256 = db_text(st, 1), .answer_within_ms = sqlite3_column_int64(st, 2),
					 .created_wall_ms = sqlite3_column_int64(st, 3), .stopped_by = db_text(st, 4),
					 .stopped_wall_ms = sqlite3_column_int64(st, 5) };

		each(&a, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the agents");
}
