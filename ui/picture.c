/* picture: scaling, half blocks. See picture.h. */
#include "config.h"

#include "ui/picture.h"

#include <stdlib.h>
#include <string.h>

void image_release(struct image *im)
{
	free(im->rgb);
	*im = (struct image){ 0 };
}

/* For each target column or row: the source pixels that it covers, and their weights in 1/256. */
struct span { int first, count; uint16_t weights[64]; };

static void make_spans(struct span *spans, int from, int from_len, int to_len)
{
	int i, k;

	for (i = 0; i < to_len; i++) {
		int64_t start = (int64_t)i * from_len * 256 / to_len, end = (int64_t)(i + 1) * from_len * 256 / to_len;
		int first = (int)(start / 256), last = (int)((end - 1) / 256), sum = 0;

		if (end <= start)
			end = start + 1, last = first;
		if (last - first >= 63)
			last = first + 62;
		spans[i].first = from + first;
		spans[i].count = last - first + 1;
		for (k = 0; k < spans[i].count; k++) {
			int64_t left = (int64_t)(first + k) * 256 > start ? (int64_t)(first + k) * 256 : start;
			int64_t right = (int64_t)(first + k + 1) * 256 < end ? (int64_t)(first + k + 1) * 256 : end;

			spans[i].weights[k] = (uint16_t)((right - left) * 256 / (end - start));
			sum += spans[i].weights[k];
		}
		spans[i].weights[spans[i].count / 2] = (uint16_t)(spans[i].weights[spans[i].count / 2] + 256 - sum);
	}
}

static void scale_row(const struct image *src, const struct span *columns, const struct span *row, int width, uint32_t *line, uint8_t *out)
{
	int x, k, i;

	/* Vertically first, over the columns that are needed; then horizontally. */
	memset(line, 0, (size_t)src->width * 3 * sizeof(*line));
	for (k = 0; k < row->count; k++) {
		const uint8_t *p = src->rgb + ((size_t)(row->first + k) * (size_t)src->width + (size_t)columns[0].first) * 3;
		uint32_t weight = row->weights[k], *to = line + (size_t)columns[0].first * 3;
		int n = (columns[width - 1].first + columns[width - 1].count - columns[0].first) * 3;

		for (i = 0; i < n; i++)
			to[i] += p[i] * weight;
	}
	for (x = 0; x < width; x++) {
		uint32_t sums[3] = { 0 };

		for (k = 0; k < columns[x].count; k++) {
			const uint32_t *p = line + (size_t)(columns[x].first + k) * 3;

			sums[0] += p[0] * columns[x].weights[k];
			sums[1] += p[1] * columns[x].weights[k];
			sums[2] += p[2] * columns[x].weights[k];
		}
		*out++ = (uint8_t)((sums[0] + 32768) >> 16);
		*out++ = (uint8_t)((sums[1] + 32768) >> 16);
		*out++ = (uint8_t)((sums[2] + 32768) >> 16);
	}
}

int image_scale(const struct image *src, const struct rect *from, int width, int height, struct image *ret)
{
	struct span *columns, *rows;
	uint32_t *line;
	int y, r = 0;

	*ret = (struct image){ .width = width, .height = height };
	if (width < 1 || height < 1 || from->width < 1 || from->height < 1 || from->x < 0 || from->y < 0 || from->x + from->width > src->width ||
	    from->y + from->height > src->height)
		return ERR_INVALID;
	columns = malloc((size_t)width * sizeof(*columns));
	rows = malloc((size_t)height * sizeof(*rows));
	line = malloc((size_t)src->width * 3 * sizeof(*line));
	ret->rgb = malloc((size_t)width * (size_t)height * 3);
	if (columns && rows && line && ret->rgb) {
		make_spans(columns, from->x, from->width, width);
		make_spans(rows, from->y, from->height, height);
		for (y = 0; y < height; y++)
			scale_row(src, columns, &rows[y], width, line, ret->rgb + (size_t)y * (size_t)width * 3);
	} else {
		image_release(ret);
		r = ERR_NOMEM;
	}
	free(columns);
	free(rows);
	free(line);
	return r;
}

static int between(int n, int least, int most)
{
	return n < least ? least : n > most ? most : n;
}

void picture_part(const struct image *src, int width, int height, bool whole, const struct picture_mark *mark, struct rect *ret_part,
		  int *ret_width, int *ret_height)
{
	if (!whole && (width < src->width || height < src->height)) {
		int w = width < src->width ? width : src->width, h = height < src->height ? height : src->height, x, y;

		*ret_part = (struct rect){ 0, 0, w, h };
		if (mark_centre(mark, &x, &y)) {
			ret_part->x = between(x - w / 2, 0, src->width - w);
			ret_part->y = between(y - h / 2, 0, src->height - h);
		}
		*ret_width = w;
		*ret_height = h;
		return;
	}
	*ret_part = (struct rect){ 0, 0, src->width, src->height };
	*ret_width = width < src->width ? width : src->width;
	*ret_height = (int)((int64_t)*ret_width * src->height / src->width);
	if (*ret_height > height) {
		*ret_height = height;
		*ret_width = (int)((int64_t)height * src->width / src->height);
	}
	*ret_width = *ret_width > 0 ? *ret_width : 1;
	*ret_height = *ret_height > 0 ? *ret_height : 1;
}

/* The nearest of the 6x6x6 cube and the greys, which every 256-colour terminal has. */
static int16_t colour_256(const uint8_t *p)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int i, k, best[3], cube = 0, grey_level, grey_index, cube_error = 0, grey_error = 0;

	for (i = 0; i < 3; i++) {
		best[i] = 0;
		for (k = 1; k < 6; k++)
			if (abs(levels[k] - p[i]) < abs(levels[best[i]] - p[i]))
				best[i] = k;
		cube = cube * 6 + best[i];
		cube_error += abs(levels[best[i]] - p[i]);
	}
	grey_index = between(((p[0] + p[1] + p[2]) / 3 - 3) / 10, 0, 23);
	grey_level = 8 + grey_index * 10;
	for (i = 0; i < 3; i++)
		grey_error += abs(grey_level - p[i]);
	return (int16_t)(grey_error < cube_error ? 232 + grey_index : 16 + cube);
}

void picture_blocks(struct cells *c, const struct rect *r, const struct image *im)
{
	int x, y;

	for (y = 0; y < r->height && 2 * y + 1 < im->height; y++) {
		for (x = 0; x < r->width && x < im->width; x++) {
			struct cell *cell = cells_at(c, r->x + x, r->y + y);
			const uint8_t *upper = im->rgb + ((size_t)(2 * y) * (size_t)im->width + (size_t)x) * 3, *lower = upper + (size_t)im->width * 3;

			if (!cell)
				continue;
			*cell = (struct cell){ .text = "▀", .width = 1, .style = STYLE_PICTURE, .front = colour_256(upper), .back = colour_256(lower) };
		}
	}
}
