/* store: the journal. See store_sqlite.h. */
#include "config.h"

#include "io/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"

enum { SCHEMA_VERSION = 1, APPLICATION_ID = 0x41535345 /* "ASSE" */, ENDED_LOADED = 200, KEYED_LOADED_MS = 24 * 60 * 60 * 1000 };

struct store {
	sqlite3 *db;
	int lock_fd;
	char *dir;
	dev_t dev;		/* of journal.db as it was opened */
	ino_t ino;
	bool untrusted;		/* a sync failed: what is on disk is not known any more */
};

static const char schema[] =
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
	" prev TEXT NOT NULL, hash TEXT NOT NULL);";

static int db_error(struct store *s, struct err *e, const char *what)
{
	return err_set(e, ERR_IO, "%s/journal.db: %s: %s", s->dir, what, sqlite3_errmsg(s->db));
}

static int run(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(s, e, "cannot write");
}

/* A statement with its values: t text (NULL is null), i int64, b blob with size_t. NULL when one of them could not be bound. */
static sqlite3_stmt *prepare(struct store *s, const char *sql, const char *types, ...)
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

static int finish(struct store *s, sqlite3_stmt *st, struct err *e, const char *what)
{
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	if (r != SQLITE_DONE && r != SQLITE_ROW)
		db_error(s, e, what);
	sqlite3_finalize(st);
	return r == SQLITE_DONE || r == SQLITE_ROW ? 0 : ERR_IO;
}

static int number(struct store *s, const char *sql, int64_t *ret, struct err *e)
{
	sqlite3_stmt *st = prepare(s, sql, "");
	int r = st && sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(s, e, "cannot read");

	if (r == 0)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return r;
}

/* Is the first value that a pragma gives this text? */
static bool says(struct store *s, const char *sql, const char *want)
{
	sqlite3_stmt *st = prepare(s, sql, "");
	bool same = st && sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0) &&
		    strcmp((const char *)sqlite3_column_text(st, 0), want) == 0;

	sqlite3_finalize(st);
	return same;
}

/* Refuses where a commit would promise too much: into a file that is not in its place any more, or behind a sync that failed. */
static int begin(struct store *s, struct err *e)
{
	char path[4096];
	struct stat st;

	if (s->untrusted)
		return err_set(e, ERR_IO, "%s/journal.db: a write did not reach the disk; start the gate again", s->dir);
	snprintf(path, sizeof(path), "%s/journal.db", s->dir);
	if (stat(path, &st) < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (st.st_dev != s->dev || st.st_ino != s->ino)
		return err_set(e, ERR_IO, "%s was replaced; start the gate again", path);
	return run(s, "BEGIN IMMEDIATE", e);
}

static int commit(struct store *s, int r, struct err *e)
{
	if (r == 0)
		r = run(s, "COMMIT", e);
	if (r < 0) {
		s->untrusted |= sqlite3_extended_errcode(s->db) == SQLITE_IOERR_FSYNC;
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	return r;
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

/* Whose file is it? Only reads: what is not ours stays as it is. *ret_empty: nothing in it yet. */
static int check_owner(struct store *s, bool *ret_empty, struct err *e)
{
	int64_t id, version, tables;

	if (number(s, "PRAGMA application_id", &id, e) < 0 || number(s, "PRAGMA user_version", &version, e) < 0 ||
	    number(s, "SELECT count(*) FROM sqlite_master", &tables, e) < 0)
		return ERR_IO;
	*ret_empty = id == 0 && version == 0 && tables == 0;
	if (*ret_empty)
		return 0;
	if (id != APPLICATION_ID)
		return err_set(e, ERR_INVALID, "%s/journal.db is not a journal of assent; move it away or choose another --state", s->dir);
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_TOONEW, "%s/journal.db was written by a later assent (%lld); update this one", s->dir, (long long)version);
	if (version < SCHEMA_VERSION)
		return err_set(e, ERR_INVALID, "%s/journal.db has no known version (%lld); move it away or choose another --state", s->dir, (long long)version);
	return says(s, "PRAGMA quick_check(1)", "ok") ? 0 :
		err_set(e, ERR_INVALID, "%s/journal.db is damaged; move it away or choose another --state", s->dir);
}

static int make_schema(struct store *s, struct err *e)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, SCHEMA_VERSION);
	if (begin(s, e) < 0)
		return ERR_IO;
	return commit(s, run(s, schema, e) < 0 ? ERR_IO : run(s, sql, e), e);
}

static int set_up(struct store *s, const struct stat *st, struct err *e)
{
	bool empty;
	int r;

	s->dev = st->st_dev;
	s->ino = st->st_ino;
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_timeout(s->db, 2000);
	r = run(s, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF", e);
	if (r == 0)
		r = check_owner(s, &empty, e);
	if (r == 0 && !says(s, "PRAGMA journal_mode = WAL", "wal"))
		r = db_error(s, e, "no write-ahead log here");
	if (r == 0)
		r = run(s, "PRAGMA synchronous = FULL", e);
	return r == 0 && empty ? make_schema(s, e) : r;
}

static int open_db(struct store *s, struct err *e)
{
	char path[4096];
	struct stat st;
	mode_t mask;
	int r;

	snprintf(path, sizeof(path), "%s/journal.db", s->dir);
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

int store_add_agent(struct store *s, const struct store_agent *a, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (begin(s, e) < 0)
		return ERR_IO;
	st = prepare(s, "INSERT INTO agents VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING", "ttii", a->name, a->token_sha256,
		     a->answer_within_ms, a->created_wall_ms);
	r = finish(s, st, e, "cannot add the agent");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_CONFLICT, "there is an agent \"%s\" already; revoke it first, or choose another name", a->name);
	return commit(s, r, e);
}

int store_revoke_agent(struct store *s, const char *name, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (begin(s, e) < 0)
		return ERR_IO;
	st = prepare(s, "DELETE FROM agents WHERE name = ?", "t", name);
	r = finish(s, st, e, "cannot revoke the agent");
	if (r == 0 && sqlite3_changes(s->db) == 0)
		r = err_set(e, ERR_NOTFOUND, "there is no agent \"%s\"", name);
	return commit(s, r, e);
}

static const char *text(sqlite3_stmt *st, int column)
{
	return (const char *)sqlite3_column_text(st, column);
}

int store_agents(struct store *s, void (*each)(const struct store_agent *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = prepare(s, "SELECT name, token_sha256, answer_within_ms, created_wall_ms FROM agents ORDER BY rowid", "");
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_agent a = { .name = text(st, 0), .token_sha256 = text(st, 1), .answer_within_ms = sqlite3_column_int64(st, 2),
					 .created_wall_ms = sqlite3_column_int64(st, 3) };

		each(&a, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the agents");
}

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

static int add_move(struct store *s, const struct action *a, enum action_state from, enum action_state to, const char *who, const char *detail,
		    struct err *e)
{
	const char *fields[] = { action_state_name(from), action_state_name(to), who, detail, a->digest };
	int64_t seq = 1, wall = clock_wall_ms(), boot = clock_boot_ms(), version = a->version;
	char prev[DIGEST_HEX + 1] = "", hash[DIGEST_HEX + 1];
	sqlite3_stmt *st = prepare(s, "SELECT seq, hash FROM moves ORDER BY seq DESC LIMIT 1", "");
	int r = st ? sqlite3_step(st) : SQLITE_ERROR;

	if (r == SQLITE_ROW) {
		seq = sqlite3_column_int64(st, 0) + 1;
		snprintf(prev, sizeof(prev), "%s", text(st, 1));
	}
	sqlite3_finalize(st);
	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return db_error(s, e, "cannot read the moves");
	if (to == ACTION_HELD && from != ACTION_NEW)
		version++;
	hash_row(prev, seq, wall, boot, a->id, version, fields, ARRAY_LEN(fields), hash);
	st = prepare(s, "INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "iiiiittttttt", seq, wall, boot, a->id, version,
		     fields[0], fields[1], who, detail, a->digest, prev, hash);
	return finish(s, st, e, "cannot record the move");
}

int store_hold(struct store *s, const struct action *a, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (begin(s, e) < 0)
		return ERR_IO;
	st = prepare(s, "INSERT INTO actions VALUES (?, ?, 'held', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, NULL, NULL, '', 0, 0, '',"
		     " NULL, NULL, NULL)", "iittttttttttbttttt" "ti",
		     a->id, (int64_t)a->version, a->agent, http_method_name(a->method), a->upstream, a->path, a->query,
		     a->headers[HEADER_ACCEPT], a->headers[HEADER_CONTENT_TYPE], a->headers[HEADER_TENANT], a->headers[HEADER_WORKSPACE],
		     a->headers[HEADER_REMOTE_PATH], a->body, a->body_len, a->digest, a->agent_key, a->our_key, a->title, a->reason, a->turn,
		     a->arrived_wall_ms);
	r = finish(s, st, e, "cannot write the action");
	if (r == 0)
		r = add_move(s, a, ACTION_NEW, ACTION_HELD, "gate", "", e);
	return commit(s, r, e);
}

/* An update that must find its action. */
static int finish_one(struct store *s, sqlite3_stmt *st, struct err *e)
{
	if (finish(s, st, e, "cannot write the action") < 0)
		return ERR_IO;
	return sqlite3_changes(s->db) == 1 ? 0 : err_set(e, ERR_IO, "%s/journal.db: the action is not in it", s->dir);
}

int store_move(struct store *s, const struct action *a, const struct store_move *m, struct err *e)
{
	int64_t version = a->version + (m->to == ACTION_HELD);
	sqlite3_stmt *st;
	int r;

	if (!action_may_move(a->state, m->to))
		return err_set(e, ERR_STATE, "action %lld cannot go from %s to %s", (long long)a->id, action_state_name(a->state), action_state_name(m->to));
	if (begin(s, e) < 0)
		return ERR_IO;
	st = prepare(s, "UPDATE actions SET version = ?, state = ?, decided_wall_ms = ?, sent_wall_ms = ?, ended_wall_ms = ?, decided_by = ?,"
		     " note = ?, screen_sha256 = ?, status = ?, took_ms = ?, error = ?, result_type = ?, result = ? WHERE id = ?",
		     "itiiitttiittbi", version, action_state_name(m->to), a->decided_wall_ms, a->sent_wall_ms, a->ended_wall_ms, a->decided_by,
		     a->note, a->screen_sha256, (int64_t)a->status, a->took_ms, a->error ? a->error : "", m->content_type,
		     m->body_len <= STORE_RESULT_MAX ? m->body : NULL, m->body_len, a->id);
	r = finish_one(s, st, e);
	if (r == 0)
		r = add_move(s, a, a->state, m->to, m->who, m->detail, e);
	return commit(s, r, e);
}

int store_seen(struct store *s, const struct action *a, const char *by, struct err *e)
{
	sqlite3_stmt *st;
	int r;

	if (begin(s, e) < 0)
		return ERR_IO;
	st = prepare(s, "UPDATE actions SET seen_by = ? WHERE id = ?", "ti", by, a->id);
	r = finish_one(s, st, e);
	if (r == 0)
		r = add_move(s, a, a->state, a->state, by, "seen", e);
	return commit(s, r, e);
}

int store_result(struct store *s, int64_t id, struct buf *body, struct buf *content_type, struct err *e)
{
	sqlite3_stmt *st = prepare(s, "SELECT result, result_type FROM actions WHERE id = ? AND result IS NOT NULL", "i", id);
	int r = ERR_NOTFOUND;

	if (st && sqlite3_step(st) == SQLITE_ROW) {
		r = buf_append(body, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		if (r == 0 && text(st, 1))
			r = buf_puts(content_type, text(st, 1));
	}
	sqlite3_finalize(st);
	return r == ERR_NOTFOUND ? err_set(e, r, "the answer of action %lld was not kept", (long long)id) : r;
}

static char *copy(sqlite3_stmt *st, int column, bool *failed)
{
	const char *value = text(st, column);
	char *own = value ? strdup(value) : NULL;

	*failed |= value && !own;
	return own;
}

static int method_of(const char *name)
{
	int m;

	for (m = 0; m < HTTP_METHODS; m++)
		if (strcmp(name, http_method_name((enum http_method)m)) == 0)
			break;
	return m;
}

static struct action *load_row(sqlite3_stmt *st)
{
	struct action *a = action_new();
	struct classified c;
	bool failed = false;
	int i, method;

	if (!a)
		return NULL;
	a->id = sqlite3_column_int64(st, 0);
	a->version = sqlite3_column_int(st, 1);
	a->state = action_state_of(text(st, 2));
	a->agent = copy(st, 3, &failed);
	method = method_of(text(st, 4));
	a->upstream = copy(st, 5, &failed);
	a->path = copy(st, 6, &failed);
	a->query = copy(st, 7, &failed);
	for (i = 0; i < ACTION_HEADERS; i++)
		a->headers[i] = copy(st, 8 + i, &failed);
	a->body_len = (size_t)sqlite3_column_bytes(st, 13);
	a->body = malloc(a->body_len + 1);
	if (a->body) {
		if (a->body_len > 0)
			memcpy(a->body, sqlite3_column_blob(st, 13), a->body_len);
		a->body[a->body_len] = '\0';
	}
	snprintf(a->digest, sizeof(a->digest), "%s", text(st, 14));
	a->agent_key = copy(st, 15, &failed);
	a->our_key = copy(st, 16, &failed);
	a->title = copy(st, 17, &failed);
	a->reason = copy(st, 18, &failed);
	a->turn = copy(st, 19, &failed);
	a->arrived_wall_ms = sqlite3_column_int64(st, 20);
	a->decided_wall_ms = sqlite3_column_int64(st, 21);
	a->sent_wall_ms = sqlite3_column_int64(st, 22);
	a->ended_wall_ms = sqlite3_column_int64(st, 23);
	a->decided_by = copy(st, 24, &failed);
	a->note = copy(st, 25, &failed);
	snprintf(a->screen_sha256, sizeof(a->screen_sha256), "%s", text(st, 26));
	a->status = sqlite3_column_int(st, 27);
	a->took_ms = sqlite3_column_int64(st, 28);
	a->error = copy(st, 29, &failed);
	a->seen_by = copy(st, 30, &failed);
	if (failed || !a->body || method == HTTP_METHODS || a->state == ACTION_STATES) {
		action_free(a);
		return NULL;
	}
	a->method = (enum http_method)method;
	classify(a->method, a->path, &c);
	a->class = c.class;
	a->kind = c.kind;
	a->stream = c.stream;
	a->session_kind = c.session_kind;
	a->session = strdup(c.session);
	return a;
}

int store_load(struct store *s, void (*each)(struct action *a, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *st = prepare(s, "SELECT * FROM actions WHERE state IN ('held', 'approved', 'sent')"
				      " OR (state IN ('unknown', 'upstream_failed', 'not_sent') AND seen_by IS NULL)"
				      " OR (agent_key IS NOT NULL AND ended_wall_ms > ?)"
				      " OR id > (SELECT coalesce(max(id), 0) FROM actions) - ? ORDER BY id",
				      "ii", clock_wall_ms() - KEYED_LOADED_MS, (int64_t)ENDED_LOADED);
	int r = SQLITE_ERROR;

	while (st && (r = sqlite3_step(st)) == SQLITE_ROW) {
		struct action *a = load_row(st);

		if (!a || !a->session) {
			r = err_set(e, ERR_INVALID, "%s/journal.db: action %lld cannot be read", s->dir, (long long)sqlite3_column_int64(st, 0));
			action_free(a);
			sqlite3_finalize(st);
			return r;
		}
		each(a, arg);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : db_error(s, e, "cannot read the actions");
}

int store_last_id(struct store *s, int64_t *ret, struct err *e)
{
	return number(s, "SELECT coalesce(max(id), 0) FROM actions", ret, e);
}

/* Is each action as its last move left it? So a chain that lost its end shows too. */
static int verify_actions(struct store *s, struct err *e)
{
	/* Beside max() SQLite gives the other columns of the same row. */
	sqlite3_stmt *st = prepare(s, "SELECT a.id FROM actions a LEFT JOIN (SELECT action, max(seq), new, version, digest FROM moves GROUP BY action) m"
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
	sqlite3_stmt *st = prepare(s, "SELECT seq, wall_ms, boot_ms, action, version, old, new, who, detail, digest, prev, hash FROM moves"
				      " ORDER BY seq", "");
	char prev[DIGEST_HEX + 1] = "", hash[DIGEST_HEX + 1];
	int64_t expected = 1, seq;
	int r = 0, step = SQLITE_ERROR;

	while (r == 0 && st && (step = sqlite3_step(st)) == SQLITE_ROW) {
		const char *fields[] = { text(st, 5), text(st, 6), text(st, 7), text(st, 8), text(st, 9) };

		seq = sqlite3_column_int64(st, 0);
		hash_row(prev, seq, sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3),
			 sqlite3_column_int64(st, 4), fields, ARRAY_LEN(fields), hash);
		if (seq != expected || strcmp(text(st, 10), prev) != 0 || strcmp(text(st, 11), hash) != 0)
			r = err_set(e, ERR_INVALID, "%s/journal.db: move %lld does not fit the one before", s->dir, (long long)seq);
		memcpy(prev, hash, sizeof(prev));
		expected++;
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_error(s, e, "cannot read the moves");
	sqlite3_finalize(st);
	return r == 0 ? verify_actions(s, e) : r;
}
