/*
 * bench_picture: CPU time, bytes and likeness of our way from a PNG to sixel.
 *
 *   bench_picture full WIDTH HEIGHT FILE       one whole picture, by parts, with both encoders; the median of seven rounds
 *   bench_picture once WIDTH HEIGHT FILE       the same, to standard output, and nothing else
 *   bench_picture frames WIDTH HEIGHT FILE...  one after the other, as a dashboard would show them
 *   bench_picture psnr WIDTH HEIGHT FILE SIXEL  another program's picture of FILE, against FILE scaled by area average
 *   bench_picture live WIDTH HEIGHT FILE...    five frames a second for ten seconds, decoded by the boxed child
 *
 * Cells are 10x20 pixels. PSNR is against the picture as it was scaled, before it had few colours.
 */
#include "config.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include "common.h"
#include "io/png.h"
#include "tests/picture/canvas.h"
#include "ui/picture_stream.h"
#include "ui/scale.h"

enum { CELL_WIDTH = 10, CELL_HEIGHT = 20, ROUNDS = 7, LIVE_MS = 200, LIVE_FRAMES = 50 };

static const struct picture_policy policy = { .backend = BACKEND_SIXEL, .deltas = true, .colors = 128 };

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double middle(double *list, int n)
{
	qsort(list, (size_t)n, sizeof(*list), by_size);
	return list[n / 2];
}

/* With libpng's reader of rows, as the boxed child does it. */
static struct image decode(const char *path)
{
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	FILE *f = fopen(path, "rb");
	struct image im = { 0 };
	png_bytep *rows;
	int y;

	if (!info || !f)
		die(path);
	png_init_io(png, f);
	png_read_info(png, info);
	png_set_expand(png);
	png_set_strip_16(png);
	png_set_gray_to_rgb(png);
	png_set_strip_alpha(png);
	png_read_update_info(png, info);
	im.width = (int)png_get_image_width(png, info);
	im.height = (int)png_get_image_height(png, info);
	im.rgb = calloc((size_t)im.width * (size_t)im.height, 3);
	rows = calloc((size_t)im.height, sizeof(*rows));
	if (!im.rgb || !rows)
		die("memory");
	for (y = 0; y < im.height; y++)
		rows[y] = im.rgb + (size_t)y * (size_t)im.width * 3;
	png_read_image(png, rows);
	png_read_end(png, NULL);
	png_destroy_read_struct(&png, &info, NULL);
	free((void *)rows);
	fclose(f);
	return im;
}

static double psnr(const struct image *a, const struct canvas *c)
{
	double sum = 0;
	int x, y;

	for (y = 0; y < a->height; y++) {
		for (x = 0; x < a->width * 3; x++) {
			double off = (double)a->rgb[(size_t)y * (size_t)a->width * 3 + (size_t)x] - c->rgb[(size_t)y * (size_t)c->width * 3 + (size_t)x];

			sum += off * off;
		}
	}
	return sum > 0 ? 10 * log10(255.0 * 255.0 * a->width * a->height * 3 / sum) : 99;
}

static void canvas_for(struct canvas *c, int width, int height)
{
	if (!canvas_init(c, (width + CELL_WIDTH - 1) / CELL_WIDTH, (height + CELL_HEIGHT - 1) / CELL_HEIGHT, CELL_WIDTH, CELL_HEIGHT, 0))
		die("memory");
}

static struct rect cells_of(int width, int height)
{
	return (struct rect){ 0, 0, (width + CELL_WIDTH - 1) / CELL_WIDTH, (height + CELL_HEIGHT - 1) / CELL_HEIGHT };
}

/* ---- a whole picture ---- */

static void full(int width, int height, const char *path)
{
	double t[6][ROUNDS], sum[ROUNDS], likeness = 0;
	static const char *const names[] = { "decode", "scale", "palette and places", "own encoder", "libsixel's encoder" };
	size_t bytes[2] = { 0 };
	int i, k;

	for (i = 0; i < ROUNDS; i++) {
		struct palette palette = { .count = 0 };
		struct rect all = { 0, 0, 0, 0 };
		struct image screen, scaled;
		uint8_t *indices = malloc((size_t)width * (size_t)height);
		struct sixel_rect rect = { .indices = indices, .stride = width, .width = width, .height = height, .palette = &palette };
		struct canvas canvas;
		double at[6];
		struct err e;

		at[0] = cpu_ms();
		screen = decode(path);
		all.width = screen.width;
		all.height = screen.height;
		at[1] = cpu_ms();
		if (!indices || image_scale(&screen, &all, width, height, &scaled) < 0)
			die("scaling");
		at[2] = cpu_ms();
		if (palette_make(&palette, &scaled, policy.colors) < 0)
			die("palette");
		palette_map(&palette, scaled.rgb, (size_t)width * (size_t)height, indices);
		at[3] = cpu_ms();
		for (k = 0; k < 2; k++) {
			struct buf out;

			buf_init(&out, SIZE_MAX - 1);
			if (sixel_put(k == 0 ? ENCODER_OWN : ENCODER_LIBSIXEL, &rect, &out, &e) < 0)
				die(e.msg);
			at[4 + k] = cpu_ms();
			bytes[k] = out.len;
			if (k == 0 && i == 0) {
				canvas_for(&canvas, width, height);
				if (!canvas_feed(&canvas, out.data, out.len))
					die(canvas.error);
				likeness = psnr(&scaled, &canvas);
				canvas_release(&canvas);
				at[4] = cpu_ms();
			}
			buf_release(&out);
		}
		for (k = 0; k < 5; k++)
			t[k][i] = at[k + 1] - at[k];
		sum[i] = at[4] - at[0];
		image_release(&screen);
		image_release(&scaled);
		palette_release(&palette);
		free(indices);
	}
	for (k = 0; k < 5; k++)
		printf("%s %.1f ms, ", names[k], middle(t[k], ROUNDS));
	printf("%zu and %zu bytes, %.1f dB, total %.1f ms\n", bytes[0], bytes[1], likeness, middle(sum, ROUNDS));
}

/* All of it once, to standard output: to be measured from outside, as other programs are. */
static void once(int width, int height, const char *path)
{
	struct rect all = { 0, 0, 0, 0 }, cells = cells_of(width, height);
	struct picture_stream stream = { .images = 0 };
	struct picture_parts parts;
	struct image screen = decode(path), scaled;
	struct buf out;
	struct err e;

	all.width = screen.width;
	all.height = screen.height;
	buf_init(&out, SIZE_MAX - 1);
	if (image_scale(&screen, &all, width, height, &scaled) < 0 || picture_stream_set(&stream, &cells, CELL_WIDTH, CELL_HEIGHT, &scaled) < 0 ||
	    picture_stream_put(&stream, &policy, ENCODER_OWN, NULL, &out, &parts, &e) < 0)
		die("sixel");
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	picture_stream_release(&stream);
	image_release(&screen);
	image_release(&scaled);
}

/* ---- one after the other ---- */

struct show {
	struct scaler scaler;
	struct image scaled;
	struct picture_stream stream;
	struct image before;
	struct buf out;
	struct picture_parts parts;
	int width, height;
};

/* As src/cmd/pictures.c does it. screen is taken. */
static void show(struct show *s, struct image screen)
{
	struct rect all = { 0, 0, screen.width, screen.height }, cells = cells_of(s->width, s->height);
	uint8_t *touched = calloc((size_t)screen.height, 1);
	size_t row = (size_t)screen.width * 3;
	struct err e;
	bool anew;
	int y;

	if (!s->scaled.rgb)
		s->scaled = (struct image){ .rgb = malloc((size_t)s->width * (size_t)s->height * 3), .width = s->width, .height = s->height };
	if (!touched || !s->scaled.rgb || scaler_set(&s->scaler, screen.width, screen.height, &all, s->width, s->height, &anew) < 0)
		die("scaling");
	for (y = 0; y < screen.height; y++)
		touched[y] = anew || memcmp(s->before.rgb + (size_t)y * row, screen.rgb + (size_t)y * row, row) != 0;
	scaler_rows(&s->scaler, &screen, touched, &s->scaled);
	buf_clear(&s->out);
	if (picture_stream_set(&s->stream, &cells, CELL_WIDTH, CELL_HEIGHT, &s->scaled) < 0 ||
	    picture_stream_put(&s->stream, &policy, ENCODER_OWN, NULL, &s->out, &s->parts, &e) < 0)
		die("sixel");
	image_release(&s->before);
	s->before = screen;
	free(touched);
}

static void end_show(struct show *s)
{
	scaler_release(&s->scaler);
	image_release(&s->scaled);
	image_release(&s->before);
	picture_stream_release(&s->stream);
	buf_release(&s->out);
}

static void frames(int width, int height, char **paths, int count)
{
	struct show s = { .width = width, .height = height };
	struct canvas canvas;
	double *sizes = malloc((size_t)count * sizeof(*sizes)), *times = malloc((size_t)count * sizeof(*times)), whole = 0, least = 99, likeness, start;
	int i, n = 0;

	if (!sizes || !times || count < 2)
		die("frames");
	buf_init(&s.out, SIZE_MAX - 1);
	canvas_for(&canvas, width, height);
	for (i = 0; i < count; i++) {
		struct image screen = decode(paths[i]);

		start = cpu_ms();
		show(&s, screen);
		times[n] = cpu_ms() - start;
		if (!canvas_feed(&canvas, s.out.data, s.out.len))
			die(canvas.error);
		likeness = psnr(&s.scaled, &canvas);
		least = likeness < least ? likeness : least;
		printf("    %s %zu bytes, %d rectangles, %.1f ms without decoding, %.1f dB\n", s.parts.whole ? "whole" : "     ", s.out.len, s.parts.count, times[n],
		       likeness);
		if (i == 0)
			whole = (double)s.out.len;
		else
			sizes[n++] = (double)s.out.len;
		if (i == 1)
			printf("    a typed word: %.2f %% of a whole picture's bytes\n", sizes[0] * 100 / whole);
	}
	printf("changes: median %.1f %% of a whole picture's bytes, %.1f ms; likeness at least %.1f dB\n", middle(sizes, n) * 100 / whole, middle(times, n), least);
	canvas_release(&canvas);
	end_show(&s);
	free(sizes);
	free(times);
}

/* ---- others ---- */

static void other(int width, int height, const char *path, const char *sixel)
{
	struct rect all = { 0, 0, 0, 0 };
	struct image screen = decode(path), scaled;
	struct canvas canvas;
	struct buf b;
	char piece[65536];
	size_t n;
	FILE *f = fopen(sixel, "rb");

	buf_init(&b, SIZE_MAX - 1);
	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_append(&b, piece, n);
	all.width = screen.width;
	all.height = screen.height;
	canvas_for(&canvas, width, height);
	canvas.lenient = true;
	if (!f || image_scale(&screen, &all, width, height, &scaled) < 0 || !canvas_feed(&canvas, buf_cstr(&b), b.len))
		die(canvas.error);
	fclose(f);
	printf("%zu bytes, %.1f dB\n", b.len, psnr(&scaled, &canvas));
	canvas_release(&canvas);
	image_release(&screen);
	image_release(&scaled);
	buf_release(&b);
}

/* ---- live ---- */

static struct {
	struct show show;
	struct decoder *decoder;
	uv_timer_t timer;
	struct buf *files;
	int file_count, frame;
	size_t bytes;
} live;

static void on_decoded(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	(void)arg;
	if (!rgb)
		die(error);
	show(&live.show, (struct image){ .rgb = rgb, .width = width, .height = height });
	live.bytes += live.show.out.len;
}

static void on_timer(uv_timer_t *t)
{
	const struct buf *file = &live.files[live.frame % live.file_count];
	struct err e;

	if (live.frame++ == LIVE_FRAMES) {
		uv_timer_stop(t);
		return;
	}
	if (decoder_decode(live.decoder, file->data, file->len, on_decoded, NULL, &e) < 0)
		die(e.msg);
}

/* Of this process, and of its children that have ended. */
static long resident(int who, double *ret_seconds)
{
	struct rusage u;

	getrusage(who, &u);
	*ret_seconds = (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
	return u.ru_maxrss;
}

static void run_live(int width, int height, char **paths, int count)
{
	double own, child;
	long own_kib, child_kib;
	uv_loop_t loop;
	int i;

	live.show = (struct show){ .width = width, .height = height };
	live.files = calloc((size_t)count, sizeof(*live.files));
	live.file_count = count;
	buf_init(&live.show.out, SIZE_MAX - 1);
	for (i = 0; i < count; i++) {
		FILE *f = fopen(paths[i], "rb");
		char piece[65536];
		size_t n;

		buf_init(&live.files[i], SIZE_MAX - 1);
		while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
			buf_append(&live.files[i], piece, n);
		if (f)
			fclose(f);
	}
	uv_loop_init(&loop);
	live.decoder = decoder_new(&loop);
	uv_timer_init(&loop, &live.timer);
	uv_timer_start(&live.timer, on_timer, LIVE_MS, LIVE_MS);
	while (live.frame <= LIVE_FRAMES)
		uv_run(&loop, UV_RUN_ONCE);
	decoder_free(live.decoder);
	uv_close((uv_handle_t *)&live.timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	own_kib = resident(RUSAGE_SELF, &own);
	child_kib = resident(RUSAGE_CHILDREN, &child);
	printf("CPU %.1f %% of a core and %.1f %% for the decoder's child; resident at most %.1f and %.1f MiB; %zu bytes a frame\n",
	       own * 100000 / (LIVE_FRAMES * LIVE_MS), child * 100000 / (LIVE_FRAMES * LIVE_MS), (double)own_kib / 1024, (double)child_kib / 1024,
	       live.bytes / LIVE_FRAMES);
	for (i = 0; i < count; i++)
		buf_release(&live.files[i]);
	free(live.files);
	end_show(&live.show);
}

int main(int argc, char **argv)
{
	int width, height;

	if (argc == 3 && strcmp(argv[1], "--decode-png") == 0)
		decoder_child(atoi(argv[2]));
	if (argc < 5) {
		fprintf(stderr, "usage: bench_picture full|once|frames|live|psnr WIDTH HEIGHT FILE.png...\n");
		return 2;
	}
	width = atoi(argv[2]);
	height = atoi(argv[3]);
	if (strcmp(argv[1], "full") == 0)
		full(width, height, argv[4]);
	else if (strcmp(argv[1], "once") == 0)
		once(width, height, argv[4]);
	else if (strcmp(argv[1], "frames") == 0)
		frames(width, height, argv + 4, argc - 4);
	else if (strcmp(argv[1], "live") == 0)
		run_live(width, height, argv + 4, argc - 4);
	else
		other(width, height, argv[4], argv[5]);
	return 0;
}
