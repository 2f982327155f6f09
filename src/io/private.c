/* private: files of mode 0600 and locked memory. See private.h. */
#include "config.h"

#include "io/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

static int check_file(const char *what, const char *file, int fd, bool credential, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_INVALID, "%s %s: not a regular file", what, file);
	if (st.st_uid != geteuid() && !(credential && st.st_uid == 0))
		return err_set(e, ERR_DENIED, "%s %s belongs to user %u, not to you", what, file, (unsigned int)st.st_uid);
	if ((st.st_mode & (credential ? 037 : 077)) != 0)
		return err_set(e, ERR_DENIED, "%s %s is open to others; run: chmod 600 %s", what, file, file);
	return 0;
}

static int read_all(int fd, char *into, size_t size, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, into + len, size - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < size) || (n < 0 && errno == EINTR));
	*ret_len = len;
	return n < 0 ? -1 : 0;
}

static int read_text(const char *what, const char *name, int fd, char *into, size_t size, struct err *e)
{
	size_t len;

	if (read_all(fd, into, size, &len) < 0)
		return err_sys(e, ERR_IO, errno, "%s %s", what, name);
	if (len == size || memchr(into, '\0', len))	/* part of a secret is none */
		return err_set(e, ERR_INVALID, "%s %s: too long, or no text", what, name);
	into[len] = '\0';
	return 0;
}

static int read_file(const char *what, const char *file, bool credential, char *into, size_t size, struct err *e)
{
	int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), r;	/* a FIFO must not make us wait */

	if (fd < 0 && errno == ELOOP)
		return err_set(e, ERR_DENIED, "%s %s: a symbolic link; name the file itself", what, file);
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, errno, "%s %s", what, file);
	r = check_file(what, file, fd, credential, e);
	if (r == 0)
		r = read_text(what, file, fd, into, size, e);
	close(fd);
	return r;
}

int private_read(const char *what, const char *file, char *into, size_t size, struct err *e)
{
	return read_file(what, file, false, into, size, e);
}

int private_read_credential(const char *what, const char *file, char *into, size_t size, struct err *e)
{
	return read_file(what, file, true, into, size, e);
}

int private_read_fd(const char *what, int fd, char *into, size_t size, struct err *e)
{
	char name[32];

	snprintf(name, sizeof(name), "descriptor %d", fd);
	return read_text(what, name, fd, into, size, e);
}

/* The folder's own entry has to be on disk too. */
static int sync_folder(const char *file)
{
	char *folder = strdup(file), *slash = folder ? strrchr(folder, '/') : NULL;
	int fd, r;

	if (slash)
		slash[slash == folder] = '\0';
	fd = folder ? open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	r = fd < 0 ? -1 : fsync(fd);
	if (fd >= 0)
		close(fd);
	free(folder);
	return r;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

int private_write(const char *what, const char *file, const char *text, size_t len, struct err *e)
{
	char temporary[4096], random[17];
	int fd, r = 0;

	if (random_hex(random, 16) < 0)
		return err_set(e, ERR_IO, "no random bytes");
	if (snprintf(temporary, sizeof(temporary), "%s.%s", file, random) >= (int)sizeof(temporary))
		return err_set(e, ERR_INVALID, "%s %s: too long a name", what, file);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s %s", what, temporary);
	/* Whole and on disk under another name first; the last name appears at once or not at all, and never in another's place. */
	if (fchmod(fd, 0600) < 0 || write_all(fd, text, len) < 0)
		r = err_sys(e, ERR_IO, errno, "%s %s", what, temporary);
	close(fd);
	if (r == 0 && renameat2(AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE) < 0)
		r = errno == EEXIST ? err_set(e, ERR_CONFLICT, "%s %s is there already; it is never written over", what, file) :
				      err_sys(e, ERR_IO, errno, "%s %s", what, file);
	if (r < 0)
		unlink(temporary);
	else if (sync_folder(file) < 0)
		r = err_sys(e, ERR_IO, errno, "the folder of %s %s", what, file);
	return r;
}

void *locked_new(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Where locking is not permitted the secret still works; it may then reach swap. */
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	return p;
}

void locked_free(void *p, size_t size)
{
	if (!p)
		return;
	wipe(p, size);
	munmap(p, size);
}
