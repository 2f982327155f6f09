/* sixel: the palette of one rectangle, and which encoder it goes to. See sixel.h. */
#include "config.h"

#include "ui/sixel.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 16384 };

struct use { size_t n; int place; };

static int most_first(const void *left, const void *right)
{
	const struct use *a = left, *b = right;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->place - b->place;
}

/* The colours that occur get numbers from 0 on. */
static void number_colours(const struct sixel_rect *r, struct sixel_dense *d, uint8_t numbers[256])
{
	struct use uses[256] = { 0 };
	int x, y, i, from;

	for (i = 0; i < 256; i++)
		uses[i].place = i;
	for (y = 0; y < r->height; y++) {
		const uint8_t *row = r->indices + (size_t)y * (size_t)r->stride;

		for (x = 0; x < r->width; uses[row[from]].n += (size_t)(x - from))
			for (from = x; x < r->width && row[x] == row[from]; x++)
				;
	}
	qsort(uses, PALETTE_MAX, sizeof(uses[0]), most_first);
	for (i = 0; i < PALETTE_MAX && uses[i].n > 0; i++) {
		numbers[uses[i].place] = (uint8_t)i;
		memcpy(d->percent[i], r->palette->percent[uses[i].place], 3);
		memcpy(d->rgb[i], r->palette->rgb[uses[i].place], 3);
	}
	d->colors = i;
}

int sixel_put(enum encoder encoder, const struct sixel_rect *r, struct buf *out, struct err *e)
{
	struct sixel_dense d = { .width = r->width, .height = r->height };
	uint8_t numbers[256] = { 0 };
	int x, y, result;

	if (r->width < 1 || r->height < SIXEL_HEIGHT_MIN)
		return err_set(e, ERR_INVALID, "too small for sixel");
	if (r->width > SIDE_MAX || r->height > SIDE_MAX)
		return err_set(e, ERR_INVALID, "too large for sixel");
	d.pixels = malloc((size_t)r->width * (size_t)r->height);
	if (!d.pixels)
		return err_set(e, ERR_NOMEM, "out of memory");
	number_colours(r, &d, numbers);
	for (y = 0; y < r->height; y++) {
		const uint8_t *from = r->indices + (size_t)y * (size_t)r->stride;
		uint8_t *to = d.pixels + (size_t)y * (size_t)r->width;

		for (x = 0; x < r->width; x++)
			to[x] = numbers[from[x]];
	}
	result = encoder == ENCODER_LIBSIXEL ? sixel_lib_put(&d, out, e) : sixel_band_put(&d, out, e);
	free(d.pixels);
	return result;
}
