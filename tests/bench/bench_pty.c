/*
 * bench_pty: how late a terminal program answers, in a pty of its own of 120x35.
 *
 * usage: bench_pty keys ROUNDS WORD KEYS PROGRAM [ARGUMENT...]     from a key to the last byte of what it painted; KEYS are typed in turn
 *        bench_pty busy ROUNDS WORD KEYS PROGRAM [ARGUMENT...]     the same while more is painted all the time: until a word of that key's was painted. KEYS: a
 *                 key and its word, and the next behind a |: "hkeys|?log"
 *        bench_pty file ROUNDS WORD PATH PROGRAM [ARGUMENT...]     from a line appended to PATH to the last byte of what was painted
 *        bench_pty gate ROUNDS WORD PORT:TOKEN PROGRAM [ARGUMENT...]   from a request of an agent to the last byte of what was painted
 *        bench_pty synced ROUNDS WORD PATH PROGRAM [ARGUMENT...]   the same as file, but each line is written to PATH.journal first, and synced
 * WORD: what the program paints when it is ready; behind a comma in it: what is typed then.
 * prints: p50 p95 max (ms), and the median of the bytes that were painted for one
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/common.h"
#include "tests/bench/wire.h"

enum { ROUNDS_MAX = 5000, QUIET_MS = 4, LIMIT_MS = 2000, START_MS = 20000 };

/* What a terminal without pictures answers. */
static void reply(int fd, char *seen)
{
	static const char attributes[] = "\033[?62;22c", status[] = "\033[0n";

	if (strstr(seen, "\033[c") && write(fd, attributes, sizeof(attributes) - 1) < 0)
		die("write");
	if (strstr(seen, "\033[5n") && write(fd, status, sizeof(status) - 1) < 0)
		die("write");
}

/* Reads until nothing came for so long; when the last byte came, and how many did. */
static int64_t drain(int fd, int first_ms, int quiet_ms, size_t *bytes)
{
	static char piece[262145];
	int64_t last = 0;
	bool any = false;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, any ? quiet_ms : first_ms) == 0)
			return last;
		n = read(fd, piece, sizeof(piece) - 1);
		if (n <= 0)
			die("the program ended");
		last = now_ns();
		any = true;
		*bytes += (size_t)n;
		piece[n] = '\0';
		reply(fd, piece);
	}
}

static void wait_for(int fd, const char *word)
{
	static char seen[1 << 22];
	int64_t end = now_ns() + START_MS * (int64_t)1000000;
	size_t len = 0;

	while (now_ns() < end) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n = poll(&p, 1, 100) > 0 ? read(fd, seen + len, sizeof(seen) - 1 - len) : 0;

		if (n < 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			if (seen[len + (size_t)i] == '\0')
				seen[len + (size_t)i] = ' ';
		seen[len + (size_t)n] = '\0';
		reply(fd, seen + len);
		len += (size_t)n;
		if (strstr(seen, word))
			return;
	}
	die("the word was never painted");
}

/* The next key of "hkeys|?log", typed, until its word was painted; 0: it never was. */
static int64_t type_for_word(int fd, const char **next, const char *keys)
{
	static char seen[1 << 20];
	size_t len = 0, n = strcspn(*next, "|");
	char word[64];
	int64_t start = now_ns();

	if (n < 2 || n >= sizeof(word) || write(fd, *next, 1) != 1)
		die("a key and its word");
	snprintf(word, sizeof(word), "%.*s", (int)n - 1, *next + 1);
	*next = (*next)[n] ? *next + n + 1 : keys;
	while (now_ns() - start < LIMIT_MS * (int64_t)1000000) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got = poll(&p, 1, 100) > 0 && len < sizeof(seen) - 1 ? read(fd, seen + len, sizeof(seen) - 1 - len) : 0;

		if (got < 0)
			break;
		seen[len + (size_t)got] = '\0';
		if (strlen(seen) < len + (size_t)got)
			die("it painted a NUL");
		reply(fd, seen + len);
		len += (size_t)got;
		if (strstr(seen, word))
			return now_ns();
	}
	return 0;
}

/* So long, whatever comes. */
static void pass(int fd, int ms)
{
	int64_t end = now_ns() + ms * (int64_t)1000000, left;
	size_t none = 0;

	while ((left = (end - now_ns()) / 1000000) > 0)
		drain(fd, (int)left, 0, &none);
}

/* Until it has painted what it had to; where it never rests, a while. */
static void settle(int fd, bool busy)
{
	size_t none = 0;

	if (busy)
		pass(fd, 1000);
	else
		drain(fd, 1500, 300, &none);
}

static void append_line(const char *path, int round, bool synced)
{
	int fd = open(path, synced ? O_WRONLY | O_APPEND | O_CREAT : O_WRONLY | O_APPEND, 0600);

	if (fd < 0 || dprintf(fd, "event %d: something happened in build-7\n", round) < 0 || (synced && fdatasync(fd) < 0))
		die(path);
	close(fd);
}

/* The least that keeps what it shows: on disk first, then on the screen. */
static void append_synced(const char *path, int round)
{
	char journal[4096];

	snprintf(journal, sizeof(journal), "%s.journal", path);
	append_line(journal, round, true);
	append_line(path, round, false);
}

/* The connection stays open: somebody waits for the answer. */
static void ask(const char *where, int round)
{
	const char *token = strchr(where, ':');
	int fd = connect_gate(NULL, atoi(where));
	char body[64];

	snprintf(body, sizeof(body), "{\"command\":\"echo %d\"}", round);
	if (!token || dprintf(fd, "POST /api/v1/sandboxes/e%d/exec HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n%s", round, atoi(where), token + 1, strlen(body), body) < 0)
		die("cannot ask the gate");
}

int main(int argc, char **argv)
{
	static int64_t ns[ROUNDS_MAX];
	static size_t bytes[ROUNDS_MAX];
	struct winsize size = { .ws_row = 35, .ws_col = 120 };
	int rounds = argc > 5 ? atoi(argv[2]) : 0, got = 0, lost = 0, fd, i;
	const char *keys;
	char *first;
	bool busy = argc > 1 && strcmp(argv[1], "busy") == 0;
	size_t none = 0;
	pid_t pid;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[5], argv + 5);
		_exit(127);
	}
	keys = argv[4];
	first = strchr(argv[3], ',');
	if (first)
		*first++ = '\0';
	wait_for(fd, argv[3]);
	settle(fd, busy);
	if (first) {
		if (write(fd, first, strlen(first)) < 0)
			die("write");
		settle(fd, busy);
	}
	for (i = 0; i < rounds; i++) {
		int64_t start, end;

		/* Nothing else is being painted, and it is not in step with the program's own clock. */
		if (busy)
			pass(fd, 30 + i % 37);
		else
			drain(fd, 30 + i % 37, 30 + i % 37, &none);
		bytes[got] = 0;
		start = now_ns();
		if (strcmp(argv[1], "keys") == 0 && write(fd, &keys[(size_t)i % strlen(keys)], 1) != 1)
			die("write");
		if (strcmp(argv[1], "file") == 0)
			append_line(argv[4], i, false);
		if (strcmp(argv[1], "synced") == 0)
			append_synced(argv[4], i);
		if (strcmp(argv[1], "gate") == 0)
			ask(argv[4], i);
		end = busy ? type_for_word(fd, &keys, argv[4]) : drain(fd, LIMIT_MS, QUIET_MS, &bytes[got]);
		if (end == 0)
			lost++;
		else
			ns[got++] = end - start;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (got == 0)
		die("nothing was painted");
	printf("%.2f %.2f %.2f %zu\n", percentile(ns, got, 50) / 1000, percentile(ns, got, 95) / 1000, percentile(ns, got, 100) / 1000, median(bytes, got));
	if (lost > 0)
		fprintf(stderr, "bench_pty: %d of %d painted nothing\n", lost, rounds);
	return 0;
}
