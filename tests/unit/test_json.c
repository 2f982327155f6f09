/* test_json: the validator by a table of what is and what is not JSON; reading; writing and reading back. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/json.h"

static const char *const good[] = {
	"0", "-0", "1.5e+10", "true", "false", "null", "\"\"", "[]", "{}", " [ 1 , 2 ] ", "{\"a\":{\"b\":[null]}}", "\"\\u0041\\n\\\"\"", "\"\\ud83d\\ude00\"",
	"[[[[]]]]", "{\"a\":1,\"b\":1}", "\"\xc3\xa9\"", "1e1", "[true,false,null]", "{\"\":0}", "\t\r\n 1",
};
static const char *const bad[] = {
	"", " ", "{", "[", "]", "}", "{]", "[}", "[1,]", "[,1]", "[1,,2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{:1}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}",
	"{\"a\" 1}", "nul", "truee", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN", "Infinity", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
	"\"\\ud800\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"a\nb\"", "\"\t\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "1 2", "{}{}", "[1]x", "//c\n1",
	"/*c*/1", "'a'", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"x\":{\"k\":1,\"k\":1}}", "\xef\xbb\xbf{}", "[1 2]", "\"abc", "tru", "[\"a\"", "{\"a\":1",
};

static void tables(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { "" };
		struct json_doc d;

		if (json_validate(good[i], strlen(good[i]), &e) != 0)
			fail_msg("refused %s: %s", good[i], e.msg);
		assert_int_equal(json_parse(good[i], strlen(good[i]), &d, &e), 0);
		json_release(&d);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (json_validate(bad[i], strlen(bad[i]), NULL) != ERR_INVALID)
			fail_msg("accepted %s", bad[i]);
}

/* Every start of a valid text, cut at any byte, is refused or valid itself, and never read past its end. */
static void cut_anywhere(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e3,\"x\\u00e9\\n\",{\"b\":null}],\"c\":true}";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++) {
		char *exact = malloc(i + 1);

		assert_non_null(exact);
		memcpy(exact, text, i);
		assert_int_equal(json_validate(exact, i, NULL), ERR_INVALID);
		free(exact);
	}
	assert_int_equal(json_validate(text, sizeof(text) - 1, NULL), 0);
}

static void depth_is_bounded(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 3];

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	assert_int_equal(json_validate(text, 2 * JSON_DEPTH_MAX, NULL), 0);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_int_equal(json_validate(text, 2 * JSON_DEPTH_MAX + 2, NULL), ERR_INVALID);
}

/* Linear: it is refused where it gets too deep, and what stands behind that is not looked at. */
static void ten_thousand_deep(void **state)
{
	static const struct { const char *open, *want; } rows[] = {
		{ "[", "byte 64: nested deeper than 64" }, { "{\"a\":", "byte 320: nested deeper than 64" }, { "[1,", "byte 192: nested deeper than 64" },
		{ "[{\"a\":", "byte 192: nested deeper than 64" }, { " [", "byte 129: nested deeper than 64" },
	};
	struct json_doc d;
	struct buf text;
	struct err e;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&text, SIZE_MAX - 1);
		for (k = 0; k < 10000; k++)
			buf_puts(&text, rows[i].open);
		assert_int_equal(json_parse(text.data, text.len, &d, &e), ERR_INVALID);
		assert_string_equal(e.msg, rows[i].want);
		assert_int_equal(json_root(&d), JSON_NONE);
		memset(text.data + 330, 0xff, text.len - 330);
		assert_int_equal(json_parse(text.data, text.len, &d, &e), ERR_INVALID);
		assert_string_equal(e.msg, rows[i].want);
		buf_release(&text);
	}
}

static void reading(void **state)
{
	static const char text[] = "{\"n\":-7,\"big\":9223372036854775808,\"f\":1.5,\"s\":\"a\\u0000b\",\"t\":\"\\u00e9\\ud83d\\ude00\",\"l\":[1,[2,3],{\"k\":4},5],\"b\":true}";
	static const int64_t firsts[] = { 1, 5 };
	struct json_doc d;
	int64_t n = 0;
	double f;
	char *s;
	int v, i = 0;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &d, NULL), 0);
	assert_int_equal(json_int(&d, json_get(&d, 0, "n"), &n), 0);
	assert_int_equal(n, -7);
	assert_int_equal(json_int(&d, json_get(&d, 0, "big"), &n), ERR_INVALID);
	assert_int_equal(json_int(&d, json_get(&d, 0, "f"), &n), ERR_INVALID);
	assert_int_equal(json_double(&d, json_get(&d, 0, "f"), &f), 0);
	assert_true(f > 1.49 && f < 1.51);
	assert_null(json_strdup(&d, json_get(&d, 0, "s")));	/* U+0000 has no C string */
	s = json_strdup(&d, json_get(&d, 0, "t"));
	assert_string_equal(s, "\xc3\xa9\xf0\x9f\x98\x80");
	free(s);
	assert_true(json_str_is(&d, json_get(&d, 0, "t"), "\xc3\xa9\xf0\x9f\x98\x80"));
	assert_false(json_str_is(&d, json_get(&d, 0, "t"), "\xc3\xa9"));
	assert_int_equal(json_size(&d, json_get(&d, 0, "l")), 4);
	for (v = json_first(&d, json_get(&d, 0, "l")); v != JSON_NONE; v = json_next(&d, v))
		if (json_int(&d, v, &n) == 0)
			assert_int_equal(n, firsts[i++]);
	assert_int_equal(i, 2);
	assert_true(json_bool(&d, json_get(&d, 0, "b"), false));
	assert_int_equal(json_get(&d, json_get(&d, 0, "nothing"), "x"), JSON_NONE);
	json_release(&d);
}

static void writing(void **state)
{
	struct json_doc d;
	struct buf b;
	struct jsonw w;
	char *s;

	(void)state;
	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "quote\"d", "line\nbreak \x01 \x7f \xff end");
	jw_kint(&w, "n", INT64_MIN);
	jw_kstr(&w, "null", NULL);
	jw_key(&w, "l");
	jw_begin(&w, '[');
	jw_int(&w, 1);
	jw_bool(&w, false);
	jw_end(&w, ']');
	jw_end(&w, '}');
	assert_int_equal(json_parse(b.data, b.len, &d, NULL), 0);
	s = json_strdup(&d, json_get(&d, 0, "quote\"d"));
	assert_string_equal(s, "line\nbreak \x01 \x7f \xef\xbf\xbd end");
	free(s);
	assert_int_equal(json_type(&d, json_get(&d, 0, "null")), JSON_NULL);
	json_release(&d);
	buf_release(&b);
}

/* 20,000 keys of which the last is a repeat, and 20,000 elements: neither may take quadratic time (the test's limit would tell). */
static void many(void **state)
{
	struct json_doc d;
	struct buf b;
	int i, v, n = 0;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	buf_putc(&b, '{');
	for (i = 0; i < 20000; i++)
		buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
	assert_int_equal(json_validate(b.data, b.len, NULL), ERR_INVALID);
	buf_puts(&b, ",\"k7\":0}");
	assert_int_equal(json_validate(b.data, b.len, NULL), ERR_INVALID);
	buf_clear(&b);
	buf_puts(&b, "[0");
	for (i = 1; i < 20000; i++)
		buf_puts(&b, ",[1]");
	buf_puts(&b, "]");
	assert_int_equal(json_parse(b.data, b.len, &d, NULL), 0);
	for (v = json_first(&d, 0); v != JSON_NONE; v = json_next(&d, v))
		n++;
	assert_int_equal(n, 20000);
	json_release(&d);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables), cmocka_unit_test(cut_anywhere), cmocka_unit_test(depth_is_bounded), cmocka_unit_test(ten_thousand_deep),
		cmocka_unit_test(reading),
		cmocka_unit_test(writing), cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
