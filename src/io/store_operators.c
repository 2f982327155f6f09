/* store: the operators' public keys, and what they signed. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>
#include <string.h>

static int add_row(struct store *s, const char *to, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = to, .who = who, .detail = detail, .digest = "" };

	return db_add_move(s, &m, e);
}

int store_enrol(struct store *s, const struct store_operator *o, const char *who, struct err *e)
{
	char detail[256];
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	snprintf(detail, sizeof(detail), "%s %s", o->name, o->public_key);
	st = db_prepare(s, "INSERT INTO operators (name, public_key, enrolled_by, enrolled_wall_ms) VALUES (?, ?, ?, unixepoch() * 1000)"
			   " ON CONFLICT DO NOTHING", "ttt", o->name, o->public_key, who);
	r = db_finish(s, st, e, "cannot enrol the operator");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_CONFLICT, "there is an operator \"%s\" or this key already; revoke that first, or choose another name", o->name);
	if (r == 0)
		r = add_row(s, "operator_enrolled", who, detail, e);
	return db_commit(s, r, e);
}

int store_revoke_operator(struct store *s, const char *name, const char *who, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	st = db_prepare(s, "DELETE FROM operators WHERE name = ?", "t", name);
	r = db_finish(s, st, e, "cannot revoke the operator");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_NOTFOUND, "there is no operator \"%s\"", name);
	if (r == 0)
		r = add_row(s, "operator_revoked", who, name, e);
	return db_commit(s, r, e);
}

int store_operators(struct store *s, void (*each)(const struct store_operator *o, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT name, public_key FROM operators ORDER BY rowid", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_operator o = { .name = db_text(st, 0), .public_key = db_text(st, 1) };

		each(&o, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the operators");
}

void store_sign_next(struct store *s, const struct store_signature *signature)
{
	s->signature = signature;
}

int db_add_signature(struct store *s, struct err *e)
{
	struct buf detail;
	int r;

	/* The index moves_signed is over the first line: the same signature a second time is no row. */
	buf_init(&detail, SIZE_MAX - 1);
	buf_printf(&detail, "%s\n%s", s->signature->value, s->signature->text);
	r = buf_failed(&detail) ? err_set(e, ERR_NOMEM, "out of memory") : add_row(s, "signed", s->signature->who, buf_cstr(&detail), e);
	buf_release(&detail);
	return r;
}

int store_is_signed(struct store *s, const char *value, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT 1 FROM moves WHERE new = 'signed' AND substr(detail, 1, 88) = ?", "t", value);
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	sqlite3_finalize(st);
	return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the signatures");
}
