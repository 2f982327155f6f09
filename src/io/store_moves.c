/* store: the moves, each row with the SHA-256 of the one before. See store.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* What a row's hash is over: the hash before and every field, each with its length. */
static void hash_row(const char *prev, int64_t seq, int64_t wall, int64_t boot, int64_t action, int64_t version, const char *const *fields,
		     size_t count, char hex[DIGEST_HEX + 1])
{
	struct digest_ctx *d = digest_new();
	char line[256];
	size_t i;
	int n;

	if (!d) {
		hex[0] = '\0';	/* no hash fits this: the row will not verify */
		return;
	}
	n = snprintf(line, sizeof(line), "assent-move/1\n%s\n%lld %lld %lld %lld %lld\n", prev, (long long)seq, (long long)wall, (long long)boot,
		     (long long)action, (long long)version);
	digest_update(d, line, (size_t)n);
	for (i = 0; i < count; i++) {
		n = snprintf(line, sizeof(line), "%zu:", strlen(fields[i]));
		digest_update(d, line, (size_t)n);
		digest_update(d, fields[i], strlen(fields[i]));
	}
	digest_final_hex(d, hex);
}

int db_add_move(struct store *s, const struct move_row *m, struct err *e)
{
	const char *fields[] = { m->from, m->to, m->who, m->detail, m->digest };
	int64_t seq = 1, wall = clock_wall_ms(), boot = clock_boot_ms();
	char prev[DIGEST_HEX + 1] = "", hash[DIGEST_HEX + 1];
	sqlite3_stmt *st = db_prepare(s, "SELECT seq, hash FROM moves ORDER BY seq DESC LIMIT 1", "");
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	if (r == SQLITE_ROW) {
		seq = sqlite3_column_int64(st, 0) + 1;
		snprintf(prev, sizeof(prev), "%s", db_text(st, 1));
	}
	sqlite3_finalize(st);
	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return db_error(s, e, "cannot read the moves");
	hash_row(prev, seq, wall, boot, m->action, m->version, fields, ARRAY_LEN(fields), hash);
	st = db_prepare(s, "INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "iiiiittttttt", seq, wall, boot, m->action,
			m->version, m->from, m->to, m->who, m->detail, m->digest, prev, hash);
	return db_finish(s, st, e, "cannot record the move");
}

int store_record(struct store *s, const char *what, const char *who, const char *detail, struct err *e)
{
	struct move_row m = { .from = "", .to = what, .who = who, .detail = detail, .digest = "" };

	if (db_begin(s, e) < 0)
		return ERR_IO;
	return db_commit(s, db_add_move(s, &m, e), e);
}

/* Is each action as its last move left it? So a chain that lost its end shows too. */
static int verify_actions(struct store *s, struct err *e)
{
	/* Beside max() SQLite gives the other columns of the same row. */
	sqlite3_stmt *st = db_prepare(s, "SELECT a.id FROM actions a LEFT JOIN (SELECT action, max(seq), new, version, digest FROM moves GROUP BY action) m"
				      " ON m.action = a.id WHERE m.action IS NULL OR m.new != a.state OR m.version != a.version OR m.digest != a.digest"
				      " ORDER BY a.id LIMIT 1", "");
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	if (r == SQLITE_ROW)
		r = err_set(e, ERR_INVALID, "%s/journal.db: action %lld is not as its last move left it", s->dir, (long long)sqlite3_column_int64(st, 0));
	else
		r = r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the actions");
	sqlite3_finalize(st);
	return r;
}

int store_verify(struct store *s, struct err *e)
{
	sqlite3_stmt *st = db_prepare(s, "SELECT seq, wall_ms, boot_ms, action, version, old, new, who, detail, digest, prev, hash FROM moves"
				      " ORDER BY seq", "");
	char prev[DIGEST_HEX + 1] = "", hash[DIGEST_HEX + 1];
	int64_t expected = 1, seq;
	int r = 0, step = SQLITE_ERROR;

	while (r == 0 && st && (step = sqlite3_step(st)) == SQLITE_ROW) {
		const char *fields[] = { db_text(st, 5), db_text(st, 6), db_text(st, 7), db_text(st, 8), db_text(st, 9) };

		seq = sqlite3_column_int64(st, 0);
		hash_row(prev, seq, sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3),
			 sqlite3_column_int64(st, 4), fields, ARRAY_LEN(fields), hash);
		if (seq != expected || strcmp(db_text(st, 10), prev) != 0 || strcmp(db_text(st, 11), hash) != 0)
			r = err_set(e, ERR_INVALID, "%s/journal.db: move %lld does not fit the one before", s->dir, (long long)seq);
		memcpy(prev, hash, sizeof(prev));
		expected++;
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_error(s, e, "cannot read the moves");
	sqlite3_finalize(st);
	return r == 0 ? verify_actions(s, e) : r;
}
