/* bodies: opaque bodies. See bodies.h. */
#include "config.h"

#include "gate/bodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "io/log.h"

enum { PIECE = 256 * 1024, START_BYTES = 256, WORKERS = 4 /* as many as libuv takes */ };

static bool is_wanted(const char *name, void *arg)
{
	const struct gate *g = arg;
	size_t i;

	for (i = 0; i < g->queue.count; i++)
		if (g->queue.items[i]->body_file && strcmp(g->queue.items[i]->body_file, name) == 0)
			return true;
	return false;
}

static void do_nothing(void *arg)
{
	(void)arg;
}

static void work_nothing(uv_work_t *w)
{
	(void)w;
}

static void on_worked(uv_work_t *w, int status)
{
	(void)status;
	free(w);
}

/* libuv's own workers, once and now: it ends the process when the system gives it none later. */
static int start_workers(struct gate *g, struct err *e)
{
	uv_work_t *w = malloc(sizeof(*w));
	uv_thread_t threads[WORKERS];
	int i, started = 0;

	while (started < WORKERS && uv_thread_create(&threads[started], do_nothing, NULL) == 0)
		started++;
	for (i = 0; i < started; i++)
		uv_thread_join(&threads[i]);
	if (!w || started < WORKERS) {
		free(w);
		return err_set(e, ERR_NOMEM, "no %d threads can be started: raise the limit of processes (ulimit -u) or of memory (ulimit -v)", WORKERS);
	}
	return uv_queue_work(g->loop, w, work_nothing, on_worked);
}

int bodies_start(struct gate *g, struct err *e)
{
	char dir[4096];
	size_t i;
	int n;

	if (start_workers(g, e) < 0)
		return ERR_NOMEM;
	snprintf(dir, sizeof(dir), "%s/bodies", g->config.state_dir);
	if (spool_open(dir, &g->spool, e) < 0)
		return ERR_IO;
	for (i = 0; i < g->queue.count; i++)
		bodies_tidy(g, g->queue.items[i]);
	n = spool_sweep(g->spool, is_wanted, g);
	if (n > 0)
		log_line("removed %d bodies that no action needs", n);
	return 0;
}

void bodies_drop(struct gate *g, struct action *a)
{
	if (!a->body_file)
		return;
	spool_remove(g->spool, a->body_file);
	free(a->body_file);
	a->body_file = NULL;
}

void bodies_tidy(struct gate *g, struct action *a)
{
	if (action_ended(a->state) && !queue_needs_person(a))
		bodies_drop(g, a);
}

void bodies_start_hex(const struct gate *g, const struct action *a, struct buf *out)
{
	unsigned char bytes[START_BYTES];
	struct spooled *f;
	ssize_t n, i;

	if (!a->body_file || spool_find(g->spool, a->body_file, &f, NULL) < 0)
		return;
	n = spooled_read(f, 0, bytes, sizeof(bytes));
	spooled_close(f);
	for (i = 0; i < n; i++)
		buf_printf(out, "%02x", bytes[i]);
}

/* ---- reading beside the loop ---- */

struct reading {
	uv_work_t work;
	const struct spooled *file;
	struct digest_ctx *digest;
	bool sync;
	int r;
	char hex[DIGEST_HEX + 1];
	void (*done)(int r, const char *digest, void *arg);
	void *arg;
};

static void read_all(uv_work_t *w)
{
	struct reading *job = (struct reading *)w;
	char *piece = malloc(PIECE);
	uint64_t at = 0;
	ssize_t n = piece ? 1 : -1;

	if (job->sync && spooled_sync(job->file) < 0)
		n = -1;
	while (n > 0) {
		n = spooled_read(job->file, at, piece, PIECE);
		if (n > 0) {
			digest_update(job->digest, piece, (size_t)n);
			at += (uint64_t)n;
		}
	}
	free(piece);
	job->r = n < 0 || at != spooled_len(job->file) ? ERR_IO : 0;
}

static void on_read_all(uv_work_t *w, int status)
{
	struct reading *job = (struct reading *)w;

	digest_final_hex(job->digest, job->hex);
	if (status < 0 || job->r < 0) {
		job->r = ERR_IO;
		job->hex[0] = '\0';
	}
	job->done(job->r, job->hex, job->arg);
	free(job);
}

int bodies_read(struct gate *g, struct spooled *f, const struct action *a, bool sync,
		void (*done)(int r, const char *digest, void *arg), void *arg)
{
	struct reading *job = calloc(1, sizeof(*job));

	if (!job)
		return ERR_NOMEM;
	*job = (struct reading){ .file = f, .digest = action_digest_begin(a), .sync = sync, .done = done, .arg = arg };
	if (!job->digest || uv_queue_work(g->loop, &job->work, read_all, on_read_all) < 0) {
		if (job->digest)
			digest_final_hex(job->digest, job->hex);	/* frees it */
		free(job);
		return ERR_NOMEM;
	}
	return 0;
}

/* ---- giving it to the operator ---- */

struct giving {
	struct spooled *file;
	uint64_t at;
	bool writing, gone;	/* the client may go while it is written to */
};

static void giving_free(struct giving *k)
{
	spooled_close(k->file);
	free(k);
}

static void on_giving_gone(struct server_req *r, void *user)
{
	struct giving *k = user;

	(void)r;
	k->gone = true;
	if (!k->writing)
		giving_free(k);
}

/* As much as the client takes; the rest when it has taken that. */
static void give_more(struct server_req *r, void *user)
{
	struct giving *k = user;
	char *piece = malloc(PIECE);
	ssize_t n = piece ? 1 : -1;
	bool whole;

	k->writing = true;
	while (n > 0 && !k->gone) {
		n = spooled_read(k->file, k->at, piece, PIECE);
		if (n > 0) {
			k->at += (uint64_t)n;
			if (server_write(r, piece, (size_t)n) > 0)
				break;
		}
	}
	k->writing = false;
	free(piece);
	if (k->gone) {
		giving_free(k);
		return;
	}
	if (n > 0)
		return;
	whole = n == 0 && k->at == spooled_len(k->file);
	server_set_user(r, NULL, NULL);
	giving_free(k);
	server_end(r, whole, NULL, NULL);
}

void bodies_give(struct gate *g, const struct action *a, struct server_req *r)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	struct giving *k = calloc(1, sizeof(*k));
	struct err e;

	if (!k) {
		server_drop(r);
	} else if (!a->body_file || spool_find(g->spool, a->body_file, &k->file, &e) < 0) {
		free(k);
		server_error(r, 404, NULL, "body_not_kept", "this body was long, and went when nothing needed it any more", NULL);
	} else {
		server_set_user(r, k, on_giving_gone);
		server_set_drain(r, give_more);
		server_begin(r, 200, headers, (int64_t)spooled_len(k->file));
		give_more(r, k);
	}
}
