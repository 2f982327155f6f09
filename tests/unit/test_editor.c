/* test_editor: the editor of a body, key by key; the cursor never stands inside a character, and nothing is drawn that could act. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/utf8.h"
#include "ui/alike_form.h"
#include "ui/editor.h"
#include "ui/keymap.h"

/* Keys as letters: < > ^ v move, b Backspace, x Delete, H and E the line's ends, U and K kill, N a new line; others are typed. */
static void press(struct editor *e, const char *keys)
{
	static const struct { char letter; uint32_t key; } map[] = {
		{ '<', KEYS_LEFT }, { '>', KEYS_RIGHT }, { '^', KEYS_UP }, { 'v', KEYS_DOWN }, { 'b', KEYS_BACKSPACE }, { 'x', KEYS_DELETE },
		{ 'H', KEYS_HOME }, { 'E', KEYS_END }, { 'U', 'u' & 0x1f }, { 'K', 'k' & 0x1f }, { 'N', KEYS_ENTER },
	};
	size_t i;

	for (; *keys; keys++) {
		uint32_t key = (uint32_t)(unsigned char)*keys;

		for (i = 0; i < ARRAY_LEN(map); i++)
			if (map[i].letter == *keys)
				key = map[i].key;
		assert_int_equal(editor_key(e, key, false), EDITOR_GOES_ON);
	}
}

static void keys(void **state)
{
	static const struct { const char *text, *keys, *want; } cases[] = {
		{ "", "ac", "ac" }, { "ac", "<d", "adc" }, { "ac", "Hd", "dac" }, { "ac", "b", "a" }, { "ac", "Hx", "c" }, { "ac", "Hb", "ac" },
		{ "ac", "x", "ac" }, { "ac", "<N", "a\nc" }, { "one\ntwo", "U", "one\n" }, { "one\ntwo", "H^Ed", "oned\ntwo" },
		{ "one\ntwo", "^K", "one\ntwo" }, { "one\ntwo", "H^K", "\ntwo" }, { "one\ntwo", "^vd", "one\ntwod" },
		{ "\xc3\xa4\xe2\x82\xac", "b", "\xc3\xa4" }, { "\xc3\xa4\xe2\x82\xac", "<<d", "d\xc3\xa4\xe2\x82\xac" },
		{ "\xc3\xa4\xe2\x82\xac", "Hx", "\xe2\x82\xac" }, { "\xc3\xa4", "<<<<<<d", "d\xc3\xa4" }, { "\xc3\xa4", "<>d", "\xc3\xa4" "d" },
		{ "a\nb", "vvvvd", "a\nbd" }, { "a\nb", "^^^^d", "ad\nb" },
	};
	struct editor e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		editor_init(&e);
		assert_int_equal(editor_set(&e, cases[i].text), 0);
		press(&e, cases[i].keys);
		if (strcmp(editor_text(&e), cases[i].want) != 0)
			fail_msg("\"%s\" and %s: \"%s\", not \"%s\"", cases[i].text, cases[i].keys, editor_text(&e), cases[i].want);
		editor_release(&e);
	}
}

static void control_keys_type_nothing(void **state)
{
	struct editor e;
	uint32_t key;

	(void)state;
	editor_init(&e);
	for (key = 0; key < 0x20; key++)
		if (key != 4 && key != '\t' && key != '\n')
			editor_key(&e, key, false);
	editor_key(&e, 0x7f, false);
	editor_key(&e, KEYS_OTHER, false);
	assert_string_equal(editor_text(&e), "");
	editor_key(&e, 4, true);	/* pasted: no end, and no text */
	editor_key(&e, '\r', true);
	assert_string_equal(editor_text(&e), "\n");
	assert_int_equal(editor_key(&e, 4, false), EDITOR_DONE);
	assert_int_equal(editor_key(&e, KEYS_ESCAPE, false), EDITOR_LEFT);
	editor_release(&e);
}

/* Rows are those that are drawn: in a width of ten, up is ten characters back. */
static void up_and_down_go_by_drawn_rows(void **state)
{
	struct rect r = { 0, 0, 10, 3 };
	struct cells c;
	struct editor e;

	(void)state;
	cells_init(&c, 12, 3);
	editor_init(&e);
	editor_set(&e, "0123456789abcdefghijABCDEFGHIJklmno");
	editor_draw(&e, &c, &r);
	assert_int_equal(c.cursor_y, 2);	/* scrolled to it */
	assert_int_equal(e.scroll, 1);
	press(&e, "^");
	assert_int_equal(e.cursor, 25);
	press(&e, "^^");
	assert_int_equal(e.cursor, 5);
	editor_draw(&e, &c, &r);
	assert_int_equal(e.scroll, 0);
	assert_int_equal(c.cursor_x, 5);
	assert_int_equal(c.cursor_y, 0);
	editor_release(&e);
	cells_release(&c);
}

/* Any keys on any text: it stays valid UTF-8, and the cursor at a character's start. */
static void any_keys(void **state)
{
	static const uint32_t all[] = { KEYS_LEFT, KEYS_RIGHT, KEYS_UP, KEYS_DOWN, KEYS_BACKSPACE, KEYS_DELETE, KEYS_HOME, KEYS_END, KEYS_ENTER, 'a', 0xe4, 0x202e, 0x1f600,
					0x301, 0x1b, 'u' & 0x1f, 'k' & 0x1f };
	struct rect r = { 1, 1, 7, 3 };
	unsigned int seed = 7;
	struct editor e;
	struct cells c;
	int i;

	(void)state;
	cells_init(&c, 9, 5);
	editor_init(&e);
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		editor_key(&e, all[(seed >> 16) % ARRAY_LEN(all)], false);
		assert_true(utf8_valid(editor_text(&e), e.text.len));
		assert_true(e.cursor <= e.text.len);
		assert_true(e.cursor == e.text.len || ((unsigned char)editor_text(&e)[e.cursor] & 0xc0) != 0x80);
		if (i % 16 == 0) {
			cells_clear(&c);
			editor_draw(&e, &c, &r);
			assert_true(c.cursor_x >= 1 && c.cursor_x < 8 && c.cursor_y >= 1 && c.cursor_y < 4);
		}
	}
	editor_release(&e);
	cells_release(&c);
}

static void too_much_changes_nothing(void **state)
{
	struct editor e;
	char *large = malloc(EDITOR_BYTES_MAX + 1);

	(void)state;
	memset(large, 'a', EDITOR_BYTES_MAX);
	large[EDITOR_BYTES_MAX] = '\0';
	editor_init(&e);
	assert_int_equal(editor_set(&e, large), 0);
	press(&e, "d");
	assert_int_equal(e.text.len, EDITOR_BYTES_MAX);
	assert_int_equal(editor_text(&e)[EDITOR_BYTES_MAX - 1], 'a');
	editor_release(&e);
	free(large);
}

static const char *form(const char *class, const char *kind, bool has_point, const char *keys_pressed)
{
	struct model_action a = { .id = 5, .version = 1, .class = (char *)class, .kind = (char *)kind, .has_point = has_point, .x = 10, .y = 300 };
	static char text[400];
	struct alike_form f;
	char *json;

	alike_form_open(&f, &a);
	for (; *keys_pressed; keys_pressed++)
		assert_int_equal(alike_form_key(&f, (uint32_t)*keys_pressed), ALIKE_FORM_GOES_ON);
	json = alike_form_json(&f);
	snprintf(text, sizeof(text), "%s", json);
	free(json);
	return text;
}

static void forms(void **state)
{
	(void)state;
	assert_string_equal(form("acts", "click", true, ""), "{\"verdict\":\"allow\",\"uses\":10,\"minutes\":15,\"scope\":{\"session\":true,\"text\":false,\"box\":[0,280,40,40]}}");
	assert_string_equal(form("acts", "click", true, "R-<sbbbbb"),
			    "{\"verdict\":\"refuse\",\"uses\":9,\"minutes\":null,\"scope\":{\"session\":false,\"text\":false,\"box\":null}}");
	assert_string_equal(form("acts", "type", false, "t+>"), "{\"verdict\":\"allow\",\"uses\":20,\"minutes\":30,\"scope\":{\"session\":true,\"text\":true,\"box\":null}}");
	/* Something must end an allowing rule. */
	assert_non_null(strstr(form("acts", "type", false, "<----------"), "\"uses\":1,\"minutes\":null"));
	assert_non_null(strstr(form("acts", "exec", false, "tb"), "\"text\":false,\"box\":null"));
	/* What is grave is never allowed alike. */
	assert_non_null(strstr(form("money", "deploy", false, "A"), "refuse"));
	assert_non_null(strstr(form("lifecycle", "delete", false, "A"), "refuse"));
	assert_non_null(strstr(form("unknown", "unknown", false, "A"), "refuse"));
	assert_non_null(strstr(form("sensitive", "read env", false, "A"), "refuse"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys), cmocka_unit_test(control_keys_type_nothing), cmocka_unit_test(up_and_down_go_by_drawn_rows), cmocka_unit_test(any_keys),
		cmocka_unit_test(too_much_changes_nothing), cmocka_unit_test(forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
