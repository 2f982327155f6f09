/* test_theme: whatever is read can be read: contrast on the grounds that terminals have; and colours folded to what there are. */
#include "config.h"

#include "tests/unit/unit.h"

#include <math.h>

#include "ui/theme.h"

static double light_of(double part)
{
	part /= 255;
	return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * light_of(rgb >> 16) + 0.7152 * light_of(rgb >> 8 & 255) + 0.0722 * light_of(rgb & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* Grounds that terminals come with: black, Ubuntu's, Solarized's and others'; white, Solarized's, cream. */
static const uint32_t grounds[][5] = { [THEME_DARK] = { 0x000000, 0x300a24, 0x002b36, 0x1e1e2e, 0x282828 }, [THEME_LIGHT] = { 0xffffff, 0xfdf6e3, 0xffffdd, 0xf5f5f5, 0xeff1f5 } };

static void what_is_read_can_be_read(void **state)
{
	int theme, style;
	size_t i;

	(void)state;
	for (theme = THEME_DARK; theme <= THEME_LIGHT; theme++) {
		for (style = 0; style < STYLE_COUNT; style++) {
			struct look look = theme_look((enum theme)theme, (enum style)style, 256);
			double want = style == STYLE_BORDER ? 3 : 4.5;

			if (look.front < 0 || style == STYLE_PICTURE)
				continue;
			for (i = 0; i < 5; i++) {
				double got = contrast(theme_rgb(look.front), look.back >= 0 ? theme_rgb(look.back) : grounds[theme][i]);

				if (got < want)
					fail_msg("theme %d, style %d on %06x: a contrast of %.2f", theme, style, grounds[theme][i], got);
			}
		}
	}
	assert_true(contrast(0xffffff, 0) > 20.9 && contrast(0x777777, 0xffffff) < 4.5);	/* as it is defined */
}

/* What is told by a colour is told by a weight, a ground or a word too: these must not look like plain text in any theme. */
static void what_matters_is_seen_in_each(void **state)
{
	static const enum style styles[] = { STYLE_ALERT, STYLE_RISKY, STYLE_SELECTED, STYLE_MARK, STYLE_READY, STYLE_WAIT, STYLE_TOP };
	static const int colors[] = { 256, 16, 8 };
	int theme;
	size_t i, k;

	(void)state;
	for (theme = 0; theme < THEME_COUNT; theme++) {
		for (i = 0; i < ARRAY_LEN(styles); i++) {
			for (k = 0; k < ARRAY_LEN(colors); k++) {
				struct look look = theme_look((enum theme)theme, styles[i], colors[k]);

				assert_true(look.weights != 0 || look.front >= 0 || look.back >= 0);
				assert_true(colors[k] == 256 || (look.front < 8 && look.back < 8));
				assert_true(theme != THEME_MONO || (look.front < 0 && look.back < 0));
				assert_true((look.back < 0) || look.front >= 0);	/* nobody knows how the terminal's own text looks on it */
			}
		}
	}
}

static void colours_are_folded(void **state)
{
	int16_t i;

	(void)state;
	for (i = 0; i < 256; i++) {
		assert_int_equal(theme_fold(i, 256), i);
		assert_in_range(theme_fold(i, 16), 0, 15);
		assert_in_range(theme_fold(i, 8), 0, 7);
		assert_int_equal(theme_fold(i, 88), theme_fold(i, 16));
	}
	assert_int_equal(theme_fold(9, 16), 9);
	assert_int_equal(theme_fold(9, 8), 1);
	assert_int_equal(theme_fold(8, 8), 7);		/* grey is not black */
	assert_int_equal(theme_fold(196, 8), 1);
	assert_int_equal(theme_fold(46, 16), 10);
	assert_int_equal(theme_fold(231, 8), 7);
	assert_int_equal(theme_fold(16, 8), 0);
	assert_int_equal(theme_rgb(16), 0);
	assert_int_equal(theme_rgb(208), 0xff8700);
	assert_int_equal(theme_rgb(232), 0x080808);
	assert_int_equal(theme_rgb(255), 0xeeeeee);
}

static void names(void **state)
{
	enum theme theme = THEME_DARK;

	(void)state;
	assert_true(theme_named("light", &theme) && theme == THEME_LIGHT);
	assert_true(theme_named("mono", &theme) && theme == THEME_MONO);
	assert_true(theme_named("dark", &theme) && theme == THEME_DARK);
	assert_false(theme_named("Dark", &theme) || theme_named("", &theme));
	assert_true(theme_is_light(255, 255, 255) && theme_is_light(253, 246, 227));
	assert_false(theme_is_light(0, 0, 0) || theme_is_light(0, 43, 54) || theme_is_light(48, 10, 36));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_can_be_read), cmocka_unit_test(what_matters_is_seen_in_each), cmocka_unit_test(colours_are_folded), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
