/* snapshots: what there is of each, in memory and on disk. See snapshots.h. On disk: DIR/snapshots/ID/workspace, and ID/snapshot.json once that is whole. */
#include "config.h"

#include "local/snapshots_own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/textfile.h"
#include "local/when.h"

enum { FILE_MAX = 16 * 1024 };

struct snapshot *snapshot_find(const struct machine *m, const char *id)
{
	struct snapshot *s;

	for (s = m->snapshots; s && strcmp(s->id, id) != 0; s = s->next)
		;
	return s;
}

char *snapshot_path(const struct machine *m, const char *id, const char *what)
{
	size_t n = strlen(m->dir) + 96;
	char *path = malloc(n);

	if (!path)
		abort();
	snprintf(path, n, "%s/snapshots%s%s%s%s", m->dir, id[0] ? "/" : "", id, what[0] ? "/" : "", what);
	return path;
}

char *snapshot_workspace(const struct machine *m, const char *end)
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

void snapshot_put(const struct machine *m, const struct snapshot *s, struct jsonw *w)
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

void snapshot_tell(struct machine *m, struct snapshot *s, int percent)
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

void snapshot_set_status(struct machine *m, struct snapshot *s, const char *status)
{
	s->status = status;
	s->updated_ms = clock_wall_ms();
	snapshot_tell(m, s, strcmp(status, "ready") == 0 ? 100 : strcmp(status, "creating") == 0 ? 0 : -1);
	if (strcmp(status, "failed") == 0 || strcmp(status, "deleted") == 0)
		events_finish(s->progress);
}

int snapshot_save(const struct machine *m, const struct snapshot *s, struct err *e)
{
	char *path = snapshot_path(m, s->id, "snapshot.json"), *part = snapshot_path(m, s->id, "snapshot.json.new");
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

struct snapshot *snapshot_add(struct machine *m, const char *id)
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

void snapshot_drop(struct machine *m, struct snapshot *s)
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
	char *path = snapshot_path(m, id, "snapshot.json");
	struct snapshot *s = NULL;
	struct json_doc d;
	struct buf text;
	int64_t n;

	if (textfile_read(path, FILE_MAX, &text, NULL) == 0 && json_parse(buf_cstr(&text), text.len, &d, NULL) == 0) {
		int root = json_root(&d);

		s = snapshot_add(m, id);
		if (s) {
			s->comment = json_strdup(&d, json_get(&d, root, "comment"));
			s->keep = json_bool(&d, json_get(&d, root, "keep"), false);
			json_int(&d, json_get(&d, root, "retention_sec"), &s->retention_sec);
			json_int(&d, json_get(&d, root, "expires_ms"), &s->expires_ms);
			json_int(&d, json_get(&d, root, "created_ms"), &s->created_ms);
			s->size = json_int(&d, json_get(&d, root, "size"), &n) == 0 ? (uint64_t)n : 0;
			s->status = "ready";
			snapshot_tell(m, s, 100);
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
	char *folder = snapshot_path(m, "", ""), *path;
	struct dirent **all = NULL;
	int n = scandir(folder, &all, NULL, by_name), i;

	for (i = 0; i < n; i++) {
		/* One that was never whole, or is half erased. */
		if (strncmp(all[i]->d_name, "snap_", 5) == 0 && strlen(all[i]->d_name) < sizeof(m->snapshots->id) && !load_one(m, all[i]->d_name)) {
			path = snapshot_path(m, all[i]->d_name, "");
			machines_erase(m->local, path);
			free(path);
		}
		free(all[i]);
	}
	free(all);
	free(folder);
}

void snapshot_erase(struct machine *m, const char *id)
{
	/* Its file first: without that it is none, whatever happens while the rest goes. */
	char *file = snapshot_path(m, id, "snapshot.json"), *folder = snapshot_path(m, id, "");

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
		snapshot_erase(m, s->id);
		snapshot_set_status(m, s, "deleted");
		snapshot_drop(m, s);
	}
}

void snapshots_close(struct machine *m)
{
	if (m->job)
		snapshot_copy_stop(m->job);
	while (m->snapshots)
		snapshot_drop(m, m->snapshots);
}
