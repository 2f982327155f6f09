/* test_sgr: which sequences a log may use for colours, and that nothing of any other counts. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/sgr.h"

#define E "\033["

static const struct { const char *text; int front, back, weights; } understood[] = {
	{ E "m", -1, -1, 0 }, { E "0m", -1, -1, 0 }, { E "1;31m", 1, -1, SGR_BOLD }, { E "2m", -1, -1, SGR_DIM }, { E "3;4m", -1, -1, SGR_ITALIC | SGR_UNDERLINE },
	{ E "5;6m", -1, -1, 0 }, { E "7m", -1, -1, SGR_REVERSE }, { E "8m", -1, -1, SGR_CONCEALED }, { E "9m", -1, -1, SGR_STRUCK },
	{ E "1;2;22m", -1, -1, 0 }, { E "1;22;3m", -1, -1, SGR_ITALIC }, { E "3;23m", -1, -1, 0 }, { E "4;24m", -1, -1, 0 }, { E "25;26m", -1, -1, 0 },
	{ E "7;27m", -1, -1, 0 }, { E "8;28m", -1, -1, 0 }, { E "9;29m", -1, -1, 0 }, { E "30m", 0, -1, 0 }, { E "37m", 7, -1, 0 }, { E "31;39m", -1, -1, 0 },
	{ E "40m", -1, 0, 0 }, { E "47m", -1, 7, 0 }, { E "41;49m", -1, -1, 0 }, { E "90m", 8, -1, 0 }, { E "97m", 15, -1, 0 }, { E "100m", -1, 8, 0 },
	{ E "107m", -1, 15, 0 }, { E "38;5;208m", 208, -1, 0 }, { E "48;5;0m", -1, 0, 0 }, { E "38;5;9;48;5;17;1m", 9, 17, SGR_BOLD }, { E "38:5:208m", 208, -1, 0 },
	{ E "38;2;255;0;0m", 196, -1, 0 }, { E "48;2;0;0;95m", -1, 17, 0 }, { E "38:2:255:0:0m", 196, -1, 0 }, { E "38:2::255:0:0m", 196, -1, 0 },
	{ E "38:2:0:255:0:0;4m", 196, -1, SGR_UNDERLINE }, { E "38;2;8;8;8m", 232, -1, 0 }, { E "4:3m", -1, -1, SGR_UNDERLINE }, { E "4;4:0m", -1, -1, 0 },
	{ E "31;m", -1, -1, 0 }, { E ";32m", 2, -1, 0 }, { E "00031m", 1, -1, 0 }, { E "1;38;5;3;4m", 3, -1, SGR_BOLD | SGR_UNDERLINE },
};

/* Nothing of these counts, not even what would be good by itself. */
static const char *const other[] = {
	"", "m", "\033", E, E "31", E "31;1", E "31n", E "?31m", E ">4;1m", E "=1m", E "31 m", E "31!m", E "31\033[m", E "3\007" "1m", E "31\n" "m", E "10m", E "31;11m",
	E "21m", E "50m", E "53m", E "58;5;1m", E "73m", E "98m", E "108m", E "999m", E "99999999999999999999m", E "38m", E "38;5m", E "38;5;256m", E "38;5;;1m",
	E "38;2;1;2m", E "38;2;256;0;0m", E "38;3;1m", E "38:5m", E "38:5:1:2m", E "38:2:1:2m", E "38:2:0:0:1:2:3m", E "38;5:1m", E "31:1m", E "4:6m", E "4:3:1m",
	E "38;2;1:2;3m", "\x9b" "31m", "\xc2\x9b" "31m", "\033]0;x\007", "\033P31m", "\033(B", " " E "31m",
};

static void these_are_understood(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(understood); i++) {
		struct sgr s = SGR_PLAIN;
		size_t len = strlen(understood[i].text);

		if (sgr_read(understood[i].text, len, &s) != len || s.front != understood[i].front || s.back != understood[i].back || s.weights != understood[i].weights)
			fail_msg("ESC%s: %d %d %d", understood[i].text + 1, s.front, s.back, s.weights);
	}
}

static void nothing_else_is(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(other); i++) {
		struct sgr s = { .front = 3, .back = 4, .weights = SGR_ITALIC };

		if (sgr_read(other[i], strlen(other[i]), &s) != 0 || s.front != 3 || s.back != 4 || s.weights != SGR_ITALIC)
			fail_msg("%zu: %s", i, other[i]);
	}
}

static void a_cut_one_is_none(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(understood); i++) {
		for (n = 0; n < strlen(understood[i].text); n++) {
			struct sgr s = SGR_PLAIN;
			char *cut = malloc(n + 1);	/* so that a byte too far is seen */

			memcpy(cut, understood[i].text, n);
			assert_int_equal(sgr_read(cut, n, &s), 0);
			assert_true(s.front == -1 && s.back == -1 && s.weights == 0);
			free(cut);
		}
	}
}

static void what_follows_is_not_taken(void **state)
{
	struct sgr s = SGR_PLAIN;

	(void)state;
	assert_int_equal(sgr_read(E "31mm;1m", 10, &s), 5);
	assert_int_equal(s.front, 1);
	assert_int_equal(s.weights, 0);
}

static void a_long_one_is_none(void **state)
{
	char text[4 * SGR_BYTES_MAX];
	struct sgr s = SGR_PLAIN;
	size_t n;

	(void)state;
	memset(text, '1', sizeof(text));
	memcpy(text, E, 2);
	for (n = 2; n + 1 < sizeof(text); n += 2)
		text[n + 1] = ';';
	text[sizeof(text) - 1] = 'm';
	assert_int_equal(sgr_read(text, sizeof(text), &s), 0);
}

static const struct { struct sgr s, look; bool hidden; } looks[] = {
	{ { -1, -1, 0 }, { -1, -1, 0 }, false },
	{ { 1, -1, SGR_BOLD }, { 1, -1, SGR_BOLD }, false },
	/* What may be the terminal's own ground is left to it. */
	{ { 0, -1, 0 }, { -1, -1, 0 }, false }, { { 16, -1, 0 }, { -1, -1, 0 }, false }, { { 15, -1, 0 }, { -1, -1, 0 }, false }, { { 232, -1, 0 }, { -1, -1, 0 }, false },
	/* A ground alone gets letters that stand out from it. */
	{ { -1, 15, 0 }, { 16, 15, 0 }, false }, { { -1, 0, 0 }, { 231, 0, 0 }, false }, { { -1, 4, 0 }, { 231, 4, 0 }, false },
	{ { 2, 0, SGR_REVERSE }, { 0, 2, 0 }, false }, { { 2, -1, SGR_REVERSE }, { 231, 2, 0 }, false }, { { -1, -1, SGR_REVERSE }, { -1, -1, SGR_REVERSE }, false },
	/* To be hidden. */
	{ { 1, -1, SGR_CONCEALED }, { -1, -1, 0 }, true }, { { 1, 1, SGR_BOLD }, { -1, -1, 0 }, true }, { { 1, 1, SGR_REVERSE }, { -1, -1, 0 }, true },
	{ { 0, 16, 0 }, { -1, -1, 0 }, true }, { { 232, 233, 0 }, { -1, -1, 0 }, true }, { { 255, 15, 0 }, { -1, -1, 0 }, true },
};

static void nothing_is_hidden(void **state)
{
	struct sgr got;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(looks); i++) {
		bool hidden = sgr_look(&looks[i].s, &got);

		if (hidden != looks[i].hidden || got.front != looks[i].look.front || got.back != looks[i].look.back || got.weights != looks[i].look.weights)
			fail_msg("%zu: %d on %d, %d, %s", i, got.front, got.back, got.weights, hidden ? "hidden" : "shown");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(these_are_understood), cmocka_unit_test(nothing_else_is), cmocka_unit_test(a_cut_one_is_none), cmocka_unit_test(what_follows_is_not_taken),
		cmocka_unit_test(a_long_one_is_none), cmocka_unit_test(nothing_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
