/* sandbox: starts bubblewrap or the fall-back, and speaks with the supervisor inside. See sandbox.h. */
#include "config.h"

#include "local/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/fallback.h"
#include "local/guest.h"

#define STAGE "/mnt"

enum { UNUSED_UID = 23456, ARGS_MAX = 160, AFTER_EXIT_MS = 100, DRAIN_MAX = 1024 * 1024, SUPERVISOR_LATE_MS = 5000, INPUT_MAX = 256 * 1024 };

struct stream {
	uv_pipe_t pipe;
	struct sandbox_exec *exec;
	int number;
	bool ended;
};

struct sandbox_exec {
	struct sandbox_exec *next;
	struct sandbox *sandbox;
	struct sandbox_exec_spec spec;
	uint32_t id;
	struct stream streams[2];
	uv_pipe_t input;	/* where it has one */
	uv_timer_t after;	/* for a background process that keeps the pipes open */
	int handles, open_streams, status;
	bool exited, timed_out, finished, held;
	int64_t start_ms;
};

struct connect_wait {
	struct connect_wait *next;
	uint32_t id;
	void (*on_fd)(int fd, void *arg);
	void *arg;
};

struct sandbox {
	struct sandbox_spec spec;	/* of its strings only workspace and home, which are our own */
	pid_t pid;			/* bubblewrap; without namespaces the keeper (guest.c) */
	int fd;
	uv_poll_t poll;
	bool ended;
	uint32_t last_id;
	struct sandbox_exec *execs;
	struct connect_wait *connects;
	char buffer[65536];
};

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

static struct guest_packet *packet(void)
{
	static struct guest_packet p;	/* 64 KiB: not on the stack; one loop, one user at a time */

	return &p;
}

static int send_packet(struct sandbox *s, const struct guest_packet *p, size_t text_len, const int *fds, size_t count)
{
	struct iovec io = { .iov_base = (void *)(uintptr_t)p, .iov_len = GUEST_HEAD + text_len };
	union { struct cmsghdr align; char bytes[CMSG_SPACE(3 * sizeof(int))]; } control = { 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (count > 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	return sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;	/* a supervisor that does not read is no reason to wait */
}

/* ---- commands ---- */

static void on_exec_handle_closed(uv_handle_t *h)
{
	struct sandbox_exec *x = h->data;

	if (--x->handles == 0)
		free(x);
}

static void finish_exec(struct sandbox_exec *x)
{
	struct sandbox_exec **p = &x->sandbox->execs;
	int i;

	if (x->finished)
		return;
	x->finished = true;
	while (*p != x)
		p = &(*p)->next;
	*p = x->next;
	for (i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&x->streams[i].pipe, on_exec_handle_closed);
	if (x->spec.input)
		uv_close((uv_handle_t *)&x->input, on_exec_handle_closed);
	uv_close((uv_handle_t *)&x->after, on_exec_handle_closed);
	x->spec.on_exit(x->status, x->timed_out, clock_boot_ms() - x->start_ms, x->spec.arg);
}

/* What stands in the pipes still counts; a background process that goes on writing does not. */
static void drain(struct sandbox_exec *x)
{
	size_t total = 0;
	uv_os_fd_t fd;
	ssize_t n;
	int i;

	for (i = 0; i < 2; i++) {
		if (uv_fileno((uv_handle_t *)&x->streams[i].pipe, &fd) < 0)
			continue;
		while (total < DRAIN_MAX && (n = read(fd, x->sandbox->buffer, sizeof(x->sandbox->buffer))) > 0) {
			total += (size_t)n;
			x->spec.on_output(i + 1, x->sandbox->buffer, (size_t)n, x->spec.arg);
		}
	}
}

static void on_after(uv_timer_t *t)
{
	struct sandbox_exec *x = t->data;

	drain(x);
	finish_exec(x);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct sandbox_exec *x = h->data;

	(void)hint;
	*ret = uv_buf_init(x->sandbox->buffer, sizeof(x->sandbox->buffer));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct stream *s = (struct stream *)stream;
	struct sandbox_exec *x = s->exec;

	if (x->finished || n == 0)
		return;
	if (n > 0) {
		x->spec.on_output(s->number, buf->base, (size_t)n, x->spec.arg);
		return;
	}
	uv_read_stop(stream);
	s->ended = true;
	if (--x->open_streams == 0 && x->exited)
		finish_exec(x);
}

static void open_stream(struct sandbox_exec *x, int i, int fd)
{
	struct stream *s = &x->streams[i];

	s->exec = x;
	s->number = i + 1;
	uv_pipe_init(x->sandbox->spec.loop, &s->pipe, 0);
	s->pipe.data = x;
	uv_pipe_open(&s->pipe, fd);
	uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read);
	x->open_streams++;
	x->handles++;
}

void sandbox_exec_hold(struct sandbox_exec *x, bool hold)
{
	int i;

	if (x->finished || x->held == hold)
		return;
	x->held = hold;
	for (i = 0; i < 2; i++) {
		uv_stream_t *stream = (uv_stream_t *)&x->streams[i].pipe;

		if (hold)
			uv_read_stop(stream);
		else if (!x->streams[i].ended)
			uv_read_start(stream, on_alloc, on_read);
	}
}

/* Without namespaces the folders have other names outside than the API says. */
static void put_cwd(const struct sandbox *s, const char *cwd, char *out, size_t size)
{
	static const char *const inside[] = { "/workspace", "/home/user" };
	const char *const outside[] = { s->spec.workspace, s->spec.home };
	size_t i, n;

	snprintf(out, size, "%s", cwd ? cwd : "");
	for (i = 0; cwd && s->spec.isolation != ISOLATION_NAMESPACES && i < ARRAY_LEN(inside); i++) {
		n = strlen(inside[i]);
		if (strncmp(cwd, inside[i], n) == 0 && (cwd[n] == '/' || cwd[n] == '\0'))
			snprintf(out, size, "%s%s", outside[i], cwd + n);
	}
}

/* [0] and [2] are ours to read, [5] to write; the others are the command's. */
static int make_pipes(int pipes[6], bool input, struct err *e)
{
	int i, n;

	for (i = 0; i < (input ? 3 : 2); i++) {
		if (pipe2(pipes + (ptrdiff_t)2 * i, O_CLOEXEC | O_NONBLOCK) < 0) {
			int wrong = errno;

			for (n = 0; n < 2 * i; n++)
				close(pipes[n]);
			return err_sys(e, ERR_IO, wrong, "pipe");
		}
		/* The command's own ends block: only ours do not. */
		fcntl(pipes[2 * i + (i < 2)], F_SETFL, 0);
	}
	return 0;
}

int sandbox_exec(struct sandbox *s, const struct sandbox_exec_spec *spec, struct err *e)
{
	struct guest_packet *p = packet();
	int pipes[6], far[3];
	struct sandbox_exec *x;
	char folder[8192];
	size_t cwd, len;

	if (spec->cwd && strlen(spec->cwd) >= sizeof(folder) / 2)
		return err_set(e, ERR_TOOBIG, "the folder's name is longer than %zu bytes", sizeof(folder) / 2 - 1);
	if (!s || s->ended)
		return err_set(e, ERR_STATE, "it is not running");
	put_cwd(s, spec->cwd, folder, sizeof(folder));
	cwd = strlen(folder);
	len = cwd + strlen(spec->command);

	if (len > GUEST_TEXT_MAX)
		return err_set(e, ERR_TOOBIG, "the command is longer than %d bytes", GUEST_TEXT_MAX);
	x = calloc(1, sizeof(*x));
	if (!x)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (make_pipes(pipes, spec->input, e) < 0) {
		free(x);
		return ERR_IO;
	}
	*x = (struct sandbox_exec){ .sandbox = s, .spec = *spec, .id = ++s->last_id, .next = s->execs, .start_ms = clock_boot_ms(), .status = -1 };
	s->execs = x;
	open_stream(x, 0, pipes[0]);
	open_stream(x, 1, pipes[2]);
	if (spec->input) {
		uv_pipe_init(s->spec.loop, &x->input, 0);
		x->input.data = x;
		uv_pipe_open(&x->input, pipes[5]);
		x->handles++;
	}
	uv_timer_init(s->spec.loop, &x->after);
	x->after.data = x;
	x->handles++;
	p->type = GUEST_EXEC;
	p->id = x->id;
	p->value = spec->timeout_ms;
	p->flag = (uint32_t)cwd;
	memcpy(p->text, folder, cwd);
	memcpy(p->text + cwd, spec->command, len - cwd);
	far[0] = pipes[1];
	far[1] = pipes[3];
	far[2] = pipes[4];
	if (send_packet(s, p, len, far, spec->input ? 3 : 2) < 0)
		uv_timer_start(&x->after, on_after, 0, 0);	/* the supervisor is going: on_exit says -1 */
	else if (spec->timeout_ms > 0)
		uv_timer_start(&x->after, on_after, (uint64_t)spec->timeout_ms + SUPERVISOR_LATE_MS, 0);	/* it does not answer */
	if (spec->ret)
		*spec->ret = x;
	close(pipes[1]);
	close(pipes[3]);
	if (spec->input)
		close(pipes[4]);
	return 0;
}

struct input {
	uv_write_t write;
	char data[];
};

static void on_input_written(uv_write_t *w, int status)
{
	(void)status;	/* it closed its input: the next one who writes is told */
	free(w);
}

int sandbox_exec_write(struct sandbox_exec *x, const char *data, size_t len, struct err *e)
{
	struct input *in;
	uv_buf_t buf;

	if (!x->spec.input || x->finished || !uv_is_writable((uv_stream_t *)&x->input))
		return err_set(e, ERR_STATE, "its standard input is closed");
	if (uv_stream_get_write_queue_size((uv_stream_t *)&x->input) + len > INPUT_MAX)
		return err_set(e, ERR_TOOBIG, "more than %d bytes wait to be read by it", INPUT_MAX);
	in = malloc(sizeof(*in) + len);
	if (!in)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(in->data, data, len);
	buf = uv_buf_init(in->data, (unsigned int)len);
	if (uv_write(&in->write, (uv_stream_t *)&x->input, &buf, 1, on_input_written) < 0) {
		free(in);
		return err_set(e, ERR_STATE, "its standard input is closed");
	}
	return 0;
}

int sandbox_connect(struct sandbox *s, int port, void (*on_fd)(int fd, void *arg), void *arg, struct err *e)
{
	struct connect_wait *w = calloc(1, sizeof(*w));
	struct guest_packet *p = packet();

	if (!w || !s || s->ended) {
		free(w);
		return err_set(e, ERR_STATE, "it is not running");
	}
	*w = (struct connect_wait){ .next = s->connects, .id = ++s->last_id, .on_fd = on_fd, .arg = arg };
	s->connects = w;
	p->type = GUEST_CONNECT;
	p->id = w->id;
	p->value = port;
	p->flag = 0;
	if (send_packet(s, p, 0, NULL, 0) < 0) {
		s->connects = w->next;
		free(w);
		return err_set(e, ERR_IO, "its supervisor does not answer");
	}
	return 0;
}

int sandbox_pause(struct sandbox *s, bool pause, struct err *e)
{
	struct guest_packet *p = packet();

	if (s && s->spec.isolation != ISOLATION_NAMESPACES)
		return err_set(e, ERR_UNSUPPORTED, "without namespaces a sandbox cannot be paused");
	p->type = GUEST_PAUSE;
	p->id = 0;
	p->value = pause;
	p->flag = 0;
	return !s || s->ended || send_packet(s, p, 0, NULL, 0) < 0 ? err_set(e, ERR_STATE, "it is not running") : 0;
}

/* ---- the supervisor ---- */

static void end(struct sandbox *s, bool tell)
{
	struct connect_wait *w;

	if (s->ended)
		return;
	s->ended = true;
	uv_poll_stop(&s->poll);
	/* Everything in the PID namespace goes with bubblewrap; the keeper has to do it itself. */
	kill(s->pid, s->spec.isolation == ISOLATION_NAMESPACES ? SIGKILL : SIGTERM);
	while (s->execs)
		finish_exec(s->execs);
	while ((w = s->connects) != NULL) {
		s->connects = w->next;
		w->on_fd(-1, w->arg);
		free(w);
	}
	if (tell && s->spec.on_end)
		s->spec.on_end(s->spec.arg);
}

static void exec_exited(struct sandbox *s, const struct guest_packet *p)
{
	struct sandbox_exec *x = s->execs;

	while (x && x->id != p->id)
		x = x->next;
	if (!x)
		return;
	x->exited = true;
	x->status = p->value;
	x->timed_out = p->flag != 0;
	if (x->open_streams == 0)
		finish_exec(x);
	else
		uv_timer_start(&x->after, on_after, AFTER_EXIT_MS, 0);
}

static void connected(struct sandbox *s, const struct guest_packet *p, int fd)
{
	struct connect_wait **at = &s->connects, *w;

	while (*at && (*at)->id != p->id)
		at = &(*at)->next;
	w = *at;
	if (!w) {
		if (fd >= 0)
			close(fd);
		return;
	}
	*at = w->next;
	w->on_fd(fd, w->arg);
	free(w);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct sandbox *s = poll->data;
	struct guest_packet *p = packet();
	struct iovec io = { .iov_base = p, .iov_len = sizeof(*p) };
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;
	int fd = -1;
	ssize_t n;

	(void)status;
	(void)events;
	n = recvmsg(s->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < (ssize_t)GUEST_HEAD) {
		end(s, true);
		return;
	}
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	if (p->type == GUEST_EXIT)
		exec_exited(s, p);
	else if (p->type == GUEST_CONNECTED)
		connected(s, p, fd);
}

static void sandbox_free(struct sandbox *s)
{
	free((void *)(uintptr_t)s->spec.workspace);
	free((void *)(uintptr_t)s->spec.home);
	free(s);
}

static void on_poll_closed(uv_handle_t *h)
{
	struct sandbox *s = h->data;

	close(s->fd);
	sandbox_free(s);
}

int sandbox_start(const struct sandbox_spec *spec, struct sandbox **ret, struct err *e)
{
	struct sandbox *s = calloc(1, sizeof(*s));
	int pair[2];

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->spec = (struct sandbox_spec){ .loop = spec->loop, .isolation = spec->isolation, .workspace = strdup(spec->workspace),
					 .home = strdup(spec->home), .on_end = spec->on_end, .arg = spec->arg };
	if (!s->spec.workspace || !s->spec.home) {
		sandbox_free(s);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		sandbox_free(s);
		return err_sys(e, ERR_IO, errno, "socketpair");
	}
	s->fd = pair[0];
	s->pid = fork();
	if (s->pid == 0) {
		int channel;
		sigset_t none;

		/* Whatever our own starter left open would go on through bubblewrap to the commands inside. */
		if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
			_exit(126);
		channel = dup(pair[1]);	/* without close-on-exec */
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (spec->isolation == ISOLATION_NAMESPACES)
			exec_bwrap(spec, channel);
		else
			exec_restricted(spec, channel);
		_exit(126);
	}
	close(pair[1]);
	if (s->pid < 0) {
		close(pair[0]);
		sandbox_free(s);
		return err_sys(e, ERR_IO, errno, "fork");
	}
	uv_poll_init(spec->loop, &s->poll, s->fd);
	s->poll.data = s;
	uv_poll_start(&s->poll, UV_READABLE | UV_DISCONNECT, on_poll);
	*ret = s;
	return 0;
}

void sandbox_kill(struct sandbox *s)
{
	if (!s)
		return;
	end(s, false);
	uv_close((uv_handle_t *)&s->poll, on_poll_closed);
}
