/*
 * screendiff: where two pictures of one screen differ. Pure. Pictures are rows of 3 bytes a pixel, as io/png.h gives them.
 */
#ifndef ASSENT_SCREENDIFF_H
#define ASSENT_SCREENDIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct screen_rect {
	int x, y, width, height;	/* pixels */
};

enum { SCREEN_CHANGES_MAX = 16 };

struct screen_changes {
	struct screen_rect rects[SCREEN_CHANGES_MAX];	/* none inside another's pixels; from the top down */
	int count;			/* 0: the same */
};

/*
 * Every pixel in which a and b differ lies in one of the rectangles; each has one at each of its sides, as long as there is room for all of them: what
 * is over shares the one that grows least.
 */
void screen_changes(const uint8_t *a, const uint8_t *b, int width, int height, struct screen_changes *ret);
/* Is every pixel inside the box the same? A box that lies outside of the picture, or is empty, counts as all of it. */
bool screen_same_in(const uint8_t *a, const uint8_t *b, int width, int height, const struct screen_rect *box);

/* "x,y,w,h x,y,w,h", and back: what is no such text has no changes. */
void screen_changes_put(const struct screen_changes *c, struct buf *out);
void screen_changes_read(const char *text, struct screen_changes *ret);

#endif
