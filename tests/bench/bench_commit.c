/*
 * bench_commit: one move of an action in the journal, alone, against the floors on the same disk: 600 bytes appended and synced, and a bare
 * SQLite commit of as much (WAL, FULL: the journal's own way).
 *
 * usage: bench_commit DIR ROUNDS
 * prints: approved_p50 sent_p50 move_p99 append_p50 append_p99 sqlite_p50 sqlite_p99, in microseconds
 */
#include "config.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/action.h"
#include "io/store.h"

enum { ROUNDS_MAX = 10000, ROW_BYTES = 600 };

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_commit: %s\n", what);
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double at(int64_t *ns, int n, int percent)
{
	qsort(ns, (size_t)n, sizeof(*ns), by_size);
	return (double)ns[(n - 1) * percent / 100] / 1000.0;
}

static void set(char **field, const char *text)
{
	free(*field);
	*field = strdup(text);
	if (!*field)
		die("memory");
}

static int64_t move(struct store *s, struct action *a, enum action_state to)
{
	struct store_move m = { .to = to, .who = "person:bench", .detail = "" };
	int64_t start = now_ns();
	struct err e;

	if (store_move(s, a, &m, &e) < 0 || action_move(a, to) < 0)
		die(e.msg);
	return now_ns() - start;
}

static void journal(const char *dir, int rounds, int64_t *approved, int64_t *sent)
{
	static const char body[] = "{\"command\":\"npm run build\",\"cwd\":\"/workspace/site\"}";
	struct store *s;
	struct action *a;
	struct err e;
	int i;

	if (store_open(dir, &s, &e) < 0)
		die(e.msg);
	for (i = 0; i < rounds; i++) {
		a = action_new();
		if (!a)
			die("memory");
		a->id = i + 1;
		a->version = 1;
		a->method = HTTP_POST;
		a->class = CLASS_ACTS;
		a->kind = "exec";
		set(&a->agent, "bench");
		set(&a->session, "sbx_1");
		set(&a->upstream, "http://127.0.0.1:1");
		set(&a->path, "/api/v1/sandboxes/sbx_1/exec");
		set(&a->query, "");
		set(&a->body, body);
		a->body_len = strlen(body);
		set(&a->title, "");
		set(&a->reason, "");
		set(&a->turn, "");
		set(&a->error, "");
		set(&a->plain, "Run a command in sandbox site.");
		set(&a->summary, "npm run build");
		if (action_make_key(a) < 0 || action_digest(a, a->body, a->body_len, a->digest) < 0 || store_hold(s, a, &e) < 0)
			die(e.msg);
		action_move(a, ACTION_HELD);
		set(&a->decided_by, "bench");
		a->decided_wall_ms = a->sent_wall_ms = 1;
		approved[i] = move(s, a, ACTION_APPROVED);
		sent[i] = move(s, a, ACTION_SENT);
		action_free(a);
	}
	store_close(s);
}

static void append(const char *dir, int rounds, int64_t *ns)
{
	char path[4096], row[ROW_BYTES];
	int i, fd;

	snprintf(path, sizeof(path), "%s/appended", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	memset(row, 'r', sizeof(row));
	for (i = 0; i < rounds; i++) {
		int64_t start = now_ns();

		if (write(fd, row, sizeof(row)) != (ssize_t)sizeof(row) || fdatasync(fd) < 0)
			die("cannot append");
		ns[i] = now_ns() - start;
	}
	close(fd);
	unlink(path);
}

static void bare_sqlite(const char *dir, int rounds, int64_t *ns)
{
	char path[4096], row[ROW_BYTES];
	sqlite3_stmt *insert;
	sqlite3 *db;
	int i;

	snprintf(path, sizeof(path), "%s/bare.db", dir);
	memset(row, 'r', sizeof(row));
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, row BLOB)", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO t (row) VALUES (?)", -1, &insert, NULL) != SQLITE_OK)
		die("cannot open SQLite");
	for (i = 0; i < rounds; i++) {
		int64_t start = now_ns();

		sqlite3_bind_blob(insert, 1, row, sizeof(row), SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			die("cannot insert");
		sqlite3_reset(insert);
		ns[i] = now_ns() - start;
	}
	sqlite3_finalize(insert);
	sqlite3_close(db);
	unlink(path);
}

int main(int argc, char **argv)
{
	static int64_t approved[ROUNDS_MAX], sent[ROUNDS_MAX], both[2 * ROUNDS_MAX], ns[ROUNDS_MAX];
	double append_p50, append_p99;
	int rounds;

	if (argc != 3 || (rounds = atoi(argv[2])) < 1 || rounds > ROUNDS_MAX)
		return 2;
	append(argv[1], rounds, ns);
	append_p50 = at(ns, rounds, 50);
	append_p99 = at(ns, rounds, 99);
	bare_sqlite(argv[1], rounds, ns);
	journal(argv[1], rounds, approved, sent);
	memcpy(both, approved, sizeof(*both) * (size_t)rounds);
	memcpy(both + rounds, sent, sizeof(*both) * (size_t)rounds);
	printf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f\n", at(approved, rounds, 50), at(sent, rounds, 50), at(both, 2 * rounds, 99), append_p50, append_p99,
	       at(ns, rounds, 50), at(ns, rounds, 99));
	return 0;
}
