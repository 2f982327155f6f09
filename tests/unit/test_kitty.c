/* test_kitty: pictures by kitty's protocol against a terminal of our own: what it has in store, what stands where, and that nothing is left. */
#include "config.h"

#include "tests/unit/unit.h"

#include <zlib.h>

#include "ui/kitty.h"

enum { STORE = 8, WIDTH = 400, HEIGHT = 300, CELL_WIDTH = 10, CELL_HEIGHT = 20 };

static struct { unsigned int id; int width, height, placed; uint8_t *rgb; } store[STORE];
static uint8_t screen[HEIGHT][WIDTH][3];
static int row, column;

static int number(const char *keys, char key, int otherwise)
{
	const char *p = keys;

	while (p && *p) {
		if (p[0] == key && p[1] == '=')
			return atoi(p + 2);
		p = strchr(p, ',');
		p = p ? p + 1 : NULL;
	}
	return otherwise;
}

static int find(unsigned int id)
{
	int i;

	for (i = 0; i < STORE; i++)
		if (store[i].id == id)
			return i;
	return -1;
}

static void release(int i)
{
	free(store[i].rgb);
	memset(&store[i], 0, sizeof(store[i]));
}

/* Returns how many bytes. */
static size_t unbase64(const char *text, size_t len, uint8_t *to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t i, n = 0;

	for (i = 0; i < len && text[i] != '='; i++) {
		const char *p = strchr(letters, text[i]);

		assert_non_null(p);
		bits = bits << 6 | (uint32_t)(p - letters);
		if (i % 4 > 0)
			to[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	return n;
}

static struct { char keys[200], text[4 << 20]; size_t len; } coming;

static void transmitted(void)
{
	int i = find((unsigned int)number(coming.keys, 'i', 0));
	uint8_t *packed = malloc(coming.len);
	uLongf room;

	if (i >= 0)
		release(i);
	i = find(0);
	assert_true(i >= 0);
	store[i].id = (unsigned int)number(coming.keys, 'i', 0);
	store[i].width = number(coming.keys, 's', 0);
	store[i].height = number(coming.keys, 'v', 0);
	assert_true(number(coming.keys, 'f', 0) == 24 && strstr(coming.keys, "o=z") && strstr(coming.keys, "t=d"));
	assert_true(store[i].id != 0 && coming.len % 4 == 0);
	room = (uLongf)store[i].width * (uLongf)store[i].height * 3;
	store[i].rgb = malloc(room);
	assert_int_equal(uncompress(store[i].rgb, &room, packed, unbase64(coming.text, coming.len, packed)), Z_OK);
	assert_int_equal(room, store[i].width * store[i].height * 3);
	free(packed);
	coming.len = 0;
}

static void place(const char *keys)
{
	int i = find((unsigned int)number(keys, 'i', 0)), x = number(keys, 'x', 0), y = number(keys, 'y', 0), w = number(keys, 'w', 0), h = number(keys, 'h', 0), k;

	assert_true(i >= 0 && number(keys, 'C', 0) == 1);
	assert_true(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= store[i].width && y + h <= store[i].height);
	for (k = 0; k < h; k++)
		memcpy(screen[row * CELL_HEIGHT + k][column * CELL_WIDTH], store[i].rgb + ((size_t)(y + k) * (size_t)store[i].width + (size_t)x) * 3, (size_t)w * 3);
	store[i].placed++;
}

/* Takes what was written, as a terminal does. */
static void take(const struct buf *b)
{
	const char *p = b->data, *end = b->data + b->len;
	bool more = false;

	while (p < end) {
		if (strncmp(p, "\0337", 2) == 0 || strncmp(p, "\0338", 2) == 0) {
			p += 2;
		} else if (sscanf(p, "\033[%d;%dH", &row, &column) == 2) {
			row--, column--;
			p = strchr(p, 'H') + 1;
		} else {
			const char *st = strstr(p, "\033\\"), *text = strchr(p, ';');
			char keys[200];

			assert_true(strncmp(p, "\033_G", 3) == 0 && st && text && text < st);
			snprintf(keys, sizeof(keys), "%.*s", (int)(text - p - 3), p + 3);
			assert_int_equal(number(keys, 'q', 0), 2);	/* it is to answer nothing */
			assert_true(st - text - 1 <= 4096);
			if (strstr(keys, "a=p")) {
				assert_false(more);
				place(keys);
			} else if (strstr(keys, "a=d")) {
				assert_non_null(strstr(keys, "d=I"));
				if (find((unsigned int)number(keys, 'i', 0)) >= 0)
					release(find((unsigned int)number(keys, 'i', 0)));
			} else {
				if (!more)
					snprintf(coming.keys, sizeof(coming.keys), "%s", keys);
				memcpy(coming.text + coming.len, text + 1, (size_t)(st - text - 1));
				coming.len += (size_t)(st - text - 1);
				more = number(keys, 'm', 0) == 1;
				if (!more)
					transmitted();
			}
			p = st + 2;
		}
	}
	assert_false(more);
}

static int stored(void)
{
	int i, n = 0;

	for (i = 0; i < STORE; i++)
		n += store[i].id != 0;
	return n;
}

static struct image make(int width, int height, int seed)
{
	struct image im = { .rgb = malloc((size_t)width * (size_t)height * 3), .width = width, .height = height };
	uint32_t r = (uint32_t)seed;
	int i;

	for (i = 0; i < width * height * 3; i++) {
		r = r * 1664525 + 1013904223;
		im.rgb[i] = (uint8_t)(r >> 24);	/* noise: it does not pack, so there are many pieces */
	}
	return im;
}

static void every_pixel_where_it_belongs(void **state)
{
	struct kitty k = { 0 };
	struct rect at = { 3, 2, 30, 10 }, all = { 0, 0, 30, 10 }, parts[] = { { 0, 0, 30, 3 }, { 0, 3, 5, 4 }, { 20, 3, 10, 4 }, { 0, 7, 30, 3 } };
	struct image im = make(295, 187, 1), other = make(295, 187, 2);
	struct buf out;
	struct err e;
	int x, y;

	(void)state;
	buf_init(&out, SIZE_MAX - 1);
	assert_int_equal(kitty_put(&k, &im, &at, CELL_WIDTH, CELL_HEIGHT, &all, 1, &out, &e), 0);
	take(&out);
	for (y = 0; y < im.height; y++)
		assert_memory_equal(screen[40 + y][30], im.rgb + (size_t)y * 295 * 3, 295 * 3);
	assert_int_equal(stored(), 1);
	/* Another one in its place, with a hole where something covers it: nothing of it is there. */
	buf_clear(&out);
	memset(screen, 7, sizeof(screen));
	assert_int_equal(kitty_put(&k, &other, &at, CELL_WIDTH, CELL_HEIGHT, parts, 4, &out, &e), 0);
	assert_true(strstr(buf_cstr(&out), "a=p") < strstr(buf_cstr(&out), "a=d"));	/* the new one is there before the old one goes */
	take(&out);
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++) {
			bool inside = x >= 30 && x < 325 && y >= 40 && y < 227, covered = x >= 80 && x < 230 && y >= 100 && y < 180;
			const uint8_t *want = inside && !covered ? other.rgb + ((size_t)(y - 40) * 295 + (size_t)(x - 30)) * 3 : (const uint8_t *)"\7\7\7";

			assert_memory_equal(screen[y][x], want, 3);
		}
	assert_int_equal(stored(), 1);
	buf_clear(&out);
	kitty_clear(&k, &out);
	take(&out);
	assert_int_equal(stored(), 0);
	buf_clear(&out);
	kitty_clear(&k, &out);
	assert_int_equal(out.len, 0);
	buf_release(&out);
	image_release(&im);
	image_release(&other);
}

static void any_size(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 400, 1 }, { 1, 300 }, { 390, 290 } };
	struct rect at = { 0, 0, 40, 15 }, all = { 0, 0, 40, 15 }, outside = { 39, 14, 1, 1 };
	struct kitty k = { 0 };
	struct image none = { 0 };
	struct buf out;
	struct err e;
	size_t i;

	(void)state;
	buf_init(&out, SIZE_MAX - 1);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		struct image im = make(sizes[i][0], sizes[i][1], (int)i);

		buf_clear(&out);
		assert_int_equal(kitty_put(&k, &im, &at, CELL_WIDTH, CELL_HEIGHT, &all, 1, &out, &e), 0);
		take(&out);
		assert_memory_equal(screen[im.height - 1][0], im.rgb + (size_t)(im.height - 1) * (size_t)im.width * 3, (size_t)im.width * 3);
		assert_int_equal(stored(), 1);
		buf_clear(&out);
		assert_int_equal(kitty_put(&k, &im, &at, CELL_WIDTH, CELL_HEIGHT, &outside, i + 1 < ARRAY_LEN(sizes), &out, &e), 0);
		take(&out);	/* a part without pixels is none */
		image_release(&im);
	}
	buf_clear(&out);
	assert_int_equal(kitty_put(&k, &none, &at, CELL_WIDTH, CELL_HEIGHT, &all, 1, &out, &e), ERR_INVALID);
	kitty_clear(&k, &out);
	take(&out);
	assert_int_equal(stored(), 0);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_pixel_where_it_belongs), cmocka_unit_test(any_size) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
