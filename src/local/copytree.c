/* copytree: see copytree.h. */
#include "config.h"

#include "local/copytree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1024 * 1024 };

static int copy_folder(struct copytree *c, int from, int to, int depth, struct err *e);

/* Folders that cannot be read are found again when they are copied, and said there. */
static void count(struct copytree *c, int folder, int depth)
{
	DIR *dir = fdopendir(folder);
	struct dirent *d;
	struct stat st;
	int sub;

	if (!dir)
		close(folder);
	while (dir && !atomic_load(&c->stop) && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			c->total += (uint64_t)st.st_size;
		sub = S_ISDIR(st.st_mode) && depth < COPYTREE_DEPTH_MAX ? openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (sub >= 0)
			count(c, sub, depth + 1);
	}
	if (dir)
		closedir(dir);
}

static int copy_bytes(struct copytree *c, int from, int to, uint64_t size)
{
	static const size_t most = PIECE;
	bool by_kernel = true;
	char piece[16384];
	ssize_t n, done;

	if (ioctl(to, FICLONE, from) == 0) {
		c->done += size;
		return 0;
	}
	for (;;) {
		if (atomic_load(&c->stop))
			return -1;
		n = by_kernel ? copy_file_range(from, NULL, to, NULL, most, 0) : read(from, piece, sizeof(piece));
		if (n < 0 && by_kernel && errno != ENOSPC && errno != EDQUOT && errno != EIO) {
			by_kernel = false;	/* not between these file systems */
			continue;
		}
		if (n <= 0)
			return (int)n;
		for (done = 0; !by_kernel && done < n;) {
			ssize_t w = write(to, piece + done, (size_t)(n - done));

			if (w < 0)
				return -1;
			done += w;
		}
		c->done += (uint64_t)n;
	}
}

/* The owner first: a change of it takes the set-uid bit away. */
static int copy_traits(int parent, const char *name, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (geteuid() == 0 && fchownat(parent, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISLNK(st->st_mode) && fchmodat(parent, name, st->st_mode & 07777, 0) < 0)
		return -1;
	return utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW);
}

static int copy_file(struct copytree *c, int from, int to, const char *name, const struct stat *st)
{
	int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), out, r = -1, wrong;

	if (in < 0)
		return -1;
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out >= 0)
		r = copy_bytes(c, in, out, (uint64_t)st->st_size);
	wrong = errno;
	close(in);
	if (out >= 0 && close(out) < 0 && r == 0)
		return -1;
	errno = wrong;
	return r;
}

static int copy_link(int from, int to, const char *name)
{
	char target[4096];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	return symlinkat(target, to, name);
}

static int copy_sub(struct copytree *c, int from, int to, const char *name, int depth, struct err *e)
{
	int in, out, r;

	if (depth >= COPYTREE_DEPTH_MAX)
		return err_set(e, ERR_TOOBIG, "%s: folders are nested deeper than %d", name, COPYTREE_DEPTH_MAX);
	in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0 || mkdirat(to, name, 0700) < 0) {
		r = err_sys(e, ERR_IO, errno, "%s", name);
		if (in >= 0)
			close(in);
		return r;
	}
	out = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out < 0) {
		r = err_sys(e, ERR_IO, errno, "%s", name);
		close(in);
		return r;
	}
	r = copy_folder(c, in, out, depth + 1, e);
	close(out);
	return r;
}

static int copy_entry(struct copytree *c, int from, int to, const char *name, int depth, struct err *e)
{
	struct stat st;
	int r = 0;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, ERR_IO, errno, "%s", name);	/* gone meanwhile */
	if (S_ISDIR(st.st_mode)) {
		r = copy_sub(c, from, to, name, depth, e);
		if (r < 0)
			return r;
	} else if (S_ISREG(st.st_mode)) {
		r = copy_file(c, from, to, name, &st);
	} else if (S_ISLNK(st.st_mode)) {
		r = copy_link(from, to, name);
	} else if (S_ISFIFO(st.st_mode)) {
		r = mkfifoat(to, name, 0600);
	} else {
		return 0;
	}
	if (r == 0)
		r = copy_traits(to, name, &st);
	if (r < 0 && atomic_load(&c->stop))
		return err_set(e, ERR_STATE, "it was stopped");
	return r == 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", name);
}

/* Closes from. */
static int copy_folder(struct copytree *c, int from, int to, int depth, struct err *e)
{
	DIR *dir = fdopendir(from);
	struct dirent *d;
	int r = 0;

	if (!dir) {
		r = err_sys(e, ERR_IO, errno, "a folder");
		close(from);
		return r;
	}
	while (r == 0 && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			r = atomic_load(&c->stop) ? err_set(e, ERR_STATE, "it was stopped") : copy_entry(c, dirfd(dir), to, d->d_name, depth, e);
	closedir(dir);
	return r;
}

int copytree_run(struct copytree *c, struct err *e)
{
	int from = open(c->from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), to = -1, r = 0, again;
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", c->from);
	again = r == 0 ? openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (again >= 0)
		count(c, again, 0);
	atomic_store(&c->counted, true);
	if (r == 0 && mkdir(c->to, 0700) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", c->to);
	if (r == 0 && (to = open(c->to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", c->to);
	if (r == 0)
		r = copy_folder(c, from, to, 0, e);
	else if (from >= 0)
		close(from);
	if (r == 0 && copy_traits(AT_FDCWD, c->to, &st) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", c->to);
	if (to >= 0)
		close(to);
	return r;
}
