/* snapshots: see snapshots.h. On disk: DIR/snapshots/ID/workspace, and ID/snapshot.json once that is whole. */
#include "config.h"

#include "local/snapshots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "io/textfile.h"
#include "local/api.h"
#include "local/copytree.h"
#include "local/watch.h"
#include "local/when.h"

enum { SNAPSHOTS_MAX = 64, PROGRESS_MS = 200, COMMENT_MAX = 4096, FILE_MAX = 16 * 1024 };

struct snapshot {
	struct snapshot *next;
	char id[32];
	const char *status;		/* "creating", "ready", "restoring", "failed" */
	char *comment;			/* own; NULL: none */
	char error[sizeof(((struct err *)NULL)->msg)];
	bool keep;			/* it has no end */
	int64_t created_ms, updated_ms, retention_sec, expires_ms;	/* wall time; expires_ms 0: never */
	uint64_t size;
	struct events *progress;
};

enum job_kind { JOB_SNAPSHOT, JOB_RESTORE, JOB_FORK };

/* One copy, outside the loop. Of one machine there is one at a time. */
struct job {
	uv_work_t work;
	uv_timer_t timer;		/* tells how far it is */
	struct machine *machine;	/* whom it is for; held */
	struct machine *source;		/* whose files are read; held; may be the same */
	bool frozen;			/* it stands still meanwhile */
	enum job_kind kind;
	struct copytree copy;
	char *from, *to;
	char id[32];			/* of the snapshot; "" for none */
	char state[16];			/* of the source before */
	struct server_req *req;		/* who waits for it; NULL: nobody */
	int result;
	struct err error;
	int told;			/* percent */
};

static struct snapshot *find(const struct machine *m, const char *id)
{
	struct snapshot *s;

	for (s = m->snapshots; s && strcmp(s->id, id) != 0; s = s->next)
		;
	return s;
}

static char *path_of(const struct machine *m, const char *id, const char *what)
{
	size_t n = strlen(m->dir) + 96;
	char *path = malloc(n);

	if (!path)
		abort();
	snprintf(path, n, "%s/snapshots%s%s%s%s", m->dir, id[0] ? "/" : "", id, what[0] ? "/" : "", what);
	return path;
}

/* What is copied: a sandbox's workspace, a computer's home. */
static char *workspace_of(const struct machine *m, const char *end)
{
	size_t n = strlen(m->dir) + 32;
	char *path = malloc(n);

	if (!path)
		abort();
	snprintf(path, n, "%s/%s%s", m->dir, m->kind == SESSION_COMPUTER ? "home" : "workspace", end);
	return path;
}

static void put_time(struct jsonw *w, const char *key, int64_t wall_ms)
{
	char text[WHEN_SIZE];

	if (wall_ms > 0) {
		when_text(wall_ms, text);
		jw_kstr(w, key, text);
	} else {
		jw_key(w, key);
		jw_null(w);
	}
}

static const char *id_key(const struct machine *m)
{
	return m->kind == SESSION_COMPUTER ? "computer_id" : "sandbox_id";
}

static void put(const struct machine *m, const struct snapshot *s, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_kstr(w, "id", s->id);
	jw_kstr(w, id_key(m), m->id);
	jw_kstr(w, "status", s->status);
	jw_kstr(w, "comment", s->comment);
	jw_kbool(w, "keep", s->keep);
	jw_kint(w, "retention_seconds", s->retention_sec);
	jw_kint(w, "size_bytes", (int64_t)s->size);
	if (s->error[0])
		jw_kstr(w, "error", s->error);
	put_time(w, "expires_at", s->expires_ms);
	put_time(w, "created_at", s->created_ms);
	put_time(w, "updated_at", s->updated_ms);
	jw_end(w, '}');
}

/* On its own stream, and on its sandbox's. percent < 0: not known. */
static void tell(struct machine *m, struct snapshot *s, int percent)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "type", "snapshot_progress");
	jw_kstr(&w, "snapshot_id", s->id);
	jw_kstr(&w, id_key(m), m->id);
	jw_kstr(&w, "status", s->status);
	if (percent >= 0)
		jw_kint(&w, "progress", percent);
	if (s->error[0])
		jw_kstr(&w, "error", s->error);
	jw_end(&w, '}');
	events_add(s->progress, "snapshot_progress", buf_cstr(&b), b.len);
	if (m->events)
		machine_event(m, "snapshot_progress", &b);
	buf_release(&b);
}

static void set_status(struct machine *m, struct snapshot *s, const char *status)
{
	s->status = status;
	s->updated_ms = clock_wall_ms();
	tell(m, s, strcmp(status, "ready") == 0 ? 100 : strcmp(status, "creating") == 0 ? 0 : -1);
	if (strcmp(status, "failed") == 0 || strcmp(status, "deleted") == 0)
		events_finish(s->progress);
}

/* ---- on disk ---- */

static int save(const struct machine *m, const struct snapshot *s, struct err *e)
{
	char *path = path_of(m, s->id, "snapshot.json"), *part = path_of(m, s->id, "snapshot.json.new");
	struct buf b;
	struct jsonw w;
	int fd, r = 0;

	buf_init(&b, FILE_MAX);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "comment", s->comment);
	jw_kbool(&w, "keep", s->keep);
	jw_kint(&w, "retention_sec", s->retention_sec);
	jw_kint(&w, "expires_ms", s->expires_ms);
	jw_kint(&w, "created_ms", s->created_ms);
	jw_kint(&w, "size", (int64_t)s->size);
	jw_end(&w, '}');
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, buf_cstr(&b), b.len) != (ssize_t)b.len || rename(part, path) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	buf_release(&b);
	free(path);
	free(part);
	return r;
}

static struct snapshot *add(struct machine *m, const char *id)
{
	struct snapshot *s = calloc(1, sizeof(*s)), **last = &m->snapshots;

	if (!s || !(s->progress = events_new(m->local->loop))) {
		free(s);
		return NULL;
	}
	snprintf(s->id, sizeof(s->id), "%s", id);
	s->created_ms = s->updated_ms = clock_wall_ms();
	while (*last)
		last = &(*last)->next;
	*last = s;
	return s;
}

static void drop(struct machine *m, struct snapshot *s)
{
	struct snapshot **p = &m->snapshots;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	events_close(s->progress);
	free(s->comment);
	free(s);
}

static bool load_one(struct machine *m, const char *id)
{
	char *path = path_of(m, id, "snapshot.json");
	struct snapshot *s = NULL;
	struct json_doc d;
	struct buf text;
	int64_t n;

	if (textfile_read(path, FILE_MAX, &text, NULL) == 0 && json_parse(buf_cstr(&text), text.len, &d, NULL) == 0) {
		int root = json_root(&d);

		s = add(m, id);
		if (s) {
			s->comment = json_strdup(&d, json_get(&d, root, "comment"));
			s->keep = json_bool(&d, json_get(&d, root, "keep"), false);
			json_int(&d, json_get(&d, root, "retention_sec"), &s->retention_sec);
			json_int(&d, json_get(&d, root, "expires_ms"), &s->expires_ms);
			json_int(&d, json_get(&d, root, "created_ms"), &s->created_ms);
			s->size = json_int(&d, json_get(&d, root, "size"), &n) == 0 ? (uint64_t)n : 0;
			s->status = "ready";
			tell(m, s, 100);
		}
		json_release(&d);
	}
	buf_release(&text);
	free(path);
	return s != NULL;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void snapshots_load(struct machine *m)
{
	char *folder = path_of(m, "", ""), *path;
	struct dirent **all = NULL;
	int n = scandir(folder, &all, NULL, by_name), i;

	for (i = 0; i < n; i++) {
		/* One that was never whole, or is half erased. */
		if (strncmp(all[i]->d_name, "snap_", 5) == 0 && strlen(all[i]->d_name) < sizeof(m->snapshots->id) && !load_one(m, all[i]->d_name)) {
			path = path_of(m, all[i]->d_name, "");
			machines_erase(m->local, path);
			free(path);
		}
		free(all[i]);
	}
	free(all);
	free(folder);
}

/* Its file first: without that it is none, whatever happens while the rest goes. */
static void erase(struct machine *m, const char *id)
{
	char *file = path_of(m, id, "snapshot.json"), *folder = path_of(m, id, "");

	unlink(file);
	machines_erase(m->local, folder);
	free(file);
	free(folder);
}

void snapshots_expire(struct machine *m)
{
	struct snapshot *s, *next;

	for (s = m->snapshots; s; s = next) {
		next = s->next;
		if (s->expires_ms == 0 || s->expires_ms > clock_wall_ms() || strcmp(s->status, "ready") != 0)
			continue;
		erase(m, s->id);
		set_status(m, s, "deleted");
		drop(m, s);
	}
}

void snapshots_close(struct machine *m)
{
	if (m->job)
		atomic_store(&m->job->copy.stop, true);
	while (m->snapshots)
		drop(m, m->snapshots);
}

/* ---- copies ---- */

static void work(uv_work_t *w)
{
	struct job *j = w->data;

	j->result = copytree_run(&j->copy, &j->error);
}

static void on_timer_closed(uv_handle_t *h)
{
	struct job *j = h->data;

	machine_let_go(j->machine);
	machine_let_go(j->source);
	free(j->from);
	free(j->to);
	free(j);
}

static void on_progress(uv_timer_t *t)
{
	struct job *j = t->data;
	struct snapshot *s = j->kind == JOB_FORK ? NULL : find(j->machine, j->id);
	uint64_t total = atomic_load(&j->copy.total), done = atomic_load(&j->copy.done);
	int percent = !atomic_load(&j->copy.counted) || total == 0 ? 0 : done >= total ? 99 : (int)(done * 99 / total);

	if (!s || percent == j->told)
		return;
	j->told = percent;
	tell(j->machine, s, percent);
}

/* What stood still goes on, if it is still as we left it. */
static void thaw(struct job *j)
{
	struct machine *m = j->source;

	if (!j->frozen || m->closing || strcmp(m->state, "snapshotting") != 0)
		return;
	if (strcmp(j->state, "running") == 0 && m->sandbox)
		sandbox_pause(m->sandbox, false, NULL);
	machine_set_state(m, j->state);
}

static void end_snapshot(struct job *j)
{
	struct machine *m = j->machine;
	struct snapshot *s = find(m, j->id);
	struct err e = j->error;
	int r = j->result;

	if (!s)
		return;	/* deleted meanwhile, with its sandbox */
	s->size = atomic_load(&j->copy.done);
	if (r == 0)
		r = save(m, s, &e);
	if (r < 0) {
		snprintf(s->error, sizeof(s->error), "%s", e.msg);
		erase(m, s->id);
	}
	set_status(m, s, r == 0 ? "ready" : "failed");
}

static int exchange(struct job *j, struct err *e)
{
	char *now = workspace_of(j->machine, "");
	int r = renameat2(AT_FDCWD, j->to, AT_FDCWD, now, RENAME_EXCHANGE) == 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", now);

	free(now);
	return r;
}

static void end_restore(struct job *j)
{
	struct machine *m = j->machine;
	struct snapshot *s = find(m, j->id);
	struct err e = j->error, wrong;
	int r = j->result;
	struct buf b;
	struct jsonw w;

	if (r == 0)
		r = exchange(j, &e);
	machines_erase(m->local, j->to);	/* what was there before, or the half of what should have been */
	if (s)
		set_status(m, s, "ready");
	if (machine_start(m, &wrong) < 0 && r == 0)
		r = err_set(&e, ERR_IO, "%s", wrong.msg);
	if (r == 0)
		watch_again(m);
	if (!j->req)
		return;
	server_set_user(j->req, NULL, NULL);
	if (r < 0) {
		api_error(j->req, 500, "RESTORE_FAILED", "%.300s; the workspace is as it was", e.msg);
		return;
	}
	buf_init(&b, 65536);
	jw_init(&w, &b);
	machine_json(m, &w);
	api_json(j->req, 200, &b);
}

static void end_fork(struct job *j)
{
	struct machine *m = j->machine;
	struct err e = j->error;
	int r = j->result;

	m->copying = false;
	if (r == 0)
		r = machine_start(m, &e);
	if (r == 0)
		return;
	fprintf(stderr, "assent-local: %s does not come to be: %s\n", m->name, e.msg);
	machine_set_state(m, "error");
	machine_tenant_event(m, m->kind == SESSION_COMPUTER ? "computer.error" : "sandbox.error");
}

static void on_done(uv_work_t *w, int status)
{
	struct job *j = w->data;

	(void)status;
	j->machine->job = NULL;
	j->source->job = NULL;
	thaw(j);
	if (!j->machine->closing) {
		if (j->kind == JOB_SNAPSHOT)
			end_snapshot(j);
		else if (j->kind == JOB_RESTORE)
			end_restore(j);
		else
			end_fork(j);
	} else if (j->req) {
		server_set_user(j->req, NULL, NULL);
		api_error(j->req, 404, "NOT_FOUND", "the session is gone");
	}
	uv_close((uv_handle_t *)&j->timer, on_timer_closed);
}

/* freeze: the source stands still until it is done. from, to: own. */
static struct job *begin(struct machine *m, enum job_kind kind, struct machine *source, bool freeze, char *from, char *to, const char *id)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		abort();
	*j = (struct job){ .machine = m, .source = source, .frozen = freeze, .kind = kind, .from = from, .to = to, .copy = { .from = from, .to = to }, .told = -1 };
	j->work.data = j;
	snprintf(j->id, sizeof(j->id), "%s", id);
	snprintf(j->state, sizeof(j->state), "%s", source->state);
	machine_hold(m);
	machine_hold(source);
	m->job = source->job = j;
	if (freeze) {
		if (source->sandbox && strcmp(source->state, "running") == 0)
			sandbox_pause(source->sandbox, true, NULL);
		machine_set_state(source, "snapshotting");
	}
	uv_timer_init(m->local->loop, &j->timer);
	j->timer.data = j;
	uv_timer_start(&j->timer, on_progress, PROGRESS_MS, PROGRESS_MS);
	if (uv_queue_work(m->local->loop, &j->work, work, on_done) < 0)
		abort();	/* only for a bad argument */
	return j;
}

/* ---- routes ---- */

/* One copy at a time, and none of what is still being made. */
static bool busy(struct api_call *c)
{
	struct machine *m = c->machine;

	if (!m->job && strcmp(m->state, "provisioning") != 0)
		return false;
	api_error(c->req, 409, "SANDBOX_BUSY", "%s is %s: try again when that is done", m->name, m->state);
	return true;
}

/* The snapshot that the path names in that place; NULL: answered with 404. */
static struct snapshot *named(struct api_call *c, const char *id)
{
	struct snapshot *s = find(c->machine, id);

	if (!s)
		api_error(c->req, 404, "NOT_FOUND", "%s has no snapshot %s", c->machine->name, id);
	return s;
}

static void show(struct api_call *c, const struct snapshot *s, int status)
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	put(c->machine, s, &w);
	api_send_data(c, status, &b, &w);
}

/* retention_seconds, expiration_seconds or expiration_days. False: answered with 422. */
static bool read_retention(struct api_call *c, int64_t *ret_sec)
{
	static const struct { const char *key; int64_t sec; } keys[] = { { "retention_seconds", 1 }, { "expiration_seconds", 1 }, { "expiration_days", 86400 } };
	int64_t n;
	size_t i;
	bool bad;

	*ret_sec = 0;
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		if (!api_optional_int(c, keys[i].key, &n, &bad)) {
			if (bad)
				return false;
			continue;
		}
		if (n < 1 || n > 10 * 365 * 86400LL / keys[i].sec) {
			api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be more than 0 and at most ten years", keys[i].key);
			return false;
		}
		*ret_sec = n * keys[i].sec;
	}
	return true;
}

static int count(const struct machine *m)
{
	const struct snapshot *s;
	int n = 0;

	for (s = m->snapshots; s; s = s->next)
		n++;
	return n;
}

void snapshots_create(struct api_call *c)
{
	struct machine *m = c->machine;
	char *comment, *folder, id[32] = "snap_";
	struct snapshot *s;
	int64_t retention;

	if (busy(c) || !read_retention(c, &retention) || !api_optional_string(c, "comment", &comment))
		return;
	folder = path_of(m, "", "");
	random_hex(id + 5, 12);
	if (comment && strlen(comment) > COMMENT_MAX) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"comment\" is longer than %d bytes", COMMENT_MAX);
	} else if (count(m) >= SNAPSHOTS_MAX) {
		api_error(c->req, 409, "TOO_MANY_SNAPSHOTS", "%s has %d snapshots already: delete one", m->name, SNAPSHOTS_MAX);
	} else if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
		api_error(c->req, 500, "INTERNAL_ERROR", "%s: %s", folder, strerror(errno));
	} else {
		char *own = path_of(m, id, "");

		s = mkdir(own, 0700) < 0 ? NULL : add(m, id);
		free(own);
		if (!s) {
			api_error(c->req, 500, "INTERNAL_ERROR", "no folder for it: %s", strerror(errno));
		} else {
			s->comment = comment;
			comment = NULL;
			s->keep = json_bool(&c->body, json_get(&c->body, c->root, "keep"), false);
			s->retention_sec = retention;
			s->expires_ms = retention > 0 && !s->keep ? s->created_ms + retention * 1000 : 0;
			set_status(m, s, "creating");
			begin(m, JOB_SNAPSHOT, m, true, workspace_of(m, ""), path_of(m, id, "workspace"), id);
			show(c, s, 201);
		}
	}
	free(folder);
	free(comment);
}

void snapshots_list(struct api_call *c)
{
	const struct snapshot *s;
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	jw_begin(&w, '[');
	for (s = c->machine->snapshots; s; s = s->next)
		put(c->machine, s, &w);
	jw_end(&w, ']');
	api_send_data(c, 200, &b, &w);
}

void snapshots_show(struct api_call *c)
{
	const struct snapshot *s = named(c, c->ids[1]);

	if (s)
		show(c, s, 200);
}

void snapshots_delete(struct api_call *c)
{
	struct snapshot *s = named(c, c->ids[1]);

	if (!s || busy(c))
		return;
	erase(c->machine, s->id);
	set_status(c->machine, s, "deleted");
	drop(c->machine, s);
	server_reply(c->req, 204, NULL, "", 0);
}

void snapshots_events(struct api_call *c)
{
	const struct snapshot *s = named(c, c->ids[1]);

	if (s)
		events_subscribe_all(s->progress, c->req);
}

static void on_asker_gone(struct server_req *r, void *user)
{
	struct job *j = user;

	(void)r;
	j->req = NULL;
}

void snapshots_restore(struct api_call *c)
{
	struct machine *m = c->machine;
	struct snapshot *s = named(c, c->ids[1]);
	struct job *j;

	if (!s || busy(c))
		return;
	if (strcmp(s->status, "ready") != 0) {
		api_error(c->req, 409, "SNAPSHOT_NOT_READY", "%s is %s", s->id, s->status);
		return;
	}
	machine_stop(m, "provisioning");
	set_status(m, s, "restoring");
	j = begin(m, JOB_RESTORE, m, false, path_of(m, s->id, "workspace"), workspace_of(m, ".new"), s->id);
	j->req = c->req;
	server_set_user(c->req, j, on_asker_gone);
}

/* From a snapshot, or with NULL from the files as they are. */
static void fork_from(struct api_call *c, const struct snapshot *s, const char *name)
{
	struct machine *m = c->machine, *fork;
	struct err e;

	if (busy(c)) {
		/* answered */
	} else if (s && strcmp(s->status, "ready") != 0) {
		api_error(c->req, 409, "SNAPSHOT_NOT_READY", "%s is %s", s->id, s->status);
	} else if ((fork = machine_empty(m->local, m->kind, name, &e)) == NULL) {
		api_error(c->req, 500, "INTERNAL_ERROR", "%s", e.msg);
	} else {
		begin(fork, JOB_FORK, m, !s, s ? path_of(m, s->id, "workspace") : workspace_of(m, ""), workspace_of(fork, ""), "");
		routes_show(c, fork, 201);
	}
}

void snapshots_fork(struct api_call *c)
{
	const struct snapshot *s = NULL;
	char *id, *name;

	if (!api_optional_string(c, "snapshot_id", &id))
		return;
	if (api_optional_string(c, "name", &name)) {
		s = id ? named(c, id) : NULL;
		if (!id || s)
			fork_from(c, s, name);
		free(name);
	}
	free(id);
}

void snapshots_restore_as_new(struct api_call *c)
{
	const struct snapshot *s = named(c, c->ids[1]);

	if (s)
		fork_from(c, s, NULL);
}
