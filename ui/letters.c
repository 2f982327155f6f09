/* letters: see letters.h. */
#include "config.h"

#include "ui/letters.h"

#include <string.h>

#include "ui/mark_font.h"

enum { PAD = 1 };

static void dot(struct image *im, int x, int y, const uint8_t colour[3])
{
	if (x >= 0 && y >= 0 && x < im->width && y < im->height)
		memcpy(im->rgb + ((size_t)y * (size_t)im->width + (size_t)x) * 3, colour, 3);
}

/* The text in the middle of a dark box round (x, y). */
static void draw_text(struct image *im, int x, int y, const char *text)
{
	static const uint8_t ground[3] = { 24, 16, 32 }, ink[3] = { 255, 214, 64 };
	int length = (int)strlen(text), width = length * (MARK_FONT_COLUMNS + 1) - 1, left = x - width / 2, top = y - MARK_FONT_ROWS / 2, i, k, row;

	for (row = -PAD; row < MARK_FONT_ROWS + PAD; row++)
		for (k = -PAD; k < width + PAD; k++)
			dot(im, left + k, top + row, ground);
	for (i = 0; i < length; i++, left += MARK_FONT_COLUMNS + 1)
		for (row = 0; row < MARK_FONT_ROWS; row++)
			for (k = 0; k < MARK_FONT_COLUMNS; k++)
				if (mark_font((unsigned char)text[i])[row] >> (MARK_FONT_COLUMNS - 1 - k) & 1)
					dot(im, left + k, top + row, ink);
}

void letters_draw(struct image *im, const struct rect *from, const struct mark_grid *g)
{
	char label[3];
	int column, row, x, y;

	for (row = 0; row < g->rows && g->area.width > 0; row++) {
		for (column = 0; column < g->columns; column++) {
			hand_grid_label(g, column, row, label);
			hand_grid_middle(g, column, row, &x, &y);
			if (label[0])
				draw_text(im, (int)((int64_t)(x - from->x) * im->width / from->width), (int)((int64_t)(y - from->y) * im->height / from->height), label);
		}
	}
}

void letters_put(struct cells *c, const struct picture_place *p, const struct mark_grid *g)
{
	char label[3];
	int column, row, x, y;

	for (row = 0; row < g->rows && g->area.width > 0 && p->part.width > 0; row++) {
		for (column = 0; column < g->columns; column++) {
			hand_grid_label(g, column, row, label);
			hand_grid_middle(g, column, row, &x, &y);
			x = (int)((int64_t)(x - p->part.x) * p->width / p->part.width) / p->cell_width;
			y = (int)((int64_t)(y - p->part.y) * p->height / p->part.height) / p->cell_height;
			if (label[0] && x >= 0 && y >= 0)
				cells_put(c, &p->at, p->at.x + x, p->at.y + y, STYLE_CLAIM, label);
		}
	}
}
