/* store: settings that outlive the gate: what is frozen, who has control of what. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <string.h>

int store_set(struct store *s, const char *name, const char *value, const char *what, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = what, .who = who, .detail = detail, .digest = "" };
	sqlite3_stmt *st;
	int r;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	if (value)
		st = db_prepare(s, "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", "tt", name, value);
	else
		st = db_prepare(s, "DELETE FROM settings WHERE name = ?", "t", name);
	r = db_finish(s, st, e, "cannot write the setting");
	if (r == 0)
		r = db_add_move(s, &m, e);
	return db_commit(s, r, e);
}

int store_settings(struct store *s, const char *prefix, void (*each)(const char *name, const char *value, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT name, value FROM settings ORDER BY name", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW)
		if (strncmp(db_text(st, 0), prefix, strlen(prefix)) == 0)
			each(db_text(st, 0), db_text(st, 1), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the settings");
}
