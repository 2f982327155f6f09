/* failing_sync: the syncs of a test and of what is linked into it are counted here, and fail when they are to. For the one file of a test. */
#ifndef ASSENT_TESTS_FAILING_SYNC_H
#define ASSENT_TESTS_FAILING_SYNC_H

#include <errno.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	int count;
	int bad, bad_from;	/* the one that fails; the one from which on all do; 0: none */
	bool left_out;		/* they are not made, which is quicker: no power is lost */
} syncs;

static int sync_or_fail(long number, int fd)
{
	syncs.count++;
	if (syncs.count != syncs.bad && (syncs.bad_from == 0 || syncs.count < syncs.bad_from))
		return syncs.left_out ? 0 : (int)syscall(number, fd);
	errno = EIO;
	return -1;
}

int fsync(int fd)
{
	return sync_or_fail(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_or_fail(SYS_fdatasync, fd);
}

#endif
