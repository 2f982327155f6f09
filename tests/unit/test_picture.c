/* test_picture: scaling, parts and how they are looked at, half blocks. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/blocks.h"
#include "ui/pairs.h"
#include "ui/picture.h"
#include "ui/theme.h"
#include "ui/scale.h"

static struct image make(int width, int height)
{
	struct image im = { .rgb = malloc((size_t)width * (size_t)height * 3), .width = width, .height = height };
	int x, y;

	/* A desktop's kind of picture: flat areas, a few colours, sharp edges. */
	for (y = 0; y < height; y++) {
		for (x = 0; x < width; x++) {
			uint8_t *p = im.rgb + ((size_t)y * (size_t)width + (size_t)x) * 3;
			int k = (x / 20 + y / 15) % 7;

			p[0] = (uint8_t)(k * 36);
			p[1] = (uint8_t)(255 - k * 20);
			p[2] = (uint8_t)((x / 20) % 3 * 100);
		}
	}
	return im;
}

static void scaling_keeps_what_is_even(void **state)
{
	struct image im = { .rgb = malloc(300 * 200 * 3), .width = 300, .height = 200 }, out;
	struct rect all = { 0, 0, 300, 200 };
	int sizes[][2] = { { 300, 200 }, { 150, 100 }, { 97, 31 }, { 1, 1 }, { 299, 199 } };
	size_t i, k;

	(void)state;
	for (k = 0; k < 300 * 200; k++)
		memcpy(im.rgb + k * 3, "\x10\x80\xf0", 3);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(image_scale(&im, &all, sizes[i][0], sizes[i][1], &out), 0);
		for (k = 0; k < (size_t)sizes[i][0] * (size_t)sizes[i][1]; k++)
			assert_memory_equal(out.rgb + k * 3, "\x10\x80\xf0", 3);
		image_release(&out);
	}
	all.width = 301;
	assert_int_equal(image_scale(&im, &all, 10, 10, &out), ERR_INVALID);
	image_release(&im);
}

static void scaling_averages(void **state)
{
	uint8_t pixels[] = { 0, 0, 0, 100, 100, 100, 200, 200, 200, 100, 100, 100 };
	struct image im = { .rgb = pixels, .width = 2, .height = 2 }, out;
	struct rect all = { 0, 0, 2, 2 }, one = { 1, 0, 1, 1 };

	(void)state;
	assert_int_equal(image_scale(&im, &all, 1, 1, &out), 0);
	assert_int_equal(out.rgb[0], 100);
	image_release(&out);
	assert_int_equal(image_scale(&im, &one, 1, 1, &out), 0);
	assert_int_equal(out.rgb[0], 100);
	image_release(&out);
	assert_int_equal(image_scale(&im, &all, 2, 2, &out), 0);
	assert_memory_equal(out.rgb, pixels, sizeof(pixels));
	image_release(&out);
}

static void scaling_only_what_was_touched(void **state)
{
	struct image before = make(320, 200), after = make(320, 200), whole, rows = { .rgb = malloc(213 * 133 * 3), .width = 213, .height = 133 };
	struct rect all = { 0, 0, 320, 200 };
	struct scaler s = { .width = 0 };
	uint8_t touched[200] = { 0 };
	bool anew;

	(void)state;
	assert_int_equal(scaler_set(&s, 320, 200, &all, 213, 133, &anew), 0);
	assert_true(anew);
	assert_int_equal(scaler_rows(&s, &before, NULL, &rows), 133);
	memset(after.rgb + (90 * 320 + 30) * 3, 0x55, 60);
	memset(after.rgb + (91 * 320 + 30) * 3, 0x55, 60);
	touched[90] = touched[91] = 1;
	assert_int_equal(scaler_set(&s, 320, 200, &all, 213, 133, &anew), 0);
	assert_false(anew);
	assert_in_range(scaler_rows(&s, &after, touched, &rows), 2, 4);
	assert_int_equal(image_scale(&after, &all, 213, 133, &whole), 0);
	assert_memory_equal(rows.rgb, whole.rgb, 213 * 133 * 3);
	image_release(&before);
	image_release(&after);
	image_release(&whole);
	image_release(&rows);
	scaler_release(&s);
}

/* A line one pixel wide stays what it was: nothing of it is lost, nothing is added. */
static void scaling_loses_nothing(void **state)
{
	static const int sizes[][2] = { { 75, 75 }, { 99, 50 }, { 37, 80 }, { 20, 30 }, { 100, 100 } };
	struct image im = { .rgb = calloc(100 * 100, 3), .width = 100, .height = 100 }, out;
	struct rect all = { 0, 0, 100, 100 };
	size_t i, k;
	int y;

	(void)state;
	for (y = 0; y < 100; y++)
		memset(im.rgb + (y * 100 + 41) * 3, 255, 3);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		size_t pixels = (size_t)sizes[i][0] * (size_t)sizes[i][1];
		double sum = 0;

		assert_int_equal(image_scale(&im, &all, sizes[i][0], sizes[i][1], &out), 0);
		for (k = 0; k < pixels; k++)
			sum += out.rgb[k * 3];
		sum = sum / (double)pixels / 255 * 100;
		assert_true(sum > 0.97 && sum < 1.03);
		image_release(&out);
	}
	image_release(&im);
}

static void parts(void **state)
{
	const struct picture_view whole = { .zoom = 1 }, actual = { .zoom = 1, .actual = true };
	struct image im = { .width = 1280, .height = 800 };
	struct picture_mark mark = { .shape = MARK_CROSS, .point = true, .x = 1270, .y = 5 }, none = { 0 };
	struct rect part;
	int w, h;

	(void)state;
	picture_part(&im, 640, 600, &whole, &none, &part, &w, &h);
	assert_true(w == 640 && h == 400 && part.width == 1280 && part.height == 800);
	picture_part(&im, 2000, 400, &whole, &none, &part, &w, &h);
	assert_true(w == 640 && h == 400);
	picture_part(&im, 400, 200, &actual, &mark, &part, &w, &h);
	assert_true(w == 400 && h == 200 && part.x == 880 && part.y == 0);
	mark.x = 600, mark.y = 400;
	picture_part(&im, 400, 200, &actual, &mark, &part, &w, &h);
	assert_true(part.x == 400 && part.y == 300);
	picture_part(&im, 4000, 4000, &actual, &mark, &part, &w, &h);
	assert_true(w == 1280 && h == 800);
	picture_part(&im, 4000, 4000, &whole, &mark, &part, &w, &h);
	assert_true(w == 1280 && h == 800);	/* never enlarged by itself */
}

static void a_part_is_larger(void **state)
{
	struct picture_view view = { .zoom = 4 };
	struct image im = { .width = 1280, .height = 800 };
	struct picture_mark mark = { .shape = MARK_CROSS, .point = true, .x = 640, .y = 400 };
	struct rect part;
	int w, h, i;

	(void)state;
	picture_part(&im, 640, 400, &view, &mark, &part, &w, &h);
	assert_true(w == 640 && h == 400 && part.width == 320 && part.height == 200 && part.x == 480 && part.y == 300);
	/* All of the room is used, also where the whole leaves some. */
	picture_part(&im, 640, 600, &view, &mark, &part, &w, &h);
	assert_true(w == 640 && h == 600 && part.width == 320 && part.height == 300);
	/* The keys go a quarter of the part on, and not beyond the screen. */
	picture_part(&im, 640, 400, &view, &mark, &part, &w, &h);
	picture_pan(&view, &part, 1280, 800, 1, 0);
	picture_part(&im, 640, 400, &view, &mark, &part, &w, &h);
	assert_true(part.x == 560 && part.y == 300);
	for (i = 0; i < 20; i++) {
		picture_pan(&view, &part, 1280, 800, 1, -1);
		picture_part(&im, 640, 400, &view, &mark, &part, &w, &h);
		assert_true(part.x >= 0 && part.y >= 0 && part.x + part.width <= 1280 && part.y + part.height <= 800);
	}
	assert_true(part.x == 960 && part.y == 0);
	picture_pan(&view, &part, 1280, 800, -1, 0);
	picture_part(&im, 640, 400, &view, &mark, &part, &w, &h);
	assert_true(part.x == 880);	/* at once: the edge is not stuck to */
	for (i = 0; i < 1000; i++) {
		view.zoom = 1 + i % 9;
		view.x = i * 37 - 5000;
		view.y = 3000 - i * 23;
		picture_part(&im, 1 + i * 7 % 1500, 1 + i * 13 % 900, &view, &mark, &part, &w, &h);
		assert_true(part.x >= 0 && part.y >= 0 && part.width > 0 && part.height > 0 && part.x + part.width <= 1280 && part.y + part.height <= 800);
		assert_true(w >= 1 && h >= 1 && w <= 1 + i * 7 % 1500 && h <= 1 + i * 13 % 900);
	}
}

static void pixels_of_the_terminal_are_pixels_of_the_screen(void **state)
{
	const struct picture_place p = { { 5, 2, 64, 20 }, 10, 20, 640, 400, { 480, 300, 320, 200 } }, small = { { 0, 0, 10, 1 }, 10, 20, 100, 20, { 0, 0, 1000, 200 } };
	int x, y;

	(void)state;
	assert_true(picture_point(&p, 50, 40, &x, &y));
	assert_true(x == 480 && y == 300);
	assert_true(picture_point(&p, 50 + 639, 40 + 399, &x, &y));
	assert_true(x == 799 && y == 499);
	assert_false(picture_point(&p, 49, 40, &x, &y));
	assert_false(picture_point(&p, 50, 39, &x, &y));
	assert_false(picture_point(&p, 690, 40, &x, &y));
	assert_false(picture_point(&p, 50, 440, &x, &y));
	assert_true(picture_point(&small, 0, 0, &x, &y));
	assert_true(x == 5 && y == 5);	/* the middle of what one pixel shows */
}

static void a_mark_is_where_it_belongs(void **state)
{
	struct image im = make(400, 250);
	struct picture_mark mark = { .shape = MARK_CROSS, .point = true, .x = 200, .y = 100 };
	struct rect all = { 0, 0, 400, 250 };
	struct image before = make(400, 250);

	(void)state;
	image_mark(&im, &all, &mark);
	/* The bars stand off the point: what is to be clicked stays visible round it. */
	assert_memory_not_equal(im.rgb + (100 * 400 + 200 + 15) * 3, before.rgb + (100 * 400 + 200 + 15) * 3, 3);
	assert_memory_not_equal(im.rgb + (115 * 400 + 200) * 3, before.rgb + (115 * 400 + 200) * 3, 3);
	assert_memory_equal(im.rgb + (100 * 400 + 200 + 4) * 3, before.rgb + (100 * 400 + 200 + 4) * 3, 3);
	assert_memory_equal(im.rgb + (130 * 400 + 230) * 3, before.rgb + (130 * 400 + 230) * 3, 3);
	mark.x = -500, mark.y = 100000;
	image_mark(&im, &all, &mark);	/* outside: nothing is written outside */
	image_release(&im);
	image_release(&before);
}

static void half_blocks(void **state)
{
	uint8_t pixels[] = { 255, 0, 0, 0, 0, 255, 0, 255, 0, 128, 128, 128 };
	struct image im = { .rgb = pixels, .width = 2, .height = 2 };
	struct rect r = { 1, 1, 2, 1 };
	struct cells c;

	(void)state;
	cells_init(&c, 4, 3);
	blocks_draw(&c, &r, &im, 256, false);
	assert_string_equal(cells_at(&c, 1, 1)->text, "\xe2\x96\x80");
	assert_int_equal(cells_at(&c, 1, 1)->front, 196);	/* red above green */
	assert_int_equal(cells_at(&c, 1, 1)->back, 46);
	assert_int_equal(cells_at(&c, 2, 1)->front, 21);	/* blue above grey */
	assert_int_equal(cells_at(&c, 2, 1)->back, 244);
	assert_string_equal(cells_at(&c, 0, 1)->text, " ");
	assert_string_equal(cells_at(&c, 3, 1)->text, " ");
	cells_release(&c);
}

static bool is_at(const struct image *im, int x, int y, int r, int g, int b)
{
	const uint8_t *p = im->rgb + ((size_t)y * (size_t)im->width + (size_t)x) * 3;

	return p[0] == r && p[1] == g && p[2] == b;
}

/* Pixels of the mark's own colour in a rectangle. */
static int marked_in(const struct image *im, int x, int y, int width, int height)
{
	int n = 0, i, k;

	for (k = y; k < y + height; k++)
		for (i = x; i < x + width; i++)
			n += is_at(im, i, k, 255, 40, 150);
	return n;
}

static void shapes(void **state)
{
	static const struct { const char *what; struct picture_mark mark; int in[4], not[4]; } rows[] = {
		/* Of a control that is known nothing is covered but the point. */
		{ "control", { .shape = MARK_CROSS, .point = true, .x = 200, .y = 100, .frame = { 160, 85, 80, 30 } }, { 244, 95, 30, 10 }, { 162, 87, 30, 26 } },
		{ "double", { .shape = MARK_DOUBLE, .point = true, .x = 200, .y = 100 }, { 185, 85, 30, 4 }, { 203, 103, 3, 3 } },
		{ "drag", { .shape = MARK_ARROW, .point = true, .x = 50, .y = 50, .x2 = 300, .y2 = 200 }, { 160, 110, 40, 40 }, { 160, 20, 40, 40 } },
		{ "scroll down", { .shape = MARK_SCROLL, .point = true, .x = 200, .y = 100, .x2 = 0, .y2 = 1 }, { 192, 136, 16, 10 }, { 192, 55, 16, 8 } },
		{ "scroll up", { .shape = MARK_SCROLL, .point = true, .x = 200, .y = 100, .x2 = 0, .y2 = -1 }, { 192, 54, 16, 10 }, { 192, 137, 16, 8 } },
		{ "text", { .shape = MARK_FRAME, .frame = { 100, 100, 120, 24 } }, { 96, 96, 130, 4 }, { 100, 100, 120, 24 } },
		{ "nowhere", { .shape = MARK_FRAME }, { 0, 0, 0, 0 }, { 0, 0, 400, 250 } },
		{ "far away", { .shape = MARK_CROSS, .point = true, .x = 2147483647, .y = -2147483647 - 1 }, { 0, 0, 0, 0 }, { 0, 0, 400, 250 } },
		{ "far arrow", { .shape = MARK_ARROW, .point = true, .x = -1000000, .y = 100, .x2 = 1000000, .y2 = 100 }, { 0, 98, 400, 5 }, { 0, 0, 400, 90 } },
	};
	struct rect all = { 0, 0, 400, 250 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct image im = make(400, 250);

		image_mark(&im, &all, &rows[i].mark);
		if (rows[i].in[2] && marked_in(&im, rows[i].in[0], rows[i].in[1], rows[i].in[2], rows[i].in[3]) == 0)
			fail_msg("%s: nothing is where it should be", rows[i].what);
		if (marked_in(&im, rows[i].not[0], rows[i].not[1], rows[i].not[2], rows[i].not[3]) > 0)
			fail_msg("%s: something is where nothing should be", rows[i].what);
		image_release(&im);
	}
}

/* Words, the cursor, frames round what changed: in their own colours; of no text and no number anything outside. */
static void words_and_frames(void **state)
{
	struct picture_mark m = { .shape = MARK_CROSS, .point = true, .x = 395, .y = 245, .label = "41 left \xc3\xa9\x01~", .cursor = true, .cursor_x = 100, .cursor_y = 60 }, other;
	struct rect all = { 0, 0, 400, 250 }, changed = { 20, 30, 50, 40 };
	struct image im = make(400, 250);
	int i, white = 0, x, y;

	(void)state;
	mark_add_changed(&m, &changed);
	image_mark(&im, &all, &m);
	assert_true(is_at(&im, 40, 29, 40, 220, 90) && is_at(&im, 70, 50, 40, 220, 90) && !is_at(&im, 40, 50, 40, 220, 90));
	assert_true(is_at(&im, 100, 60, 255, 255, 255));
	for (i = 0; i < 400 * 250; i++)
		white += is_at(&im, i % 400, i / 400, 255, 255, 255);
	assert_true(white > 100);
	for (i = 0; i < MARK_CHANGED + 5; i++) {
		changed = (struct rect){ i * 10, 0, 5, 5 };
		mark_add_changed(&m, &changed);
	}
	assert_int_equal(m.changed_count, MARK_CHANGED);
	assert_int_equal(m.changed[MARK_CHANGED - 1].x + m.changed[MARK_CHANGED - 1].width, (MARK_CHANGED + 4) * 10 + 5);	/* none is lost */
	other = m;
	assert_true(mark_same(&m, &other));
	other.changed[3].width++;
	assert_false(mark_same(&m, &other));
	other = m;
	other.label[0] = 'x';
	assert_false(mark_same(&m, &other));
	other = (struct picture_mark){ .shape = MARK_FRAME, .frame = { 10, 20, 100, 50 }, .cursor = true, .cursor_x = 7, .cursor_y = 8 };
	assert_true(mark_centre(&other, &x, &y) && x == 60 && y == 45);
	other.frame.width = 0;
	assert_true(mark_centre(&other, &x, &y) && x == 7 && y == 8);
	other.cursor = false;
	assert_false(mark_centre(&other, &x, &y));
	image_release(&im);
}

/* What a cell shows, by its text, as the colours of its upper and lower half. */
static void halves(const struct cell *cell, int *upper, int *lower)
{
	*upper = *lower = cell->back;
	if (strcmp(cell->text, "\xe2\x96\x88") == 0)
		*upper = *lower = cell->front;
	else if (strcmp(cell->text, "\xe2\x96\x80") == 0)
		*upper = cell->front;
	else if (strcmp(cell->text, "\xe2\x96\x84") == 0)
		*lower = cell->front;
}

/* All pairs of so few colours, each as it is, in no more pairs than such a terminal has. */
static void blocks_of_few_colours(void **state)
{
	int few, i, k;

	(void)state;
	for (few = 8; few <= 16; few += 8) {
		struct image im = { .rgb = malloc((size_t)few * (size_t)few * 6), .width = few * few, .height = 2 };
		struct rect r = { 0, 0, few * few, 1 };
		bool used[16][16] = { { false } };
		int pairs = 0;
		struct cells c;

		for (i = 0; i < few * few; i++) {
			for (k = 0; k < 3; k++) {
				im.rgb[i * 3 + k] = (uint8_t)(theme_rgb((int16_t)(i / few)) >> (16 - 8 * k));
				im.rgb[(few * few + i) * 3 + k] = (uint8_t)(theme_rgb((int16_t)(i % few)) >> (16 - 8 * k));
			}
		}
		cells_init(&c, few * few, 1);
		blocks_draw(&c, &r, &im, few, false);
		for (i = 0; i < few * few; i++) {
			const struct cell *cell = cells_at(&c, i, 0);
			int upper, lower;

			halves(cell, &upper, &lower);
			assert_int_equal(upper, i / few);
			assert_int_equal(lower, i % few);
			pairs += !used[cell->front][cell->back];
			used[cell->front][cell->back] = true;
		}
		assert_int_equal(pairs, few * (few - 1) / 2);
		cells_release(&c);
		image_release(&im);
	}
}

static void blocks_of_all_colours_and_of_none(void **state)
{
	uint8_t pixels[] = { 250, 10, 20, 0, 0, 0, 0, 255, 0, 255, 255, 255 };
	struct image im = { .rgb = pixels, .width = 2, .height = 2 };
	struct rect r = { 0, 0, 2, 1 };
	struct cells c;

	(void)state;
	cells_init(&c, 2, 1);
	blocks_draw(&c, &r, &im, BLOCKS_DIRECT, false);
	assert_int_equal(cells_at(&c, 0, 0)->front, CELL_RGB | 0xf80810);
	assert_int_equal(cells_at(&c, 0, 0)->back, CELL_RGB | 0x00f800);
	/* Red and green, below and above the middle; black and white. */
	blocks_draw(&c, &r, &im, 0, false);
	assert_string_equal(cells_at(&c, 0, 0)->text, "\xe2\x96\x84");
	assert_string_equal(cells_at(&c, 1, 0)->text, "\xe2\x96\x84");
	assert_int_equal(cells_at(&c, 0, 0)->front, -1);
	blocks_draw(&c, &r, &im, 0, true);
	assert_string_equal(cells_at(&c, 1, 0)->text, "\xe2\x96\x80");
	cells_release(&c);
}

/* As a plain list would give them, with colours of each kind; and what was forgotten is given anew. */
static void numbers_of_pairs(void **state)
{
	static struct pairs p;
	int rooms[] = { 32, 300, PAIRS_MAX }, i, n;
	uint32_t r = 1;
	size_t k;
	bool is_new;

	(void)state;
	for (k = 0; k < ARRAY_LEN(rooms); k++) {
		memset(&p, 0, sizeof(p));
		p.room = rooms[k];
		for (i = 0; i < 20000; i++) {
			int32_t front, back;
			int was = p.count;

			r = r * 1664525 + 1013904223;
			front = (int32_t)(r >> 24) % 40 - 1;
			back = r & 1 ? CELL_RGB | (int32_t)(r >> 8 & 0x3f) << 16 : (int32_t)(r >> 16 & 31);
			n = pairs_find(&p, front, back, &is_new);
			assert_int_equal(p.count - was, is_new);
			if (n < 0)
				assert_int_equal(p.count, p.room);
			else
				assert_true(n < p.count && p.front[n] == front && p.back[n] == back && (is_new ? n == was : n < was));
		}
		assert_int_equal(pairs_renew(&p), rooms[k] < PAIRS_MAX || p.count >= PAIRS_MAX / 2);
		assert_false(pairs_renew(&p) && p.count);
		assert_true(pairs_find(&p, 1000, 7, &is_new) >= 0 && is_new);
		assert_true(pairs_find(&p, 1000, 7, &is_new) >= 0 && !is_new);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaling_keeps_what_is_even), cmocka_unit_test(scaling_averages), cmocka_unit_test(scaling_only_what_was_touched),
		cmocka_unit_test(scaling_loses_nothing), cmocka_unit_test(parts), cmocka_unit_test(a_part_is_larger),
		cmocka_unit_test(pixels_of_the_terminal_are_pixels_of_the_screen), cmocka_unit_test(a_mark_is_where_it_belongs), cmocka_unit_test(shapes), cmocka_unit_test(words_and_frames), cmocka_unit_test(half_blocks), cmocka_unit_test(blocks_of_few_colours), cmocka_unit_test(blocks_of_all_colours_and_of_none),
		cmocka_unit_test(numbers_of_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
