/* test_prefer: a preference counts where it stands as one, and nowhere else; what an agent says of its waiting, and what was seen of it. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/patience.h"
#include "core/prefer.h"

static bool prefers(const char *const *values, size_t count)
{
	struct http_head h = { .field_count = count };
	size_t i;

	for (i = 0; i < count; i++)
		h.fields[i] = (struct http_field){ i % 2 == 0 ? "Prefer" : "prefer", values[i] };
	return prefer_has(&h, "respond-async");
}

static void one_field(void **state)
{
	static const struct { const char *value; bool want; } cases[] = {
		{ "respond-async", true }, { "Respond-ASYNC", true }, { "respond-async, wait=10", true }, { "wait=10, respond-async", true },
		{ "wait=10,respond-async", true }, { "respond-async ;a=b", true }, { "a=\"b\", respond-async", true }, { "a=\"\\\"\", respond-async", true },
		{ ", ,respond-async", true }, { "respond-async,", true },
		{ "", false }, { "respond-asynchronously", false }, { "x-respond-async", false }, { "no respond-async", false }, { "wait=10;respond-async", false },
		{ "a=\"b, respond-async\"", false }, { "a=\"\\\", respond-async", false }, { "respond-async=no", false }, { "respond", false }, { "a=\"", false },
		{ "a=\"\\", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		if (prefers(&cases[i].value, 1) != cases[i].want)
			fail_msg("%s: want %d", cases[i].value, cases[i].want);
}

static void many_fields(void **state)
{
	static const char *const last[] = { "wait=10", "respond-async" }, *const cut[] = { "a=\"", "respond-async\"" };
	struct http_head h = { .field_count = 1, .fields = { { "preferred", "respond-async" } } };

	(void)state;
	assert_true(prefers(last, 2));
	assert_false(prefers(cut, 2));	/* each field by itself */
	assert_false(prefers(NULL, 0));
	assert_false(prefer_has(&h, "respond-async"));
}

static void how_long_it_waits(void **state)
{
	static const struct { const char *value; int64_t want; } cases[] = {
		{ "wait=10", 10000 }, { "Wait = 10", 10000 }, { "respond-async, wait=7", 7000 }, { "wait=1;a=b, respond-async", 1000 }, { "wait=86400", 86400000 },
		{ "wait=086400", 86400000 },
		{ "", 0 }, { "wait", 0 }, { "wait=", 0 }, { "wait=0", 0 }, { "wait=-1", 0 }, { "wait=1.5", 0 }, { "wait=10s", 0 }, { "wait=\"10\"", 0 }, { "wait=86401", 0 },
		{ "wait=99999999999999999999", 0 }, { "wait=1 0", 0 }, { "waits=10", 0 }, { "await=10", 0 }, { "a=\"wait=10\"", 0 }, { "wait=x, wait=10", 0 }, { "wait 10", 0 },
	};
	struct http_head h = { .field_count = 1 };
	size_t i;

	(void)state;
	assert_int_equal(prefer_wait_ms(&(struct http_head){ 0 }), 0);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		h.fields[0] = (struct http_field){ "PREFER", cases[i].value };
		if (prefer_wait_ms(&h) != cases[i].want)
			fail_msg("%s: got %lld", cases[i].value, (long long)prefer_wait_ms(&h));
	}
}

/* Against sorting them. */
static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void how_long_it_was_seen_to_wait(void **state)
{
	int64_t all[40], sorted[PATIENCE_KEPT];
	struct patience p = { 0 };
	unsigned seed = 1;
	size_t i, n;

	(void)state;
	assert_int_equal(patience_expected_ms(&p), 0);
	for (i = 0; i < ARRAY_LEN(all); i++) {
		seed = seed * 1103515245u + 12345u;
		all[i] = 1 + (seed >> 16) % 6;
		patience_left(&p, all[i]);
		n = i + 1 < PATIENCE_KEPT ? i + 1 : PATIENCE_KEPT;
		memcpy(sorted, all + i + 1 - n, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), by_size);
		assert_int_equal(patience_expected_ms(&p), sorted[(n - 1) / 2]);
	}
	p = (struct patience){ 0 };
	patience_left(&p, 0);	/* at once is not never */
	assert_int_equal(patience_expected_ms(&p), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_field), cmocka_unit_test(many_fields), cmocka_unit_test(how_long_it_waits), cmocka_unit_test(how_long_it_was_seen_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
