/* view_help: the keys, from their table. */
#include "config.h"

#include <string.h>

#include "ui/dashboard.h"

int view_help(struct cells *c, const struct rect *r, int scroll)
{
	struct rect text = { r->x + 15, r->y, r->width - 15, r->height };
	const struct keymap_row *rows;
	int y = r->y - scroll;
	size_t i, n;

	rows = keymap_rows(&n);
	for (i = 0; i < n; i++) {
		cells_put(c, r, r->x + 1, y, STYLE_BOLD, rows[i].shown);
		y += cells_foreign_wrapped(c, &text, y, STYLE_NORMAL, SAFETEXT_PROSE, rows[i].help, strlen(rows[i].help));
	}
	return y - (r->y - scroll);
}
