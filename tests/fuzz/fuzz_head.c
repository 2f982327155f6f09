/*
 * fuzz_head: an answer of a substrate, head and body, as it comes over a connection, through the client that the gate uses. Input: the bytes of the
 * answer; they are written at once, and the connection is closed.
 *
 * The call ends exactly once. "Answered" is said only with a status and of a whole answer; header lines are lines, in bounded number and size;
 * a body is never longer than was allowed.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "io/http.h"
#include "tests/fuzz/answerer.h"

enum { ANSWER_MAX = 65536, HEADERS_MAX = 300, LINE_MAX_BYTES = 128 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	uv_loop_t loop;
	struct answerer answerer;
	struct http *http;
	char url[64];
	size_t body;
	int heads, dones;
	bool ready;
} run;

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void start(void)
{
	uv_loop_init(&run.loop);
	snprintf(run.url, sizeof(run.url), "http://127.0.0.1:%d/x", answerer_tcp(&run.answerer, &run.loop));
	run.http = http_new(&run.loop);
	must(run.http != NULL);
	run.ready = true;
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	size_t n;

	(void)c;
	(void)arg;
	run.heads++;
	must(status >= 200 && status <= 999);
	for (n = 0; headers[n]; n++)
		must(strlen(headers[n]) < LINE_MAX_BYTES && !strpbrk(headers[n], "\r\n"));
	must(n <= HEADERS_MAX);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	(void)c;
	(void)data;
	(void)arg;
	must(run.heads == 1);
	run.body += len;
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	(void)c;
	(void)arg;
	run.dones++;
	must(run.body <= ANSWER_MAX);
	must(r->error != NULL && !strchr(r->error, '\n'));
	if (r->outcome == HTTP_ANSWERED)
		must(run.heads == 1 && r->status >= 200 && r->status <= 999);
	else
		must(r->outcome == HTTP_UNKNOWN || r->outcome == HTTP_NOT_SENT);
	uv_stop(&run.loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_spec spec = { .method = "POST", .url = run.url, .body = "{}", .body_len = 2, .once = true, .timeout_ms = 5000,
				  .answer_max = ANSWER_MAX, .on_head = on_head, .on_data = on_data, .on_done = on_done };

	if (!run.ready)
		start();
	run.answerer.data = data;
	run.answerer.size = size;
	run.body = 0;
	run.heads = run.dones = 0;
	must(http_start(run.http, &spec) != NULL);
	while (run.dones == 0)
		uv_run(&run.loop, UV_RUN_DEFAULT);
	uv_run(&run.loop, UV_RUN_NOWAIT);
	must(run.dones == 1);
	return 0;
}
