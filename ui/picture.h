/*
 * picture: from a computer's screen to what the terminal can show: scaled, with the waiting action drawn on it (mark.h), as sixel bytes or as
 * half blocks in cells. Pure but for libsixel's encoder behind picture_sixel().
 */
#ifndef ASSENT_UI_PICTURE_H
#define ASSENT_UI_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/cells.h"
#include "ui/mark.h"

/* How pictures reach a terminal, and what it is known to take. */
enum picture_backend { BACKEND_NONE, BACKEND_SIXEL, BACKEND_KITTY, BACKEND_BLOCKS };

struct picture_policy {
	enum picture_backend backend;
	bool deltas;			/* what has changed may be sent alone, in rectangles of whole cells; else whole pictures only */
	int colors;			/* of one picture, 2 to 128 */
	int max_width, max_height;	/* of one picture, pixels; 0: no limit is known */
	int height_multiple;		/* heights are multiples of this; 0 or 1: any height will do */
	int max_images_between_keyframes;	/* so many rectangles at most, then all of the picture again; 0: any number */
};

struct image {
	uint8_t *rgb;		/* own; rows of width * 3 */
	int width, height;
};

void image_release(struct image *im);
/* Part `from` of src, by area average (text stays readable), into width x height pixels. 0 or ERR_NOMEM, ERR_INVALID. */
int image_scale(const struct image *src, const struct rect *from, int width, int height, struct image *ret);

/* The part of the screen to be shown in width x height pixels: all of it, or (whole false) as much as fits at 1:1 round the mark. */
void picture_part(const struct image *src, int width, int height, bool whole, const struct picture_mark *mark, struct rect *ret_part,
		  int *ret_width, int *ret_height);

/* Sixel of the image, at most 128 colours, no dithering. Appends to out; nothing but our own bytes. 0 or an error. */
int picture_sixel(const struct image *im, struct buf *out, struct err *e);
/* Half blocks: the image has as many columns as the rectangle, and twice its rows. */
void picture_blocks(struct cells *c, const struct rect *r, const struct image *im);

#endif
