/* view_help: the keys, from their table. */
#include "config.h"

#include "ui/dashboard.h"

void view_help(struct cells *c, const struct rect *r)
{
	const struct keymap_row *rows;
	size_t i, n;
	int y = r->y;

	rows = keymap_rows(&n);
	cells_put(c, r, r->x, y++, STYLE_TITLE, "KEYS");
	for (i = 0; i < n && y < r->y + r->height; i++, y++) {
		cells_put(c, r, r->x + 1, y, STYLE_BOLD, rows[i].shown);
		cells_put(c, r, r->x + 15, y, STYLE_NORMAL, rows[i].help);
	}
}
