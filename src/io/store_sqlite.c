/* store: the file, its lock, its tables, and transactions. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/failpoint.h"

enum { APPLICATION_ID = 0x41535345 /* "ASSE" */, CHECKPOINT_PAGES = 1000 };

/* Each brings a file from its number to the next; user_version tells how many were run. */
static const char *const steps[] = {
	"CREATE TABLE agents (name TEXT PRIMARY KEY, token_sha256 TEXT NOT NULL UNIQUE, answer_within_ms INTEGER NOT NULL,"
	" created_wall_ms INTEGER NOT NULL);"
	"CREATE TABLE actions (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, agent TEXT NOT NULL,"
	" method TEXT NOT NULL, upstream TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, accept TEXT, content_type TEXT,"
	" tenant TEXT, workspace TEXT, remote_path TEXT, body BLOB NOT NULL, digest TEXT NOT NULL, agent_key TEXT, our_key TEXT NOT NULL,"
	" title TEXT NOT NULL, reason TEXT NOT NULL, turn TEXT NOT NULL, arrived_wall_ms INTEGER NOT NULL, decided_wall_ms INTEGER NOT NULL,"
	" sent_wall_ms INTEGER NOT NULL, ended_wall_ms INTEGER NOT NULL, decided_by TEXT, note TEXT, screen_sha256 TEXT NOT NULL,"
	" status INTEGER NOT NULL, took_ms INTEGER NOT NULL, error TEXT NOT NULL, seen_by TEXT, result_type TEXT, result BLOB);"
	"CREATE INDEX actions_by_state ON actions (state);"
	"CREATE TABLE moves (seq INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, boot_ms INTEGER NOT NULL, action INTEGER NOT NULL,"
	" version INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, who TEXT NOT NULL, detail TEXT NOT NULL, digest TEXT NOT NULL,"
	" prev TEXT NOT NULL, hash TEXT NOT NULL);",
	"ALTER TABLE agents ADD COLUMN stopped_by TEXT;"
	"ALTER TABLE agents ADD COLUMN stopped_wall_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE actions ADD COLUMN held_by TEXT NOT NULL DEFAULT 'default: no rule names it';"	/* the rule, or why there is none */
	"ALTER TABLE actions ADD COLUMN decided_kind TEXT NOT NULL DEFAULT '';"			/* person, rule, alike, gate */
	"ALTER TABLE actions ADD COLUMN require INTEGER NOT NULL DEFAULT 1;"			/* persons that must approve */
	"ALTER TABLE actions ADD COLUMN body_file TEXT;"					/* name of an opaque body in bodies/; then body is empty */
	"ALTER TABLE actions ADD COLUMN original BLOB;"						/* the agent's body, when a person changed it */
	"ALTER TABLE actions ADD COLUMN edited_by TEXT;"
	"ALTER TABLE actions ADD COLUMN hold_ms INTEGER NOT NULL DEFAULT 600000;"
	"ALTER TABLE actions ADD COLUMN unattended TEXT NOT NULL DEFAULT 'wait';"
	"ALTER TABLE actions ADD COLUMN responded INTEGER NOT NULL DEFAULT 0;"			/* denied, and the note is the answer */
	"ALTER TABLE actions ADD COLUMN snapshot_before INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE actions ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;"			/* the decision, by an operator's key */
	"ALTER TABLE actions ADD COLUMN file_len INTEGER NOT NULL DEFAULT 0;"			/* bytes of the body in body_file */
	"ALTER TABLE actions ADD COLUMN origin TEXT;"						/* the program that asked, as the kernel says */
	"CREATE TABLE approvals (action INTEGER NOT NULL, version INTEGER NOT NULL, by TEXT NOT NULL, wall_ms INTEGER NOT NULL,"
	" PRIMARY KEY (action, version, by));"
	"CREATE TABLE budgets (kind TEXT NOT NULL, name TEXT NOT NULL, what TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (kind, name, what));"
	"CREATE TABLE alikes (id INTEGER PRIMARY KEY, verdict TEXT NOT NULL, spec TEXT NOT NULL, words TEXT NOT NULL, uses INTEGER NOT NULL,"
	" uses_max INTEGER NOT NULL, boot_id TEXT NOT NULL, expires_boot_ms INTEGER NOT NULL, made_by TEXT NOT NULL, made_wall_ms INTEGER NOT NULL,"
	" ended TEXT NOT NULL);"
	"CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
	"CREATE TABLE operators (name TEXT PRIMARY KEY, public_key TEXT NOT NULL UNIQUE, enrolled_by TEXT NOT NULL, enrolled_wall_ms INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX moves_signed ON moves (substr(detail, 1, 88)) WHERE new = 'signed';"	/* no signature counts twice */
	"CREATE TABLE notes (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL,"
	" wall_ms INTEGER NOT NULL);"
	"CREATE TABLE labels (session TEXT PRIMARY KEY, label TEXT NOT NULL, by TEXT NOT NULL, wall_ms INTEGER NOT NULL);",
	"ALTER TABLE actions ADD COLUMN answer TEXT NOT NULL DEFAULT '';"			/* how much of the answer came: core/action.h */
	"ALTER TABLE actions ADD COLUMN streamed INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE actions ADD COLUMN answer_len INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE actions ADD COLUMN answer_kept INTEGER NOT NULL DEFAULT 0;"		/* bytes of it in result, or in pieces */
	"UPDATE actions SET answer = 'whole', answer_len = length(result), answer_kept = length(result) WHERE result IS NOT NULL;"
	"CREATE TABLE pieces (action INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (action, n));",	/* of streamed answers */
	"CREATE TABLE screens (action INTEGER NOT NULL, version INTEGER NOT NULL, what TEXT NOT NULL, sha256 TEXT NOT NULL, changed TEXT NOT NULL,"
	" gone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (action, version, what));"	/* gone: its file was let go, to make room */
	"CREATE INDEX screens_by_picture ON screens (sha256);"
	"ALTER TABLE actions ADD COLUMN screen_what INTEGER NOT NULL DEFAULT 7;"		/* core/action.h: struct screen_rule */
	"ALTER TABLE actions ADD COLUMN screen_near INTEGER NOT NULL DEFAULT 64;"
	"ALTER TABLE actions ADD COLUMN screen_wait_ms INTEGER NOT NULL DEFAULT 1300;",
};

int db_error(struct store *s, struct err *e, const char *what)
{
	return err_set(e, ERR_IO, "%s/journal.db: %s: %s", s->dir, what, sqlite3_errmsg(s->db));
}

int db_run(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(s, e, "cannot write");
}

sqlite3_stmt *db_prepare(struct store *s, const char *sql, const char *types, ...)
{
	sqlite3_stmt *st = NULL;
	int i, r = SQLITE_OK;
	va_list ap;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	va_start(ap, types);
	for (i = 1; *types && r == SQLITE_OK; types++, i++) {
		if (*types == 't') {
			r = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
		} else if (*types == 'i') {
			r = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
		} else {
			const void *blob = va_arg(ap, const void *);
			size_t len = va_arg(ap, size_t);

			if (blob)
				r = sqlite3_bind_blob64(st, i, len > 0 ? blob : "", len, SQLITE_STATIC);
		}
	}
	va_end(ap);
	if (r == SQLITE_OK)
		return st;
	sqlite3_finalize(st);
	return NULL;
}

int db_finish(struct store *s, sqlite3_stmt *st, struct err *e, const char *what)
{
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	if (r != SQLITE_DONE && r != SQLITE_ROW)
		db_error(s, e, what);
	sqlite3_finalize(st);
	return r == SQLITE_DONE || r == SQLITE_ROW ? 0 : ERR_IO;
}

int db_finish_one(struct store *s, sqlite3_stmt *st, struct err *e, const char *what)
{
	if (db_finish(s, st, e, what) < 0)
		return ERR_IO;
	return sqlite3_changes(s->db) == 1 ? 0 : err_set(e, ERR_NOTFOUND, "%s/journal.db: %s: it is not in it", s->dir, what);
}

int db_number(struct store *s, const char *sql, int64_t *ret, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, sql, "");
	int r = st && sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(s, e, "cannot read");

	if (r == 0)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return r;
}

/* Is the first value that a pragma gives this text? */
bool db_says(struct store *s, const char *sql, const char *want)
{
	sqlite3_stmt *st = db_prepare(s, sql, "");
	bool same = st && sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0) &&
		    strcmp((const char *)sqlite3_column_text(st, 0), want) == 0;

	sqlite3_finalize(st);
	return same;
}

/* Is the file that was opened still in its place? Commits into another would be gone with the next start. */
static int check_place(struct store *s, const char *name, ino_t ino, struct err *e)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	if (stat(path, &st) < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (st.st_dev != s->dev || st.st_ino != ino)
		return err_set(e, ERR_IO, "%s was replaced; start the gate again", path);
	return 0;
}

/* Refuses where a commit would promise too much: into a file that is not in its place any more, or behind a sync that failed. */
int db_begin(struct store *s, struct err *e)
{
	int r = 0;

	if (s->untrusted)
		return err_set(e, ERR_IO, "%s/journal.db: a write did not reach the disk; start the gate again", s->dir);
	r = check_place(s, "journal.db", s->ino, e);
	if (r == 0 && s->wal_ino)
		r = check_place(s, "journal.db-wal", s->wal_ino, e);
	return r < 0 ? r : db_run(s, "BEGIN IMMEDIATE", e);
}

/* After a sync that failed the kernel may say of the next one that all is well, and have dropped the pages. */
static void judge_sync(struct store *s)
{
	s->untrusted |= sqlite3_extended_errcode(s->db) == SQLITE_IOERR_FSYNC;
}

bool store_is_trusted(const struct store *s)
{
	return !s->untrusted;
}

static int on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store *)arg)->wal_pages = pages;
	return SQLITE_OK;
}

/* Copies what is committed from the log into the file itself. SQLite would do it by itself, but keep silent about a sync that fails. */
static void checkpoint(struct store *s)
{
	failpoint(FAILPOINT_CHECKPOINT);
	if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
		judge_sync(s);
}

int db_commit(struct store *s, int r, struct err *e)
{
	int failed;

	if (r == 0 && s->signature)
		r = db_add_signature(s, e);
	failed = r == 0 ? failpoint_error() : 0;
	if (failed) {
		s->untrusted |= failed == EIO;
		r = err_sys(e, ERR_IO, failed, "%s/journal.db: cannot write", s->dir);
	}
	if (r == 0)
		r = db_run(s, "COMMIT", e);
	if (r < 0) {
		judge_sync(s);
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
		return r;
	}
	s->signature = NULL;
	if (s->wal_pages >= CHECKPOINT_PAGES)
		checkpoint(s);
	return 0;
}

const char *db_text(sqlite3_stmt *st, int column)
{
	return (const char *)sqlite3_column_text(st, column);
}

static int take_lock(struct store *s, struct err *e)
{
	char path[4096];

	if (mkdir(s->dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, ERR_IO, errno, "state directory %s", s->dir);
	if (access(s->dir, W_OK | X_OK) < 0)
		return err_sys(e, ERR_IO, errno, "state directory %s is not writable", s->dir);
	snprintf(path, sizeof(path), "%s/lock", s->dir);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? err_set(e, ERR_CONFLICT, "%s is in use by another gate", s->dir) :
					      err_sys(e, ERR_IO, errno, "%s", path);
	return 0;
}

/* An empty file is one that was just begun; but where a gate has been before, it is one that lost what was in it. */
static int check_size(struct store *s, const char *path, struct err *e)
{
	char bodies[4096];
	struct stat st;

	snprintf(bodies, sizeof(bodies), "%s/bodies", s->dir);	/* made behind the journal */
	if (stat(path, &st) < 0 || st.st_size > 0 || access(bodies, F_OK) < 0)
		return 0;
	return err_set(e, ERR_INVALID, "%s is empty, and was not: what was in it is lost; move it away or choose another --state", path);
}

/* Whose file is it? Only reads: what is not ours stays as it is. An empty one will be ours. */
static int check_owner(struct store *s, struct err *e)
{
	int64_t id, version, tables;

	if (db_number(s, "PRAGMA application_id", &id, e) < 0 || db_number(s, "PRAGMA user_version", &version, e) < 0 ||
	    db_number(s, "SELECT count(*) FROM sqlite_master", &tables, e) < 0)
		return ERR_IO;
	if (id == 0 && version == 0 && tables == 0)
		return 0;
	if (id != APPLICATION_ID)
		return err_set(e, ERR_INVALID, "%s/journal.db is not a journal of assent; move it away or choose another --state", s->dir);
	if (version > (int64_t)ARRAY_LEN(steps))
		return err_set(e, ERR_TOONEW, "%s/journal.db was written by a later assent (%lld); update this one", s->dir, (long long)version);
	if (version < 1)
		return err_set(e, ERR_INVALID, "%s/journal.db has no known version (%lld); move it away or choose another --state", s->dir, (long long)version);
	if (!db_says(s, "PRAGMA quick_check(1)", "ok"))
		return err_set(e, ERR_INVALID, "%s/journal.db is damaged; move it away or choose another --state", s->dir);
	return db_check_schema(s, steps, version, e);
}

/* Runs the steps that the file has not seen, each with its number in one transaction. */
static int bring_up_to_date(struct store *s, struct err *e)
{
	int64_t version;
	char sql[128];
	int r = db_number(s, "PRAGMA user_version", &version, e);

	for (; r == 0 && version < (int64_t)ARRAY_LEN(steps); version++) {
		snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %lld", APPLICATION_ID, (long long)version + 1);
		r = db_begin(s, e);
		if (r < 0)
			break;
		r = db_run(s, steps[version], e);
		if (r == 0)
			r = db_run(s, sql, e);
		failpoint(FAILPOINT_STEP);	/* inside the step */
		r = db_commit(s, r, e);
		failpoint(FAILPOINT_STEP);	/* behind it */
	}
	return r;
}

/* Which file the log is: the first read or write has opened it. */
static int note_log(struct store *s, struct err *e)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/journal.db-wal", s->dir);
	if (stat(path, &st) < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	s->wal_ino = st.st_ino;
	sqlite3_wal_hook(s->db, on_wal, s);
	return 0;
}

static int set_up(struct store *s, const struct stat *st, struct err *e)
{
	int r;

	s->dev = st->st_dev;
	s->ino = st->st_ino;
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_timeout(s->db, 2000);
	r = db_run(s, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF", e);
	if (r == 0)
		r = check_owner(s, e);
	if (r == 0 && !db_says(s, "PRAGMA journal_mode = WAL", "wal"))
		r = db_error(s, e, "no write-ahead log here");
	if (r == 0)
		r = db_run(s, "PRAGMA synchronous = FULL", e);
	if (r == 0)
		r = bring_up_to_date(s, e);
	return r == 0 ? note_log(s, e) : r;
}

static int open_db(struct store *s, struct err *e)
{
	char path[4096];
	struct stat st;
	mode_t mask;
	int r;

	snprintf(path, sizeof(path), "%s/journal.db", s->dir);
	r = check_size(s, path, e);
	if (r < 0)
		return r;
	mask = umask(077);
	r = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL);
	if (r != SQLITE_OK)
		r = db_error(s, e, "cannot open");
	else if (stat(path, &st) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", path);
	else
		r = set_up(s, &st, e);
	umask(mask);
	if (r == ERR_IO && (sqlite3_errcode(s->db) == SQLITE_NOTADB || sqlite3_errcode(s->db) == SQLITE_CORRUPT))
		return err_set(e, ERR_INVALID, "%s is damaged or no journal (%s); move it away or choose another --state", path, sqlite3_errmsg(s->db));
	if (r == ERR_IO && sqlite3_errcode(s->db) == SQLITE_BUSY)
		return err_set(e, ERR_CONFLICT, "%s: another program has it open; end that first", path);
	return r;
}

int store_open(const char *dir, struct store **ret, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int r;

	if (!s || !(s->dir = strdup(dir))) {
		free(s);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	s->lock_fd = -1;
	r = take_lock(s, e);
	if (r == 0)
		r = open_db(s, e);
	if (r < 0) {
		store_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s);
}
