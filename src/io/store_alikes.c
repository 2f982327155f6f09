/* store: rules made from decisions, and their uses. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOVES_LOOKED_AT = 100000, ACTIONS_LOOKED_AT = 10000 };

int store_add_alike(struct store *s, struct store_alike *a, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = "alike", .who = who, .digest = "" };
	struct buf named;
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	buf_init(&named, 65536);
	r = db_number(s, "SELECT coalesce(max(id), 0) + 1 FROM alikes", &a->id, e);
	if (r == 0) {
		st = db_prepare(s, "INSERT INTO alikes (id, verdict, spec, words, uses, uses_max, boot_id, expires_boot_ms, made_by, made_wall_ms, ended)"
				   " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, '')", "itttititi", a->id, a->verdict, a->spec, a->words, a->uses_max, a->boot_id,
				a->expires_boot_ms, a->made_by, a->made_wall_ms);
		r = db_finish(s, st, e, "cannot write the rule");
	}
	if (r == 0) {
		buf_printf(&named, "alike:%lld: %s", (long long)a->id, detail);
		m.detail = buf_cstr(&named);
		r = db_add_move(s, &m, e);
	}
	r = db_commit(s, r, e);
	buf_release(&named);
	return r;
}

int store_end_alike(struct store *s, int64_t id, const char *who, const char *why, struct err *e)
{
	struct move_row m = { .from = "", .to = "alike ended", .who = who, .digest = "" };
	char detail[512];
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	snprintf(detail, sizeof(detail), "alike:%lld: %.400s", (long long)id, why);
	m.detail = detail;
	r = db_finish_one(s, db_prepare(s, "UPDATE alikes SET ended = ? WHERE id = ? AND ended = ''", "ti", why, id), e, "cannot end the rule");
	if (r == 0)
		r = db_add_move(s, &m, e);
	return db_commit(s, r, e);
}

int db_use_alike(struct store *s, int64_t id, struct err *e)
{
	return db_finish_one(s, db_prepare(s, "UPDATE alikes SET uses = uses + 1 WHERE id = ? AND ended = '' AND (uses_max = 0 OR uses < uses_max)", "i", id),
			     e, "cannot count the use of the rule");
}

int store_alikes(struct store *s, int (*each)(const struct store_alike *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT id, verdict, spec, words, uses, uses_max, boot_id, expires_boot_ms, made_by, made_wall_ms FROM alikes"
				      " WHERE ended = '' ORDER BY id", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_alike a = { .id = sqlite3_column_int64(st, 0), .verdict = db_text(st, 1), .spec = db_text(st, 2), .words = db_text(st, 3),
					 .uses = sqlite3_column_int64(st, 4), .uses_max = sqlite3_column_int64(st, 5), .boot_id = db_text(st, 6),
					 .expires_boot_ms = sqlite3_column_int64(st, 7), .made_by = db_text(st, 8), .made_wall_ms = sqlite3_column_int64(st, 9) };

		if (each(&a, arg) < 0) {
			r = err_set(e, ERR_INVALID, "%s/journal.db: rule alike:%lld cannot be read", s->dir, (long long)a.id);
			sqlite3_finalize(st);
			return r;
		}
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the rules made from decisions");
}

int store_alike_uses(struct store *s, void (*each)(int64_t id, int64_t action, int64_t wall_ms, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT who, action, wall_ms FROM moves WHERE seq > (SELECT max(seq) FROM moves) - ? AND action != 0"
				      " AND who LIKE 'alike:%' ORDER BY seq", "i", (int64_t)MOVES_LOOKED_AT);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		each(strtoll(db_text(st, 0) + strlen("alike:"), NULL, 10), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the uses of rules");
}

int store_actions_of(struct store *s, const char *agent, int64_t since_wall_ms, bool (*each)(struct action *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT * FROM actions WHERE id > (SELECT max(id) FROM actions) - ? AND agent = ? AND arrived_wall_ms >= ?"
				      " ORDER BY id DESC", "iti", (int64_t)ACTIONS_LOOKED_AT, agent, since_wall_ms);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct action *a = db_load_action(st);

		if (!a)
			break;
		if (!each(a, arg)) {
			r = SQLITE_DONE;
			break;
		}
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : r == SQLITE_ROW ? err_set(e, ERR_INVALID, "%s/journal.db: an action cannot be read", s->dir) : db_error(s, e, "cannot read the actions");
}
