/* watch: see watch.h. A folder that appears is watched, and what stood in it by then is told as created, once. */
#include "config.h"

#include "local/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/api.h"
#include "local/feed.h"

enum { SETTLE_MS = 20, BUFFER = 64 * 1024, WATCHERS_MAX = 64, SCANNED_MAX = 1024 };

#define WANTED (IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK)

struct folder {
	struct folder *next;
	int wd;
	char *path;		/* below the root, "" for itself, else "a/b/" */
};

struct reader {
	struct reader *next, **prev;
	struct feed *feed;
	char *below;		/* "" or "a/b/" */
	bool recursive;
};

struct watch {
	struct machine *machine;
	int fd;
	uv_poll_t poll;
	uv_timer_t settle;	/* a name that was moved away, and nobody says where to */
	int handles;
	struct folder *folders[256];	/* by wd */
	int count;
	bool said_many;
	struct reader *readers;
	uint32_t cookie;
	char *moved, *last;	/* the name that was moved away; what was told last as modified */
	bool moved_dir;
	char *scanned[SCANNED_MAX];	/* told as created while a new folder was looked through */
	int scanned_count;
};

/* ---- telling ---- */

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

static void tell(struct watch *w, const char *type, const char *path, const char *old, bool dir)
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

/* To all readers and on the sandbox's stream: something was not seen. */
static void tell_gap(struct watch *w, const char *message)
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

/* ---- folders ---- */

static struct folder **slot(struct watch *w, int wd)
{
	struct folder **f = &w->folders[(unsigned int)wd % ARRAY_LEN(w->folders)];

	while (*f && (*f)->wd != wd)
		f = &(*f)->next;
	return f;
}

static void forget(struct watch *w, struct folder **at)
{
	struct folder *f = *at;

	*at = f->next;
	w->count--;
	free(f->path);
	free(f);
}

static char *join(const char *folder, const char *name, const char *end)
{
	size_t n = strlen(folder) + strlen(name) + strlen(end) + 1;
	char *path = malloc(n);

	if (path)
		snprintf(path, n, "%s%s%s", folder, name, end);
	return path;
}

static void add(struct watch *w, const char *path, bool tell_all, int depth);

/* A new folder may have been filled before it was watched. */
static void scan(struct watch *w, int fd, const char *path, bool tell_all, int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	struct stat st;

	if (!dir)
		close(fd);
	while (dir && (d = readdir(dir)) != NULL) {
		char *full;

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		full = join(path, d->d_name, S_ISDIR(st.st_mode) ? "/" : "");
		if (!full)
			break;
		if (tell_all) {
			char *plain = join(path, d->d_name, "");

			if (plain)
				tell(w, "created", plain, NULL, S_ISDIR(st.st_mode));
			if (w->scanned_count < SCANNED_MAX)
				w->scanned[w->scanned_count++] = plain;
			else
				free(plain);
		}
		if (S_ISDIR(st.st_mode))
			add(w, full, tell_all, depth + 1);
		free(full);
	}
	if (dir)
		closedir(dir);
}

/* path: "" or "a/b/". Opened so that no link on the way leads out, whatever is exchanged meanwhile, and watched by its descriptor. */
static void add(struct watch *w, const char *path, bool tell_all, int depth)
{
	struct folder *f, **at;
	char name[64];
	int fd, wd;

	if (w->count >= WATCH_FOLDERS_MAX || depth > 128) {
		if (!w->said_many)
			tell_gap(w, "there are more folders than can be watched: changes in some are not told");
		w->said_many = true;
		return;
	}
	fd = files_open_below(&w->machine->files, path[0] ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, NULL);
	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	wd = inotify_add_watch(w->fd, name, WANTED);
	if (wd < 0) {
		if (!w->said_many)
			tell_gap(w, errno == ENOSPC ? "this user has no inotify watches left (fs.inotify.max_user_watches): changes in some folders are not told" :
				    "a folder cannot be watched: changes in it are not told");
		w->said_many = true;
		close(fd);
		return;
	}
	at = slot(w, wd);
	f = *at ? *at : calloc(1, sizeof(*f));
	if (!f) {
		close(fd);
		return;
	}
	if (!*at) {
		f->wd = wd;
		*at = f;
		w->count++;
	}
	free(f->path);
	f->path = strdup(path);
	scan(w, fd, path, tell_all, depth);
}

/* A folder got another name, and all that is below it (to NULL: it is gone). */
static void move_folders(struct watch *w, const char *from, const char *to)
{
	size_t n = strlen(from), i;

	for (i = 0; i < ARRAY_LEN(w->folders); i++) {
		struct folder **at = &w->folders[i];

		while (*at) {
			struct folder *f = *at;
			char *path;

			if (!f->path || strncmp(f->path, from, n) != 0 || f->path[n] != '/') {
				at = &f->next;
				continue;
			}
			path = to ? join(to, f->path + n, "") : NULL;
			if (path) {
				free(f->path);
				f->path = path;
				at = &f->next;
			} else {
				inotify_rm_watch(w->fd, f->wd);
				forget(w, at);
			}
		}
	}
}

/* ---- events ---- */

/* Moved to where we do not see: for us it is gone. */
static void settle_moved(struct watch *w)
{
	char *path = w->moved;

	if (!path)
		return;
	w->moved = NULL;
	if (w->moved_dir)
		move_folders(w, path, NULL);
	tell(w, "deleted", path, NULL, w->moved_dir);
	free(path);
}

static void clear_scanned(struct watch *w)
{
	while (w->scanned_count > 0)
		free(w->scanned[--w->scanned_count]);
}

static bool was_scanned(struct watch *w, const char *path)
{
	int i;

	for (i = 0; i < w->scanned_count; i++) {
		if (!w->scanned[i] || strcmp(w->scanned[i], path) != 0)
			continue;
		free(w->scanned[i]);
		w->scanned[i] = w->scanned[--w->scanned_count];
		return true;
	}
	return false;
}

static void appeared(struct watch *w, const char *path, bool dir)
{
	char *folder;

	if (was_scanned(w, path))
		return;
	tell(w, "created", path, NULL, dir);
	folder = dir ? join(path, "/", "") : NULL;
	if (folder)
		add(w, folder, true, 0);
	free(folder);
}

static void take(struct watch *w, const struct inotify_event *ev)
{
	struct folder **at = slot(w, ev->wd);
	bool dir = ev->mask & IN_ISDIR;
	char *path;

	if (ev->mask & IN_Q_OVERFLOW) {
		settle_moved(w);
		tell_gap(w, "more changed at once than could be taken in: some of it is not told");
		add(w, "", false, 0);	/* folders may have come unseen */
		return;
	}
	if (!*at)
		return;
	if (ev->mask & IN_IGNORED) {
		forget(w, at);
		return;
	}
	path = ev->len > 0 ? join((*at)->path, ev->name, "") : NULL;
	if (!path)
		return;
	if (ev->mask & IN_MOVED_TO && w->moved && ev->cookie == w->cookie) {
		char *old = w->moved;

		w->moved = NULL;
		if (w->moved_dir)
			move_folders(w, old, path);
		tell(w, "renamed", path, old, dir);
		free(old);
		free(path);
		return;
	}
	settle_moved(w);
	if (ev->mask & IN_MOVED_FROM) {
		w->moved = path;
		w->moved_dir = dir;
		w->cookie = ev->cookie;
		return;
	}
	if (ev->mask & (IN_CREATE | IN_MOVED_TO))
		appeared(w, path, dir);
	else if (ev->mask & IN_DELETE)
		tell(w, "deleted", path, NULL, dir);
	else if (ev->mask & (IN_MODIFY | IN_CLOSE_WRITE))
		tell(w, "modified", path, NULL, dir);
	free(path);
}

static void on_settle(uv_timer_t *t)
{
	struct watch *w = t->data;
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	/* A machine that had no time for us: the other half of a move, or what was found in a new folder, may wait there. */
	if (poll(&p, 1, 0) > 0) {
		uv_timer_start(t, on_settle, SETTLE_MS, 0);
		return;
	}
	settle_moved(w);
	clear_scanned(w);
	free(w->last);
	w->last = NULL;
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	static _Alignas(struct inotify_event) char buffer[BUFFER];
	struct watch *w = p->data;
	const char *at;
	ssize_t n;

	(void)status;
	(void)events;
	n = read(w->fd, buffer, sizeof(buffer));
	for (at = buffer; n > 0 && at < buffer + n; at += sizeof(struct inotify_event) + ((const struct inotify_event *)(const void *)at)->len)
		take(w, (const struct inotify_event *)(const void *)at);
	uv_timer_start(&w->settle, on_settle, SETTLE_MS, 0);
}

/* ---- life ---- */

int watch_begin(struct machine *m, struct err *e)
{
	struct watch *w;

	if (m->watch)
		return 0;
	if (m->files.fd < 0)
		return err_set(e, ERR_STATE, "its files are not there");
	w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(e, ERR_NOMEM, "out of memory");
	w->machine = m;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		int wrong = errno;

		free(w);
		return err_sys(e, ERR_IO, wrong, "changes cannot be watched (fs.inotify.max_user_instances)");
	}
	m->watch = w;
	uv_poll_init(m->local->loop, &w->poll, w->fd);
	uv_timer_init(m->local->loop, &w->settle);
	w->poll.data = w->settle.data = w;
	w->handles = 2;
	add(w, "", false, 0);
	uv_poll_start(&w->poll, UV_READABLE, on_readable);
	return 0;
}

static void forget_all(struct watch *w)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(w->folders); i++) {
		while (w->folders[i]) {
			inotify_rm_watch(w->fd, w->folders[i]->wd);
			forget(w, &w->folders[i]);
		}
	}
}

void watch_again(struct machine *m)
{
	struct watch *w = m->watch;

	if (!w)
		return;
	forget_all(w);
	clear_scanned(w);
	free(w->moved);
	w->moved = NULL;
	w->said_many = false;
	add(w, "", false, 0);
	tell_gap(w, "the workspace is another one now: look again at all of it");
}

static void on_closed(uv_handle_t *h)
{
	struct watch *w = h->data;

	if (--w->handles > 0)
		return;
	close(w->fd);
	free(w);
}

void watch_end(struct machine *m)
{
	struct watch *w = m->watch;

	if (!w)
		return;
	m->watch = NULL;
	while (w->readers) {
		struct feed *f = w->readers->feed;

		drop_reader(w->readers);
		feed_end(f, true);
	}
	forget_all(w);
	clear_scanned(w);
	free(w->moved);
	free(w->last);
	uv_close((uv_handle_t *)&w->poll, on_closed);
	uv_close((uv_handle_t *)&w->settle, on_closed);
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
	return join(rest, n > 0 && rest[n - 1] == '/' ? "" : "/", "");
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
