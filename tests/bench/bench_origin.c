/*
 * bench_origin: the least upstream. Keep-alive, one thread, epoll; every read gets the same 1 KB, a list is empty, anything else gets the
 * time (CLOCK_MONOTONIC, ns) at which its first byte was here. Requests are taken to come whole; only our own benches call it.
 *
 * usage: bench_origin PORT
 */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static size_t answer(const char *in, char *out, size_t size, int64_t now_ns)
{
	static char filler[1001];
	char body[1200];
	int n;

	if (!filler[0])
		memset(filler, 'x', 1000);
	if (strncmp(in, "GET ", 4) != 0)
		n = snprintf(body, sizeof(body), "{\"first_byte_ns\":%lld}", (long long)now_ns);
	else if (strstr(in, "/bench"))
		n = snprintf(body, sizeof(body), "{\"data\":{\"filler\":\"%s\"}}", filler);
	else
		n = snprintf(body, sizeof(body), "{\"data\":[]}");
	n = snprintf(out, size, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", n, body);
	return (size_t)n;
}

static void serve(int fd)
{
	struct timespec t;
	char in[8192], out[2048];
	ssize_t n = read(fd, in, sizeof(in) - 1);
	size_t len;

	if (n <= 0) {
		close(fd);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	in[n] = '\0';
	len = answer(in, out, sizeof(out), (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
	if (write(fd, out, len) != (ssize_t)len)
		close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)) };
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int yes = 1, i, n, fd, l = socket(AF_INET, SOCK_STREAM, 0), ep = epoll_create1(0);

	signal(SIGPIPE, SIG_IGN);
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(l, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(l, 256) < 0) {
		perror("bench_origin");
		return 1;
	}
	ev.data.fd = l;
	epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev);
	for (;;) {
		n = epoll_wait(ep, got, 64, -1);
		for (i = 0; i < n; i++) {
			if (got[i].data.fd != l) {
				serve(got[i].data.fd);
				continue;
			}
			fd = accept(l, NULL, NULL);
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
			ev.data.fd = fd;
			epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
		}
	}
}
