/* store: notes on agents and sessions, and what operators call a session. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>

static int add_row(struct store *s, const char *to, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = to, .who = who, .detail = detail, .digest = "" };

	return db_add_move(s, &m, e);
}

int store_note(struct store *s, struct store_note *n, const char *who, struct err *e)
{
	sqlite3_stmt *st;
	struct buf detail;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	buf_init(&detail, SIZE_MAX - 1);
	buf_printf(&detail, "%s %s: %s", n->kind, n->target, n->text);
	st = db_prepare(s, "INSERT INTO notes (kind, target, text, by, wall_ms) VALUES (?, ?, ?, ?, ?)", "tttti", n->kind, n->target, n->text, n->by,
			n->wall_ms);
	r = db_finish(s, st, e, "cannot write the note");
	n->id = sqlite3_last_insert_rowid(s->db);
	if (r == 0)
		r = add_row(s, "note", who, buf_cstr(&detail), e);
	buf_release(&detail);
	return db_commit(s, r, e);
}

int store_notes(struct store *s, int64_t most, void (*each)(const struct store_note *n, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT * FROM (SELECT id, kind, target, text, by, wall_ms FROM notes ORDER BY id DESC LIMIT ?) ORDER BY id", "i", most);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_note n = { .id = sqlite3_column_int64(st, 0), .kind = db_text(st, 1), .target = db_text(st, 2), .text = db_text(st, 3),
					.by = db_text(st, 4), .wall_ms = sqlite3_column_int64(st, 5) };

		each(&n, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the notes");
}

int store_label(struct store *s, const char *session, const char *label, const char *by, int64_t wall_ms, const char *who, struct err *e)
{
	sqlite3_stmt *st;
	char detail[512];
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	if (label[0])
		st = db_prepare(s, "INSERT INTO labels VALUES (?, ?, ?, ?) ON CONFLICT (session) DO UPDATE SET label = excluded.label, by = excluded.by,"
				   " wall_ms = excluded.wall_ms", "ttti", session, label, by, wall_ms);
	else
		st = db_prepare(s, "DELETE FROM labels WHERE session = ?", "t", session);
	r = db_finish(s, st, e, "cannot write the label");
	snprintf(detail, sizeof(detail), "%.200s: %.200s", session, label);
	if (r == 0)
		r = add_row(s, "label", who, detail, e);
	return db_commit(s, r, e);
}

int store_labels(struct store *s, void (*each)(const char *session, const char *label, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT session, label FROM labels ORDER BY session", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		each(db_text(st, 0), db_text(st, 1), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the labels");
}
