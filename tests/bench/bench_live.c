/*
 * bench_live: how late a change on a computer's desktop is on the terminal, in a pty of 120x35 with sixel that answers at once.
 *
 * usage: bench_live ROUNDS PORT:TOKEN:COMPUTER PROGRAM [ARGUMENT...]   from a letter that is typed there (a request to the substrate) to the last byte of its picture
 * prints: p50 p95 max (ms), and the median of the bytes
 */
#include "config.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/common.h"
#include "tests/bench/wire.h"

enum { ROUNDS_MAX = 1000, QUIET_MS = 1500, LIMIT_MS = 5000, START_MS = 20000 };

/* A terminal whose pictures stay: changes are sent alone. */
static void reply(int fd, const char *seen)
{
	static const struct { const char *query, *answer; } words[] = {
		{ "\033[>q", "\033P>|foot(1.13.1)\033\\" }, { "\033[16t", "\033[6;20;10t" }, { "\033[c", "\033[?62;4;22c" }, { "\033[5n", "\033[0n" },
	};
	const char *p;
	size_t i;

	/* Each of them: who asks twice waits for two answers. */
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (p = strstr(seen, words[i].query); p; p = strstr(p + 1, words[i].query))
			if (write(fd, words[i].answer, strlen(words[i].answer)) < 0)
				die("write");
}

/* Until a picture has come, and nothing more for quiet_ms. When its last byte came; 0: none did. */
static int64_t picture(int fd, int limit_ms, int quiet_ms, size_t *bytes)
{
	static char seen[65536 + 16];
	int64_t end = now_ns() + (int64_t)limit_ms * 1000000, last = 0;
	size_t kept = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = (last ? last + (int64_t)quiet_ms * 1000000 : end) - now_ns();
		ssize_t n, i;

		if (left <= 0 || poll(&p, 1, (int)(left / 1000000) + 1) == 0)
			return last;
		n = read(fd, seen + kept, 65536);
		if (n <= 0)
			die("the program ended");
		n += (ssize_t)kept;
		for (i = 0; i < n; i++)
			if (seen[i] == '\0')
				seen[i] = ' ';
		seen[n] = '\0';
		reply(fd, seen + kept);
		*bytes += (size_t)n - kept;
		if (strstr(seen, "\033\\\0338"))
			last = now_ns();
		kept = n > 3 ? 3 : (size_t)n;	/* an end may be cut */
		memmove(seen, seen + n - (ssize_t)kept, kept);
	}
}

/* The connection stays open: who asks waits for the answer. */
static int type(const char *where)
{
	static const char body[] = "{\"text\":\"x\"}";
	const char *token = strchr(where, ':'), *id = strrchr(where, ':');
	int fd = connect_gate(NULL, atoi(where));

	if (!token || dprintf(fd, "POST /api/v1/computers/%s/desktop/type HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %.*s\r\nContent-Type: application/json\r\n"
		    "Connection: close\r\nContent-Length: %zu\r\n\r\n%s", id + 1, atoi(where), (int)(id - token - 1), token + 1, sizeof(body) - 1, body) < 0)
		die("cannot type");
	return fd;
}

int main(int argc, char **argv)
{
	static int64_t ns[ROUNDS_MAX];
	static size_t bytes[ROUNDS_MAX];
	struct winsize size = { .ws_row = 35, .ws_col = 120, .ws_xpixel = 1200, .ws_ypixel = 700 };
	int rounds = argc > 3 ? atoi(argv[1]) : 0, got = 0, fd, asked, i;
	size_t none = 0;
	pid_t pid;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		unsetenv("TMUX");
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (picture(fd, START_MS, QUIET_MS, &none) == 0)
		die("no picture came");
	for (i = 0; i < rounds; i++) {
		int64_t start, end;

		/* At rest: the whole picture behind the last change has come too. */
		picture(fd, QUIET_MS, QUIET_MS, &none);
		bytes[got] = 0;
		start = now_ns();
		asked = type(argv[2]);
		end = picture(fd, LIMIT_MS, 30, &bytes[got]);
		close(asked);
		if (end > 0)
			ns[got++] = end - start;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (got == 0)
		die("nothing was painted");
	printf("%.1f %.1f %.1f %zu\n", percentile(ns, got, 50) / 1000, percentile(ns, got, 95) / 1000, percentile(ns, got, 100) / 1000, median(bytes, got));
	if (got < rounds)
		fprintf(stderr, "bench_live: %d of %d were never painted\n", rounds - got, rounds);
	return 0;
}
