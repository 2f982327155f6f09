/* scale: see scale.h. */
#include "config.h"

#include "ui/scale.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* ---- spans ---- */

/* How many weights the spans of one axis have at most. */
static size_t weights_max(int from_len, int to_len)
{
	return (size_t)from_len + 2 * (size_t)to_len;
}

static void make_spans(struct scale_span *spans, uint16_t *weights, int from, int from_len, int to_len)
{
	unsigned int used = 0;
	int i, k;

	for (i = 0; i < to_len; i++) {
		int64_t start = (int64_t)i * from_len * 256 / to_len, end = (int64_t)(i + 1) * from_len * 256 / to_len;
		int first = (int)(start / 256), last, done = 0;
		uint16_t *w = weights + used;

		if (end <= start)
			end = start + 1;
		last = (int)((end - 1) / 256);
		spans[i] = (struct scale_span){ .first = from + first, .count = last - first + 1, .weights = used };
		for (k = 0; k < spans[i].count; k++) {
			/* By where each pixel ends: so they make 256 together, however they are rounded. */
			int64_t right = (int64_t)(first + k + 1) * 256 < end ? (int64_t)(first + k + 1) * 256 : end;
			int up_to = (int)(((right - start) * 512 + (end - start)) / (2 * (end - start)));

			w[k] = (uint16_t)(up_to - done);
			done = up_to;
		}
		used += (unsigned int)spans[i].count;
	}
}

static bool is_within(int width, int height, const struct rect *r)
{
	return r->x >= 0 && r->y >= 0 && r->width > 0 && r->height > 0 && r->width <= width - r->x && r->height <= height - r->y;
}

void scaler_release(struct scaler *s)
{
	free(s->columns);
	free(s->rows);
	free(s->column_weights);
	free(s->row_weights);
	free(s->line);
	*s = (struct scaler){ 0 };
}

int scaler_set(struct scaler *s, int source_width, int source_height, const struct rect *from, int width, int height, bool *ret_anew)
{
	*ret_anew = false;
	if (s->width == width && s->height == height && s->source_width == source_width && s->source_height == source_height && s->from.x == from->x &&
	    s->from.y == from->y && s->from.width == from->width && s->from.height == from->height && width > 0)
		return 0;
	scaler_release(s);
	if (width < 1 || height < 1 || !is_within(source_width, source_height, from))
		return ERR_INVALID;
	s->columns = malloc((size_t)width * sizeof(*s->columns));
	s->rows = malloc((size_t)height * sizeof(*s->rows));
	s->column_weights = malloc(weights_max(from->width, width) * sizeof(*s->column_weights));
	s->row_weights = malloc(weights_max(from->height, height) * sizeof(*s->row_weights));
	s->line = malloc((size_t)from->width * 3 * sizeof(*s->line));
	if (!s->columns || !s->rows || !s->column_weights || !s->row_weights || !s->line) {
		scaler_release(s);
		return ERR_NOMEM;
	}
	make_spans(s->columns, s->column_weights, 0, from->width, width);	/* within the line, which begins where the part does */
	make_spans(s->rows, s->row_weights, from->y, from->height, height);
	s->from = *from;
	s->source_width = source_width;
	s->source_height = source_height;
	s->width = width;
	s->height = height;
	*ret_anew = true;
	return 0;
}

/* ---- rows ---- */

/* In steps of a fixed length, which the compiler makes into a few wide operations. */
enum { STEP = 16 };

static void begin_line(uint16_t *restrict line, const uint8_t *restrict p, size_t n, uint16_t weight)
{
	size_t i, k;

	for (i = 0; i + STEP <= n; i += STEP, line += STEP, p += STEP)
		for (k = 0; k < STEP; k++)
			line[k] = (uint16_t)(p[k] * weight);
	for (; i < n; i++)
		*line++ = (uint16_t)(*p++ * weight);
}

static void add_to_line(uint16_t *restrict line, const uint8_t *restrict p, size_t n, uint16_t weight)
{
	size_t i, k;

	for (i = 0; i + STEP <= n; i += STEP, line += STEP, p += STEP)
		for (k = 0; k < STEP; k++)
			line[k] = (uint16_t)(line[k] + p[k] * weight);
	for (; i < n; i++, line++)
		*line = (uint16_t)(*line + *p++ * weight);
}

static uint8_t rounded(uint32_t sum)
{
	return (uint8_t)((sum + 32768) >> 16);
}

static void make_pixels(const struct scaler *s, uint8_t *out)
{
	int x, k;

	for (x = 0; x < s->width; x++, out += 3) {
		const struct scale_span *span = &s->columns[x];
		const uint16_t *w = s->column_weights + span->weights, *p = s->line + (size_t)span->first * 3;
		uint32_t r, g, b;

		if (span->count == 2) {	/* from 1280 to 960 all are */
			out[0] = rounded((uint32_t)p[0] * w[0] + (uint32_t)p[3] * w[1]);
			out[1] = rounded((uint32_t)p[1] * w[0] + (uint32_t)p[4] * w[1]);
			out[2] = rounded((uint32_t)p[2] * w[0] + (uint32_t)p[5] * w[1]);
			continue;
		}
		for (r = g = b = 0, k = 0; k < span->count; k++, p += 3) {
			r += (uint32_t)p[0] * w[k];
			g += (uint32_t)p[1] * w[k];
			b += (uint32_t)p[2] * w[k];
		}
		out[0] = rounded(r);
		out[1] = rounded(g);
		out[2] = rounded(b);
	}
}

static void make_row(struct scaler *s, const struct image *src, const struct scale_span *row, uint8_t *out)
{
	const uint8_t *p = src->rgb + ((size_t)row->first * (size_t)src->width + (size_t)s->from.x) * 3;
	const uint16_t *w = s->row_weights + row->weights;
	size_t n = (size_t)s->from.width * 3;
	int k;

	if (row->count == 1 && s->width == s->from.width) {
		memcpy(out, p, n);
		return;
	}
	begin_line(s->line, p, n, w[0]);
	for (k = 1; k < row->count; k++)
		add_to_line(s->line, p + (size_t)k * (size_t)src->width * 3, n, w[k]);
	make_pixels(s, out);
}

int scaler_rows(struct scaler *s, const struct image *src, const uint8_t *touched, struct image *to)
{
	int y, made = 0;

	for (y = 0; y < s->height; y++) {
		const struct scale_span *row = &s->rows[y];

		if (touched && !memchr(touched + row->first, 1, (size_t)row->count))
			continue;
		make_row(s, src, row, to->rgb + (size_t)y * (size_t)s->width * 3);
		made++;
	}
	return made;
}

int image_scale(const struct image *src, const struct rect *from, int width, int height, struct image *ret)
{
	struct scaler s = { .width = 0 };
	bool anew;
	int r = scaler_set(&s, src->width, src->height, from, width, height, &anew);

	*ret = (struct image){ .width = width, .height = height };
	if (r < 0)
		return r;
	ret->rgb = malloc((size_t)width * (size_t)height * 3);
	if (ret->rgb)
		scaler_rows(&s, src, NULL, ret);
	scaler_release(&s);
	return ret->rgb ? 0 : ERR_NOMEM;
}
