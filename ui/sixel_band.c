/*
 * sixel_band: our own encoder. A band of six rows is painted in its most frequent colour first, and the others over it. What stands close together in one
 * colour is a stretch; stretches that do not overlap go out in one pass from left to right, whatever their colours. See sixel.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ui/sixel.h"

enum { BAND = 6, GAP = 10, TOKEN = 16 };

/* Columns of one colour in which the same rows have it; next: the stretch's next one, 0: none. */
struct piece { int x, run, next; uint8_t bits; };
struct stretch { int start, end, first, last; uint8_t color; };

struct band {
	const uint8_t *rows[BAND];
	int height, width;
	uint8_t ground;
	struct piece *pieces;		/* own; from 1 on */
	struct stretch *stretches;	/* own */
	int piece_count, stretch_count;
	int open[PALETTE_MAX];		/* the last stretch of that colour; -1 */
	int here[BAND], here_count;	/* the pieces of the last column that was looked at */
};

/* Bytes on their way; a token always has room. */
struct writer {
	struct buf *out;
	char room[8192];
	size_t used;
	int color;	/* as last chosen */
};

/* ---- writing ---- */

static void flush(struct writer *w)
{
	buf_append(w->out, w->room, w->used);
	w->used = 0;
}

static void put_number(struct writer *w, int n)
{
	char digits[12];
	int i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	while (i > 0)
		w->room[w->used++] = digits[--i];
}

static void put_run(struct writer *w, int n, char sixel)
{
	if (w->used + TOKEN > sizeof(w->room))
		flush(w);
	if (n > 3) {
		w->room[w->used++] = '!';
		put_number(w, n);
		w->room[w->used++] = sixel;
		return;
	}
	while (n-- > 0)
		w->room[w->used++] = sixel;
}

static void put_color(struct writer *w, int color)
{
	if (w->color == color)
		return;
	if (w->used + TOKEN > sizeof(w->room))
		flush(w);
	w->room[w->used++] = '#';
	put_number(w, color);
	w->color = color;
}

/* ---- what is in a band ---- */

static uint8_t most_frequent(const struct band *b)
{
	int counts[PALETTE_MAX] = { 0 }, x, y, best = 0;

	/* Every fourth column will do: it costs bytes to be wrong, and nothing else. */
	for (y = 0; y < b->height; y++)
		for (x = y & 3; x < b->width; x += 4)
			counts[b->rows[y][x]]++;
	for (x = 1; x < PALETTE_MAX; x++)
		if (counts[x] > counts[best])
			best = x;
	return (uint8_t)best;
}

static void add_piece(struct band *b, int x, uint8_t color, uint8_t bits)
{
	int at = b->open[color], piece = b->piece_count++;
	struct stretch *s = at >= 0 ? &b->stretches[at] : NULL;

	b->pieces[piece] = (struct piece){ .x = x, .run = 1, .bits = bits };
	b->here[b->here_count++] = piece;
	if (!s || x - s->end > GAP) {
		b->open[color] = b->stretch_count;
		b->stretches[b->stretch_count++] = (struct stretch){ .start = x, .end = x + 1, .first = piece, .last = piece, .color = color };
		return;
	}
	b->pieces[s->last].next = piece;
	s->last = piece;
	s->end = x + 1;
}

/* The column is as the one before: its pieces go on. */
static void go_on(struct band *b, const uint8_t *column, int n)
{
	int i;

	for (i = 0; i < b->here_count; i++) {
		struct piece *p = &b->pieces[b->here[i]];

		p->run += n;
		b->stretches[b->open[column[__builtin_ctz(p->bits)]]].end += n;
	}
}

static void look_at_column(struct band *b, int x, const uint8_t *column)
{
	int height = b->height < BAND ? b->height : BAND, y, k;	/* what every compiler can see */
	uint8_t done = 0, bits;

	b->here_count = 0;
	for (y = 0; y < height; y++) {
		if (done >> y & 1 || column[y] == b->ground)
			continue;
		for (bits = 0, k = y; k < height; k++)
			bits = (uint8_t)(bits | (column[k] == column[y]) << k);
		done |= bits;
		add_piece(b, x, column[y], bits);
	}
}

/* How many more columns are as this one, as far as eight at a time tell. */
static int same_ahead(const struct band *b, int x, const uint8_t *column)
{
	int n, y;

	for (n = 0; x + n + 8 <= b->width; n += 8) {
		for (y = 0; y < b->height; y++) {
			uint64_t eight;

			memcpy(&eight, b->rows[y] + x + n, sizeof(eight));
			if (eight != column[y] * 0x0101010101010101U)
				return n;
		}
	}
	return n;
}

static void look_at_band(struct band *b)
{
	uint8_t column[BAND] = { 0 };
	int x, y, ahead;

	b->piece_count = 1;
	b->stretch_count = b->here_count = 0;
	memset(b->open, -1, sizeof(b->open));
	b->ground = most_frequent(b);
	memset(column, b->ground, sizeof(column));
	for (x = 0; x < b->width; x++) {
		bool same = true;

		for (y = 0; y < b->height; y++)
			same &= b->rows[y][x] == column[y];
		if (!same) {
			for (y = 0; y < b->height; y++)
				column[y] = b->rows[y][x];
			look_at_column(b, x, column);
			continue;
		}
		ahead = same_ahead(b, x + 1, column);
		go_on(b, column, 1 + ahead);
		x += ahead;
	}
}

/* ---- a band's bytes ---- */

static void put_stretch(struct writer *w, const struct band *b, const struct stretch *s)
{
	int x = s->start, at;

	put_color(w, s->color);
	for (at = s->first; at; at = b->pieces[at].next) {
		const struct piece *p = &b->pieces[at];

		put_run(w, p->x - x, '?');
		put_run(w, p->run, (char)('?' + p->bits));
		x = p->x + p->run;
	}
}

static void put_band(struct writer *w, struct band *b)
{
	int left = b->stretch_count, kept, i, x;

	put_color(w, b->ground);
	put_run(w, b->width, (char)('?' + (1 << b->height) - 1));
	while (left > 0) {
		put_run(w, 1, '$');
		for (x = kept = i = 0; i < left; i++) {
			struct stretch s = b->stretches[i];

			if (s.start < x) {
				b->stretches[kept++] = s;	/* in the next pass */
				continue;
			}
			if (s.start > x) {
				put_color(w, s.color);
				put_run(w, s.start - x, '?');
			}
			put_stretch(w, b, &s);
			x = s.end;
		}
		left = kept;
	}
}

int sixel_band_put(const struct sixel_dense *d, struct buf *out, struct err *e)
{
	struct writer w = { .out = out, .color = -1 };
	struct band b = { .width = d->width };
	int y, i;

	/* No more pieces than pixels; and no more stretches than pieces. */
	b.pieces = malloc(((size_t)d->width * BAND + 1) * sizeof(*b.pieces));
	b.stretches = malloc((size_t)d->width * BAND * sizeof(*b.stretches));
	if (!b.pieces || !b.stretches) {
		free(b.pieces);
		free(b.stretches);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	buf_printf(out, "\033P0;1q\"1;1;%d;%d", d->width, d->height);
	for (i = 0; i < d->colors; i++)
		buf_printf(out, "#%d;2;%d;%d;%d", i, d->percent[i][0], d->percent[i][1], d->percent[i][2]);
	for (y = 0; y < d->height; y += BAND) {
		b.height = d->height - y < BAND ? d->height - y : BAND;
		for (i = 0; i < b.height; i++)
			b.rows[i] = d->pixels + (size_t)(y + i) * (size_t)d->width;
		if (y > 0)
			put_run(&w, 1, '-');
		look_at_band(&b);
		put_band(&w, &b);
	}
	flush(&w);
	buf_puts(out, "\033\\");
	free(b.pieces);
	free(b.stretches);
	return buf_failed(out) ? err_set(e, ERR_TOOBIG, "the picture makes too many bytes") : 0;
}
