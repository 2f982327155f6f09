/* spool: long bodies on disk. See spool.h. */
#include "config.h"

#include "io/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

enum { NAME_DIGITS = 32 };

struct spool {
	int fd;
	char *dir;
};

struct spooled {
	struct spool *spool;
	int fd;
	uint64_t len;
	char name[NAME_DIGITS + 1];
};

int spool_open(const char *dir, struct spool **ret, struct err *e)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (!s || !(s->dir = strdup(dir))) {
		free(s);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		s->fd = -1;
	else
		s->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (s->fd < 0) {
		err_sys(e, ERR_IO, errno, "folder for long bodies %s", dir);
		spool_close(s);
		return ERR_IO;
	}
	*ret = s;
	return 0;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->dir);
	free(s);
}

static int open_file(struct spool *s, const char *name, int flags, struct spooled **ret, struct err *e)
{
	struct spooled *f = calloc(1, sizeof(*f));
	struct stat st;
	int r;

	if (!f)
		return err_set(e, ERR_NOMEM, "out of memory");
	f->spool = s;
	memcpy(f->name, name, sizeof(f->name));
	f->fd = openat(s->fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->fd < 0 || fstat(f->fd, &st) < 0) {
		r = err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s/%s", s->dir, name);
		spooled_close(f);
		return r;
	}
	f->len = (uint64_t)st.st_size;
	*ret = f;
	return 0;
}

int spool_create(struct spool *s, struct spooled **ret, struct err *e)
{
	char name[NAME_DIGITS + 1];

	if (random_hex(name, NAME_DIGITS) < 0)
		return err_set(e, ERR_IO, "no random bytes for a file's name");
	return open_file(s, name, O_RDWR | O_CREAT | O_EXCL, ret, e);
}

static bool is_name(const char *name)
{
	return strlen(name) == NAME_DIGITS && strspn(name, "0123456789abcdef") == NAME_DIGITS;
}

int spool_find(struct spool *s, const char *name, struct spooled **ret, struct err *e)
{
	return is_name(name) ? open_file(s, name, O_RDONLY, ret, e) : err_set(e, ERR_NOTFOUND, "%s: no name of a body", s->dir);
}

void spool_remove(struct spool *s, const char *name)
{
	if (is_name(name))
		unlinkat(s->fd, name, 0);
}

int spool_sweep(struct spool *s, bool (*wanted)(const char *name, void *arg), void *arg)
{
	int fd = openat(s->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d && fd >= 0)
		close(fd);
	while (d && (entry = readdir(d)) != NULL) {
		if (is_name(entry->d_name) && !wanted(entry->d_name, arg) && unlinkat(s->fd, entry->d_name, 0) == 0)
			n++;
	}
	if (d)
		closedir(d);
	return n;
}

int spooled_append(struct spooled *f, const void *data, size_t len, struct err *e)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(f->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, ERR_IO, n < 0 ? errno : ENOSPC, "%s/%s", f->spool->dir, f->name);
		p += n;
		len -= (size_t)n;
		f->len += (uint64_t)n;
	}
	return 0;
}

ssize_t spooled_read(const struct spooled *f, uint64_t at, void *out, size_t max)
{
	ssize_t n;

	do
		n = pread(f->fd, out, max, (off_t)at);
	while (n < 0 && errno == EINTR);
	return n;
}

int spooled_sync(const struct spooled *f)
{
	return fdatasync(f->fd) == 0 && fsync(f->spool->fd) == 0 ? 0 : ERR_IO;
}

const char *spooled_name(const struct spooled *f)
{
	return f->name;
}

uint64_t spooled_len(const struct spooled *f)
{
	return f->len;
}

void spooled_close(struct spooled *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

void spooled_discard(struct spooled *f)
{
	if (f)
		spool_remove(f->spool, f->name);
	spooled_close(f);
}
