/*
 * fuzz_picture: pictures that change, to sixel and back. Input: width, height, bits of what the terminal takes, then frames: a byte says what comes
 * (rectangles, covered cells, a loss), the bytes behind it where.
 *
 * Whatever is sent, both encoders make bytes that a strict decoder takes, and the terminal's pixels are those that were meant, but where something else stands.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/picture/canvas.h"
#include "ui/picture_stream.h"

enum { CELL_WIDTH = 7, CELL_HEIGHT = 11, COLUMNS = 12, ROWS = 6, FRAMES_MAX = 24, CELLS = COLUMNS * ROWS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct bytes { const uint8_t *p; size_t left; };

static uint8_t next(struct bytes *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->p++;
}

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void paint(struct image *im, struct bytes *b)
{
	int left = next(b) % im->width, top = next(b) % im->height, width = 1 + next(b) % im->width, height = 1 + next(b) % im->height, x, y;
	uint8_t colour[3] = { next(b), next(b), next(b) }, drift = next(b);

	for (y = top; y < top + height && y < im->height; y++) {
		for (x = left; x < left + width && x < im->width; x++) {
			uint8_t *p = im->rgb + (y * im->width + x) * 3;

			memcpy(p, colour, 3);
			p[0] = (uint8_t)(p[0] + (drift & 15) * x);
			p[1] = (uint8_t)(p[1] + (drift >> 4) * y);
		}
	}
}

static void cover(uint8_t *covered, struct canvas *c, struct bytes *b)
{
	int i, k, x, n = next(b) % 8;

	memset(covered, 0, CELLS);
	for (i = 0; i < n; i++)
		covered[next(b) % CELLS] = 1;
	for (i = 0; i < CELLS; i++)
		for (k = 0; covered[i] && k < CELL_HEIGHT; k++)
			for (x = 0; x < CELL_WIDTH * 3; x++)
				c->rgb[((i / COLUMNS * CELL_HEIGHT + k) * c->width + i % COLUMNS * CELL_WIDTH) * 3 + x] = 1;
}

static void check(const struct picture_stream *s, const struct canvas *c, const uint8_t *covered)
{
	int x, y;

	for (y = 0; y < s->image.height; y++)
		for (x = 0; x < s->image.width; x++)
			must(covered[y / CELL_HEIGHT * COLUMNS + x / CELL_WIDTH] ||
			     memcmp(c->rgb + (y * c->width + x) * 3, s->palette.rgb[s->wanted[y * s->image.width + x]], 3) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct rect at = { 0, 0, COLUMNS, ROWS };
	struct bytes b = { data, len };
	struct picture_stream s = { .images = 0 };
	struct picture_policy policy = { .backend = BACKEND_SIXEL };
	struct image im = { .width = 1 + next(&b) % (COLUMNS * CELL_WIDTH), .height = picture_fit(next(&b) % (ROWS * CELL_HEIGHT + 1), CELL_HEIGHT, 1) };
	uint8_t covered[CELLS] = { 0 }, takes = next(&b);
	enum encoder encoder = takes & 1 ? ENCODER_LIBSIXEL : ENCODER_OWN;
	struct picture_parts parts;
	struct canvas c;
	struct buf out;
	struct err e;
	int frame;

	if (im.height == 0)
		return 0;
	policy.deltas = takes & 2;
	policy.max_images_between_keyframes = takes >> 2 & 15;
	policy.colors = 2 + (takes >> 6) * 42;
	im.rgb = calloc((size_t)im.width * (size_t)im.height, 3);
	must(im.rgb && canvas_init(&c, COLUMNS, ROWS, CELL_WIDTH, CELL_HEIGHT, 7));
	c.lenient = encoder == ENCODER_LIBSIXEL;
	buf_init(&out, 1 << 24);
	for (frame = 0; frame < FRAMES_MAX && b.left > 0; frame++) {
		uint8_t what = next(&b);

		if (what & 1)
			cover(covered, &c, &b);
		if (what & 2)
			picture_stream_renew(&s);
		if (what & 4) {
			memset(c.rgb, 66, (size_t)c.width * (size_t)c.height * 3);
			picture_stream_forget(&s);
		}
		for (; what >> 4; what = (uint8_t)(what - 16))
			paint(&im, &b);
		must(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im) == 0);
		buf_clear(&out);
		must(picture_stream_put(&s, &policy, encoder, covered, &out, &parts, &e) == 0);
		must(parts.count <= PICTURE_PARTS_MAX && (parts.count == 0 || parts.ends[parts.count - 1] == out.len));
		must(canvas_feed(&c, buf_cstr(&out), out.len));
		must(c.colors_most <= policy.colors);
		check(&s, &c, covered);
	}
	buf_release(&out);
	canvas_release(&c);
	picture_stream_release(&s);
	image_release(&im);
	return 0;
}
