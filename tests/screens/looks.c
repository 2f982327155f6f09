/* looks: see looks.h. */
#include "config.h"

#include "tests/screens/looks.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

VTerm *looks_terminal(int columns, int rows, VTermScreen **ret)
{
	VTerm *vt = vterm_new(rows, columns);

	vterm_set_utf8(vt, 1);
	*ret = vterm_obtain_screen(vt);
	vterm_screen_enable_altscreen(*ret, 1);
	vterm_screen_reset(*ret, 1);
	return vt;
}

/* A cell's own colours take the place of both of its style's; where they would be unreadable the style's stay. */
static struct look look_of(const struct looks *l, const struct cell *c)
{
	struct look look = theme_look(l->theme, (enum style)c->style, l->colors);

	look.weights |= c->weights;
	if (l->colors > 0 && (c->front >= 0 || c->back >= 0)) {
		int16_t front = c->front < 0 ? -1 : theme_fold((int16_t)c->front, l->colors), back = c->back < 0 ? -1 : theme_fold((int16_t)c->back, l->colors);

		if (c->style == STYLE_PICTURE || front != back) {
			look.front = front;
			look.back = back;
		}
	}
	return look;
}

static bool same_color(const VTermColor *got, int16_t want, bool ground)
{
	if (want < 0)
		return ground ? VTERM_COLOR_IS_DEFAULT_BG(got) : VTERM_COLOR_IS_DEFAULT_FG(got);
	return VTERM_COLOR_IS_INDEXED(got) && got->indexed.idx == want;
}

/* What is written under a picture to keep its rows apart is a blank too. */
static uint32_t blank_is_blank(uint32_t cp)
{
	return cp == 0 || cp == 0xa0 ? ' ' : cp;
}

/* seen: of a blank, only what can be seen. */
static int compare_cell(const struct looks *l, const struct cell *c, const VTermScreenCell *got, bool seen, char *why, size_t size)
{
	struct look want = look_of(l, c);
	unsigned int bold = (want.weights & SGR_BOLD) != 0, italic = (want.weights & SGR_ITALIC) != 0, line = (want.weights & SGR_UNDERLINE) != 0,
		     reverse = (want.weights & SGR_REVERSE) != 0;
	uint32_t cp = ' ';

	utf8_decode(c->text, strlen(c->text), &cp);
	if (blank_is_blank(got->chars[0]) != blank_is_blank(cp))
		return snprintf(why, size, "there is U+%04X, not U+%04X", got->chars[0], cp);
	if (got->width != c->width)
		return snprintf(why, size, "U+%04X is %d columns wide, not %d", cp, got->width, c->width);
	seen = seen && blank_is_blank(cp) == ' ';
	if (seen) {
		bold = got->attrs.bold;
		italic = got->attrs.italic;
	}
	if (got->attrs.bold != bold || got->attrs.italic != italic || (got->attrs.underline != 0) != line || got->attrs.reverse != reverse)
		return snprintf(why, size, "U+%04X in style %d is bold %d, italic %d, underlined %d, reverse %d, not %u, %u, %u, %u", cp, c->style, got->attrs.bold,
				got->attrs.italic, got->attrs.underline, got->attrs.reverse, bold, italic, line, reverse);
	if ((!seen && !same_color(&got->fg, want.front, false)) || !same_color(&got->bg, want.back, true))
		return snprintf(why, size, "U+%04X in style %d has other colours than %d on %d", cp, c->style, want.front, want.back);
	return 0;
}

int looks_compare(const struct looks *l, const struct cells *want, VTermScreen *screen, char *why, size_t size)
{
	VTermScreenCell got;
	char what[200];
	int x, y;

	for (y = 0; y < want->height; y++) {
		for (x = 0; x < want->width; x++) {
			const struct cell *c = &want->grid[y * want->width + x];

			if (c->width == 0)
				continue;
			vterm_screen_get_cell(screen, (VTermPos){ .row = y, .col = x }, &got);
			if (l->told && x >= l->told[y] && got.chars[0] == 0 && strcmp(c->text, " ") == 0)
				continue;
			if (compare_cell(l, c, &got, l->told != NULL, what, sizeof(what)) == 0)
				continue;
			snprintf(why, size, "at %d,%d: %s", x, y, what);
			return 1;
		}
	}
	why[0] = '\0';
	return 0;
}
