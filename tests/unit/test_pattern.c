/* What is searched for: in one line, in many at once with the same result, and what is too much. */
#include "config.h"

#include "unit.h"

#include "io/pattern.h"

static void test_match(void **state)
{
	static const struct { const char *pattern; bool regex, ignore_case; const char *line; size_t len; int want; } table[] = {
		{ "needle", false, false, "a needle in it", 14, 1 }, { "needle", false, false, "a Needle in it", 14, 0 },
		{ "needle", false, true, "a NEEDLE in it", 14, 1 }, { "needle", false, false, "needl", 5, 0 }, { "needle", false, false, "", 0, 0 },
		/* Plain text is plain. */
		{ "a.c", false, false, "abc", 3, 0 }, { "a.c", false, false, "xa.cx", 5, 1 }, { "(", false, false, "f(x)", 4, 1 }, { "\\d", false, false, "1", 1, 0 },
		{ "a.c", true, false, "abc", 3, 1 }, { "^b", true, false, "ab", 2, 0 }, { "^b", true, false, "b", 1, 1 }, { "b$", true, false, "ab", 2, 1 },
		{ "a.c", true, false, "a\xc3\xa9" "c", 4, 1 }, { "\xc3\xa9", false, true, "\xc3\x89", 2, 1 }, { "\\w+", true, false, "\xc3\xa9", 2, 1 },
		/* Broken UTF-8 is passed over. */
		{ "end", false, false, "\xff\xfe\x80 end", 7, 1 }, { "a.b", true, false, "a\xff" "b", 3, 0 }, { "b", true, false, "a\xff" "b", 3, 1 },
		{ "\\xff", true, false, "\xff", 1, 0 },
		/* NUL and line breaks are characters. */
		{ "b", false, false, "a\0b", 3, 1 }, { "a\\x00b", true, false, "a\0b", 3, 1 }, { "a\nb", false, false, "a\nb", 3, 1 }, { "a.b", true, false, "a\nb", 3, 0 },
		{ "\\[31m", true, false, "\x1b[31mred", 8, 1 },
	};
	struct pattern *p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(pattern_new(table[i].pattern, strlen(table[i].pattern), table[i].regex, table[i].ignore_case, &p, NULL), 0);
		if (pattern_match(p, table[i].line, table[i].len, NULL) != table[i].want)
			fail_msg("\"%s\" in \"%s\"", table[i].pattern, table[i].line);
		pattern_free(p);
	}
}

static void test_refused(void **state)
{
	static const struct { const char *pattern; bool regex; const char *why; } table[] = {
		{ "", false, "takes 1 to" }, { "", true, "takes 1 to" }, { "(", true, "at byte 1: missing closing parenthesis" }, { "a**b(", true, "at byte 2: quantifier does not follow" },
		{ "[z-a]", true, "range out of order" }, { "\xff", false, "UTF-8 error" }, { "\xff", true, "UTF-8 error" }, { "a\\", true, "\\ at end of pattern" },
		{ "\\C", true, "\\C is disabled" },
	};
	struct pattern *p;
	struct err e;
	size_t i;
	char *text;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(pattern_new(table[i].pattern, strlen(table[i].pattern), table[i].regex, false, &p, &e), ERR_INVALID);
		if (!strstr(e.msg, table[i].why))
			fail_msg("\"%s\": %s", table[i].pattern, e.msg);
	}
	text = malloc(PATTERN_BYTES_MAX + 1);
	assert_non_null(text);
	memset(text, 'x', PATTERN_BYTES_MAX + 1);
	assert_int_equal(pattern_new(text, PATTERN_BYTES_MAX + 1, false, false, &p, &e), ERR_INVALID);
	assert_int_equal(pattern_new(text, PATTERN_BYTES_MAX, false, false, &p, &e), 0);
	pattern_free(p);
	free(text);
}

/* A pattern whose cost explodes ends, and says what to do. */
static void test_too_much(void **state)
{
	static const char *const table[] = { "^(a+)+$", "^(a|a)+$", "^(a|aa)+$", "^(.*?,){30}[0-9]" };
	char line[4097], *commas = line;
	struct pattern *p;
	struct err e;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		memset(line, i == 3 ? ',' : 'a', 100);
		memset(line + 100, 'a', sizeof(line) - 101);
		line[sizeof(line) - 1] = '!';
		e.msg[0] = '\0';
		assert_int_equal(pattern_new(table[i], strlen(table[i]), true, false, &p, NULL), 0);
		r = pattern_match(p, commas, sizeof(line), &e);
		if (r != ERR_TOOBIG || !strstr(e.msg, "too many steps on a line of 4097 bytes: make it simpler"))
			fail_msg("%s: %d %s", table[i], r, e.msg);
		pattern_free(p);
	}
	/* Twenty letters cost about two million steps: the bound is ours, not PCRE2's own. */
	assert_int_equal(pattern_new(table[1], strlen(table[1]), true, false, &p, NULL), 0);
	assert_int_equal(pattern_match(p, "aaaaaaaaaaaaaaaaaaaa!", 21, NULL), ERR_TOOBIG);
	assert_int_equal(pattern_match(p, "aaaaaaaaaa!", 11, NULL), 0);
	pattern_free(p);
}

/* ---- many lines at once ---- */

static const char *const text[] = {
	"", "a", "ab", "abc", "needle", "a needle", "needle b", "NEEDLE1QX", "aa", "aab", "foo bar", "foobar", "foo", "bar", " ", "  a  ", "a]b", "x-y", "1", "12 34",
	"\xc3\xa9t\xc3\xa9", "\xff", "a\xff" "b", "}", "a}+", "\x1b[31mred\x1b[0m", "tab\there", "end\\", "w_1", "dur=499ms id=b4", "(x)", "[y]", "^z$",
};

static void test_many_lines(void **state)
{
	static const char *const patterns[] = {
		"a", "needle", "NEEDLE[0-9]+QX", "a+b", "a*", "(a|b)c", "(?:foo|bar) ?bar", "fo{2}", "\\bfoo\\b", "\\Boo", "\\d+ \\d+", "[a-c]+", "[^a]", "\\S\\S", "\\s", "\\W", "\\D",
		"^a", "b$", "^$", "a(?=b)", "a(?!b)", "(?<!a)b", "(?<=o) b", "\\Aa", "c\\z", "a++b", "a*+b", "(?>a*)b", "a{1,2}+b", "(a)\\1", "\\Qa]\\E", ".", "..*", ".*b", "x.y",
		"[]a]+b", "[^]a]", "[a\\]]b", "[\\w-]+", "[\\t-z]", "\\x61", "\\x0a", "\\n", "\\R", "(?s)a.b", "(?i)NEEDLE", "(?m)^a", "(*ANYCRLF)a", "\\K", "foo\\Kbar", "a|", "",
		"\\[y\\]", "\\(x\\)", "}", "a}\\+", "\\tH", "\\there", "\xc3\xa9.\xc3\xa9", "[\xc3\xa9]", "\\N\\N\\N", "\\h", "\\H", "dur=4[0-9]+ms.*id=b4", "[[:space:]]", "[[:alpha:]]+",
		"\\X", "\\C", "(?1)(a)", "(?#no)a", "(?<n>a)", "a\\Z", "[!-~]+", "\\\\",
	};
	size_t starts[ARRAY_LEN(text)], i, j, by_line = 0;
	struct pattern *p;
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	for (j = 0; j < ARRAY_LEN(text); j++) {
		buf_append(&b, "\x81\xffhead\xc2\xb0", 8);	/* between the lines stands something else */
		buf_putc(&b, '\n');
		starts[j] = b.len;
		buf_puts(&b, text[j]);
		buf_putc(&b, '\n');
	}
	for (i = 0; i < ARRAY_LEN(patterns); i++) {
		if (pattern_new(patterns[i], strlen(patterns[i]), true, false, &p, NULL) < 0)
			continue;
		for (j = 0; j < ARRAY_LEN(text); j++) {
			ssize_t at = pattern_find(p, b.data, b.len, j > 0 ? starts[j - 1] + strlen(text[j - 1]) + 1 : 0);

			if (at == -2) {
				by_line++;
				break;
			}
			/* No line that matches is passed over. */
			if (pattern_match(p, text[j], strlen(text[j]), NULL) == 1 && (at < 0 || (size_t)at > starts[j] + strlen(text[j])))
				fail_msg("/%s/ is in \"%s\" and was not found among the others", patterns[i], text[j]);
		}
		pattern_free(p);
	}
	assert_in_range(by_line, 20, 45);	/* some have to be asked line by line, and not all */
	buf_release(&b);
}

/* What the fast way is for; and what must not take it, because it would be slow there. */
static void test_which_way(void **state)
{
	static const struct { const char *pattern; bool regex, at_once; } table[] = {
		{ "needle", false, true }, { "^$(?!", false, true }, { "NEEDLE[0-9]+QX", true, true }, { "dur=4[0-9]+9ms.*id=b4", true, true }, { "\\berror\\b", true, true },
		{ "[^x]*y", true, false }, { "\\D+1", true, false }, { "(?s).*x", true, false }, { "[\\t-z]", true, false }, { "a(?!b)", true, false }, { "a++", true, false }, { "^a", true, false },
	};
	struct pattern *p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(pattern_new(table[i].pattern, strlen(table[i].pattern), table[i].regex, false, &p, NULL), 0);
		if ((pattern_find(p, "\n", 1, 0) != -2) != table[i].at_once)
			fail_msg("%s", table[i].pattern);
		pattern_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match), cmocka_unit_test(test_refused), cmocka_unit_test(test_too_much), cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_which_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
