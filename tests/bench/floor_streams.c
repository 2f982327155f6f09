/*
 * floor_streams: the least libcurl client that reads N streams: curl_multi_socket_action on one epoll. It looks for the time that load_streams put into
 * each line and does nothing else. It runs until SIGTERM.
 *
 * usage: floor_streams PORT STREAMS
 * prints at its end: events, and the p50 and p99 of the time from write to here, in ms
 */
#include "config.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "common.h"

enum { LATENCIES_MAX = 1 << 20 };

static CURLM *multi;
static int epoll_fd;
static long timeout_ms = -1;
static volatile sig_atomic_t ended;
static int64_t latencies[LATENCIES_MAX], events;

static void on_signal(int n)
{
	(void)n;
	ended = 1;
}

static size_t on_bytes(char *data, size_t size, size_t n, void *arg)
{
	size_t len = size * n;
	const char *at = memmem(data, len, "\"t=", 3);

	(void)arg;
	if (at)
		latencies[events++ % LATENCIES_MAX] = now_ns() - strtoll(at + 3, NULL, 10);
	return len;
}

static int on_socket(CURL *c, curl_socket_t fd, int what, void *arg, void *known)
{
	struct epoll_event ev = { .data.fd = fd };

	(void)c;
	(void)arg;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
	epoll_ctl(epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
	curl_multi_assign(multi, fd, &epoll_fd);
	return 0;
}

static int on_timer(CURLM *m, long ms, void *arg)
{
	(void)m;
	(void)arg;
	timeout_ms = ms;
	return 0;
}

static void open_stream(const char *port, int i)
{
	char url[128];
	CURL *c = curl_easy_init();

	if (!c)
		die("memory");
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/api/v1/sandboxes/sbx_%d/events", port, i);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_multi_add_handle(multi, c);
}

int main(int argc, char **argv)
{
	struct epoll_event got[256];
	struct rlimit limit;
	int i, n, running, streams;
	int64_t kept;

	if (argc != 3)
		return 2;
	streams = atoi(argv[2]);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGTERM, on_signal);
	curl_global_init(CURL_GLOBAL_ALL);
	multi = curl_multi_init();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)streams);
	for (i = 0; i < streams; i++)
		open_stream(argv[1], i);
	while (!ended) {
		n = epoll_wait(epoll_fd, got, 256, timeout_ms < 0 || timeout_ms > 1000 ? 1000 : (int)timeout_ms);
		for (i = 0; i < n; i++)
			curl_multi_socket_action(multi, got[i].data.fd, (got[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) |
						 (got[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0), &running);
		if (n == 0)
			curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	kept = events < LATENCIES_MAX ? events : LATENCIES_MAX;
	if (kept > 0)
		printf("%lld %.2f %.2f\n", (long long)events, percentile(latencies, (int)kept, 50) / 1000, percentile(latencies, (int)kept, 99) / 1000);
	return 0;
}
