/* test_png: the boxed decoder against good and hostile files: it may refuse or die, we live on. Runs itself as the decoder. */
#include "config.h"

#include "tests/unit/unit.h"

#include <zlib.h>

#include "io/png.h"
#include "local/pngwrite.h"

static uv_loop_t loop;
static struct decoder *decoder;
static struct { uint8_t *rgb; int width, height; char error[300]; int calls; } result;

static void on_done(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	(void)arg;
	free(result.rgb);
	result.rgb = rgb;
	result.width = width;
	result.height = height;
	result.calls++;
	snprintf(result.error, sizeof(result.error), "%s", error);
}

static bool decode(const void *data, size_t len)
{
	struct err e = { "" };
	int before = result.calls;

	if (decoder_decode(decoder, data, len, on_done, NULL, &e) < 0)
		fail_msg("%s", e.msg);
	while (result.calls == before)
		uv_run(&loop, UV_RUN_ONCE);
	return result.rgb != NULL;
}

static struct buf good(int width, int height)
{
	uint8_t *bgrx = malloc((size_t)width * (size_t)height * 4);
	struct buf b;
	size_t i;

	for (i = 0; i < (size_t)width * (size_t)height * 4; i++)
		bgrx[i] = (uint8_t)(i * 7 + i / 640);
	buf_init(&b, SIZE_MAX - 1);
	assert_int_equal(pngwrite_bgrx(&b, bgrx, width, height), 0);
	free(bgrx);
	return b;
}

static void set_crc(struct buf *b, size_t chunk, size_t len)
{
	uLong crc = crc32(0, (const Bytef *)b->data + chunk + 4, (uInt)len + 4);
	int i;

	for (i = 0; i < 4; i++)
		b->data[chunk + 8 + len + (size_t)i] = (char)(crc >> (24 - 8 * i));
}

static void good_pictures(void **state)
{
	struct buf b = good(64, 48);
	int x, y;

	(void)state;
	assert_true(decode(b.data, b.len));
	assert_int_equal(result.width, 64);
	assert_int_equal(result.height, 48);
	for (y = 0; y < 48; y++) {
		for (x = 0; x < 64; x++) {
			size_t at = ((size_t)y * 64 + (size_t)x) * 4;

			assert_int_equal(result.rgb[(y * 64 + x) * 3], (uint8_t)((at + 2) * 7 + (at + 2) / 640));
		}
	}
	buf_release(&b);
}

static void hostile_pictures(void **state)
{
	struct buf b = good(64, 48), c;
	size_t cut;

	(void)state;
	assert_false(decode("", 0));
	assert_false(decode("GIF89a....................", 26));
	assert_false(decode("\x89PNG\r\n\x1a\n", 8));
	for (cut = 9; cut < b.len; cut += 37)
		assert_false(decode(b.data, cut));
	/* Sizes that lie, each with a right checksum. */
	static const uint32_t sizes[][2] = { { 0, 10 }, { 10, 0 }, { 0x7fffffff, 1 }, { 1, 0x7fffffff }, { 8193, 1 }, { 8192, 8192 }, { 65, 48 }, { 64, 49 }, { 0xffffffff, 0xffffffff } };
	for (cut = 0; cut < ARRAY_LEN(sizes); cut++) {
		int i;

		buf_init(&c, SIZE_MAX - 1);
		buf_append(&c, b.data, b.len);
		for (i = 0; i < 4; i++) {
			c.data[16 + i] = (char)(sizes[cut][0] >> (24 - 8 * i));
			c.data[20 + i] = (char)(sizes[cut][1] >> (24 - 8 * i));
		}
		set_crc(&c, 8, 13);
		assert_false(decode(c.data, c.len));
		buf_release(&c);
	}
	/* A broken checksum, a broken stream, an unknown kind of row. */
	b.data[20] ^= 1;
	assert_false(decode(b.data, b.len));
	b.data[20] ^= 1;
	b.data[60] ^= 0x55;
	set_crc(&b, 33, (size_t)((unsigned char)b.data[33] << 24 | (unsigned char)b.data[34] << 16 | (unsigned char)b.data[35] << 8 | (unsigned char)b.data[36]));
	assert_false(decode(b.data, b.len));
	buf_release(&b);
	b = good(200, 100);
	assert_true(decode(b.data, b.len));	/* and after all of that it still works */
	buf_release(&b);
}

static void one_at_a_time(void **state)
{
	struct buf b = good(64, 48);
	struct err e;
	int before = result.calls;

	(void)state;
	assert_int_equal(decoder_decode(decoder, b.data, b.len, on_done, NULL, &e), 0);
	assert_int_equal(decoder_decode(decoder, b.data, b.len, on_done, NULL, &e), ERR_STATE);
	while (result.calls == before)
		uv_run(&loop, UV_RUN_ONCE);
	assert_non_null(result.rgb);
	buf_release(&b);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good_pictures), cmocka_unit_test(hostile_pictures), cmocka_unit_test(one_at_a_time) };
	int failed;

	if (argc == 3 && strcmp(argv[1], "--decode-png") == 0)
		decoder_child(atoi(argv[2]));
	uv_loop_init(&loop);
	decoder = decoder_new(&loop);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	decoder_free(decoder);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	free(result.rgb);
	return failed;
}
