/*
 * png_box: what the picture decoder may do once it is inside: read and write its one channel, have memory, end. Each wall would do alone: no descriptor is
 * open, none may be opened, no file is within reach, any other call ends the process. See png.h.
 */
#include "config.h"

#include "io/png.h"

#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void limit(int what, rlim_t most)
{
	struct rlimit r = { most, most };

	setrlimit(what, &r);
}

#ifndef ASSENT_SANITIZE	/* the sanitizers need what the box forbids; the box is tested in the plain build */

enum { MEMORY_MIB = 320 };

/* No file by any path. Where the kernel has no Landlock the list of calls stands alone. */
static void lock_files(void)
{
	struct landlock_ruleset_attr none = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &none, sizeof(none.handled_access_fs), 0);

	if (ruleset < 0)
		return;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		_exit(1);
	close(ruleset);
}

static bool lock_calls(int fd)
{
	static const int allowed[] = { SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
				       SCMP_SYS(getrandom), SCMP_SYS(rt_sigreturn), SCMP_SYS(futex) };
	static const int transfers[] = { SCMP_SYS(read), SCMP_SYS(write) };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool ok = ctx != NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(allowed); i++)
		ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	for (i = 0; i < ARRAY_LEN(transfers); i++)
		ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, transfers[i], 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd)) == 0;
	/* Memory, but none that can be run. */
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	ok = ok && seccomp_load(ctx) == 0;
	if (ctx)
		seccomp_release(ctx);
	return ok;
}

void decoder_box(int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The terminal is among what is inherited. */
	if ((fd > 0 && close_range(0, (unsigned int)fd - 1, 0) < 0) || close_range((unsigned int)fd + 1, ~0U, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(1);
	lock_files();
	limit(RLIMIT_AS, (rlim_t)MEMORY_MIB << 20);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_NOFILE, 0);
	limit(RLIMIT_CORE, 0);
	if (!lock_calls(fd))
		_exit(1);	/* no box, no pictures */
}

#else

void decoder_box(int fd)
{
	(void)fd;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit(RLIMIT_CORE, 0);
}

#endif
