/* bench_picture: CPU time of our picture path for one PNG: bench_picture FILE WIDTH HEIGHT. Decoding is done in the boxed child's way, in process. */
#include "config.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ui/picture.h"

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	struct image screen, scaled;
	struct rect all = { 0 };
	struct err e = { "" };
	struct buf out;
	double t[4];

	if (argc != 4 || !png_image_begin_read_from_file(&png, argv[1])) {
		fprintf(stderr, "usage: bench_picture FILE.png WIDTH HEIGHT\n");
		return 2;
	}
	png.format = PNG_FORMAT_RGB;
	screen = (struct image){ .rgb = malloc(PNG_IMAGE_SIZE(png)), .width = (int)png.width, .height = (int)png.height };
	all.width = screen.width;
	all.height = screen.height;
	buf_init(&out, SIZE_MAX - 1);
	t[0] = cpu_ms();
	if (!screen.rgb || !png_image_finish_read(&png, NULL, screen.rgb, 0, NULL))
		return 1;
	t[1] = cpu_ms();
	if (image_scale(&screen, &all, atoi(argv[2]), atoi(argv[3]), &scaled) < 0)
		return 1;
	t[2] = cpu_ms();
	if (picture_sixel(&scaled, &out, &e) < 0)
		return 1;
	t[3] = cpu_ms();
	printf("decode %.1f ms, scale %.1f ms, encode %.1f ms, total %.1f ms, %zu bytes\n", t[1] - t[0], t[2] - t[1], t[3] - t[2], t[3] - t[0], out.len);
	return 0;
}
