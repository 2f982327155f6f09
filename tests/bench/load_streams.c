/*
 * load_streams: an upstream that exists to be measured against: N sandboxes, each with a stream of events at a steady rate, spread evenly over time.
 * Not a substrate: it is the generator of `make bench`, since no real one makes 50,000 events a second on one core. Each event's line says when it was
 * written. A stream of rate 0 has a comment every 15 s.
 *
 * usage: load_streams PORT-FILE STREAMS EVENTS-A-SECOND DATA-BYTES [FIFO]
 * FIFO: each line that comes there makes one event on each session's stream, at once.
 * GET /api/v1/sandboxes, /computers and /stats ({"open","events"}); .../sandboxes/{id}/events and /events/stream stream; all else is 404.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "common.h"

enum { CONNECTIONS_MAX = 16384, HEAD_MAX = 4096, QUIET_S = 15, LISTED_AT_ONCE = 100 };

struct connection {
	bool open, streams, session, events;	/* events: not only comments */
	char head[HEAD_MAX];
	size_t len;
};

static struct connection *connections;	/* by descriptor */
static int64_t due_ns[CONNECTIONS_MAX];	/* by descriptor; INT64_MAX where nothing streams */
static int highest;			/* descriptor that ever was */
static int streams, rate, bytes, open_streams, epoll_fd;
static int64_t sent;

static void send_all(int fd, const char *text, size_t len)
{
	/* A reader that is behind loses what does not fit: it is the bench's fault, and seen in the counts. At no rate nothing is in a hurry. */
	if (send(fd, text, len, rate > 0 ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL) == (ssize_t)len)
		sent++;
}

static void shut(int fd)
{
	open_streams -= connections[fd].streams;
	connections[fd].open = connections[fd].streams = connections[fd].session = false;
	due_ns[fd] = INT64_MAX;
	close(fd);
}

static void reply(int fd, int status, const struct buf *body)
{
	struct buf out;

	buf_init(&out, SIZE_MAX - 1);
	buf_printf(&out, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status, body->len);
	buf_append(&out, body->data, body->len);
	if (write(fd, out.data, out.len) != (ssize_t)out.len)
		shut(fd);
	buf_release(&out);
}

/* One page of the list, in the API's own shape. */
static void reply_list(int fd, const char *path)
{
	const char *at = strstr(path, "page=");
	int page = at && at[-1] != '_' ? atoi(at + 5) : 1, i;
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	buf_puts(&b, "{\"data\":[");
	for (i = (page - 1) * LISTED_AT_ONCE; i < streams && i < page * LISTED_AT_ONCE; i++)
		buf_printf(&b, "%s{\"id\":\"sbx_%d\",\"name\":\"load-%d\",\"state\":\"running\",\"ready\":true}", i % LISTED_AT_ONCE ? "," : "", i, i);
	buf_printf(&b, "],\"page\":{\"page\":%d,\"page_size\":%d,\"total\":%d}}", page, LISTED_AT_ONCE, streams);
	reply(fd, 200, &b);
	buf_release(&b);
}

static void begin_stream(int fd, bool events, int number)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
	struct connection *c = &connections[fd];
	int64_t period = events && rate > 0 ? 1000000000 / rate : (int64_t)QUIET_S * 1000000000;

	if (write(fd, head, sizeof(head) - 1) < 0)
		return;
	c->streams = true;
	c->session = events;
	c->events = events && rate > 0;
	due_ns[fd] = now_ns() + period * (number % streams) / streams;
	open_streams++;
}

static void answer(int fd, char *path)
{
	struct buf b;
	int number = 0, n = 0;

	buf_init(&b, 4096);
	if (sscanf(path, "/api/v1/sandboxes/sbx_%d/events%n", &number, &n) == 1 && n > 0) {
		begin_stream(fd, true, number);
	} else if (strncmp(path, "/api/v1/events/stream", 21) == 0) {
		begin_stream(fd, false, 0);
	} else if (strncmp(path, "/api/v1/sandboxes?", 18) == 0 || strcmp(path, "/api/v1/sandboxes") == 0) {
		reply_list(fd, path);
	} else if (strcmp(path, "/stats") == 0) {
		buf_printf(&b, "{\"open\":%d,\"events\":%lld}\n", open_streams, (long long)sent);
		reply(fd, 200, &b);
	} else if (strncmp(path, "/api/v1/computers", 17) == 0 && (path[17] == '?' || path[17] == '\0')) {
		buf_puts(&b, "{\"data\":[],\"meta\":{\"total\":0}}");
		reply(fd, 200, &b);
	} else {
		buf_puts(&b, "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"the load has no such path\"}}");
		reply(fd, 404, &b);
	}
	buf_release(&b);
}

static void take_bytes(int fd)
{
	struct connection *c = &connections[fd];
	ssize_t n = read(fd, c->head + c->len, sizeof(c->head) - 1 - c->len);
	char *end, *path, *space;

	if (n <= 0) {
		shut(fd);
		return;
	}
	c->len += (size_t)n;
	c->head[c->len] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (!end || c->streams)
		return;
	path = strchr(c->head, ' ');
	space = path ? strchr(path + 1, ' ') : NULL;
	if (!space) {
		shut(fd);
		return;
	}
	*space = '\0';
	c->len = 0;	/* no pipelining: what the gate's client does */
	answer(fd, path + 1);
}

static void take_connections(int listener)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd, yes = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (fd >= CONNECTIONS_MAX) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		connections[fd] = (struct connection){ .open = true };
		due_ns[fd] = INT64_MAX;
		highest = fd > highest ? fd : highest;
		ev.data.fd = fd;
		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
	}
}

static void write_event(int fd)
{
	static char padding[65536];
	static int64_t exec;
	char text[70000], event[69000];
	int n;

	if (!padding[0])
		memset(padding, 'x', sizeof(padding) - 1);
	n = snprintf(event, sizeof(event), "event: sandbox.exec.stdout\nid: evt_%016llx\ndata: {\"exec_id\":\"exec_1\",\"line\":\"t=%lld ",
		     (unsigned long long)++exec, (long long)now_ns());
	n += snprintf(event + n, sizeof(event) - (size_t)n, "%.*s\"}\n\n", bytes > 60 ? bytes - 60 : 0, padding);
	n = snprintf(text, sizeof(text), "%x\r\n%s\r\n", (unsigned int)n, event);
	send_all(fd, text, (size_t)n);
}

static void write_due(int64_t now)
{
	static const char heartbeat[] = "d\r\n: heartbeat\n\n\r\n";
	int fd;

	for (fd = 0; fd <= highest; fd++) {
		if (due_ns[fd] > now)
			continue;
		if (connections[fd].events) {
			write_event(fd);
			due_ns[fd] += 1000000000 / rate;
		} else {
			send_all(fd, heartbeat, sizeof(heartbeat) - 1);
			due_ns[fd] += (int64_t)QUIET_S * 1000000000;
		}
	}
}

static void take_fifo(int fifo)
{
	char lines[512];
	ssize_t n = read(fifo, lines, sizeof(lines)), i;
	int fd;

	if (n <= 0)
		die("cannot read the FIFO");
	for (i = 0; i < n; i++)
		for (fd = 0; fd <= highest && lines[i] == '\n'; fd++)
			if (connections[fd].session)
				write_event(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN }, got[256];
	struct rlimit limit;
	socklen_t len = sizeof(a);
	int listener, fifo = -1, i, n;
	FILE *f;

	if (argc != 5 && argc != 6)
		return 2;
	streams = atoi(argv[2]);
	rate = atoi(argv[3]);
	bytes = atoi(argv[4]);
	if (streams < 1 || rate < 0 || bytes < 0 || bytes > 60000)
		return 2;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	connections = calloc(CONNECTIONS_MAX, sizeof(*connections));
	for (i = 0; i < CONNECTIONS_MAX; i++)
		due_ns[i] = INT64_MAX;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!connections || bind(listener, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(listener, 4096) < 0 || getsockname(listener, (struct sockaddr *)&a, &len) < 0)
		die("cannot listen");
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 || fclose(f) != 0)
		die("cannot write the port");
	ev.data.fd = listener;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &ev);
	if (argc == 6) {
		ev.data.fd = fifo = open(argv[5], O_RDWR | O_CLOEXEC);
		if (fifo < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fifo, &ev) < 0)
			die(argv[5]);
	}
	for (;;) {
		n = epoll_wait(epoll_fd, got, 256, rate > 0 ? 1 : 200);
		for (i = 0; i < n; i++) {
			if (got[i].data.fd == listener)
				take_connections(listener);
			else if (got[i].data.fd == fifo)
				take_fifo(fifo);
			else if (connections[got[i].data.fd].open)
				take_bytes(got[i].data.fd);
		}
		write_due(now_ns());
	}
}
