/* blocks: see blocks.h. */
#include "config.h"

#include "ui/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "ui/theme.h"

static const char upper_half[] = "\xe2\x96\x80", lower_half[] = "\xe2\x96\x84", full[] = "\xe2\x96\x88";

/* The nearest of the 6x6x6 cube and the greys, which every 256-colour terminal has. */
static int colour_256(const uint8_t *p)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int i, k, best[3], cube = 0, grey_level, grey_index, cube_error = 0, grey_error = 0;

	for (i = 0; i < 3; i++) {
		best[i] = 0;
		for (k = 1; k < 6; k++)
			if (abs(levels[k] - p[i]) < abs(levels[best[i]] - p[i]))
				best[i] = k;
		cube = cube * 6 + best[i];
		cube_error += abs(levels[best[i]] - p[i]);
	}
	grey_index = ((p[0] + p[1] + p[2]) / 3 - 3) / 10;
	grey_index = grey_index > 23 ? 23 : grey_index;
	grey_level = 8 + grey_index * 10;
	for (i = 0; i < 3; i++)
		grey_error += abs(grey_level - p[i]);
	return grey_error < cube_error ? 232 + grey_index : 16 + cube;
}

static int colour_few(const uint8_t *p, int colors)
{
	int i, best = 0;
	int32_t least = INT32_MAX;

	for (i = 0; i < colors; i++) {
		uint32_t rgb = theme_rgb((int16_t)i);
		int red = p[0] - (int)(rgb >> 16), green = p[1] - (int)(rgb >> 8 & 255), blue = p[2] - (int)(rgb & 255);
		int32_t d = 3 * red * red + 6 * green * green + blue * blue;

		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

/* Of each part the five bits that are seen, so that there are not more pairs of them than a terminal has. */
static int colour_direct(const uint8_t *p)
{
	return CELL_RGB | (p[0] & 0xf8) << 16 | (p[1] & 0xf8) << 8 | (p[2] & 0xf8);
}

/* Both orders of two colours are one pair, and one colour alone needs none of its own. */
static void few(struct cell *cell, int upper, int lower)
{
	int low = upper < lower ? upper : lower, high = upper < lower ? lower : upper;
	const char *text = upper < lower ? upper_half : lower_half;

	if (upper == lower) {
		low = 0;
		high = upper > 0 ? upper : 1;
		text = upper > 0 ? " " : full;
	}
	*cell = (struct cell){ .width = 1, .style = STYLE_PICTURE, .front = low, .back = high };
	memcpy(cell->text, text, strlen(text));
}

static int bright(const uint8_t *p)
{
	return 3 * p[0] + 6 * p[1] + p[2];
}

/* What is brighter than the picture's middle is light. */
static void mono(struct cell *cell, const uint8_t *upper, const uint8_t *lower, int middle, bool light)
{
	bool above = (bright(upper) > middle) != light, below = (bright(lower) > middle) != light;
	const char *text = above && below ? full : above ? upper_half : below ? lower_half : " ";

	*cell = (struct cell){ .width = 1, .style = STYLE_NORMAL, .front = -1, .back = -1 };
	memcpy(cell->text, text, strlen(text));
}

static int middle_of(const struct image *im)
{
	size_t i, n = (size_t)im->width * (size_t)im->height;
	int64_t sum = 0;

	for (i = 0; i < n; i++)
		sum += bright(im->rgb + i * 3);
	return n > 0 ? (int)(sum / (int64_t)n) : 0;
}

void blocks_draw(struct cells *c, const struct rect *r, const struct image *im, int colors, bool light)
{
	int x, y, middle = colors == 0 ? middle_of(im) : 0;

	for (y = 0; y < r->height && 2 * y + 1 < im->height; y++) {
		for (x = 0; x < r->width && x < im->width; x++) {
			struct cell *cell = cells_at(c, r->x + x, r->y + y);
			const uint8_t *upper = im->rgb + ((size_t)(2 * y) * (size_t)im->width + (size_t)x) * 3, *lower = upper + (size_t)im->width * 3;

			if (!cell)
				continue;
			if (colors == 0)
				mono(cell, upper, lower, middle, light);
			else if (colors < 256)
				few(cell, colour_few(upper, colors), colour_few(lower, colors));
			else
				*cell = (struct cell){ .text = "\xe2\x96\x80", .width = 1, .style = STYLE_PICTURE,
						       .front = colors == 256 ? colour_256(upper) : colour_direct(upper),
						       .back = colors == 256 ? colour_256(lower) : colour_direct(lower) };
		}
	}
}
