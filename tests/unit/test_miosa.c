/*
 * test_miosa: what the API's servers answer, in each spelling they are known for. Rows are named by the number that the disagreement has in the project's
 * notes on the API, so that a row that fails says which spelling was lost.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/digest.h"
#include "core/miosa_authority.h"
#include "core/miosa_envelope.h"
#include "core/miosa_event.h"
#include "core/miosa_object.h"
#include "core/miosa_screenshot.h"

static struct json_doc parse(const char *text)
{
	struct json_doc d;
	struct err e = { "" };

	if (json_parse(text, strlen(text), &d, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	return d;
}

static const struct { const char *row, *text, *plural; int count; } lists[] = {
	{ "26 data, page", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"page\":{\"page\":1,\"page_size\":20,\"total\":2}}", "computers", 2 },
	{ "26 data, meta", "{\"data\":[1,2],\"meta\":{\"total\":2,\"page\":1,\"per_page\":20}}", "computers", 2 },
	{ "26 data, total", "{\"data\":[1],\"total\":1}", "computers", 1 },
	{ "27 bare", "[1,2,3]", "sandboxes", 3 },
	{ "plural", "{\"computers\":[1]}", "computers", 1 },
	{ "plural of another", "{\"computers\":[1]}", "sandboxes", -1 },
	{ "items", "{\"items\":[1,2]}", "sandboxes", 2 },
	{ "below data", "{\"data\":{\"processes\":[1]}}", "processes", 1 },
	{ "10 windows, bare", "[{\"id\":1}]", "windows", 1 },
	{ "10 windows", "{\"windows\":[{\"id\":\"1\"}]}", "windows", 1 },
	{ "10 data", "{\"data\":[{\"id\":\"1\"}]}", "windows", 1 },
	{ "data is null", "{\"data\":null,\"items\":[1]}", "sandboxes", 1 },
	{ "missing", "{\"data\":{}}", "sandboxes", -1 },
	{ "wrong types", "{\"data\":\"x\",\"sandboxes\":7,\"items\":{\"a\":[]}}", "sandboxes", -1 },
	{ "a number", "7", "sandboxes", -1 },
	{ "no plural asked", "{\"data\":[]}", NULL, 0 },
};

static void lists_are_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lists); i++) {
		struct json_doc d = parse(lists[i].text);
		int list = miosa_list(&d, lists[i].plural), count = list == JSON_NONE ? -1 : json_size(&d, list);

		if (count != lists[i].count)
			fail_msg("%s: %d elements, not %d", lists[i].row, count, lists[i].count);
		json_release(&d);
	}
}

static const struct { const char *row, *text; int64_t got, read, asked; bool more; } pages[] = {
	{ "26 page, more", "{\"data\":[],\"page\":{\"total\":250}}", 100, 100, 100, true },
	{ "26 page, all", "{\"data\":[],\"page\":{\"total\":250}}", 50, 250, 100, false },
	{ "26 meta, more although shorter than asked", "{\"data\":[],\"meta\":{\"total\":57,\"per_page\":20}}", 20, 20, 100, true },
	{ "26 total", "{\"data\":[],\"total\":1}", 1, 1, 100, false },
	{ "not told, full", "{\"data\":[]}", 100, 100, 100, true },
	{ "not told, shorter", "{\"data\":[]}", 99, 199, 100, false },
	{ "not told, longer: no pages there", "[]", 150, 150, 100, false },
	{ "a total that is never reached ends with an empty page", "{\"total\":9223372036854775807}", 0, 100, 100, false },
	{ "a total past 64 bit is none", "{\"total\":99999999999999999999}", 7, 7, 100, false },
	{ "a total below nothing is none", "{\"total\":-1}", 100, 100, 100, true },
};

static void pages_end(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(pages); i++) {
		struct json_doc d = parse(pages[i].text);

		if (miosa_page_follows(&d, pages[i].got, pages[i].read, pages[i].asked) != pages[i].more)
			fail_msg("%s", pages[i].row);
		json_release(&d);
	}
}

static const struct { const char *text; int status; const char *id_header; int64_t after_ms; const char *code, *message, *id; int64_t retry_ms; } errors[] = {
	{ "{\"error\":{\"code\":\"not_found\",\"message\":\"No such sandbox\",\"request_id\":\"req_1\"}}", 404, NULL, -1, "not_found", "No such sandbox", "req_1", -1 },
	{ "{\"error\":{\"code\":\"a\",\"message\":\"b\",\"request_id\":\"req_1\"}}", 404, "req_h", -1, "a", "b", "req_h", -1 },
	{ "{\"error\":{\"code\":\"VALIDATION_ERROR\",\"message\":\"Invalid\",\"details\":{}},\"errors\":{\"slug\":[\"is taken\",\"is short\"]}}", 422, NULL, -1,
	  "VALIDATION_ERROR", "Invalid (slug: is taken)", "", -1 },
	{ "{\"error\":{\"code\":\"VALIDATION_FAILED\",\"message\":\"Invalid\"},\"errors\":[{\"field\":\"slug\",\"message\":\"is taken\"}]}", 422, NULL, -1,
	  "VALIDATION_FAILED", "Invalid (slug: is taken)", "", -1 },
	{ "{\"error\":{\"code\":\"V\",\"message\":\"Invalid\",\"details\":{\"name\":[\"is long\"]}}}", 422, NULL, -1, "V", "Invalid (name: is long)", "", -1 },
	{ "{\"error\":\"plain text\"}", 400, NULL, -1, "", "plain text", "", -1 },
	{ "{\"error\":\"Not found\"}", 404, NULL, -1, "", "Not found", "", -1 },
	{ "{\"error\":\"SOME_CODE\",\"detail\":\"text\"}", 400, NULL, -1, "SOME_CODE", "text", "", -1 },
	{ "{\"error\":\"SOME_CODE\"}", 400, NULL, -1, "SOME_CODE", "SOME_CODE", "", -1 },
	{ "{\"message\":\"m\",\"code\":\"c\",\"request_id\":\"r\"}", 400, NULL, -1, "c", "m", "r", -1 },
	{ "{\"detail\":\"d\"}", 400, NULL, -1, "", "d", "", -1 },
	{ "{\"reason\":\"r\"}", 400, NULL, -1, "", "r", "", -1 },
	{ "{\"errors\":[\"first\",\"second\"]}", 422, NULL, -1, "", "first", "", -1 },
	{ "Bad gateway\nnginx", 502, NULL, -1, "", "Bad gateway", "", -1 },
	{ "<html>502</html>", 502, NULL, -1, "", "HTTP 502", "", -1 },
	{ "", 503, NULL, -1, "", "HTTP 503", "", -1 },
	{ "\xff\xfe", 500, NULL, -1, "", "HTTP 500", "", -1 },
	{ "{\"error\":{\"code\":7,\"message\":[]},\"message\":{\"a\":1},\"errors\":{\"a\":{\"b\":1}}}", 500, NULL, -1, "", "HTTP 500", "", -1 },
	{ "{\"error\":\"\"}", 500, NULL, -1, "", "HTTP 500", "", -1 },
	{ "[[[[]]]]", 500, NULL, -1, "", "HTTP 500", "", -1 },
	{ "{\"message\":\"a\\nb\"}", 500, NULL, -1, "", "a b", "", -1 },
	{ "{\"message\":\"a\\u0000b\",\"detail\":\"c\"}", 500, NULL, -1, "", "c", "", -1 },
	/* row 30: Retry-After in the header, else in the body */
	{ "{}", 429, NULL, 7000, "", "HTTP 429", "", 7000 },
	{ "{\"retry_after\":3}", 429, NULL, -1, "", "HTTP 429", "", 3000 },
	{ "{\"error\":{\"message\":\"slow\",\"retry_after\":1.5}}", 429, NULL, -1, "", "slow", "", 1500 },
	{ "{\"retry_after\":3}", 429, NULL, 7000, "", "HTTP 429", "", 7000 },
	{ "{\"retry_after\":-3}", 429, NULL, -1, "", "HTTP 429", "", -1 },
	{ "{\"retry_after\":99999999999999999999}", 429, NULL, -1, "", "HTTP 429", "", MIOSA_RETRY_AFTER_MAX_MS },
	{ "{}", 429, NULL, INT64_MAX, "", "HTTP 429", "", MIOSA_RETRY_AFTER_MAX_MS },

};

static void errors_are_read(void **state)
{
	struct miosa_error e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		miosa_error(errors[i].text, strlen(errors[i].text), errors[i].status, errors[i].id_header, errors[i].after_ms, &e);
		if (strcmp(e.code, errors[i].code) != 0 || strcmp(e.message, errors[i].message) != 0 || strcmp(e.request_id, errors[i].id) != 0 ||
		    e.retry_after_ms != errors[i].retry_ms)
			fail_msg("%s: \"%s\" \"%s\" \"%s\" %lld", errors[i].text, e.code, e.message, e.request_id, (long long)e.retry_after_ms);
	}
}

/* A message of any length is cut between characters. */
static void long_messages_are_cut(void **state)
{
	struct miosa_error e;
	struct buf b;
	size_t n, i;

	(void)state;
	for (n = 100; n < 110; n++) {
		buf_init(&b, 100000);
		buf_puts(&b, "{\"message\":\"");
		for (i = 0; i < n * 2; i++)
			buf_puts(&b, "\xe2\x82\xac");
		buf_printf(&b, "%.*s\",\"errors\":[\"\xe2\x82\xac\"]}", (int)(n % 3), "xyz");
		miosa_error(b.data, b.len, 500, NULL, -1, &e);
		assert_int_equal(strlen(e.message), 399);
		assert_int_equal((unsigned char)e.message[398], 0xac);
		buf_release(&b);
	}
}

static const struct { const char *row, *text; enum session_kind kind; const char *id, *name, *state; bool running; } sessions[] = {
	{ "27 bare", "{\"id\":\"c1\",\"name\":\"desk\",\"status\":\"running\"}", SESSION_COMPUTER, "c1", "desk", "running", true },
	{ "27 data", "{\"data\":{\"id\":\"c1\",\"name\":\"desk\",\"status\":\"running\"}}", SESSION_COMPUTER, "c1", "desk", "running", true },
	{ "11 active", "{\"id\":\"c1\",\"status\":\"active\"}", SESSION_COMPUTER, "c1", "", "active", true },
	{ "28 state", "{\"id\":\"s1\",\"state\":\"paused\",\"status\":\"running\"}", SESSION_SANDBOX, "s1", "", "paused", false },
	{ "28 status", "{\"id\":\"s1\",\"status\":\"running\"}", SESSION_SANDBOX, "s1", "", "running", true },
	{ "a computer's status comes first", "{\"id\":\"c1\",\"state\":\"x\",\"status\":\"stopped\"}", SESSION_COMPUTER, "c1", "", "stopped", false },
	{ "a computer's state when it has no status", "{\"id\":\"c1\",\"state\":\"running\",\"status\":7}", SESSION_COMPUTER, "c1", "", "running", true },
	{ "an unknown word is no running", "{\"id\":\"s1\",\"state\":\"RUNNING\"}", SESSION_SANDBOX, "s1", "", "RUNNING", false },
	{ "a number is an id", "{\"id\":17}", SESSION_SANDBOX, "17", "", "", false },
	{ "a slug is a name", "{\"id\":\"s1\",\"slug\":\"quick-fox\",\"name\":null}", SESSION_SANDBOX, "s1", "quick-fox", "", false },
	{ "no id", "{\"name\":\"x\"}", SESSION_SANDBOX, NULL, "", "", false },
	{ "an empty id", "{\"id\":\"\"}", SESSION_SANDBOX, NULL, "", "", false },
	{ "an id past 64 bit", "{\"id\":99999999999999999999}", SESSION_SANDBOX, NULL, "", "", false },
	{ "an id of another type", "{\"id\":[\"s1\"]}", SESSION_SANDBOX, NULL, "", "", false },
	{ "no object", "\"s1\"", SESSION_SANDBOX, NULL, "", "", false },
	{ "wrong types", "{\"id\":\"s1\",\"name\":{},\"state\":[],\"isolation\":1,\"width\":\"x\",\"height\":1e3}", SESSION_SANDBOX, "s1", "", "", false },
};

static void sessions_are_read(void **state)
{
	struct miosa_session s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(sessions); i++) {
		struct json_doc d = parse(sessions[i].text);
		bool there = miosa_session(&d, miosa_object(&d), sessions[i].kind, &s);

		if (there != (sessions[i].id != NULL) ||
		    (there && (strcmp(s.id, sessions[i].id) != 0 || strcmp(s.name, sessions[i].name) != 0 || strcmp(s.state, sessions[i].state) != 0 ||
			       s.running != sessions[i].running || s.width != 0 || s.height != 0)))
			fail_msg("%s", sessions[i].row);
		miosa_session_release(&s);
		json_release(&d);
	}
}

static void sizes_are_small(void **state)
{
	struct json_doc d = parse("{\"id\":\"c\",\"width\":1024,\"height\":65536}");
	struct miosa_session s;

	(void)state;
	assert_true(miosa_session(&d, json_root(&d), SESSION_COMPUTER, &s));
	assert_int_equal(s.width, 1024);
	assert_int_equal(s.height, 0);
	miosa_session_release(&s);
	json_release(&d);
}

static const struct { const char *text; bool process; const char *id, *what; bool goes_on; int64_t started; } jobs[] = {
	{ "{\"pid\":7,\"command\":\"sleep 9\",\"status\":\"running\",\"started_at\":\"1970-01-01T00:00:02Z\"}", true, "7", "sleep 9", true, 2000 },
	{ "{\"pid\":7,\"name\":\"web\",\"status\":\"exited\"}", true, "7", "web", false, -1 },
	{ "{\"pid\":\"7\",\"exit_code\":0}", true, "7", "", false, -1 },
	{ "{\"pid\":7,\"exit_code\":null}", true, "7", "", true, -1 },
	{ "{\"pid\":\"../x\"}", true, NULL, "", false, -1 },
	{ "{\"pid\":0}", true, NULL, "", false, -1 },
	{ "{\"pid\":-1}", true, NULL, "", false, -1 },
	{ "{\"pid\":1.5}", true, NULL, "", false, -1 },
	{ "{\"id\":\"t1\",\"goal\":\"buy\",\"status\":\"paused\"}", false, "t1", "buy", true, -1 },
	{ "{\"id\":\"t1\",\"goal\":\"buy\",\"status\":\"cancelled\"}", false, "t1", "buy", false, -1 },
	{ "{\"id\":\"t1\",\"status\":\"canceled\"}", false, "t1", "", false, -1 },
	{ "{\"goal\":\"buy\"}", false, NULL, "", false, -1 },
};

static void jobs_are_read(void **state)
{
	struct miosa_job j;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(jobs); i++) {
		struct json_doc d = parse(jobs[i].text);
		bool there = jobs[i].process ? miosa_process(&d, json_root(&d), &j) : miosa_agent_session(&d, json_root(&d), &j);

		if (there != (jobs[i].id != NULL) || (there && (strcmp(j.id, jobs[i].id) != 0 || strcmp(j.what, jobs[i].what) != 0 || j.goes_on != jobs[i].goes_on ||
								 j.started_wall_ms != jobs[i].started)))
			fail_msg("%s", jobs[i].text);
		miosa_job_release(&j);
		json_release(&d);
	}
}

static void things_are_read(void **state)
{
	struct json_doc d = parse("[{\"preview_id\":\"p1\",\"url\":\"https://x\",\"port\":3000},{\"id\":2,\"port\":\"3000\"},{\"port\":80},{\"url\":\"x\"},"
				  "{\"id\":\"n1\",\"status\":\"failed\",\"inserted_at\":\"t\"},{\"id\":\"n2\",\"status\":\"ready\",\"comment\":\"c\",\"created_at\":\"u\"},{},"
				  "{\"estimated_cost_cents\":12.5},{\"estimated_cost_cents\":12},{\"estimated_cost_cents\":-1},{\"estimated_cost_cents\":1e300},"
				  "{\"estimated_cost_cents\":\"12\"}]");
	static const int64_t cents[] = { 13, 12, -1, -1, -1 };
	struct miosa_preview p;
	struct miosa_snapshot s;
	int v = json_first(&d, 0);
	size_t i;

	(void)state;
	assert_true(miosa_preview(&d, v, &p));
	assert_string_equal(p.id, "p1");
	assert_string_equal(p.url, "https://x");
	assert_int_equal(p.port, 3000);
	miosa_preview_release(&p);
	v = json_next(&d, v);
	assert_true(miosa_preview(&d, v, &p));
	assert_string_equal(p.id, "2");
	assert_int_equal(p.port, 0);
	miosa_preview_release(&p);
	v = json_next(&d, v);
	assert_true(miosa_preview(&d, v, &p));
	assert_string_equal(p.id, "");
	miosa_preview_release(&p);
	v = json_next(&d, v);
	assert_false(miosa_preview(&d, v, &p));
	v = json_next(&d, v);
	assert_true(miosa_snapshot(&d, v, &s));
	assert_true(s.failed);
	assert_string_equal(s.created_at, "t");
	miosa_snapshot_release(&s);
	v = json_next(&d, v);
	assert_true(miosa_snapshot(&d, v, &s));
	assert_false(s.failed);
	assert_string_equal(s.comment, "c");
	assert_string_equal(s.created_at, "u");
	miosa_snapshot_release(&s);
	v = json_next(&d, v);
	assert_false(miosa_snapshot(&d, v, &s));
	for (i = 0; i < ARRAY_LEN(cents); i++) {
		v = json_next(&d, v);
		assert_int_equal(miosa_cost_cents(&d, v), cents[i]);
	}
	json_release(&d);
}

static const struct { const char *text; int64_t ms; } times[] = {
	{ "\"1970-01-01T00:00:01Z\"", 1000 }, { "\"1970-01-01T00:00:01.25Z\"", 1250 }, { "\"1970-01-01T00:00:01.123456789Z\"", 1123 },
	{ "\"1970-01-01 00:00:01\"", 1000 }, { "\"1970-01-01T01:00:01+01:00\"", 1000 }, { "\"1969-12-31T23:00:01-01:00\"", -1 },
	{ "\"2026-11-25T20:31:58Z\"", 1795638718000 }, { "1795638718", 1795638718000 }, { "1795638718000", 1795638718000 }, { "1.5", 1500 },
	{ "\"yesterday\"", -1 }, { "\"\"", -1 }, { "\"2026-13-01T00:00:00Z\"", -1 }, { "\"2026-01-01T25:00:00Z\"", -1 }, { "\"2026-01-01T00:00:00Zx\"", -1 },
	{ "\"2026-01-01T00:00:00+0\"", -1 }, { "-1", -1 }, { "1e300", -1 }, { "99999999999999999999", -1 }, { "null", -1 }, { "[]", -1 }, { "true", -1 },
};

static void times_are_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times); i++) {
		struct json_doc d = parse(times[i].text);

		if (miosa_time(&d, 0) != times[i].ms)
			fail_msg("%s: %lld", times[i].text, (long long)miosa_time(&d, 0));
		json_release(&d);
	}
}

#define NO MIOSA_NO_CODE
static const struct {
	const char *row, *name, *data;
	enum miosa_kind kind;
	const char *type, *resource, *exec, *text, *status;
	int64_t code;
	const char *line;
} frames[] = {
	{ "12 ready", "sandbox.ready", "{\"type\":\"sandbox.ready\",\"id\":\"s1\",\"tenant_id\":\"t\",\"status\":\"running\"}", MIOSA_STATE, "sandbox.ready", "s1", "", "", "running", NO,
	  "sandbox.ready id=s1 status=running" },
	{ "12 running", "message", "{\"type\":\"sandbox.running\",\"id\":\"s1\"}", MIOSA_STATE, "sandbox.running", "s1", "", "", "running", NO, "sandbox.running id=s1" },
	{ "12 started", "sandbox.started", "{\"sandbox_id\":\"s1\",\"region\":\"eu\"}", MIOSA_STATE, "sandbox.started", "s1", "", "", "started", NO,
	  "sandbox.started sandbox_id=s1 region=eu" },
	{ "13 shown raw", "deployment.succeeded", "{\"id\":\"d1\",\"url\":\"https://x\"}", MIOSA_OTHER, "deployment.succeeded", "d1", "", "", "", NO,
	  "deployment.succeeded {\"id\":\"d1\",\"url\":\"https://x\"}" },
	{ "13 the other name", "deployment.published", "{}", MIOSA_OTHER, "deployment.published", "", "", "", "", NO, "deployment.published {}" },
	{ "14 tenant", "computer.stopped", "{\"id\":\"c1\"}", MIOSA_STATE, "computer.stopped", "c1", "", "", "stopped", NO, "computer.stopped id=c1" },
	{ "14 bare", "stopped", "{\"computer_id\":\"c1\"}", MIOSA_STATE, "stopped", "c1", "", "", "stopped", NO, "stopped computer_id=c1" },
	{ "14 status_changed", "message", "{\"type\":\"status_changed\",\"computer_id\":\"c1\",\"status\":\"stopped\"}", MIOSA_STATE, "status_changed", "c1", "", "", "stopped", NO,
	  "status_changed computer_id=c1 status=stopped" },
	{ "14 desktop_action", "desktop_action", "{\"kind\":\"click\",\"x\":1,\"y\":2}", MIOSA_INPUT, "desktop_action", "", "", "", "", NO, "desktop_action kind=click x=1 y=2" },
	{ "14 what is typed", "desktop_action", "{\"kind\":\"type\",\"text\":\"s\u00e4cret\",\"delay\":1}", MIOSA_INPUT, "desktop_action", "", "", "s\xc3\xa4" "cret", "", NO, "desktop_action kind=type characters=6 delay=1" },
	{ "14 deeper", "desktop_action", "{\"data\":{\"kind\":\"type\",\"params\":{\"text\":\"secret\"}}}", MIOSA_INPUT, "desktop_action", "", "", "", "", NO, "desktop_action kind=type characters=6" },
	{ "14 a key that types", "desktop_action", "{\"kind\":\"key\",\"key\":\"A\"}", MIOSA_INPUT, "desktop_action", "", "", "", "", NO, "desktop_action kind=key characters=1" },
	{ "14 one that does not", "desktop_action", "{\"kind\":\"key\",\"key\":\"ctrl+a\"}", MIOSA_INPUT, "desktop_action", "", "", "", "", NO, "desktop_action kind=key key=ctrl+a" },
	{ "14 a chord", "desktop_action", "{\"kind\":\"hotkey\",\"keys\":[\"shift\",\"a\"]}", MIOSA_INPUT, "desktop_action", "", "", "", "", NO, "desktop_action kind=hotkey characters=1" },
	{ "14 no object", "desktop_action", "type secret", MIOSA_INPUT, "desktop_action", "", "", "type secret", "", NO, "desktop_action" },
	{ "14 unknown", "computer.frobnicated", "not json", MIOSA_OTHER, "computer.frobnicated", "", "", "not json", "", NO, "computer.frobnicated not json" },
	{ "15 inside data", "message", "{\"id\":\"evt_1\",\"type\":\"sandbox.paused\",\"created_at\":\"1970-01-01T00:00:01Z\",\"data\":{\"id\":\"s1\"}}", MIOSA_STATE,
	  "sandbox.paused", "s1", "", "", "paused", NO, "sandbox.paused id=evt_1 created_at=1970-01-01T00:00:01Z id=s1" },
	{ "15 *_id inside data", "message", "{\"id\":\"evt_1\",\"type\":\"sandbox.paused\",\"data\":{\"sandbox_id\":\"s1\"}}", MIOSA_STATE, "sandbox.paused", "s1", "", "", "paused", NO, NULL },
	{ "15 an event's own id is nobody's", "message", "{\"id\":\"evt_1\",\"type\":\"sandbox.paused\",\"data\":{}}", MIOSA_STATE, "sandbox.paused", "", "", "", "paused", NO, NULL },
	{ "22 line", "stdout", "{\"line\":\"a\",\"data\":\"b\"}", MIOSA_OUT, "stdout", "", "", "a", "", NO, "a" },
	{ "22 data", "stderr", "{\"data\":\"b\"}", MIOSA_ERR, "stderr", "", "", "b", "", NO, "b" },
	{ "22 output", "output", "{\"output\":\"c\"}", MIOSA_OUT, "output", "", "", "c", "", NO, "c" },
	{ "22 type in the data", "message", "{\"type\":\"stdout\",\"line\":\"a\"}", MIOSA_OUT, "stdout", "", "", "a", "", NO, "a" },
	{ "23 stderr by itself", "sandbox.exec.stderr", "{\"exec_id\":\"e1\",\"line\":\"a b\"}", MIOSA_ERR, "sandbox.exec.stderr", "", "e1", "a b", "", NO, "a b" },
	{ "exit_code", "exit", "{\"exit_code\":3}", MIOSA_EXEC_ENDED, "exit", "", "", "", "", 3, "exit exit_code=3" },
	{ "exitCode", "message", "{\"type\":\"exit\",\"exitCode\":4}", MIOSA_EXEC_ENDED, "exit", "", "", "", "", 4, NULL },
	{ "code", "exit", "{\"code\":0}", MIOSA_EXEC_ENDED, "exit", "", "", "", "", 0, NULL },
	{ "the code alone", "exit", "7", MIOSA_EXEC_ENDED, "exit", "", "", "7", "", 7, "exit 7" },
	{ "a code past 64 bit", "exit", "{\"exit_code\":99999999999999999999}", MIOSA_EXEC_ENDED, "exit", "", "", "", "", NO, NULL },
	{ "began", "sandbox.exec.started", "{\"exec_id\":\"e1\",\"command\":\"npm test\"}", MIOSA_EXEC_BEGAN, "sandbox.exec.started", "", "e1", "", "", NO,
	  "sandbox.exec.started command=\"npm test\"" },
	{ "completed", "sandbox.exec.completed", "{\"exec_id\":\"e1\",\"exit_code\":0,\"duration_ms\":5}", MIOSA_EXEC_ENDED, "sandbox.exec.completed", "", "e1", "", "", 0,
	  "sandbox.exec.completed exit_code=0 duration_ms=5" },
	{ "a computer's exec", "exec", "{\"command\":\"ls\"}", MIOSA_EXEC_BEGAN, "exec", "", "", "", "", NO, "exec command=ls" },
	{ "and its end", "exec", "{\"command\":\"ls\",\"exit_code\":1}", MIOSA_EXEC_ENDED, "exec", "", "", "", "", 1, NULL },
	{ "a process", "message", "{\"type\":\"process.started\",\"timestamp\":1,\"payload\":{\"pid\":12,\"cmd\":\"ls\"}}", MIOSA_EXEC_BEGAN, "process.started", "", "12", "", "", NO,
	  "process.started pid=12 cmd=ls" },
	{ "preview", "sandbox.preview.ready", "{\"preview_id\":\"p1\",\"url\":\"https://x\",\"port\":3000}", MIOSA_PREVIEW, "sandbox.preview.ready", "", "", "", "", NO,
	  "sandbox.preview.ready preview_id=p1 url=https://x port=3000" },
	{ "snapshot", "message", "{\"type\":\"snapshot_progress\",\"snapshot_id\":\"n1\",\"status\":\"ready\",\"progress\":100}", MIOSA_SNAPSHOT, "snapshot_progress", "", "", "", "ready", NO, NULL },
	{ "watch, type", "message", "{\"type\":\"created\",\"path\":\"/a\",\"size_bytes\":1}", MIOSA_FILE, "created", "", "", "", "created", NO, NULL },
	{ "watch, event", "message", "{\"event\":\"renamed\",\"path\":\"/a\",\"old_path\":\"/b\"}", MIOSA_FILE, "renamed", "", "", "", "renamed", NO, NULL },
	{ "a computer's file", "file", "{\"operation\":\"write\",\"path\":\"/a\"}", MIOSA_FILE, "file", "", "", "", "write", NO, "file operation=write path=/a" },
	{ "in the VM", "message", "{\"type\":\"file.deleted\",\"payload\":{\"path\":\"/a\"}}", MIOSA_FILE, "file.deleted", "", "", "", "deleted", NO, "file.deleted path=/a" },
	{ "ready", "ready", "{\"ready_at\":\"x\"}", MIOSA_READY, "ready", "", "", "", "ready", NO, NULL },
	{ "not ready", "timeout", "{\"reason\":\"after 30 s\"}", MIOSA_READY, "timeout", "", "", "after 30 s", "timeout", NO, NULL },
	{ "error", "error", "{\"message\":\"broken\",\"code\":\"x\"}", MIOSA_ERROR, "error", "", "", "broken", "", NO, "error message=broken code=x" },
	{ "heartbeat", "heartbeat", "{}", MIOSA_ALIVE, "heartbeat", "", "", "", "", NO, NULL },
	{ "ping", "message", "{\"type\":\"ping\"}", MIOSA_ALIVE, "ping", "", "", "", "", NO, NULL },
	{ "[DONE]", "message", "[DONE]", MIOSA_END, "message", "", "", "[DONE]", "", NO, NULL },
	{ "done", "done", "{\"result\":\"ok\"}", MIOSA_END, "done", "", "", "ok", "", NO, NULL },
	{ "log, message", "message", "{\"timestamp\":1,\"stream\":\"stderr\",\"message\":\"m\"}", MIOSA_ERR, "message", "", "", "m", "", NO, "m" },
	{ "log, line", "log", "{\"line\":\"m\"}", MIOSA_LOG, "log", "", "", "m", "", NO, "m" },
	{ "log, data", "message", "{\"data\":\"m\"}", MIOSA_LOG, "message", "", "", "m", "", NO, "m" },
	{ "log, raw", "message", "plain text", MIOSA_LOG, "message", "", "", "plain text", "", NO, "plain text" },
	{ "log, a string", "log", "\"a\\tb\"", MIOSA_LOG, "log", "", "", "a\tb", "", NO, "a\tb" },
	{ "an empty line", "stdout", "{\"line\":\"\"}", MIOSA_OUT, "stdout", "", "", "", "", NO, "" },
	{ "an empty line of a log", "message", "{\"message\":\"\"}", MIOSA_LOG, "message", "", "", "", "", NO, "" },
	{ "build", "build_event", "{\"message\":\"m\"}", MIOSA_LOG, "build_event", "", "", "m", "", NO, "m" },
	{ "agent, G", "message", "{\"type\":\"tool_call\",\"session_id\":\"a1\",\"data\":{\"tool\":\"x\"}}", MIOSA_AGENT, "tool_call", "a1", "", "", "", NO, "tool_call session_id=a1 tool=x" },
	{ "agent, C", "thought", "{\"content\":\"hm\"}", MIOSA_AGENT, "thought", "", "", "hm", "", NO, "thought content=hm" },
	{ "no type and no text", "message", "{\"a\":1}", MIOSA_OTHER, "message", "", "", "", "", NO, "message {\"a\":1}" },
	{ "wrong types", "message", "{\"type\":[],\"event\":{},\"id\":{},\"sandbox_id\":[1],\"line\":7,\"ts\":{},\"data\":3,\"payload\":\"x\"}", MIOSA_OTHER, "message", "", "", "", "", NO, NULL },
	{ "wrong types of an exit", "exit", "{\"exit_code\":\"3\",\"exec_id\":true,\"command\":null}", MIOSA_EXEC_ENDED, "exit", "", "", "", "", NO, NULL },
	{ "a key twice: no JSON", "stdout", "{\"line\":\"a\",\"line\":\"b\"}", MIOSA_OUT, "stdout", "", "", "{\"line\":\"a\",\"line\":\"b\"}", "", NO, "{\"line\":\"a\",\"line\":\"b\"}" },
	{ "a type twice: the name counts", "message", "{\"type\":\"ping\",\"type\":\"stdout\"}", MIOSA_LOG, "message", "", "", "{\"type\":\"ping\",\"type\":\"stdout\"}", "", NO, NULL },
	{ "a type with NUL is none", "message", "{\"type\":\"pi\\u0000ng\"}", MIOSA_OTHER, "message", "", "", "", "", NO, NULL },
	{ "nothing", "message", "", MIOSA_LOG, "message", "", "", "", "", NO, "" },
	{ "no object", "sandbox.ready", "[1]", MIOSA_STATE, "sandbox.ready", "", "", "[1]", "", NO, "sandbox.ready [1]" },
	{ "half a name is no name", "my_stdout", "{\"line\":\"a\"}", MIOSA_OTHER, "my_stdout", "", "", "a", "", NO, "my_stdout {\"line\":\"a\"}" },
};

static void frames_are_read(void **state)
{
	struct miosa_event ev;
	struct buf line;
	size_t i;

	(void)state;
	miosa_event_init(&ev);
	for (i = 0; i < ARRAY_LEN(frames); i++) {
		miosa_event_read(&ev, frames[i].name, frames[i].data, strlen(frames[i].data));
		if (ev.kind != frames[i].kind || strcmp(ev.type, frames[i].type) != 0 || strcmp(ev.resource, frames[i].resource) != 0 ||
		    strcmp(ev.exec, frames[i].exec) != 0 || ev.text_len != strlen(frames[i].text) || memcmp(ev.text, frames[i].text, ev.text_len) != 0 ||
		    strcmp(ev.status, frames[i].status) != 0 || ev.exit_code != frames[i].code)
			fail_msg("%s: kind %d, type %s, resource %s, exec %s, text %.*s, status %s, code %lld", frames[i].row, (int)ev.kind, ev.type, ev.resource, ev.exec,
				 (int)ev.text_len, ev.text, ev.status, (long long)ev.exit_code);
		buf_init(&line, 65536);
		miosa_event_line(&ev, &line);
		if (frames[i].line && strcmp(buf_cstr(&line), frames[i].line) != 0)
			fail_msg("%s: %s", frames[i].row, buf_cstr(&line));
		buf_release(&line);
	}
	miosa_event_release(&ev);
}

static void the_rest_of_a_frame(void **state)
{
	static const char preview[] = "{\"data\":{\"preview_id\":\"p1\",\"url\":\"https://x\",\"port\":3000},\"ts\":2}";
	static const char progress[] = "{\"snapshot_id\":\"n1\",\"status\":\"creating\",\"progress\":40,\"timestamp\":\"1970-01-01T00:00:03Z\"}";
	static const char wild[] = "{\"id\":\"n1\",\"progress\":101,\"port\":99999999999999999999,\"created_at\":\"now\",\"path\":\"/a\",\"command\":\"x\"}";
	struct miosa_event ev;

	(void)state;
	miosa_event_init(&ev);
	miosa_event_read(&ev, "sandbox.preview.ready", preview, strlen(preview));
	assert_string_equal(ev.item, "p1");
	assert_string_equal(ev.url, "https://x");
	assert_int_equal(ev.port, 3000);
	assert_int_equal(ev.wall_ms, 2000);
	miosa_event_read(&ev, "snapshot_progress", progress, strlen(progress));
	assert_string_equal(ev.item, "n1");
	assert_int_equal(ev.progress, 40);
	assert_int_equal(ev.wall_ms, 3000);
	miosa_event_read(&ev, "checkpoint_created", wild, strlen(wild));
	assert_string_equal(ev.item, "n1");
	assert_int_equal(ev.progress, -1);
	assert_int_equal(ev.port, 0);
	assert_int_equal(ev.wall_ms, -1);
	assert_string_equal(ev.path, "/a");
	assert_string_equal(ev.command, "x");
	miosa_event_release(&ev);
}

/* Deeper than any reader goes: it is text. */
static void deep_frames_are_text(void **state)
{
	struct miosa_event ev;
	struct buf deep;
	int i;

	(void)state;
	buf_init(&deep, 65536);
	for (i = 0; i < 10000; i++)
		buf_putc(&deep, '[');
	for (i = 0; i < 10000; i++)
		buf_putc(&deep, ']');
	miosa_event_init(&ev);
	miosa_event_read(&ev, "stdout", deep.data, deep.len);
	assert_int_equal(ev.kind, MIOSA_OUT);
	assert_int_equal(ev.text_len, deep.len);
	miosa_event_release(&ev);
	buf_release(&deep);
}

static const struct { const char *text; bool there, open; const char *principal; } approvals[] = {
	{ "{\"id\":\"a\",\"status\":\"pending\",\"principal_type\":\"api_key\",\"principal_id\":\"k\"}", true, true, "api_key:k" },
	{ "{\"id\":\"a\",\"status\":\"Requested\",\"principal_id\":\"k\"}", true, true, "k" },
	{ "{\"id\":\"a\",\"principal_type\":\"user\"}", true, true, "user" },
	{ "{\"id\":\"a\",\"status\":\"approved\"}", true, false, "" }, { "{\"id\":\"a\",\"status\":\"DENIED\"}", true, false, "" },
	{ "{\"id\":\"a\",\"status\":\"consumed\"}", true, false, "" }, { "{\"id\":\"a\",\"status\":\"expired\"}", true, false, "" },
	{ "{\"id\":\"a\",\"status\":\"pending\",\"resolved_at\":\"t\"}", true, false, "" },
	{ "{\"id\":\"a\",\"status\":\"pending\",\"consumed_at\":\"t\",\"resolved_at\":null}", true, false, "" },
	{ "{\"id\":\"a\",\"status\":\"pending\",\"consumed_at\":null,\"resolved_at\":null}", true, true, "" },
	{ "{\"id\":\"a\",\"status\":7,\"principal_type\":[],\"request_fingerprint\":{},\"expires_at\":3}", true, true, "" },
	{ "{\"id\":7}", false, false, "" }, { "{\"id\":\"\"}", false, false, "" }, { "[]", false, false, "" }, { "{\"id\":\"a\\u0000b\"}", false, false, "" },
};

static void approvals_are_read(void **state)
{
	struct miosa_approval a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(approvals); i++) {
		struct json_doc d = parse(approvals[i].text);
		bool there = miosa_approval(&d, json_root(&d), &a);

		if (there != approvals[i].there || a.open != approvals[i].open || (there && strcmp(a.principal, approvals[i].principal) != 0))
			fail_msg("%s", approvals[i].text);
		miosa_approval_release(&a);
		json_release(&d);
	}
}

static void screenshots_are_found(void **state)
{
	static const char png[] = "\x89PNG\r\n\x1a\nrest";
	static const char *const shapes[][2] = { { "{\"data\":{\"image\":\"", "\",\"format\":\"png\"}}" }, { "{\"image\":\"", "\"}" }, { "{\"data\":\"", "\"}" },
						 { "{\"data\":{\"data\":\"data:image/png;base64,", "\"}}" }, { "{\"screenshot\":\"", "\"}" } };
	static const char *const bad[] = { "", "{}", "{\"image\":\"AAAA\"}", "{\"image\":\"!\"}", "{\"image\":7}", "GIF89a", "{\"data\":null}" };
	struct buf text, body, out;
	struct err e;
	size_t i;

	(void)state;
	buf_init(&text, 1000);
	buf_init(&out, 1000);
	assert_int_equal(miosa_screenshot(png, sizeof(png) - 1, 200, &out, &e), 0);	/* row 2: as it is */
	assert_int_equal(out.len, sizeof(png) - 1);
	base64_encode(&text, png, sizeof(png) - 1);
	for (i = 0; i < ARRAY_LEN(shapes); i++) {	/* row 2: in JSON */
		buf_init(&body, 1000);
		buf_printf(&body, "%s%s%s", shapes[i][0], text.data, shapes[i][1]);
		buf_clear(&out);
		if (miosa_screenshot(body.data, body.len, 200, &out, &e) < 0 || out.len != sizeof(png) - 1 || memcmp(out.data, png, out.len) != 0)
			fail_msg("%s: %s", body.data, e.msg);
		buf_release(&body);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		buf_clear(&out);
		if (miosa_screenshot(bad[i], strlen(bad[i]), 200, &out, &e) != ERR_INVALID || out.len > 0)
			fail_msg("%s", bad[i]);
	}
	assert_int_equal(miosa_screenshot("{\"error\":\"Not running\"}", 23, 409, &out, &e), ERR_INVALID);
	assert_string_equal(e.msg, "it answered 409: Not running");
	buf_release(&out);
	buf_init(&out, 4);
	assert_int_equal(miosa_screenshot(png, sizeof(png) - 1, 200, &out, &e), ERR_TOOBIG);
	buf_release(&out);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_found), cmocka_unit_test(pages_end), cmocka_unit_test(errors_are_read), cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(sessions_are_read), cmocka_unit_test(sizes_are_small), cmocka_unit_test(jobs_are_read), cmocka_unit_test(things_are_read),
		cmocka_unit_test(times_are_read), cmocka_unit_test(frames_are_read), cmocka_unit_test(the_rest_of_a_frame),
		cmocka_unit_test(deep_frames_are_text), cmocka_unit_test(approvals_are_read), cmocka_unit_test(screenshots_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
