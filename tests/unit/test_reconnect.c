/* test_reconnect: what is done with each answer; how waits grow, spread and end. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/reconnect.h"

#define STREAM "text/event-stream"

static void answers(void **state)
{
	static const struct { int status; const char *type, *coding; enum reconnect_do what; const char *why; } rows[] = {
		{ 200, STREAM, NULL, RECONNECT_LIVE, "" },
		{ 200, STREAM "; charset=latin1", NULL, RECONNECT_LIVE, "" },
		{ 200, "Text/Event-Stream ;x", NULL, RECONNECT_LIVE, "" },
		{ 200, " " STREAM "\t", "identity", RECONNECT_LIVE, "" },
		{ 200, STREAM, "Identity ", RECONNECT_LIVE, "" },
		{ 200, STREAM, "", RECONNECT_LIVE, "" },
		{ 200, STREAM, "gzip", RECONNECT_RETRY, "it is packed (gzip), which nobody asked for" },
		{ 200, STREAM, "identity, br", RECONNECT_RETRY, "it is packed (identity, br), which nobody asked for" },
		{ 200, STREAM "s", NULL, RECONNECT_RETRY, "it is " STREAM "s, and no event stream" },
		{ 200, "text/event", NULL, RECONNECT_RETRY, "it is text/event, and no event stream" },
		{ 200, "application/json; x=" STREAM, NULL, RECONNECT_RETRY, "it is application/json, and no event stream" },
		{ 200, "", NULL, RECONNECT_RETRY, "it does not say that it is an event stream" },
		{ 200, NULL, NULL, RECONNECT_RETRY, "it does not say that it is an event stream" },
		{ 201, STREAM, NULL, RECONNECT_RETRY, "it is answered with 201" },
		{ 206, STREAM, NULL, RECONNECT_RETRY, "it is answered with 206" },
		{ 204, NULL, NULL, RECONNECT_STOP, "it says that the stream has ended (204)" },
		{ 301, STREAM, NULL, RECONNECT_MOVED, "it leads elsewhere (301)" }, { 302, NULL, NULL, RECONNECT_MOVED, NULL },
		{ 303, NULL, NULL, RECONNECT_MOVED, NULL }, { 307, NULL, NULL, RECONNECT_MOVED, NULL }, { 308, NULL, NULL, RECONNECT_MOVED, NULL },
		{ 300, NULL, NULL, RECONNECT_RETRY, "it is answered with 300" }, { 304, NULL, NULL, RECONNECT_RETRY, NULL }, { 305, NULL, NULL, RECONNECT_RETRY, NULL },
		{ 401, NULL, NULL, RECONNECT_REFUSED, "it is refused (401)" }, { 403, NULL, NULL, RECONNECT_REFUSED, NULL },
		{ 404, STREAM, NULL, RECONNECT_ABSENT, "there is no such stream (404)" }, { 405, NULL, NULL, RECONNECT_ABSENT, NULL },
		{ 406, NULL, NULL, RECONNECT_ABSENT, NULL }, { 501, NULL, NULL, RECONNECT_ABSENT, NULL },
		{ 400, NULL, NULL, RECONNECT_RETRY, NULL }, { 407, NULL, NULL, RECONNECT_RETRY, NULL }, { 410, NULL, NULL, RECONNECT_RETRY, NULL },
		{ 429, NULL, NULL, RECONNECT_RETRY, "it is answered with 429" }, { 500, STREAM, NULL, RECONNECT_RETRY, NULL }, { 503, NULL, NULL, RECONNECT_RETRY, NULL },
	};
	char why[RECONNECT_WHY], type[1000];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		enum reconnect_do what = reconnect_judge(rows[i].status, rows[i].type, rows[i].coding, why);

		if (what != rows[i].what || (rows[i].why && strcmp(why, rows[i].why) != 0))
			fail_msg("row %zu (%d, %s): %d, \"%s\"", i, rows[i].status, rows[i].type ? rows[i].type : "no type", (int)what, why);
		assert_int_equal(why[0] == '\0', what == RECONNECT_LIVE);
	}
	memset(type, 'x', sizeof(type) - 1);
	type[sizeof(type) - 1] = '\0';
	assert_int_equal(reconnect_judge(200, type, NULL, why), RECONNECT_RETRY);
	assert_non_null(strstr(why, "xxx, and no event stream"));	/* whole behind a type that is not */
}

/* Each wait between what it is without and with the whole spread. */
static void waits_grow(void **state)
{
	static const struct { int64_t least, most; } want[] = { { 1000, 1500 }, { 2000, 3000 }, { 4000, 6000 }, { 8000, 12000 }, { 16000, 24000 },
								{ 15000, 30000 }, { 15000, 30000 } };
	static const uint32_t randoms[] = { 0, 1, 499, 500, 501, 77777, 0x80000000, UINT32_MAX };
	struct reconnect r;
	bool spread = false;
	int64_t wait, first;
	size_t i, k;

	(void)state;
	for (k = 0; k < ARRAY_LEN(randoms); k++) {
		reconnect_init(&r);
		for (i = 0; i < ARRAY_LEN(want); i++) {
			wait = reconnect_wait(&r, RECONNECT_RETRY, -1, -1, randoms[k]);
			if (wait < want[i].least || wait > want[i].most)
				fail_msg("wait %zu with %u: %lld", i, (unsigned int)randoms[k], (long long)wait);
		}
		first = reconnect_wait(&r, RECONNECT_RETRY, -1, -1, 0);
		spread |= reconnect_wait(&r, RECONNECT_RETRY, -1, -1, randoms[k]) > first;	/* at the upper end too */
	}
	assert_true(spread);
	reconnect_heard(&r);
	assert_int_equal(reconnect_wait(&r, RECONNECT_RETRY, -1, -1, 0), 1000);
	assert_int_equal(reconnect_wait(&r, RECONNECT_RETRY, -1, -1, 0), 2000);	/* opened and closed without an event: goes on growing */
}

static void wishes_and_bounds(void **state)
{
	static const struct { enum reconnect_do what; int64_t wish, after; uint32_t random; int64_t wait; } rows[] = {
		{ RECONNECT_RETRY, 0, -1, 0, 1000 }, { RECONNECT_RETRY, 0, -1, 500, 1500 }, { RECONNECT_RETRY, 999, -1, 0, 1000 }, { RECONNECT_RETRY, 5000, -1, 0, 5000 },
		{ RECONNECT_RETRY, 5000, -1, 2500, 7500 }, { RECONNECT_RETRY, 20000, -1, 10000, 30000 }, { RECONNECT_RETRY, 1000000000, -1, 15000, 30000 },
		{ RECONNECT_RETRY, INT64_MAX, -1, 0, 15000 }, { RECONNECT_RETRY, INT64_MIN, INT64_MIN, 0, 1000 },
		{ RECONNECT_RETRY, -1, 0, 0, 1000 }, { RECONNECT_RETRY, -1, 7000, 0, 7000 }, { RECONNECT_RETRY, -1, 7000, 700, 7700 }, { RECONNECT_RETRY, 9000, 7000, 0, 9000 },
		{ RECONNECT_RETRY, -1, 60000, 0, 60000 }, { RECONNECT_RETRY, -1, 86400000, 0, 300000 }, { RECONNECT_RETRY, -1, INT64_MAX, 30000, 330000 },
		{ RECONNECT_ABSENT, -1, -1, 15000, 30000 }, { RECONNECT_ABSENT, -1, -1, 0, 15000 }, { RECONNECT_REFUSED, -1, -1, 15000, 30000 }, { RECONNECT_MOVED, 1, -1, 15000, 30000 },
	};
	struct reconnect r;
	int64_t wait;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		reconnect_init(&r);
		wait = reconnect_wait(&r, rows[i].what, rows[i].wish, rows[i].after, rows[i].random);
		if (wait != rows[i].wait)
			fail_msg("row %zu: %lld, not %lld", i, (long long)wait, (long long)rows[i].wait);
	}
	reconnect_init(&r);
	assert_true(reconnect_try_ticket(&r));
	assert_false(reconnect_try_ticket(&r));
	reconnect_heard(&r);
	assert_true(reconnect_try_ticket(&r));
	reconnect_opened(&r);
	assert_true(reconnect_try_ticket(&r));
	assert_false(reconnect_try_ticket(&r));
}

static void retry_after(void **state)
{
	static const struct { const char *value; int64_t ms; } rows[] = {
		{ "0", 0 }, { "1", 1000 }, { " 120 ", 120000 }, { "99999999999999999999999", 86400000 }, { NULL, -1 }, { "", -1 }, { "-1", -1 }, { "+1", -1 },
		{ "1.5", -1 }, { "1 2", -1 },
		/* a date, seen at 2026-11-26 07:00:00 */
		{ "Thu, 26 Nov 2026 07:00:20 GMT", 20000 }, { "Thursday, 26-Nov-26 07:00:20 GMT", 20000 }, { "Thu Nov 26 07:00:20 2026", 20000 }, { " Thu, 26 Nov 2026 07:00:20 GMT ", 20000 },
		{ "Thu, 26 Nov 2026 07:00:00 GMT", 0 }, { "Fri, 31 Dec 1999 23:59:59 GMT", 0 }, { "Friday, 31-Dec-99 23:59:59 GMT", 0 }, { "Sun, 02 Jan 2028 00:00:00 GMT", 86400000 },
		{ "Thu, 26 Nov 2026 07:00:20", -1 }, { "Thu, 26 Nov 2026 07:00:20 GMT+1", -1 }, { "Thu, 26 Foo 2026 07:00:20 GMT", -1 }, { "Thu, 26 anF 2026 07:00:20 GMT", -1 },
		{ "Thu, 40 Nov 2026 07:00:20 GMT", -1 }, { "Thu, 26 Nov 2026 25:00:20 GMT", -1 }, { "Thu, 26 Nov 2026 07:-1:20 GMT", -1 }, { "Mon, 01 Jan 1900 00:00:00 GMT", -1 },
		{ "Thu, 26 Nov 2026 07:00:20 GMT and much more behind it", -1 }, { "soon", -1 },
	};
	const int64_t now = 1795676400000;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (reconnect_after(rows[i].value, now) != rows[i].ms)
			fail_msg("row %zu: %lld", i, (long long)reconnect_after(rows[i].value, now));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers), cmocka_unit_test(waits_grow), cmocka_unit_test(wishes_and_bounds),
					    cmocka_unit_test(retry_after) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
