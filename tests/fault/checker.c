/*
 * checker: what must hold after each kill. The letters are those of docs/HACKING.md.
 *
 *   a  every request at the upstream, whole or cut, has an earlier committed approval by a person of the very bytes that came
 *   b  nothing was sent twice
 *   c  every decision that was acknowledged is in the journal
 *   d  what was sent and has no answer on disk is unknown from then on; an approved one is held again; an end is final, and what
 *      agents were told is what the journal says
 *   e  SQLite's own check and the chain of moves
 *   f  the upstream's key is in no file of the gate's (and in no answer: load.c)
 */
#include "config.h"

#include "tests/fault/storm.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "core/action.h"
#include "io/store.h"

struct row {
	int64_t id;
	int version;
	enum action_state state;
	char *our_key, *agent, *agent_key, *body_file;
	int64_t file_len;
	char digest[DIGEST_HEX + 1];
	int status;
	/* from the moves */
	size_t first_move, moves;
	int sent_moves;
	int64_t sent_boot_ms;
	bool approved_before_sent;
	/* from the upstream */
	int whole, cut;
};

struct move {
	int64_t action, boot_ms;
	int version;
	enum action_state from, to;
	bool by_person;
	bool key_fits;		/* of a move to sent: its detail is the action's key */
	char digest[DIGEST_HEX + 1];
};

struct snapshot {
	struct row *rows;	/* rows[i].id == i + 1 */
	size_t count;
	struct move *moves;	/* by action, then by time */
	size_t move_count;
};

static bool wrong(struct checker *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(struct checker *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	return false;
}

static void snapshot_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; s && i < s->count; i++) {
		free(s->rows[i].our_key);
		free(s->rows[i].agent);
		free(s->rows[i].agent_key);
		free(s->rows[i].body_file);
	}
	if (s) {
		free(s->rows);
		free(s->moves);
	}
	free(s);
}

void checker_forget(struct checker *c)
{
	snapshot_free(c->before);
	c->before = NULL;
}

static bool read_file(const char *path, struct buf *into)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char more[65536];
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, more, sizeof(more))) > 0)
		buf_append(into, more, (size_t)n);
	close(fd);
	return n == 0 && !buf_failed(into);
}

/* The journal as the dead gate left it, in another folder: looking at it must not mend it for the next gate. */
static bool copy_journal(struct checker *c)
{
	static const char *const names[] = { "journal.db", "journal.db-wal" };
	char from[4096], to[4096];
	struct buf b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		FILE *f;

		snprintf(from, sizeof(from), "%s/%s", c->state, names[i]);
		snprintf(to, sizeof(to), "%s/%s", c->copy, names[i]);
		unlink(to);
		buf_init(&b, SIZE_MAX - 1);
		if (read_file(from, &b)) {
			f = fopen(to, "w");
			if (!f || fwrite(buf_cstr(&b), 1, b.len, f) != b.len || fclose(f) != 0)
				return wrong(c, "cannot copy the journal to %s", to);
		} else if (i == 0) {
			return wrong(c, "%s is not there", from);
		}
		buf_release(&b);
	}
	return true;
}

static bool verify_chain(struct checker *c)
{
	struct store *s;
	struct err e;
	int r;

	if (store_open(c->copy, &s, &e) < 0)
		return wrong(c, "e: the journal cannot be opened: %s", e.msg);
	r = store_verify(s, &e);
	store_close(s);
	return r == 0 ? true : wrong(c, "e: %s", e.msg);
}

static char *text(sqlite3_stmt *st, int column)
{
	const char *t = (const char *)sqlite3_column_text(st, column);

	return t ? strdup(t) : NULL;
}

static bool read_rows(struct checker *c, sqlite3 *db, struct snapshot *s)
{
	sqlite3_stmt *st = NULL;
	size_t cap = 0;

	sqlite3_prepare_v2(db, "SELECT id, version, state, our_key, digest, agent, agent_key, status, body_file, file_len FROM actions ORDER BY id", -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct row *r;

		if (s->count == cap) {
			cap = cap ? cap * 2 : 256;
			s->rows = realloc(s->rows, cap * sizeof(*s->rows));
			if (!s->rows)
				abort();
		}
		r = &s->rows[s->count++];
		*r = (struct row){ .id = sqlite3_column_int64(st, 0), .version = sqlite3_column_int(st, 1),
				   .state = action_state_of((const char *)sqlite3_column_text(st, 2)), .our_key = text(st, 3), .agent = text(st, 5),
				   .agent_key = text(st, 6), .status = sqlite3_column_int(st, 7), .body_file = text(st, 8),
				   .file_len = sqlite3_column_int64(st, 9) };
		snprintf(r->digest, sizeof(r->digest), "%s", (const char *)sqlite3_column_text(st, 4));
		if (r->id != (int64_t)s->count)
			return sqlite3_finalize(st), wrong(c, "e: action %lld stands where %zu should", (long long)r->id, s->count);
	}
	return sqlite3_finalize(st) == SQLITE_OK ? true : wrong(c, "e: %s", sqlite3_errmsg(db));
}

static bool read_moves(struct checker *c, sqlite3 *db, struct snapshot *s)
{
	sqlite3_stmt *st = NULL;
	size_t cap = 0;

	sqlite3_prepare_v2(db, "SELECT action, version, old, new, who, detail, digest, boot_ms FROM moves WHERE action > 0 ORDER BY action, seq", -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct move *m;
		struct row *r;
		int64_t id = sqlite3_column_int64(st, 0);

		if (id < 1 || id > (int64_t)s->count)
			return sqlite3_finalize(st), wrong(c, "e: a move of action %lld, which is not there", (long long)id);
		if (s->move_count == cap) {
			cap = cap ? cap * 2 : 1024;
			s->moves = realloc(s->moves, cap * sizeof(*s->moves));
			if (!s->moves)
				abort();
		}
		r = &s->rows[id - 1];
		m = &s->moves[s->move_count];
		*m = (struct move){ .action = id, .version = sqlite3_column_int(st, 1), .from = action_state_of((const char *)sqlite3_column_text(st, 2)),
				    .to = action_state_of((const char *)sqlite3_column_text(st, 3)),
				    .by_person = strncmp((const char *)sqlite3_column_text(st, 4), "person:", 7) == 0,
				    .key_fits = strcmp((const char *)sqlite3_column_text(st, 5), r->our_key) == 0, .boot_ms = sqlite3_column_int64(st, 7) };
		snprintf(m->digest, sizeof(m->digest), "%s", (const char *)sqlite3_column_text(st, 6));
		if (r->moves++ == 0)
			r->first_move = s->move_count;
		s->move_count++;
	}
	return sqlite3_finalize(st) == SQLITE_OK ? true : wrong(c, "e: %s", sqlite3_errmsg(db));
}

static bool integrity(struct checker *c, sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool ok;

	sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL);
	ok = sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	if (!ok)
		wrong(c, "e: integrity_check: %s", st ? (const char *)sqlite3_column_text(st, 0) : sqlite3_errmsg(db));
	sqlite3_finalize(st);
	return ok;
}

/* What is kept of a streamed answer is there, piece by piece. */
static bool answers_are_whole(struct checker *c, sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool ok;

	sqlite3_prepare_v2(db, "SELECT coalesce(max(id), 0) FROM actions WHERE streamed AND answer_kept !="
			       " (SELECT coalesce(sum(length(data)), 0) FROM pieces WHERE action = id)", -1, &st, NULL);
	ok = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 0) == 0;
	if (!ok)
		wrong(c, "e: the kept answer of action %lld is not as long as it says", st ? (long long)sqlite3_column_int64(st, 0) : 0LL);
	sqlite3_finalize(st);
	return ok;
}

static bool take_snapshot(struct checker *c, struct snapshot *s)
{
	char path[4096];
	sqlite3 *db;
	bool ok;

	snprintf(path, sizeof(path), "%s/journal.db", c->copy);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return wrong(c, "e: %s", sqlite3_errmsg(db));
	ok = integrity(c, db) && answers_are_whole(c, db) && read_rows(c, db, s) && read_moves(c, db, s);
	sqlite3_close(db);
	return ok;
}

/* Each way to the wire leads through a person's yes: held, approved, sent, each by a move of its own. */
static bool follow_moves(struct checker *c, struct snapshot *s)
{
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		struct row *r = &s->rows[i];
		const struct move *before = NULL;

		for (k = r->first_move; k < r->first_move + r->moves; k++) {
			const struct move *m = &s->moves[k];

			if (before && m->from != before->to)
				return wrong(c, "d: action %lld went from %s without having come there", (long long)r->id, action_state_name(m->from));
			if (m->to == ACTION_SENT && m->from != m->to) {
				r->sent_moves++;
				r->sent_boot_ms = m->boot_ms;
				r->approved_before_sent = before && before->to == ACTION_APPROVED && before->by_person && before->version == m->version &&
							  strcmp(before->digest, m->digest) == 0 && before->boot_ms <= m->boot_ms;
				if (!m->key_fits)
					return wrong(c, "a: action %lld was sent with a key that its record does not name", (long long)r->id);
			}
			before = m;
		}
		if (r->sent_moves > 1)
			return wrong(c, "b: action %lld was sent %d times", (long long)r->id, r->sent_moves);
	}
	return true;
}

static int by_key(const void *a, const void *b)
{
	return strcmp((*(struct row *const *)a)->our_key, (*(struct row *const *)b)->our_key);
}

struct index {
	struct row **list;
	size_t count;
};

static bool take_request(struct checker *c, const struct index *keys, const char *line)
{
	char kind[8], method[16], target[1024], key[128], digest[80], sha[80];
	struct row wanted = { .our_key = key }, *w = &wanted, **found, *r;
	long long boot;

	if (sscanf(line, "%lld %7s %15s %1023s %127s %79s %79s", &boot, kind, method, target, key, digest, sha) != 7)
		return wrong(c, "the upstream's record has a line that is none: %.200s", line);
	found = keys->count > 0 ? bsearch(&w, keys->list, keys->count, sizeof(*keys->list), by_key) : NULL;
	r = found ? *found : NULL;
	if (!r)
		return wrong(c, "a: the upstream got %s %s with the key %s, of which the journal knows nothing", method, target, key);
	if (strcmp(kind, "whole") == 0)
		r->whole++;
	else
		r->cut++;
	if (r->sent_moves == 0 || !r->approved_before_sent || r->sent_boot_ms > boot)
		return wrong(c, "a: action %lld reached the upstream before its approval and its sending were on disk", (long long)r->id);
	if (strcmp(kind, "whole") == 0 && strcmp(digest, r->digest) != 0)
		return wrong(c, "a: action %lld: the upstream got other bytes than a person approved", (long long)r->id);
	if (r->whole + r->cut > 1)
		return wrong(c, "b: action %lld reached the upstream %d times", (long long)r->id, r->whole + r->cut);
	return true;
}

static bool compare_with_upstream(struct checker *c, struct snapshot *s)
{
	struct index keys = { calloc(s->count + 1, sizeof(*keys.list)), s->count };
	char path[4096], *line, *save;
	struct buf b;
	bool ok = true;
	size_t i;

	if (!keys.list)
		abort();
	for (i = 0; i < s->count; i++)
		keys.list[i] = &s->rows[i];
	qsort(keys.list, keys.count, sizeof(*keys.list), by_key);
	buf_init(&b, SIZE_MAX - 1);
	snprintf(path, sizeof(path), "%s/record", c->upstream);
	read_file(path, &b);
	for (line = b.data ? strtok_r(b.data, "\n", &save) : NULL; line && ok; line = strtok_r(NULL, "\n", &save))
		ok = take_request(c, &keys, line);
	for (i = 1; ok && i < keys.count; i++)
		if (strcmp(keys.list[i]->our_key, keys.list[i - 1]->our_key) == 0)
			ok = wrong(c, "b: actions %lld and %lld have one key", (long long)keys.list[i]->id, (long long)keys.list[i - 1]->id);
	buf_release(&b);
	free(keys.list);
	return ok;
}

/* What a person may still say yes to has its body. */
static bool bodies_are_there(struct checker *c, const struct snapshot *s)
{
	char path[4096];
	struct stat st;
	size_t i;

	for (i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];

		if (!r->body_file || (r->state != ACTION_HELD && r->state != ACTION_APPROVED))
			continue;
		snprintf(path, sizeof(path), "%s/bodies/%s", c->state, r->body_file);
		if (stat(path, &st) < 0 || st.st_size != r->file_len)
			return wrong(c, "c: action %lld is %s, and its body is not there as it came", (long long)r->id, action_state_name(r->state));
	}
	return true;
}

/* What each state says about the upstream, which records before it answers. */
static bool states_are_true(struct checker *c, const struct snapshot *s)
{
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];
		int got = r->whole + r->cut;

		switch (r->state) {
		case ACTION_HELD: case ACTION_APPROVED: case ACTION_DENIED: case ACTION_EXPIRED: case ACTION_WITHDRAWN: case ACTION_NOT_SENT:
			if (got > 0)
				return wrong(c, "d: action %lld is %s, and reached the upstream", (long long)r->id, action_state_name(r->state));
			break;
		case ACTION_DONE: case ACTION_UPSTREAM_FAILED:
			if (r->cut > 0 || r->whole != 1)
				return wrong(c, "d: action %lld is %s, and reached the upstream %d times", (long long)r->id, action_state_name(r->state), r->whole);
			if ((r->state == ACTION_UPSTREAM_FAILED) != (r->status == 429 || r->status >= 500))
				return wrong(c, "d: action %lld is %s with status %d", (long long)r->id, action_state_name(r->state), r->status);
			break;
		case ACTION_SENT: case ACTION_UNKNOWN:
			break;
		default:
			return wrong(c, "d: action %lld is in no state", (long long)r->id);
		}
		/* An agent's own key makes its repeats one: never two of them are asked for. */
		for (k = i + 1; r->agent_key && k < s->count; k++)
			if (s->rows[k].agent_key && strcmp(s->rows[k].agent_key, r->agent_key) == 0 && strcmp(s->rows[k].agent, r->agent) == 0)
				return wrong(c, "b: actions %lld and %lld have one key of their agent's", (long long)r->id, (long long)s->rows[k].id);
	}
	return true;
}

static bool compare_with_before(struct checker *c, const struct snapshot *s)
{
	size_t i;

	if (c->before && c->before->count > s->count)
		return wrong(c, "c: %zu actions were on disk, now there are %zu", c->before->count, s->count);
	for (i = 0; c->before && i < c->before->count; i++) {
		const struct row *was = &c->before->rows[i], *is = &s->rows[i];

		if (strcmp(was->digest, is->digest) != 0 || strcmp(was->our_key, is->our_key) != 0)
			return wrong(c, "d: action %lld is another one now", (long long)is->id);
		if (was->state == ACTION_SENT && is->state != ACTION_UNKNOWN && (c->served || is->state != ACTION_SENT))
			return wrong(c, "d: action %lld was sent when the gate was killed, and is %s", (long long)is->id, action_state_name(is->state));
		if (was->state == ACTION_APPROVED && is->version <= was->version && (c->served || is->state != ACTION_APPROVED))
			return wrong(c, "d: action %lld was approved when the gate was killed, and was not held again", (long long)is->id);
		if (action_ended(was->state) && is->state != was->state)
			return wrong(c, "d: action %lld was %s and is %s", (long long)is->id, action_state_name(was->state), action_state_name(is->state));
	}
	return true;
}

static bool was_told(struct checker *c, const struct snapshot *s, const struct told *t)
{
	static const struct { const char *code; enum action_state state; } table[] = {
		{ "done", ACTION_DONE }, { "upstream_failed", ACTION_UPSTREAM_FAILED }, { "substrate_unreachable", ACTION_NOT_SENT },
		{ "outcome_unknown", ACTION_UNKNOWN }, { "action_denied", ACTION_DENIED }, { "action_expired", ACTION_EXPIRED },
		{ "action_withdrawn", ACTION_WITHDRAWN }, { "outcome_streamed", ACTION_DONE },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table) && strcmp(table[i].code, t->code) != 0; i++)
		;
	if (i == ARRAY_LEN(table))
		return wrong(c, "d: an agent was told %s of action %lld", t->code, (long long)t->action);
	if (t->action < 1 || t->action > (int64_t)s->count || s->rows[t->action - 1].state != table[i].state)
		return wrong(c, "d: an agent was told %s of action %lld, which is %s", t->code, (long long)t->action,
			     t->action < 1 || t->action > (int64_t)s->count ? "not in the journal" : action_state_name(s->rows[t->action - 1].state));
	return true;
}

static bool was_acked(struct checker *c, const struct snapshot *s, const struct acked *a)
{
	const struct row *r = a->action >= 1 && a->action <= (int64_t)s->count ? &s->rows[a->action - 1] : NULL;
	size_t k;

	for (k = r ? r->first_move : 0; r && k < r->first_move + r->moves; k++) {
		const struct move *m = &s->moves[k];

		if (m->version == a->version && m->from == ACTION_HELD && m->to == (a->approve ? ACTION_APPROVED : ACTION_DENIED) && m->by_person &&
		    strcmp(m->digest, a->digest) == 0)
			return true;
	}
	return wrong(c, "c: the decision to %s action %lld at version %d was acknowledged, and is not in the journal", a->approve ? "approve" : "deny",
		     (long long)a->action, a->version);
}

static bool compare_with_robots(struct checker *c, const struct snapshot *s)
{
	struct load *l = c->load;
	bool ok = true;
	size_t i;

	pthread_mutex_lock(&l->lock);
	if (l->violation[0])
		ok = wrong(c, "%s", l->violation);
	for (i = 0; ok && i < l->told_count; i++)
		ok = was_told(c, s, &l->told[i]);
	for (i = 0; ok && i < l->acked_count; i++)
		ok = was_acked(c, s, &l->acked[i]);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

static bool no_key_in(struct checker *c, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *f;
	bool ok = true;

	while (d && ok && (f = readdir(d)) != NULL) {
		char path[4096];
		struct stat st;
		struct buf b;

		if (f->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
		if (lstat(path, &st) < 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
			continue;
		if (S_ISDIR(st.st_mode)) {
			ok = no_key_in(c, path);
			continue;
		}
		buf_init(&b, SIZE_MAX - 1);
		read_file(path, &b);
		if (memmem(buf_cstr(&b), b.len, STORM_KEY, strlen(STORM_KEY)))
			ok = wrong(c, "f: the upstream's key is in %s", path);
		buf_release(&b);
	}
	if (d)
		closedir(d);
	return ok;
}

static void count(struct checker *c, const struct snapshot *s, bool last)
{
	struct tally *t = c->tally;
	bool held = false, approved = false, sent = false;
	size_t i;

	for (i = 0; i < s->count; i++) {
		held |= s->rows[i].state == ACTION_HELD;
		approved |= s->rows[i].state == ACTION_APPROVED;
		sent |= s->rows[i].state == ACTION_SENT;
		if (!last)
			continue;
		t->states[s->rows[i].state]++;
		t->whole += s->rows[i].whole;
		t->cut += s->rows[i].cut;
	}
	if (!last) {	/* the last end was no kill */
		t->rounds++;
		t->hit_held += held;
		t->hit_approved += approved;
		t->hit_sent += sent;
		t->hit_idle += !held && !approved && !sent;
	} else {
		t->moves += (int64_t)s->move_count;
		t->told += (int64_t)c->load->told_count;
		t->acked += (int64_t)c->load->acked_count;
	}
	t->checks += (int64_t)(s->count + s->move_count + c->load->told_count + c->load->acked_count);
}

bool check_round(struct checker *c, bool last)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	bool ok;

	if (!s)
		abort();
	ok = copy_journal(c) && verify_chain(c) && take_snapshot(c, s) && follow_moves(c, s) && compare_with_upstream(c, s) &&
	     states_are_true(c, s) && bodies_are_there(c, s) && compare_with_before(c, s) && compare_with_robots(c, s) && no_key_in(c, c->state);
	if (ok)
		count(c, s, last);
	checker_forget(c);
	c->before = s;
	return ok;
}
