/*
 * picture: from a computer's screen to what the terminal can show: which part of it, scaled (scale.h), with the waiting action drawn on it (mark.h), as
 * sixel (picture_stream.h) or as half blocks in cells. Pure.
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

/* How a screen is looked at. */
struct picture_view {
	int zoom;		/* 1: all of it, 2 to PICTURE_ZOOM_MAX: a part that is so many times as large */
	bool actual;		/* a part at 1:1, instead */
	bool moved;		/* x and y, pixels of the screen, are to be in the middle; else what is marked is */
	int x, y;
};
#define PICTURE_ZOOM_MAX 8

/* A part of a screen, in its place on the terminal. */
struct picture_place {
	struct rect at;			/* cells; the picture begins in the upper left one */
	int cell_width, cell_height;	/* pixels of the terminal */
	int width, height;		/* the same: the picture's */
	struct rect part;		/* pixels of the screen */
};

/* The part of the screen to be shown in at most width x height pixels, and in how many. */
void picture_part(const struct image *src, int width, int height, const struct picture_view *view, const struct picture_mark *mark, struct rect *ret_part,
		  int *ret_width, int *ret_height);
/* Moves what is looked at by a quarter of the part that is shown: dx and dy are -1, 0 or 1. */
void picture_pan(struct picture_view *view, const struct rect *part, int screen_width, int screen_height, int dx, int dy);
/* The pixel of the screen under a pixel of the terminal, counted from its upper left one; false: the picture is not there. */
bool picture_point(const struct picture_place *p, int x, int y, int *ret_x, int *ret_y);

#endif
