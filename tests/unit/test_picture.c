/* test_picture: scaling, marks, parts, half blocks; sixel against a decoder of our own. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/picture.h"

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

static void parts(void **state)
{
	struct image im = { .width = 1280, .height = 800 };
	struct picture_mark mark = { .shape = MARK_CROSS, .point = true, .x = 1270, .y = 5 }, none = { 0 };
	struct rect part;
	int w, h;

	(void)state;
	picture_part(&im, 640, 600, true, &none, &part, &w, &h);
	assert_true(w == 640 && h == 400 && part.width == 1280 && part.height == 800);
	picture_part(&im, 2000, 400, true, &none, &part, &w, &h);
	assert_true(w == 640 && h == 400);
	picture_part(&im, 400, 200, false, &mark, &part, &w, &h);
	assert_true(w == 400 && h == 200 && part.x == 880 && part.y == 0);
	mark.x = 600, mark.y = 400;
	picture_part(&im, 400, 200, false, &mark, &part, &w, &h);
	assert_true(part.x == 400 && part.y == 300);
	picture_part(&im, 4000, 4000, false, &mark, &part, &w, &h);
	assert_true(w == 1280 && h == 800);
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

/* A small decoder of sixel: only what we write. Returns the pixels. */
static struct image decode(const char *p, size_t len)
{
	struct image im = { 0 };
	uint8_t colours[256][3] = { { 0 } };
	int x = 0, y = 0, colour = 0, n, i, v[5];
	const char *end = p + len;

	assert_memory_equal(p, "\033P", 2);
	assert_memory_equal(end - 2, "\033\\", 2);
	p = memchr(p, 'q', len);
	assert_non_null(p);
	assert_int_equal(sscanf(++p, "\"%d;%d;%d;%d", &v[0], &v[1], &v[2], &v[3]), 4);
	im = (struct image){ .rgb = calloc((size_t)v[2] * (size_t)v[3], 3), .width = v[2], .height = v[3] };
	p += strcspn(p, "#$-!?");
	while (p < end - 2) {
		int repeat = 1;

		if (*p == '#') {
			colour = (int)strtol(p + 1, (char **)&p, 10);
			assert_in_range(colour, 0, 255);
			if (*p == ';' && sscanf(p, ";%d;%d;%d;%d%n", &v[0], &v[1], &v[2], &v[3], &n) == 4) {
				assert_int_equal(v[0], 2);
				for (i = 0; i < 3; i++)
					colours[colour][i] = (uint8_t)((v[i + 1] * 255 + 50) / 100);
				p += n;
			}
			continue;
		}
		if (*p == '$') {
			x = 0, p++;
			continue;
		}
		if (*p == '-') {
			x = 0, y += 6, p++;
			continue;
		}
		if (*p == '!')
			repeat = (int)strtol(p + 1, (char **)&p, 10);
		if (*p == '\n') {
			p++;
			continue;
		}
		assert_in_range(*p, '?', '~');
		for (; repeat > 0; repeat--, x++)
			for (i = 0; i < 6; i++)
				if (((*p - '?') >> i & 1) && x < im.width && y + i < im.height)
					memcpy(im.rgb + ((size_t)(y + i) * (size_t)im.width + (size_t)x) * 3, colours[colour], 3);
		p++;
	}
	return im;
}

static void sixel_is_the_picture(void **state)
{
	static const int sizes[][2] = { { 640, 400 }, { 97, 61 }, { 10, 6 }, { 300, 7 } };
	size_t i, k, worst;
	struct err e;

	(void)state;
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		struct image im = make(sizes[i][0], sizes[i][1]), got;
		struct buf out;

		buf_init(&out, SIZE_MAX - 1);
		assert_int_equal(picture_sixel(&im, &out, &e), 0);
		for (k = 2; k < out.len - 2; k++)	/* nothing but sixel inside */
			assert_true((out.data[k] >= 0x20 && out.data[k] < 0x7f) || out.data[k] == '\n');
		got = decode(out.data, out.len);
		assert_int_equal(got.width, im.width);
		assert_int_equal(got.height, im.height);
		worst = 0;
		for (k = 0; k < (size_t)im.width * (size_t)im.height * 3; k++) {
			size_t d = (size_t)abs(got.rgb[k] - im.rgb[k]);

			worst = d > worst ? d : worst;
		}
		assert_true(worst <= 8);	/* few colours: only the rounding to percents and libsixel's buckets */
		image_release(&im);
		image_release(&got);
		buf_release(&out);
	}
}

static void too_small_for_sixel(void **state)
{
	struct image im = make(10, 5);
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(picture_sixel(&im, &out, NULL), ERR_INVALID);
	image_release(&im);
	buf_release(&out);
}

static void half_blocks(void **state)
{
	uint8_t pixels[] = { 255, 0, 0, 0, 0, 255, 0, 255, 0, 128, 128, 128 };
	struct image im = { .rgb = pixels, .width = 2, .height = 2 };
	struct rect r = { 1, 1, 2, 1 };
	struct cells c;

	(void)state;
	cells_init(&c, 4, 3);
	picture_blocks(&c, &r, &im);
	assert_string_equal(cells_at(&c, 1, 1)->text, "\xe2\x96\x80");
	assert_int_equal(cells_at(&c, 1, 1)->front, 196);	/* red above green */
	assert_int_equal(cells_at(&c, 1, 1)->back, 46);
	assert_int_equal(cells_at(&c, 2, 1)->front, 21);	/* blue above grey */
	assert_int_equal(cells_at(&c, 2, 1)->back, 244);
	assert_string_equal(cells_at(&c, 0, 1)->text, " ");
	assert_string_equal(cells_at(&c, 3, 1)->text, " ");
	cells_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaling_keeps_what_is_even), cmocka_unit_test(scaling_averages), cmocka_unit_test(parts),
		cmocka_unit_test(a_mark_is_where_it_belongs), cmocka_unit_test(sixel_is_the_picture), cmocka_unit_test(too_small_for_sixel),
		cmocka_unit_test(half_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
