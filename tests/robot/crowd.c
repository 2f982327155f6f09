/* crowd: see crowd.h. */
#include "config.h"

#include "tests/robot/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "tests/fault/storm.h"

enum { AGENTS = 4, PLACES = 240, STAY = 80, CALM_MS = 500 };

static const char *socket_path;
static char tokens[AGENTS][128], names[AGENTS][32];
static int port, renamed;

bool crowd_stays(long long command)
{
	return command >= 0 && command % PLACES < STAY;
}

static char *member(const struct answer *a, const char *key)
{
	struct json_doc d;
	char *text = NULL;

	if (json_parse(a->body.data, a->body.len, &d, NULL) == 0) {
		text = json_strdup(&d, json_get(&d, json_root(&d), key));
		json_release(&d);
	}
	return text;
}

/* A new agent in that place: the one before was revoked, or there was none. */
static void add_agent(int i)
{
	struct answer a;
	char body[256], *token;

	snprintf(names[i], sizeof(names[i]), "crowd-%d", renamed++);
	snprintf(body, sizeof(body), "{\"name\":\"%s\",\"answer_within_ms\":null}", names[i]);
	wire_operator(socket_path, "POST", "/v1/agents", body, &a);
	token = member(&a, "token");
	if (token)
		snprintf(tokens[i], sizeof(tokens[i]), "%s", token);
	free(token);
	buf_release(&a.body);
	snprintf(body, sizeof(body), "{\"kind\":\"agent\",\"name\":\"%s\",\"actions\":1000000,\"per_minute\":1000000,\"waiting\":1000000}", names[i]);
	wire_operator(socket_path, "POST", "/v1/budgets", body, &a);
	buf_release(&a.body);
}

/* Undoes what a robot may have done by a key. */
static void calm(void)
{
	struct answer a;
	char body[192];
	int i;

	wire_operator(socket_path, "POST", "/v1/unfreeze", "{}", &a);
	buf_release(&a.body);
	for (i = 0; i < AGENTS; i++) {
		snprintf(body, sizeof(body), "{\"agent\":\"%.31s\"}", names[i]);
		wire_operator(socket_path, "POST", "/v1/unfreeze", body, &a);
		buf_release(&a.body);
	}
}

/* One asks from this place's session; every fourth of what is asked is risky. */
static int ask(int place, int n)
{
	char head[512], body[64];
	int fd = wire_tcp(port), len;

	snprintf(body, sizeof(body), n % 4 ? "{\"command\":\"echo %d\"}" : "{\"command\":\"rm -rf /%d\"}", n * PLACES + place);
	len = snprintf(head, sizeof(head), "POST /api/v1/sandboxes/r%d/exec HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
		       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", place, port, tokens[place % AGENTS], strlen(body), body);
	if (fd >= 0)
		wire_send(fd, head, (size_t)len);
	return fd;
}

/* Was this one answered? A token that holds no more is replaced. */
static bool is_answered(int fd, int place)
{
	char text[64] = "";
	ssize_t n = fd >= 0 ? recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT) : 0;

	if (n > 12 && strncmp(text + 9, "401", 3) == 0)
		add_agent(place % AGENTS);
	return n >= 0;
}

void crowd_run(const char *socket, int at_port, int per_second)
{
	int64_t start, calmed = 0, now;
	int place[PLACES], i, n = 0;
	pid_t parent = getppid();

	socket_path = socket;
	port = at_port;
	memset(place, -1, sizeof(place));
	for (i = 0; i < AGENTS; i++)
		add_agent(i);
	start = clock_boot_ms();
	while (getppid() == parent) {
		now = clock_boot_ms();
		if (now - calmed > CALM_MS) {
			calmed = now;
			calm();
		}
		for (; n < (now - start) * per_second / 1000; n++) {
			/* Some places wait until they are answered; from the others the one before leaves, so that some arrive and leave at all times. */
			i = n % PLACES;
			if (i < STAY && place[i] >= 0 && !is_answered(place[i], i))
				i = STAY + n % (PLACES - STAY);
			if (place[i] >= 0)
				close(place[i]);
			place[i] = ask(i, n);
		}
		for (i = 0; i < PLACES; i++) {
			if (place[i] >= 0 && is_answered(place[i], i)) {
				close(place[i]);
				place[i] = -1;
			}
		}
		usleep(10000);
	}
}
