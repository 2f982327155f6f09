/* letters: a grid's letters over a picture, into its pixels or, where it is made of cells, into these. Pure. */
#ifndef ASSENT_UI_LETTERS_H
#define ASSENT_UI_LETTERS_H

#include "ui/hand_point.h"

/* Onto an image that shows part `from` of the screen. No grid: nothing. */
void letters_draw(struct image *im, const struct rect *from, const struct mark_grid *g);
/* Into the cells of a picture that stands there. */
void letters_put(struct cells *c, const struct picture_place *p, const struct mark_grid *g);

#endif
