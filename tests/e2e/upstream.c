/*
 * upstream: a fake substrate for faults that the real one cannot be made to show. It dies, delays or lies on request, and records
 * every request that it gets, so that a test can count what the gate sent.
 *
 * usage: upstream DIR
 * DIR/port      written when it listens
 * DIR/mode      read at each request that is no GET or HEAD, or has "act" in its path; one line:
 *                 answer STATUS BODY     (the default: answer 200 {"ok":true})
 *                 delay MS               then as the default
 *                 drop | reset           the request is read, then the connection is closed or reset
 *                 half                   a head that promises more than comes
 *                 stream MS              two events, MS between them
 * DIR/requests  one line for each such request: METHOD TARGET BODY
 * DIR/heads     the heads of all requests, as they came
 *
 * Each connection has a process of its own and serves one request.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 65536, BODY_SHOWN = 512 };

static const char *dir;

static void die(const char *what)
{
	fprintf(stderr, "upstream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void append(const char *name, const char *text, size_t len)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		die(path);
	close(fd);
}

static void say(int fd, const char *text)
{
	size_t len = strlen(text);

	if (write(fd, text, len) != (ssize_t)len)
		exit(0);	/* the gate went away: some tests want that */
}

static void answer(int fd, int status, const char *type, const char *body, size_t length, bool head_only)
{
	char head[512];

	snprintf(head, sizeof(head), "HTTP/1.1 %d Told\r\nContent-Type: %s\r\nContent-Length: %zu\r\nX-Request-Id: req_fake\r\nConnection: close\r\n\r\n",
		 status, type, length);
	say(fd, head);
	if (!head_only)
		say(fd, body);
}

static void wait_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* Reads a head, and as much of its body as comes; the head's end is returned. */
static char *read_request(int fd, char *in, size_t *ret_len)
{
	char *end = NULL;
	ssize_t n;

	*ret_len = 0;
	while (!end && *ret_len < HEAD_MAX) {
		n = read(fd, in + *ret_len, HEAD_MAX - *ret_len);
		if (n <= 0)
			exit(0);
		*ret_len += (size_t)n;
		in[*ret_len] = '\0';
		end = strstr(in, "\r\n\r\n");
	}
	return end ? end + 4 : NULL;
}

/* The start of the body is kept for the record; the rest is read and counted. */
static size_t read_body(int fd, const char *head, const char *first, size_t first_len, char *shown)
{
	const char *line = strcasestr(head, "\r\nContent-Length:");
	size_t want = line ? strtoul(line + 17, NULL, 10) : 0, got = first_len < want ? first_len : want, kept = got < BODY_SHOWN ? got : BODY_SHOWN;
	char more[65536];

	memcpy(shown, first, kept);
	while (got < want) {
		ssize_t n = read(fd, more, sizeof(more));
		size_t room = BODY_SHOWN - kept;

		if (n <= 0)
			exit(0);
		if (room > (size_t)n)
			room = (size_t)n;
		memcpy(shown + kept, more, room);
		kept += room;
		got += (size_t)n;
	}
	shown[kept] = '\0';
	return got;
}

static void obey(int fd, const char *mode, bool head_only)
{
	struct linger reset = { 1, 0 };
	int status = 200, skip = 0;

	if (strncmp(mode, "delay ", 6) == 0)
		wait_ms(atol(mode + 6));
	if (strcmp(mode, "drop") == 0)
		return;
	if (strcmp(mode, "reset") == 0) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	} else if (strcmp(mode, "half") == 0) {
		answer(fd, 200, "application/json", "{\"half\":", 4000, head_only);
	} else if (strncmp(mode, "stream ", 7) == 0) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nevent: stdout\ndata: {\"line\":\"one\"}\n\n");
		wait_ms(atol(mode + 7));
		say(fd, "event: exit\ndata: {\"exit_code\":0}\n\n");
		append("streamed", "to the end\n", 11);
	} else if (sscanf(mode, "answer %d %n", &status, &skip) == 1 && skip > 0) {
		answer(fd, status, "application/json", mode + skip, strlen(mode + skip), head_only);
	} else {
		answer(fd, 200, "application/json", "{\"ok\":true}", 11, head_only);
	}
}

static void serve(int fd)
{
	static char in[HEAD_MAX + 1], shown[BODY_SHOWN + 1], line[HEAD_MAX + 1024], mode[4096];
	char method[16], target[8192], path[4096];
	size_t len;
	char *body = read_request(fd, in, &len);
	bool read_only, head_only;
	FILE *f;

	if (!body || sscanf(in, "%15s %8191s", method, target) != 2)
		exit(1);
	append("heads", in, (size_t)(body - in));
	read_body(fd, in, body, len - (size_t)(body - in), shown);
	head_only = strcmp(method, "HEAD") == 0;
	read_only = (strcmp(method, "GET") == 0 || head_only) && !strstr(target, "act");
	if (read_only) {
		if (strstr(target, "/events"))
			answer(fd, 404, "application/json", "{}", 2, head_only);
		else
			answer(fd, 200, "application/json", "{\"data\":[]}", 11, head_only);
		return;
	}
	append("requests", line, (size_t)snprintf(line, sizeof(line), "%s %s %s\n", method, target, shown));
	snprintf(path, sizeof(path), "%s/mode", dir);
	f = fopen(path, "r");
	if (f) {
		if (!fgets(mode, sizeof(mode), f))
			mode[0] = '\0';
		mode[strcspn(mode, "\n")] = '\0';
		fclose(f);
	}
	obey(fd, mode, head_only);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char port[16];
	int s, fd, yes = 1;

	if (argc != 2)
		return 2;
	dir = argv[1];
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s, 64) < 0 || getsockname(s, (struct sockaddr *)&addr, &len) < 0)
		die("listen");
	append("port", port, (size_t)snprintf(port, sizeof(port), "%d\n", ntohs(addr.sin_port)));
	while ((fd = accept(s, NULL, NULL)) >= 0) {
		pid_t pid = fork();

		if (pid == 0) {
			close(s);
			serve(fd);
			close(fd);
			exit(0);
		}
		close(fd);
	}
	die("accept");
	return 1;
}
