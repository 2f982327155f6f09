/* test_safetext: hostile families by table; and for every byte pair: nothing that controls a terminal comes out. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/utf8.h"
#include "core/safetext.h"

static const struct { enum safetext_kind kind; const char *in, *out; } cases[] = {
	{ SAFETEXT_PROSE, "plain", "plain" }, { SAFETEXT_PROSE, "caf\xc3\xa9", "caf\xc3\xa9" }, { SAFETEXT_IDENT, "caf\xc3\xa9", "caf<U+00E9>" },
	{ SAFETEXT_PROSE, "\033[31mred", "^[[31mred" }, { SAFETEXT_PROSE, "\033]0;t\007", "^[]0;t^G" }, { SAFETEXT_PROSE, "a\rb", "a^Mb" }, { SAFETEXT_PROSE, "a\bb", "a^Hb" },
	{ SAFETEXT_PROSE, "a\tb", "a^Ib" }, { SAFETEXT_PROSE, "a\nb", "a^Jb" }, { SAFETEXT_PROSE, "\x7f", "^?" }, { SAFETEXT_PROSE, "\xc2\x9b" "31m", "<U+009B>31m" },
	{ SAFETEXT_PROSE, "\x9b" "31m", "\\x9B31m" }, { SAFETEXT_PROSE, "\xff\xff\xff", "<3 times \\xFF>" }, { SAFETEXT_PROSE, "a\xe2\x80\xae" "b", "a<U+202E>b" },
	{ SAFETEXT_PROSE, "\xe2\x81\xa6x\xe2\x81\xa9", "<U+2066>x<U+2069>" }, { SAFETEXT_PROSE, "a\xe2\x80\x8b\xe2\x80\x8b" "b", "a<2 times <U+200B>>b" },
	{ SAFETEXT_PROSE, "\xef\xbb\xbf" "a", "<U+FEFF>a" }, { SAFETEXT_PROSE, "a\xc2\xad" "b", "a<U+00AD>b" }, { SAFETEXT_PROSE, "a\xc2\xa0" "b", "a<U+00A0>b" },
	{ SAFETEXT_PROSE, "\xe2\x80\xa8", "<U+2028>" }, { SAFETEXT_PROSE, "\xe2\xa0\x80", "<U+2800>" }, { SAFETEXT_PROSE, "\xe3\x85\xa4", "<U+3164>" },
	{ SAFETEXT_PROSE, "\xee\x80\x80", "<U+E000>" }, { SAFETEXT_PROSE, "\xf3\xa0\x81\x81", "<tag A>" }, { SAFETEXT_PROSE, "a\xcc\x81", "a\xcc\x81" },
	{ SAFETEXT_PROSE, "\xcc\x81" "a", "<U+0301>a" }, { SAFETEXT_PROSE, "a\xcc\xb6", "a<U+0336>" }, { SAFETEXT_PROSE, " \xcc\x81", " <U+0301>" },
	{ SAFETEXT_PROSE, "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81<2 times <U+0301>>" },
	{ SAFETEXT_PROSE, "a                                 b", "a<33 spaces>b" }, { SAFETEXT_PROSE, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
	{ SAFETEXT_PROSE, "\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\x82", "\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\x82" }, { SAFETEXT_PROSE, "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87" },
	{ SAFETEXT_IDENT, "rm -rf \xe2\x81\x84", "rm -rf <U+2044>" }, { SAFETEXT_PROSE, "\xc0\xaf", "\\xC0\\xAF" }, { SAFETEXT_PROSE, "\xed\xa0\x80", "\\xED\\xA0\\x80" },
};

static void table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out;

		buf_init(&out, 4096);
		safetext_line(&out, cases[i].in, strlen(cases[i].in), cases[i].kind);
		if (strcmp(buf_cstr(&out), cases[i].out) != 0)
			fail_msg("case %zu: \"%s\", not \"%s\"", i, buf_cstr(&out), cases[i].out);
		buf_release(&out);
	}
}

static void check_safe(const char *text, size_t len)
{
	size_t i, n;
	uint32_t cp;

	for (i = 0; i < len; i += n) {
		n = utf8_decode(text + i, len - i, &cp);
		assert_true(n > 0);
		assert_true(cp >= 0x20 && !(cp >= 0x7f && cp <= 0x9f));
		assert_false((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0x200b && cp <= 0x200f) || cp == 0xfeff);
	}
}

static void nothing_controls(void **state)
{
	struct buf out;
	uint32_t cp;
	char text[8];
	int a, b;

	(void)state;
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			char pair[3] = { (char)a, (char)b, 'x' };

			buf_init(&out, 1000);
			safetext_line(&out, pair, 3, SAFETEXT_PROSE);
			check_safe(buf_cstr(&out), out.len);
			buf_release(&out);
		}
	}
	for (cp = 0; cp < 0x110000; cp++) {
		size_t n = utf8_encode(cp, text);

		if (n == 0)
			continue;
		buf_init(&out, 1000);
		safetext_line(&out, text, n, SAFETEXT_PROSE);
		assert_true(out.len > 0);	/* nothing is dropped */
		check_safe(out.data, out.len);
		buf_clear(&out);
		safetext_line(&out, text, n, SAFETEXT_IDENT);
		for (size_t i = 0; i < out.len; i++)
			assert_true(out.data[i] >= 0x20 && out.data[i] < 0x7f);
		buf_release(&out);
	}
}

static void counting(void **state)
{
	static const char text[] = "a\xc3\xa9\x1b\xe2\x80\x8b\xff";
	struct safetext_counts n;

	(void)state;
	safetext_count(text, sizeof(text) - 1, &n);
	assert_int_equal(n.bytes, 8);
	assert_int_equal(n.non_ascii, 2);
	assert_int_equal(n.controls, 1);
	assert_int_equal(n.invisible, 1);
	assert_int_equal(n.invalid, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table), cmocka_unit_test(nothing_controls), cmocka_unit_test(counting) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
