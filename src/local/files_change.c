/* files_change: names, copies and modes in a session's workspace; the way there is files.c's. See files.h. */
#include "config.h"

#include "local/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/sandbox.h"

/* The folder above, open, and the last name, which is a real one. Own; negative: an error. */
static int open_parent(const struct files *f, const char *path, const char **name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char parent[4096];

	*name = slash ? slash + 1 : path;
	if (!**name || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0 || strcmp(path, f->root) == 0)
		return err_set(e, ERR_INVALID, "%s is nothing below %s", path, f->root);
	if (snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".") >= (int)sizeof(parent))
		return err_set(e, ERR_INVALID, "the path is longer than %zu bytes", sizeof(parent) - 1);
	return files_open_below(f, parent, O_RDONLY | O_DIRECTORY, 0, e);
}

int files_rename(const struct files *f, const char *from, const char *to, struct err *e)
{
	const char *name, *new_name;
	int up = open_parent(f, from, &name, e), new_up, r = 0;

	if (up < 0)
		return up;
	new_up = open_parent(f, to, &new_name, e);
	if (new_up < 0) {
		close(up);
		return new_up;
	}
	if (renameat(up, name, new_up, new_name) < 0)
		r = err_sys(e, errno == ENOENT ? ERR_NOTFOUND : errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR || errno == ENOTDIR || errno == EINVAL ?
			    ERR_INVALID : ERR_IO, errno, "%s to %s", from, to);
	close(up);
	close(new_up);
	return r;
}

int files_chmod(const struct files *f, const char *path, unsigned int mode, struct err *e)
{
	int fd = files_open_below(f, path, O_PATH, 0, e), r = 0;
	char link[64];

	if (fd < 0)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);	/* whoever lives inside may have taken his own right to open it */
	if (chmod(link, mode & 0777U) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", path);
	close(fd);
	return r;
}

struct copy {
	int entries;	/* that still may come */
	off_t bytes;
	struct stat top;	/* the folder that is made, once it is there: it is not copied into itself */
	struct err *e;
};

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static int itself(struct copy *k, const char *name)
{
	return err_set(k->e, ERR_INVALID, "%s cannot be copied into itself", name);
}

/* What stands in the way is the asker's business, not ours. */
static int cannot_make(struct copy *k, const char *name)
{
	return err_sys(k->e, errno == EISDIR || errno == ENOTDIR || errno == EEXIST || errno == ELOOP || errno == ENXIO ? ERR_INVALID : ERR_IO, errno, "%s", name);
}

static int too_much(struct copy *k)
{
	return err_set(k->e, ERR_TOOBIG, "more than %d MiB: copy it with a command", FILES_COPY_MAX / (1024 * 1024));
}

/* A file may grow while it is copied. */
static int copy_bytes(struct copy *k, int from, int to, const char *name)
{
	ssize_t n;

	while ((n = copy_file_range(from, NULL, to, NULL, (size_t)k->bytes + 1, 0)) > 0) {
		k->bytes -= n;
		if (k->bytes < 0)
			return too_much(k);
	}
	return n < 0 ? err_sys(k->e, ERR_IO, errno, "%s", name) : 0;
}

static void give_away(int fd)
{
	if (geteuid() == 0 && fchown(fd, sandbox_uid(), sandbox_uid()) < 0)
		errno = 0;
}

/* Cut short only once it is known to be another file. */
static int open_new(struct copy *k, int up, const char *name, const struct stat *from)
{
	int fd = openat(up, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, from->st_mode & 0777);
	struct stat st;

	if (fd < 0)
		return cannot_make(k, name);
	if (fstat(fd, &st) == 0 && !same(&st, from) && ftruncate(fd, 0) == 0)
		return fd;
	close(fd);
	return itself(k, name);
}

static int copy_file(struct copy *k, int from_up, const char *name, int to_up, const char *new_name, const struct stat *st)
{
	int from, to, r;

	if (st->st_size > k->bytes)
		return too_much(k);
	from = openat(from_up, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return err_sys(k->e, ERR_IO, errno, "%s", name);
	to = open_new(k, to_up, new_name, st);
	r = to < 0 ? to : copy_bytes(k, from, to, name);
	if (to >= 0) {
		give_away(to);
		close(to);
	}
	close(from);
	return r;
}

static int copy_link(struct copy *k, int from_up, const char *name, int to_up, const char *new_name)
{
	char target[4096];
	ssize_t n = readlinkat(from_up, name, target, sizeof(target) - 1);

	if (n < 0)
		return err_sys(k->e, ERR_IO, errno, "%s", name);
	target[n] = '\0';
	return symlinkat(target, to_up, new_name) < 0 ? cannot_make(k, new_name) : 0;
}

static int copy_any(struct copy *k, int from_up, const char *name, int to_up, const char *new_name, int depth);

static int copy_folder(struct copy *k, int from_up, const char *name, int to_up, const char *new_name, int depth)
{
	int from = openat(from_up, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), to = -1, r = 0;
	DIR *dir = from >= 0 ? fdopendir(from) : NULL;
	struct dirent *d;

	if (!dir || (mkdirat(to_up, new_name, 0755) < 0 && errno != EEXIST) ||
	    (to = openat(to_up, new_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		r = cannot_make(k, new_name);
	if (r == 0)
		give_away(to);
	if (r == 0 && k->top.st_ino == 0 && fstat(to, &k->top) < 0)
		r = err_sys(k->e, ERR_IO, errno, "%s", new_name);
	while (r == 0 && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			r = copy_any(k, dirfd(dir), d->d_name, to, d->d_name, depth - 1);
	if (dir)
		closedir(dir);
	else if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return r;
}

/* Links stay links; what is no file, folder or link is left out. */
static int copy_any(struct copy *k, int from_up, const char *name, int to_up, const char *new_name, int depth)
{
	struct stat st;

	if (--k->entries < 0 || depth < 0)
		return err_set(k->e, ERR_TOOBIG, "more than %d entries, or too deep: copy it with a command", FILES_LIST_MAX);
	if (fstatat(from_up, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(k->e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s", name);
	if (S_ISDIR(st.st_mode) && same(&st, &k->top))
		return itself(k, name);
	if (S_ISDIR(st.st_mode))
		return copy_folder(k, from_up, name, to_up, new_name, depth);
	if (S_ISLNK(st.st_mode))
		return copy_link(k, from_up, name, to_up, new_name);
	return S_ISREG(st.st_mode) ? copy_file(k, from_up, name, to_up, new_name, &st) : 0;
}

int files_copy(const struct files *f, const char *from, const char *to, bool recursive, struct err *e)
{
	struct copy k = { .entries = FILES_LIST_MAX, .bytes = FILES_COPY_MAX, .e = e };
	const char *name, *new_name;
	struct stat st;
	int up, new_up, r;

	up = open_parent(f, from, &name, e);
	if (up < 0)
		return up;
	new_up = open_parent(f, to, &new_name, e);
	r = new_up < 0 ? new_up : 0;
	if (r == 0 && fstatat(up, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s", from);
	else if (r == 0 && S_ISDIR(st.st_mode) && !recursive)
		r = err_set(e, ERR_INVALID, "%s is a folder: \"recursive\" must be true", from);
	if (r == 0)
		r = copy_any(&k, up, name, new_up, new_name, FILES_DEPTH_MAX);
	close(up);
	if (new_up >= 0)
		close(new_up);
	return r;
}
