/*
 * fuzz_wire: an answer of a gate, as its dashboard reads it. What must hold for any bytes:
 *
 * - where they are cut makes no difference: too short is "more", never another answer, and once refused it stays so;
 * - of a body no more comes out than was allowed and than came in, and a head costs no more than its limit;
 * - over a socket, written at once and closed: the call ends exactly once, and "answered" is said only of what is a whole answer by itself, nothing behind it.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "core/httpanswer.h"
#include "io/wire.h"
#include "tests/fuzz/answerer.h"

enum { BODY_MAX = 4096, CUTS_ALL = 300 };	/* shorter inputs are cut at every byte, longer ones at some */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	uv_loop_t loop;
	struct answerer answerer;
	struct wire *wire;
	char path[64];
	size_t body;
	int dones;
	bool ready, answered;
} run;

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- the bytes alone ---- */

static int feed(struct http_answer *a, const char *data, size_t len, size_t *ret_used, struct buf *out)
{
	char *exact = malloc(len + 1);
	int r;

	must(exact != NULL);
	if (len > 0)
		memcpy(exact, data, len);
	r = http_answer_feed(a, exact, len, ret_used, out, NULL);
	free(exact);
	must(r < 0 || (*ret_used <= len && (r == 1 || *ret_used == len)));
	must(a->head.cap <= HTTP_HEAD_MAX + 1);
	return r;
}

static int cut(const char *data, size_t len)
{
	struct http_answer whole, parts;
	struct buf all, some;
	size_t used = 0, again, at, step = len <= CUTS_ALL ? 1 : len / 50;
	int r, part;

	buf_init(&all, 1 << 20);
	buf_init(&some, 1 << 20);
	http_answer_init(&whole, BODY_MAX);
	r = feed(&whole, data, len, &used, &all);
	must(r < 0 || (all.len <= BODY_MAX && all.len <= len));
	must(r != 1 || (whole.whole_head && whole.status >= 200 && whole.status <= 599));
	for (at = 0; at < len; at += step) {
		buf_clear(&some);
		http_answer_init(&parts, BODY_MAX);
		part = feed(&parts, data, at, &again, &some);
		must(part != 1 || (r == 1 && again == used));
		must(part >= 0 || r < 0);
		if (part == 0) {
			part = feed(&parts, data + at, len - at, &again, &some);
			again += at;
		}
		must(part == r && parts.whole_head == whole.whole_head);
		if (r >= 0)
			must(again == used && some.len == all.len && (all.len == 0 || memcmp(some.data, all.data, all.len) == 0) && parts.keep_alive == whole.keep_alive);
		http_answer_release(&parts);
	}
	http_answer_release(&whole);
	buf_release(&all);
	buf_release(&some);
	return r == 1 && used == len;
}

/* ---- over a socket ---- */

static void start(void)
{
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&run.loop);
	snprintf(run.path, sizeof(run.path), "/tmp/assent-fuzz-wire-%d.sock", (int)getpid());
	answerer_unix(&run.answerer, &run.loop, run.path);
	run.wire = wire_new(&run.loop, run.path);
	must(run.wire != NULL);
	run.ready = true;
}

static void on_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	(void)c;
	(void)data;
	(void)arg;
	run.body += len;
}

static void on_done(struct wire_call *c, const struct wire_result *r, void *arg)
{
	(void)c;
	(void)arg;
	run.dones++;
	run.answered = r->answered;
	must(r->error != NULL && !strchr(r->error, '\n') && r->answered == (r->error[0] == '\0'));
	must(run.body <= BODY_MAX && (!r->answered || (r->status >= 200 && r->status <= 599)));
	uv_stop(&run.loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct wire_spec spec = { .method = "POST", .path = "/x", .body = "{}", .body_len = 2, .timeout_ms = 5000, .answer_max = BODY_MAX, .on_data = on_data, .on_done = on_done };
	bool whole = cut((const char *)data, size);

	if (!run.ready)
		start();
	run.answerer.data = data;
	run.answerer.size = size;
	run.body = 0;
	run.dones = 0;
	must(wire_start(run.wire, &spec) != NULL);
	while (run.dones == 0)
		uv_run(&run.loop, UV_RUN_DEFAULT);
	uv_run(&run.loop, UV_RUN_NOWAIT);
	must(run.dones == 1 && run.answered == whole);
	return 0;
}
