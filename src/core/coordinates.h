/*
 * coordinates: what the numbers of a desktop action mean. MIOSA's own pages contradict each other: pixels of the screen, or 0 to 1000 across it. The gate
 * passes them on as they are; what they mean is needed to draw them, to look what lies there and to compare the screen round them. Pure.
 */
#ifndef ASSENT_COORDINATES_H
#define ASSENT_COORDINATES_H

#include <stdbool.h>
#include <stdint.h>

#define COORDINATES_FULL 1000

enum coordinates { COORDINATES_PIXELS, COORDINATES_NORMALISED };

const char *coordinates_name(enum coordinates c);	/* "pixels", "normalised" */
bool coordinates_read(const char *name, enum coordinates *ret);
/* The pixel of a number, on an axis of so many; where their number is not known (0), the number itself. */
int coordinates_pixel(enum coordinates c, int n, int pixels);
/* The number that comes nearest to the middle of a pixel: within one pixel of it, and the very one on an axis of at most 1000. */
int coordinates_number(enum coordinates c, int pixel, int pixels);

#endif
