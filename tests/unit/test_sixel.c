/* test_sixel: both encoders against a decoder of our own: not one pixel differs. And the palettes. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/picture/canvas.h"
#include "ui/sixel.h"

enum { GREY = 9 };

static uint32_t seed;

static uint32_t next(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Colours that are in the palette already stay apart. */
static void fill_palette(struct palette *p, int count)
{
	int i, k;

	p->count = count;
	for (i = 0; i < count; i++) {
		p->percent[i][0] = (uint8_t)(i % 101);
		p->percent[i][1] = (uint8_t)(100 - i / 3);
		p->percent[i][2] = (uint8_t)(i * 7 % 101);
		for (k = 0; k < 3; k++)
			p->rgb[i][k] = (uint8_t)((p->percent[i][k] * 255 + 50) / 100);
	}
}

/* A rectangle within larger rows, as the stream has them. */
static void check(const uint8_t *indices, int stride, int width, int height, const struct palette *p)
{
	struct sixel_rect r = { .indices = indices, .stride = stride, .width = width, .height = height, .palette = p };
	enum encoder encoder;
	struct err e;
	int x, y;

	for (encoder = ENCODER_OWN; encoder <= ENCODER_LIBSIXEL; encoder++) {
		struct canvas c;
		struct buf out;

		buf_init(&out, SIZE_MAX - 1);
		assert_true(canvas_init(&c, width + 3, height + 7, 1, 1, GREY));
		c.lenient = encoder == ENCODER_LIBSIXEL;	/* it defines its colours in an order of its own */
		assert_int_equal(sixel_put(encoder, &r, &out, &e), 0);
		if (!canvas_feed(&c, out.data, out.len))
			fail_msg("encoder %d, %dx%d: %s", (int)encoder, width, height, c.error);
		assert_int_equal(c.pictures, 1);
		for (y = 0; y < c.height; y++) {
			for (x = 0; x < c.width; x++) {
				const uint8_t *got = c.rgb + (y * c.width + x) * 3, outside[3] = { GREY, GREY, GREY };
				const uint8_t *want = x < width && y < height ? p->rgb[indices[y * stride + x]] : outside;

				if (memcmp(got, want, 3) != 0)
					fail_msg("encoder %d, %dx%d: pixel %d,%d is %d %d %d, not %d %d %d", (int)encoder, width, height, x, y, got[0], got[1], got[2],
						 want[0], want[1], want[2]);
			}
		}
		canvas_release(&c);
		buf_release(&out);
	}
}

static void every_size_and_kind(void **state)
{
	static const int widths[] = { 1, 2, 3, 7, 8, 9, 16, 31, 64, 100 }, heights[] = { 6, 7, 8, 11, 12, 13, 20 };
	static uint8_t indices[100 * 20];
	struct palette p = { .count = 0 };
	size_t w, h, i;
	int kind;

	(void)state;
	fill_palette(&p, PALETTE_MAX);
	for (w = 0; w < ARRAY_LEN(widths); w++) {
		for (h = 0; h < ARRAY_LEN(heights); h++) {
			for (kind = 0; kind < 5; kind++) {
				seed = (uint32_t)(w * 100 + h * 10) + (uint32_t)kind;
				for (i = 0; i < sizeof(indices); i++)
					indices[i] = (uint8_t)(kind == 0 ? 5 : kind == 1 ? next(2) * 90 : kind == 2 ? next(PALETTE_MAX) : kind == 3 ? i / 9 % 4 : i % 100 / 13 * 11);
				check(indices, 100, widths[w], heights[h], &p);
			}
		}
	}
}

/* Shapes as on a desktop, and noise, at random places. */
static void random_rectangles(void **state)
{
	enum { WIDTH = 230, HEIGHT = 90 };
	static uint8_t indices[WIDTH * HEIGHT];
	struct palette p = { .count = 0 };
	int round, k, x, y;

	(void)state;
	fill_palette(&p, PALETTE_MAX);
	for (round = 0; round < 150; round++) {
		int left, top;

		seed = (uint32_t)round + 4711;
		memset(indices, (int)next(PALETTE_MAX), sizeof(indices));
		for (k = 0; k < 40; k++) {
			int w = 1 + (int)next(60), h = 1 + (int)next(20), at_x = (int)next(WIDTH), at_y = (int)next(HEIGHT), color = (int)next(PALETTE_MAX);
			bool noise = next(5) == 0;

			for (y = at_y; y < at_y + h && y < HEIGHT; y++)
				for (x = at_x; x < at_x + w && x < WIDTH; x++)
					indices[y * WIDTH + x] = (uint8_t)(noise ? (int)next(PALETTE_MAX) : color);
		}
		left = (int)next(WIDTH - 1);
		top = (int)next(HEIGHT - 6);
		check(indices + top * WIDTH + left, WIDTH, 1 + (int)next((uint32_t)(WIDTH - left)), 6 + (int)next((uint32_t)(HEIGHT - top - 5)), &p);
	}
}

/* Only the colours that are used, from 0 on without a hole, the most frequent first: terminals drop a picture with holes. */
static void colours_are_dense(void **state)
{
	uint8_t indices[12 * 6];
	struct palette p = { .count = 0 };
	struct sixel_rect r = { .indices = indices, .stride = 12, .width = 12, .height = 6, .palette = &p };
	enum encoder encoder;
	struct err e;

	(void)state;
	fill_palette(&p, PALETTE_MAX);
	memset(indices, 90, sizeof(indices));
	indices[3] = 17;
	indices[40] = indices[41] = 3;
	for (encoder = ENCODER_OWN; encoder <= ENCODER_LIBSIXEL; encoder++) {
		char want[40];
		struct buf out;

		buf_init(&out, 4000);
		assert_int_equal(sixel_put(encoder, &r, &out, &e), 0);
		snprintf(want, sizeof(want), "#0;2;%d;%d;%d", p.percent[90][0], p.percent[90][1], p.percent[90][2]);
		assert_non_null(strstr(out.data, want));
		snprintf(want, sizeof(want), "#1;2;%d;%d;%d", p.percent[3][0], p.percent[3][1], p.percent[3][2]);
		assert_non_null(strstr(out.data, want));
		snprintf(want, sizeof(want), "#2;2;%d;%d;%d", p.percent[17][0], p.percent[17][1], p.percent[17][2]);
		assert_non_null(strstr(out.data, want));
		assert_null(strstr(out.data, "#3"));
		buf_release(&out);
	}
}

static void what_is_no_picture(void **state)
{
	uint8_t indices[100] = { 0 };
	struct palette p = { .count = 0 };
	struct sixel_rect r = { .indices = indices, .stride = 10, .width = 10, .height = 5, .palette = &p };
	enum encoder encoder;
	struct buf out;
	struct err e;

	(void)state;
	fill_palette(&p, 2);
	buf_init(&out, 1000);
	for (encoder = ENCODER_OWN; encoder <= ENCODER_LIBSIXEL; encoder++) {
		r.width = 10;
		assert_int_equal(sixel_put(encoder, &r, &out, &e), ERR_INVALID);
		r.width = 0;
		r.height = 6;
		assert_int_equal(sixel_put(encoder, &r, &out, &e), ERR_INVALID);
		r.height = 5;
	}
	assert_int_equal(out.len, 0);
	/* More bytes than there is room for: said, not cut. */
	buf_release(&out);
	buf_init(&out, 20);
	r.width = 10, r.height = 10;
	assert_true(sixel_put(ENCODER_OWN, &r, &out, &e) < 0);
	buf_release(&out);
}

/* ---- palettes ---- */

static struct image plain(int width, int height, const uint8_t rgb[3])
{
	struct image im = { .rgb = malloc((size_t)width * (size_t)height * 3), .width = width, .height = height };
	int i;

	for (i = 0; i < width * height; i++)
		memcpy(im.rgb + i * 3, rgb, 3);
	return im;
}

static void few_colours_are_kept(void **state)
{
	static const uint8_t colours[][3] = { { 0, 0, 0 }, { 255, 255, 255 }, { 51, 102, 153 }, { 255, 40, 150 }, { 128, 128, 128 }, { 130, 10, 10 } };
	struct image im = plain(120, 100, colours[1]);
	struct palette p = { .count = 0 };
	uint8_t index;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(colours); i++)
		for (k = 0; k < 500; k++)
			memcpy(im.rgb + (i * 1500 + (size_t)k) * 3, colours[i], 3);
	assert_int_equal(palette_make(&p, &im, 128), 0);
	assert_int_equal(p.count, ARRAY_LEN(colours));
	for (i = 0; i < ARRAY_LEN(colours); i++) {
		assert_int_equal(palette_map(&p, colours[i], 1, &index), 0);
		for (k = 0; k < 3; k++)
			assert_true(abs(p.rgb[index][k] - colours[i][k]) <= 2);	/* hundredths of 255 */
	}
	palette_release(&p);
	image_release(&im);
}

/* A mark of a few pixels on a picture with more colours than there are places: it keeps its colour. */
static void what_is_rare_is_kept(void **state)
{
	static const uint8_t mark[3] = { 255, 40, 150 };
	struct image im = plain(400, 300, mark);
	struct palette p = { .count = 0 };
	uint8_t index;
	int i;

	(void)state;
	seed = 1;
	for (i = 0; i < 400 * 300; i++) {
		uint8_t grey = (uint8_t)next(256), pixel[3] = { grey, (uint8_t)(grey / 2 + next(100)), (uint8_t)next(140) };

		if (i < 20000 || i >= 20060)
			memcpy(im.rgb + i * 3, pixel, 3);
	}
	assert_int_equal(palette_make(&p, &im, 64), 0);
	assert_in_range(p.count, 48, 64);
	palette_map(&p, mark, 1, &index);
	for (i = 0; i < 3; i++)
		assert_true(abs(p.rgb[index][i] - mark[i]) <= 8);
	palette_release(&p);
	image_release(&im);
}

/* What is mapped is the nearest there is; and what has none near is counted. */
static void the_nearest_is_found(void **state)
{
	static const uint8_t white[3] = { 255, 255, 255 }, red[3] = { 255, 0, 0 };
	struct image im = plain(60, 60, white);
	struct palette p = { .count = 0 };
	uint8_t pixels[30], indices[10];
	int i;

	(void)state;
	memset(im.rgb, 0, 60 * 20 * 3);
	assert_int_equal(palette_make(&p, &im, 128), 0);
	assert_int_equal(p.count, 2);
	for (i = 0; i < 30; i++)
		pixels[i] = i < 15 ? 3 : 250;
	assert_int_equal(palette_map(&p, pixels, 10, indices), 0);
	for (i = 0; i < 10; i++)
		assert_memory_equal(p.rgb[indices[i]], i < 5 ? im.rgb : white, 3);
	memcpy(pixels + 9, red, 3);
	assert_int_equal(palette_map(&p, pixels, 10, indices), 1);
	palette_release(&p);
	image_release(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_and_kind), cmocka_unit_test(random_rectangles), cmocka_unit_test(colours_are_dense), cmocka_unit_test(what_is_no_picture),
		cmocka_unit_test(few_colours_are_kept), cmocka_unit_test(what_is_rare_is_kept), cmocka_unit_test(the_nearest_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
