/* pixels: see pixels.h. */
#include "config.h"

#include "cmd/pixels.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/console.h"
#include "ui/flight.h"
#include "ui/kitty.h"
#include "ui/rects.h"
#include "ui/scale.h"
#include "ui/term.h"

enum {
	BYTES_MAX = 16 * 1024 * 1024,
	REST_MS = 700,		/* since the last change: then a whole picture takes the place of many */
	REST_SHARE = 20,	/* and whole pictures have no more than such a part of the terminal's time */
	SLOW_MS = 100,		/* there and back: then a key may go between two parts */
};

static struct {
	void (*changed)(void);
	uv_timer_t rest, flight;
	bool open;
	struct picture_policy policy;
	enum encoder encoder;
	/* to be shown */
	struct scaler scaler;
	struct image plain, marked;	/* own; scaled, and with the mark */
	struct picture_mark mark;	/* on the latter */
	uint8_t *touched;		/* own; rows of the screen that are not in plain yet */
	int touched_height;
	bool any_touched, stale;	/* stale: marked is another one than was set last */
	struct picture_stream stream;	/* of sixel */
	struct kitty kitty;
	bool lost;			/* kitty: what it shows is not known, or has to be cut in another way */
	/* on its way */
	struct buf out;
	struct picture_parts parts;
	int next_part;
	uint8_t *covered;		/* own; cells of the picture in which something else stands; as of the parts that are on their way */
	size_t covered_size;
	struct pixels sending, sent;
	bool is_sent, asks;
	struct flight last;
} px;

static void on_flight(uv_timer_t *t)
{
	(void)t;
	flight_given_up(&px.last);
	px.changed();
}

static void on_rest(uv_timer_t *t)
{
	(void)t;
	if (!picture_stream_is_mixed(&px.stream))
		return;
	picture_stream_renew(&px.stream);
	px.changed();
}

static void end_kitty(void)
{
	struct buf out;

	buf_init(&out, BYTES_MAX);
	kitty_clear(&px.kitty, &out);
	if (out.len > 0)
		term_write(out.data, out.len);
	buf_release(&out);
}

void pixels_open(uv_loop_t *loop, void (*changed)(void))
{
	px.changed = changed;
	uv_timer_init(loop, &px.rest);
	uv_timer_init(loop, &px.flight);
	buf_init(&px.out, BYTES_MAX);
	px.open = true;
}

void pixels_close(void)
{
	if (!px.open)
		return;
	px.open = false;
	end_kitty();
	uv_close((uv_handle_t *)&px.rest, NULL);
	uv_close((uv_handle_t *)&px.flight, NULL);
	scaler_release(&px.scaler);
	image_release(&px.plain);
	image_release(&px.marked);
	picture_stream_release(&px.stream);
	buf_release(&px.out);
	free(px.touched);
	free(px.covered);
	px.touched = px.covered = NULL;
	px.covered_size = 0;
}

void pixels_policy(const struct picture_policy *p)
{
	px.policy = *p;
	pixels_forget();
}

void pixels_encoder(enum encoder encoder)
{
	px.encoder = encoder;
}

static bool is_writing(void)
{
	return px.next_part < px.parts.count;
}

/* What was not written of it stays away: what stands there is a mixture then. */
static void drop_parts(void)
{
	if (is_writing())
		picture_stream_forget(&px.stream);
	px.parts.count = px.next_part = 0;
}

void pixels_forget(void)
{
	drop_parts();
	picture_stream_forget(&px.stream);
	px.lost = true;
}

void pixels_renew(void)
{
	picture_stream_renew(&px.stream);
}

void pixels_hide(void)
{
	if (!px.is_sent && !is_writing())
		return;
	end_kitty();
	pixels_forget();
	px.is_sent = false;
	uv_timer_stop(&px.rest);
}

const struct pixels *pixels_sent(void)
{
	return px.is_sent ? &px.sent : NULL;
}

bool pixels_busy(void)
{
	return px.last.query != 0 || px.asks || is_writing();
}

/* ---- the picture as it is to be ---- */

void pixels_touch(const uint8_t *rows, int height)
{
	int y;

	if (px.touched_height != height || !px.touched) {
		free(px.touched);
		px.touched = malloc((size_t)height);
		px.touched_height = px.touched ? height : 0;
		rows = NULL;
	}
	for (y = 0; y < px.touched_height; y++)
		px.touched[y] = rows && px.any_touched ? px.touched[y] | (rows[y] != 0) : !rows || rows[y] != 0;
	px.any_touched = true;
}

static bool fit_image(struct image *im, int width, int height)
{
	if (im->rgb && im->width == width && im->height == height)
		return true;
	image_release(im);
	*im = (struct image){ .rgb = malloc((size_t)width * (size_t)height * 3), .width = width, .height = height };
	return im->rgb != NULL;
}

/* Brings px.marked up to date. false: out of memory. */
static bool make_image(const struct image *screen, const struct pixels *want)
{
	const struct picture_place *p = &want->place;
	bool anew;

	if (scaler_set(&px.scaler, screen->width, screen->height, &p->part, p->width, p->height, &anew) < 0 || !fit_image(&px.plain, p->width, p->height) ||
	    !fit_image(&px.marked, p->width, p->height))
		return false;
	if (!anew && !px.any_touched && mark_same(&px.mark, &want->mark))
		return true;
	if (anew || px.any_touched)
		scaler_rows(&px.scaler, screen, anew || px.touched_height != screen->height ? NULL : px.touched, &px.plain);
	px.any_touched = false;
	memcpy(px.marked.rgb, px.plain.rgb, (size_t)p->width * (size_t)p->height * 3);
	image_mark(&px.marked, &p->part, &want->mark);
	px.mark = want->mark;
	px.stale = true;
	return true;
}

/* Where something else was drawn into the picture's cells. true: elsewhere than before. */
static bool look_for_covered(const struct rect *at, const struct cells *c)
{
	size_t size = (size_t)at->width * (size_t)at->height;
	bool other = px.covered_size != size;
	int x, y;

	if (other) {
		free(px.covered);
		px.covered = calloc(size, 1);
		px.covered_size = px.covered ? size : 0;
	}
	for (y = 0; y < at->height && px.covered; y++) {
		for (x = 0; x < at->width; x++) {
			const struct cell *cell = &c->grid[(at->y + y) * c->width + at->x + x];
			uint8_t now = cell->style != STYLE_PICTURE || cell->front >= 0, *was = &px.covered[y * at->width + x];

			other |= now != *was;
			*was = now;
		}
	}
	return other;
}

/* ---- on its way ---- */

/* Over a slow line each part is a frame of its own, so that a key's frame can go between. */
static void write_parts(void)
{
	bool slow = console_pace_ms() * 4 > SLOW_MS;
	size_t from = px.next_part > 0 ? px.parts.ends[px.next_part - 1] : 0;

	px.next_part = slow ? px.next_part + 1 : px.parts.count;
	term_write(px.out.data + from, px.parts.ends[px.next_part - 1] - from);
	if (is_writing()) {
		px.changed();
		return;
	}
	px.sent = px.sending;
	px.is_sent = px.asks = true;
}

static bool same_place(const struct picture_place *a, const struct picture_place *b)
{
	return a->at.x == b->at.x && a->at.y == b->at.y && a->at.width == b->at.width && a->at.height == b->at.height && a->cell_width == b->cell_width &&
	       a->cell_height == b->cell_height;
}

static void put_sixel(const struct picture_place *p)
{
	struct err e;

	if (px.stale && picture_stream_set(&px.stream, &p->at, p->cell_width, p->cell_height, &px.marked) < 0)
		return;
	px.stale = false;
	if (picture_stream_put(&px.stream, &px.policy, px.encoder, px.covered, &px.out, &px.parts, &e) < 0)
		px.parts.count = 0;
}

/* The whole picture, cut round what covers it. */
static void put_kitty(const struct picture_place *p)
{
	struct rect pieces[KITTY_PARTS_MAX];
	uint8_t *flags = malloc(px.covered_size + 1);
	struct err e;
	size_t i;
	int count;

	if (flags && (px.stale || px.lost)) {
		for (i = 0; i < px.covered_size; i++)
			flags[i] = px.covered[i] ? CELL_BARRED : CELL_WANTED;
		count = rects_find(flags, p->at.width, p->at.height, pieces, KITTY_PARTS_MAX);
		if (kitty_put(&px.kitty, &px.marked, &p->at, p->cell_width, p->cell_height, pieces, count < 0 ? 0 : count, &px.out, &e) == 0)
			px.parts = (struct picture_parts){ .ends = { px.out.len }, .count = 1, .whole = true };
		px.stale = px.lost = false;
	}
	free(flags);
}

void pixels_draw(const struct image *screen, const struct pixels *want, const struct cells *c)
{
	const struct picture_place *p = &want->place;

	/* Parts of before would now be drawn over something else. */
	if (look_for_covered(&p->at, c) || !same_place(p, &px.sending.place)) {
		drop_parts();
		px.lost = px.stale = true;
	}
	if (is_writing()) {
		write_parts();
		return;
	}
	if (px.last.query != 0 || px.asks || !make_image(screen, want))
		return;
	buf_clear(&px.out);
	px.parts.count = px.next_part = 0;
	if (px.policy.backend == BACKEND_KITTY)
		put_kitty(p);
	else
		put_sixel(p);
	px.sending = *want;
	if (px.parts.count > 0)
		write_parts();
	else
		px.sent = *want;	/* which looks the same */
}

static void rest_later(void)
{
	int64_t share = px.last.took_ms * REST_SHARE;

	if (picture_stream_is_mixed(&px.stream))
		uv_timer_start(&px.rest, on_rest, (uint64_t)(share > REST_MS ? share : REST_MS), 0);
}

bool pixels_asks(void)
{
	return px.asks;
}

void pixels_painted(int64_t query)
{
	if (!px.asks)
		return;
	px.asks = false;
	flight_sent(&px.last, query, clock_boot_ms());
	uv_timer_start(&px.flight, on_flight, (uint64_t)flight_limit_ms(&px.last, console_answers(), console_round_ms()), 0);
	rest_later();
}

void pixels_answered(int64_t number)
{
	if (!flight_answered(&px.last, number, console_all_answered()))
		return;
	uv_timer_stop(&px.flight);
	if (px.parts.whole)
		px.last.took_ms = clock_boot_ms() - px.last.sent_ms;
}
