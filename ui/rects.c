/* rects: see rects.h. */
#include "config.h"

#include "ui/rects.h"

#include <stdbool.h>
#include <stdlib.h>

/* A rectangle of its own costs about as many bytes as so many cells that have not changed. */
enum { WORTH = 16 };

static int area(const struct rect *r)
{
	return r->width * r->height;
}

static struct rect around(const struct rect *a, const struct rect *b)
{
	int left = a->x < b->x ? a->x : b->x, top = a->y < b->y ? a->y : b->y;
	int right = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
	int bottom = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;

	return (struct rect){ left, top, right - left, bottom - top };
}

static bool is_free(const uint8_t *flags, int columns, const struct rect *r)
{
	int x, y;

	for (y = r->y; y < r->y + r->height; y++)
		for (x = r->x; x < r->x + r->width; x++)
			if (flags[y * columns + x] & CELL_BARRED)
				return false;
	return true;
}

/* Takes it into one of the rectangles where that costs little. false: it does for itself. */
static bool join(const uint8_t *flags, int columns, struct rect *list, int count, const struct rect *r, int *ret_into)
{
	int i, extra, best = -1, least = WORTH + 1;

	for (i = 0; i < count; i++) {
		struct rect both = around(&list[i], r);

		extra = area(&both) - area(&list[i]) - area(r);
		if (extra < least && is_free(flags, columns, &both)) {
			least = extra;
			best = i;
		}
	}
	if (best < 0)
		return false;
	list[best] = around(&list[best], r);
	*ret_into = best;
	return true;
}

/* One that has grown may have come near to others. */
static int settle(const uint8_t *flags, int columns, struct rect *list, int count, int grown)
{
	for (;;) {
		struct rect r = list[grown];
		int into, i;

		for (i = grown; i + 1 < count; i++)
			list[i] = list[i + 1];
		if (!join(flags, columns, list, count - 1, &r, &into)) {
			for (i = count - 1; i > grown; i--)
				list[i] = list[i - 1];
			list[grown] = r;
			return count;
		}
		count--;
		grown = into;
	}
}

static int from_the_top(const void *left, const void *right)
{
	const struct rect *a = left, *b = right;

	return a->y != b->y ? a->y - b->y : a->x - b->x;
}

int rects_find(const uint8_t *flags, int columns, int rows, struct rect *ret, int max)
{
	int x, y, count = 0, into;

	for (y = 0; y < rows; y++) {
		for (x = 0; x < columns; x++) {
			struct rect run = { x, y, 0, 1 };

			while (x < columns && (flags[y * columns + x] & (CELL_WANTED | CELL_BARRED)) == CELL_WANTED)
				x++;
			run.width = x - run.x;
			if (run.width == 0)
				continue;
			if (join(flags, columns, ret, count, &run, &into)) {
				count = settle(flags, columns, ret, count, into);
			} else if (count == max) {
				return -1;
			} else {
				ret[count++] = run;
			}
		}
	}
	qsort(ret, (size_t)count, sizeof(*ret), from_the_top);
	return count;
}
