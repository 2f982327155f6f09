/* rects: cells of a grid to few rectangles. Pure. */
#ifndef ASSENT_UI_RECTS_H
#define ASSENT_UI_RECTS_H

#include <stdint.h>

#include "ui/cells.h"

enum rects_cell {
	CELL_WANTED = 1,	/* is in one of the rectangles */
	CELL_BARRED = 2,	/* is in none */
};

/*
 * Rectangles that have all wanted cells in them, some others where that makes them fewer, and no barred one. flags: columns * rows of enum rects_cell.
 * Returns how many there are in ret, from the top; -1 when more than max would be needed.
 */
int rects_find(const uint8_t *flags, int columns, int rows, struct rect *ret, int max);

#endif
