/* test_signed: the text that is signed, what changes it, and a signature's way into a body and out of it. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/signed.h"

static char *text_of(const char *method, const char *target, int64_t time_ms, const char *body)
{
	struct json_doc d = { 0 };
	struct buf b;

	buf_init(&b, 65536);
	if (body)
		assert_int_equal(json_parse(body, strlen(body), &d, NULL), 0);
	assert_int_equal(signed_text(&b, method, target, time_ms, &d, NULL), 0);
	json_release(&d);
	return buf_take(&b);
}

/* To the letter: others verify by it. The hashes are those of 1, "deny" with its quotes, and null. */
static void the_text(void **state)
{
	char *text = text_of("POST", "/v1/actions/41/decision", 1763900000000, "{\"version\": 1,\"decision\":\"deny\", \"note\" :null}");

	(void)state;
	assert_string_equal(text, "assent-operator/1\nPOST /v1/actions/41/decision\n1763900000000\n"
				  "decision:d2a00b488ac374247aa72cf83ed3a7637985deb3f6f282a4c420af0cc45c5277\n"
				  "note:74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b\n"
				  "version:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\n");
	free(text);
	text = text_of("DELETE", "/v1/operators/ben", 5, NULL);
	assert_string_equal(text, "assent-operator/1\nDELETE /v1/operators/ben\n5\n");
	free(text);
}

static void what_changes_it(void **state)
{
	static const struct { const char *method, *target; int64_t time_ms; const char *body; bool same; } rows[] = {
		{ "POST", "/v1/a", 7, "{\"a\":1,\"b\":[2,{\"c\":3}]}", true },
		{ "POST", "/v1/a", 7, "{ \"b\" : [2,{\"c\":3}] , \"a\" : 1 }", true },	/* order and blanks between members */
		{ "POST", "/v1/a", 7, "{\"\\u0061\":1,\"b\":[2,{\"c\":3}]}", true },
		{ "POST", "/v1/a", 7, "{\"a\":1,\"b\":[2,{\"c\":3}],\"signature\":{\"x\":1}}", true },
		{ "POST", "/v1/a", 7, "{\"a\":1,\"b\":[2, {\"c\":3}]}", false },	/* the value's bytes */
		{ "POST", "/v1/a", 7, "{\"a\":1.0,\"b\":[2,{\"c\":3}]}", false }, { "POST", "/v1/a", 7, "{\"a\":1}", false },
		{ "POST", "/v1/a", 7, "{\"a\":1,\"b\":[2,{\"c\":3}],\"c\":null}", false }, { "POST", "/v1/a", 7, "{\"c\":1,\"b\":[2,{\"c\":3}]}", false },
		{ "POST", "/v1/a", 8, "{\"a\":1,\"b\":[2,{\"c\":3}]}", false }, { "POST", "/v1/b", 7, "{\"a\":1,\"b\":[2,{\"c\":3}]}", false },
		{ "POST", "/v1/a?x", 7, "{\"a\":1,\"b\":[2,{\"c\":3}]}", false }, { "DELETE", "/v1/a", 7, "{\"a\":1,\"b\":[2,{\"c\":3}]}", false },
	};
	char *first = text_of(rows[0].method, rows[0].target, rows[0].time_ms, rows[0].body);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		char *text = text_of(rows[i].method, rows[i].target, rows[i].time_ms, rows[i].body);

		if ((strcmp(text, first) == 0) != rows[i].same)
			fail_msg("row %zu: %s", i, text);
		free(text);
	}
	free(first);
}

/* A name that could look like another line, or like two. */
static void names_that_no_call_has(void **state)
{
	static const char *const bodies[] = { "{\"a\\nb\":1}", "{\"a:b\":1}", "{\"\":1}", "{\"A\":1}", "{\"a\\u0000\":1}", "{\"\xc3\xa9\":1}" };
	struct json_doc d;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 65536);
	for (i = 0; i < ARRAY_LEN(bodies); i++) {
		assert_int_equal(json_parse(bodies[i], strlen(bodies[i]), &d, NULL), 0);
		if (signed_text(&b, "POST", "/v1/a", 1, &d, NULL) != ERR_INVALID)
			fail_msg("%s", bodies[i]);
		json_release(&d);
	}
	buf_release(&b);
}

static void there_and_back(void **state)
{
	static const struct { const char *body, *want; } rows[] = {
		{ "{}", "{\"signature\":" }, { " { } ", "{ \"signature\":" }, { "{\"a\":1}", "{\"a\":1,\"signature\":" },
		{ "{\"a\":{\"b\":[]} }\n", "{\"a\":{\"b\":[]} ,\"signature\":" },
	};
	struct signature s = { .name = "ana", .time_ms = 1763900000000 }, back;
	struct json_doc d;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < SIGNATURE_BYTES; i++)
		s.value[i] = (unsigned char)(i * 7);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&b, 65536);
		assert_int_equal(json_parse(rows[i].body, strlen(rows[i].body), &d, NULL), 0);
		assert_int_equal(signed_read(&d, &back, NULL), ERR_NOTFOUND);
		assert_int_equal(signed_write(&b, &d, &s, NULL), 0);
		json_release(&d);
		if (strncmp(buf_cstr(&b), rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("row %zu: %s", i, buf_cstr(&b));
		assert_int_equal(json_parse(buf_cstr(&b), b.len, &d, NULL), 0);
		assert_int_equal(signed_read(&d, &back, NULL), 0);
		assert_memory_equal(&back, &s, sizeof(s));
		assert_int_equal(signed_write(&b, &d, &s, NULL), ERR_INVALID);	/* not twice */
		json_release(&d);
		buf_release(&b);
	}
}

#define VALUE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="

static void what_is_no_signature(void **state)
{
	static const struct { const char *body; int want; } rows[] = {
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":1,\"value\":\"" VALUE "\"}}", 0 },
		{ "{\"signature\":null}", ERR_INVALID }, { "{\"signature\":\"" VALUE "\"}", ERR_INVALID }, { "[]", ERR_NOTFOUND },
		{ "{\"signature\":{\"operator\":\"\",\"time_ms\":1,\"value\":\"" VALUE "\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":1.5,\"value\":\"" VALUE "\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":\"1\",\"value\":\"" VALUE "\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":1,\"value\":\"AAEC\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":1,\"value\":\"" VALUE "AAAA\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"value\":\"" VALUE "\"}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"ana\",\"time_ms\":1,\"value\":\"" VALUE "\",\"x\":1}}", ERR_INVALID },
		{ "{\"signature\":{\"operator\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"time_ms\":1,\"value\":\"" VALUE "\"}}",
		  ERR_INVALID },
	};
	struct signature s;
	struct json_doc d;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(json_parse(rows[i].body, strlen(rows[i].body), &d, NULL), 0);
		if (signed_read(&d, &s, NULL) != rows[i].want)
			fail_msg("%s", rows[i].body);
		json_release(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text), cmocka_unit_test(what_changes_it), cmocka_unit_test(names_that_no_call_has), cmocka_unit_test(there_and_back),
		cmocka_unit_test(what_is_no_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
