/*
 * sixel: a rectangle of places in a palette as one sixel picture. Pure. Two encoders make the same pixels of it: our own, and libsixel's, of which nothing
 * but this is used.
 */
#ifndef ASSENT_UI_SIXEL_H
#define ASSENT_UI_SIXEL_H

#include "base/buf.h"
#include "base/err.h"
#include "ui/quant.h"

enum encoder { ENCODER_OWN, ENCODER_LIBSIXEL };

#define SIXEL_HEIGHT_MIN 6

struct sixel_rect {
	const uint8_t *indices;		/* of its upper left pixel; rows of `stride` */
	int stride, width, height;	/* height at least SIXEL_HEIGHT_MIN */
	const struct palette *palette;
};

/* Appends it, from ESC P to ESC \, with the colours that it uses and no others. 0, ERR_INVALID (too small, too large), ERR_NOMEM, ERR_IO. */
int sixel_put(enum encoder encoder, const struct sixel_rect *r, struct buf *out, struct err *e);

/* What an encoder gets: its colours are 0 to colors - 1 without a gap (terminals drop a picture with holes in its palette), the most frequent first. */
struct sixel_dense {
	uint8_t *pixels;		/* width * height */
	int width, height, colors;
	uint8_t percent[PALETTE_MAX][3];
	uint8_t rgb[PALETTE_MAX][3];
};
int sixel_band_put(const struct sixel_dense *d, struct buf *out, struct err *e);	/* sixel_band.c */
int sixel_lib_put(const struct sixel_dense *d, struct buf *out, struct err *e);		/* sixel_lib.c */

#endif
