/* store: which pictures are kept with an action. The files themselves are io/picstore.h's. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>

int db_add_screen(struct store *s, const struct action *a, enum action_screen what, const char *sha256, const struct screen_changes *changed, const char *detail,
		  struct err *e)
{
	const char *state = action_state_name(a->state);
	struct move_row m = { .action = a->id, .version = a->version, .from = state, .to = state, .who = "gate", .digest = a->digest };
	struct buf rects, text;
	sqlite3_stmt *st;
	int r;

	buf_init(&rects, 4096);
	buf_init(&text, 8192);
	if (changed)
		screen_changes_put(changed, &rects);
	buf_printf(&text, "screen %s %s%s%s", action_screen_name(what), sha256, detail[0] ? ": " : "", detail);
	m.detail = buf_cstr(&text);
	st = buf_failed(&rects) || buf_failed(&text) ? NULL :
		db_prepare(s, "INSERT OR REPLACE INTO screens (action, version, what, sha256, changed) VALUES (?, ?, ?, ?, ?)", "iittt", a->id,
			   (int64_t)a->version, action_screen_name(what), sha256, buf_cstr(&rects));
	r = db_finish(s, st, e, "cannot write a picture's name");
	if (r == 0)
		r = db_add_move(s, &m, e);
	buf_release(&rects);
	buf_release(&text);
	return r;
}

int store_screen(struct store *s, const struct action *a, enum action_screen what, const char *sha256, const struct screen_changes *changed, const char *detail,
		 struct err *e)
{
	if (db_begin(s, e) < 0)
		return ERR_IO;
	return db_commit(s, db_add_screen(s, a, what, sha256, changed, detail, e), e);
}

int db_load_screens(struct store *s, struct action *a, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT what, sha256, changed FROM screens WHERE action = ? AND NOT gone ORDER BY version, rowid", "i", a->id);
	struct screen_changes changed;
	enum action_screen what;
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		what = action_screen_of(db_text(st, 0));
		screen_changes_read(db_text(st, 2), &changed);
		if (what != ACTION_SCREENS)
			action_set_screen(a, what, db_text(st, 1), &changed);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the pictures' names");
}

static int tell(struct store *s, sqlite3_stmt *st, void (*each)(const char *sha256, void *arg), void *arg, int *count, struct err *e)
{
	int r = SQLITE_ERROR;

	for (*count = 0; st && (r = sqlite3_step(st)) == SQLITE_ROW; (*count)++)
		each(db_text(st, 0), arg);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the pictures' names");
}

int store_pictures(struct store *s, void (*each)(const char *sha256, void *arg), void *arg, struct err *e)
{
	int count;

	return tell(s, db_prepare(s, "SELECT DISTINCT sha256 FROM screens WHERE NOT gone", ""), each, arg, &count, e);
}

/* The oldest: by the last action that names one. What is still to be decided or sent keeps its pictures. */
#define OLDEST \
	"SELECT s.sha256 FROM screens s JOIN actions a ON a.id = s.action WHERE NOT s.gone GROUP BY s.sha256" \
	" HAVING max(a.state IN ('held', 'approved', 'sent')) = 0 ORDER BY max(s.action) LIMIT ?"

int store_let_pictures_go(struct store *s, int most, void (*each)(const char *sha256, void *arg), void *arg, struct err *e)
{
	struct move_row m = { .from = "", .to = "pictures let go", .who = "gate", .digest = "" };
	char text[64];
	int r, count;

	if (db_begin(s, e) < 0)
		return ERR_IO;
	r = tell(s, db_prepare(s, OLDEST, "i", (int64_t)most), each, arg, &count, e);
	if (r == 0)
		r = db_finish(s, db_prepare(s, "UPDATE screens SET gone = 1 WHERE sha256 IN (" OLDEST ")", "i", (int64_t)most), e, "cannot let pictures go");
	snprintf(text, sizeof(text), "%d, the oldest, to make room", count);
	m.detail = text;
	if (r == 0 && count > 0)
		r = db_add_move(s, &m, e);
	return db_commit(s, r, e);
}
