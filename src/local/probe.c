/* probe: see probe.h. The remedies are those of the places where each step is known to be forbidden. */
#include "config.h"

#include "local/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "local/sandbox.h"

enum step { STEP_FORK, STEP_DROP, STEP_USER, STEP_MAP, STEP_OTHERS, STEP_PROC, STEP_NONE };

static const struct { const char *what, *remedy; } steps[] = {
	[STEP_FORK] = { "fork", "free some memory or processes" },
	[STEP_DROP] = { "dropping root", "run assent-local as an ordinary user" },
	[STEP_USER] = { "making a user namespace", "sudo sysctl user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1; in a chroot: systemd-nspawn instead; in docker: docker run --security-opt "
						   "seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined" },
	[STEP_MAP] = { "mapping a uid", "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	[STEP_OTHERS] = { "making pid, net, ipc and uts namespaces", "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	[STEP_PROC] = { "mounting /proc", "docker run --security-opt systempaths=unconfined" },
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* In the child. Returns the step that failed. */
static enum step try_steps(void)
{
	char map[64];
	uid_t uid;
	int status;
	pid_t pid;

	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(sandbox_uid(), sandbox_uid(), sandbox_uid()) < 0 ||
			       setresuid(sandbox_uid(), sandbox_uid(), sandbox_uid()) < 0))
		return STEP_DROP;
	prctl(PR_SET_DUMPABLE, 1);	/* after a change of uid our own /proc files are root's otherwise */
	uid = geteuid();
	if (unshare(CLONE_NEWUSER) < 0)
		return STEP_USER;
	snprintf(map, sizeof(map), "1000 %u 1", (unsigned int)uid);
	if (write_file("/proc/self/uid_map", map) < 0)
		return STEP_MAP;
	if (unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS) < 0)
		return STEP_OTHERS;
	pid = fork();
	if (pid == 0)
		_exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return STEP_FORK;
	errno = WEXITSTATUS(status);
	return errno ? STEP_PROC : STEP_NONE;
}

bool probe_namespaces(char *why, size_t size)
{
	int result[2] = { STEP_FORK, errno }, pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0) {
		snprintf(why, size, "namespaces cannot be tried: %s", strerror(errno));
		return false;
	}
	pid = fork();
	if (pid == 0) {
		result[0] = (int)try_steps();
		result[1] = errno;
		_exit(write(pipes[1], result, sizeof(result)) < 0);
	}
	close(pipes[1]);
	if (pid < 0 || read(pipes[0], result, sizeof(result)) != (ssize_t)sizeof(result))
		result[1] = errno;
	close(pipes[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (result[0] == STEP_NONE && access("/usr/bin/bwrap", X_OK) < 0) {
		snprintf(why, size, "bubblewrap is missing; apt-get install bubblewrap");
		return false;
	}
	if (result[0] == STEP_NONE)
		return true;
	snprintf(why, size, "namespaces cannot be used: %s failed (%s); remedy: %s", steps[result[0]].what, strerror(result[1]), steps[result[0]].remedy);
	return false;
}
