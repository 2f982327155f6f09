/* test_picture_stream: whatever is sent as changes, the terminal's pixels are those of the whole picture; rectangles; the ten screens of the corpus. */
#include "config.h"

#include "tests/unit/unit.h"

#include <png.h>

#include "tests/picture/canvas.h"
#include "ui/picture_stream.h"
#include "ui/rects.h"

enum { CELL_WIDTH = 10, CELL_HEIGHT = 20, FRAMES = 10 };

static uint32_t seed;

static uint32_t next(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* ---- rectangles ---- */

static void check_rects(const uint8_t *flags, int columns, int rows, int max)
{
	uint8_t in[40 * 30] = { 0 };
	struct rect list[200];
	int count = rects_find(flags, columns, rows, list, max), i, x, y;

	assert_true(count <= max);
	for (i = 0; i < count; i++) {
		assert_true(list[i].x >= 0 && list[i].y >= 0 && list[i].width > 0 && list[i].height > 0);
		assert_true(list[i].x + list[i].width <= columns && list[i].y + list[i].height <= rows);
		for (y = list[i].y; y < list[i].y + list[i].height; y++)
			for (x = list[i].x; x < list[i].x + list[i].width; x++)
				in[y * columns + x] = 1;
	}
	for (i = 0; i < columns * rows && count >= 0; i++) {
		if (flags[i] & CELL_BARRED)
			assert_int_equal(in[i], 0);
		else if (flags[i] & CELL_WANTED)
			assert_int_equal(in[i], 1);
	}
}

static void rectangles_have_all_cells(void **state)
{
	uint8_t flags[40 * 30];
	int round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		uint32_t wanted = 1 + next(60), barred = next(4) == 0 ? 20 : 1000;

		seed = (uint32_t)round;
		for (i = 0; i < 40 * 30; i++)
			flags[i] = (uint8_t)((next(wanted) == 0 ? CELL_WANTED : 0) | (next(barred) == 0 ? CELL_BARRED : 0));
		check_rects(flags, 40, 30, 200);
		check_rects(flags, 40, 30, 5);
	}
}

static void rectangles_are_few(void **state)
{
	uint8_t flags[40 * 30] = { 0 };
	struct rect list[10];
	int x, y;

	(void)state;
	assert_int_equal(rects_find(flags, 40, 30, list, 10), 0);
	for (y = 5; y < 8; y++)	/* two words over each other: one */
		for (x = 10; x < 20; x++)
			flags[y * 40 + x] = CELL_WANTED;
	flags[6 * 40 + 22] = CELL_WANTED;
	assert_int_equal(rects_find(flags, 40, 30, list, 10), 1);
	assert_true(list[0].x == 10 && list[0].y == 5 && list[0].width == 13 && list[0].height == 3);
	flags[29 * 40] = flags[39] = CELL_WANTED;	/* far corners: their own */
	assert_int_equal(rects_find(flags, 40, 30, list, 10), 3);
	assert_int_equal(rects_find(flags, 40, 30, list, 2), -1);
	memset(flags, CELL_WANTED, sizeof(flags));
	assert_int_equal(rects_find(flags, 40, 30, list, 10), 1);
	flags[15 * 40 + 20] |= CELL_BARRED;
	check_rects(flags, 40, 30, 200);
}

/* ---- streams ---- */

static const struct picture_policy many = { .backend = BACKEND_SIXEL, .deltas = true, .colors = 128 };

/* The pixels that the terminal is to show, by the stream's own places: nothing of it may be missing. */
static void check_canvas(const struct picture_stream *s, const struct canvas *c, const uint8_t *covered)
{
	int left = s->at.x * s->cell_width, top = s->at.y * s->cell_height, x, y;

	for (y = 0; y < s->image.height; y++) {
		for (x = 0; x < s->image.width; x++) {
			const uint8_t *want = s->palette.rgb[s->wanted[y * s->image.width + x]], *got = c->rgb + ((top + y) * c->width + left + x) * 3;

			if (covered && covered[y / s->cell_height * s->at.width + x / s->cell_width])
				continue;
			if (memcmp(want, got, 3) != 0)
				fail_msg("pixel %d,%d is %d %d %d, not %d %d %d", x, y, got[0], got[1], got[2], want[0], want[1], want[2]);
		}
	}
}

static struct picture_parts put(struct picture_stream *s, const struct picture_policy *policy, const uint8_t *covered, struct canvas *c, size_t *ret_len)
{
	struct picture_parts parts;
	struct buf out;
	struct err e;
	size_t from = 0;
	int i;

	buf_init(&out, SIZE_MAX - 1);
	assert_int_equal(picture_stream_put(s, policy, ENCODER_OWN, covered, &out, &parts, &e), 0);
	/* Each part stands alone. */
	for (i = 0; i < parts.count; i++) {
		if (!canvas_feed(c, out.data + from, parts.ends[i] - from))
			fail_msg("part %d: %s", i, c->error);
		from = parts.ends[i];
	}
	assert_int_equal(from, out.len);
	*ret_len = out.len;
	buf_release(&out);
	return parts;
}

static struct image read_png(const char *name)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	struct image im;
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/corpus/screens/%s", getenv("ASSENT_SRC"), name);
	assert_true(png_image_begin_read_from_file(&png, path));
	png.format = PNG_FORMAT_RGB;
	im = (struct image){ .rgb = malloc(PNG_IMAGE_SIZE(png)), .width = (int)png.width, .height = (int)png.height };
	assert_true(png_image_finish_read(&png, NULL, im.rgb, 0, NULL));
	return im;
}

static double likeness(const struct image *a, const struct canvas *c, int left, int top)
{
	double sum = 0;
	int x, y;

	for (y = 0; y < a->height; y++) {
		for (x = 0; x < a->width * 3; x++) {
			int off = a->rgb[y * a->width * 3 + x] - c->rgb[((top + y) * c->width + left) * 3 + x];

			sum += (double)off * off;
		}
	}
	return sum / ((double)a->width * a->height * 3);	/* mean square: 5.2 is 41 dB */
}

static void ten_screens(void **state)
{
	const struct rect at = { 3, 2, 96, 30 }, all = { 0, 0, 1280, 800 };
	struct picture_stream s = { .images = 0 };
	struct canvas c;
	size_t whole = 0, len, sizes[FRAMES] = { 0 }, smaller = 0;
	int i, k;

	(void)state;
	assert_true(canvas_init(&c, 110, 34, CELL_WIDTH, CELL_HEIGHT, 77));
	for (i = 0; i < FRAMES; i++) {
		struct image screen, scaled;
		char name[20];

		snprintf(name, sizeof(name), "desk-%02d.png", i);
		screen = read_png(name);
		assert_int_equal(image_scale(&screen, &all, 960, 600, &scaled), 0);
		assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &scaled), 0);
		put(&s, &many, NULL, &c, &sizes[i]);
		check_canvas(&s, &c, NULL);
		assert_true(likeness(&scaled, &c, at.x * CELL_WIDTH, at.y * CELL_HEIGHT) < 5.2);
		whole = i == 0 ? sizes[0] : whole;
		/* The same once more: nothing. */
		assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &scaled), 0);
		assert_int_equal(put(&s, &many, NULL, &c, &len).count, 0);
		image_release(&screen);
		image_release(&scaled);
	}
	assert_true(sizes[1] * 50 <= whole);	/* a typed word */
	for (i = 1; i < FRAMES; i++) {
		for (k = 1, smaller = 0; k < FRAMES; k++)
			smaller += sizes[k] < sizes[i] || (sizes[k] == sizes[i] && k < i);
		if (smaller == (FRAMES - 1) / 2)
			assert_true(sizes[i] * 5 <= whole);	/* the median */
	}
	canvas_release(&c);
	picture_stream_release(&s);
}

static struct image noise(int width, int height)
{
	struct image im = { .rgb = malloc((size_t)width * (size_t)height * 3), .width = width, .height = height };

	memset(im.rgb, 200, (size_t)width * (size_t)height * 3);
	return im;
}

static void scribble(struct image *im)
{
	int w = 1 + (int)next(40), h = 1 + (int)next(30), at_x = (int)next((uint32_t)im->width), at_y = (int)next((uint32_t)im->height), x, y;
	uint8_t colour[3] = { (uint8_t)(next(9) * 31), (uint8_t)(next(5) * 60), (uint8_t)(next(3) * 127) };

	for (y = at_y; y < at_y + h && y < im->height; y++)
		for (x = at_x; x < at_x + w && x < im->width; x++)
			memcpy(im->rgb + (y * im->width + x) * 3, colour, 3);
}

/* Something is drawn over those cells. */
static void cover(struct canvas *c, const struct rect *at, const uint8_t *covered)
{
	int x, y, k;

	for (y = 0; y < at->height; y++)
		for (x = 0; x < at->width; x++)
			for (k = 0; k < CELL_HEIGHT && covered[y * at->width + x]; k++)
				memset(c->rgb + (((at->y + y) * CELL_HEIGHT + k) * c->width + (at->x + x) * CELL_WIDTH) * 3, 99, CELL_WIDTH * 3);
}

/* Random changes, covers that come and go, sizes that do not fill their last cells, and terminals that keep few pictures. */
static void random_changes(void **state)
{
	static const struct { int width, height, most; } cases[] = { { 200, 160, 0 }, { 193, 148, 0 }, { 87, 26, 14 }, { 200, 160, 4 }, { 11, 6, 1 } };
	const struct rect at = { 1, 1, 20, 8 };
	size_t i, len;
	int round, k, wholes;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct picture_policy policy = many;
		struct image im = noise(cases[i].width, cases[i].height);
		struct picture_stream s = { .images = 0 };
		uint8_t covered[20 * 8] = { 0 };
		struct canvas c;

		seed = (uint32_t)i;
		wholes = 0;
		policy.max_images_between_keyframes = cases[i].most;
		assert_true(canvas_init(&c, 30, 12, CELL_WIDTH, CELL_HEIGHT, 3));
		for (round = 0; round < 120; round++) {
			struct picture_parts parts;

			for (k = (int)next(4); k > 0; k--)
				scribble(&im);
			if (next(4) == 0)
				for (k = 0; k < 20 * 8; k++)
					covered[k] = next(3) == 0 && k / 20 < 5 && k % 20 < 9;
			if (next(6) == 0)
				memset(covered, 0, sizeof(covered));
			if (next(20) == 0)
				picture_stream_renew(&s);
			if (next(25) == 0) {	/* the terminal has lost it */
				memset(c.rgb, 50, (size_t)c.width * (size_t)c.height * 3);
				picture_stream_forget(&s);
			}
			cover(&c, &at, covered);
			assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
			parts = put(&s, &policy, covered, &c, &len);
			wholes += parts.whole;
			check_canvas(&s, &c, covered);
			if (cases[i].most > 0 && !parts.whole && parts.count > 0)
				assert_true(s.images <= cases[i].most);
		}
		assert_true(wholes > 3 && wholes < 120);
		canvas_release(&c);
		picture_stream_release(&s);
		image_release(&im);
	}
}

/* What stands before the picture is not drawn over, and what was below it comes back. */
static void covers(void **state)
{
	const struct rect at = { 0, 0, 10, 4 };
	struct image im = noise(100, 80);
	struct picture_stream s = { .images = 0 };
	uint8_t covered[40] = { 0 };
	struct canvas c;
	size_t len;
	int k;

	(void)state;
	assert_true(canvas_init(&c, 10, 4, CELL_WIDTH, CELL_HEIGHT, 3));
	covered[12] = covered[13] = 1;
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	put(&s, &many, covered, &c, &len);
	for (k = 0; k < 20; k++)
		assert_int_equal(c.rgb[(25 * c.width + 20 + k) * 3], 3);	/* untouched, by blanks too */
	assert_int_not_equal(c.rgb[(25 * c.width + 19) * 3], 3);
	assert_int_not_equal(c.rgb[(25 * c.width + 40) * 3], 3);
	memset(covered, 0, sizeof(covered));
	assert_int_equal(put(&s, &many, covered, &c, &len).count, 1);
	check_canvas(&s, &c, NULL);
	memset(covered, 1, sizeof(covered));
	assert_int_equal(put(&s, &many, covered, &c, &len).count, 0);
	canvas_release(&c);
	picture_stream_release(&s);
	image_release(&im);
}

static void whole_pictures(void **state)
{
	struct picture_policy policy = many;
	const struct rect at = { 0, 0, 20, 20 }, elsewhere = { 2, 0, 20, 20 };
	struct image im = noise(200, 400);
	struct picture_stream s = { .images = 0 };
	struct picture_parts parts;
	struct canvas c;
	size_t len;

	(void)state;
	assert_true(canvas_init(&c, 30, 24, CELL_WIDTH, CELL_HEIGHT, 3));
	assert_int_equal(put(&s, &many, NULL, &c, &len).count, 0);	/* nothing was set */
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &many, NULL, &c, &len);
	assert_true(parts.whole && parts.count == 5);	/* blanks, and four strips */
	assert_false(picture_stream_is_mixed(&s));
	/* A few pixels that the palette has no colour for: nothing yet, and they wait for the next whole one. */
	memset(im.rgb + 3000, 20, 60);
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	assert_int_equal(put(&s, &many, NULL, &c, &len).count, 0);
	assert_true(picture_stream_is_mixed(&s));
	/* Many of them: all of it, at once. */
	memset(im.rgb + 6000, 20, 600);
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &many, NULL, &c, &len);
	assert_int_equal(parts.count, 4);
	assert_true(parts.whole);
	assert_false(picture_stream_is_mixed(&s));
	/* Colours that it has: what has changed. */
	memset(im.rgb + 9000, 20, 900);
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &many, NULL, &c, &len);
	assert_int_equal(parts.count, 1);
	assert_false(parts.whole);
	assert_true(picture_stream_is_mixed(&s));
	picture_stream_renew(&s);
	assert_true(put(&s, &many, NULL, &c, &len).whole);
	assert_false(picture_stream_is_mixed(&s));
	check_canvas(&s, &c, NULL);
	/* One picture, never a part of it, where the terminal does not take rectangles. */
	policy.deltas = false;
	seed = 5;
	scribble(&im);
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &policy, NULL, &c, &len);
	assert_true(parts.whole && parts.count == 1);
	/* Elsewhere: blanks first. */
	assert_int_equal(picture_stream_set(&s, &elsewhere, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &policy, NULL, &c, &len);
	assert_true(parts.whole && parts.count == 2);
	check_canvas(&s, &c, NULL);
	canvas_release(&c);
	picture_stream_release(&s);
	image_release(&im);
}

/* tmux drops a longer one: noise goes out in several. */
static void no_part_is_too_long(void **state)
{
	struct picture_policy policy = many;
	const struct rect at = { 0, 0, 96, 30 };
	struct image im = noise(960, 600);
	struct picture_stream s = { .images = 0 };
	struct picture_parts parts;
	struct canvas c;
	size_t len, from = 0;
	int i;

	(void)state;
	seed = 3;
	policy.max_images_between_keyframes = 8;
	for (i = 0; i < 960 * 600 * 3; i++)
		im.rgb[i] = (uint8_t)next(256);
	assert_true(canvas_init(&c, 96, 31, CELL_WIDTH, CELL_HEIGHT, 3));
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), 0);
	parts = put(&s, &policy, NULL, &c, &len);
	assert_true(len > 1024 * 1024);
	for (i = 0; i < parts.count; i++) {
		assert_true(parts.ends[i] - from <= 1024 * 1024);
		from = parts.ends[i];
	}
	check_canvas(&s, &c, NULL);
	canvas_release(&c);
	picture_stream_release(&s);
	image_release(&im);
}

static void sizes(void **state)
{
	const struct rect at = { 0, 0, 10, 4 };
	struct picture_stream s = { .images = 0 };
	struct image im = noise(100, 80);
	int height;

	(void)state;
	assert_int_equal(picture_fit(600, 20, 1), 600);
	assert_int_equal(picture_fit(605, 20, 1), 600);	/* five rows are too few */
	assert_int_equal(picture_fit(606, 20, 1), 606);
	assert_int_equal(picture_fit(5, 20, 1), 0);
	assert_int_equal(picture_fit(605, 20, 6), 600);
	for (height = 1; height < 500; height++) {
		int fit = picture_fit(height, 17, 6);

		assert_true(fit <= height && fit % 6 == 0 && (fit == 0 || fit % 17 == 0 || fit % 17 >= SIXEL_HEIGHT_MIN));
	}
	im.width = 101;
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), ERR_INVALID);
	im.width = 100;
	im.height = 65;
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), ERR_INVALID);
	im.height = 81;
	assert_int_equal(picture_stream_set(&s, &at, CELL_WIDTH, CELL_HEIGHT, &im), ERR_INVALID);
	image_release(&im);
	picture_stream_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rectangles_have_all_cells), cmocka_unit_test(rectangles_are_few), cmocka_unit_test(ten_screens), cmocka_unit_test(random_changes),
		cmocka_unit_test(covers), cmocka_unit_test(whole_pictures), cmocka_unit_test(no_part_is_too_long), cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
