/* snapshots_copy: the copies behind a snapshot, a restore and a fork: made in a worker, told of, and taken in on the loop. See snapshots_own.h. */
#include "config.h"

#include "local/snapshots_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local/copytree.h"
#include "local/watch.h"

enum { PROGRESS_MS = 200 };

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
	struct snapshot *s = j->kind == JOB_FORK ? NULL : snapshot_find(j->machine, j->id);
	uint64_t total = atomic_load(&j->copy.total), done = atomic_load(&j->copy.done);
	int percent = !atomic_load(&j->copy.counted) || total == 0 ? 0 : done >= total ? 99 : (int)(done * 99 / total);

	if (!s || percent == j->told)
		return;
	j->told = percent;
	snapshot_tell(j->machine, s, percent);
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
	struct snapshot *s = snapshot_find(m, j->id);
	struct err e = j->error;
	int r = j->result;

	if (!s)
		return;	/* deleted meanwhile, with its sandbox */
	s->size = atomic_load(&j->copy.done);
	if (r == 0)
		r = snapshot_save(m, s, &e);
	if (r < 0) {
		snprintf(s->error, sizeof(s->error), "%s", e.msg);
		snapshot_erase(m, s->id);
	}
	snapshot_set_status(m, s, r == 0 ? "ready" : "failed");
}

static int exchange(struct job *j, struct err *e)
{
	char *now = snapshot_workspace(j->machine, "");
	int r = renameat2(AT_FDCWD, j->to, AT_FDCWD, now, RENAME_EXCHANGE) == 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", now);

	free(now);
	return r;
}

static void end_restore(struct job *j)
{
	struct machine *m = j->machine;
	struct snapshot *s = snapshot_find(m, j->id);
	struct err e = j->error, wrong;
	int r = j->result;
	struct buf b;
	struct jsonw w;

	if (r == 0)
		r = exchange(j, &e);
	machines_erase(m->local, j->to);	/* what was there before, or the half of what should have been */
	if (s)
		snapshot_set_status(m, s, "ready");
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

static void on_asker_gone(struct server_req *r, void *user)
{
	struct job *j = user;

	(void)r;
	j->req = NULL;
}

void snapshot_copy(struct machine *m, enum job_kind kind, struct machine *source, bool freeze, char *from, char *to, const char *id, struct server_req *asker)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		abort();
	*j = (struct job){ .machine = m, .source = source, .frozen = freeze, .kind = kind, .from = from, .to = to, .req = asker, .copy = { .from = from, .to = to }, .told = -1 };
	j->work.data = j;
	snprintf(j->id, sizeof(j->id), "%s", id);
	snprintf(j->state, sizeof(j->state), "%s", source->state);
	if (asker)
		server_set_user(asker, j, on_asker_gone);
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
}

void snapshot_copy_stop(struct job *j)
{
	atomic_store(&j->copy.stop, true);
}
