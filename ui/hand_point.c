/* hand_point: see hand_point.h. */
#include "config.h"

#include "ui/hand_point.h"

#include <stdint.h>
#include <stdio.h>

enum { LETTERS = 26, LABEL_COLUMNS = 4, LABEL_ROWS = 2 };

static int between(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

bool hand_is_exact(const struct picture_place *v)
{
	return v->width >= v->part.width && v->height >= v->part.height;
}

void hand_pointer_report(struct hand_pointer *p, int x, int y)
{
	if (p->unit != HAND_PIXELS_SAID)
		return;
	if (x > p->columns || y > p->rows)
		p->unit = HAND_PIXELS;
	else if (++p->doubts >= HAND_DOUBTS)
		p->unit = HAND_CELLS;
}

void hand_pointer_cell(const struct hand_pointer *p, int x, int y, int *ret_column, int *ret_row)
{
	*ret_column = p->unit == HAND_CELLS ? x - 1 : (x - 1) / p->cell_width;
	*ret_row = p->unit == HAND_CELLS ? y - 1 : (y - 1) / p->cell_height;
}

bool hand_pointer_map(const struct hand_pointer *p, const struct picture_place *v, int x, int y, int *ret_x, int *ret_y)
{
	if (p->unit == HAND_PIXELS_SAID || v->part.width <= 0 || x < 1 || y < 1)
		return false;
	if (p->unit == HAND_PIXELS)
		return picture_point(v, (x - 1) * v->cell_width / p->cell_width, (y - 1) * v->cell_height / p->cell_height, ret_x, ret_y);
	return picture_point(v, (x - 1) * v->cell_width + v->cell_width / 2, (y - 1) * v->cell_height + v->cell_height / 2, ret_x, ret_y);
}

void hand_grid_make(struct mark_grid *g, const struct picture_place *v)
{
	*g = (struct mark_grid){ .area = v->part, .first = -1 };
	if (v->part.width <= 0)
		return;
	g->columns = between(1, v->width / v->cell_width / LABEL_COLUMNS, LETTERS);
	g->rows = between(1, v->height / v->cell_height / LABEL_ROWS, LETTERS);
}

void hand_grid_middle(const struct mark_grid *g, int column, int row, int *ret_x, int *ret_y)
{
	*ret_x = g->area.x + (int)((2 * (int64_t)column + 1) * g->area.width / (2 * (int64_t)g->columns));
	*ret_y = g->area.y + (int)((2 * (int64_t)row + 1) * g->area.height / (2 * (int64_t)g->rows));
}

void hand_grid_label(const struct mark_grid *g, int column, int row, char out[3])
{
	out[0] = '\0';
	if (g->fine)
		snprintf(out, 3, "%c", 'a' + row * HAND_FINE + column);
	else if (g->first < 0 || g->first == row)
		snprintf(out, 3, "%c%c", 'a' + row, 'a' + column);
}

bool hand_grid_letter(struct mark_grid *g, char letter, int *ret_x, int *ret_y)
{
	int n = letter - 'a', left, top;

	if (n < 0 || n >= LETTERS || g->area.width <= 0)
		return false;
	if (g->fine) {
		if (n >= HAND_FINE * HAND_FINE)
			return false;
		hand_grid_middle(g, n % HAND_FINE, n / HAND_FINE, ret_x, ret_y);
		return true;
	}
	if (g->first < 0) {
		if (n < g->rows)
			g->first = n;
		return false;
	}
	if (n >= g->columns)
		return false;
	hand_grid_middle(g, n, g->first, ret_x, ret_y);
	left = g->area.x + (int)((int64_t)n * g->area.width / g->columns);
	top = g->area.y + (int)((int64_t)g->first * g->area.height / g->rows);
	*g = (struct mark_grid){ .area = { left, top, g->area.x + (int)((int64_t)(n + 1) * g->area.width / g->columns) - left,
					   g->area.y + (int)((int64_t)(g->first + 1) * g->area.height / g->rows) - top },
				 .columns = HAND_FINE, .rows = HAND_FINE, .first = -1, .fine = true };
	return true;
}
