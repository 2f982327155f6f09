/*
 * watch_folders: which folders are watched, and under what names. One that appears is watched, and what stood in it by then is told as created, once. See
 * watch_own.h.
 */
#include "config.h"

#include "local/watch_own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define WANTED (IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK)

struct folder **watch_slot(struct watch *w, int wd)
{
	struct folder **f = &w->folders[(unsigned int)wd % ARRAY_LEN(w->folders)];

	while (*f && (*f)->wd != wd)
		f = &(*f)->next;
	return f;
}

void watch_forget(struct watch *w, struct folder **at)
{
	struct folder *f = *at;

	*at = f->next;
	w->count--;
	free(f->path);
	free(f);
}

char *watch_join(const char *folder, const char *name, const char *end)
{
	size_t n = strlen(folder) + strlen(name) + strlen(end) + 1;
	char *path = malloc(n);

	if (path)
		snprintf(path, n, "%s%s%s", folder, name, end);
	return path;
}

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
		full = watch_join(path, d->d_name, S_ISDIR(st.st_mode) ? "/" : "");
		if (!full)
			break;
		if (tell_all) {
			char *plain = watch_join(path, d->d_name, "");

			if (plain)
				watch_tell(w, "created", plain, NULL, S_ISDIR(st.st_mode));
			if (w->scanned_count < SCANNED_MAX)
				w->scanned[w->scanned_count++] = plain;
			else
				free(plain);
		}
		if (S_ISDIR(st.st_mode))
			watch_add(w, full, tell_all, depth + 1);
		free(full);
	}
	if (dir)
		closedir(dir);
}

void watch_add(struct watch *w, const char *path, bool tell_all, int depth)
{
	struct folder *f, **at;
	char name[64];
	int fd, wd;

	if (w->count >= WATCH_FOLDERS_MAX || depth > 128) {
		if (!w->said_many)
			watch_tell_gap(w, "there are more folders than can be watched: changes in some are not told");
		w->said_many = true;
		return;
	}
	/* So that no link on the way leads out, whatever is exchanged meanwhile; and it is watched by its descriptor. */
	fd = files_open_below(&w->machine->files, path[0] ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, NULL);
	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	wd = inotify_add_watch(w->fd, name, WANTED);
	if (wd < 0) {
		if (!w->said_many)
			watch_tell_gap(w, errno == ENOSPC ? "this user has no inotify watches left (fs.inotify.max_user_watches): changes in some folders are not told" :
				    "a folder cannot be watched: changes in it are not told");
		w->said_many = true;
		close(fd);
		return;
	}
	at = watch_slot(w, wd);
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

void watch_move(struct watch *w, const char *from, const char *to)
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
			path = to ? watch_join(to, f->path + n, "") : NULL;
			if (path) {
				free(f->path);
				f->path = path;
				at = &f->next;
			} else {
				inotify_rm_watch(w->fd, f->wd);
				watch_forget(w, at);
			}
		}
	}
}

void watch_clear_scanned(struct watch *w)
{
	while (w->scanned_count > 0)
		free(w->scanned[--w->scanned_count]);
}

bool watch_was_scanned(struct watch *w, const char *path)
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

void watch_forget_all(struct watch *w)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(w->folders); i++) {
		while (w->folders[i]) {
			inotify_rm_watch(w->fd, w->folders[i]->wd);
			watch_forget(w, &w->folders[i]);
		}
	}
}
