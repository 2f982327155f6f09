/*
 * quant: a palette for a picture, and each pixel's place in it. Pure.
 *
 * Colours are in hundredths, as sixel has them, before anything is mapped: so what a terminal shows is what was chosen. Nothing is dithered: text would
 * become hard to read, and twice as many bytes.
 */
#ifndef ASSENT_UI_QUANT_H
#define ASSENT_UI_QUANT_H

#include <stddef.h>
#include <stdint.h>

#include "ui/picture.h"

#define PALETTE_MAX 128

struct palette {
	int count;			/* 0: none was made yet */
	uint8_t percent[PALETTE_MAX][3];	/* 0 to 100; in order of green */
	uint8_t rgb[PALETTE_MAX][3];	/* the same, as they are shown */
	uint16_t *nearest;		/* own; of the 64 * 64 * 64 colours, found when they are first asked for */
};

/* From every third pixel; at most `colors` of them, and what is rare but unlike all others has one too. 0 or ERR_NOMEM. */
int palette_make(struct palette *p, const struct image *im, int colors);
void palette_release(struct palette *p);
/* The places of n pixels. Returns how many of them are shown in a colour that is clearly another one. */
size_t palette_map(struct palette *p, const uint8_t *rgb, size_t n, uint8_t *indices);

#endif
