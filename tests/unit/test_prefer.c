/* test_prefer: a preference counts where it stands as one, and nowhere else. */
#include "config.h"

#include "tests/unit/unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_field), cmocka_unit_test(many_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
