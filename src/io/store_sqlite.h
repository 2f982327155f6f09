/* store_sqlite: what the files of the store share. Not for others: the store is used through store.h. */
#ifndef ASSENT_STORE_SQLITE_H
#define ASSENT_STORE_SQLITE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "io/store.h"

struct store {
	sqlite3 *db;
	int lock_fd;
	char *dir;
	dev_t dev;		/* of journal.db as it was opened */
	ino_t ino;
	ino_t wal_ino;		/* of journal.db-wal, where commits go first */
	int wal_pages;
	const struct store_signature *signature;	/* of the next change; NULL for none */
	bool untrusted;		/* a sync failed: what is on disk is not known any more */
};

/* ERR_IO, with the file, what was tried and SQLite's own words. */
int db_error(struct store *s, struct err *e, const char *what);
/* Statements without values, and without rows. */
int db_run(struct store *s, const char *sql, struct err *e);
/* A statement with its values: t text (NULL is null), i int64_t, b blob with size_t. Borrowed until it is finished. NULL when it could not be made. */
sqlite3_stmt *db_prepare(struct store *s, const char *sql, const char *types, ...);
/* One step, and the end of the statement. */
int db_finish(struct store *s, sqlite3_stmt *st, struct err *e, const char *what);
/* The same for a change of exactly one row; ERR_NOTFOUND for none. */
int db_finish_one(struct store *s, sqlite3_stmt *st, struct err *e, const char *what);
/* The one number that it selects. */
int db_number(struct store *s, const char *sql, int64_t *ret, struct err *e);
/* Does the file have exactly what these steps make? ERR_INVALID when not. */
int db_check_schema(struct store *s, const char *const *steps, int64_t count, struct err *e);
bool db_says(struct store *s, const char *sql, const char *want);	/* is the one text that it selects this one? */
const char *db_text(sqlite3_stmt *st, int column);	/* borrowed until the next step; NULL for null */
/* Every change stands between these two. commit: r < 0 takes it back; returns r, or that it could not be written. */
int db_begin(struct store *s, struct err *e);
int db_commit(struct store *s, int r, struct err *e);

/* A row of the chain, inside a transaction. action 0: not about an action. */
struct move_row {
	int64_t action, version;
	const char *from, *to, *who, *detail, *digest;
};
int db_add_move(struct store *s, const struct move_row *m, struct err *e);
/* store_operators.c: the signature of this change, as a row of the chain. */
int db_add_signature(struct store *s, struct err *e);

/* store_actions.c: a row of SELECT * FROM actions; NULL when it cannot be read. */
struct action *db_load_action(sqlite3_stmt *st);
/* store_alikes.c: one use more, inside a transaction; ERR_NOTFOUND when it has none left. */
int db_use_alike(struct store *s, int64_t id, struct err *e);

/* store_screens.c: the pictures that are kept with it. */
int db_add_screen(struct store *s, const struct action *a, enum action_screen what, const char *sha256, const struct screen_changes *changed, const char *detail,
		  struct err *e);
int db_load_screens(struct store *s, struct action *a, struct err *e);

/* store_decisions.c: the last of an action's approvals; and all that this version has. */
int db_add_approval(struct store *s, const struct action *a, struct err *e);
int db_load_approvals(struct store *s, struct action *a, struct err *e);

#endif
