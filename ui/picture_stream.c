/* picture_stream: see picture_stream.h. */
#include "config.h"

#include "ui/picture_stream.h"

#include <stdlib.h>
#include <string.h>

#include "ui/rects.h"

enum {
	STREAM_SENT = 4,	/* of a cell, beside enum rects_cell: the terminal shows what was sent */
	ODD_MORE = 48,		/* so many pixels without a near colour more than there were, and the palette is made anew */
	STRIPS = 4,		/* a whole picture goes out in so many parts, so that a key need not wait for all of it */
	STRIP_ROWS_MIN = 4,
	PART_BYTES_MAX = 1024 * 1024,	/* tmux drops a longer one whole */
};

static void drop(struct picture_stream *s)
{
	image_release(&s->image);
	free(s->changed);
	free(s->wanted);
	free(s->sent);
	free(s->flags);
	s->changed = s->wanted = s->sent = s->flags = NULL;
}

void picture_stream_release(struct picture_stream *s)
{
	drop(s);
	palette_release(&s->palette);
	*s = (struct picture_stream){ .images = 0 };
}

void picture_stream_forget(struct picture_stream *s)
{
	s->blank = s->whole = true;
}

void picture_stream_renew(struct picture_stream *s)
{
	s->whole = true;
}

bool picture_stream_is_mixed(const struct picture_stream *s)
{
	return s->mixed;
}

int picture_fit(int height, int cell_height, int multiple)
{
	int rest;

	if (multiple > 1)
		height -= height % multiple;
	rest = height % cell_height;
	if (rest > 0 && rest < SIXEL_HEIGHT_MIN)
		height -= multiple > 1 ? (rest + multiple - 1) / multiple * multiple : rest;
	return height < SIXEL_HEIGHT_MIN ? 0 : height;
}

static int make_room(struct picture_stream *s, int width, int height)
{
	size_t pixels = (size_t)width * (size_t)height, cells;

	drop(s);
	s->columns = (width + s->cell_width - 1) / s->cell_width;
	s->rows = (height + s->cell_height - 1) / s->cell_height;
	cells = (size_t)s->columns * (size_t)s->rows;
	s->image = (struct image){ .rgb = malloc(pixels * 3), .width = width, .height = height };
	s->changed = malloc((size_t)height);
	s->wanted = malloc(pixels);
	s->sent = malloc(pixels);
	s->flags = malloc(cells);
	if (!s->image.rgb || !s->changed || !s->wanted || !s->sent || !s->flags) {
		drop(s);
		return ERR_NOMEM;
	}
	memset(s->flags, 0, cells);
	return 0;
}

int picture_stream_set(struct picture_stream *s, const struct rect *at, int cell_width, int cell_height, const struct image *im)
{
	bool elsewhere = !s->image.rgb || s->at.x != at->x || s->at.y != at->y || s->at.width != at->width || s->at.height != at->height ||
			 s->cell_width != cell_width || s->cell_height != cell_height || s->image.width != im->width || s->image.height != im->height;
	size_t row = (size_t)im->width * 3;
	int y;

	if (im->width < 1 || im->width > at->width * cell_width || im->height > at->height * cell_height || picture_fit(im->height, cell_height, 1) != im->height)
		return ERR_INVALID;
	if (elsewhere) {
		s->at = *at;
		s->cell_width = cell_width;
		s->cell_height = cell_height;
		if (make_room(s, im->width, im->height) < 0)
			return ERR_NOMEM;
		picture_stream_forget(s);
		memcpy(s->image.rgb, im->rgb, row * (size_t)im->height);
		return 0;	/* all is mapped when it is sent */
	}
	for (y = 0; y < im->height; y++) {
		const uint8_t *from = im->rgb + (size_t)y * row;
		uint8_t *to = s->image.rgb + (size_t)y * row;

		if (memcmp(to, from, row) == 0)
			continue;
		memcpy(to, from, row);
		s->changed[y] = 1;
	}
	return 0;
}

/* ---- to places in the palette ---- */

static int map_all(struct picture_stream *s, int colors)
{
	if (palette_make(&s->palette, &s->image, colors) < 0)
		return ERR_NOMEM;
	s->odd = palette_map(&s->palette, s->image.rgb, (size_t)s->image.width * (size_t)s->image.height, s->wanted);
	memset(s->changed, 0, (size_t)s->image.height);
	s->whole = true;
	return 0;
}

/* true: all of them have near colours, but for some more than there were. */
static bool map_changed(struct picture_stream *s)
{
	size_t odd = 0;
	int y;

	for (y = 0; y < s->image.height; y++) {
		size_t at = (size_t)y * (size_t)s->image.width;

		if (!s->changed[y])
			continue;
		odd += palette_map(&s->palette, s->image.rgb + at * 3, (size_t)s->image.width, s->wanted + at);
		s->changed[y] = 0;
	}
	/* A few are shown in another colour until the next whole picture, which is not far. */
	s->mixed |= odd > 0;
	return odd <= s->odd + ODD_MORE;
}

/* ---- which cells ---- */

static struct rect pixels_of(const struct picture_stream *s, const struct rect *cells)
{
	struct rect r = { cells->x * s->cell_width, cells->y * s->cell_height, cells->width * s->cell_width, cells->height * s->cell_height };

	if (r.width > s->image.width - r.x)
		r.width = s->image.width - r.x;
	if (r.height > s->image.height - r.y)
		r.height = s->image.height - r.y;
	return r;
}

static bool same_cell(const struct picture_stream *s, int x, int y)
{
	struct rect r = pixels_of(s, &(struct rect){ x, y, 1, 1 });
	int k;

	for (k = r.y; k < r.y + r.height; k++) {
		size_t at = (size_t)k * (size_t)s->image.width + (size_t)r.x;

		if (memcmp(s->wanted + at, s->sent + at, (size_t)r.width) != 0)
			return false;
	}
	return true;
}

/* Which cells are wanted. Returns how many. */
static int flag_cells(struct picture_stream *s, const uint8_t *covered)
{
	int x, y, wanted = 0;

	for (y = 0; y < s->rows; y++) {
		for (x = 0; x < s->columns; x++) {
			uint8_t *f = &s->flags[y * s->columns + x];

			*f &= STREAM_SENT;
			if (covered && covered[y * s->at.width + x])
				*f = CELL_BARRED;
			else if (s->whole || !(*f & STREAM_SENT) || !same_cell(s, x, y))
				*f |= CELL_WANTED;
			wanted += (*f & CELL_WANTED) != 0;
		}
	}
	return wanted;
}

static void want_all(struct picture_stream *s)
{
	int i;

	s->whole = true;
	for (i = 0; i < s->columns * s->rows; i++)
		if (!(s->flags[i] & CELL_BARRED))
			s->flags[i] |= CELL_WANTED;
}

static void take_for_sent(struct picture_stream *s, const struct rect *cells)
{
	struct rect r = pixels_of(s, cells);
	int x, y;

	for (y = r.y; y < r.y + r.height; y++) {
		size_t at = (size_t)y * (size_t)s->image.width + (size_t)r.x;

		memcpy(s->sent + at, s->wanted + at, (size_t)r.width);
	}
	for (y = cells->y; y < cells->y + cells->height; y++)
		for (x = cells->x; x < cells->x + cells->width; x++)
			s->flags[y * s->columns + x] = STREAM_SENT;
}

/* ---- bytes ---- */

/* What stood there goes with the cells that are written. */
static void put_blanks(struct picture_stream *s, const uint8_t *covered, struct buf *out)
{
	int x, y, from;

	buf_puts(out, "\0337\033[0m");
	for (y = 0; y < s->at.height; y++) {
		for (x = 0; x < s->at.width; x++) {
			for (from = x; x < s->at.width && !(covered && covered[y * s->at.width + x]); x++)
				;
			if (x > from)
				buf_printf(out, "\033[%d;%dH%*s", s->at.y + y + 1, s->at.x + from + 1, x - from, "");
		}
	}
	buf_puts(out, "\0338");
}

static int put_rect(struct picture_stream *s, const struct rect *cells, enum encoder encoder, struct buf *out, struct err *e)
{
	struct rect r = pixels_of(s, cells);
	struct sixel_rect rect = { .indices = s->wanted + (size_t)r.y * (size_t)s->image.width + (size_t)r.x, .stride = s->image.width, .width = r.width,
				   .height = r.height, .palette = &s->palette };
	int result;

	buf_printf(out, "\0337\033[%d;%dH", s->at.y + cells->y + 1, s->at.x + cells->x + 1);
	result = sixel_put(encoder, &rect, out, e);
	buf_puts(out, "\0338");
	return result;
}

/* The i-th one becomes two, the upper one so high. Returns how many there are then. */
static int cut_at(struct rect *rects, int count, int i, int high)
{
	int k;

	for (k = count; k > i + 1; k--)
		rects[k] = rects[k - 1];
	rects[i + 1] = rects[i];
	rects[i + 1].y += high;
	rects[i + 1].height -= high;
	rects[i].height = high;
	return count + 1;
}

/* High ones in several parts. Returns how many there are then. */
static int cut_to_strips(struct rect *rects, int count, int rows)
{
	int high = (rows + STRIPS - 1) / STRIPS < STRIP_ROWS_MIN ? STRIP_ROWS_MIN : (rows + STRIPS - 1) / STRIPS, i;

	for (i = 0; i < count && count < PICTURE_PARTS_MAX - 1; i++)
		if (rects[i].height > high)
			count = cut_at(rects, count, i, high);
	return count;
}

/* false: it cannot be, or there would be too many. */
static bool halve(struct rect *rects, int *count, int i)
{
	if (rects[i].height < 2 || *count >= PICTURE_PARTS_MAX - 1)
		return false;
	*count = cut_at(rects, *count, i, rects[i].height / 2);
	return true;
}

/* The rectangles of what is wanted; all of it where there would be more than the terminal keeps. */
static int choose_rects(struct picture_stream *s, const struct picture_policy *policy, struct rect *rects)
{
	int most = policy->max_images_between_keyframes, max = PICTURE_PARTS_MAX - 1, count = -1;

	if (!s->whole && policy->deltas) {
		count = rects_find(s->flags, s->columns, s->rows, rects, max);
		if (count >= 0 && (most == 0 || s->images + count <= most))
			return count;
	}
	want_all(s);
	count = rects_find(s->flags, s->columns, s->rows, rects, max);
	/* Where the terminal counts its pictures, changes need them more. */
	return count >= 0 && policy->deltas && most == 0 ? cut_to_strips(rects, count, s->rows) : count;
}

int picture_stream_put(struct picture_stream *s, const struct picture_policy *policy, enum encoder encoder, const uint8_t *covered, struct buf *out,
		       struct picture_parts *ret, struct err *e)
{
	struct rect rects[PICTURE_PARTS_MAX];
	size_t begin = out->len, from;
	int i, count, r = 0;

	*ret = (struct picture_parts){ .count = 0 };
	if (!s->image.rgb)
		return 0;
	if ((s->whole || s->palette.count == 0 || !map_changed(s)) && map_all(s, policy->colors) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (flag_cells(s, covered) == 0)
		return 0;
	count = choose_rects(s, policy, rects);
	if (count < 0)
		return err_set(e, ERR_STATE, "too much stands before the picture");
	if (s->blank) {
		put_blanks(s, covered, out);
		ret->ends[ret->count++] = out->len - begin;
	}
	for (i = 0; i < count && r == 0; i++) {
		from = out->len;
		r = put_rect(s, &rects[i], encoder, out, e);
		if (r == 0 && out->len - from > PART_BYTES_MAX && policy->height_multiple <= 1 && halve(rects, &count, i)) {
			out->len = from;
			i--;
			continue;
		}
		take_for_sent(s, &rects[i]);
		ret->ends[ret->count++] = out->len - begin;
	}
	if (r < 0) {
		picture_stream_forget(s);
		return r;
	}
	ret->whole = s->whole;
	s->images = s->whole ? count : s->images + count;
	s->mixed = !s->whole;
	s->blank = s->whole = false;
	return buf_failed(out) ? err_set(e, ERR_TOOBIG, "the picture makes too many bytes") : 0;
}
