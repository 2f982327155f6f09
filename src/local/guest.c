/* guest: see guest.h. Everything here runs inside the sandbox; it trusts its server and nothing else. */
#include "config.h"

#include "local/guest.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/fallback.h"

enum { CHILDREN_MAX = 64 };

static struct child {
	uint32_t id;
	pid_t pid;
	int64_t deadline_ms;	/* 0: none */
	bool timed_out;
} children[CHILDREN_MAX];

static int channel;

static void reply(uint32_t type, uint32_t id, int32_t value, uint32_t flag, int fd)
{
	struct guest_packet p = { .type = type, .id = id, .value = value, .flag = flag };
	struct iovec io = { .iov_base = &p, .iov_len = GUEST_HEAD };
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if (sendmsg(channel, &m, MSG_NOSIGNAL) < 0)
		_exit(1);
}

static void limit(int what, rlim_t most)
{
	struct rlimit r = { most, most }, now;

	if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	setrlimit(what, &r);
}

/* RLIMIT_DATA, not RLIMIT_AS: runtimes that reserve address space still start. */
static void set_limits(void)
{
	limit(RLIMIT_DATA, 512UL << 20);
	limit(RLIMIT_FSIZE, 256UL << 20);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_CORE, 0);
	if (getenv("ASSENT_NPROC"))
		limit(RLIMIT_NPROC, (rlim_t)atol(getenv("ASSENT_NPROC")));
	unsetenv("ASSENT_NPROC");
}

static void run_child(const char *cwd, const char *command, const int fds[3])
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(fds[0], STDOUT_FILENO);
	dup2(fds[1], STDERR_FILENO);
	if (fds[2] >= 0) {
		dup2(fds[2], STDIN_FILENO);
	} else {
		close(STDIN_FILENO);	/* the lowest free: /dev/null becomes 0 */
		if (fopen("/dev/null", "r") == NULL)
			_exit(126);
	}
	signal(SIGPIPE, SIG_DFL);
	if (cwd[0] && chdir(cwd) < 0) {
		dprintf(STDERR_FILENO, "%s: %s\n", cwd, strerror(errno));
		_exit(126);
	}
	set_limits();	/* last: they are the command's, not ours */
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void start_child(const struct guest_packet *p, size_t text_len, const int fds[3])
{
	char *cwd = strndup(p->text, p->flag), *command = strndup(p->text + p->flag, text_len - p->flag);
	struct child *c = children;
	pid_t pid = -1;

	while (c < children + CHILDREN_MAX && c->pid)
		c++;
	if (cwd && command && c < children + CHILDREN_MAX)
		pid = fork();
	if (pid == 0)
		run_child(cwd, command, fds);
	if (pid > 0)
		*c = (struct child){ .id = p->id, .pid = pid, .deadline_ms = p->value > 0 ? clock_boot_ms() + p->value : 0 };
	else
		reply(GUEST_EXIT, p->id, 126, 0, -1);
	free(cwd);
	free(command);
}

static void connect_inside(uint32_t id, int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* A full backlog inside must not hold up the supervisor: what is still connecting is handed out as it is. */
	if (fd < 0 || (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 && errno != EINPROGRESS))
		reply(GUEST_CONNECTED, id, errno, 0, -1);
	else
		reply(GUEST_CONNECTED, id, 0, 0, fd);
	if (fd >= 0)
		close(fd);
}

static void take_packet(void)
{
	static struct guest_packet p;
	struct iovec io = { .iov_base = &p, .iov_len = sizeof(p) };
	union { struct cmsghdr align; char bytes[CMSG_SPACE(3 * sizeof(int))]; } control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;
	int fds[3] = { -1, -1, -1 }, i;
	ssize_t n = recvmsg(channel, &m, MSG_CMSG_CLOEXEC);

	if (n < 0 && errno == EINTR)
		return;
	if (n < (ssize_t)GUEST_HEAD)
		_exit(0);	/* the server is gone: PID 1 ends, and everything with it */
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS && (c->cmsg_len == CMSG_LEN(2 * sizeof(int)) || c->cmsg_len == CMSG_LEN(3 * sizeof(int))))
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	if (p.type == GUEST_EXEC && fds[0] >= 0 && p.flag <= (size_t)n - GUEST_HEAD)
		start_child(&p, (size_t)n - GUEST_HEAD, fds);
	else if (p.type == GUEST_CONNECT)
		connect_inside(p.id, p.value);
	else if (p.type == GUEST_PAUSE && getpid() == 1)
		kill(-1, p.value ? SIGSTOP : SIGCONT);	/* all in our PID namespace but us */
	for (i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *c = children;

		while (c < children + CHILDREN_MAX && c->pid != pid)
			c++;
		if (c == children + CHILDREN_MAX)
			continue;	/* an orphan that we inherited */
		reply(GUEST_EXIT, c->id, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), c->timed_out, -1);
		c->pid = 0;
	}
}

/* Kills what is over its time; returns the ms until the next limit, -1 for none. */
static int check_deadlines(void)
{
	int64_t now = clock_boot_ms(), next = INT64_MAX;
	struct child *c;

	for (c = children; c < children + CHILDREN_MAX; c++) {
		if (!c->pid || !c->deadline_ms)
			continue;
		if (c->deadline_ms <= now) {
			kill(-c->pid, SIGKILL);
			c->timed_out = true;
			c->deadline_ms = 0;
		} else if (c->deadline_ms < next) {
			next = c->deadline_ms;
		}
	}
	return next == INT64_MAX ? -1 : (int)(next - now);
}

/* Kills what is left below us. What loses its parent comes to us, the subreaper, so one list of children after the other is enough. */
static void end_descendants(void)
{
	char path[64];
	pid_t pid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	do {
		f = fopen(path, "re");
		if (!f)
			return;
		while (fscanf(f, "%d", &pid) == 1)
			kill(pid, SIGKILL);
		fclose(f);
	} while (waitpid(-1, NULL, 0) > 0);
}

/*
 * Without a PID namespace nothing ends with its PID 1. So this process stays above as the keeper, and the supervisor goes on in a child, with its
 * commands in an inner domain from which the keeper cannot be signalled. The keeper ends all of them when the server or the supervisor does.
 */
static int stand_below_keeper(void)
{
	pid_t supervisor, pid = -1;
	sigset_t signals;
	int sig = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	supervisor = fork();
	if (supervisor == 0) {
		sigprocmask(SIG_UNBLOCK, &signals, NULL);
		return fallback_seclude();
	}
	if (supervisor < 0)
		return -1;
	close(channel);	/* the supervisor's end alone is what the server sees */
	while (sig != SIGTERM && pid != supervisor) {
		if (sigwait(&signals, &sig) != 0)
			break;
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0 && pid != supervisor)
			;
	}
	end_descendants();
	_exit(0);
}

int guest_main(int fd)
{
	struct signalfd_siginfo info;
	struct pollfd polls[2];
	sigset_t chld;

	channel = fd;
	/* A command that held our channel could speak for us. */
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return 1;
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getpid() != 1 && stand_below_keeper() < 0)
		return 1;
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* the keeper's child does not inherit it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	polls[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN };
	reply(GUEST_HELLO, 0, (int32_t)getpid(), 0, -1);
	for (;;) {
		if (poll(polls, 2, check_deadlines()) < 0 && errno != EINTR)
			return 1;
		if (polls[1].revents & POLLIN) {
			while (read(polls[1].fd, &info, sizeof(info)) > 0)
				;
			reap();
		}
		if (polls[0].revents & (POLLIN | POLLHUP))
			take_packet();
	}
}
