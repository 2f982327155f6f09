/*
 * op_log: reading and searching the logs for operators (docs/OPERATOR.md). Reading goes on beside the loop, by one of libuv's workers, for a few ms at a time: then
 * the next has its turn. So many searches take no more than one core, and a page does not wait for a search. One whose asker has gone ends.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/logscan.h"
#include "gate/operator.h"

enum { TURN_MS = 5, VALUE_BYTES_MAX = 32768, LINES_DEFAULT = 100 };

struct reading {
	uv_work_t work;
	struct reading *next;		/* of the gate's, whose first has its turn */
	struct gate *gate;
	struct server_req *req;		/* NULL: it has gone */
	struct logscan *scan;
	struct buf answer;
	int r;				/* as logscan_run() says */
	struct err e;
};

static void read_some(uv_work_t *w)
{
	struct reading *job = (struct reading *)w;

	job->r = logscan_run(job->scan, TURN_MS, &job->e);
	if (job->r == 0)
		logscan_write(job->scan, &job->answer);
}

static void reading_free(struct reading *job)
{
	logscan_free(job->scan);
	buf_release(&job->answer);
	free(job);
}

static void on_gone(struct server_req *r, void *user)
{
	struct reading *job = user;

	(void)r;
	job->req = NULL;
}

static void on_read(uv_work_t *w, int status);

/* The first one's turn. It is refused only where there is nothing to do. */
static void go_on(struct gate *g)
{
	if (g->readings && uv_queue_work(g->loop, &g->readings->work, read_some, on_read) < 0)
		abort();
}

static void put_last(struct gate *g, struct reading *job)
{
	struct reading **end = &g->readings;

	while (*end)
		end = &(*end)->next;
	job->next = NULL;
	*end = job;
}

static void on_read(uv_work_t *w, int status)
{
	struct reading *job = (struct reading *)w;
	struct server_req *r = job->req;
	struct gate *g = job->gate;
	bool again = r && job->r == 1;

	(void)status;
	g->readings = job->next;
	if (again)
		put_last(g, job);
	go_on(g);
	if (again)
		return;		/* from here on it is the worker's */
	if (r) {
		server_set_user(r, NULL, NULL);
		if (job->r == 0)
			operator_reply_json(r, 200, &job->answer);
		else
			server_error(r, 422, NULL, "pattern_too_costly", job->e.msg, NULL);
	}
	reading_free(job);
}

/* ---- what is asked for ---- */

/* false: it answered 422. Absent: *ret stays. */
static bool query_number(struct server_req *r, const char *name, int64_t *ret)
{
	struct buf value;
	char *end = NULL, message[80];
	bool ok = true;
	long long n;

	buf_init(&value, 32);
	if (http_query_get(server_head(r)->query, name, &value) || buf_failed(&value)) {
		errno = 0;
		n = strtoll(buf_cstr(&value), &end, 10);
		ok = !buf_failed(&value) && errno == 0 && value.len > 0 && *end == '\0';
		if (ok)
			*ret = n;
	}
	buf_release(&value);
	if (!ok) {
		snprintf(message, sizeof(message), "%s is not a whole number", name);
		server_error(r, 422, NULL, "invalid_query", message, NULL);
	}
	return ok;
}

/* One of two words; absent: the first. false: it answered 422. */
static bool query_choice(struct server_req *r, const char *name, const char *first, const char *second, bool *ret_second)
{
	char message[80];
	struct buf value;
	bool there, ok;

	buf_init(&value, 32);
	there = http_query_get(server_head(r)->query, name, &value) || buf_failed(&value);
	*ret_second = there && !buf_failed(&value) && strcmp(buf_cstr(&value), second) == 0;
	ok = !there || *ret_second || strcmp(buf_cstr(&value), first) == 0;
	buf_release(&value);
	if (!ok) {
		snprintf(message, sizeof(message), "%s is neither %s nor %s", name, first, second);
		server_error(r, 422, NULL, "invalid_query", message, NULL);
	}
	return ok;
}

static bool query_streams(struct server_req *r, unsigned int *ret)
{
	struct buf value;
	const char *p;
	int stream = 0;

	buf_init(&value, 256);
	http_query_get(server_head(r)->query, "stream", &value);
	for (p = buf_cstr(&value); *p && stream >= 0; p += *p == ',') {
		stream = log_stream_find(p, strcspn(p, ","));
		if (stream >= 0)
			*ret |= 1U << stream;
		p += strcspn(p, ",");
	}
	buf_release(&value);
	if (stream < 0)
		server_error(r, 422, NULL, "invalid_query", "stream is a list of out, err, log, event and gap", NULL);
	return stream >= 0;
}

static bool query_pattern(struct server_req *r, const struct buf *text, struct pattern **ret)
{
	bool regex, ignore_case;
	struct err e;

	if (!query_choice(r, "regex", "0", "1", &regex) || !query_choice(r, "case", "1", "0", &ignore_case))
		return false;
	if (text->len == 0 || pattern_new(text->data, text->len, regex, ignore_case, ret, &e) == 0)
		return true;
	server_error(r, 422, NULL, "invalid_pattern", e.msg, NULL);
	return false;
}

/* false: it answered 422. match and sessions: for what is borrowed. */
static bool query_all(struct server_req *r, struct logscan_spec *spec, struct buf *match, struct buf *sessions)
{
	const char *query = server_head(r)->query;

	http_query_get(query, "match", match);
	if (!spec->session && http_query_get(query, "session", sessions) && sessions->len > 0)
		spec->sessions = buf_cstr(sessions);
	if (!query_choice(r, "dir", "down", "up", &spec->up))
		return false;
	spec->from = spec->up ? -1 : match->len > 0 ? 0 : -LINES_DEFAULT;
	return query_number(r, "from", &spec->from) && query_number(r, "n", &spec->n) && query_streams(r, &spec->streams) &&
	       query_pattern(r, match, &spec->pattern);
}

static void begin(struct gate *g, struct server_req *r, const struct logscan_spec *spec)
{
	struct logscan *scan = logscan_new(g->logs, spec);
	struct reading *job;

	if (!scan) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
		return;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		abort();
	*job = (struct reading){ .gate = g, .req = r, .scan = scan };
	buf_init(&job->answer, SIZE_MAX - 1);
	server_set_user(r, job, on_gone);
	put_last(g, job);
	if (g->readings == job)
		go_on(g);
}

static void answer(struct gate *g, struct server_req *r, const char *session)
{
	struct logscan_spec spec = { .session = session, .n = LINES_DEFAULT };
	struct buf match, sessions;

	buf_init(&match, VALUE_BYTES_MAX);
	buf_init(&sessions, VALUE_BYTES_MAX);
	if (query_all(r, &spec, &match, &sessions))
		begin(g, r, &spec);
	buf_release(&match);
	buf_release(&sessions);
}

void operator_log(struct gate *g, struct server_req *r, const char *id)
{
	answer(g, r, id);
}

void operator_merged_log(struct gate *g, struct server_req *r, const char *rest)
{
	(void)rest;
	answer(g, r, NULL);
}
