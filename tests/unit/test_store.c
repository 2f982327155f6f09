/* test_store: real SQLite in a folder of its own: reopening, locking, refusing, the chain. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/click.h"
#include "tests/unit/failing_sync.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/store.h"

static char dir[300];

/* The library's writes: the one that fails, or of which half is done before the process is no more. */
static int writes, bad_write;
static bool killed_there;

static ssize_t write_or_fail(int fd, const void *data, size_t len, off_t at)
{
	if (++writes == bad_write) {
		if (killed_there) {
			syscall(SYS_pwrite64, fd, data, len / 2, at);
			_exit(1);
		}
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return write_or_fail(fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return write_or_fail(fd, data, len, at);
}

static void sql(const char *text)
{
	char path[400];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/journal.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void read_journal(struct buf *out)
{
	char path[400];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "%s/journal.db", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(out, 1024 * 1024);
	while ((c = fgetc(f)) != EOF)
		buf_putc(out, (char)c);
	fclose(f);
}

static int start(void **state)
{
	static int n;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/store-%d-%d", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp", (int)getpid(), n++);
	return 0;
}

static int stop(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *f;

	(void)state;
	while (d && (f = readdir(d)))
		unlinkat(dirfd(d), f->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
	return 0;
}

/* With a body that has a NUL, and a title. */
static struct action *make(int64_t id)
{
	struct action *a = click_new(id);

	a->headers[HEADER_CONTENT_TYPE] = strdup("application/json");
	action_set(&a->our_key, "turn-1-click-x");
	action_set(&a->title, "t");
	free(a->body);
	a->body = malloc(4);
	memcpy(a->body, "a\0b", 4);
	a->body_len = 3;
	return a;
}

static struct action *loaded[8];
static size_t loaded_count;

static void on_loaded(struct action *a, void *arg)
{
	(void)arg;
	loaded[loaded_count++] = a;
}

static void forget(void)
{
	while (loaded_count > 0)
		action_free(loaded[--loaded_count]);
}

/* Where its body is in a file, the row names it, and says how long it is. */
static void an_opaque_body_is_named(void **state)
{
	struct action *a = make(1);
	struct store *s;
	struct err e;

	(void)state;
	a->body[0] = '\0';
	a->body_len = 0;
	a->body_file = strdup("0123");
	a->file_len = 5000000000;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	store_close(s);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_string_equal(loaded[0]->body_file, "0123");
	assert_true(action_is_opaque(loaded[0]));
	assert_true(action_size(loaded[0]) == 5000000000);
	assert_int_equal(loaded[0]->body_len, 0);
	assert_string_equal(loaded[0]->body, "");
	forget();
	action_free(a);
	store_close(s);
}

static void survives_reopening(void **state)
{
	struct store *s;
	struct action *a = make(1);
	struct store_move m = { .to = ACTION_APPROVED, .who = "person:ana", .detail = "" };
	struct buf body, type;
	int64_t last;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	a->state = ACTION_HELD;
	a->decided_by = strdup("ana");
	a->decided_wall_ms = 5;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_APPROVED);
	m.to = ACTION_DONE;
	assert_int_equal(store_move(s, a, &m, &e), ERR_STATE);	/* not without sent */
	m.to = ACTION_SENT;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_SENT);
	store_close(s);

	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded_count, 1);
	assert_int_equal(loaded[0]->state, ACTION_SENT);
	assert_int_equal(loaded[0]->body_len, 3);
	assert_memory_equal(loaded[0]->body, "a\0b", 3);
	assert_string_equal(loaded[0]->decided_by, "ana");
	assert_string_equal(loaded[0]->our_key, "turn-1-click-x");
	assert_string_equal(loaded[0]->kind, "click");
	forget();
	m = (struct store_move){ .to = ACTION_DONE, .who = "gate", .detail = "", .content_type = "text/x", .body = "answer", .body_len = 6 };
	a->status = 200;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	buf_init(&body, 100);
	buf_init(&type, 100);
	assert_int_equal(store_result(s, 1, &body, &type, &e), 0);
	assert_string_equal(buf_cstr(&body), "answer");
	assert_string_equal(buf_cstr(&type), "text/x");
	assert_int_equal(store_result(s, 2, &body, &type, &e), ERR_NOTFOUND);
	assert_int_equal(store_last_id(s, &last, &e), 0);
	assert_int_equal(last, 1);
	assert_int_equal(store_verify(s, &e), 0);
	buf_release(&body);
	buf_release(&type);
	store_close(s);
	action_free(a);
}

static void one_owner(void **state)
{
	struct store *s, *other;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_open(dir, &other, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, dir));
	assert_non_null(strstr(e.msg, "in use by another gate"));	/* and not because SQLite finds its file locked */
	store_close(s);
	assert_int_equal(store_open(dir, &other, &e), 0);
	store_close(other);
}

/* Each file is refused by name, and stays byte for byte as it was. */
static void refuses_what_is_not_its_own(void **state)
{
	static const struct { const char *text, *sql; int want; const char *says; } cases[] = {
		{ "this is a letter to a friend, and long enough to have a header's length and some more of it ...................", NULL, ERR_INVALID, "journal.db" },
		{ NULL, "CREATE TABLE letters (text)", ERR_INVALID, "is not a journal of assent" },
		{ NULL, "CREATE TABLE letters (text); PRAGMA application_id = 7", ERR_INVALID, "is not a journal of assent" },
		{ NULL, "CREATE TABLE letters (text); PRAGMA application_id = 7; PRAGMA user_version = 1", ERR_INVALID, "is not a journal of assent" },
		{ NULL, "PRAGMA user_version = 1", ERR_INVALID, "is not a journal of assent" },
		{ NULL, "CREATE TABLE moves (seq); PRAGMA application_id = 1095979845; PRAGMA user_version = 99", ERR_TOONEW, "by a later assent" },
		{ NULL, "CREATE TABLE moves (seq); PRAGMA application_id = 1095979845", ERR_INVALID, "no known version" },
	};
	struct buf before, after;
	char path[400];
	struct store *s;
	struct err e;
	size_t i;
	FILE *f;

	(void)state;
	mkdir(dir, 0700);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		unlink(path);
		if (cases[i].sql) {
			sql(cases[i].sql);
		} else {
			f = fopen(path, "w");
			fputs(cases[i].text, f);
			fclose(f);
		}
		read_journal(&before);
		assert_int_equal(store_open(dir, &s, &e), cases[i].want);
		assert_non_null(strstr(e.msg, path));
		assert_non_null(strstr(e.msg, cases[i].says));
		read_journal(&after);
		assert_int_equal(before.len, after.len);
		assert_memory_equal(before.data, after.data, before.len);
		buf_release(&before);
		buf_release(&after);
	}
}

static void refuses_damage(void **state)
{
	struct action *a = make(1);
	char path[400];
	struct store *s;
	struct err e;
	FILE *f;
	long at;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	store_close(s);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	f = fopen(path, "r+");
	fseek(f, 0, SEEK_END);
	for (at = 4096; at < ftell(f);) {	/* every page but the first */
		fseek(f, at, SEEK_SET);
		fputs("scribble", f);
		at += 4096;
		fseek(f, 0, SEEK_END);
	}
	fclose(f);
	assert_int_equal(store_open(dir, &s, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "damaged"));
	action_free(a);
}

/* Other tables, columns or indexes than a journal has, and anything that would have a say in what is written. */
static void refuses_another_schema(void **state)
{
	static const char *const changes[] = {
		"DROP TABLE actions", "DROP TABLE labels", "DROP INDEX moves_signed", "ALTER TABLE actions DROP COLUMN took_ms", "ALTER TABLE moves RENAME COLUMN who TO whom",
		"CREATE TABLE letters (text)", "CREATE VIEW everybody AS SELECT * FROM agents", "CREATE INDEX mine ON moves (who)",
		"CREATE TRIGGER eater AFTER INSERT ON moves BEGIN DELETE FROM moves WHERE seq = new.seq; END",
	};
	char path[400], bodies[400];
	struct store *s;
	struct err e;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	for (i = 0; i < ARRAY_LEN(changes); i++) {
		assert_int_equal(store_open(dir, &s, &e), 0);
		store_close(s);
		sql(changes[i]);
		if (store_open(dir, &s, &e) != ERR_INVALID)
			fail_msg("taken: %s", changes[i]);
		assert_non_null(strstr(e.msg, "damaged"));
		unlink(path);
	}
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	/* Where a gate has been an empty file is no new one. */
	snprintf(bodies, sizeof(bodies), "%s/bodies", dir);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	mkdir(bodies, 0700);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(store_open(dir, &s, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "is empty"));
	rmdir(bodies);
}

static void needs_a_folder_it_can_write(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	if (geteuid() == 0) {	/* root may write anywhere */
		skip();
		return;
	}
	mkdir(dir, 0500);
	assert_int_equal(store_open(dir, &s, &e), ERR_IO);
	assert_non_null(strstr(e.msg, dir));
	chmod(dir, 0700);
}

static void waits_for_no_other_program(void **state)
{
	struct store *s;
	char path[400];
	sqlite3 *db;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	store_close(s);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_open(dir, &s, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "another program has it open"));
	sqlite3_close(db);
	assert_int_equal(store_open(dir, &s, &e), 0);
	/* And while it is open, nobody else gets in. */
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db, "DELETE FROM moves", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	store_close(s);
}

static void every_move_is_synced(void **state)
{
	struct store_move m = { .to = ACTION_DENIED, .who = "person:ana", .detail = "" };
	struct action *a = make(1);
	struct store *s;
	struct err e;
	int before;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	before = syncs.count;
	assert_int_equal(store_hold(s, a, &e), 0);
	assert_true(syncs.count > before);
	a->state = ACTION_HELD;
	before = syncs.count;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	assert_true(syncs.count > before);
	store_close(s);
	action_free(a);
}

static void a_failed_sync_is_the_end(void **state)
{
	struct action *a = make(1), *b = make(2), *c = make(3);
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	syncs.bad_from = 1;
	assert_int_equal(store_hold(s, b, &e), ERR_IO);
	syncs.bad_from = 0;
	assert_int_equal(store_hold(s, c, &e), ERR_IO);	/* what the failed one left on disk nobody knows */
	assert_non_null(strstr(e.msg, "start the gate again"));
	store_close(s);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(a);
	action_free(b);
	action_free(c);
}

/* Many pages are committed, and then copied into the file itself: the commit holds, and is the last. */
static void a_failed_sync_of_a_checkpoint_too(void **state)
{
	struct action *a = make(1), *b = make(2);
	struct store *s;
	struct err e;

	(void)state;
	free(a->body);
	a->body_len = 6 * 1024 * 1024;
	a->body = calloc(1, a->body_len);
	assert_int_equal(store_open(dir, &s, &e), 0);
	syncs.bad_from = syncs.count + 2;
	assert_int_equal(store_hold(s, a, &e), 0);
	assert_true(syncs.count >= syncs.bad_from);
	syncs.bad_from = 0;
	assert_int_equal(store_hold(s, b, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "start the gate again"));
	store_close(s);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(a);
	action_free(b);
}

/* The child of a fork: opens a new journal, holds an action, and dies or fails at its n-th write. 0: it did not come that far. */
static int try_first_start(int n, bool kill)
{
	struct action *a = make(1);
	struct store *s;
	struct err e;
	int r;

	writes = 0;
	bad_write = n;
	killed_there = kill;
	r = store_open(dir, &s, &e);
	if (r == 0) {
		r = store_hold(s, a, &e);
		store_close(s);
	}
	action_free(a);
	return r < 0 && strlen(e.msg) == 0 ? 3 : writes < n ? 0 : 1;
}

/* Whatever a first start left, the next one goes on from there, and knows of nothing that was not committed. */
static void a_first_start_may_end_anywhere(void **state)
{
	int n = 0, kill, status, i;
	int64_t id;

	syncs.left_out = true;
	for (kill = 0; kill < 2; kill++) {
		for (n = 1, status = 1; status != 0; n++) {
			struct action *a;
			struct store *s;
			struct err e;
			pid_t pid;

			stop(state);
			pid = fork();
			if (pid == 0)
				_exit(try_first_start(n, kill));
			waitpid(pid, &i, 0);
			assert_true(WIFEXITED(i));
			status = WEXITSTATUS(i);
			assert_true(status < 2);
			a = make(2);	/* not before the fork: valgrind would count it as lost there */
			assert_int_equal(store_open(dir, &s, &e), 0);
			assert_int_equal(store_verify(s, &e), 0);
			assert_int_equal(store_last_id(s, &id, &e), 0);
			assert_true(id == 0 || id == 1);
			assert_int_equal(store_hold(s, a, &e), 0);
			store_close(s);
			action_free(a);
		}
		assert_true(n > 20);
	}
	syncs.left_out = false;
}

static void notices_another_file_in_its_place(void **state)
{
	struct action *a = make(1), *b = make(2), *c = make(3);
	char path[400], aside[410];
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	snprintf(aside, sizeof(aside), "%s.old", path);
	rename(path, aside);
	assert_int_equal(store_hold(s, b, &e), ERR_IO);
	assert_non_null(strstr(e.msg, path));
	fclose(fopen(path, "w"));
	assert_int_equal(store_hold(s, b, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "replaced"));
	rename(aside, path);
	assert_int_equal(store_hold(s, b, &e), 0);
	/* The log beside it, where commits go first, counts as much. */
	strcat(path, "-wal");
	snprintf(aside, sizeof(aside), "%s.old", path);
	rename(path, aside);
	assert_int_equal(store_hold(s, c, &e), ERR_IO);
	fclose(fopen(path, "w"));
	assert_int_equal(store_hold(s, c, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "replaced"));
	rename(aside, path);
	assert_int_equal(store_hold(s, c, &e), 0);
	store_close(s);
	action_free(c);
	action_free(a);
	action_free(b);
}

static void an_id_is_used_once(void **state)
{
	struct store_move m = { .to = ACTION_DENIED, .who = "person:ana", .detail = "" };
	struct action *a = make(1), *b = make(2);
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	assert_int_equal(store_hold(s, a, &e), ERR_IO);
	b->state = ACTION_HELD;
	assert_int_equal(store_move(s, b, &m, &e), ERR_NOTFOUND);	/* never held */
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(a);
	action_free(b);
}

static void keep_one(struct action *a, void *arg)
{
	*(struct action **)arg = a;
}

/* What the first released form of the file had, with one action that waits. */
static void brings_an_older_file_up_to_date(void **state)
{
	struct action *a = NULL;
	struct store *s;
	struct err e;

	(void)state;
	mkdir(dir, 0700);
	sql("CREATE TABLE agents (name TEXT PRIMARY KEY, token_sha256 TEXT NOT NULL UNIQUE, answer_within_ms INTEGER NOT NULL,"
	    " created_wall_ms INTEGER NOT NULL);"
	    "CREATE TABLE actions (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, agent TEXT NOT NULL,"
	    " method TEXT NOT NULL, upstream TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, accept TEXT, content_type TEXT,"
	    " tenant TEXT, workspace TEXT, remote_path TEXT, body BLOB NOT NULL, digest TEXT NOT NULL, agent_key TEXT, our_key TEXT NOT NULL,"
	    " title TEXT NOT NULL, reason TEXT NOT NULL, turn TEXT NOT NULL, arrived_wall_ms INTEGER NOT NULL, decided_wall_ms INTEGER NOT NULL,"
	    " sent_wall_ms INTEGER NOT NULL, ended_wall_ms INTEGER NOT NULL, decided_by TEXT, note TEXT, screen_sha256 TEXT NOT NULL,"
	    " status INTEGER NOT NULL, took_ms INTEGER NOT NULL, error TEXT NOT NULL, seen_by TEXT, result_type TEXT, result BLOB);"
	    "CREATE TABLE moves (seq INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, boot_ms INTEGER NOT NULL, action INTEGER NOT NULL,"
	    " version INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, who TEXT NOT NULL, detail TEXT NOT NULL, digest TEXT NOT NULL,"
	    " prev TEXT NOT NULL, hash TEXT NOT NULL);"
	    "CREATE INDEX actions_by_state ON actions (state);"
	    "INSERT INTO actions VALUES (7, 1, 'held', 'clerk', 'POST', 'http://127.0.0.1:1', '/api/v1/sandboxes/s/exec', '', NULL, NULL, NULL, NULL,"
	    " NULL, 'body', 'd', NULL, 'k', '', '', '', 5, 0, 0, 0, NULL, NULL, '', 0, 0, '', NULL, NULL, 'told');"
	    "PRAGMA application_id = 1095979845; PRAGMA user_version = 1");
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, keep_one, &a, &e), 0);
	assert_non_null(a);
	assert_int_equal(a->id, 7);
	assert_string_equal(a->body, "body");
	assert_int_equal(a->answer, ANSWER_WHOLE);
	assert_int_equal(a->answer_len, 4);
	assert_int_equal(store_record(s, "freeze", "person:ana", "", &e), 0);
	store_close(s);
	action_free(a);
	assert_int_equal(store_open(dir, &s, &e), 0);	/* once is enough */
	store_close(s);
}

/* A streamed answer, piece by piece: what was written is there however the gate ended, and a row says how the answer did. */
static void keeps_a_streamed_answer(void **state)
{
	static const enum action_state way[] = { ACTION_APPROVED, ACTION_SENT, ACTION_DONE };
	struct store_move m = { .who = "gate", .detail = "", .content_type = "text/event-stream" };
	struct action *a = make(1), *b = NULL;
	struct buf body, type;
	struct store *s;
	struct err e;
	size_t i;

	(void)state;
	buf_init(&body, 1024);
	buf_init(&type, 1024);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	action_move(a, ACTION_HELD);
	for (i = 0; i < ARRAY_LEN(way); i++) {
		m.to = way[i];
		a->streamed = way[i] == ACTION_DONE;
		a->answer = a->streamed ? ANSWER_COMING : ANSWER_NONE;
		assert_int_equal(store_move(s, a, &m, &e), 0);
		action_move(a, way[i]);
	}
	assert_int_equal(store_result(s, 1, &body, &type, &e), 0);
	assert_int_equal(body.len, 0);
	a->answer_len = a->answer_kept = 3;
	assert_int_equal(store_answer(s, a, "one", 3, "", &e), 0);
	a->answer_len = a->answer_kept = 7;
	assert_int_equal(store_answer(s, a, "\0two", 4, "", &e), 0);
	store_close(s);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, keep_one, &b, &e), 0);
	assert_true(b->streamed);
	assert_int_equal(b->answer, ANSWER_COMING);
	assert_int_equal(b->answer_len, 7);
	b->answer = ANSWER_CUT;
	assert_int_equal(store_answer(s, b, NULL, 0, "its answer: cut", &e), 0);
	buf_clear(&type);
	assert_int_equal(store_result(s, 1, &body, &type, &e), 0);
	assert_memory_equal(buf_cstr(&body), "one\0two", 8);
	assert_string_equal(buf_cstr(&type), "text/event-stream");
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	buf_release(&body);
	buf_release(&type);
	action_free(a);
	action_free(b);
}

/* Ids up to 300, all ended: what can still be asked for is loaded, the rest of the old is not. */
static void loads_what_still_matters(void **state)
{
	static const struct { int64_t id, ended_ago_ms; enum action_state end; const char *key; bool want; } cases[] = {
		{ 1, 70 * 1000, ACTION_DENIED, NULL, false },
		{ 2, 1000, ACTION_DENIED, "k", true },
		{ 3, 25 * 60 * 60 * 1000, ACTION_DENIED, "l", false },
		{ 4, 25 * 60 * 60 * 1000, ACTION_UNKNOWN, NULL, true },
		{ 5, 0, ACTION_HELD, NULL, true },
		{ 6, 1000, ACTION_DENIED, NULL, true },		/* perhaps nobody fetched it */
		{ 300, 1000, ACTION_DENIED, NULL, true },
	};
	struct store *s;
	struct err e;
	size_t i, n = 0;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		static const enum action_state way[] = { ACTION_APPROVED, ACTION_SENT, ACTION_UNKNOWN };
		struct store_move m = { .to = cases[i].end, .who = "gate", .detail = "" };
		struct action *a = make(cases[i].id);
		size_t k;

		a->agent_key = cases[i].key ? strdup(cases[i].key) : NULL;
		assert_int_equal(store_hold(s, a, &e), 0);
		action_move(a, ACTION_HELD);
		a->ended_wall_ms = clock_wall_ms() - cases[i].ended_ago_ms;
		if (cases[i].end == ACTION_DENIED)
			assert_int_equal(store_move(s, a, &m, &e), 0);
		for (k = 0; cases[i].end == ACTION_UNKNOWN && k < ARRAY_LEN(way); k++) {
			m.to = way[k];
			assert_int_equal(store_move(s, a, &m, &e), 0);
			action_move(a, way[k]);
		}
		action_free(a);
	}
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (!cases[i].want)
			continue;
		assert_true(n < loaded_count);
		assert_int_equal(loaded[n++]->id, cases[i].id);
	}
	assert_int_equal(loaded_count, n);
	forget();
	store_close(s);
}

/* The chain, with one thing about it changed by hand. */
static void an_edited_row_shows(void **state)
{
	static const struct { const char *sql, *want; } cases[] = {
		{ "UPDATE moves SET who = 'bate' WHERE seq = 1", "move 1" },
		{ "UPDATE moves SET who = 'person:eve' WHERE seq = 3", "move 3" },
		{ "UPDATE moves SET detail = 'x' WHERE seq = 2", "move 2" },
		{ "UPDATE moves SET new = 'approved' WHERE seq = 3", "move 3" },
		{ "UPDATE moves SET wall_ms = wall_ms + 1 WHERE seq = 1", "move 1" },
		{ "UPDATE moves SET version = 2 WHERE seq = 2", "move 2" },
		{ "UPDATE moves SET digest = 'x' WHERE seq = 2", "move 2" },
		{ "DELETE FROM moves WHERE seq = 2", "move 3" },
		{ "DELETE FROM moves WHERE seq = 1", "move 2" },
		{ "UPDATE moves SET seq = 9 WHERE seq = 2", "move 3" },
		{ "UPDATE moves SET who = who || detail, detail = '' WHERE seq = 3", "move 3" },
		{ "DELETE FROM moves WHERE seq = 3", "action 1" },
		{ "DELETE FROM moves", "action 1" },
		{ "UPDATE actions SET state = 'approved' WHERE id = 2", "action 2" },
		{ "UPDATE actions SET version = 2 WHERE id = 2", "action 2" },
		{ "UPDATE actions SET digest = 'x' WHERE id = 2", "action 2" },
	};
	struct store *s;
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_move m = { .to = ACTION_DENIED, .who = "person:ana", .detail = "no" };
		struct action *a = make(1), *b = make(2);

		start(state);
		assert_int_equal(store_open(dir, &s, &e), 0);
		assert_int_equal(store_hold(s, a, &e), 0);
		assert_int_equal(store_hold(s, b, &e), 0);
		a->state = ACTION_HELD;
		assert_int_equal(store_move(s, a, &m, &e), 0);
		assert_int_equal(store_verify(s, &e), 0);
		store_close(s);
		sql(cases[i].sql);
		assert_int_equal(store_open(dir, &s, &e), 0);
		assert_int_equal(store_verify(s, &e), ERR_INVALID);
		if (!strstr(e.msg, cases[i].want))
			fail_msg("%s: %s", cases[i].sql, e.msg);
		store_close(s);
		stop(state);
		action_free(a);
		action_free(b);
	}
}

static void on_stopped(const struct store_agent *a, void *arg)
{
	snprintf(arg, 64, "%s %lld", a->stopped_by ? a->stopped_by : "nobody", (long long)a->stopped_wall_ms);
}

static void on_setting(const char *name, const char *value, void *arg)
{
	char *all = arg;
	size_t len = strlen(all);

	snprintf(all + len, 200 - len, "%s=%s;", name, value);
}

static void what_is_stopped_outlives_the_gate(void **state)
{
	struct store_agent a = { .name = "ana", .token_sha256 = "x", .answer_within_ms = 1000, .created_wall_ms = 7 };
	char stopped[64], all[200] = "";
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_add_agent(s, &a, "person:zoe", &e), 0);
	assert_int_equal(store_stop_agent(s, "ben", "zoe", 5, "person:zoe", &e), ERR_NOTFOUND);
	assert_int_equal(store_stop_agent(s, "ana", "zoe", 5, "person:zoe", &e), 0);
	assert_int_equal(store_set(s, "frozen", "1 zoe", "frozen", "person:zoe", "", &e), 0);
	assert_int_equal(store_set(s, "frozen", "2 zoe", "frozen", "person:zoe", "", &e), 0);
	assert_int_equal(store_set(s, "takeover:c1", "3 zoe", "control taken", "person:zoe", "c1", &e), 0);
	store_close(s);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_agents(s, on_stopped, stopped, &e), 0);
	assert_string_equal(stopped, "zoe 5");
	assert_int_equal(store_settings(s, "frozen", on_setting, all, &e), 0);
	assert_string_equal(all, "frozen=2 zoe;");
	assert_int_equal(store_settings(s, "takeover:", on_setting, all, &e), 0);
	assert_string_equal(all, "frozen=2 zoe;takeover:c1=3 zoe;");
	assert_int_equal(store_stop_agent(s, "ana", NULL, 9, "person:zoe", &e), 0);
	assert_int_equal(store_agents(s, on_stopped, stopped, &e), 0);
	assert_string_equal(stopped, "nobody 0");
	assert_int_equal(store_set(s, "frozen", NULL, "unfrozen", "person:zoe", "", &e), 0);
	all[0] = '\0';
	assert_int_equal(store_settings(s, "frozen", on_setting, all, &e), 0);
	assert_string_equal(all, "");
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
}

static void agents(void **state)
{
	struct store_agent a = { .name = "ana", .token_sha256 = "x", .answer_within_ms = 1000, .created_wall_ms = 7 };
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_add_agent(s, &a, "person:zoe", &e), 0);
	assert_int_equal(store_add_agent(s, &a, "person:zoe", &e), ERR_CONFLICT);
	assert_int_equal(store_revoke_agent(s, "ben", "person:zoe", &e), ERR_NOTFOUND);
	assert_int_equal(store_revoke_agent(s, "ana", "person:zoe", &e), 0);
	assert_int_equal(store_add_agent(s, &a, "person:zoe", &e), 0);
	store_close(s);
}

static void edits_and_approvals_survive(void **state)
{
	struct store *s;
	struct action *a = make(1), *edited;
	struct store_move m = { .to = ACTION_APPROVED, .who = "person:ben", .detail = "" };
	char asked[DIGEST_HEX + 1];
	struct err e;

	(void)state;
	assert_int_equal(action_digest(a, a->body, a->body_len, a->digest), 0);
	memcpy(asked, a->digest, sizeof(asked));
	a->require = 2;
	a->hold_ms = 5000;
	a->deny_unattended = true;
	assert_int_equal(action_set(&a->held_by, "policy.conf:3: hold"), 0);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	action_move(a, ACTION_HELD);
	assert_int_equal(action_approve(a, "ana", 7), 0);
	assert_int_equal(store_approve(s, a, "approved, 1 of 2", &e), 0);
	store_close(s);

	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded[0]->version, 1);
	assert_int_equal(loaded[0]->require, 2);
	assert_int_equal(loaded[0]->hold_ms, 5000);
	assert_true(loaded[0]->deny_unattended);
	assert_string_equal(loaded[0]->held_by, "policy.conf:3: hold");
	assert_int_equal(loaded[0]->approval_count, 1);
	assert_string_equal(loaded[0]->approvals[0].by, "ana");
	assert_true(loaded[0]->approvals[0].wall_ms == 7);
	assert_null(loaded[0]->original);
	forget();
	edited = action_edited(a, "new", 3, "ben");
	assert_non_null(edited);
	assert_int_equal(store_edit(s, a, edited, "ben", NULL, &e), 0);
	action_take_edit(a, edited);
	action_move(a, ACTION_HELD);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);

	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded[0]->version, 2);
	assert_int_equal(loaded[0]->state, ACTION_HELD);
	assert_string_equal(loaded[0]->body, "new");
	assert_int_equal(loaded[0]->original_len, 3);
	assert_memory_equal(loaded[0]->original, "a\0b", 3);
	assert_string_equal(loaded[0]->edited_by, "ben");
	assert_string_equal(loaded[0]->digest, a->digest);
	assert_string_equal(action_asked(loaded[0]), asked);
	assert_int_equal(loaded[0]->approval_count, 0);	/* of the version before */
	forget();
	a->decided_kind = "person";
	assert_int_equal(action_approve(a, "ana", 8), 0);
	assert_int_equal(store_approve(s, a, "approved, 1 of 2", &e), 0);
	assert_int_equal(action_approve(a, "ben", 9), 0);
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_APPROVED);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded[0]->approval_count, 2);
	assert_string_equal(loaded[0]->approvals[1].by, "ben");
	assert_string_equal(loaded[0]->decided_kind, "person");
	forget();
	edited = action_edited(a, "no", 2, "ben");
	assert_int_equal(store_edit(s, a, edited, "ben", NULL, &e), ERR_STATE);	/* not after a yes */
	action_free(edited);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(a);
}

/* By hand: held, approved and sent, or none of it; and of many inputs none is loaded once they are over. */
static void a_hand_is_one_commit(void **state)
{
	struct action *a = make(7), *agents = make(1);
	struct store_move m = { .to = ACTION_DENIED, .who = "gate", .detail = "" };
	struct store *s;
	struct err e;
	int before;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, agents, &e), 0);
	action_move(agents, ACTION_HELD);
	assert_int_equal(store_move(s, agents, &m, &e), 0);
	a->agent[0] = '\0';
	a->decided_by = strdup("ana");
	a->decided_kind = "person";
	a->decided_wall_ms = a->sent_wall_ms = 5;
	before = syncs.count;
	assert_int_equal(store_send_by_hand(s, a, "person:ana", "by hand", &e), 0);
	assert_int_equal(syncs.count - before, 1);
	assert_int_equal(store_verify(s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded_count, 2);
	assert_int_equal(loaded[1]->state, ACTION_SENT);
	assert_int_equal(loaded[1]->sent_wall_ms, 5);
	assert_string_equal(loaded[1]->decided_by, "ana");
	forget();
	action_move(a, ACTION_HELD);
	action_move(a, ACTION_APPROVED);
	action_move(a, ACTION_SENT);
	m.to = ACTION_DONE;
	a->ended_wall_ms = 6;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded_count, 1);
	assert_int_equal(loaded[0]->id, 1);
	forget();
	assert_int_equal(store_send_by_hand(s, a, "person:ana", "by hand", &e), ERR_IO);	/* its number is taken: nothing of it is written */
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(a);
	action_free(agents);
}

static void an_edit_that_a_rule_denies_is_one_commit(void **state)
{
	struct store *s;
	struct action *a = make(1), *edited;
	struct store_move denial = { .to = ACTION_DENIED, .who = "rule:policy.conf:2", .detail = "no" };
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	action_move(a, ACTION_HELD);
	edited = action_edited(a, "new", 3, "ben");
	edited->decided_kind = "rule";
	assert_int_equal(action_set(&edited->note, "no"), 0);
	edited->ended_wall_ms = clock_wall_ms();
	assert_int_equal(store_edit(s, a, edited, "ben", &denial, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded[0]->state, ACTION_DENIED);
	assert_int_equal(loaded[0]->version, 2);
	assert_string_equal(loaded[0]->note, "no");
	assert_string_equal(loaded[0]->decided_kind, "rule");
	forget();
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	action_free(edited);
	action_free(a);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(survives_reopening), CASE(an_opaque_body_is_named), CASE(one_owner), CASE(refuses_what_is_not_its_own), CASE(refuses_damage), CASE(refuses_another_schema),
		CASE(needs_a_folder_it_can_write), CASE(waits_for_no_other_program),
		CASE(every_move_is_synced), CASE(a_failed_sync_is_the_end), CASE(a_failed_sync_of_a_checkpoint_too), CASE(a_first_start_may_end_anywhere), CASE(notices_another_file_in_its_place), CASE(an_id_is_used_once),
		CASE(brings_an_older_file_up_to_date), CASE(keeps_a_streamed_answer), CASE(loads_what_still_matters), CASE(an_edited_row_shows), CASE(agents), CASE(what_is_stopped_outlives_the_gate),
		CASE(edits_and_approvals_survive), CASE(an_edit_that_a_rule_denies_is_one_commit), CASE(a_hand_is_one_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
