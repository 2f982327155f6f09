/*
 * bench_frame: how long a terminal program takes from exec to its first full frame: in a pty of its own, answering what a terminal would
 * answer, until the last byte before the first 10 ms of silence that comes after WORD was painted.
 *
 * usage: bench_frame ROUNDS WORD PROGRAM [ARGUMENT...]
 * prints: p50 max, in milliseconds
 */
#include "config.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 1000, QUIET_MS = 10, LIMIT_MS = 10000, SEEN_MAX = 1 << 20 };

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A terminal without pictures: what is asked once is answered once. */
static void reply(int fd, const char *seen, bool *told)
{
	static const char attributes[] = "\033[?62;22c";

	if (*told || !strstr(seen, "\033[c"))
		return;
	*told = true;
	if (write(fd, attributes, sizeof(attributes) - 1) < 0)
		exit(1);
}

static double frame(const char *word, char **argv)
{
	static char seen[SEEN_MAX + 1];
	struct winsize size = { .ws_row = 35, .ws_col = 120 };
	int64_t start = now_ns(), last = start;
	bool told = false;
	size_t len = 0;
	int fd, status;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (now_ns() - start < LIMIT_MS * (int64_t)1000000) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		bool painted = strstr(seen, word) != NULL && len > 0;
		ssize_t n;

		if (poll(&p, 1, painted ? QUIET_MS : 100) == 0) {
			if (painted)
				break;
			continue;
		}
		n = read(fd, seen + len, SEEN_MAX - len);
		if (n <= 0)
			break;
		last = now_ns();
		for (ssize_t i = 0; i < n; i++)
			if (seen[len + (size_t)i] == '\0')
				seen[len + (size_t)i] = ' ';
		len += (size_t)n;
		seen[len] = '\0';
		reply(fd, seen, &told);
	}
	kill(pid, SIGTERM);
	close(fd);
	waitpid(pid, &status, 0);
	if (!strstr(seen, word)) {
		fprintf(stderr, "bench_frame: \"%s\" was never painted by %s\n", word, argv[0]);
		exit(1);
	}
	memset(seen, 0, len);
	return (double)(last - start) / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double ms[ROUNDS_MAX];
	int rounds = argc > 3 ? atoi(argv[1]) : 0, i;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	for (i = 0; i < rounds; i++)
		ms[i] = frame(argv[2], argv + 3);
	qsort(ms, (size_t)rounds, sizeof(*ms), by_size);
	printf("%.1f %.1f\n", ms[(rounds - 1) / 2], ms[rounds - 1]);
	return 0;
}
