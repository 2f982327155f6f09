/*
 * hand_point: where on a computer's screen a mouse at the terminal, or a crosshair, points. Pure.
 *
 * A picture is measured in points: pixels of the terminal, or what half blocks make of a cell (picture.h).
 */
#ifndef ASSENT_UI_HAND_POINT_H
#define ASSENT_UI_HAND_POINT_H

#include <stdbool.h>

#include "ui/picture.h"

/* Each pixel of the screen is a point, at least. */
bool hand_is_exact(const struct picture_place *v);

/*
 * What the numbers in a mouse's reports are. A terminal that says it tells pixels is believed when one report lies beyond the cells; one that never does
 * is taken to tell cells.
 */
enum hand_unit { HAND_CELLS, HAND_PIXELS_SAID, HAND_PIXELS };
#define HAND_DOUBTS 60
struct hand_pointer {
	enum hand_unit unit;
	int columns, rows;		/* of the terminal */
	int cell_width, cell_height;	/* its pixels in a cell; known where the unit may be pixels */
	int doubts;			/* reports that might be cells */
};
/* A report, counted from 1. */
void hand_pointer_report(struct hand_pointer *p, int x, int y);
/* The cell that a report is in, counted from 0. */
void hand_pointer_cell(const struct hand_pointer *p, int x, int y, int *ret_column, int *ret_row);
/* The middle of what it tells, on the screen. false: nothing there, or it is not known what it tells. */
bool hand_pointer_map(const struct hand_pointer *p, const struct picture_place *v, int x, int y, int *ret_x, int *ret_y);

/* Letters over the part of the screen that is shown; in a box that was chosen there are HAND_FINE * HAND_FINE places. */
#define HAND_FINE 5
void hand_grid_make(struct mark_grid *g, const struct picture_place *v);
/* A letter. true: a box is chosen: its middle, and where it was in two letters g is the fine grid in it. A letter that is not there changes nothing. */
bool hand_grid_letter(struct mark_grid *g, char letter, int *ret_x, int *ret_y);
/* The middle of a box. */
void hand_grid_middle(const struct mark_grid *g, int column, int row, int *ret_x, int *ret_y);
/* How a box is called; "" where its row was not chosen. */
void hand_grid_label(const struct mark_grid *g, int column, int row, char out[3]);

#endif
