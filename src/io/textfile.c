/* textfile: reads what a person wrote, if nobody else can have written it. See textfile.h. */
#include "config.h"

#include "io/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_DENIED, "%s is no plain file", path);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, ERR_DENIED, "%s belongs to another user", path);
	return st->st_mode & S_IWOTH ? err_set(e, ERR_DENIED, "%s can be written by everyone: chmod o-w it", path) : 0;
}

static int read_all(int fd, const char *path, struct buf *out, struct err *e)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_IO, errno, "%s", path);
		if (buf_append(out, part, (size_t)n) < 0)
			return err_set(e, ERR_TOOBIG, "%s: more than %zu bytes", path, out->max);
	}
	return 0;
}

int textfile_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	int fd, r;
	struct stat st;

	buf_init(out, max);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);	/* a fifo is refused, not waited for */
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_DENIED, errno, "%s", path);
	r = fstat(fd, &st) < 0 ? err_sys(e, ERR_IO, errno, "%s", path) : check(path, &st, e);
	if (r == 0)
		r = read_all(fd, path, out, e);
	close(fd);
	return r;
}
