/*
 * io/http against real sockets: that a request is sent once however its upstream dies, what its outcome is called, what goes over the
 * wire byte for byte, and that calls may be started, paused and cancelled from anywhere.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "io/http.h"
#include "scripted.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct rig {
	uv_loop_t loop;
	struct http *http;
	struct scripted up;
	bool freed;
};

/* One call and what came of it. */
struct probe {
	struct http_call *call;
	bool done, cancel_in_head, cancel_in_data, pause_in_data;
	int heads, status_in_head, datas;
	size_t bytes;
	char type[64], body[64];
	struct http_result result;
	char error[300];
	struct rig *rig;
	struct probe *then, *stop;	/* at the first data: start that one, cancel that one */
	bool then_in_done, stop_in_done;
	const struct http_spec *then_spec;
};

static void chain(struct probe *p)
{
	if (p->then && !p->then->call) {
		struct http_spec s = *p->then_spec;

		s.arg = p->then;
		p->then->call = http_start(p->rig->http, &s);
	}
	if (p->stop && p->stop->call) {
		http_cancel(p->stop->call);
		p->stop->call = NULL;
	}
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	struct probe *p = arg;
	const char *type = http_header(headers, "content-type");

	p->heads++;
	p->status_in_head = status;
	snprintf(p->type, sizeof(p->type), "%s", type ? type : "");
	if (p->cancel_in_head)
		http_cancel(c);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct probe *p = arg;
	size_t room = p->bytes < sizeof(p->body) - 1 ? sizeof(p->body) - 1 - p->bytes : 0;

	p->datas++;
	memcpy(p->body + (room ? p->bytes : 0), data, room < len ? room : len);
	p->bytes += len;
	if (p->pause_in_data && p->datas == 1)
		http_pause(c);
	if (!p->then_in_done)
		chain(p);
	if (p->cancel_in_data)
		http_cancel(c);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct probe *p = arg;

	(void)c;
	assert_false(p->done);
	p->done = true;
	p->call = NULL;
	p->result = *r;
	snprintf(p->error, sizeof(p->error), "%s", r->error);
	if (p->then_in_done || p->stop_in_done)
		chain(p);
	uv_stop(&p->rig->loop);	/* uv_run() would wait for the next event first */
}

static void on_freed(void *arg)
{
	((struct rig *)arg)->freed = true;
}

static void rig_start(struct rig *r, const struct step *steps, size_t count)
{
	memset(r, 0, sizeof(*r));
	scripted_start(&r->up, steps, count, NULL);
	assert_int_equal(uv_loop_init(&r->loop), 0);
	r->http = http_new(&r->loop);
	assert_non_null(r->http);
}

/* Everything of the client is gone when the loop can be closed. */
static void rig_stop(struct rig *r)
{
	http_free(r->http, on_freed, r);
	uv_run(&r->loop, UV_RUN_DEFAULT);
	assert_true(r->freed);
	assert_int_equal(uv_loop_close(&r->loop), 0);
	scripted_stop(&r->up);
}

static void go(struct rig *r, struct probe *p, const struct http_spec *s)
{
	struct http_spec spec = *s;

	spec.on_head = on_head;
	spec.on_data = on_data;
	spec.on_done = on_done;
	spec.arg = p;
	p->rig = r;
	p->done = false;
	p->call = http_start(r->http, &spec);
	assert_non_null(p->call);
	assert_false(p->done);	/* never from inside http_start() */
}

static void on_alarm(uv_timer_t *t)
{
	*(bool *)t->data = true;
}

/* Runs the loop until *flag, or so long. Whether the flag came. */
static bool run_until(struct rig *r, const bool *flag, int ms)
{
	uv_timer_t alarm;
	bool late = false;

	uv_timer_init(&r->loop, &alarm);
	alarm.data = &late;
	uv_timer_start(&alarm, on_alarm, (uint64_t)ms, 0);
	while (!(flag && *flag) && !late)
		uv_run(&r->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&alarm, NULL);
	uv_run(&r->loop, UV_RUN_NOWAIT);
	return flag && *flag;
}

static void call(struct rig *r, struct probe *p, const struct http_spec *s)
{
	go(r, p, s);
	assert_true(run_until(r, &p->done, 10000));
}

static const char *url(struct rig *r, const char *path)
{
	static char text[4][4096];
	static int i;

	i = (i + 1) % 4;
	snprintf(text[i], sizeof(text[i]), "http://127.0.0.1:%d%s", r->up.port, path);
	return text[i];
}

/* ---- how an upstream can die ---- */

static const struct {
	const char *name;
	struct step step;
	int timeout_ms, silence_ms;
	size_t answer_max;
	enum http_outcome outcome;
	int status;
	int heads;
} deaths[] = {
	{ "answers", { .answer = OK }, 0, 0, 0, HTTP_ANSWERED, 200, 1 },
	{ "answers and closes", { .answer = OK, .end = STEP_CLOSE }, 0, 0, 0, HTTP_ANSWERED, 200, 1 },
	{ "answers until it closes", { .answer = "HTTP/1.1 200 OK\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_ANSWERED, 200, 1 },
	{ "answers after two early heads", { .answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX-A: 1\r\n\r\n" OK }, 0, 0, 0, HTTP_ANSWERED, 200, 1 },
	{ "redirects", { .answer = "HTTP/1.1 307 Go\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n" }, 0, 0, 0, HTTP_ANSWERED, 307, 1 },
	{ "wants a password", { .answer = "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\nContent-Length: 0\r\n\r\n" }, 0, 0, 0, HTTP_ANSWERED, 401, 1 },
	{ "asks to come again", { .answer = "HTTP/1.1 408 Late\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", .end = STEP_CLOSE }, 0, 0, 0, HTTP_ANSWERED, 408, 1 },
	{ "expects nothing", { .answer = "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n" }, 0, 0, 0, HTTP_ANSWERED, 417, 1 },
	{ "wants another version", { .answer = "HTTP/1.1 505 No\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n" }, 0, 0, 0, HTTP_ANSWERED, 505, 1 },
	{ "is too busy", { .answer = "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n" }, 0, 0, 0, HTTP_ANSWERED, 503, 1 },
	{ "reads and closes", { .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "reads and resets", { .end = STEP_RESET }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "closes in the status line", { .answer = "HTTP/1.1 20", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "closes in the head", { .answer = "HTTP/1.1 200 OK\r\nContent-Le", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "resets in the head", { .answer = "HTTP/1.1 200 OK\r\nContent-Le", .end = STEP_RESET }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "closes before the body", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "closes in the body", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "resets in the body", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\no", .end = STEP_RESET }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "closes in a chunk", { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "closes between chunks", { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "lies in a chunk's size", { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "says 100 and closes", { .answer = "HTTP/1.1 100 Continue\r\n\r\n", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "says 103 and resets", { .answer = "HTTP/1.1 103 Early\r\n\r\n", .end = STEP_RESET }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "switches protocols", { .answer = "HTTP/1.1 101 Switch\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "has status 000", { .answer = "HTTP/1.1 000 Nothing\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "has a status of four digits", { .answer = "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "has a status with words at it", { .answer = "HTTP/1.1 200OK\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "has a status of two digits", { .answer = "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "speaks HTTP/0.9", { .answer = "ok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "speaks HTTP/2 unasked", { .answer = "HTTP/2 200\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, 0, 0, 0, HTTP_ANSWERED, 200, 1 },
	{ "has a head without end", { .answer = "HTTP/1.1 200 OK\r\nX-A: ", .filler = 2000000, .end = STEP_CLOSE }, 0, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "sends too much", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", .filler = 70000 }, 0, 0, 65536, HTTP_UNKNOWN, 200, 1 },
	{ "says nothing in time", { .end = STEP_HANG }, 150, 0, 0, HTTP_UNKNOWN, 0, 0 },
	{ "stops in the body in time", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", .end = STEP_HANG }, 150, 0, 0, HTTP_UNKNOWN, 200, 1 },
	{ "falls silent before the head", { .end = STEP_HANG }, 0, 150, 0, HTTP_UNKNOWN, 0, 0 },
	{ "falls silent in the body", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", .end = STEP_HANG }, 0, 150, 0, HTTP_UNKNOWN, 200, 1 },
};

static void die_once(size_t i, bool after_a_read)
{
	const struct step steps[] = { { .answer = OK }, deaths[i].step };
	struct http_spec get = { .method = "GET" };
	struct http_spec post = { .method = "POST", .body = "{\"x\":1}", .body_len = 7, .once = true, .timeout_ms = deaths[i].timeout_ms,
				  .silence_ms = deaths[i].silence_ms, .answer_max = deaths[i].answer_max };
	struct probe p = { 0 };
	struct rig r;

	if (after_a_read) {
		rig_start(&r, steps, 2);
		get.url = url(&r, "/read");
		call(&r, &p, &get);
		assert_int_equal(p.result.outcome, HTTP_ANSWERED);
		p = (struct probe){ 0 };
	} else {
		rig_start(&r, &deaths[i].step, 1);
	}
	post.url = url(&r, "/act");
	call(&r, &p, &post);
	rig_stop(&r);
	if (p.result.outcome != deaths[i].outcome || p.result.status != deaths[i].status || p.heads != deaths[i].heads)
		fail_msg("%s: outcome %d, status %d, %d heads; want %d, %d, %d (%s)", deaths[i].name, p.result.outcome, p.result.status, p.heads,
			 deaths[i].outcome, deaths[i].status, deaths[i].heads, p.error);
	if ((p.error[0] == '\0') != (deaths[i].outcome == HTTP_ANSWERED))
		fail_msg("%s: error \"%s\"", deaths[i].name, p.error);
	if (p.heads && p.status_in_head != deaths[i].status)
		fail_msg("%s: head %d", deaths[i].name, p.status_in_head);
	if (r.up.requests != 1 + after_a_read || r.up.connections != 1 + after_a_read)
		fail_msg("%s: %d requests on %d connections", deaths[i].name, r.up.requests, r.up.connections);
}

static void a_mutating_request_is_sent_once_however_the_upstream_dies(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(deaths); i++)
		die_once(i, false);
}

static void also_when_a_read_left_a_connection_open(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(deaths); i++)
		die_once(i, true);
}

/* The count above can count: a read on a connection that dies under it comes twice, and that is fine for a read. */
static void a_read_is_repeated_on_a_fresh_connection(void **state)
{
	static const struct step steps[] = { { .answer = OK }, { .end = STEP_CLOSE }, { .answer = OK } };
	struct http_spec get = { .method = "GET" };
	struct probe p = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, ARRAY_LEN(steps));
	get.url = url(&r, "/read");
	call(&r, &p, &get);
	call(&r, &p, &get);
	assert_int_equal(p.result.outcome, HTTP_ANSWERED);
	rig_stop(&r);
	assert_int_equal(r.up.requests, 3);
	assert_int_equal(r.up.connections, 2);
}

/* More than was promised comes behind an answer: it is no part of the next one, on whatever connection that comes. */
static void what_is_left_over_is_no_answer(void **state)
{
	static const struct step steps[] = {
		{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged" }, { .answer = OK }, { .answer = OK },
	};
	struct http_spec get = { .method = "GET" };
	struct rig r;
	int i;

	(void)state;
	rig_start(&r, steps, ARRAY_LEN(steps));
	get.url = url(&r, "/read");
	for (i = 0; i < 3; i++) {
		struct probe p = { 0 };

		call(&r, &p, &get);
		assert_int_equal(p.result.outcome, HTTP_ANSWERED);
		assert_string_equal(p.body, "ok");
	}
	rig_stop(&r);
	assert_int_equal(r.up.requests, 3);
	assert_int_equal(r.up.connections, 2);
}

static void the_connection_of_a_mutating_request_serves_no_other(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "POST", .once = true };
	struct probe p = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/act");
	call(&r, &p, &s);
	call(&r, &p, &s);
	s.method = "GET";
	s.once = false;
	call(&r, &p, &s);
	call(&r, &p, &s);
	rig_stop(&r);
	assert_int_equal(r.up.requests, 4);
	assert_int_equal(r.up.connections, 3);
}

static void closing_unread_is_not_called_unsent(void **state)
{
	static const struct step steps[] = { { .unread = true, .end = STEP_CLOSE } };
	struct http_spec s = { .method = "POST", .body = "x", .body_len = 1, .once = true };
	struct probe p = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/act");
	call(&r, &p, &s);
	assert_int_equal(p.result.outcome, HTTP_UNKNOWN);
	rig_stop(&r);
	assert_int_equal(r.up.connections, 1);
}

static void no_connection_is_called_unsent(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "POST", .once = true, .connect_timeout_ms = 2000 };
	struct probe p = { 0 };
	struct rig r, gone;

	(void)state;
	rig_start(&gone, steps, 1);
	rig_stop(&gone);	/* nobody listens on its port now */
	rig_start(&r, steps, 1);
	s.url = url(&gone, "/act");
	call(&r, &p, &s);
	assert_int_equal(p.result.outcome, HTTP_NOT_SENT);
	assert_int_equal(p.result.status, 0);
	assert_true(p.error[0]);
	rig_stop(&r);
	assert_int_equal(r.up.connections, 0);
}

static void failed_tls_is_called_unsent(void **state)
{
	static const struct {
		const char *name;
		struct step step;
	} hellos[] = {
		{ "no TLS there", { .answer = OK, .any = true, .end = STEP_CLOSE } },
		{ "closes", { .any = true, .end = STEP_CLOSE } },
		{ "resets", { .any = true, .end = STEP_RESET } },
		{ "says nothing", { .any = true, .end = STEP_HANG } },
	};
	struct http_spec s = { .method = "POST", .body = "secret-body", .body_len = 11, .once = true, .timeout_ms = 300 };
	struct probe p = { 0 };
	char https[64];
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(hellos); i++) {
		rig_start(&r, &hellos[i].step, 1);
		snprintf(https, sizeof(https), "https://127.0.0.1:%d/act", r.up.port);
		s.url = https;
		call(&r, &p, &s);
		rig_stop(&r);
		if (p.result.outcome != HTTP_NOT_SENT)
			fail_msg("%s: outcome %d: %s", hellos[i].name, p.result.outcome, p.error);
		assert_int_equal(r.up.connections, 1);
		assert_true(r.up.seen_len > 0);
		assert_null(memmem(r.up.seen, r.up.seen_len, "secret-body", 11));
	}
}

/* ---- what goes over the wire ---- */

/* want: what stands behind the Host line. */
static void check_wire(const char *name, const struct http_spec *spec, const char *path, const char *want)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = *spec;
	struct probe p = { 0 };
	char full[8192];
	struct rig r;

	rig_start(&r, steps, 1);
	s.url = url(&r, path);
	call(&r, &p, &s);
	rig_stop(&r);
	snprintf(full, sizeof(full), "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s", s.method, path, r.up.port, want);
	r.up.seen[r.up.seen_len < sizeof(r.up.seen) ? r.up.seen_len : sizeof(r.up.seen) - 1] = '\0';
	if (p.result.outcome != HTTP_ANSWERED || strcmp(r.up.seen, full) != 0)
		fail_msg("%s: outcome %d (%s), sent\n%s\nwant\n%s", name, p.result.outcome, p.error, r.up.seen, full);
}

static void the_bytes_sent_are_those_given(void **state)
{
	static const char *const json[] = { "Content-Type: application/json", "Authorization: Bearer msk_test", NULL };
	static const char *const empty[] = { "X-Remote-Path: ", NULL };
	static const struct {
		const char *name;
		struct http_spec s;
		const char *path, *want;
	} rows[] = {
		{ "get", { .method = "GET" }, "/a?b=c", "\r\n" },
		{ "get with headers", { .method = "GET", .headers = json }, "/a",
		  "Content-Type: application/json\r\nAuthorization: Bearer msk_test\r\n\r\n" },
		{ "get with a body", { .method = "GET", .body = "{}", .body_len = 2 }, "/a", "Content-Length: 2\r\n\r\n{}" },
		{ "post", { .method = "POST", .body = "{\"x\":1}", .body_len = 7, .headers = json, .once = true }, "/a",
		  "Content-Type: application/json\r\nAuthorization: Bearer msk_test\r\nContent-Length: 7\r\n\r\n{\"x\":1}" },
		{ "post of nothing", { .method = "POST", .once = true }, "/a", "Content-Length: 0\r\n\r\n" },
		{ "put", { .method = "PUT", .body = "a", .body_len = 1 }, "/a", "Content-Length: 1\r\n\r\na" },
		{ "patch", { .method = "PATCH", .body = "a", .body_len = 1 }, "/a", "Content-Length: 1\r\n\r\na" },
		{ "delete", { .method = "DELETE", .once = true }, "/a", "\r\n" },
		{ "delete with a body", { .method = "DELETE", .body = "a", .body_len = 1 }, "/a", "Content-Length: 1\r\n\r\na" },
		{ "an empty header", { .method = "GET", .headers = empty }, "/a", "X-Remote-Path:\r\n\r\n" },
		{ "dots stay", { .method = "GET" }, "/a/..b/.c/...", "\r\n" },
		{ "escapes stay", { .method = "GET" }, "/%41%2f%2E%2e%61/x", "\r\n" },
		{ "slashes stay", { .method = "GET" }, "//a///b", "\r\n" },
		{ "a bare ? stays", { .method = "GET" }, "/a?", "\r\n" },
		{ "marks stay", { .method = "GET" }, "/a;b=c&d@e:f,g!h$i'(j)*k+l?m=n?o/p:q@r", "\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		check_wire(rows[i].name, &rows[i].s, rows[i].path, rows[i].want);
}

static void a_large_body_goes_whole_and_unannounced(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "POST", .body_len = 1100000, .once = true };
	struct probe p = { 0 };
	char *body = malloc(s.body_len), *at;
	struct rig r;
	size_t i;

	(void)state;
	assert_non_null(body);
	for (i = 0; i < s.body_len; i++)
		body[i] = (char)('A' + i % 23);
	s.body = body;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/act");
	call(&r, &p, &s);
	rig_stop(&r);
	assert_int_equal(p.result.outcome, HTTP_ANSWERED);
	at = memmem(r.up.seen, r.up.seen_len, "\r\n\r\n", 4);
	assert_non_null(at);
	assert_null(memmem(r.up.seen, r.up.seen_len, "Expect", 6));
	assert_int_equal(r.up.seen + r.up.seen_len - (at + 4), s.body_len);
	assert_memory_equal(at + 4, body, s.body_len);
	free(body);
}

static void the_environment_sends_nothing_elsewhere(void **state)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	char home[] = "/tmp/assent-home-XXXXXX", netrc[64];
	struct http_spec s = { .method = "GET" };
	FILE *f;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(home));
	snprintf(netrc, sizeof(netrc), "%s/.netrc", home);
	f = fopen(netrc, "w");
	assert_non_null(f);
	fprintf(f, "default login ana password secret\n");
	fclose(f);
	setenv("HOME", home, 1);
	for (i = 0; i < ARRAY_LEN(names); i++)
		setenv(names[i], "http://127.0.0.1:1", 1);
	check_wire("with proxies and a netrc", &s, "/a", "\r\n");
	for (i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	unlink(netrc);
	rmdir(home);
}

static void only_safe_requests_are_tried(void **state)
{
	static const char *const split[] = { "X-A: b\r\nX-C: d", NULL }, *const fold[] = { "X-A: b\n c", NULL }, *const nameless[] = { "no colon", NULL };
	static const struct {
		const char *url;
		const char *method, *body;
		const char *const *headers;
	} rows[] = {
		{ "http://example.com/", "GET", NULL, NULL },
		{ "http://127.0.0.1.example.com/", "GET", NULL, NULL },
		{ "http://localhost.example.com/", "GET", NULL, NULL },
		{ "http://127.0.0.1:80@example.com/", "GET", NULL, NULL },
		{ "http://127.0.0.1@example.com/", "GET", NULL, NULL },
		{ "http://localhost:x@[::2]/", "GET", NULL, NULL },
		{ "https://user:word@127.0.0.1/", "GET", NULL, NULL },
		{ "http://127.0.0.1:99999/", "GET", NULL, NULL },
		{ "http://10.0.0.1/", "GET", NULL, NULL },
		{ "ftp://127.0.0.1/", "GET", NULL, NULL },
		{ "file:///etc/passwd", "GET", NULL, NULL },
		{ "gopher://127.0.0.1/", "GET", NULL, NULL },
		{ "httpx://127.0.0.1/", "GET", NULL, NULL },
		{ "127.0.0.1/", "GET", NULL, NULL },
		{ "https:///nohost", "GET", NULL, NULL },
		{ "", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a\r\nX: y", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a#b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1?a", "GET", NULL, NULL },
		{ "http://127.0.0.1:1", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/../b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/..", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/./a", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/.", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/%2e%2e/b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/.%2E", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/..;x/b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/..%2fb", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a\\..\\b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a/..?b", "GET", NULL, NULL },
		{ "http://127.0.0.1:1/a", "GET\r\nX: y", NULL, NULL },
		{ "http://127.0.0.1:1/a", "", NULL, NULL },
		{ "http://127.0.0.1:1/a", "HEAD", "a body", NULL },
		{ "http://127.0.0.1:1/a", "GET", NULL, split },
		{ "http://127.0.0.1:1/a", "GET", NULL, fold },
		{ "http://127.0.0.1:1/a", "GET", NULL, nameless },
	};
	static const struct step steps[] = { { .answer = OK } };
	struct rig r;
	size_t i;

	(void)state;
	rig_start(&r, steps, 1);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_spec s = { .method = rows[i].method, .url = rows[i].url, .body = rows[i].body,
				       .body_len = rows[i].body ? strlen(rows[i].body) : 0, .headers = rows[i].headers };
		struct probe p = { 0 };

		call(&r, &p, &s);
		if (p.result.outcome != HTTP_REFUSED || !p.error[0])
			fail_msg("row %zu, \"%s\": outcome %d: %s", i, rows[i].url, p.result.outcome, p.error);
	}
	rig_stop(&r);
}

/* ---- what an answer may hold ---- */

static void check_answer(const char *name, const char *answer, size_t filler, enum http_outcome outcome, const char *body)
{
	const struct step steps[] = { { .answer = answer, .filler = filler, .end = STEP_CLOSE } };
	struct http_spec s = { .method = "GET" };
	struct probe p = { 0 };
	struct rig r;

	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	call(&r, &p, &s);
	rig_stop(&r);
	if (p.result.outcome != outcome || (body && strcmp(p.body, body) != 0))
		fail_msg("%s: outcome %d (%s), body \"%s\"", name, p.result.outcome, p.error, p.body);
	assert_true(p.heads <= 1);
}

static void heads_have_limits(void **state)
{
	static const struct {
		int lines, bytes;
		enum http_outcome outcome;
	} rows[] = { { 10, 10, HTTP_ANSWERED }, { 127, 20, HTTP_ANSWERED }, { 129, 20, HTTP_UNKNOWN }, { 60, 1000, HTTP_ANSWERED }, { 70, 1000, HTTP_UNKNOWN }, { 10000, 0, HTTP_UNKNOWN } };
	char *text = malloc(1 << 20), name[64];
	size_t i, n;
	int k;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		n = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\n");
		for (k = 0; k < rows[i].lines; k++)
			n += (size_t)sprintf(text + n, "X-%d: %0*d\r\n", k, rows[i].bytes, 1);
		strcpy(text + n, "\r\nok");
		snprintf(name, sizeof(name), "%d lines of %d", rows[i].lines, rows[i].bytes);
		check_answer(name, text, 0, rows[i].outcome, NULL);
	}
	free(text);
}

static void a_long_line_of_a_head_is_called_that(void **state)
{
	const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\nX: ", .filler = 200000, .end = STEP_CLOSE } };
	struct http_spec s = { .method = "GET" };
	struct probe p = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	call(&r, &p, &s);
	rig_stop(&r);
	assert_int_equal(p.result.outcome, HTTP_UNKNOWN);
	assert_string_equal(p.error, "the answer's head is too long");
}

static void a_scheme_is_known_in_capitals(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "GET" };
	struct probe p = { 0 };
	char capitals[128];
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	snprintf(capitals, sizeof(capitals), "HTTP://127.0.0.1:%d/a", r.up.port);
	s.url = capitals;
	call(&r, &p, &s);
	rig_stop(&r);
	assert_int_equal(p.result.outcome, HTTP_ANSWERED);
}

static void nothing_is_decoded_but_chunks(void **state)
{
	(void)state;
	check_answer("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nX-Trailer: 1\r\n\r\n", 0, HTTP_ANSWERED, "ok");
	check_answer("gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8bok", 0, HTTP_ANSWERED, "\x1f\x8bok");
	check_answer("a transfer coding that nobody asked for", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n\x1f\x8bok", 0, HTTP_UNKNOWN, "");
	check_answer("a trailer is no header", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Type: x\r\n\r\n", 0, HTTP_ANSWERED, "ok");
}

static void the_head_given_is_the_last_one(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 103 Early\r\nContent-Type: early\r\n\r\nHTTP/1.1 200 OK\r\ncontent-TYPE:\t late\r\nContent-Length: 0\r\n\r\n" } };
	struct http_spec s = { .method = "GET" };
	struct probe p = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	call(&r, &p, &s);
	rig_stop(&r);
	assert_int_equal(p.status_in_head, 200);
	assert_string_equal(p.type, "late");
	assert_int_equal(p.heads, 1);
}

/* ---- calls inside calls ---- */

static void a_call_may_start_another_from_a_callback(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "GET" }, s2 = { .method = "POST", .once = true, .on_data = on_data, .on_done = on_done };
	int in_done;
	struct rig r;

	(void)state;
	for (in_done = 0; in_done < 2; in_done++) {
		struct probe second = { 0 }, first = { .then = &second, .then_spec = &s2, .then_in_done = in_done };

		rig_start(&r, steps, 1);
		s.url = url(&r, "/first");
		s2.url = url(&r, "/second");
		second.rig = &r;
		go(&r, &first, &s);
		assert_true(run_until(&r, &second.done, 5000));
		assert_true(first.done);
		assert_int_equal(first.result.outcome, HTTP_ANSWERED);
		if (second.result.outcome != HTTP_ANSWERED)
			fail_msg("started in %s: outcome %d: %s", in_done ? "on_done" : "on_data", second.result.outcome, second.error);
		rig_stop(&r);
		assert_int_equal(r.up.requests, 2);
	}
}

static void a_call_may_cancel_another_from_a_callback(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\n\r\n", .filler = 100, .end = STEP_HANG }, { .answer = OK } };
	struct http_spec s = { .method = "GET" };
	int in_done;
	struct rig r;

	(void)state;
	for (in_done = 0; in_done < 2; in_done++) {
		struct probe other = { 0 }, p = { .stop = &other, .then_in_done = in_done, .stop_in_done = in_done };

		rig_start(&r, steps, ARRAY_LEN(steps));
		s.url = url(&r, "/other");
		go(&r, &other, &s);
		while (other.bytes < 100)
			uv_run(&r.loop, UV_RUN_ONCE);
		s.url = url(&r, "/p");
		call(&r, &p, &s);
		assert_int_equal(p.result.outcome, HTTP_ANSWERED);
		assert_null(other.call);
		run_until(&r, NULL, 50);
		assert_false(other.done);
		rig_stop(&r);
	}
}

static void a_refused_call_may_cancel_another_refused(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct http_spec s = { .method = "GET", .url = "ftp://127.0.0.1/" };
	struct probe a = { 0 }, b = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	go(&r, &a, &s);
	go(&r, &b, &s);
	a.stop = &b;
	b.stop = &a;
	a.stop_in_done = b.stop_in_done = true;
	run_until(&r, NULL, 50);
	assert_int_equal(a.done + b.done, 1);	/* whichever came first cancelled the other */
	rig_stop(&r);
}

static void a_call_may_cancel_itself(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\n\r\n", .filler = 100000, .end = STEP_HANG } };
	static const struct probe ways[] = { { .cancel_in_head = true }, { .cancel_in_data = true } };
	struct http_spec s = { .method = "GET", .silence_ms = 5000 };
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		struct probe p = ways[i];

		rig_start(&r, steps, 1);
		s.url = url(&r, "/a");
		go(&r, &p, &s);
		run_until(&r, NULL, 100);
		assert_false(p.done);
		assert_int_equal(p.heads, 1);
		assert_int_equal(p.datas, i);
		rig_stop(&r);
	}
}

static void a_client_may_go_with_calls_under_way(void **state)
{
	static const struct step steps[] = { { .end = STEP_HANG } };
	struct http_spec s = { .method = "GET", .silence_ms = 5000 };
	struct probe p[3] = { { 0 } };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	go(&r, &p[0], &s);
	run_until(&r, NULL, 30);
	go(&r, &p[1], &s);
	s.url = "ftp://x/";
	go(&r, &p[2], &s);
	rig_stop(&r);
	assert_false(p[0].done || p[1].done || p[2].done);
}

/* ---- back-pressure ---- */

enum { MUCH = 24 << 20 };

static void a_paused_call_stops_the_server_and_goes_on(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 25165824\r\n\r\n", .filler = MUCH } };
	struct http_spec s = { .method = "GET", .silence_ms = 150 };
	struct probe p = { .pause_in_data = true };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	go(&r, &p, &s);
	run_until(&r, &p.done, 400);	/* longer than the silence: that is ours, not the server's */
	assert_false(p.done);
	assert_int_equal(p.datas, 1);
	assert_true(r.up.sent < MUCH);
	http_resume(p.call);
	assert_int_equal(p.datas, 1);	/* nothing comes from inside http_resume() */
	assert_true(run_until(&r, &p.done, 10000));
	assert_int_equal(p.result.outcome, HTTP_ANSWERED);
	assert_int_equal(p.bytes, MUCH);
	rig_stop(&r);
}

static void a_limit_holds_after_a_pause(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n4\r\nmore\r\n0\r\n\r\n" } };
	struct http_spec s = { .method = "GET", .answer_max = 3 };
	struct probe p = { .pause_in_data = true };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.url = url(&r, "/a");
	go(&r, &p, &s);
	run_until(&r, &p.done, 100);
	assert_int_equal(p.datas, 1);
	if (!p.done)
		http_resume(p.call);
	assert_true(run_until(&r, &p.done, 2000));
	assert_int_equal(p.result.outcome, HTTP_UNKNOWN);
	assert_string_equal(p.body, "ok");
	rig_stop(&r);
}

static void a_paused_call_may_be_cancelled(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 25165824\r\n\r\n", .filler = MUCH } };
	struct http_spec s = { .method = "GET", .silence_ms = 5000 };
	struct probe p = { .pause_in_data = true };
	struct rig r;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		p = (struct probe){ .pause_in_data = true };
		rig_start(&r, steps, 1);
		s.url = url(&r, "/a");
		go(&r, &p, &s);
		run_until(&r, &p.done, 1500);	/* long enough for a slow machine, and for valgrind */
		assert_int_equal(p.datas, 1);
		if (i > 0)
			http_resume(p.call);
		if (i < 2)
			http_cancel(p.call);	/* i == 2: the whole client goes, with the resumption due */
		rig_stop(&r);
		assert_int_equal(p.datas, 1);
		assert_false(p.done);
	}
}

static void headers_are_found_without_case(void **state)
{
	static const char *const lines[] = { "Content-Type-X: no", "content-TYPE: \t yes", "Content-Type: late", "Empty:", "Nocolon", NULL };

	(void)state;
	assert_string_equal(http_header(lines, "Content-Type"), "yes");
	assert_string_equal(http_header(lines, "empty"), "");
	assert_null(http_header(lines, "nocolon"));
	assert_null(http_header(lines, "content"));
	assert_null(http_header(NULL, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mutating_request_is_sent_once_however_the_upstream_dies),
		cmocka_unit_test(also_when_a_read_left_a_connection_open),
		cmocka_unit_test(a_read_is_repeated_on_a_fresh_connection),
		cmocka_unit_test(what_is_left_over_is_no_answer),
		cmocka_unit_test(the_connection_of_a_mutating_request_serves_no_other),
		cmocka_unit_test(closing_unread_is_not_called_unsent),
		cmocka_unit_test(no_connection_is_called_unsent),
		cmocka_unit_test(failed_tls_is_called_unsent),
		cmocka_unit_test(the_bytes_sent_are_those_given),
		cmocka_unit_test(a_large_body_goes_whole_and_unannounced),
		cmocka_unit_test(the_environment_sends_nothing_elsewhere),
		cmocka_unit_test(only_safe_requests_are_tried),
		cmocka_unit_test(heads_have_limits),
		cmocka_unit_test(a_long_line_of_a_head_is_called_that), cmocka_unit_test(a_scheme_is_known_in_capitals), cmocka_unit_test(nothing_is_decoded_but_chunks),
		cmocka_unit_test(the_head_given_is_the_last_one),
		cmocka_unit_test(a_call_may_start_another_from_a_callback),
		cmocka_unit_test(a_call_may_cancel_another_from_a_callback),
		cmocka_unit_test(a_refused_call_may_cancel_another_refused),
		cmocka_unit_test(a_call_may_cancel_itself),
		cmocka_unit_test(a_client_may_go_with_calls_under_way),
		cmocka_unit_test(a_paused_call_stops_the_server_and_goes_on),
		cmocka_unit_test(a_limit_holds_after_a_pause),
		cmocka_unit_test(a_paused_call_may_be_cancelled),
		cmocka_unit_test(headers_are_found_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
