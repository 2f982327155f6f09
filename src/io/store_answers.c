/* store: the substrate's answers: whole ones stand with their action, streamed ones in pieces. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

static int add_piece(struct store *s, int64_t action, const void *piece, size_t len, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "INSERT INTO pieces (action, n, data) SELECT ?, coalesce(max(n), 0) + 1, ? FROM pieces WHERE action = ?", "ibi",
				      action, piece, len, action);

	return db_finish(s, st, e, "cannot write a piece of the answer");
}

int store_answer(struct store *s, const struct action *a, const void *piece, size_t len, const char *detail, struct err *e)
{
	struct move_row m = { .action = a->id, .version = a->version, .from = action_state_name(a->state), .to = action_state_name(a->state),
			      .who = "gate", .detail = detail, .digest = a->digest };
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "UPDATE actions SET answer = ?, answer_len = ?, answer_kept = ?, took_ms = ?, ended_wall_ms = ? WHERE id = ?", "tiiiii",
			action_answer_name(a->answer), a->answer_len, a->answer_kept, a->took_ms, a->ended_wall_ms, a->id);
	r = db_finish_one(s, st, e, "cannot write the answer");
	if (r == 0 && len > 0)
		r = add_piece(s, a->id, piece, len, e);
	if (r == 0 && a->answer != ANSWER_COMING)
		r = db_add_move(s, &m, e);
	return db_commit(s, r, e);
}

/* The action's row, with the type of its answer; then the pieces, in order. */
int store_result(struct store *s, int64_t id, struct buf *body, struct buf *content_type, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT result_type, result FROM actions WHERE id = ? AND (result IS NOT NULL OR streamed)", "i", id);
	int r = st && sqlite3_step(st) == SQLITE_ROW ? 0 : ERR_NOTFOUND, step = SQLITE_ERROR;

	if (r == 0 && db_text(st, 0))
		r = buf_puts(content_type, db_text(st, 0));
	if (r == 0)
		r = buf_append(body, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
	sqlite3_finalize(st);
	if (r < 0)
		return r == ERR_NOTFOUND ? err_set(e, r, "the answer of action %lld was not kept", (long long)id) : r;
	st = db_prepare(s, "SELECT data FROM pieces WHERE action = ? ORDER BY n", "i", id);
	while (r == 0 && st && (step = sqlite3_step(st)) == SQLITE_ROW)
		r = buf_append(body, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_finalize(st);
	return r < 0 || step == SQLITE_DONE ? r : db_error(s, e, "cannot read the answer");
}
