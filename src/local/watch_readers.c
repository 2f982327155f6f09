/* watch_readers: who is told of a change, and how. See watch_own.h. */
#include "config.h"

#include "local/watch_own.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/feed.h"

enum { WATCHERS_MAX = 64 };

struct reader {
	struct reader *next, **prev;
	struct feed *feed;
	char *below;		/* "" or "a/b/" */
	bool recursive;
};

static void drop_reader(struct reader *r)
{
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
	free(r->below);
	free(r);
}

static bool below(const struct reader *r, const char *path)
{
	size_t n = strlen(r->below);

	return strncmp(path, r->below, n) == 0 && (r->recursive || !strchr(path + n, '/'));
}

static void give(struct watch *w, const char *type, const char *path, const char *old, const char *json, size_t len)
{
	struct reader *r, *next;

	for (r = w->readers; r; r = next) {
		next = r->next;
		if (!path || below(r, path) || (old && below(r, old))) {
			/* Nobody's slowness fills our memory: who is too slow is cut, and has to look for itself what is there. */
			if (feed_full(r->feed)) {
				struct feed *f = r->feed;

				drop_reader(r);
				feed_end(f, false);
			} else {
				feed_event(r->feed, type, NULL, json, len);
			}
		}
	}
}

static void put_path(struct jsonw *j, const struct watch *w, const char *key, const char *path)
{
	char full[8192];

	snprintf(full, sizeof(full), "%s/%s", w->machine->files.root, path);
	jw_kstr(j, key, full);
}

static void put_size(struct jsonw *j, const struct watch *w, const char *path)
{
	int fd = files_open_below(&w->machine->files, path, O_PATH | O_NOFOLLOW, 0, NULL);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		jw_kint(j, "size_bytes", st.st_size);
	close(fd);
}

void watch_tell(struct watch *w, const char *type, const char *path, const char *old, bool dir)
{
	static const struct { const char *type, *operation; } names[] = {
		{ "created", "create" }, { "modified", "write" }, { "deleted", "delete" }, { "renamed", "rename" },
	};
	struct buf b;
	struct jsonw j;
	size_t i;

	if (strcmp(type, "modified") == 0 && w->last && strcmp(w->last, path) == 0)
		return;
	free(w->last);
	w->last = strcmp(type, "modified") == 0 ? strdup(path) : NULL;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&j, &b);
	jw_begin(&j, '{');
	jw_kstr(&j, "type", type);
	jw_kstr(&j, "event", type);
	put_path(&j, w, "path", path);
	jw_kbool(&j, "is_dir", dir);
	if (old)
		put_path(&j, w, "old_path", old);
	if (strcmp(type, "deleted") != 0 && !dir)
		put_size(&j, w, path);
	jw_end(&j, '}');
	if (!buf_failed(&b))
		give(w, type, path, old, b.data, b.len);
	buf_clear(&b);
	jw_init(&j, &b);
	jw_begin(&j, '{');
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i].type, type) == 0)
			jw_kstr(&j, "operation", dir && i == 0 ? "mkdir" : names[i].operation);
	put_path(&j, w, "path", path);
	if (old)
		put_path(&j, w, "old_path", old);
	jw_end(&j, '}');
	machine_event(w->machine, "file", &b);
}

void watch_tell_gap(struct watch *w, const char *message)
{
	struct buf b, again;
	struct jsonw j;

	buf_init(&b, 1024);
	jw_init(&j, &b);
	jw_begin(&j, '{');
	jw_kstr(&j, "type", "overflow");
	jw_kstr(&j, "message", message);
	jw_end(&j, '}');
	give(w, "overflow", NULL, NULL, b.data, b.len);
	buf_init(&again, 1024);
	buf_append(&again, b.data, b.len);
	buf_release(&b);
	machine_event(w->machine, "file", &again);
}

void watch_end_readers(struct watch *w)
{
	while (w->readers) {
		struct feed *f = w->readers->feed;

		drop_reader(w->readers);
		feed_end(f, true);
	}
}

static void on_reader_gone(void *arg)
{
	drop_reader(arg);
}

/* "/workspace/a", "a/", "/workspace" -> "a/", "a/", "". NULL: it is elsewhere. */
static char *read_below(const struct machine *m, const char *path)
{
	const char *rest = files_below(&m->files, path);
	size_t n;

	if (!rest)
		return NULL;
	if (strcmp(rest, ".") == 0)
		return strdup("");
	n = strlen(rest);
	return watch_join(rest, n > 0 && rest[n - 1] == '/' ? "" : "/", "");
}

static int count_readers(const struct watch *w)
{
	const struct reader *r;
	int n = 0;

	for (r = w->readers; r; r = r->next)
		n++;
	return n;
}

void watch_route(struct api_call *c)
{
	char *path = api_query(c, "path"), *recursive = api_query(c, "recursive");
	struct reader *r = calloc(1, sizeof(*r));
	struct watch *w;
	struct err e;
	int failed;

	failed = watch_begin(c->machine, &e);
	w = c->machine->watch;
	if (!r)
		abort();
	r->below = read_below(c->machine, path ? path : c->machine->files.root);
	r->recursive = !recursive || (strcmp(recursive, "false") != 0 && strcmp(recursive, "0") != 0);
	free(path);
	free(recursive);
	if (failed < 0)
		api_error(c->req, failed == ERR_STATE ? 409 : 503, failed == ERR_STATE ? "SANDBOX_NOT_COMMAND_READY" : "CANNOT_WATCH", "%s", e.msg);
	else if (!r->below)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"path\" is not below %s", c->machine->files.root);
	else if (count_readers(w) >= WATCHERS_MAX)
		api_error(c->req, 409, "TOO_MANY_STREAMS", "%d read the changes of %s already", WATCHERS_MAX, c->machine->name);
	else
		r->feed = feed_begin(c->local->loop, c->req, NULL, on_reader_gone, r);
	if (!r->feed) {
		free(r->below);
		free(r);
		return;
	}
	r->next = w->readers;
	r->prev = &w->readers;
	if (r->next)
		r->next->prev = &r->next;
	w->readers = r;
}
