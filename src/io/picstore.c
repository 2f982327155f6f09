/* picstore: see picstore.h. A file gets its name only when its bytes are on the disk, so that no name ever stands for half a picture. */
#include "config.h"

#include "io/picstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "io/failpoint.h"

static const char end[] = ".png", half[] = ".half";

enum { NAME_LEN = DIGEST_HEX + 4 };

struct picstore {
	int fd;
	char *dir;
	uint64_t bytes;
};

/* The folder's own name is on the disk. */
static int sync_above(int fd)
{
	int above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = above < 0 ? -1 : fsync(above);

	if (above >= 0)
		close(above);
	return r;
}

int picstore_open(const char *dir, struct picstore **ret, struct err *e)
{
	struct picstore *p = calloc(1, sizeof(*p));
	bool made;

	if (!p || !(p->dir = strdup(dir))) {
		free(p);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	made = mkdir(dir, 0700) == 0;
	p->fd = made || errno == EEXIST ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (p->fd < 0 || (made && sync_above(p->fd) < 0)) {
		err_sys(e, ERR_IO, errno, "folder for pictures %s", dir);
		picstore_close(p);
		return ERR_IO;
	}
	*ret = p;
	return 0;
}

void picstore_close(struct picstore *p)
{
	if (!p)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p->dir);
	free(p);
}

static bool is_digest(const char *text, size_t len)
{
	return len == DIGEST_HEX && strspn(text, "0123456789abcdef") >= DIGEST_HEX;
}

static void name_of(const char *sha256, char name[NAME_LEN + 1])
{
	snprintf(name, NAME_LEN + 1, "%.*s%s", DIGEST_HEX, sha256, end);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The bytes, on the disk under a name that no picture has. */
static int write_half(const struct picstore *p, const void *png, size_t len, struct err *e)
{
	int fd = openat(p->fd, half, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), r;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s/%s", p->dir, half);
	r = write_all(fd, png, len) == 0 && fdatasync(fd) == 0 ? 0 : err_sys(e, ERR_IO, errno, "%s: a picture cannot be written", p->dir);
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, ERR_IO, errno, "%s: a picture cannot be written", p->dir);
	failpoint(FAILPOINT_PICTURE_WRITTEN);
	return r;
}

static bool is_there(const struct picstore *p, const char *name, size_t len)
{
	struct stat st;

	return fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == len;
}

int picstore_put(struct picstore *p, const char *sha256, const void *png, size_t len, struct err *e)
{
	char name[NAME_LEN + 1];
	struct stat st;
	int r;

	if (!is_digest(sha256, strlen(sha256)))
		return err_set(e, ERR_INVALID, "%s: no name of a picture", p->dir);
	name_of(sha256, name);
	if (is_there(p, name, len))
		return 0;
	r = write_half(p, png, len, e);
	if (r == 0 && fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		p->bytes -= S_ISREG(st.st_mode) && (uint64_t)st.st_size <= p->bytes ? (uint64_t)st.st_size : 0;	/* somebody cut it */
	if (r == 0 && renameat(p->fd, half, p->fd, name) < 0)
		r = err_sys(e, ERR_IO, errno, "%s/%s", p->dir, name);
	if (r < 0) {
		unlinkat(p->fd, half, 0);
		return r;
	}
	failpoint(FAILPOINT_PICTURE_NAMED);
	if (fsync(p->fd) < 0) {
		r = err_sys(e, ERR_IO, errno, "%s: a picture's name cannot be written", p->dir);
		unlinkat(p->fd, name, 0);
		return r;
	}
	p->bytes += len;
	return 0;
}

int picstore_get(const struct picstore *p, const char *sha256, struct buf *out, struct err *e)
{
	char name[NAME_LEN + 1], piece[65536], digest[DIGEST_HEX + 1];
	ssize_t n;
	int fd, r = 0;

	if (!is_digest(sha256, strlen(sha256)))
		return err_set(e, ERR_NOTFOUND, "%s: no name of a picture", p->dir);
	name_of(sha256, name);
	fd = openat(p->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s/%s", p->dir, name);
	buf_clear(out);
	while (r == 0 && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		r = n < 0 ? err_sys(e, ERR_IO, errno, "%s/%s", p->dir, name) : buf_append(out, piece, (size_t)n);
	}
	close(fd);
	if (r < 0)
		return r == ERR_IO ? r : err_set(e, r, "%s/%s: too large", p->dir, name);
	digest_hex(out->data, out->len, digest);
	return strcmp(digest, sha256) == 0 ? 0 : err_set(e, ERR_INVALID, "%s/%s: its bytes were changed", p->dir, name);
}

void picstore_remove(struct picstore *p, const char *sha256)
{
	char name[NAME_LEN + 1];
	struct stat st;

	if (!is_digest(sha256, strlen(sha256)))
		return;
	name_of(sha256, name);
	if (fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && unlinkat(p->fd, name, 0) == 0)
		p->bytes -= (uint64_t)st.st_size <= p->bytes ? (uint64_t)st.st_size : p->bytes;
}

static bool is_picture(const char *name)
{
	return strlen(name) == NAME_LEN && is_digest(name, DIGEST_HEX) && strcmp(name + DIGEST_HEX, end) == 0;
}

int picstore_sweep(struct picstore *p, bool (*wanted)(const char *sha256, void *arg), void *arg)
{
	int fd = openat(p->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char sha256[DIGEST_HEX + 1];
	struct dirent *entry;
	struct stat st;

	if (!d && fd >= 0)
		close(fd);
	n += unlinkat(p->fd, half, 0) == 0;
	p->bytes = 0;
	while (d && (entry = readdir(d)) != NULL) {
		if (!is_picture(entry->d_name))
			continue;
		snprintf(sha256, sizeof(sha256), "%.*s", DIGEST_HEX, entry->d_name);
		if (!wanted(sha256, arg))
			n += unlinkat(p->fd, entry->d_name, 0) == 0;
		else if (fstatat(p->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			p->bytes += (uint64_t)st.st_size;
	}
	if (d)
		closedir(d);
	return n;
}

uint64_t picstore_bytes(const struct picstore *p)
{
	return p->bytes;
}
