/* mark: see mark.h. */
#include "config.h"

#include "ui/mark.h"

#include <stdlib.h>
#include <string.h>

#include "ui/letters.h"
#include "ui/mark_font.h"
#include "ui/picture.h"

/* Pixels of the image. On a small one, as of half blocks, all is thinner and there are no words. */
enum { BAR = 28, BAR_GAP = 7, THICK = 3, SMALL_BAR = 6, SMALL_GAP = 2, RING = 12, SCROLL = 44, HEAD = 9, LABEL_AWAY = 6, AWAY = BAR + BAR_GAP, LARGE = 200, LARGE_WORDS = 400 };
/* Places are bounded before they are scaled, so that no number that an agent sends goes over. */
enum { FAR = 1 << 16 };

static const uint8_t core[3] = { 255, 40, 150 }, rim[3] = { 0, 0, 0 }, changed_core[3] = { 40, 220, 90 }, ground[3] = { 24, 16, 32 },
	words[3] = { 255, 255, 255 };

static bool same_rect(const struct rect *a, const struct rect *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static bool same_grid(const struct mark_grid *a, const struct mark_grid *b)
{
	return same_rect(&a->area, &b->area) && a->columns == b->columns && a->rows == b->rows && a->first == b->first && a->fine == b->fine;
}

bool mark_same(const struct picture_mark *a, const struct picture_mark *b)
{
	int i;

	if (a->shape != b->shape || a->point != b->point || a->x != b->x || a->y != b->y || a->x2 != b->x2 || a->y2 != b->y2 ||
	    !same_rect(&a->frame, &b->frame) || strcmp(a->label, b->label) != 0 || a->cursor != b->cursor || a->cursor_x != b->cursor_x ||
	    a->cursor_y != b->cursor_y || a->changed_count != b->changed_count || !same_grid(&a->grid, &b->grid))
		return false;
	for (i = 0; i < a->changed_count; i++)
		if (!same_rect(&a->changed[i], &b->changed[i]))
			return false;
	return true;
}

static struct rect hull(const struct rect *a, const struct rect *b)
{
	int x = a->x < b->x ? a->x : b->x, y = a->y < b->y ? a->y : b->y;
	int right = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
	int bottom = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;

	return (struct rect){ x, y, right - x, bottom - y };
}

void mark_add_changed(struct picture_mark *m, const struct rect *r)
{
	struct rect *last = &m->changed[MARK_CHANGED - 1];

	if (m->changed_count < MARK_CHANGED)
		m->changed[m->changed_count++] = *r;
	else
		*last = hull(last, r);
}

static void middle(const struct rect *r, int *x, int *y)
{
	*x = r->x + r->width / 2;
	*y = r->y + r->height / 2;
}

bool mark_centre(const struct picture_mark *m, int *x, int *y)
{
	struct rect all = m->changed[0];
	int i;

	if (m->point) {
		*x = m->x;
		*y = m->y;
	} else if (m->shape == MARK_FRAME && m->frame.width > 0) {
		middle(&m->frame, x, y);
	} else if (m->changed_count > 0) {
		for (i = 1; i < m->changed_count; i++)
			all = hull(&all, &m->changed[i]);
		middle(&all, x, y);
	} else if (m->cursor) {
		*x = m->cursor_x;
		*y = m->cursor_y;
	} else {
		return false;
	}
	return true;
}

static void dot(struct image *im, int x, int y, const uint8_t colour[3])
{
	if (x >= 0 && y >= 0 && x < im->width && y < im->height)
		memcpy(im->rgb + ((size_t)y * (size_t)im->width + (size_t)x) * 3, colour, 3);
}

static void fill(struct image *im, int x, int y, int width, int height, const uint8_t colour[3])
{
	int i, k;

	for (k = y < 0 ? 0 : y; k < y + height && k < im->height; k++)
		for (i = x < 0 ? 0 : x; i < x + width && i < im->width; i++)
			dot(im, i, k, colour);
}

/* A bar away from x,y along one axis, light with a dark rim, so that it is seen on anything. */
static void bar(struct image *im, int x, int y, int dx, int dy, bool large)
{
	int thick = large ? THICK : 1, gap = large ? BAR_GAP : SMALL_GAP, length = large ? BAR : SMALL_BAR, i, k;

	for (i = gap; i < gap + length; i++)
		for (k = -thick / 2 - 1; k <= thick / 2 + 1; k++)
			dot(im, x + dx * i + dy * k, y + dy * i + dx * k, k < -thick / 2 || k > thick / 2 || i == gap || i == gap + length - 1 ? rim : core);
}

static void cross(struct image *im, int x, int y, bool large)
{
	bar(im, x, y, 1, 0, large);
	bar(im, x, y, -1, 0, large);
	bar(im, x, y, 0, 1, large);
	bar(im, x, y, 0, -1, large);
	dot(im, x, y, core);
}

/* Bars outside of the control that is hit, so that all of it is seen; at the point itself a small cross. */
static void cross_round(struct image *im, int x, int y, const struct rect *r)
{
	int i;

	bar(im, r->x + r->width - BAR_GAP + 3, y, 1, 0, true);
	bar(im, r->x + BAR_GAP - 3, y, -1, 0, true);
	bar(im, x, r->y + r->height - BAR_GAP + 3, 0, 1, true);
	bar(im, x, r->y + BAR_GAP - 3, 0, -1, true);
	for (i = -5; i <= 5; i++) {
		fill(im, x + i - 1, y + i - 1, 3, 3, rim);
		fill(im, x + i - 1, y - i - 1, 3, 3, rim);
	}
	for (i = -5; i <= 5; i++) {
		fill(im, x + i, y + i, 2, 1, core);
		fill(im, x + i, y - i, 2, 1, core);
	}
}

/* Lines round the rectangle, outside of it, so that what is in it is seen whole. */
static void frame(struct image *im, const struct rect *r, const uint8_t colour[3], bool large)
{
	int thick = large ? 2 : 1, x = r->x - thick, y = r->y - thick, width = r->width + 2 * thick, height = r->height + 2 * thick;

	if (large) {
		fill(im, x - 1, y - 1, width + 2, 1, rim);
		fill(im, x - 1, y + height, width + 2, 1, rim);
		fill(im, x - 1, y - 1, 1, height + 2, rim);
		fill(im, x + width, y - 1, 1, height + 2, rim);
	}
	fill(im, x, y, width, thick, colour);
	fill(im, x, y + height - thick, width, thick, colour);
	fill(im, x, y, thick, height, colour);
	fill(im, x + width - thick, y, thick, height, colour);
}

/* Both ends may be far outside. */
static void line(struct image *im, int x, int y, int x2, int y2, bool large)
{
	int64_t dx = x2 - x, dy = y2 - y, steps = llabs(dx) > llabs(dy) ? llabs(dx) : llabs(dy), i;
	int half = large ? 1 : 0, k;

	for (i = 0; i <= steps && steps > 0; i++) {
		int at = (int)(x + dx * i / steps), down = (int)(y + dy * i / steps);

		if (at < -2 || down < -2 || at > im->width + 2 || down > im->height + 2)
			continue;
		for (k = -half; k <= half; k++) {
			dot(im, at + k, down, core);
			dot(im, at, down + k, core);
		}
	}
}

/* A filled head at x,y that points along dx,dy. */
static void head(struct image *im, int x, int y, int64_t dx, int64_t dy, bool large)
{
	int64_t longest = llabs(dx) > llabs(dy) ? llabs(dx) : llabs(dy), size = large ? HEAD : 3, i, k;

	for (i = 0; longest > 0 && i <= size; i++)
		for (k = -i * 2 / 3; k <= i * 2 / 3; k++) {
			int at = (int)(x - dx * i / longest - dy * k / longest), down = (int)(y - dy * i / longest + dx * k / longest);

			dot(im, at, down, core);
			dot(im, at + 1, down, core);
		}
}

static void arrow(struct image *im, int x, int y, int x2, int y2, bool large)
{
	line(im, x, y, x2, y2, large);
	head(im, x2, y2, (int64_t)x2 - x, (int64_t)y2 - y, large);
}

static void cursor(struct image *im, int x, int y)
{
	int i, k;

	for (i = 0; i < 14; i++)
		for (k = 0; k <= i * 2 / 3; k++)
			dot(im, x + k, y + i, k == 0 || k == i * 2 / 3 || i == 13 ? words : rim);
}

/* To the right of x and above `above`, else below `below`; inside of the image. */
static void label(struct image *im, int x, int above, int below, const char *text)
{
	int scale = im->width >= LARGE_WORDS ? 2 : 1, width = (int)strlen(text) * (MARK_FONT_COLUMNS + 1) * scale + 3 * scale;
	int height = (MARK_FONT_ROWS + 4) * scale, y = above - height >= 0 ? above - height : below, row, column;

	x = x + width <= im->width ? x : x - 2 * LABEL_AWAY - width;
	x = x < 0 ? 0 : x + width > im->width ? im->width - width : x;
	y = y < 0 ? 0 : y + height > im->height ? im->height - height : y;
	fill(im, x, y, width, height, ground);
	for (; *text; text++, x += (MARK_FONT_COLUMNS + 1) * scale)
		for (row = 0; row < MARK_FONT_ROWS; row++)
			for (column = 0; column < MARK_FONT_COLUMNS; column++)
				if (mark_font((unsigned char)*text)[row] >> (MARK_FONT_COLUMNS - 1 - column) & 1)
					fill(im, x + (2 + column) * scale, y + (2 + row) * scale, scale, scale, words);
}

static int bounded(int n)
{
	return n < -FAR ? -FAR : n > FAR ? FAR : n;
}

static int across(const struct image *im, const struct rect *from, int x)
{
	return (int)((int64_t)(bounded(x) - from->x) * im->width / from->width);
}

static int down(const struct image *im, const struct rect *from, int y)
{
	return (int)((int64_t)(bounded(y) - from->y) * im->height / from->height);
}

static struct rect scaled(const struct image *im, const struct rect *from, const struct rect *r)
{
	int x = across(im, from, r->x), y = down(im, from, r->y);

	return (struct rect){ x, y, across(im, from, bounded(r->x) + bounded(r->width)) - x, down(im, from, bounded(r->y) + bounded(r->height)) - y };
}

static bool holds(const struct rect *r, int x, int y)
{
	return x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height;
}

static void draw_shape(struct image *im, const struct rect *from, const struct picture_mark *m, bool large)
{
	int x = across(im, from, m->x), y = down(im, from, m->y);
	struct rect r;

	if (m->shape == MARK_FRAME && m->frame.width > 0) {
		r = scaled(im, from, &m->frame);
		frame(im, &r, core, large);
	}
	if (!m->point || m->shape == MARK_FRAME)
		return;
	if (m->shape == MARK_ARROW) {
		arrow(im, x, y, across(im, from, m->x2), down(im, from, m->y2), large);
		cross(im, across(im, from, m->x2), down(im, from, m->y2), large);
	} else if (m->shape == MARK_SCROLL) {
		arrow(im, x, y, x + m->x2 * (large ? SCROLL : SMALL_BAR + SMALL_GAP), y + m->y2 * (large ? SCROLL : SMALL_BAR + SMALL_GAP), large);
	} else if (m->shape == MARK_DOUBLE && large) {
		r = (struct rect){ x - RING, y - RING, 2 * RING + 1, 2 * RING + 1 };
		frame(im, &r, core, false);
	}
	r = scaled(im, from, &m->frame);
	if (large && holds(&r, x, y) && r.width < im->width / 2 && r.height < im->height / 2) {
		frame(im, &r, core, false);
		cross_round(im, x, y, &r);
	} else {
		cross(im, x, y, large);
	}
}

/* Where its words stand: off the end of the bars, so that they cover nothing of the target; on the frame; in the corner of the picture. */
static void draw_label(struct image *im, const struct rect *from, const struct picture_mark *m)
{
	struct rect r = scaled(im, from, &m->frame);

	if (m->point && holds(&r, across(im, from, m->x), down(im, from, m->y)))
		label(im, across(im, from, m->x) + LABEL_AWAY, r.y - BAR / 2, r.y + r.height + BAR / 2, m->label);
	else if (m->point)
		label(im, across(im, from, m->x) + LABEL_AWAY, down(im, from, m->y) - AWAY, down(im, from, m->y) + AWAY, m->label);
	else if (m->frame.width > 0)
		label(im, r.x, r.y - 3, r.y + r.height + 3, m->label);
	else
		label(im, 0, 0, im->height, m->label);
}

void image_mark(struct image *im, const struct rect *from, const struct picture_mark *m)
{
	bool large = im->width > LARGE;
	int i;

	if (from->width < 1 || from->height < 1)
		return;
	for (i = 0; i < m->changed_count; i++) {
		struct rect r = scaled(im, from, &m->changed[i]);

		frame(im, &r, changed_core, large);
	}
	if (large)
		letters_draw(im, from, &m->grid);
	if (m->cursor && large)
		cursor(im, across(im, from, m->cursor_x), down(im, from, m->cursor_y));
	if (m->shape == MARK_NONE)
		return;
	draw_shape(im, from, m, large);
	if (large && m->label[0])
		draw_label(im, from, m);
}
