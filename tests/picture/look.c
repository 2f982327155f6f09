/*
 * look: what pictures are in the bytes that a dashboard wrote to its terminal: look FILE COLUMNS ROWS CELL_WIDTH CELL_HEIGHT [OUT.ppm]
 *
 * Prints a line for each that the terminal was asked behind (CSI 5 n): "PARTS X Y WIDTH HEIGHT BYTES" with what is round its parts, in pixels. OUT gets all
 * pixels as they are in the end, as if nothing else had been drawn. Fails when one is not as it has to be.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/picture/canvas.h"

enum { FILE_MAX = 64 * 1024 * 1024 };

static struct { int parts, left, top, right, bottom; size_t bytes; } batch;

static void tell(void)
{
	if (batch.parts > 0)
		printf("%d %d %d %d %d %zu\n", batch.parts, batch.left, batch.top, batch.right - batch.left, batch.bottom - batch.top, batch.bytes);
	memset(&batch, 0, sizeof(batch));
}

static void add(struct canvas *c, int row, int column, const char *picture, size_t len)
{
	int left = (column - 1) * c->cell_width, top = (row - 1) * c->cell_height, width = 0, height = 0;
	const char *size = memchr(picture, '"', len);

	if (!size || sscanf(size, "\"1;1;%d;%d", &width, &height) != 2 || left + width > c->width || top + height > c->height) {
		printf("a picture without a size, or beyond the screen\n");
		exit(1);
	}
	if (batch.parts == 0 || left < batch.left)
		batch.left = left;
	if (batch.parts == 0 || top < batch.top)
		batch.top = top;
	if (left + width > batch.right)
		batch.right = left + width;
	if (top + height > batch.bottom)
		batch.bottom = top + height;
	batch.parts++;
	batch.bytes += len;
}

/* From one ESC 7 to its ESC 8, or another sequence. Returns where to go on. */
static const char *take(struct canvas *c, const char *p, const char *end)
{
	int row, column, n = 0;
	const char *last;

	if (sscanf(p, "\0337\033[%d;%dH\033P%n", &row, &column, &n) != 2 || n == 0)
		return p + 1;
	last = memmem(p + n, (size_t)(end - p - n), "\033\\\0338", 4);
	if (!last)
		return p + 1;	/* cut off by the end */
	last += 4;
	c->lenient = strncmp(p + n, "0;1q", 4) != 0;	/* libsixel defines its colours in an order of its own */
	if (!canvas_feed(c, p, (size_t)(last - p))) {
		printf("%s\n", c->error);
		exit(1);
	}
	add(c, row, column, p, (size_t)(last - p));
	return last;
}

int main(int argc, char **argv)
{
	char *bytes = malloc(FILE_MAX + 1);
	FILE *f = argc >= 6 ? fopen(argv[1], "rb") : NULL;
	struct canvas c;
	const char *p, *end;
	size_t len;

	if (!bytes || !f || !canvas_init(&c, atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), 0)) {
		fprintf(stderr, "usage: look FILE COLUMNS ROWS CELL_WIDTH CELL_HEIGHT [OUT.ppm]\n");
		return 2;
	}
	len = fread(bytes, 1, FILE_MAX, f);
	bytes[len] = '\0';
	end = bytes + len;
	fclose(f);
	for (p = bytes; p < end;) {
		if (strncmp(p, "\033[5n", 4) == 0)
			tell();
		p = *p == '\033' ? take(&c, p, end) : p + 1;
	}
	f = argc > 6 ? fopen(argv[6], "wb") : NULL;
	if (f) {
		fprintf(f, "P6 %d %d 255\n", c.width, c.height);
		fwrite(c.rgb, 3, (size_t)c.width * (size_t)c.height, f);
		fclose(f);
	}
	canvas_release(&c);
	free(bytes);
	return 0;
}
