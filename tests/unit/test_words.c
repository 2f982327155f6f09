/* words: commands that split cleanly, and what is in the way of the others. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/words.h"

static const struct {
	const char *command;
	const char *words;	/* with | between them; NULL when it does not split */
	const char *why;	/* then: what is in the way */
} cases[] = {
	{ "npm test", "npm|test", NULL },
	{ "  npm \t test  ", "npm|test", NULL },
	{ "ls", "ls", NULL },
	{ "git commit -m 'a b'", "git|commit|-m|a b", NULL },
	{ "git commit -m \"a b\"", "git|commit|-m|a b", NULL },
	{ "echo a'b'\"c\"d", "echo|abcd", NULL },
	{ "echo ''", "echo|", NULL },
	{ "echo \"\" x", "echo||x", NULL },
	{ "echo 'a;b&c|d<e>f$g`h\\i(j)k{l}m*n?o[p]q~r#s!t'", "echo|a;b&c|d<e>f$g`h\\i(j)k{l}m*n?o[p]q~r#s!t", NULL },
	{ "echo \"a;b&c|d<e>f(g)h{i}j*k?l[m]n~o#p\"", "echo|a;b&c|d<e>f(g)h{i}j*k?l[m]n~o#p", NULL },
	{ "echo 'a\nb'", "echo|a\nb", NULL },
	{ "echo \"it's\"", "echo|it's", NULL },
	{ "echo '\"'", "echo|\"", NULL },
	{ "CI=1 npm test", "CI=1|npm|test", NULL },
	{ "CI='a b' npm test", "CI=a b|npm|test", NULL },
	{ "make 'CI=1'", "make|CI=1", NULL },
	{ "make -j4 CC=gcc-12 all@x,y:z%+^", "make|-j4|CC=gcc-12|all@x,y:z%+^", NULL },
	{ "echo gr\xc3\xbc\xc3\x9f" "e", "echo|gr\xc3\xbc\xc3\x9f" "e", NULL },
	{ "echo if", "echo|if", NULL },
	{ "a; b", NULL, "\";\" at byte 2" },
	{ "a & b", NULL, "\"&\" at byte 3" },
	{ "a && b", NULL, "\"&\" at byte 3" },
	{ "a | b", NULL, "\"|\" at byte 3" },
	{ "a < b", NULL, "\"<\" at byte 3" },
	{ "a > b", NULL, "\">\" at byte 3" },
	{ "a $b", NULL, "\"$\" at byte 3" },
	{ "a `b`", NULL, "\"`\" at byte 3" },
	{ "a \\ b", NULL, "\"\\\" at byte 3" },
	{ "(a)", NULL, "\"(\" at byte 1" },
	{ "a )", NULL, "\")\" at byte 3" },
	{ "a{b", NULL, "\"{\" at byte 2" },
	{ "a }", NULL, "\"}\" at byte 3" },
	{ "rm *", NULL, "\"*\" at byte 4" },
	{ "rm a?", NULL, "\"?\" at byte 5" },
	{ "[ a", NULL, "\"[\" at byte 1" },
	{ "a ]", NULL, "\"]\" at byte 3" },
	{ "ls ~", NULL, "\"~\" at byte 4" },
	{ "ls #", NULL, "\"#\" at byte 4" },
	{ "! a", NULL, "\"!\" at byte 1" },
	{ "a\nb", NULL, "a line break at byte 2" },
	{ "a\n", NULL, "a line break at byte 2" },
	{ "a\rb", NULL, "a control character at byte 2" },
	{ "a\x1b", NULL, "a control character at byte 2" },
	{ "a\x7f", NULL, "a control character at byte 2" },
	{ "echo \"$x\"", NULL, "\"$\" at byte 7" },
	{ "echo \"`x`\"", NULL, "\"`\" at byte 7" },
	{ "echo \"\\\"\"", NULL, "\"\\\" at byte 7" },
	{ "echo \"!x\"", NULL, "\"!\" at byte 7" },
	{ "echo 'a", NULL, "a quote without its end at byte 6" },
	{ "echo \"a'", NULL, "a quote without its end at byte 6" },
	{ "", NULL, "no word" },
	{ " \t", NULL, "no word" },
	{ "a\xff", NULL, "bytes that are no UTF-8" },
	{ "if x", NULL, "\"if\", a word of the shell's own" },
	{ "'time' x", NULL, "\"time\", a word of the shell's own" },
	{ "A=1 coproc x", NULL, "\"coproc\", a word of the shell's own" },
	{ "\"CI=1\" npm", NULL, "a quoted NAME=VALUE, which the shell takes for a program" },
	{ "C'I'=1 npm", NULL, "a quoted NAME=VALUE, which the shell takes for a program" },
	{ "''CI=1 npm", NULL, "a quoted NAME=VALUE, which the shell takes for a program" },
	{ "P+=:x npm", NULL, "NAME+=VALUE, which not every shell takes for a program" },
	{ "P'+'=:x npm", NULL, "NAME+=VALUE, which not every shell takes for a program" },
	{ "A=1 P+=:x npm", NULL, "NAME+=VALUE, which not every shell takes for a program" },
	{ "npm P+=:x", "npm|P+=:x", NULL },
	{ "cd /workspace/site && npm test", NULL, "\"&\" at byte 20" },
};

static void table(void **state)
{
	struct words w;
	struct buf joined;
	struct err e;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int r = words_split(cases[i].command, strlen(cases[i].command), &w, &e);

		if (!cases[i].words) {
			if (r != ERR_INVALID || strcmp(e.msg, cases[i].why) != 0)
				fail_msg("\"%s\": %d \"%s\", want \"%s\"", cases[i].command, r, r < 0 ? e.msg : "", cases[i].why);
			assert_int_equal(w.count, 0);
			continue;
		}
		if (r != 0)
			fail_msg("\"%s\" does not split: %s", cases[i].command, e.msg);
		buf_init(&joined, 4096);
		for (k = 0; k < w.count; k++)
			buf_printf(&joined, "%s%s", k ? "|" : "", w.items[k]);
		assert_string_equal(buf_cstr(&joined), cases[i].words);
		buf_release(&joined);
		words_release(&w);
	}
}

static void nul(void **state)
{
	struct words w;
	struct err e;

	(void)state;
	assert_int_equal(words_split("npm test\0; rm", 13, &w, &e), ERR_INVALID);
	assert_string_equal(e.msg, "a control character at byte 9");
	assert_int_equal(words_split("npm 'te\0st'", 11, &w, &e), ERR_INVALID);
	assert_string_equal(e.msg, "a control character at byte 8");
}

/* Every byte but the plain ones is in the way, wherever it stands outside quotes. */
static void every_byte(void **state)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t%+,-./:=@^_";
	char text[] = "a_b";
	struct words w;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		bool clean;

		text[1] = (char)c;
		clean = words_split(text, 3, &w, NULL) == 0;
		if (clean != (c != 0 && strchr(plain, c) != NULL))
			fail_msg("byte %d is %s", c, clean ? "let through" : "in the way");
		words_release(&w);
	}
}

static void equal(void **state)
{
	struct words a, b;

	(void)state;
	assert_int_equal(words_split("npm test", 8, &a, NULL), 0);
	assert_int_equal(words_split("'npm'   test", 12, &b, NULL), 0);
	assert_true(words_equal(&a, &b));
	words_release(&b);
	assert_int_equal(words_split("npm test x", 10, &b, NULL), 0);
	assert_false(words_equal(&a, &b));
	assert_false(words_equal(&b, &a));
	words_release(&b);
	assert_int_equal(words_split("npm Test", 8, &b, NULL), 0);
	assert_false(words_equal(&a, &b));
	words_release(&b);
	words_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table), cmocka_unit_test(nul), cmocka_unit_test(every_byte), cmocka_unit_test(equal) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
