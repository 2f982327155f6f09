/* blocks: a picture in cells, two pixels to each, in the colours that the terminal has. Pure. */
#ifndef ASSENT_UI_BLOCKS_H
#define ASSENT_UI_BLOCKS_H

#include <stdbool.h>

#include "ui/picture.h"

#define BLOCKS_DIRECT (1 << 24)

/*
 * The image has as many columns as the rectangle, and twice its rows; it may have less. colors: BLOCKS_DIRECT, 256, 16, 8, or 0: none. With 8 no more than
 * 28 pairs of them are used, and 120 with 16: such terminals have few. light: without colours, text is dark on a light ground.
 */
void blocks_draw(struct cells *c, const struct rect *r, const struct image *im, int colors, bool light);

#endif
