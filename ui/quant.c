/* quant: see quant.h. The palette is made by halving, each time, the group of colours with the largest error. */
#include "config.h"

#include "ui/quant.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum {
	LEVELS = 32,			/* of a channel, while colours are counted */
	COLORS = LEVELS * LEVELS * LEVELS,
	FINE = 64 * 64 * 64,		/* colours of the map */
	KNOWN = 0x8000, CLEARLY = 0x4000,	/* in the map, beside the place */
	CLEARLY_SQUARED = 3 * 24 * 24,	/* from this distance on it is another colour to the eye */
	ODD = 16,			/* one of so many places is for what is rare */
	ODD_PIXELS = 16,		/* more of them make a colour no more worth it */
};

struct count { uint32_t n, sums[3]; };
/* A colour that occurs: its mean, and which level it has in each channel. */
struct tint { float mean[3], n, off; uint8_t levels[3]; };
/* Some of the tints, next to each other. */
struct group { int from, to, axis, cut; float gain; };

/* ---- counting ---- */

static size_t level_of(uint8_t channel)
{
	return channel >> 3;
}

static void count_pixels(struct count *counts, const struct image *im)
{
	int x, y;

	for (y = 0; y < im->height; y++) {
		const uint8_t *row = im->rgb + (size_t)y * (size_t)im->width * 3;

		for (x = y % 3; x < im->width; x += 3) {
			const uint8_t *p = row + (size_t)x * 3;
			struct count *c = &counts[(level_of(p[0]) * LEVELS + level_of(p[1])) * LEVELS + level_of(p[2])];

			c->n++;
			c->sums[0] += p[0];
			c->sums[1] += p[1];
			c->sums[2] += p[2];
		}
	}
}

static int list_tints(const struct count *counts, struct tint *tints)
{
	int i, k, used = 0;

	for (i = 0; i < COLORS; i++) {
		struct tint *t = &tints[used];

		if (counts[i].n == 0)
			continue;
		*t = (struct tint){ .n = (float)counts[i].n, .levels = { (uint8_t)(i / LEVELS / LEVELS), (uint8_t)(i / LEVELS % LEVELS), (uint8_t)(i % LEVELS) } };
		for (k = 0; k < 3; k++)
			t->mean[k] = (float)counts[i].sums[k] / t->n;
		used++;
	}
	return used;
}

/* ---- groups ---- */

/* Of each level of one channel: how many pixels, their sum. */
struct level { float n, sum; };

/* Where this channel is best cut, and by how much less the squares of the errors would be: 0 where it cannot be. */
static float best_cut(const struct level levels[LEVELS], int *ret_cut)
{
	float n = 0, sum = 0, left_n = 0, left_sum = 0, best = 0, gain;
	int i;

	for (i = 0; i < LEVELS; i++) {
		n += levels[i].n;
		sum += levels[i].sum;
	}
	for (i = 0; i < LEVELS - 1; i++) {
		left_n += levels[i].n;
		left_sum += levels[i].sum;
		if (left_n <= 0 || n - left_n <= 0)
			continue;
		gain = left_sum * left_sum / left_n + (sum - left_sum) * (sum - left_sum) / (n - left_n) - sum * sum / n;
		if (gain > best) {
			best = gain;
			*ret_cut = i;
		}
	}
	return best;
}

/* Each channel as it lies round the group's middle: float has few digits. */
static void look_at(struct group *g, const struct tint *tints)
{
	struct level levels[3][LEVELS] = { 0 };
	float middle[3] = { 0 }, n = 0, gain;
	int i, k, cut = 0;

	for (i = g->from; i < g->to; i++) {
		n += tints[i].n;
		for (k = 0; k < 3; k++)
			middle[k] += tints[i].n * tints[i].mean[k];
	}
	for (k = 0; k < 3; k++)
		middle[k] /= n;
	for (i = g->from; i < g->to; i++) {
		for (k = 0; k < 3; k++) {
			levels[k][tints[i].levels[k]].n += tints[i].n;
			levels[k][tints[i].levels[k]].sum += tints[i].n * (tints[i].mean[k] - middle[k]);
		}
	}
	g->gain = 0;
	for (k = 0; k < 3; k++) {
		gain = best_cut(levels[k], &cut);
		if (gain > g->gain) {
			g->gain = gain;
			g->axis = k;
			g->cut = cut;
		}
	}
}

/* Those on the far side of the cut go behind. Returns where they begin. */
static int part_tints(struct tint *tints, const struct group *g)
{
	int low = g->from, high = g->to;

	while (low < high) {
		if (tints[low].levels[g->axis] <= g->cut) {
			low++;
		} else {
			struct tint t = tints[--high];

			tints[high] = tints[low];
			tints[low] = t;
		}
	}
	return low;
}

static int make_groups(struct tint *tints, int tint_count, struct group *groups, int most)
{
	int used = 1, i, best, at;

	groups[0] = (struct group){ .from = 0, .to = tint_count };
	look_at(&groups[0], tints);
	while (used < most) {
		for (best = 0, i = 1; i < used; i++)
			if (groups[i].gain > groups[best].gain)
				best = i;
		if (groups[best].gain <= 0)
			break;
		at = part_tints(tints, &groups[best]);
		groups[used] = (struct group){ .from = at, .to = groups[best].to };
		groups[best].to = at;
		look_at(&groups[best], tints);
		look_at(&groups[used++], tints);
	}
	return used;
}

/* ---- the palette ---- */

static float square_off(const struct tint *t, const float colour[3])
{
	float r = t->mean[0] - colour[0], g = t->mean[1] - colour[1], b = t->mean[2] - colour[2];

	return r * r + g * g + b * b;
}

/* In order of green, for find_nearest(). */
static void add_colour(struct palette *p, const float colour[3])
{
	uint8_t percent[3];
	int i, k, at = 0;

	for (k = 0; k < 3; k++)
		percent[k] = (uint8_t)(colour[k] * 100 / 255 + 0.5F);
	for (i = 0; i < p->count; i++) {
		if (memcmp(p->percent[i], percent, sizeof(percent)) == 0)
			return;
		at += p->percent[i][1] < percent[1];
	}
	memmove(p->percent[at + 1], p->percent[at], (size_t)(p->count - at) * sizeof(p->percent[0]));
	memmove(p->rgb[at + 1], p->rgb[at], (size_t)(p->count - at) * sizeof(p->rgb[0]));
	memcpy(p->percent[at], percent, sizeof(percent));
	for (k = 0; k < 3; k++)
		p->rgb[at][k] = (uint8_t)((percent[k] * 255 + 50) / 100);
	p->count++;
}

/* Each group's mean, and how far its tints are from it. */
static void add_groups(struct palette *p, const struct group *groups, int count, struct tint *tints)
{
	int i, j, k;

	for (i = 0; i < count; i++) {
		float mean[3] = { 0 }, n = 0;

		for (j = groups[i].from; j < groups[i].to; j++) {
			n += tints[j].n;
			for (k = 0; k < 3; k++)
				mean[k] += tints[j].n * tints[j].mean[k];
		}
		for (k = 0; k < 3; k++)
			mean[k] /= n;
		for (j = groups[i].from; j < groups[i].to; j++)
			tints[j].off = square_off(&tints[j], mean);
		add_colour(p, mean);
	}
}

/* A small mark in a colour of its own weighs nothing in a sum of errors, and is what is looked for on a screen. */
static void add_odd(struct palette *p, int most, struct tint *tints, int tint_count)
{
	int i, farthest;

	while (p->count < most) {
		float colour[3], off, worst = 0;

		for (farthest = -1, i = 0; i < tint_count; i++) {
			off = tints[i].off * (tints[i].n < ODD_PIXELS ? tints[i].n : ODD_PIXELS);
			if (off > worst) {
				worst = off;
				farthest = i;
			}
		}
		if (farthest < 0 || tints[farthest].off < 1)
			return;
		memcpy(colour, tints[farthest].mean, sizeof(colour));
		tints[farthest].off = 0;
		add_colour(p, colour);
		for (i = 0; i < tint_count; i++) {
			off = square_off(&tints[i], colour);
			if (off < tints[i].off)
				tints[i].off = off;
		}
	}
}

int palette_make(struct palette *p, const struct image *im, int colors)
{
	struct count *counts = calloc(COLORS, sizeof(*counts));
	struct tint *tints = malloc(COLORS * sizeof(*tints));
	struct group groups[PALETTE_MAX];
	int most = colors < 2 ? 2 : colors > PALETTE_MAX ? PALETTE_MAX : colors, count;

	if (!p->nearest)
		p->nearest = malloc(FINE * sizeof(*p->nearest));
	if (!counts || !tints || !p->nearest) {
		free(counts);
		free(tints);
		return ERR_NOMEM;
	}
	memset(p->nearest, 0, FINE * sizeof(*p->nearest));
	p->count = 0;
	count_pixels(counts, im);
	count = list_tints(counts, tints);
	add_groups(p, groups, make_groups(tints, count, groups, most - most / ODD), tints);
	add_odd(p, most, tints, count);
	free(counts);
	free(tints);
	return 0;
}

void palette_release(struct palette *p)
{
	free(p->nearest);
	*p = (struct palette){ .count = 0 };
}

/* ---- mapping ---- */

/* The middle of the four values that are mapped together stands for them; black and white stand for themselves. */
static int middle_of(uint8_t channel)
{
	return channel < 4 ? 0 : channel > 251 ? 255 : (channel & 0xfc) | 2;
}

/* Is colour i nearer than *least? false: by its green alone it is farther, and so are all beyond it. */
static bool look_at_colour(const struct palette *p, int i, int r, int g, int b, int *least, int *best)
{
	int dr = p->rgb[i][0] - r, dg = p->rgb[i][1] - g, db = p->rgb[i][2] - b, off = dr * dr + dg * dg + db * db;

	if (dg * dg >= *least)
		return false;
	if (off < *least) {
		*least = off;
		*best = i;
	}
	return true;
}

/* From the colours of the same green on, in both directions. */
static uint16_t find_nearest(const struct palette *p, int r, int g, int b)
{
	int best = 0, least = INT32_MAX, low = 0, high = p->count, i;

	while (low < high) {
		i = (low + high) / 2;
		if (p->rgb[i][1] < g)
			low = i + 1;
		else
			high = i;
	}
	for (i = low; i < p->count && look_at_colour(p, i, r, g, b, &least, &best); i++)
		;
	for (i = low - 1; i >= 0 && look_at_colour(p, i, r, g, b, &least, &best); i--)
		;
	return (uint16_t)(KNOWN | (least >= CLEARLY_SQUARED ? CLEARLY : 0) | best);
}

size_t palette_map(struct palette *p, const uint8_t *rgb, size_t n, uint8_t *indices)
{
	size_t i, off = 0;

	for (i = 0; i < n; i++, rgb += 3) {
		uint16_t *known = &p->nearest[(rgb[0] >> 2) << 12 | (rgb[1] >> 2) << 6 | rgb[2] >> 2];

		if (!(*known & KNOWN))
			*known = find_nearest(p, middle_of(rgb[0]), middle_of(rgb[1]), middle_of(rgb[2]));
		indices[i] = (uint8_t)(*known & 0xff);
		off += (*known & CLEARLY) != 0;
	}
	return off;
}
