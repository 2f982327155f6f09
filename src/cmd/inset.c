/* inset: see inset.h. */
#include "config.h"

#include "cmd/inset.h"

#include <stdio.h>
#include <string.h>

#include "ui/kitty.h"
#include "ui/term.h"

enum { BYTES_MAX = 4 * 1024 * 1024, KITTY_FIRST = 0xa55e11 };

/* What was last sent: the same is not sent again. */
struct shown {
	char sha256[65];
	struct rect at, part;
	struct picture_mark mark;
};

static struct {
	struct shown shown;
	bool there;
	struct picture_stream stream;
	struct kitty kitty;
} inset = { .kitty = { .first = KITTY_FIRST } };

static bool same_rect(const struct rect *a, const struct rect *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

void inset_forget(void)
{
	inset.there = false;
	picture_stream_forget(&inset.stream);
}

/* Its cells are written with whatever takes their place; kitty's pictures lie over those. */
static void hide(void)
{
	struct buf out;

	if (!inset.there)
		return;
	buf_init(&out, BYTES_MAX);
	kitty_clear(&inset.kitty, &out);
	if (out.len > 0)
		term_write(out.data, out.len);
	buf_release(&out);
	inset_forget();
}

void inset_close(void)
{
	hide();
	picture_stream_release(&inset.stream);
}

static void put(const struct image *im, const struct shown *want, const struct detect *detect, const struct picture_policy *policy, enum encoder encoder)
{
	const struct rect whole = { 0, 0, want->at.width, want->at.height };
	struct picture_parts parts;
	struct buf out;
	struct err e;
	int r;

	buf_init(&out, BYTES_MAX);
	if (policy->backend == BACKEND_KITTY) {
		r = kitty_put(&inset.kitty, im, &want->at, detect->cell_width, detect->cell_height, &whole, 1, &out, &e);
	} else {
		r = picture_stream_set(&inset.stream, &want->at, detect->cell_width, detect->cell_height, im);
		if (r == 0)
			r = picture_stream_put(&inset.stream, policy, encoder, NULL, &out, &parts, &e);
	}
	if (r == 0 && out.len > 0)
		term_write(out.data, out.len);
	buf_release(&out);
	inset.shown = *want;
	inset.there = r == 0;
}

void inset_draw(const struct dashboard *d, const struct detect *detect, const struct picture_policy *policy, enum encoder encoder)
{
	const struct picture_view view = { .zoom = 1, .actual = true };
	struct shown want = { .at = d->inset, .mark = dash_mark(d) };
	struct image im = { 0 };
	int width, height;

	if (d->inset.width == 0 || !d->screen.rgb || (policy->backend != BACKEND_SIXEL && policy->backend != BACKEND_KITTY)) {
		hide();
		return;
	}
	if (inset.there && !same_rect(&inset.shown.at, &want.at))
		hide();
	want.mark.label[0] = '\0';	/* the card beside it says it */
	snprintf(want.sha256, sizeof(want.sha256), "%s", d->screen_sha256);
	picture_part(&d->screen, d->inset.width * detect->cell_width, d->inset.height * detect->cell_height, &view, &want.mark, &want.part, &width, &height);
	height = picture_fit(height, detect->cell_height, policy->height_multiple);
	if (pixels_busy() || height <= 0 ||
	    (inset.there && strcmp(inset.shown.sha256, want.sha256) == 0 && same_rect(&inset.shown.part, &want.part) && mark_same(&inset.shown.mark, &want.mark)))
		return;
	want.part.height = height;
	if (image_scale(&d->screen, &want.part, width, height, &im) < 0)
		return;
	image_mark(&im, &want.part, &want.mark);
	put(&im, &want, detect, policy, encoder);
	image_release(&im);
}
