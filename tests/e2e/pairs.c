/*
 * pairs: two operators decide the same action at the same time, again and again. Both decisions are written before either answer is read; one must
 * win, the other must be told who decided, what and when, and the agent must get the winner's word.
 *
 * usage: pairs SOCKET GATE-PORT TOKEN ROUNDS
 * prints: ROUNDS one winner each, N approved
 */
#include "config.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"

static int round_number;

static _Noreturn void die(const char *what, const char *detail)
{
	fprintf(stderr, "pairs: round %d: %s%s%.300s\n", round_number, what, detail[0] ? ": " : "", detail);
	exit(1);
}

static int connect_gate(const char *path, int port)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	if (path)
		snprintf(u.sun_path, sizeof(u.sun_path), "%s", path);
	if (connect(fd, path ? (struct sockaddr *)&u : (struct sockaddr *)&a, path ? sizeof(u) : sizeof(a)) < 0)
		die("cannot reach the gate", "");
	return fd;
}

static void send_request(int fd, const char *method, const char *host, const char *path, const char *token, const char *body)
{
	char text[4096];
	int n = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s", method, path, host,
			 token, strlen(body), body);

	if (n >= (int)sizeof(text) || write(fd, text, (size_t)n) != n)
		die("cannot write", "");
}

/* A whole answer by Content-Length; its body is copied. */
static int read_answer(int fd, char *body, size_t size)
{
	static char in[65536];
	size_t len = 0, want = 0;
	char *end = NULL, *length;

	while (!end || len < want) {
		ssize_t n = read(fd, in + len, sizeof(in) - 1 - len);

		if (n <= 0)
			die("the gate closed the connection", "");
		len += (size_t)n;
		in[len] = '\0';
		if (!end && (end = strstr(in, "\r\n\r\n")) != NULL) {
			length = strcasestr(in, "\r\nContent-Length:");
			if (!length || length > end)
				die("no length", in);
			end += 4;
			want = (size_t)(end - in) + strtoul(length + 17, NULL, 10);
		}
	}
	snprintf(body, size, "%s", end);
	return atoi(in + 9);
}

/* The action's digest, once it is held. */
static void wait_held(int operator, int64_t id, char digest[65])
{
	const struct timespec tick = { 0, 500000 };
	char path[64], body[16384], *text;
	struct json_doc d;
	bool held = false;
	int a;

	snprintf(path, sizeof(path), "/v1/actions/%lld", (long long)id);
	while (!held) {
		send_request(operator, "GET", "gate", path, "-", "");
		if (read_answer(operator, body, sizeof(body)) != 200) {
			nanosleep(&tick, NULL);
			continue;
		}
		if (json_parse(body, strlen(body), &d, NULL) < 0)
			die("no JSON", body);
		a = json_get(&d, json_root(&d), "action");
		held = json_str_is(&d, json_get(&d, a, "state"), "held");
		text = json_strdup(&d, json_get(&d, a, "digest"));
		snprintf(digest, 65, "%s", text ? text : "");
		free(text);
		json_release(&d);
	}
}

/* The loser is told who, what and when. */
static void check_told(const char *answer, const char *winner, bool approved)
{
	char want[64];

	snprintf(want, sizeof(want), "was %s by %s at ", approved ? "approved" : "denied", winner);
	if (!strstr(answer, "\"already_decided\"") || !strstr(answer, want) || !strstr(answer, " UTC"))
		die("the loser was told", answer);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "ana", "ben" };
	static char answers[2][16384], agents[16384];
	int operators[2], agent, rounds, status[2], i, first, winner, approved = 0;
	char host[64], path[64], body[512], digest[65];
	bool yes[2];

	if (argc != 5 || (rounds = atoi(argv[4])) < 1)
		return 2;
	agent = connect_gate(NULL, atoi(argv[2]));
	for (i = 0; i < 2; i++)
		operators[i] = connect_gate(argv[1], 0);
	snprintf(host, sizeof(host), "127.0.0.1:%s", argv[2]);
	for (round_number = 1; round_number <= rounds; round_number++) {
		snprintf(body, sizeof(body), "{\"command\":\"echo %d\"}", round_number);
		send_request(agent, "POST", host, "/api/v1/sandboxes/pairs/exec", argv[3], body);
		wait_held(operators[0], round_number, digest);
		snprintf(path, sizeof(path), "/v1/actions/%d/decision", round_number);
		/* Yes against yes, yes against no, no against yes, no against no; and each of the two writes first in turn. */
		yes[0] = round_number % 4 < 2;
		yes[1] = round_number % 2 == 0;
		first = round_number / 4 % 2;
		for (i = 0; i < 2; i++) {
			int who = i == 0 ? first : 1 - first;

			snprintf(body, sizeof(body), "{\"version\":1,\"digest\":\"%s\",\"decision\":\"%s\",\"by\":\"%s\"}", digest,
				 yes[who] ? "approve" : "deny", names[who]);
			send_request(operators[who], "POST", "gate", path, "-", body);
		}
		for (i = 0; i < 2; i++)
			status[i] = read_answer(operators[i], answers[i], sizeof(answers[i]));
		if ((status[0] == 200) == (status[1] == 200))
			die("not one winner", answers[0]);
		winner = status[0] == 200 ? 0 : 1;
		check_told(answers[1 - winner], names[winner], yes[winner]);
		if (read_answer(agent, agents, sizeof(agents)) != (yes[winner] ? 200 : 403))
			die("the agent got", agents);
		approved += yes[winner];
	}
	printf("%d one winner each, %d approved\n", rounds, approved);
	return 0;
}
