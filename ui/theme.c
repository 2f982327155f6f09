/* theme: see theme.h. */
#include "config.h"

#include "ui/theme.h"

#include <string.h>

#include "base/err.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
enum { DEEP = 256, OWN = -1 };

/*
 * The looks. 256 colours are fixed, so their contrast is known (tests/unit/test_theme: 4.5 and more for whatever is read); the first eight are
 * what the terminal's owner made of them, so on a ground of its own only those stand that are readable on it with any palette.
 */
static const struct { const char *name; struct { struct look deep, few; } of[STYLE_COUNT]; } themes[THEME_COUNT] = {
	[THEME_DARK] = { "dark", {
		[STYLE_NORMAL] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
		[STYLE_DIM] = { { 0, 247, OWN }, { SGR_DIM, OWN, OWN } },
		[STYLE_BOLD] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_BORDER] = { { 0, 243, OWN }, { SGR_DIM, OWN, OWN } },
		[STYLE_TITLE] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_TOP] = { { 0, 231, 24 }, { 0, WHITE, BLUE } },
		[STYLE_ALERT] = { { SGR_BOLD, 231, 160 }, { SGR_BOLD, WHITE, RED } },
		[STYLE_RISKY] = { { SGR_BOLD, 209, OWN }, { SGR_BOLD, RED, OWN } },
		[STYLE_SELECTED] = { { 0, 16, 80 }, { 0, BLACK, CYAN } },
		[STYLE_MARK] = { { SGR_BOLD, 16, 220 }, { 0, BLACK, YELLOW } },
		[STYLE_READY] = { { SGR_BOLD, 16, 77 }, { 0, BLACK, GREEN } },
		[STYLE_WAIT] = { { 0, 221, OWN }, { 0, YELLOW, OWN } },
		[STYLE_CLAIM] = { { 0, 177, OWN }, { 0, MAGENTA, OWN } },
		[STYLE_GOOD] = { { 0, 114, OWN }, { 0, GREEN, OWN } },
		[STYLE_PICTURE] = { { 0, BLACK, OWN }, { 0, BLACK, OWN } },
	} },
	[THEME_LIGHT] = { "light", {
		[STYLE_NORMAL] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
		[STYLE_DIM] = { { 0, 241, OWN }, { 0, OWN, OWN } },
		[STYLE_BOLD] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_BORDER] = { { 0, 244, OWN }, { 0, OWN, OWN } },
		[STYLE_TITLE] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_TOP] = { { 0, 231, 24 }, { 0, WHITE, BLUE } },
		[STYLE_ALERT] = { { SGR_BOLD, 231, 160 }, { SGR_BOLD, WHITE, RED } },
		[STYLE_RISKY] = { { SGR_BOLD, 124, OWN }, { SGR_BOLD, RED, OWN } },
		[STYLE_SELECTED] = { { 0, 16, 117 }, { 0, BLACK, CYAN } },
		[STYLE_MARK] = { { SGR_BOLD, 16, 220 }, { 0, BLACK, YELLOW } },
		[STYLE_READY] = { { SGR_BOLD, 16, 114 }, { 0, BLACK, GREEN } },
		[STYLE_WAIT] = { { 0, 94, OWN }, { SGR_UNDERLINE, OWN, OWN } },
		[STYLE_CLAIM] = { { 0, 90, OWN }, { 0, MAGENTA, OWN } },
		[STYLE_GOOD] = { { 0, 22, OWN }, { 0, OWN, OWN } },
		[STYLE_PICTURE] = { { 0, BLACK, OWN }, { 0, BLACK, OWN } },
	} },
	[THEME_MONO] = { "mono", {
		[STYLE_NORMAL] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
		[STYLE_DIM] = { { SGR_DIM, OWN, OWN }, { SGR_DIM, OWN, OWN } },
		[STYLE_BOLD] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_BORDER] = { { SGR_DIM, OWN, OWN }, { SGR_DIM, OWN, OWN } },
		[STYLE_TITLE] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_TOP] = { { SGR_REVERSE, OWN, OWN }, { SGR_REVERSE, OWN, OWN } },
		[STYLE_ALERT] = { { SGR_REVERSE | SGR_BOLD, OWN, OWN }, { SGR_REVERSE | SGR_BOLD, OWN, OWN } },
		[STYLE_RISKY] = { { SGR_BOLD, OWN, OWN }, { SGR_BOLD, OWN, OWN } },
		[STYLE_SELECTED] = { { SGR_REVERSE, OWN, OWN }, { SGR_REVERSE, OWN, OWN } },
		[STYLE_MARK] = { { SGR_REVERSE, OWN, OWN }, { SGR_REVERSE, OWN, OWN } },
		[STYLE_READY] = { { SGR_REVERSE | SGR_BOLD, OWN, OWN }, { SGR_REVERSE | SGR_BOLD, OWN, OWN } },
		[STYLE_WAIT] = { { SGR_UNDERLINE, OWN, OWN }, { SGR_UNDERLINE, OWN, OWN } },
		[STYLE_CLAIM] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
		[STYLE_GOOD] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
		[STYLE_PICTURE] = { { 0, OWN, OWN }, { 0, OWN, OWN } },
	} },
};

bool theme_named(const char *name, enum theme *ret)
{
	int i;

	for (i = 0; i < THEME_COUNT; i++) {
		if (strcmp(themes[i].name, name) == 0) {
			*ret = (enum theme)i;
			return true;
		}
	}
	return false;
}

struct look theme_look(enum theme theme, enum style style, int colors)
{
	return colors >= DEEP ? themes[theme].of[style].deep : themes[theme].of[style].few;
}

uint32_t theme_rgb(int16_t color)
{
	static const uint32_t first[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const uint32_t steps[6] = { 0, 95, 135, 175, 215, 255 };
	int cube = color - 16;

	if (color < 16)
		return first[color < 0 ? 0 : color];
	if (color >= 232)
		return (uint32_t)(8 + (color - 232) * 10) * 0x010101;
	return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

static int32_t distance(uint32_t a, uint32_t b)
{
	int32_t red = (int32_t)(a >> 16) - (int32_t)(b >> 16), green = (int32_t)(a >> 8 & 255) - (int32_t)(b >> 8 & 255),
		blue = (int32_t)(a & 255) - (int32_t)(b & 255);

	/* Eyes see green best. */
	return 3 * red * red + 6 * green * green + blue * blue;
}

static bool is_grey(uint32_t rgb)
{
	return rgb >> 16 == (rgb >> 8 & 255) && (rgb & 255) == rgb >> 16;
}

int16_t theme_fold(int16_t color, int colors)
{
	int16_t i, best = 0, few = colors >= 16 ? 16 : 8;
	uint32_t rgb = theme_rgb(color);

	if (color < few || colors >= DEEP)
		return color;
	for (i = 1; i < few; i++)
		if ((!is_grey(rgb) || is_grey(theme_rgb(i))) && distance(rgb, theme_rgb(i)) < distance(rgb, theme_rgb(best)))
			best = i;
	return best;
}

bool theme_is_light(int red, int green, int blue)
{
	return 3 * red + 6 * green + blue > 5 * 255;
}
