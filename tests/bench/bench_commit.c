/*
 * bench_commit: one move of an action in the journal against the floors on the same disk at the same time: 600 bytes appended and synced, and
 * a bare SQLite commit of as much (WAL, FULL: the journal's own way).
 *
 * usage: bench_commit DIR ROUNDS
 * prints: move_p50 move_p99 append_p50 append_p99 sqlite_p50 sqlite_p99, in microseconds; then how many of each a second, one after the other
 */
#include "config.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "io/store.h"

enum { ROUNDS_MAX = 10000, ROW_BYTES = 600 };

static char row[ROW_BYTES];

static int open_appended(const char *dir)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/appended", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0)
		die("cannot make a file");
	return fd;
}

static int64_t append(int fd)
{
	int64_t start = now_ns();

	if (write(fd, row, sizeof(row)) != (ssize_t)sizeof(row) || fdatasync(fd) < 0)
		die("cannot append");
	return now_ns() - start;
}

static sqlite3_stmt *open_bare(const char *dir)
{
	sqlite3_stmt *insert;
	char path[4096];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/bare.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, row BLOB)",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO t (row) VALUES (?)", -1, &insert, NULL) != SQLITE_OK)
		die("cannot open SQLite");
	return insert;
}

static int64_t insert_row(sqlite3_stmt *insert)
{
	int64_t start = now_ns();

	sqlite3_bind_blob(insert, 1, row, sizeof(row), SQLITE_STATIC);
	if (sqlite3_step(insert) != SQLITE_DONE)
		die("cannot insert");
	sqlite3_reset(insert);
	return now_ns() - start;
}

static double per_second(const int64_t *ns, int n)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += ns[i];
	return n * 1e9 / (double)sum;
}

int main(int argc, char **argv)
{
	static int64_t moves[2 * ROUNDS_MAX], appended[ROUNDS_MAX], inserted[ROUNDS_MAX];
	sqlite3_stmt *insert;
	struct store *s;
	sqlite3 *db;
	int rounds, i, fd;

	if (argc != 3 || (rounds = atoi(argv[2])) < 1 || rounds > ROUNDS_MAX)
		return 2;
	memset(row, 'r', sizeof(row));
	fd = open_appended(argv[1]);
	insert = open_bare(argv[1]);
	s = journal_open(argv[1]);
	for (i = 0; i < rounds; i++) {
		appended[i] = append(fd);
		inserted[i] = insert_row(insert);
		journal_round(s, &moves[2 * i], &moves[2 * i + 1]);
	}
	store_close(s);
	db = sqlite3_db_handle(insert);
	sqlite3_finalize(insert);
	sqlite3_close(db);
	close(fd);
	printf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f\n", percentile(moves, 2 * rounds, 50), percentile(moves, 2 * rounds, 99), percentile(appended, rounds, 50),
	       percentile(appended, rounds, 99), percentile(inserted, rounds, 50), percentile(inserted, rounds, 99),
	       per_second(moves, 2 * rounds), per_second(appended, rounds), per_second(inserted, rounds));
	return 0;
}
