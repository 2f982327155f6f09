/* test_screendiff: rectangles that hold every changed pixel and no more than they must; boxes; the text that the journal keeps. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/screendiff.h"

enum { WIDTH = 203, HEIGHT = 101 };

static uint8_t a[WIDTH * HEIGHT * 3], b[WIDTH * HEIGHT * 3];

static int start(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(a); i++)
		a[i] = (uint8_t)(i * 7);
	memcpy(b, a, sizeof(a));
	return 0;
}

static void change(int x, int y, int width, int height)
{
	int row, column;

	for (row = y; row < y + height; row++)
		for (column = x; column < x + width; column++)
			b[((size_t)row * WIDTH + (size_t)column) * 3 + 1] ^= 1;
}

static struct screen_changes changes(void)
{
	struct screen_changes c;

	screen_changes(a, b, WIDTH, HEIGHT, &c);
	return c;
}

static bool differs(int x, int y)
{
	return memcmp(a + ((size_t)y * WIDTH + (size_t)x) * 3, b + ((size_t)y * WIDTH + (size_t)x) * 3, 3) != 0;
}

static bool is_rect(const struct screen_rect *r, int x, int y, int width, int height)
{
	return r->x == x && r->y == y && r->width == width && r->height == height;
}

static void finds_them(void **state)
{
	struct screen_changes c = changes();

	(void)state;
	assert_int_equal(c.count, 0);
	change(0, 0, 1, 1);
	change(WIDTH - 1, HEIGHT - 1, 1, 1);
	change(60, 30, 50, 3);
	c = changes();
	assert_int_equal(c.count, 3);
	assert_true(is_rect(&c.rects[0], 0, 0, 1, 1));
	assert_true(is_rect(&c.rects[1], 60, 30, 50, 3));
	assert_true(is_rect(&c.rects[2], WIDTH - 1, HEIGHT - 1, 1, 1));
	change(0, 0, WIDTH, HEIGHT);
	change(0, 0, 1, 1);
	c = changes();
	assert_int_equal(c.count, 1);
	assert_true(is_rect(&c.rects[0], 0, 0, WIDTH, HEIGHT));
}

/* More places than there is room for: all of them are in some rectangle. Random ones, a thousand times, by a seed of our own. */
static void holds_every_pixel(void **state)
{
	uint32_t seed = 12345;
	int round, i, x, y, k;

	for (round = 0; round < 1000; round++) {
		struct screen_changes c;

		start(state);
		for (i = 0; i < round % 40; i++) {
			seed = seed * 1664525 + 1013904223;
			x = (int)(seed >> 8) % WIDTH;
			seed = seed * 1664525 + 1013904223;
			y = (int)(seed >> 8) % HEIGHT;
			change(x, y, WIDTH - x < 5 ? WIDTH - x : 5, 1);
		}
		c = changes();
		assert_true(c.count <= SCREEN_CHANGES_MAX);
		for (y = 0; y < HEIGHT; y++)
			for (x = 0; x < WIDTH; x++) {
				if (!differs(x, y))
					continue;
				for (k = 0; k < c.count; k++)
					if (x >= c.rects[k].x && x < c.rects[k].x + c.rects[k].width && y >= c.rects[k].y && y < c.rects[k].y + c.rects[k].height)
						break;
				assert_true(k < c.count);
			}
		for (k = 0; k < c.count; k++) {
			const struct screen_rect *r = &c.rects[k];
			bool left = false, top = false, right = false, bottom = false;

			assert_true(r->x >= 0 && r->y >= 0 && r->width > 0 && r->height > 0 && r->x + r->width <= WIDTH && r->y + r->height <= HEIGHT);
			for (y = r->y; y < r->y + r->height; y++) {
				left |= differs(r->x, y);
				right |= differs(r->x + r->width - 1, y);
			}
			for (x = r->x; x < r->x + r->width; x++) {
				top |= differs(x, r->y);
				bottom |= differs(x, r->y + r->height - 1);
			}
			assert_true(left && right && top && bottom);
		}
	}
}

static void looks_into_the_box_alone(void **state)
{
	static const struct { struct screen_rect box; bool same; } table[] = {
		{ { 0, 0, 60, 30 }, true }, { { 0, 0, 61, 31 }, false }, { { 60, 30, 1, 1 }, false }, { { 61, 30, 100, 100 }, true },
		{ { -10, -10, 71, 41 }, false }, { { -10, -10, 70, 41 }, true }, { { 60, 30, 10000, 10000 }, false },
		{ { WIDTH, 0, 10, 10 }, false }, { { -20, 0, 10, 10 }, false }, { { 5, 5, 0, 0 }, false }, { { INT32_MAX, INT32_MAX, INT32_MAX, 1 }, false },
	};
	size_t i;

	(void)state;
	change(60, 30, 1, 1);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(screen_same_in(a, b, WIDTH, HEIGHT, &table[i].box), table[i].same);
}

static void goes_through_text(void **state)
{
	static const char *const wrong[] = { "", "x", "1,2,3", "1,2,3,x", " " };
	struct screen_changes c, back;
	struct buf text;
	size_t i;

	(void)state;
	change(0, 0, 1, 1);
	change(60, 30, 50, 3);
	c = changes();
	buf_init(&text, 1000);
	screen_changes_put(&c, &text);
	assert_string_equal(buf_cstr(&text), "0,0,1,1 60,30,50,3");
	screen_changes_read(buf_cstr(&text), &back);
	assert_int_equal(back.count, 2);
	assert_memory_equal(back.rects, c.rects, 2 * sizeof(c.rects[0]));
	buf_release(&text);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		screen_changes_read(wrong[i], &back);
		assert_int_equal(back.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_them, start), cmocka_unit_test_setup(holds_every_pixel, start), cmocka_unit_test_setup(looks_into_the_box_alone, start),
		cmocka_unit_test_setup(goes_through_text, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
