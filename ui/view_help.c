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

int view_help(struct cells *c, const struct rect *r, const struct keymap *keys, int scroll, bool of_log)
{
	int y = r->y - scroll;

	if (of_log)
		y = put_table(c, r, y, keys, KEYMAP_LOG) + 1;
	cells_put(c, r, r->x + 1, of_log ? y++ : y, STYLE_TITLE, of_log ? "EVERYWHERE ELSE" : "");
	y = put_table(c, r, y, keys, KEYMAP_MAIN);
	if (!of_log) {
		y++;
		cells_putf(c, r, r->x + 1, y++, STYLE_TITLE, "IN THE LOG (%s)", keymap_first(keys, KEYMAP_MAIN, INTENT_WHOLE_LOG).text);
		y = put_table(c, r, y, keys, KEYMAP_LOG);
	}
	return y - (r->y - scroll);
}
