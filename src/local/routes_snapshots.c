/* routes_snapshots: the routes below /snapshots, fork and restore. See snapshots.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "local/snapshots_own.h"

enum { SNAPSHOTS_MAX = 64, COMMENT_MAX = 4096 };

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
	struct snapshot *s = snapshot_find(c->machine, id);

	if (!s)
		api_error(c->req, 404, "NOT_FOUND", "%s has no snapshot %s", c->machine->name, id);
	return s;
}

static void show(struct api_call *c, const struct snapshot *s, int status)
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	snapshot_put(c->machine, s, &w);
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
	folder = snapshot_path(m, "", "");
	random_hex(id + 5, 12);
	if (comment && strlen(comment) > COMMENT_MAX) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"comment\" is longer than %d bytes", COMMENT_MAX);
	} else if (count(m) >= SNAPSHOTS_MAX) {
		api_error(c->req, 409, "TOO_MANY_SNAPSHOTS", "%s has %d snapshots already: delete one", m->name, SNAPSHOTS_MAX);
	} else if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
		api_error(c->req, 500, "INTERNAL_ERROR", "%s: %s", folder, strerror(errno));
	} else {
		char *own = snapshot_path(m, id, "");

		s = mkdir(own, 0700) < 0 ? NULL : snapshot_add(m, id);
		free(own);
		if (!s) {
			api_error(c->req, 500, "INTERNAL_ERROR", "no folder for it: %s", strerror(errno));
		} else {
			s->comment = comment;
			comment = NULL;
			s->keep = json_bool(&c->body, json_get(&c->body, c->root, "keep"), false);
			s->retention_sec = retention;
			s->expires_ms = retention > 0 && !s->keep ? s->created_ms + retention * 1000 : 0;
			snapshot_set_status(m, s, "creating");
			snapshot_copy(m, JOB_SNAPSHOT, m, true, snapshot_workspace(m, ""), snapshot_path(m, id, "workspace"), id, NULL);
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
		snapshot_put(c->machine, s, &w);
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
	snapshot_erase(c->machine, s->id);
	snapshot_set_status(c->machine, s, "deleted");
	snapshot_drop(c->machine, s);
	server_reply(c->req, 204, NULL, "", 0);
}

void snapshots_events(struct api_call *c)
{
	const struct snapshot *s = named(c, c->ids[1]);

	if (s)
		events_subscribe_all(s->progress, c->req);
}

void snapshots_restore(struct api_call *c)
{
	struct machine *m = c->machine;
	struct snapshot *s = named(c, c->ids[1]);

	if (!s || busy(c))
		return;
	if (strcmp(s->status, "ready") != 0) {
		api_error(c->req, 409, "SNAPSHOT_NOT_READY", "%s is %s", s->id, s->status);
		return;
	}
	machine_stop(m, "provisioning");
	snapshot_set_status(m, s, "restoring");
	snapshot_copy(m, JOB_RESTORE, m, false, snapshot_path(m, s->id, "workspace"), snapshot_workspace(m, ".new"), s->id, c->req);
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
		fork->env = m->env ? strdup(m->env) : NULL;
		snapshot_copy(fork, JOB_FORK, m, !s, s ? snapshot_path(m, s->id, "workspace") : snapshot_workspace(m, ""), snapshot_workspace(fork, ""), "", NULL);
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
