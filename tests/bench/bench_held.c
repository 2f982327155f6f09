/*
 * bench_held: many held actions in one gate, and what they cost. Its agents ask on OPEN connections, which wait; then AWAY times more on connections
 * that are answered 409 at once (these agents' time to wait is 1 ms), so that as many are held with nobody there. Each action is on a sandbox of its
 * own. It prints a first line, waits for a line at its input (meanwhile others measure the gate), and goes on with ROUNDS yeses, noes and departures.
 *
 * usage: bench_held SOCKET GATE-PORT AGENTS OPEN AWAY ROUNDS
 * prints: KiB-resident-for-each asks-per-second
 * then:   list_p50 list_most yes_p50 yes_p99 no_p50 no_p99 gone_p50 gone_p99 gone_most, in milliseconds; gone: from close() until the event is read
 */
#include "config.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "common.h"
#include "wire.h"

enum { WAIT_MAX = 1000, AWAY_AT_ONCE = 16, LISTS = 10, ROUNDS_MAX = 300, AGENTS_MAX = 1000, TOKEN_SIZE = 96 };

/* An ask that waits, and the action that it became. */
struct ask {
	int fd;
	int64_t id, version;
	char digest[65];
};

static const char *socket_path;
static char host[64];
static int port, operator;
static char tokens[2][AGENTS_MAX][TOKEN_SIZE];	/* of those that wait, and of those that do not */
static struct ask asks[WAIT_MAX];

/* The number behind a key in a text of JSON that we know. */
static int64_t number_at(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	if (!at)
		die("a number is missing in what the gate says");
	return strtoll(at + strlen(key), NULL, 10);
}

static void make_agents(int count)
{
	static const char *const within[] = { "null", "1" }, *const names[] = { "waits", "leaves" };
	char body[160];
	const char *text;
	int kind, i, status;

	for (kind = 0; kind < 2; kind++) {
		for (i = 0; i < count; i++) {
			snprintf(body, sizeof(body), "{\"name\":\"%s-%d\",\"answer_within_ms\":%s}", names[kind], i, within[kind]);
			send_request(operator, "POST", "gate", "/v1/agents", "-", body);
			text = read_answer(operator, &status, NULL);
			text = strstr(text, "\"token\":\"");
			if (status != 200 || !text || sscanf(text + 9, "%95[^\"]", tokens[kind][i]) != 1)
				die("cannot make an agent");
		}
	}
}

static double resident_kib(int64_t pid)
{
	char path[64], line[256];
	double kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%lld/status", (long long)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtod(line + 6, NULL);
	if (!f || kib == 0)
		die("cannot see the gate's memory");
	fclose(f);
	return kib;
}

static void send_ask(int fd, int kind, int agents, int i)
{
	char path[96], body[96];

	snprintf(path, sizeof(path), "/api/v1/sandboxes/sbx_%s_%d/exec", kind == 0 ? "w" : "l", i);
	snprintf(body, sizeof(body), "{\"command\":\"npm run step-%d\",\"cwd\":\"/workspace/site\"}", i);
	send_request(fd, "POST", host, path, tokens[kind][i % agents], body);
}

static void ask_and_wait(int count, int agents)
{
	int i;

	for (i = 0; i < count; i++) {
		asks[i].fd = connect_gate(NULL, port);
		send_ask(asks[i].fd, 0, agents, i);
	}
}

/* AWAY_AT_ONCE at a time: each is held before it is answered. */
static void ask_and_leave(int count, int agents)
{
	struct pollfd at[AWAY_AT_ONCE];
	int begun = 0, ended = 0, i, status;

	for (i = 0; i < AWAY_AT_ONCE; i++)
		at[i] = (struct pollfd){ .fd = begun < count ? connect_gate(NULL, port) : -1, .events = POLLIN };
	for (i = 0; i < AWAY_AT_ONCE && begun < count; i++)
		send_ask(at[i].fd, 1, agents, begun++);
	while (ended < count) {
		if (poll(at, AWAY_AT_ONCE, 30000) <= 0)
			die("the gate does not answer");
		for (i = 0; i < AWAY_AT_ONCE; i++) {
			if (at[i].fd < 0 || !at[i].revents)
				continue;
			read_answer(at[i].fd, &status, NULL);
			if (status != 409)
				die("an ask was not answered 409");
			ended++;
			if (begun < count)
				send_ask(at[i].fd, 1, agents, begun++);
		}
	}
	for (i = 0; i < AWAY_AT_ONCE; i++)
		if (at[i].fd >= 0)
			close(at[i].fd);
}

/* ---- the operator's events ---- */

static char events[1 << 20];
static size_t events_len, events_used;

static int subscribe(void)
{
	int fd = connect_gate(socket_path, 0);

	events_len = events_used = 0;
	send_request(fd, "GET", "gate", "/v1/events", "-", "");
	return fd;
}

/* The next line of the stream, borrowed until the next; NULL when `wait` is false and none is there. */
static char *next_line(int fd, bool wait)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char *end;

	memmove(events, events + events_used, events_len -= events_used);
	events_used = 0;
	while (!(end = memchr(events, '\n', events_len))) {
		ssize_t n;

		if (!wait && poll(&p, 1, 0) == 0)
			return NULL;
		n = events_len < sizeof(events) ? read(fd, events + events_len, sizeof(events) - events_len) : 0;
		if (n <= 0)
			die("the gate's events ended");
		events_len += (size_t)n;
	}
	*end = '\0';
	events_used = (size_t)(end + 1 - events);
	return events;
}

/* Until the stream says that nobody waits for the action any more. */
static void read_departure(int fd, int64_t id)
{
	char begin[48];
	char *line;

	snprintf(begin, sizeof(begin), "data: {\"id\":%lld,", (long long)id);
	do
		line = next_line(fd, true);
	while (strncmp(line, begin, strlen(begin)) != 0 || !strstr(line, "\"askers\":0,"));
}

static void read_held(int fd, int64_t last_id)
{
	char begin[48];
	char *line;

	snprintf(begin, sizeof(begin), "data: {\"id\":%lld,", (long long)last_id);
	do
		line = next_line(fd, true);
	while (strncmp(line, begin, strlen(begin)) != 0);
}

/* ---- measuring ---- */

/* One list; with `learn`, which action each of our asks is. */
static int64_t list(int want, bool learn)
{
	int64_t start = now_ns(), took;
	struct json_doc d;
	int status, v, found = 0;
	const char *text;
	size_t len;

	send_request(operator, "GET", "gate", "/v1/state", "-", "");
	text = read_answer(operator, &status, &len);
	took = now_ns() - start;
	if (!learn)
		return took;
	if (status != 200 || json_parse(text, len, &d, NULL) < 0)
		die("no state");
	for (v = json_first(&d, json_get(&d, json_root(&d), "actions")); v != JSON_NONE; v = json_next(&d, v)) {
		char *session = json_strdup(&d, json_get(&d, v, "session")), *digest = json_strdup(&d, json_get(&d, v, "digest"));
		struct ask *a;
		int i;

		found += json_str_is(&d, json_get(&d, v, "state"), "held");
		if (sscanf(session, "sbx_w_%d", &i) == 1 && i >= 0 && i < WAIT_MAX) {
			a = &asks[i];
			json_int(&d, json_get(&d, v, "id"), &a->id);
			json_int(&d, json_get(&d, v, "version"), &a->version);
			snprintf(a->digest, sizeof(a->digest), "%s", digest);
		}
		free(session);
		free(digest);
	}
	json_release(&d);
	if (found != want) {
		fprintf(stderr, "bench_held: %d are held, not %d\n", found, want);
		exit(1);
	}
	return took;
}

/* The answer to the agent is awaited too, so that the next begins with the gate at rest. */
static int64_t decide(const struct ask *a, const char *verb)
{
	char path[64], body[256];
	int64_t start, took;
	const char *text;
	int status;

	snprintf(path, sizeof(path), "/v1/actions/%lld/decision", (long long)a->id);
	snprintf(body, sizeof(body), "{\"version\":%lld,\"digest\":\"%s\",\"decision\":\"%s\",\"screen\":null,\"ahead\":false}", (long long)a->version, a->digest, verb);
	start = now_ns();
	send_request(operator, "POST", "gate", path, "-", body);
	text = read_answer(operator, &status, NULL);
	took = now_ns() - start;
	if (status != 200) {
		fprintf(stderr, "bench_held: a decision was answered %d: %.200s\n", status, text);
		exit(1);
	}
	read_answer(a->fd, &status, NULL);
	return took;
}

static void put(int64_t *ns, int n, bool with_p99, bool with_most)
{
	printf("%.2f ", percentile(ns, n, 50) / 1000);
	if (with_p99)
		printf("%.2f ", percentile(ns, n, 99) / 1000);
	if (with_most)
		printf("%.2f ", percentile(ns, n, 100) / 1000);
}

static void measure(int open, int away, int rounds)
{
	static int64_t lists[LISTS], yes[ROUNDS_MAX], no[ROUNDS_MAX], gone[ROUNDS_MAX];
	int stream, i;

	list(open + away, true);
	for (i = 0; i < LISTS; i++)
		lists[i] = list(open + away, false);
	stream = subscribe();
	next_line(stream, true);
	for (i = 0; i < rounds; i++) {
		struct ask *a = &asks[3 * i];
		int64_t start;

		yes[i] = decide(a, "approve");
		no[i] = decide(a + 1, "deny");
		while (next_line(stream, false))
			;
		start = now_ns();
		close(a[2].fd);
		read_departure(stream, a[2].id);
		gone[i] = now_ns() - start;
	}
	put(lists, LISTS, false, true);
	put(yes, rounds, true, false);
	put(no, rounds, true, false);
	put(gone, rounds, true, true);
	putchar('\n');
	close(stream);
}

int main(int argc, char **argv)
{
	int agents, open, away, rounds, status, stream;
	double before;
	int64_t pid, start, took;

	if (argc != 7)
		return 2;
	socket_path = argv[1];
	port = atoi(argv[2]);
	agents = atoi(argv[3]);
	open = atoi(argv[4]);
	away = atoi(argv[5]);
	rounds = atoi(argv[6]);
	if (agents < 1 || agents > AGENTS_MAX || open < 1 || open > WAIT_MAX || away < 0 || rounds < 1 || rounds > ROUNDS_MAX || 3 * rounds > open)
		return 2;
	snprintf(host, sizeof(host), "127.0.0.1:%d", port);
	operator = connect_gate(socket_path, 0);
	send_request(operator, "GET", "gate", "/v1/state", "-", "");
	pid = number_at(read_answer(operator, &status, NULL), "\"pid\":");
	make_agents(agents);
	stream = subscribe();
	next_line(stream, true);
	before = resident_kib(pid);
	start = now_ns();
	ask_and_wait(open, agents);
	read_held(stream, open);
	close(stream);
	ask_and_leave(away, agents);
	took = now_ns() - start;
	printf("%.1f %.0f\n", (resident_kib(pid) - before) / (open + away), (open + away) * 1e9 / (double)took);
	fflush(stdout);
	getchar();
	measure(open, away, rounds);
	return 0;
}
