/*
 * bench_decide: from the yes to the first byte at the upstream, through a real gate. It is the agent and the operator at once: it asks,
 * waits until the action is held, approves it by the operator API as the dashboard does, and reads in the answer when the upstream
 * (bench_origin) saw the first byte. After each it makes the same two commits in a journal of its own in DIR: what of the time is the disk.
 *
 * usage: bench_decide SOCKET GATE-PORT TOKEN ROUNDS DIR
 * prints: first_byte_p50 first_byte_p99 approved_p50 sent_p50 rest_p50 answered_p50 answered_p99, in microseconds
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "common.h"
#include "io/store.h"
#include "wire.h"

enum { ROUNDS_MAX = 10000 };

/* The decision on the one action that is held; false while there is none. */
static bool find_held(int operator, char *path, size_t path_size, char *body, size_t body_size)
{
	int status, list, v, a = JSON_NONE;
	struct json_doc d;
	const char *text;
	int64_t id = 0, version = 0;
	char *digest;

	send_request(operator, "GET", "gate", "/v1/state", "-", "");
	text = read_answer(operator, &status, NULL);
	if (status != 200 || json_parse(text, strlen(text), &d, NULL) < 0)
		die("no state");
	list = json_get(&d, json_root(&d), "actions");
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v))
		if (json_str_is(&d, json_get(&d, v, "state"), "held"))
			a = v;
	if (a == JSON_NONE) {
		json_release(&d);
		return false;
	}
	json_int(&d, json_get(&d, a, "id"), &id);
	json_int(&d, json_get(&d, a, "version"), &version);
	digest = json_strdup(&d, json_get(&d, a, "digest"));
	snprintf(path, path_size, "/v1/actions/%lld/decision", (long long)id);
	snprintf(body, body_size, "{\"version\":%lld,\"digest\":\"%s\",\"decision\":\"approve\",\"screen\":null,\"ahead\":false}", (long long)version, digest);
	free(digest);
	json_release(&d);
	return true;
}

int main(int argc, char **argv)
{
	static int64_t first[ROUNDS_MAX], answered[ROUNDS_MAX], approved[ROUNDS_MAX], sent[ROUNDS_MAX], rest[ROUNDS_MAX];
	const struct timespec tick = { 0, 500000 };
	char host[64], path[128], body[512], ask[128];
	int agent, operator, rounds, i, status;
	struct store *s;

	if (argc != 6 || (rounds = atoi(argv[4])) < 1 || rounds > ROUNDS_MAX)
		return 2;
	agent = connect_gate(NULL, atoi(argv[2]));
	operator = connect_gate(argv[1], 0);
	s = journal_open(argv[5]);
	snprintf(host, sizeof(host), "127.0.0.1:%s", argv[2]);
	for (i = 0; i < rounds; i++) {
		const char *text, *ns;
		int64_t start;

		snprintf(ask, sizeof(ask), "{\"command\":\"echo %d\"}", i);
		send_request(agent, "POST", host, "/api/v1/sandboxes/bench/exec", argv[3], ask);
		while (!find_held(operator, path, sizeof(path), body, sizeof(body)))
			nanosleep(&tick, NULL);
		start = now_ns();
		send_request(operator, "POST", "gate", path, "-", body);
		text = read_answer(operator, &status, NULL);
		answered[i] = now_ns() - start;
		if (status != 200) {
			fprintf(stderr, "bench_decide: the decision was answered %d: %.200s\n", status, text);
			return 1;
		}
		text = read_answer(agent, &status, NULL);
		ns = strstr(text, "first_byte_ns\":");
		if (status != 200 || !ns)
			die("the agent got another answer");
		first[i] = strtoll(ns + 15, NULL, 10) - start;
		journal_round(s, &approved[i], &sent[i]);
		rest[i] = first[i] - approved[i] - sent[i];
	}
	store_close(s);
	printf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f\n", percentile(first, rounds, 50), percentile(first, rounds, 99), percentile(approved, rounds, 50),
	       percentile(sent, rounds, 50), percentile(rest, rounds, 50), percentile(answered, rounds, 50), percentile(answered, rounds, 99));
	return 0;
}
