/*
 * probe_streams: how long an event takes through a gate: from load_streams' write until a dashboard's connection is told that session SESSION has one more
 * line. It reads the lines afterwards, for the times in them.
 *
 * usage: probe_streams SOCKET SESSION EVENTS
 * prints: p50 p99, in ms
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "common.h"
#include "wire.h"

enum { TOLD_MAX = 10000 };

static struct { int64_t lines, at_ns; } told[TOLD_MAX];
static int64_t latencies[TOLD_MAX];

/* Fills told[]: when the count of lines became what. */
static void listen_for(const char *socket_path, const char *session, int count)
{
	int fd = connect_gate(socket_path, 0), n = 0;
	static char in[1 << 20];
	char want[160];
	size_t len = 0;

	snprintf(want, sizeof(want), "data: {\"session\":\"%s\",\"log_lines\":", session);
	send_request(fd, "GET", "gate", "/v1/events", "-", "");
	while (n < count) {
		char *line = in, *end;
		ssize_t got = read(fd, in + len, sizeof(in) - 1 - len);

		if (got <= 0)
			die("the gate's events ended");
		len += (size_t)got;
		in[len] = '\0';
		while (n < count && (end = strchr(line, '\n')) != NULL) {
			*end = '\0';
			if (strncmp(line, want, strlen(want)) == 0) {
				told[n].at_ns = now_ns();
				told[n++].lines = strtoll(line + strlen(want), NULL, 10);
			}
			line = end + 1;
		}
		len -= (size_t)(line - in);
		memmove(in, line, len);
	}
	close(fd);
}

/* The time in line n of the session's log; 0 where it has none. */
static int64_t time_of(int fd, const char *session, int64_t n)
{
	char path[160];
	const char *text, *at;
	int status;

	snprintf(path, sizeof(path), "/v1/sessions/%s/log?from=%lld&n=1", session, (long long)n);
	send_request(fd, "GET", "gate", path, "-", "");
	text = read_answer(fd, &status, NULL);
	at = strstr(text, "t=");
	return status == 200 && at ? strtoll(at + 2, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	int count, i, n = 0, fd;

	if (argc != 4)
		return 2;
	count = atoi(argv[3]);
	if (count < 1 || count > TOLD_MAX)
		return 2;
	listen_for(argv[1], argv[2], count);
	fd = connect_gate(argv[1], 0);
	for (i = 0; i < count; i++) {
		int64_t at = time_of(fd, argv[2], told[i].lines - 1);

		if (at > 0)
			latencies[n++] = told[i].at_ns - at;
	}
	if (n == 0)
		die("no line has a time in it");
	printf("%.2f %.2f\n", percentile(latencies, n, 50) / 1000, percentile(latencies, n, 99) / 1000);
	return 0;
}
