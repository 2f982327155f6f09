/*
 * mark: what a waiting action would do, drawn onto the picture of its screen: a cross with its button for a click, an arrow for a drag or a scroll, a
 * frame where text or a chord would go, the cursor where the action names no place, frames round what changed. Pure.
 */
#ifndef ASSENT_UI_MARK_H
#define ASSENT_UI_MARK_H

#include <stdbool.h>

#include "ui/cells.h"

#define MARK_LABEL 48		/* bytes */
#define MARK_CHANGED 16		/* frames; of more, the last is round all that are left */

struct image;

/* Letters over a part of the screen: boxes with two each; then one of them in 25 with one each (hand_point.h). */
struct mark_grid {
	struct rect area;		/* pixels of the screen; width 0: no grid */
	int columns, rows;
	int first;			/* which row was chosen; -1: none yet */
	bool fine;
};

enum mark_shape { MARK_NONE, MARK_CROSS, MARK_DOUBLE, MARK_ARROW, MARK_SCROLL, MARK_FRAME };

/* All places are pixels of the screen, and may lie outside of it. */
struct picture_mark {
	enum mark_shape shape;
	bool point;			/* x and y are known; else the shape has only its label */
	int x, y, x2, y2;		/* ARROW: from and to; SCROLL: x2 and y2 are -1, 0 or 1, the way it scrolls */
	struct rect frame;		/* FRAME: where the focus is; CROSS, DOUBLE: the control at the point; width 0: that is not known */
	char label[MARK_LABEL];		/* "41 left click"; what is no printable ASCII is drawn as a box */
	bool cursor;			/* the computer's own, as it is now */
	int cursor_x, cursor_y;
	struct rect changed[MARK_CHANGED];
	int changed_count;
	struct mark_grid grid;
};

bool mark_same(const struct picture_mark *a, const struct picture_mark *b);
/* Adds a frame round what changed. */
void mark_add_changed(struct picture_mark *m, const struct rect *r);
/* Where on the screen one has to look: the target, the middle of the frame, of what changed, the cursor. false: nowhere. */
bool mark_centre(const struct picture_mark *m, int *x, int *y);
/* Draws it onto an image that shows part `from` of the screen. */
void image_mark(struct image *im, const struct rect *from, const struct picture_mark *mark);

#endif
