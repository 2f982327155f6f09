/* watch: inotify's events, taken as they come, and the watcher's begin and end. See watch.h. */
#include "config.h"

#include "local/watch_own.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { SETTLE_MS = 20, BUFFER = 64 * 1024 };

/* Moved to where we do not see: for us it is gone. */
static void settle_moved(struct watch *w)
{
	char *path = w->moved;

	if (!path)
		return;
	w->moved = NULL;
	if (w->moved_dir)
		watch_move(w, path, NULL);
	watch_tell(w, "deleted", path, NULL, w->moved_dir);
	free(path);
}

static void appeared(struct watch *w, const char *path, bool dir)
{
	char *folder;

	if (watch_was_scanned(w, path))
		return;
	watch_tell(w, "created", path, NULL, dir);
	folder = dir ? watch_join(path, "/", "") : NULL;
	if (folder)
		watch_add(w, folder, true, 0);
	free(folder);
}

static void take(struct watch *w, const struct inotify_event *ev)
{
	struct folder **at = watch_slot(w, ev->wd);
	bool dir = ev->mask & IN_ISDIR;
	char *path;

	if (ev->mask & IN_Q_OVERFLOW) {
		settle_moved(w);
		watch_tell_gap(w, "more changed at once than could be taken in: some of it is not told");
		watch_add(w, "", false, 0);	/* folders may have come unseen */
		return;
	}
	if (!*at)
		return;
	if (ev->mask & IN_IGNORED) {
		watch_forget(w, at);
		return;
	}
	path = ev->len > 0 ? watch_join((*at)->path, ev->name, "") : NULL;
	if (!path)
		return;
	if (ev->mask & IN_MOVED_TO && w->moved && ev->cookie == w->cookie) {
		char *old = w->moved;

		w->moved = NULL;
		if (w->moved_dir)
			watch_move(w, old, path);
		watch_tell(w, "renamed", path, old, dir);
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
		watch_tell(w, "deleted", path, NULL, dir);
	else if (ev->mask & (IN_MODIFY | IN_CLOSE_WRITE))
		watch_tell(w, "modified", path, NULL, dir);
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
	watch_clear_scanned(w);
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
	watch_add(w, "", false, 0);
	uv_poll_start(&w->poll, UV_READABLE, on_readable);
	return 0;
}

void watch_again(struct machine *m)
{
	struct watch *w = m->watch;

	if (!w)
		return;
	watch_forget_all(w);
	watch_clear_scanned(w);
	free(w->moved);
	w->moved = NULL;
	w->said_many = false;
	watch_add(w, "", false, 0);
	watch_tell_gap(w, "the workspace is another one now: look again at all of it");
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
	watch_end_readers(w);
	watch_forget_all(w);
	watch_clear_scanned(w);
	free(w->moved);
	free(w->last);
	uv_close((uv_handle_t *)&w->poll, on_closed);
	uv_close((uv_handle_t *)&w->settle, on_closed);
}
