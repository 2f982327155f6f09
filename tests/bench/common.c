/* common: see common.h. */
#include "config.h"

#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/action.h"
#include "io/store.h"

void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double percentile(int64_t *ns, int n, int percent)
{
	qsort(ns, (size_t)n, sizeof(*ns), by_time);
	return (double)ns[(n - 1) * percent / 100] / 1000.0;
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

size_t median(size_t *sizes, int n)
{
	qsort(sizes, (size_t)n, sizeof(*sizes), by_size);
	return sizes[n / 2];
}

static void set(char **field, const char *text)
{
	free(*field);
	*field = strdup(text);
	if (!*field)
		die("memory");
}

static int64_t move(struct store *s, struct action *a, enum action_state to)
{
	struct store_move m = { .to = to, .who = "person:bench", .detail = "" };
	int64_t start = now_ns();
	struct err e;

	if (store_move(s, a, &m, &e) < 0 || action_move(a, to) < 0)
		die(e.msg);
	return now_ns() - start;
}

struct store *journal_open(const char *dir)
{
	struct store *s;
	struct err e;

	if (store_open(dir, &s, &e) < 0)
		die(e.msg);
	return s;
}

void journal_round(struct store *s, int64_t *approved_ns, int64_t *sent_ns)
{
	static const char body[] = "{\"command\":\"npm run build\",\"cwd\":\"/workspace/site\"}";
	static int64_t last_id;
	struct action *a = action_new();
	struct err e;

	if (!a)
		die("memory");
	a->id = ++last_id;
	a->version = 1;
	a->method = HTTP_POST;
	a->class = CLASS_ACTS;
	a->kind = "exec";
	set(&a->agent, "bench");
	set(&a->session, "sbx_1");
	set(&a->upstream, "http://127.0.0.1:1");
	set(&a->path, "/api/v1/sandboxes/sbx_1/exec");
	set(&a->query, "");
	set(&a->body, body);
	a->body_len = strlen(body);
	set(&a->title, "");
	set(&a->reason, "");
	set(&a->turn, "");
	set(&a->error, "");
	set(&a->plain, "Run a command in sandbox site.");
	set(&a->summary, "npm run build");
	if (action_make_key(a) < 0 || action_digest(a, a->body, a->body_len, a->digest) < 0 || store_hold(s, a, &e) < 0)
		die(e.msg);
	action_move(a, ACTION_HELD);
	set(&a->decided_by, "bench");
	a->decided_wall_ms = a->sent_wall_ms = 1;
	*approved_ns = move(s, a, ACTION_APPROVED);
	*sent_ns = move(s, a, ACTION_SENT);
	action_free(a);
}
