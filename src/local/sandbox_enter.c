/* sandbox_enter: what the child of a fork does to become a sandbox: bubblewrap with its arguments, or the fall-back. See sandbox_own.h. */
#include "config.h"

#include "local/sandbox_own.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local/fallback.h"

#define STAGE "/mnt"

enum { UNUSED_UID = 23456, ARGS_MAX = 160 };

uid_t sandbox_uid(void)
{
	return geteuid() == 0 ? UNUSED_UID : geteuid();
}

static int drop_root(void)
{
	if (geteuid() != 0)
		return 0;
	return setgroups(0, NULL) < 0 || setresgid(UNUSED_UID, UNUSED_UID, UNUSED_UID) < 0 || setresuid(UNUSED_UID, UNUSED_UID, UNUSED_UID) < 0 ? -1 : 0;
}

bool sandbox_reaches(const char *path)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0)
		_exit(drop_root() < 0 || access(path, X_OK) < 0);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * As root we become an unused uid before bubblewrap starts, and that uid may not be able to reach our folders (a clone below /root). So
 * they are bound, in a mount namespace of this child, to a place which everyone can reach. Where that is not allowed the paths stay as they are.
 */
static bool open_stage(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("stage", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") == 0;
}

static const char *stage(bool staged, const char *path, char *out, size_t size)
{
	static int count;
	struct stat st;
	int fd;

	snprintf(out, size, "%s/%d", STAGE, count++);
	if (!staged || stat(path, &st) < 0)
		return path;
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(out, 0755) < 0)
			return path;
	} else {
		fd = open(out, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			return path;
		close(fd);
	}
	return mount(path, out, NULL, MS_BIND, NULL) == 0 ? out : path;
}

static int passwd_file(void)
{
	static const char text[] = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/workspace:/bin/sh\n";
	int fd = memfd_create("passwd", 0);

	if (fd >= 0 && (write(fd, text, sizeof(text) - 1) < 0 || lseek(fd, 0, SEEK_SET) < 0))
		return -1;
	return fd;
}

/* The one place where bubblewrap's arguments stand. */
static void exec_bwrap(const struct sandbox_spec *s, int channel)
{
	static const char *const fixed[] = {
		"bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
		"--uid", "1000", "--gid", "1000", "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
		"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin", "--symlink", "usr/lib", "/lib",
		"--symlink", "usr/lib64", "/lib64", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
		"--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/ssl/certs", "/etc/ssl/certs",
		"--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-try", "/etc/X11", "/etc/X11",
		"--ro-bind-try", "/var/cache/fontconfig", "/var/cache/fontconfig",
		"--proc", "/proc", "--dev", "/dev", "--size", "67108864", "--tmpfs", "/tmp", "--size", "8388608", "--tmpfs", "/run",
		"--dir", "/var/tmp", "--clearenv", "--setenv", "PATH", "/opt/apps:/usr/local/bin:/usr/bin:/bin", "--setenv", "USER", "user",
		"--setenv", "LANG", "C.UTF-8", "--setenv", "TERM", "dumb", "--setenv", "ASSENT_NPROC", "64",
	};
	static char names[32][64], values[32][256];
	const char *argv[ARGS_MAX];
	char number[16], passwd[16], self[64], workspace[64];
	bool staged = open_stage();
	char exe[4096] = "";
	size_t n = 0, i;

	/* Our own file by its name: the link means another program once bubblewrap reads it. */
	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
		return;

	for (i = 0; i < ARRAY_LEN(fixed); i++)
		argv[n++] = fixed[i];
	snprintf(number, sizeof(number), "%d", channel);
	snprintf(passwd, sizeof(passwd), "%d", passwd_file());
#define ADD(...) do { const char *const more[] = { __VA_ARGS__ }; for (i = 0; i < ARRAY_LEN(more); i++) argv[n++] = more[i]; } while (0)
	ADD("--hostname", s->hostname, "--file", passwd, "/etc/passwd", "--ro-bind", stage(staged, exe, self, sizeof(self)), "/.guest");
	ADD("--bind", stage(staged, s->workspace, workspace, sizeof(workspace)), "/workspace", "--chdir", "/workspace", "--setenv", "HOME", s->home);
	for (i = 0; s->binds && s->binds[i].target; i++) {
		argv[n++] = s->binds[i].writable ? "--bind" : "--ro-bind";
		argv[n++] = stage(staged, s->binds[i].source, names[i], sizeof(names[i]));
		argv[n++] = s->binds[i].target;
	}
	for (i = 0; s->env && s->env[i] && i < ARRAY_LEN(values); i++) {
		const char *equals = strchr(s->env[i], '=');

		snprintf(values[i], sizeof(values[i]), "%.*s", (int)(equals - s->env[i]), s->env[i]);
		argv[n++] = "--setenv";
		argv[n++] = values[i];
		argv[n++] = equals + 1;
	}
	ADD("--as-pid-1", "--", "/.guest", "--guest", number);
#undef ADD
	argv[n] = NULL;
	if (drop_root() == 0)
		execv("/usr/bin/bwrap", (char *const *)(void *)argv);
	dprintf(STDERR_FILENO, "assent-local: cannot run bwrap: %s\n", strerror(errno));
}

static void exec_restricted(const struct sandbox_spec *s, int channel)
{
	static const char *const readable[] = { "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts",
						"/etc/X11", "/etc/ssl/certs", "/var/cache/fontconfig", "/proc/self", "/dev/urandom", NULL };
	const char *writable[16] = { s->workspace, "/dev/null", "/dev/zero", "/dev/shm" }, *reads[32], *env[40];
	const char *argv[] = { "assent-local", "--guest", NULL, NULL };
	char number[16], home[4200], tmp[4200], path[4200], nproc[32];
	const char *apps = "/opt/apps";
	size_t w = 4, r = 0, n = 0, i;
	int exe;

	for (i = 0; readable[i]; i++)
		reads[r++] = readable[i];
	for (i = 0; s->binds && s->binds[i].target; i++) {
		if (s->binds[i].writable)
			writable[w++] = s->binds[i].source;
		else
			reads[r++] = s->binds[i].source;
		if (strcmp(s->binds[i].target, apps) == 0)
			apps = s->binds[i].source;	/* nothing is bound here: it keeps its own name */
	}
	writable[w] = NULL;
	snprintf(path, sizeof(path), "PATH=%s:/usr/local/bin:/usr/bin:/bin", apps);
	snprintf(home, sizeof(home), "HOME=%s", s->home);
	env[n++] = path;
	env[n++] = home;
	env[n++] = "USER=user";
	env[n++] = "LANG=C.UTF-8";
	env[n++] = "TERM=dumb";
	/* /tmp is everybody's here. */
	snprintf(tmp, sizeof(tmp), "TMPDIR=%s", s->workspace);
	env[n++] = tmp;
	/* Counted for the whole uid, not for the sandbox: enough against a fork bomb, and out of an ordinary user's way. */
	snprintf(nproc, sizeof(nproc), "ASSENT_NPROC=%d", geteuid() == 0 ? 512 : 2048);
	env[n++] = nproc;
	for (i = 0; s->env && s->env[i] && n < ARRAY_LEN(env) - 1; i++)
		env[n++] = s->env[i];
	env[n] = NULL;
	snprintf(number, sizeof(number), "%d", channel);
	argv[2] = number;
	exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	reads[r++] = "/proc/self/exe";
	reads[r] = NULL;
	setsid();
	if (drop_root() == 0 && chdir(s->workspace) == 0 && fallback_restrict(writable, reads, s->unix_sockets) == 0)
		fexecve(exe, (char *const *)(void *)argv, (char *const *)(void *)env);
	dprintf(STDERR_FILENO, "assent-local: cannot restrict the sandbox: %s\n", strerror(errno));
}

void sandbox_enter(const struct sandbox_spec *s, int channel)
{
	if (s->isolation == ISOLATION_NAMESPACES)
		exec_bwrap(s, channel);
	else
		exec_restricted(s, channel);
}
