/*
 * shim: what the machine does to a gate, on request. Preloaded (LD_PRELOAD) into the plain build only: sanitizers have to come first.
 *
 *   SHIM_STATE=DIR     the files that it is about: those below DIR
 *   SHIM_SHADOW=DIR    keeps each file as it was at its last sync, % for / in its name: what a loss of power leaves for certain
 *   SHIM_FAIL=CALL:WHAT:N[+]
 *                      the N-th CALL (write, sync) fails with WHAT (eio, enospc), with + all from then on; or the process is killed
 *                      (kill), a write half done
 *   SHIM_COUNTS=FILE   two 64-bit numbers: writes and syncs so far
 *   SHIM_CLOCK=FILE    three 64-bit numbers, in ms, which are added to CLOCK_REALTIME, CLOCK_BOOTTIME and CLOCK_MONOTONIC
 *   SHIM_RESOLVE=FILE  "NAME ADDRESS": NAME resolves to it now; ADDRESS "-": to nothing
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	syscall(SYS_write, STDERR_FILENO, what, strlen(what));
	abort();
}

enum call { CALL_WRITE, CALL_SYNC, CALLS };

static struct {
	bool ready;
	char state[4096];
	const char *shadow;
	int64_t *counts;	/* writes, syncs */
	int64_t own_counts[CALLS];
	const int64_t *clock;
	enum call fail_call;
	int fail_error;		/* 0: kill */
	int64_t fail_from;	/* 0: never */
	bool fail_on;
} shim;

static void *map(const char *variable, size_t size, int mode)
{
	const char *path = getenv(variable);
	int fd = path ? open(path, mode | O_CLOEXEC, 0600) : -1;
	void *p = MAP_FAILED;

	if (fd >= 0) {
		if ((mode & O_CREAT) && ftruncate(fd, (off_t)size) < 0)
			die("shim: a file cannot be made longer\n");
		p = mmap(NULL, size, mode & O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	return p == MAP_FAILED ? NULL : p;
}

static void set_up(void)
{
	const char *fail = getenv("SHIM_FAIL"), *state = getenv("SHIM_STATE");
	char call[16], what[16], plus = 0;
	long long n;

	shim.ready = true;
	if (state && !realpath(state, shim.state))
		snprintf(shim.state, sizeof(shim.state), "%s", state);
	shim.shadow = getenv("SHIM_SHADOW");
	shim.counts = shim.own_counts;
	if (fail && sscanf(fail, "%15[a-z]:%15[a-z]:%lld%c", call, what, &n, &plus) >= 3) {
		shim.fail_call = strcmp(call, "sync") == 0 ? CALL_SYNC : CALL_WRITE;
		shim.fail_error = strcmp(what, "eio") == 0 ? EIO : strcmp(what, "enospc") == 0 ? ENOSPC : 0;
		shim.fail_from = n;
		shim.fail_on = plus == '+';
	}
	shim.clock = map("SHIM_CLOCK", 3 * sizeof(int64_t), O_RDONLY);
	if (getenv("SHIM_COUNTS"))
		shim.counts = map("SHIM_COUNTS", CALLS * sizeof(int64_t), O_RDWR | O_CREAT);
	if (!shim.counts)
		die("shim: no SHIM_COUNTS\n");
}

/* The name of the file below the folder that this is about, % for /; "" for any other. */
static void name_of(int fd, char name[256])
{
	char link[64], path[4096], *slash;
	ssize_t n;
	size_t len;

	name[0] = '\0';
	if (!shim.ready)
		set_up();
	len = strlen(shim.state);
	if (len == 0)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	/* The folder may have been made after set_up(). */
	if (strncmp(path, shim.state, len) != 0 || path[len] != '/')
		return;
	for (slash = path + len + 1; (slash = strchr(slash, '/')) != NULL;)
		*slash = '%';
	snprintf(name, 256, "%s", path + len + 1);
}

/* Does this call fail? The errno, 0 for no. */
static int due(enum call call, const char *name)
{
	int64_t n;

	if (name[0] == '\0' || strncmp(name, "journal.db", 10) != 0)
		return 0;
	n = ++shim.counts[call];
	if (shim.fail_from == 0 || call != shim.fail_call || (shim.fail_on ? n < shim.fail_from : n != shim.fail_from))
		return 0;
	return shim.fail_error ? shim.fail_error : -1;
}

static ssize_t write_or_fail(int fd, const void *data, size_t len, off_t at, bool has_at)
{
	char name[256];
	int error;

	name_of(fd, name);
	error = due(CALL_WRITE, name);
	if (error > 0) {
		errno = error;
		return -1;
	}
	if (error < 0)
		len /= 2;
	len = (size_t)(has_at ? syscall(SYS_pwrite64, fd, data, len, at) : syscall(SYS_write, fd, data, len));
	if (error < 0)
		kill(getpid(), SIGKILL);
	return (ssize_t)len;
}

ssize_t write(int fd, const void *data, size_t len)
{
	return write_or_fail(fd, data, len, 0, false);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return write_or_fail(fd, data, len, at, true);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	return write_or_fail(fd, data, len, at, true);
}

/* Beside the file's place and then into it, so that a kill leaves the one or the other. */
static void keep(int fd, const char *name)
{
	char path[4096], fresh[4100], more[65536];
	off_t at = 0;
	ssize_t n;
	int out;

	snprintf(path, sizeof(path), "%s/%s", shim.shadow, name);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while ((n = pread(fd, more, sizeof(more), at)) > 0) {
		if (syscall(SYS_write, out, more, (size_t)n) != n)
			die("shim: the shadow cannot be written\n");
		at += n;
	}
	close(out);
	if (rename(fresh, path) < 0)
		die("shim: the shadow cannot be renamed\n");
}

/* A folder was synced: what was removed from it is gone for good. */
static void forget_removed(void)
{
	DIR *d = opendir(shim.shadow);
	struct dirent *f;

	while (d && (f = readdir(d)) != NULL) {
		char path[8192], *percent;
		size_t at = strlen(shim.state) + 1;

		if (f->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", shim.state, f->d_name);
		if (strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".new") == 0)
			continue;	/* another thread is in keep() */
		while ((percent = strchr(path + at, '%')) != NULL)
			*percent = '/';
		if (access(path, F_OK) < 0)
			unlinkat(dirfd(d), f->d_name, 0);
	}
	if (d)
		closedir(d);
}

/* A file was given another name: that is so for good once its folder is synced. One at a time: nobody gives two between two syncs. */
static char renamed_from[4400], renamed_to[4400];

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	char folder[256];

	if (syscall(SYS_renameat, from_dir, from, to_dir, to) < 0)
		return -1;
	name_of(to_dir, folder);
	if (shim.shadow && folder[0]) {
		snprintf(renamed_from, sizeof(renamed_from), "%s/%s%%%s", shim.shadow, folder, from);
		snprintf(renamed_to, sizeof(renamed_to), "%s/%s%%%s", shim.shadow, folder, to);
	}
	return 0;
}

static int sync_or_fail(long number, int fd)
{
	char name[256];
	struct stat st;
	int error, r;

	name_of(fd, name);
	error = due(CALL_SYNC, name);
	if (error > 0) {
		errno = error;
		return -1;
	}
	if (error < 0)
		kill(getpid(), SIGKILL);
	r = (int)syscall(number, fd);
	if (r == 0 && shim.shadow && fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			if (renamed_from[0] && rename(renamed_from, renamed_to) < 0)
				die("shim: a name in the shadow cannot be changed\n");
			renamed_from[0] = '\0';
			forget_removed();
		}
		if (!S_ISDIR(st.st_mode) && name[0])
			keep(fd, name);
	}
	return r;
}

int fsync(int fd)
{
	return sync_or_fail(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_or_fail(SYS_fdatasync, fd);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t ms = 0, ns;

	if (!shim.ready)
		set_up();
	if (syscall(SYS_clock_gettime, id, ts) < 0)
		return -1;
	if (!shim.clock)
		return 0;
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		ms = shim.clock[0];
	else if (id == CLOCK_BOOTTIME)
		ms = shim.clock[1];
	else if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE)
		ms = shim.clock[2];
	ns = ts->tv_nsec + ms % 1000 * 1000000;
	ts->tv_sec += ms / 1000 + (ns >= 1000000000) - (ns < 0);
	ts->tv_nsec = ns + (ns < 0 ? 1000000000 : ns >= 1000000000 ? -1000000000 : 0);
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (ret)
		*ret = ts.tv_sec;
	return ts.tv_sec;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints, struct addrinfo **restrict ret)
{
	int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	const char *path = getenv("SHIM_RESOLVE");
	char name[256] = "", address[64] = "";
	FILE *f = path ? fopen(path, "r") : NULL;
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");

	memcpy(&next, &symbol, sizeof(next));
	if (f) {
		if (fscanf(f, "%255s %63s", name, address) != 2)
			name[0] = '\0';
		fclose(f);
	}
	if (!node || strcmp(node, name) != 0)
		return next(node, service, hints, ret);
	return strcmp(address, "-") == 0 ? EAI_NONAME : next(address, service, hints, ret);
}
