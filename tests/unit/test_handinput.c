/* test_handinput: what a person may do by hand: each verb with its request and what is kept of it, and what is refused. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/handinput.h"

static const struct hand_screen screen = { COORDINATES_PIXELS, 1280, 800 }, unknown = { COORDINATES_PIXELS, 0, 0 }, normalised = { COORDINATES_NORMALISED, 1280, 800 };

/* record NULL: the body itself. */
static const struct { const char *verb, *fields, *path, *body, *record; } good[] = {
	{ "click", "{\"y\":799,\"x\":0}", "click", "{\"x\":0,\"y\":799}", NULL },
	{ "click", "{\"x\":1279,\"y\":0,\"button\":\"middle\"}", "click", "{\"x\":1279,\"y\":0,\"button\":\"middle\"}", NULL },
	{ "double-click", "{\"x\":1,\"y\":2}", "double-click", "{\"x\":1,\"y\":2}", NULL },
	{ "right-click", "{\"x\":1,\"y\":2}", "right-click", "{\"x\":1,\"y\":2}", NULL },
	{ "move", "{\"x\":1,\"y\":2}", "move", "{\"x\":1,\"y\":2}", NULL },
	{ "mouse-down", "{\"x\":1,\"y\":2,\"button\":\"left\"}", "mouse-down", "{\"x\":1,\"y\":2,\"button\":\"left\"}", NULL },
	{ "mouse-up", "{\"x\":1,\"y\":2}", "mouse-up", "{\"x\":1,\"y\":2}", NULL },
	{ "drag", "{\"from_x\":1,\"from_y\":2,\"to_x\":3,\"to_y\":4}", "drag", "{\"from_x\":1,\"from_y\":2,\"to_x\":3,\"to_y\":4}", NULL },
	{ "scroll", "{\"direction\":\"down\"}", "scroll", "{\"direction\":\"down\"}", NULL },
	{ "scroll", "{\"direction\":\"left\",\"clicks\":100,\"x\":5,\"y\":6}", "scroll", "{\"direction\":\"left\",\"clicks\":100,\"x\":5,\"y\":6}", NULL },
	{ "type", "{\"text\":\"a\\u00e4\\u65e5\\n\"}", "type", "{\"text\":\"a\xc3\xa4\xe6\x97\xa5\\n\"}", "{\"characters\":4}" },
	{ "type", "{\"text\":\"a\",\"delay\":10}", "type", "{\"text\":\"a\",\"delay\":10}", "{\"characters\":1,\"delay\":10}" },
	{ "clipboard", "{\"text\":\"\"}", "clipboard", "{\"text\":\"\"}", "{\"characters\":0}" },
	{ "key", "{\"key\":\"Return\"}", "key", "{\"key\":\"Return\"}", NULL },
	{ "key", "{\"key\":\"a\"}", "key", "{\"key\":\"a\"}", "{\"characters\":1}" },
	{ "key", "{\"key\":\"shift+a\"}", "key", "{\"key\":\"shift+a\"}", "{\"characters\":1}" },
	{ "key", "{\"key\":\"KP_7\"}", "key", "{\"key\":\"KP_7\"}", "{\"characters\":1}" },
	{ "key", "{\"key\":\"exclam\"}", "key", "{\"key\":\"exclam\"}", "{\"characters\":1}" },
	{ "key", "{\"key\":\"ctrl+alt+Delete\"}", "key", "{\"key\":\"ctrl+alt+Delete\"}", NULL },
	{ "key", "{\"key\":\"ctrl+a\"}", "key", "{\"key\":\"ctrl+a\"}", NULL },
	{ "key-down", "{\"key\":\"q\"}", "key-down", "{\"key\":\"q\"}", "{\"characters\":1}" },
	{ "key-up", "{\"key\":\"Shift_L\"}", "key-up", "{\"key\":\"Shift_L\"}", NULL },
	{ "hotkey", "{\"keys\":[\"ctrl\",\"c\"]}", "hotkey", "{\"keys\":[\"ctrl\",\"c\"]}", NULL },
	{ "hotkey", "{\"keys\":[\"shift\",\"c\"]}", "hotkey", "{\"keys\":[\"shift\",\"c\"]}", "{\"characters\":1}" },
	{ "launch", "{\"app\":\"xterm\"}", "launch", "{\"app\":\"xterm\"}", NULL },
	{ "wallpaper", "{\"path\":\"/a b\"}", "wallpaper", "{\"path\":\"/a b\"}", NULL },
	{ "window/focus", "{\"window_id\":\"0x7\"}", "window/focus", "{\"window_id\":\"0x7\"}", NULL },
	{ "window/focus", "{\"window_id\":7}", "window/focus", "{\"window_id\":7}", NULL },
	{ "window/close", "{\"window_id\":7}", "window/7/close", "{}", NULL },
	{ "window/minimize", "{\"window_id\":\"a/b?\"}", "window/a%2Fb%3F/minimize", "{}", NULL },
	{ "window/maximize", "{\"window_id\":\"7\"}", "window/7/maximize", "{}", NULL },
	{ "window/move", "{\"window_id\":\"7\",\"x\":-5,\"y\":9000}", "window/7/move", "{\"x\":-5,\"y\":9000}", NULL },
	{ "window/resize", "{\"window_id\":\"7\",\"width\":1,\"height\":2}", "window/7/resize", "{\"width\":1,\"height\":2}", NULL },
};

static const struct { const char *verb, *fields, *says; } bad[] = {
	{ "click", "{}", "\"x\" is missing" }, { "click", "[]", "no object" }, { "click", "7", "no object" }, { "click", NULL, "\"x\" is missing" },
	{ "click", "{\"x\":1280,\"y\":1}", "1280 pixels wide, so 0 to 1279" }, { "click", "{\"x\":1,\"y\":800}", "800 pixels high, so 0 to 799" },
	{ "click", "{\"x\":-1,\"y\":1}", "\"x\" is -1" }, { "click", "{\"x\":1.0,\"y\":1}", "no whole number" }, { "click", "{\"x\":1e2,\"y\":1}", "no whole number" },
	{ "click", "{\"x\":99999999999999999999,\"y\":1}", "no whole number" }, { "click", "{\"x\":null,\"y\":1}", "no whole number" },
	{ "click", "{\"x\":1,\"y\":1,\"button\":\"both\"}", "none of left, middle, right" }, { "click", "{\"x\":1,\"y\":1,\"buton\":\"left\"}", "did you mean \"button\"" },
	{ "click", "{\"x\":1,\"y\":1,\"text\":\"secret\"}", "another field" }, { "drag", "{\"from_x\":1,\"from_y\":1,\"to_x\":1280,\"to_y\":1}", "\"to_x\" is 1280" },
	{ "scroll", "{\"direction\":\"in\"}", "up, down, left, right" }, { "scroll", "{\"direction\":\"up\",\"clicks\":0}", "1 to 100" },
	{ "scroll", "{\"direction\":\"up\",\"y\":1}", "come together" }, { "type", "{\"text\":\"\"}", "empty" }, { "type", "{\"text\":7}", "no text" },
	{ "type", "{\"text\":\"a\\u0000b\"}", "NUL" }, { "type", "{\"text\":\"a\",\"delay\":1001}", "0 to 1000" }, { "key", "{\"key\":\"Retrun\"}", "\"return\"" },
	{ "key", "{\"key\":\"\"}", "empty" }, { "key", "{\"key\":[\"a\"]}", "no name of a key" }, { "hotkey", "{\"keys\":[]}", "list of 1 to 8" },
	{ "hotkey", "{\"keys\":\"a\"}", "list of 1 to 8" }, { "hotkey", "{\"keys\":[\"ctrl\",\"Delte\"]}", "\"delete\"" },
	{ "hotkey", "{\"keys\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]}", "list of 1 to 8" }, { "window/close", "{\"window_id\":\"..\"}", "no id" },
	{ "window/close", "{\"window_id\":\"\"}", "no id" }, { "window/close", "{\"window_id\":-1}", "no id" }, { "window/close", "{}", "missing" },
	{ "launch", "{\"app\":\"\"}", "1 to 1024" }, { "", "{}", "is called \"\"" }, { "clik", "{\"x\":1,\"y\":1}", "did you mean \"click\"" },
	{ "screenshot", "{}", "nothing that a hand does" }, { "wait", "{\"seconds\":1}", "nothing that a hand does" }, { "window/7/close", "{}", "nothing that a hand does" },
	{ "../exec", "{\"command\":\"id\"}", "nothing that a hand does" },
};

static int read_it(const char *verb, const char *fields, const struct hand_screen *s, struct hand_input *in, struct err *e)
{
	struct json_doc d = { 0 };
	int r;

	if (fields)
		assert_int_equal(json_parse(fields, strlen(fields), &d, e), 0);
	r = hand_input_read(verb, &d, json_root(&d), s, in, e);
	json_release(&d);
	return r;
}

static void what_may_be(void **state)
{
	struct hand_input in;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		if (read_it(good[i].verb, good[i].fields, &screen, &in, &e) < 0)
			fail_msg("%s %s: %s", good[i].verb, good[i].fields, e.msg);
		assert_string_equal(buf_cstr(&in.path), good[i].path);
		assert_string_equal(buf_cstr(&in.body), good[i].body);
		assert_string_equal(buf_cstr(&in.record), good[i].record ? good[i].record : "");
		hand_input_release(&in);
	}
}

/* What holds a key or a button, what lets it go, and that both are about the same one. */
static void what_is_held(void **state)
{
	static const struct { const char *verb, *fields, *up, *path; } presses[] = {
		{ "key-down", "{\"key\":\"q\"}", "{\"key\":\"q\"}", "key-up" },
		{ "mouse-down", "{\"x\":1,\"y\":2}", "{\"x\":1,\"y\":2}", "mouse-up" },
		{ "mouse-down", "{\"x\":1,\"y\":2,\"button\":\"right\"}", "{\"x\":1,\"y\":2,\"button\":\"right\"}", "mouse-up" },
	};
	static const struct { const char *verb, *fields; int same; } others[] = {
		{ "key-up", "{\"key\":\"Q\"}", -1 }, { "key-up", "{\"key\":\"q\"}", 0 }, { "mouse-up", "{\"x\":9,\"y\":9,\"button\":\"left\"}", 1 },
		{ "mouse-up", "{\"x\":9,\"y\":9,\"button\":\"right\"}", 2 }, { "mouse-up", "{\"x\":9,\"y\":9,\"button\":\"middle\"}", -1 },
	};
	struct hand_input in, up[ARRAY_LEN(presses)];
	struct err e;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(presses); i++) {
		assert_int_equal(read_it(presses[i].verb, presses[i].fields, &screen, &in, &e), 0);
		assert_int_equal(in.hold, HAND_PRESSES);
		hand_input_up(&in, &up[i]);
		hand_input_release(&in);
		assert_string_equal(buf_cstr(&up[i].path), presses[i].path);
		assert_string_equal(buf_cstr(&up[i].body), presses[i].up);
		assert_string_equal(buf_cstr(&up[i].record), i == 0 ? "{\"characters\":1}" : "");
	}
	for (k = 0; k < ARRAY_LEN(others); k++) {
		assert_int_equal(read_it(others[k].verb, others[k].fields, &screen, &in, &e), 0);
		assert_int_equal(in.hold, HAND_LETS_GO);
		for (i = 0; i < ARRAY_LEN(presses); i++)
			assert_int_equal(hand_input_same_key(&up[i], &in), others[k].same == (int)i);
		hand_input_release(&in);
	}
	for (i = 0; i < ARRAY_LEN(presses); i++)
		hand_input_release(&up[i]);
	assert_int_equal(read_it("key", "{\"key\":\"Down\"}", &screen, &in, &e), 0);
	assert_int_equal(in.hold, HAND_NEITHER);
	hand_input_release(&in);
}

static void what_may_not(void **state)
{
	struct hand_input in;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		if (read_it(bad[i].verb, bad[i].fields, &screen, &in, &e) != ERR_INVALID)
			fail_msg("%s %s is taken", bad[i].verb, bad[i].fields ? bad[i].fields : "");
		if (!strstr(e.msg, bad[i].says))
			fail_msg("%s %s: %s", bad[i].verb, bad[i].fields ? bad[i].fields : "", e.msg);
		assert_int_equal(in.path.len + in.body.len + in.record.len, 0);
	}
}

static void other_screens(void **state)
{
	struct hand_input in;
	struct err e;

	(void)state;
	assert_int_equal(read_it("move", "{\"x\":4000,\"y\":1}", &unknown, &in, &e), 0);
	hand_input_release(&in);
	assert_int_equal(read_it("move", "{\"x\":65536,\"y\":1}", &unknown, &in, &e), ERR_INVALID);
	assert_int_equal(read_it("move", "{\"x\":-1,\"y\":1}", &unknown, &in, &e), ERR_INVALID);
	assert_int_equal(read_it("move", "{\"x\":1000,\"y\":1000}", &normalised, &in, &e), 0);
	hand_input_release(&in);
	assert_int_equal(read_it("move", "{\"x\":1001,\"y\":1}", &normalised, &in, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "0 to 1000 across"));
}

static void long_texts(void **state)
{
	struct hand_input in;
	struct buf fields;
	struct err e;
	int more;

	(void)state;
	for (more = 0; more < 2; more++) {
		char *text = malloc(HANDINPUT_TEXT_MAX + 2);
		struct jsonw w;

		assert_non_null(text);
		memset(text, 1, HANDINPUT_TEXT_MAX + 1);	/* six bytes each in JSON */
		text[HANDINPUT_TEXT_MAX + more] = '\0';
		buf_init(&fields, SIZE_MAX - 1);
		jw_init(&w, &fields);
		jw_begin(&w, '{');
		jw_kstr(&w, "text", text);
		jw_end(&w, '}');
		assert_int_equal(read_it("type", buf_cstr(&fields), &screen, &in, &e), more ? ERR_INVALID : 0);
		if (!more) {
			assert_int_equal(in.body.len, fields.len);
			assert_string_equal(buf_cstr(&in.record), "{\"characters\":131072}");
			hand_input_release(&in);
		}
		buf_release(&fields);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_may_be), cmocka_unit_test(what_is_held), cmocka_unit_test(what_may_not), cmocka_unit_test(other_screens), cmocka_unit_test(long_texts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
