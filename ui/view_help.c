/* view_help: the keys, from their tables. */
#include "config.h"

#include <string.h>

#include "ui/dashboard.h"

static int put_table(struct cells *c, const struct rect *r, int y, const struct keymap *keys, enum keymap_place place)
{
	struct rect text = { r->x + 15, r->y, r->width - 15, r->height };
	const struct keymap_row *rows = keys->rows[place];
	size_t i;

	for (i = 0; i < keys->count[place]; i++) {
		cells_put(c, r, r->x + 1, y, STYLE_BOLD, rows[i].shown);
		y += cells_foreign_words(c, &text, y, STYLE_NORMAL, SAFETEXT_PROSE, rows[i].help, strlen(rows[i].help));
	}
	return y;
}

int view_help(struct cells *c, const struct rect *r, const struct keymap *keys, int scroll, enum keymap_place first)
{
	int y = r->y - scroll;

	if (first != KEYMAP_MAIN) {
		y = put_table(c, r, y, keys, first) + 1;
		cells_put(c, r, r->x + 1, y++, STYLE_TITLE, "EVERYWHERE ELSE");
	}
	y = put_table(c, r, y, keys, KEYMAP_MAIN);
	if (first != KEYMAP_LOG) {
		y++;
		cells_putf(c, r, r->x + 1, y++, STYLE_TITLE, "IN THE LOG (%s)", keymap_first(keys, KEYMAP_MAIN, INTENT_WHOLE_LOG).text);
		y = put_table(c, r, y, keys, KEYMAP_LOG);
	}
	if (first != KEYMAP_HAND) {
		y++;
		cells_putf(c, r, r->x + 1, y++, STYLE_TITLE, "IN CONTROL OF A COMPUTER (%s)", keymap_first(keys, KEYMAP_MAIN, INTENT_CONTROL).text);
		y = put_table(c, r, y, keys, KEYMAP_HAND);
	}
	return y - (r->y - scroll);
}
