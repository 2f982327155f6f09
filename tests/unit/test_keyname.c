/* test_keyname: the spellings of people and toolkits, and what is refused. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/keyname.h"

static const struct { const char *text; int count; uint32_t syms[3]; } good[] = {
	{ "Return", 1, { 0xff0d } }, { "enter", 1, { 0xff0d } }, { "ENTER", 1, { 0xff0d } }, { "Page_Up", 1, { 0xff55 } }, { "PAGE UP", 1, { 0xff55 } }, { "pgup", 1, { 0xff55 } },
	{ "ArrowDown", 1, { 0xff54 } }, { "F1", 1, { 0xffbe } }, { "f12", 1, { 0xffc9 } }, { "a", 1, { 'a' } }, { "A", 1, { 'A' } }, { "ctrl+c", 2, { 0xffe3, 'c' } },
	{ "ctrl+C", 2, { 0xffe3, 'c' } }, { "ctrl+shift+t", 3, { 0xffe3, 0xffe1, 't' } }, { "alt+F4", 2, { 0xffe9, 0xffc1 } }, { "+", 1, { '+' } }, { "ctrl++", 2, { 0xffe3, '+' } },
	{ "ctrl+plus", 2, { 0xffe3, '+' } }, { "U20AC", 1, { 0x10020ac } }, { "\xe2\x82\xac", 1, { 0x10020ac } }, { "\xc3\xa4", 1, { 0xe4 } }, { "0xff0d", 1, { 0xff0d } },
	{ "KP_0", 1, { 0xffb0 } }, { "exclam", 1, { '!' } }, { "XF86AudioNext", 1, { 0x1008ff17 } }, { "AltGraph", 1, { 0xfe03 } },
	{ "space", 1, { 0x20 } }, { " ", 1, { 0x20 } }, { "cmd", 1, { 0xffeb } }, { "meta", 1, { 0xffeb } }, { "Meta_L", 1, { 0xffe7 } }, { "-", 1, { '-' } },
};
static const struct { const char *text, *hint; } bad[] = {
	{ "Entr", "enter" }, { "", "" }, { "ctrl+", "plus" }, { "F99", "" }, { "escpe", "escape" }, { "ab", "" }, { "U11", "" }, { "a+b+c+d+e+f+g+h+i", "" },
};

static void tables(void **state)
{
	struct keychord c;
	struct err e;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		if (keyname_parse(good[i].text, &c, &e) != 0)
			fail_msg("%s: %s", good[i].text, e.msg);
		assert_int_equal(c.count, good[i].count);
		for (k = 0; k < c.count; k++)
			if (c.keysyms[k] != good[i].syms[k])
				fail_msg("%s: key %d is 0x%x", good[i].text, k, c.keysyms[k]);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(keyname_parse(bad[i].text, &c, &e), ERR_INVALID);
		if (!strstr(e.msg, bad[i].hint))
			fail_msg("%s: %s", bad[i].text, e.msg);
	}
}

/* What may be a part of a password. */
static void what_types(void **state)
{
	static const struct { const char *text; bool types; } cases[] = {
		{ "a", true }, { "shift+a", true }, { "AltGr+e", true }, { "\xe2\x82\xac", true }, { "U20AC", true }, { "space", true }, { "KP_9", true }, { "KP_Add", true },
		{ "0x61", true }, { "ctrl+a", false }, { "alt+a", false }, { "super+a", false }, { "ctrl+shift+a", false }, { "Return", false }, { "BackSpace", false },
		{ "Tab", false }, { "F1", false }, { "KP_Enter", false }, { "KP_Home", false }, { "Shift_L", false }, { "XF86AudioPlay", false }, { "Left", false },
	};
	struct keychord c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(keyname_parse(cases[i].text, &c, NULL), 0);
		if (keyname_types(&c) != cases[i].types)
			fail_msg("%s", cases[i].text);
	}
}

/* What is sent for a character names that character again, also behind a modifier. */
static void spelling(void **state)
{
	struct keychord c;
	struct err e;
	char name[16], with[24];
	uint32_t cp;

	(void)state;
	for (cp = 0; cp < 0x3000; cp++) {
		keyname_spell(cp, name);
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			assert_string_equal(name, "");
			continue;
		}
		assert_int_equal(keyname_parse(name, &c, &e), 0);
		assert_true(c.count == 1 && c.keysyms[0] == keyname_of_char(cp));
		snprintf(with, sizeof(with), "ctrl+%s", name);
		assert_int_equal(keyname_parse(with, &c, &e), 0);
		assert_int_equal(c.count, 2);
	}
	keyname_spell(0x1f600, name);
	assert_string_equal(name, "U1F600");
	keyname_spell('-', name);
	assert_string_equal(name, "minus");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables), cmocka_unit_test(what_types), cmocka_unit_test(spelling) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
