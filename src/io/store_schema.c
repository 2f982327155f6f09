/* store: is what stands in the file what the steps make, and nothing else? See store_sqlite.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <string.h>

/* What there is of tables, their columns and indexes, and of anything else: a trigger or a view would have a say in what is written and read. */
static const char everything[] =
	"SELECT group_concat(type || ' ' || name || ' ' || columns, ', ') FROM"
	" (SELECT type, name, coalesce((SELECT group_concat(name, ' ') FROM pragma_table_info(m.name)), '') AS columns FROM sqlite_master AS m"
	" WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name)";

int db_check_schema(struct store *s, const char *const *steps, int64_t count, struct err *e)
{
	struct store want = { .dir = s->dir };
	sqlite3_stmt *st = NULL;
	bool same = false;
	int64_t i;
	int r = sqlite3_open(":memory:", &want.db) == SQLITE_OK ? 0 : db_error(&want, e, "cannot check it");

	for (i = 0; r == 0 && i < count; i++)
		r = db_run(&want, steps[i], e);
	if (r == 0) {
		st = db_prepare(&want, everything, "");
		same = st && sqlite3_step(st) == SQLITE_ROW && db_says(s, everything, db_text(st, 0));
		sqlite3_finalize(st);
	}
	sqlite3_close(want.db);
	if (r == 0 && !same)
		r = err_set(e, ERR_INVALID, "%s/journal.db has not the tables of a journal, or more than these: it is damaged; move it away or choose another --state", s->dir);
	return r;
}
