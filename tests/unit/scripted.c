/* scripted: see scripted.h. */
#include "config.h"

#include "scripted.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 4 << 20, LOOK_MS = 20 };

static void die(const char *what)
{
	fprintf(stderr, "scripted: %s: %s\n", what, strerror(errno));
	abort();
}

/* Waits for fd, but no longer than until the end of the test. */
static bool ready(const struct scripted *s, int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	while (!s->stopping)
		if (poll(&p, 1, LOOK_MS) > 0)
			return true;
	return false;
}

/* One request: head, and as much body as its Content-Length tells. 0 when the client has gone. */
static size_t read_request(struct scripted *s, int fd, char *in, bool any)
{
	size_t len = 0, want = 0;
	ssize_t n;

	while (want == 0 || len < want) {
		char *end, *length;

		if (len == REQUEST_MAX || !ready(s, fd, POLLIN) || (n = read(fd, in + len, REQUEST_MAX - len)) <= 0)
			return 0;
		if (s->seen_len + (size_t)n <= sizeof(s->seen)) {
			memcpy(s->seen + s->seen_len, in + len, (size_t)n);
			s->seen_len += (size_t)n;
		}
		len += (size_t)n;
		in[len] = '\0';
		if (any)
			return len;
		end = want == 0 ? strstr(in, "\r\n\r\n") : NULL;
		if (end) {
			length = strcasestr(in, "\r\ncontent-length:");
			want = (size_t)(end + 4 - in);
			if (length && length < end)
				want += strtoul(length + 17, NULL, 10);
		}
	}
	return len;
}

static bool say(struct scripted *s, int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n;

		if (!ready(s, fd, POLLOUT))
			return false;
		n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return false;
		s->sent += (size_t)n;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool fill(struct scripted *s, int fd, size_t len)
{
	char piece[16384];
	size_t i;

	for (i = 0; i < sizeof(piece); i++)
		piece[i] = (char)('a' + i % 16);
	for (; len > 0; len -= i) {
		i = len < sizeof(piece) ? len : sizeof(piece);
		if (!say(s, fd, piece, i))
			return false;
	}
	return true;
}

static void hang(struct scripted *s, int fd)
{
	char byte[256];

	while (ready(s, fd, POLLIN) && read(fd, byte, sizeof(byte)) > 0)
		;
}

static void serve(struct scripted *s, int fd, char *in)
{
	struct linger reset = { 1, 0 };

	for (;;) {
		size_t i = (size_t)s->requests;
		const struct step *step = &s->steps[i < s->step_count ? i : s->step_count - 1];

		if (!step->unread && read_request(s, fd, in, step->any) == 0)
			return;
		s->requests++;
		if (step->answer && !say(s, fd, step->answer, strlen(step->answer)))
			return;
		if (!fill(s, fd, step->filler))
			return;
		if (step->end == STEP_RESET)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		if (step->end == STEP_HANG)
			hang(s, fd);
		if (step->end != STEP_KEEP)
			return;
	}
}

struct connection {
	struct scripted *server;
	pthread_t thread;
	int fd;
};

static void *connection_main(void *arg)
{
	struct connection *c = arg;
	char *in = malloc(REQUEST_MAX + 1);

	if (!in)
		die("memory");
	serve(c->server, c->fd, in);
	close(c->fd);
	free(in);
	return NULL;
}

static void *listener_main(void *arg)
{
	struct scripted *s = arg;
	struct connection conns[256];
	int n = 0, i;

	while (ready(s, s->fd, POLLIN)) {
		int fd = accept(s->fd, NULL, NULL);

		if (fd < 0 || n == (int)(sizeof(conns) / sizeof(conns[0])))
			die("accept");
		s->connections++;
		conns[n] = (struct connection){ .server = s, .fd = fd };
		if (pthread_create(&conns[n].thread, NULL, connection_main, &conns[n]) != 0)
			die("thread");
		n++;
	}
	for (i = 0; i < n; i++)
		pthread_join(conns[i].thread, NULL);
	return NULL;
}

static void listen_unix(struct scripted *s)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", s->unix_path);
	unlink(a.sun_path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s->fd, 64) < 0)
		die(s->unix_path);
}

static void listen_tcp(struct scripted *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s->fd, 64) < 0 ||
	    getsockname(s->fd, (struct sockaddr *)&a, &len) < 0)
		die("listen");
	s->port = ntohs(a.sin_port);
}

void scripted_start(struct scripted *s, const struct step *steps, size_t count, const char *unix_path)
{
	memset(s, 0, sizeof(*s));
	s->steps = steps;
	s->step_count = count;
	s->unix_path = unix_path;
	if (unix_path)
		listen_unix(s);
	else
		listen_tcp(s);
	if (pthread_create(&s->thread, NULL, listener_main, s) != 0)
		die("thread");
}

void scripted_stop(struct scripted *s)
{
	s->stopping = true;
	pthread_join(s->thread, NULL);
	close(s->fd);
	if (s->unix_path)
		unlink(s->unix_path);
}
