/* screendiff: see screendiff.h. Tiles that differ are gathered with their neighbours, and each gathering shrunk to its pixels. */
#include "config.h"

#include "core/screendiff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 16 };

/* Both pictures, and which tiles of them differ and are not gathered yet. */
struct tiles {
	const uint8_t *a, *b;
	int width, height;
	int across, down;
	uint8_t *left;		/* own */
	int *stack;		/* own; of tiles */
};

static size_t at(const struct tiles *t, int x, int y)
{
	return ((size_t)y * (size_t)t->width + (size_t)x) * 3;
}

static bool row_differs(const struct tiles *t, int x, int y, int width)
{
	return memcmp(t->a + at(t, x, y), t->b + at(t, x, y), (size_t)width * 3) != 0;
}

static bool column_differs(const struct tiles *t, int x, int y, int height)
{
	int k;

	for (k = 0; k < height; k++)
		if (row_differs(t, x, y + k, 1))
			return true;
	return false;
}

static void mark(struct tiles *t)
{
	int x, y, width;

	for (y = 0; y < t->height; y++) {
		if (!row_differs(t, 0, y, t->width))
			continue;
		for (x = 0; x < t->width; x += TILE) {
			width = t->width - x < TILE ? t->width - x : TILE;
			if (row_differs(t, x, y, width))
				t->left[(y / TILE) * t->across + x / TILE] = 1;
		}
	}
}

/* The tiles that hang together with this one, as one rectangle of tiles. */
static struct screen_rect gather(struct tiles *t, int first)
{
	int left = first % t->across, right = left, top = first / t->across, bottom = top, n = 0, x, y;

	t->left[first] = 0;
	t->stack[n++] = first;
	while (n > 0) {
		int tile = t->stack[--n], column = tile % t->across, row = tile / t->across;

		left = column < left ? column : left;
		right = column > right ? column : right;
		bottom = row > bottom ? row : bottom;
		for (y = row > 0 ? row - 1 : 0; y <= row + 1 && y < t->down; y++)
			for (x = column > 0 ? column - 1 : 0; x <= column + 1 && x < t->across; x++) {
				if (!t->left[y * t->across + x])
					continue;
				t->left[y * t->across + x] = 0;
				t->stack[n++] = y * t->across + x;
			}
	}
	return (struct screen_rect){ left * TILE, top * TILE, (right - left + 1) * TILE, (bottom - top + 1) * TILE };
}

/* Some pixel in it differs, so this ends. */
static void shrink(const struct tiles *t, struct screen_rect *r)
{
	if (r->x + r->width > t->width)
		r->width = t->width - r->x;
	if (r->y + r->height > t->height)
		r->height = t->height - r->y;
	for (; !row_differs(t, r->x, r->y, r->width); r->y++)
		r->height--;
	while (!row_differs(t, r->x, r->y + r->height - 1, r->width))
		r->height--;
	for (; !column_differs(t, r->x, r->y, r->height); r->x++)
		r->width--;
	while (!column_differs(t, r->x + r->width - 1, r->y, r->height))
		r->width--;
}

static struct screen_rect both(const struct screen_rect *a, const struct screen_rect *b)
{
	int x = a->x < b->x ? a->x : b->x, y = a->y < b->y ? a->y : b->y;
	int right = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
	int bottom = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;

	return (struct screen_rect){ x, y, right - x, bottom - y };
}

static bool overlap(const struct screen_rect *a, const struct screen_rect *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static int64_t area(const struct screen_rect *r)
{
	return (int64_t)r->width * r->height;
}

/* The one that would grow least by taking r in. */
static int cheapest(const struct screen_changes *c, const struct screen_rect *r)
{
	int64_t least = INT64_MAX;
	int i, best = 0;

	for (i = 0; i < c->count; i++) {
		struct screen_rect u = both(&c->rects[i], r);

		if (area(&u) - area(&c->rects[i]) < least) {
			least = area(&u) - area(&c->rects[i]);
			best = i;
		}
	}
	return best;
}

/* Takes in those that it overlaps, until it overlaps none. */
static void add(struct screen_changes *c, struct screen_rect r)
{
	int i;

	for (i = 0; i < c->count; i++) {
		if (!overlap(&c->rects[i], &r))
			continue;
		r = both(&c->rects[i], &r);
		c->rects[i] = c->rects[--c->count];
		i = -1;
	}
	if (c->count < SCREEN_CHANGES_MAX) {
		c->rects[c->count++] = r;
		return;
	}
	i = cheapest(c, &r);
	r = both(&c->rects[i], &r);
	c->rects[i] = c->rects[--c->count];
	add(c, r);
}

static int from_the_top(const void *a, const void *b)
{
	const struct screen_rect *p = a, *q = b;

	return p->y != q->y ? (p->y > q->y) - (p->y < q->y) : (p->x > q->x) - (p->x < q->x);
}

void screen_changes(const uint8_t *a, const uint8_t *b, int width, int height, struct screen_changes *ret)
{
	struct tiles t = { .a = a, .b = b, .width = width, .height = height, .across = (width + TILE - 1) / TILE, .down = (height + TILE - 1) / TILE };
	size_t count = (size_t)t.across * (size_t)t.down;
	struct screen_rect r;
	size_t i;

	ret->count = 0;
	t.left = calloc(count + 1, 1);
	t.stack = calloc(count + 1, sizeof(*t.stack));
	if (!t.left || !t.stack) {
		/* Out of memory: all of it, as one. */
		ret->rects[ret->count++] = (struct screen_rect){ 0, 0, width, height };
		count = 0;
	} else {
		mark(&t);
	}
	for (i = 0; i < count; i++) {
		if (!t.left[i])
			continue;
		r = gather(&t, (int)i);
		shrink(&t, &r);
		add(ret, r);
	}
	qsort(ret->rects, (size_t)ret->count, sizeof(ret->rects[0]), from_the_top);
	free(t.left);
	free(t.stack);
}

bool screen_same_in(const uint8_t *a, const uint8_t *b, int width, int height, const struct screen_rect *box)
{
	int64_t right = (int64_t)box->x + box->width, bottom = (int64_t)box->y + box->height;
	int x = box->x < 0 ? 0 : box->x, y = box->y < 0 ? 0 : box->y;

	if (right > width)
		right = width;
	if (bottom > height)
		bottom = height;
	if (right <= x || bottom <= y) {
		x = y = 0;
		right = width;
		bottom = height;
	}
	for (; y < bottom; y++) {
		size_t from = ((size_t)y * (size_t)width + (size_t)x) * 3;

		if (memcmp(a + from, b + from, (size_t)(right - x) * 3) != 0)
			return false;
	}
	return true;
}

void screen_changes_put(const struct screen_changes *c, struct buf *out)
{
	int i;

	for (i = 0; i < c->count; i++)
		buf_printf(out, "%s%d,%d,%d,%d", i > 0 ? " " : "", c->rects[i].x, c->rects[i].y, c->rects[i].width, c->rects[i].height);
}

void screen_changes_read(const char *text, struct screen_changes *ret)
{
	struct screen_rect r;
	int used;

	for (ret->count = 0; ret->count < SCREEN_CHANGES_MAX; text += used) {
		if (sscanf(text, "%d,%d,%d,%d%n", &r.x, &r.y, &r.width, &r.height, &used) != 4)
			return;
		ret->rects[ret->count++] = r;
		used += text[used] == ' ';
	}
}
