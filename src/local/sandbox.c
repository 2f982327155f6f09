/* sandbox: its beginning and end, and what is said to the supervisor inside. See sandbox.h. */
#include "config.h"

#include "local/sandbox_own.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct guest_packet *sandbox_packet(void)
{
	static struct guest_packet p;	/* 64 KiB: not on the stack; one loop, one user at a time */

	return &p;
}

int sandbox_send(struct sandbox *s, const struct guest_packet *p, size_t text_len, const int *fds, size_t count)
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

int sandbox_connect(struct sandbox *s, int port, void (*on_fd)(int fd, void *arg), void *arg, struct err *e)
{
	struct connect_wait *w = calloc(1, sizeof(*w));
	struct guest_packet *p = sandbox_packet();

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
	if (sandbox_send(s, p, 0, NULL, 0) < 0) {
		s->connects = w->next;
		free(w);
		return err_set(e, ERR_IO, "its supervisor does not answer");
	}
	return 0;
}

int sandbox_pause(struct sandbox *s, bool pause, struct err *e)
{
	struct guest_packet *p = sandbox_packet();

	if (s && s->spec.isolation != ISOLATION_NAMESPACES)
		return err_set(e, ERR_UNSUPPORTED, "without namespaces a sandbox cannot be paused");
	p->type = GUEST_PAUSE;
	p->id = 0;
	p->value = pause;
	p->flag = 0;
	return !s || s->ended || sandbox_send(s, p, 0, NULL, 0) < 0 ? err_set(e, ERR_STATE, "it is not running") : 0;
}

static void end(struct sandbox *s, bool tell)
{
	struct connect_wait *w;

	if (s->ended)
		return;
	s->ended = true;
	uv_poll_stop(&s->poll);
	/* Everything in the PID namespace goes with bubblewrap; the keeper has to do it itself. */
	kill(s->pid, s->spec.isolation == ISOLATION_NAMESPACES ? SIGKILL : SIGTERM);
	sandbox_exec_end_all(s);
	while ((w = s->connects) != NULL) {
		s->connects = w->next;
		w->on_fd(-1, w->arg);
		free(w);
	}
	if (tell && s->spec.on_end)
		s->spec.on_end(s->spec.arg);
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
	struct guest_packet *p = sandbox_packet();
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
		sandbox_exec_exited(s, p);
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
		sandbox_enter(spec, channel);
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
