/* io/wire against real sockets: what a gate may say, cut and broken; what goes out, byte for byte, and how often; connections that rest; from anywhere. */
#include "config.h"

#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "io/wire.h"
#include "scripted.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define EVENTS "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

struct rig {
	uv_loop_t loop;
	struct wire *wire;
	struct scripted gate;
	char path[100];
	bool freed;
};

/* One call and what came of it. */
struct probe {
	struct rig *rig;
	struct wire_call *call;
	int datas, dones, status;
	bool answered, cancel_in_data, free_in_done;
	char body[64], error[700];
	size_t bytes;
	struct probe *looks;	/* for whose answer is looked from inside of on_data */
	struct probe *then;	/* is started from inside of on_data, or of on_done */
	bool then_in_done;
};

static void go(struct rig *r, struct probe *p, const struct wire_spec *s);

static const struct wire_spec get = { .method = "GET", .path = "/v1/x" };

static void chain(struct probe *p)
{
	struct probe *then = p->then;

	p->then = NULL;
	if (then)
		go(p->rig, then, &get);
}

static void on_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	struct probe *p = arg;
	size_t room = p->bytes < sizeof(p->body) - 1 ? sizeof(p->body) - 1 - p->bytes : 0;

	p->datas++;
	if (p->looks && p->looks->call)
		wire_look(p->looks->call);
	memcpy(p->body + (room ? p->bytes : 0), data, room < len ? room : len);
	p->bytes += len;
	if (!p->then_in_done)
		chain(p);
	if (p->cancel_in_data) {
		wire_cancel(c);
		p->call = NULL;
		uv_stop(&p->rig->loop);
	}
}

static void on_freed(void *arg)
{
	((struct rig *)arg)->freed = true;
}

static void on_done(struct wire_call *c, const struct wire_result *r, void *arg)
{
	struct probe *p = arg;

	assert_ptr_equal(c, p->call);
	p->dones++;
	p->call = NULL;
	p->status = r->status;
	p->answered = r->answered;
	snprintf(p->error, sizeof(p->error), "%s", r->error);
	assert_true(r->answered == (r->error[0] == '\0') && !strchr(r->error, '\n'));
	chain(p);
	if (p->free_in_done) {
		wire_free(p->rig->wire, on_freed, p->rig);
		p->rig->wire = NULL;
	}
	uv_stop(&p->rig->loop);
}

static void go(struct rig *r, struct probe *p, const struct wire_spec *s)
{
	struct wire_spec spec = *s;

	p->rig = r;
	spec.on_data = on_data;
	spec.on_done = on_done;
	spec.arg = p;
	p->call = wire_start(r->wire, &spec);
	assert_non_null(p->call);
	assert_int_equal(p->dones, 0);	/* never from inside wire_start() */
}

static void finish(struct rig *r, struct probe *p)
{
	while (p->dones == 0)
		uv_run(&r->loop, UV_RUN_DEFAULT);
}

static void call(struct rig *r, struct probe *p, const struct wire_spec *s)
{
	*p = (struct probe){ 0 };
	go(r, p, s);
	finish(r, p);
}

static void rig_start(struct rig *r, const struct step *steps, size_t count)
{
	const char *dir = getenv("ASSENT_TMP");

	memset(r, 0, sizeof(*r));
	snprintf(r->path, sizeof(r->path), "%s/wire-%d.sock", dir ? dir : "/tmp", (int)getpid());
	scripted_start(&r->gate, steps, count, r->path);
	assert_int_equal(uv_loop_init(&r->loop), 0);
	r->wire = wire_new(&r->loop, r->path);
	assert_non_null(r->wire);
}

/* Everything of the client is gone when the loop can be closed. */
static void rig_stop(struct rig *r)
{
	if (r->wire)
		wire_free(r->wire, on_freed, r);
	uv_run(&r->loop, UV_RUN_DEFAULT);
	assert_true(r->freed);
	assert_int_equal(uv_loop_close(&r->loop), 0);
	scripted_stop(&r->gate);
	unlink(r->path);
}

/* ---- what a gate says ---- */

static void whole_answers(void **state)
{
	static const struct step steps[] = {
		{ .answer = OK, .end = STEP_CLOSE }, { .answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", .end = STEP_CLOSE }, { .answer = "HTTP/1.1 204 No Content\r\n\r\n", .end = STEP_CLOSE },
		{ .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no\n\r\n1\r\nk\r\n0\r\n\r\n", .end = STEP_CLOSE },
		{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n", .filler = 3000000, .end = STEP_CLOSE },
	};
	static const struct { int status; const char *body; size_t bytes; } wanted[] = { { 200, "ok", 2 }, { 404, "{}", 2 }, { 204, "", 0 }, { 200, "o\nk", 3 }, { 200, NULL, 3000000 } };
	struct probe p;
	struct rig r;
	size_t i;

	(void)state;
	rig_start(&r, steps, ARRAY_LEN(steps));
	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		call(&r, &p, &get);
		assert_true(p.answered);
		assert_int_equal(p.status, wanted[i].status);
		assert_int_equal(p.bytes, wanted[i].bytes);
		if (wanted[i].body)
			assert_string_equal(p.body, wanted[i].body);
	}
	rig_stop(&r);
}

static void cut_at_every_byte(void **state)
{
	static const char *const texts[] = { OK, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" };
	char *pieces[256];
	struct step steps[256] = { { 0 } };
	size_t i, n = 0, cut;
	struct probe p;
	struct rig r;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++)
		for (cut = 0; cut < strlen(texts[i]) && n < ARRAY_LEN(steps); cut++, n++) {
			pieces[n] = strndup(texts[i], cut);
			assert_non_null(pieces[n]);
			steps[n] = (struct step){ .answer = pieces[n], .end = n % 2 ? STEP_CLOSE : STEP_RESET };
		}
	rig_start(&r, steps, n);
	for (i = 0; i < n; i++) {
		call(&r, &p, &get);
		if (p.answered || !p.error[0])
			fail_msg("answered: %s", pieces[i]);
		if (steps[i].end == STEP_CLOSE)
			assert_non_null(strstr(p.error, pieces[i][0] ? "cut off" : "without an answer"));
	}
	rig_stop(&r);
	assert_int_equal(r.gate.requests, n);	/* none was asked for again */
	for (i = 0; i < n; i++)
		free(pieces[i]);
}

static void broken_answers(void **state)
{
	static const struct step steps[] = {
		{ .answer = "{\"error\":{}}\r\n\r\n" }, { .answer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok" }, { .answer = "HTTP/1.1 100 Continue\r\n\r\n" OK },
		{ .answer = "HTTP/1.1 200 OK\r\n\r\nok" }, { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok" },
		{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok" }, { .answer = OK OK }, { .answer = "HTTP/1.1 204 No Content\r\n\r\nok" },
		{ .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nok\r\n0\r\n\r\n" }, { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n\n" },
		{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", .filler = 101 }, { .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", .filler = 101 },
		{ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n" }, { .answer = "HTTP/1.1 200 OK\r\nX: ", .filler = 5000000 },
		{ .answer = "", .filler = 100000 }, { .answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok" },
	};
	struct wire_spec s = get;
	struct probe p;
	struct rig r;
	size_t i;

	(void)state;
	s.answer_max = 100;
	rig_start(&r, steps, ARRAY_LEN(steps));
	for (i = 0; i < ARRAY_LEN(steps); i++) {
		call(&r, &p, &s);
		if (p.answered || p.bytes > 200)
			fail_msg("row %zu: answered, %zu bytes", i, p.bytes);
	}
	rig_stop(&r);
	assert_int_equal(r.gate.connections, ARRAY_LEN(steps));	/* none of them was used again */
}

static void silence_and_time(void **state)
{
	static const struct step steps[] = { { .answer = "HTTP/1.1 200 OK\r\nContent-Len", .end = STEP_HANG }, { .end = STEP_HANG }, { .answer = EVENTS "1\r\n:\r\n", .end = STEP_HANG } };
	struct wire_spec timed = get, silent = get, events = get;
	struct probe p;
	struct rig r;

	(void)state;
	timed.timeout_ms = silent.silence_ms = events.silence_ms = 1000;
	events.events = true;
	rig_start(&r, steps, ARRAY_LEN(steps));
	call(&r, &p, &timed);
	assert_false(p.answered);
	assert_string_equal(p.error, "no answer within 1 s");
	call(&r, &p, &silent);
	assert_string_equal(p.error, "nothing came for 1 s");
	call(&r, &p, &events);
	assert_string_equal(p.error, "nothing came for 1 s");
	assert_string_equal(p.body, ":");
	rig_stop(&r);
}

static void events_are_events(void **state)
{
	static const struct step steps[] = {
		{ .answer = EVENTS "8\r\ndata: a\n\r\n1\r\n\n\r\n0\r\n\r\n" }, { .answer = OK, .end = STEP_CLOSE }, { .answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\ndata: a\n\n" },
		{ .answer = "HTTP/1.1 503 X\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: a\n\n" },
	};
	struct wire_spec s = get;
	struct probe p;
	struct rig r;
	size_t i;

	(void)state;
	s.events = true;
	rig_start(&r, steps, ARRAY_LEN(steps));
	call(&r, &p, &s);
	assert_true(p.answered);
	assert_string_equal(p.body, "data: a\n\n");
	for (i = 1; i < ARRAY_LEN(steps); i++) {
		call(&r, &p, &s);
		assert_false(p.answered);
		assert_int_equal(p.datas, 0);
		assert_non_null(strstr(p.error, "and no events"));
		assert_int_equal(p.status, i == 1 ? 200 : i == 2 ? 404 : 503);
	}
	rig_stop(&r);
}

static void nobody_there(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	char far[300];
	struct wire *kept;
	struct wire_spec s = get;
	struct probe p;
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	s.path = "/v1/x HTTP/1.1\r\nX:";
	call(&r, &p, &s);
	assert_string_equal(p.error, "not a path that can be asked for");
	s.path = "v1";
	call(&r, &p, &s);
	assert_false(p.answered);
	kept = r.wire;
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	r.wire = wire_new(&r.loop, far);
	call(&r, &p, &get);
	assert_false(p.answered);
	wire_free(r.wire, NULL, NULL);
	r.wire = wire_new(&r.loop, "/nonexistent/operator.sock");
	call(&r, &p, &get);
	assert_string_equal(p.error, "No such file or directory");
	assert_int_equal(p.status, 0);
	wire_free(r.wire, NULL, NULL);
	r.wire = kept;
	rig_stop(&r);
	assert_int_equal(r.gate.connections, 0);
}

/* ---- what goes out, and how often ---- */

static void byte_for_byte(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	static const char wanted[] = "GET /v1/x?a=%20 HTTP/1.1\r\nHost: gate\r\n\r\n"
				     "POST /v1/y HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
				     "DELETE /v1/z HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n";
	struct wire_spec s = { .method = "GET", .path = "/v1/x?a=%20" };
	struct probe p;
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	call(&r, &p, &s);
	s = (struct wire_spec){ .method = "POST", .path = "/v1/y", .body = "{}", .body_len = 2 };
	call(&r, &p, &s);
	s = (struct wire_spec){ .method = "DELETE", .path = "/v1/z" };
	call(&r, &p, &s);
	assert_true(p.answered);
	rig_stop(&r);
	assert_int_equal(r.gate.seen_len, sizeof(wanted) - 1);
	assert_memory_equal(r.gate.seen, wanted, sizeof(wanted) - 1);
}

static void connections_that_rest(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	const struct wire_spec post = { .method = "POST", .path = "/v1/y", .body = "{}", .body_len = 2 };
	struct probe p, q = { 0 };
	struct rig r;
	int i;

	(void)state;
	rig_start(&r, steps, 1);
	for (i = 0; i < 5; i++)
		call(&r, &p, &get);
	assert_true(p.answered);
	assert_int_equal(r.gate.connections, 1);
	call(&r, &p, &post);	/* on a fresh one */
	assert_true(p.answered);
	assert_int_equal(r.gate.connections, 2);
	p = (struct probe){ 0 };
	go(&r, &p, &get);	/* two at once: each of those that rest */
	go(&r, &q, &get);
	finish(&r, &p);
	finish(&r, &q);
	assert_true(p.answered && q.answered);
	assert_int_equal(r.gate.connections, 2);
	rig_stop(&r);
	assert_int_equal(r.gate.requests, 8);
}

static void look(struct rig *r, struct probe *p)
{
	while (p->dones == 0) {
		wire_look(p->call);
		uv_run(&r->loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
}

/* Its answer, or the connection's end, is there when it is looked for, and not before. */
static void answers_that_wake_nobody(void **state)
{
	static const struct step steps[] = { { .answer = OK }, { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno" }, { .answer = OK }, { .end = STEP_CLOSE } };
	const struct wire_spec post = { .method = "POST", .path = "/v1/y", .body = "{}", .body_len = 2, .timeout_ms = 20000, .unhurried = true };
	struct probe p = { 0 }, q;
	struct rig r;

	(void)state;
	rig_start(&r, steps, ARRAY_LEN(steps));
	go(&r, &p, &post);
	while (r.gate.sent < sizeof(OK) - 1)
		usleep(1000);
	uv_run(&r.loop, UV_RUN_NOWAIT);
	assert_int_equal(p.dones, 0);
	q = (struct probe){ .looks = &p };
	go(&r, &q, &get);
	finish(&r, &q);
	look(&r, &p);
	assert_true(p.answered && q.answered);
	assert_string_equal(p.body, "ok");
	assert_string_equal(q.body, "no");
	call(&r, &q, &get);	/* on one of the two that rest now */
	assert_true(q.answered);
	assert_int_equal(r.gate.connections, 2);
	p = (struct probe){ 0 };
	go(&r, &p, &post);
	look(&r, &p);
	assert_false(p.answered);
	assert_string_equal(p.error, "it closed the connection without an answer");
	rig_stop(&r);
}

/* The gate ends it after an answer, or says something more: a read goes elsewhere, and is asked once more only where no byte came. */
static void connections_that_die(void **state)
{
	static const struct step steps[] = {
		{ .answer = OK, .end = STEP_CLOSE }, { .answer = OK }, { .end = STEP_CLOSE }, { .answer = OK }, { .answer = "HTTP", .end = STEP_CLOSE },
		{ .answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok" }, { .end = STEP_CLOSE },
	};
	const struct wire_spec post = { .method = "POST", .path = "/v1/y", .body = "{}", .body_len = 2 };
	struct probe p;
	struct rig r;

	(void)state;
	rig_start(&r, steps, ARRAY_LEN(steps));
	call(&r, &p, &get);		/* 1: closed behind it */
	assert_true(p.answered);
	usleep(50000);
	call(&r, &p, &get);		/* 2: kept */
	assert_true(p.answered);
	call(&r, &p, &get);		/* 3: dies unanswered; 4: once more */
	assert_true(p.answered);
	assert_int_equal(r.gate.requests, 4);
	call(&r, &p, &get);		/* 5: a byte came */
	assert_false(p.answered);
	call(&r, &p, &get);		/* 6: it says that it closes */
	assert_true(p.answered);
	call(&r, &p, &get);		/* 7: a fresh one is not asked twice */
	assert_false(p.answered);
	call(&r, &p, &post);		/* 8 */
	assert_false(p.answered);
	rig_stop(&r);
	assert_int_equal(r.gate.requests, 8);
}

/* ---- from anywhere ---- */

static void from_anywhere(void **state)
{
	static const struct step steps[] = { { .answer = OK } };
	struct probe p = { .cancel_in_data = true }, q = { 0 };
	struct rig r;

	(void)state;
	rig_start(&r, steps, 1);
	p.then = &q;
	go(&r, &p, &get);	/* starts another from its data, and is cancelled there */
	finish(&r, &q);
	assert_int_equal(p.dones, 0);
	assert_int_equal(p.datas, 1);
	assert_true(q.answered);
	p = (struct probe){ .then = &q, .then_in_done = true };
	q = (struct probe){ 0 };
	go(&r, &p, &get);
	finish(&r, &p);
	finish(&r, &q);
	assert_true(q.answered);
	p = (struct probe){ 0 };
	go(&r, &p, &get);
	wire_cancel(p.call);	/* before anything came */
	q = (struct probe){ .free_in_done = true };
	go(&r, &q, &get);
	finish(&r, &q);
	assert_int_equal(p.dones, 0);
	rig_stop(&r);
}

static void freed_under_way(void **state)
{
	static const struct step steps[] = { { .answer = EVENTS "1\r\n:\r\n", .end = STEP_HANG } };
	struct probe p[4] = { { 0 } };
	struct wire_spec s = get;
	struct rig r;
	size_t i;

	(void)state;
	s.events = true;
	rig_start(&r, steps, 1);
	for (i = 0; i < ARRAY_LEN(p); i++)
		go(&r, &p[i], &s);
	while (p[0].datas == 0)
		uv_run(&r.loop, UV_RUN_ONCE);
	rig_stop(&r);
	for (i = 0; i < ARRAY_LEN(p); i++)
		assert_int_equal(p[i].dones, 0);
}

/* More than the socket takes at once; and a gate that answers before it has read it all. */
static void long_requests(void **state)
{
	static const struct step steps[] = {
		{ .answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .end = STEP_CLOSE }, { .answer = OK, .unread = true },
	};
	size_t len = 3000000;
	char *body = malloc(len);
	struct wire_spec s = { .method = "POST", .path = "/v1/y", .body = body, .body_len = len };
	struct probe p;
	struct rig r;

	(void)state;
	assert_non_null(body);
	memset(body, ' ', len);
	rig_start(&r, steps, ARRAY_LEN(steps));
	call(&r, &p, &s);
	assert_true(p.answered);
	call(&r, &p, &s);
	rig_stop(&r);
	free(body);
	assert_int_equal(r.gate.connections, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_answers), cmocka_unit_test(cut_at_every_byte), cmocka_unit_test(broken_answers), cmocka_unit_test(silence_and_time),
		cmocka_unit_test(events_are_events), cmocka_unit_test(nobody_there), cmocka_unit_test(byte_for_byte), cmocka_unit_test(connections_that_rest), cmocka_unit_test(answers_that_wake_nobody),
		cmocka_unit_test(connections_that_die), cmocka_unit_test(from_anywhere), cmocka_unit_test(freed_under_way), cmocka_unit_test(long_requests),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
