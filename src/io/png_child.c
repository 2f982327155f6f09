/* png_child: the boxed side: libpng's row reader with limits. Nothing else of the program runs here. See png.h. */
#include "config.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/png.h"

struct source {
	const uint8_t *data;
	size_t len, pos;
	char error[160];
};

static int channel;

static void read_all(void *data, size_t len)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = read(channel, p, len);

		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

static void write_all(const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(channel, p, len);

		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

/* width 0: data is words. */
static void answer(uint32_t width, uint32_t height, const void *data, size_t len)
{
	uint32_t head[3] = { width, height, (uint32_t)len };

	write_all(head, sizeof(head));
	write_all(data, len);
}

static void on_error(png_structp png, png_const_charp message)
{
	struct source *s = png_get_error_ptr(png);

	snprintf(s->error, sizeof(s->error), "%s", message);
	longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void on_read(png_structp png, png_bytep to, size_t len)
{
	struct source *s = png_get_io_ptr(png);

	if (len > s->len - s->pos)
		png_error(png, "the file ends too soon");
	memcpy(to, s->data + s->pos, len);
	s->pos += len;
}

static void read_header(png_structp png, png_infop info, uint32_t *width, uint32_t *height)
{
	/* What says nothing of the pixels as they are shown is skipped, and never kept or unpacked. */
	static const png_byte skipped[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";

	png_set_user_limits(png, PNG_SIDE_MAX, PNG_SIDE_MAX);
	png_set_chunk_malloc_max(png, 4 * 1024 * 1024);
	png_set_chunk_cache_max(png, 64);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, sizeof(skipped) / 5);
	png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	png_read_info(png, info);
	*width = png_get_image_width(png, info);
	*height = png_get_image_height(png, info);
	if ((uint64_t)*width * *height > PNG_PIXELS_MAX)
		png_error(png, "more than 16 million pixels");
	png_set_expand(png);
	png_set_strip_16(png);
	png_set_gray_to_rgb(png);
	png_set_strip_alpha(png);
	png_set_interlace_handling(png);
	png_read_update_info(png, info);
	if (png_get_rowbytes(png, info) != (size_t)*width * 3)
		png_error(png, "rows of an unexpected length");
}

static void decode(struct source *s)
{
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	uint32_t width = 0, height = 0, y;
	uint8_t *volatile rgb = NULL;
	png_bytep *volatile rows = NULL;

	if (!info || s->len < 8 || png_sig_cmp(s->data, 0, 8) != 0) {
		answer(0, 0, "not a PNG file", 14);
	} else if (setjmp(png_jmpbuf(png))) {
		answer(0, 0, s->error, strlen(s->error));
	} else {
		png_set_read_fn(png, s, on_read);
		read_header(png, info, &width, &height);
		rgb = calloc((size_t)width * height, 3);
		rows = calloc(height, sizeof(*rows));
		if (!rgb || !rows)
			png_error(png, "not enough memory");
		for (y = 0; y < height; y++)
			rows[y] = rgb + (size_t)y * width * 3;
		png_read_image(png, rows);
		png_read_end(png, NULL);
		answer(width, height, rgb, (size_t)width * height * 3);
	}
	free(rgb);
	free((void *)rows);
	png_destroy_read_struct(&png, &info, NULL);
}

_Noreturn void decoder_child(int fd)
{
	uint32_t len;

	channel = fd;
	decoder_box(fd);
	for (;;) {
		struct source s = { .pos = 0 };
		uint8_t *data;

		read_all(&len, sizeof(len));
		data = len <= PNG_BYTES_MAX ? malloc(len > 0 ? len : 1) : NULL;
		if (!data)
			_exit(1);
		read_all(data, len);
		s.data = data;
		s.len = len;
		decode(&s);
		free(data);
	}
}
