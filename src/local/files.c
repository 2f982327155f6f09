/* files: openat2 with RESOLVE_IN_ROOT does the keeping in. See files.h. */
#include "config.h"

#include "local/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "local/sandbox.h"

enum { TRIES = 100 };

int files_open(struct files *f, const char *dir, const char *root, struct err *e)
{
	*f = (struct files){ .fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), .root = root };
	return f->fd >= 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", dir);
}

void files_close(struct files *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

const char *files_below(const struct files *f, const char *path)
{
	size_t n = strlen(f->root);

	if (strncmp(path, f->root, n) == 0 && (path[n] == '/' || path[n] == '\0'))
		path += n;
	else if (path[0] == '/')
		return NULL;
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

int files_open_below(const struct files *f, const char *path, int flags, mode_t mode, struct err *e)
{
	struct open_how how = { .flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC), .mode = mode, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	const char *rest = files_below(f, path);
	int fd, tries = 0;

	if (!rest)
		return err_set(e, ERR_INVALID, "%s is not below %s", path, f->root);
	do	/* where there is ".." and somewhere on this machine something is renamed or mounted meanwhile, the kernel wants to be asked again */
		fd = (int)syscall(SYS_openat2, f->fd, rest, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && ++tries < TRIES);
	if (fd >= 0)
		return fd;
	return err_sys(e, errno == ENOENT || errno == ENOTDIR || errno == EXDEV || errno == ELOOP ? ERR_NOTFOUND :
			  errno == ENAMETOOLONG || errno == ENXIO || errno == EISDIR ? ERR_INVALID : ERR_IO, errno, "%.300s", path);
}

int files_read(const struct files *f, const char *path, struct buf *out, struct err *e)
{
	int fd = files_open_below(f, path, O_RDONLY | O_NONBLOCK, 0, e), r = 0;
	char piece[65536];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		r = err_set(e, ERR_INVALID, "%s is not a file", path);
	while (r == 0 && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0)
			r = err_sys(e, ERR_IO, errno, "%s", path);
		else if (buf_append(out, piece, (size_t)n) < 0)
			r = err_set(e, ERR_TOOBIG, "%s is longer than %zu bytes", path, out->max);
	}
	close(fd);
	return r;
}

/* Files belong to the one who lives inside, not to us. */
static void give_away(int fd)
{
	if (geteuid() == 0 && fchown(fd, sandbox_uid(), sandbox_uid()) < 0)
		errno = 0;
}

int files_mkdir(const struct files *f, const char *path, struct err *e)
{
	const char *rest = files_below(f, path);
	char part[4096];
	char *p;
	int fd, up;

	if (!rest || snprintf(part, sizeof(part), "%s", rest) >= (int)sizeof(part))
		return err_set(e, ERR_INVALID, "%s is not below %s", path, f->root);
	for (p = part; p;) {
		char *name = p, parent[4096];

		p = strchr(p, '/');
		if (p)
			*p = '\0';
		if (strcmp(name, "..") == 0)
			return err_set(e, ERR_INVALID, "%s: folders are not made by way of \"..\"", path);
		snprintf(parent, sizeof(parent), "%.*s", (int)(name - part), part);
		if (name > part && parent[name - part - 1] == '\0')
			parent[name - part - 1] = '/';
		up = files_open_below(f, name == part ? "." : parent, O_PATH | O_DIRECTORY, 0, e);
		if (up < 0)
			return up;
		if (name[0] && mkdirat(up, name, 0755) < 0 && errno != EEXIST) {
			close(up);
			return err_sys(e, errno == ENAMETOOLONG || errno == ENOTDIR ? ERR_INVALID : ERR_IO, errno, "%.300s", path);
		}
		close(up);
		fd = files_open_below(f, part, O_RDONLY | O_DIRECTORY, 0, e);
		if (fd < 0)
			return fd;
		give_away(fd);
		close(fd);
		if (p)
			*p++ = '/';
	}
	return 0;
}

int files_write(const struct files *f, const char *path, const void *data, size_t len, struct err *e)
{
	const char *slash = strrchr(path, '/'), *rest = files_below(f, path);
	char parent[4096];
	size_t done = 0;
	int fd, r;

	if (!rest || strcmp(rest, ".") == 0)
		return err_set(e, ERR_INVALID, "%s is not a file below %s", path, f->root);
	snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 0, path);
	if (slash && files_below(f, parent) && strcmp(files_below(f, parent), ".") != 0) {
		r = files_mkdir(f, parent, e);
		if (r < 0)
			return r;
	}
	fd = files_open_below(f, path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0644, e);
	if (fd < 0)
		return fd;
	give_away(fd);
	r = 0;
	while (r == 0 && done < len) {
		ssize_t n = write(fd, (const char *)data + done, len - done);

		if (n < 0)
			r = err_sys(e, ERR_IO, errno, "%s", path);
		else
			done += (size_t)n;
	}
	close(fd);
	return r;
}

static int remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *d;
	DIR *dir;

	if (fd < 0)
		return unlinkat(parent, name, 0);
	dir = fdopendir(fd);
	while (dir && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			remove_tree(dirfd(dir), d->d_name);
	if (dir)
		closedir(dir);
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int files_delete(const struct files *f, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/'), *rest = files_below(f, path), *name = slash ? slash + 1 : path;
	char parent[4096];
	int up, r;

	if (!rest || strcmp(rest, ".") == 0 || !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(e, ERR_INVALID, "%s is nothing below %s", path, f->root);
	snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 0, path);
	up = files_open_below(f, slash ? parent : ".", O_RDONLY | O_DIRECTORY, 0, e);
	if (up < 0)
		return up;
	r = remove_tree(up, name) == 0 ? 0 : err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s", path);
	close(up);
	return r;
}

static void put_time(struct jsonw *w, const struct stat *st)
{
	char text[40];
	struct tm tm;

	gmtime_r(&st->st_mtime, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jw_kstr(w, "modified_at", text);
}

/* A list is flat: what is below a folder follows it. A tree has it inside, as "children". */
struct walk {
	struct jsonw *w;
	bool tree;
	int left;	/* entries that still may come; negative: too many */
};

static void put_entry(struct walk *k, const char *name, const char *path, const struct stat *st)
{
	jw_kstr(k->w, "name", name);
	jw_kstr(k->w, "path", path);
	jw_kint(k->w, "size", st->st_size);
	if (k->tree) {
		jw_kstr(k->w, "type", S_ISDIR(st->st_mode) ? "dir" : "file");
	} else {
		jw_kbool(k->w, "is_dir", S_ISDIR(st->st_mode));
		jw_kbool(k->w, "is_symlink", S_ISLNK(st->st_mode));
	}
	put_time(k->w, st);
}

/* Closes fd. */
static void walk_folder(struct walk *k, int fd, const char *path, int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	char child[4096];
	struct stat st;
	int sub;

	if (!dir)
		close(fd);
	if (k->tree) {
		jw_key(k->w, "children");
		jw_begin(k->w, '[');
	}
	while (dir && k->left >= 0 && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (--k->left < 0)
			break;
		snprintf(child, sizeof(child), "%s%s%s", path, path[0] && path[strlen(path) - 1] == '/' ? "" : "/", d->d_name);
		jw_begin(k->w, '{');
		put_entry(k, d->d_name, child, &st);
		if (!k->tree)
			jw_end(k->w, '}');
		sub = depth > 1 && S_ISDIR(st.st_mode) ? openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (sub >= 0)
			walk_folder(k, sub, child, depth - 1);
		if (k->tree)
			jw_end(k->w, '}');
	}
	if (dir)
		closedir(dir);
	if (k->tree)
		jw_end(k->w, ']');
}

static int walk_result(const struct walk *k, const char *path, struct err *e)
{
	return k->left >= 0 ? 0 : err_set(e, ERR_TOOBIG, "%s has more than %d entries: ask for a folder below it, or for less depth", path, FILES_LIST_MAX);
}

int files_list(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e)
{
	struct walk k = { .w = w, .left = FILES_LIST_MAX };
	int fd = files_open_below(f, path, O_RDONLY | O_DIRECTORY, 0, e);

	if (fd < 0)
		return fd;
	jw_begin(w, '{');
	jw_kstr(w, "path", path);
	jw_key(w, "entries");
	jw_begin(w, '[');
	walk_folder(&k, fd, path, depth);
	jw_end(w, ']');
	jw_end(w, '}');
	return walk_result(&k, path, e);
}

int files_tree(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e)
{
	struct walk k = { .w = w, .tree = true, .left = FILES_LIST_MAX };
	const char *slash = strrchr(path, '/');
	int fd = files_open_below(f, path, O_RDONLY | O_DIRECTORY, 0, e);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return err_sys(e, ERR_IO, errno, "%s", path);
	}
	jw_begin(w, '{');
	put_entry(&k, slash ? slash + 1 : path, path, &st);
	walk_folder(&k, fd, path, depth);
	jw_end(w, '}');
	return walk_result(&k, path, e);
}

void files_erase(const char *dir)
{
	remove_tree(AT_FDCWD, dir);
}

int files_stat(const struct files *f, const char *path, struct jsonw *w, struct err *e)
{
	int fd = files_open_below(f, path, O_PATH | O_NOFOLLOW, 0, e);
	struct stat st;
	char mode[16];

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return err_sys(e, ERR_IO, errno, "%s", path);
	}
	close(fd);
	snprintf(mode, sizeof(mode), "%04o", (unsigned int)st.st_mode & 07777U);
	jw_begin(w, '{');
	jw_kstr(w, "path", path);
	jw_kint(w, "size", st.st_size);
	jw_kstr(w, "mode", mode);
	jw_kbool(w, "is_dir", S_ISDIR(st.st_mode));
	jw_kbool(w, "is_symlink", S_ISLNK(st.st_mode));
	put_time(w, &st);
	jw_end(w, '}');
	return 0;
}
