/* fallback: Landlock for files, seccomp for sockets, ptrace and io_uring. See fallback.h. */
#include "config.h"

#include "local/fallback.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What ABI 1 knows: enough to keep everything else of the disk out of reach. */
#define READ (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ALL (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FILE_ONLY (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

/* Later than the headers of Debian 12. A kernel that does not know the later members takes the struct as long as they are 0. */
#define ACCESS_TRUNCATE (1ULL << 14)	/* ABI 3 */
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)	/* ABI 6 */
#define SCOPE_SIGNALS (1ULL << 1)	/* ABI 6 */
struct ruleset_attr {
	uint64_t access_fs, access_net, scoped;
};

static int landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool fallback_available(void)
{
	return landlock_abi() >= 1;
}

static int allow(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	struct stat st;
	int r;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_ONLY;
	r = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return r;
}

static int restrict_calls(bool unix_sockets, bool truncate)
{
	static const int forbidden[] = { SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(io_uring_setup),
					 SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(bpf), SCMP_SYS(keyctl),
					 SCMP_SYS(mount), SCMP_SYS(unshare), SCMP_SYS(perf_event_open) };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	size_t i;
	int r = ctx ? 0 : -ENOMEM;

	/* Any family but AF_UNIX: no network. */
	if (r == 0 && unix_sockets)
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX));
	else if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 0);
	/* By path: Landlock before ABI 3 does not see it. ftruncate() is another call. */
	if (r == 0 && !truncate)
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(truncate), 0);
	for (i = 0; r == 0 && i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	errno = -r;
	return r == 0 ? 0 : -1;
}

int fallback_restrict(const char *const *writable, const char *const *readable, bool unix_sockets)
{
	int abi = landlock_abi(), ruleset, r = 0;
	uint64_t all = abi >= 3 ? ALL | ACCESS_TRUNCATE : ALL;
	struct ruleset_attr attr = { .access_fs = all, .scoped = abi >= 6 ? SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS : 0 };

	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return -1;
	for (; r == 0 && *writable; writable++)
		r = allow(ruleset, *writable, all);
	for (; r == 0 && *readable; readable++)
		r = allow(ruleset, *readable, READ);
	if (r == 0)
		r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (r == 0)
		r = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return r == 0 ? restrict_calls(unix_sockets, abi >= 3) : -1;
}

int fallback_seclude(void)
{
	struct ruleset_attr attr = { .scoped = SCOPE_SIGNALS };
	int ruleset, r;

	if (landlock_abi() < 6)
		return 0;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return -1;
	r = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return r;
}
