/* pictures: see pictures.h. */
#include "config.h"

#include "cmd/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "io/png.h"
#include "ui/kitty.h"
#include "ui/term.h"

enum { SAVE_TRIES = 100 };

/* What was last written as a picture; the same is not written again. */
struct shown {
	char sha256[65];
	struct rect at, part;
	int width, height;	/* in pixels; of a sixel picture */
	struct picture_mark mark;
	bool valid;
};

static struct {
	struct dashboard *dash;		/* borrowed; NULL when closed */
	struct cells *cells;		/* borrowed */
	const struct detect *detect;	/* borrowed */
	void (*changed)(void);
	struct decoder *decoder;
	struct picture_policy policy;
	struct shown shown;
	struct kitty kitty;
	struct image scaled;		/* for half blocks, as last made */
	struct shown scaled_for;
	char decoding_session[128], decoding_sha[65];
	int64_t decoding_wall_ms;
	struct buf png;			/* the shown picture as it came */
} pic;

int pictures_open(uv_loop_t *loop, struct dashboard *d, struct cells *c, const struct detect *detect, void (*changed)(void))
{
	pic.dash = d;
	pic.cells = c;
	pic.detect = detect;
	pic.changed = changed;
	buf_init(&pic.png, PNG_BYTES_MAX);
	pic.decoder = decoder_new(loop);
	return pic.decoder ? 0 : ERR_NOMEM;
}

static void end_kitty(void)
{
	struct buf out;

	buf_init(&out, 1000);
	kitty_clear(&pic.kitty, &out);
	if (out.len > 0)
		term_write(out.data, out.len);
	buf_release(&out);
}

void pictures_close(void)
{
	end_kitty();
	decoder_free(pic.decoder);
	image_release(&pic.scaled);
	buf_release(&pic.png);
	pic.dash = NULL;
	pic.decoder = NULL;
}

void pictures_policy(const struct picture_policy *p)
{
	pic.policy = *p;
	pic.shown.valid = false;
}

void pictures_forget(void)
{
	pic.shown.valid = false;
}

struct rect pictures_part(void)
{
	return pic.shown.valid ? pic.shown.part : pic.scaled_for.valid ? pic.scaled_for.part : (struct rect){ 0 };
}

static bool same_rect(const struct rect *a, const struct rect *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static bool same_shown(const struct shown *a, const struct shown *b)
{
	return a->valid && b->valid && strcmp(a->sha256, b->sha256) == 0 && same_rect(&a->at, &b->at) && same_rect(&a->part, &b->part) && mark_same(&a->mark, &b->mark);
}

/* The image for `width` x `height` pixels at most, marked; what it is of in *want. */
static int make_image(int width, int height, struct shown *want, struct image *ret, bool only_want)
{
	struct dashboard *d = pic.dash;
	int w, h;

	*want = (struct shown){ .at = d->picture, .mark = dash_mark(d), .valid = true };
	snprintf(want->sha256, sizeof(want->sha256), "%s", d->screen_sha256);
	picture_part(&d->screen, width, height, d->picture_whole, &want->mark, &want->part, &w, &h);
	if (only_want)
		return 0;
	if (image_scale(&d->screen, &want->part, w, h, ret) < 0)
		return -1;
	image_mark(ret, &want->part, &want->mark);
	return 0;
}

static void draw_blocks(void)
{
	const struct rect *r = &pic.dash->picture;
	/* A cell of half blocks is two square pixels, one above the other. A part is shown at a quarter, or nothing could be seen on it. */
	int scale = pic.dash->picture_whole ? 1 : 4;
	struct image cut;
	struct shown want;

	make_image(r->width * scale, r->height * 2 * scale, &want, NULL, true);
	if (!same_shown(&want, &pic.scaled_for)) {
		image_release(&pic.scaled);
		pic.scaled_for.valid = false;
		if (make_image(r->width * scale, r->height * 2 * scale, &want, &cut, false) < 0)
			return;
		if (scale > 1) {
			struct rect all = { 0, 0, cut.width, cut.height };

			if (image_scale(&cut, &all, cut.width / scale, cut.height / scale, &pic.scaled) < 0)
				pic.scaled = (struct image){ 0 };
			image_release(&cut);
		} else {
			pic.scaled = cut;
		}
		pic.scaled_for = want;
	}
	if (pic.scaled.rgb)
		picture_blocks(pic.cells, r, &pic.scaled);
}

/* Where the last picture was larger than the new one, or lay elsewhere, blanks end it: its pixels go with the cells that are written. */
static void put_blanks(struct buf *out, const struct rect *r)
{
	int y;

	buf_puts(out, "\033[0m");
	for (y = r->y; y < r->y + r->height; y++)
		buf_printf(out, "\033[%d;%dH%*s", y + 1, r->x + 1, r->width, "");
}

static void draw_sixel(void)
{
	const struct rect *r = &pic.dash->picture;
	int width = r->width * pic.detect->cell_width, height = r->height * pic.detect->cell_height;
	struct image im = { 0 };
	struct shown want;
	struct buf out;
	struct err e;

	if (pic.policy.max_width > 0 && width > pic.policy.max_width)
		width = pic.policy.max_width;
	if (pic.policy.max_height > 0 && height > pic.policy.max_height)
		height = pic.policy.max_height;
	make_image(width, height, &want, NULL, true);
	if (same_shown(&want, &pic.shown))
		return;
	if (make_image(width, height, &want, &im, false) < 0)
		return;
	want.width = im.width;
	want.height = im.height;
	buf_init(&out, 8 * 1024 * 1024);
	buf_puts(&out, "\0337");
	if (!pic.shown.valid || !same_rect(&want.at, &pic.shown.at) || want.width != pic.shown.width || want.height != pic.shown.height)
		put_blanks(&out, r);
	buf_printf(&out, "\033[%d;%dH", r->y + 1, r->x + 1);
	if (picture_sixel(&im, &out, &e) == 0) {
		buf_puts(&out, "\0338");
		term_write(out.data, out.len);
		pic.shown = want;
	}
	image_release(&im);
	buf_release(&out);
}

static void draw_kitty(void)
{
	const struct rect *r = &pic.dash->picture, all = { 0, 0, r->width, r->height };
	int width = r->width * pic.detect->cell_width, height = r->height * pic.detect->cell_height;
	struct image im = { 0 };
	struct shown want;
	struct buf out;
	struct err e;

	make_image(width, height, &want, NULL, true);
	if (same_shown(&want, &pic.shown) || make_image(width, height, &want, &im, false) < 0)
		return;
	buf_init(&out, SIZE_MAX - 1);
	if (kitty_put(&pic.kitty, &im, r, pic.detect->cell_width, pic.detect->cell_height, &all, 1, &out, &e) == 0) {
		term_write(out.data, out.len);
		pic.shown = want;
	}
	image_release(&im);
	buf_release(&out);
}

static void on_decoded(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct dashboard *d = pic.dash;

	(void)arg;
	if (!d || strcmp(pic.decoding_session, d->session) != 0) {
		free(rgb);
		return;
	}
	image_release(&d->screen);
	if (rgb) {
		d->screen = (struct image){ .rgb = rgb, .width = width, .height = height };
		snprintf(d->screen_sha256, sizeof(d->screen_sha256), "%s", pic.decoding_sha);
		d->screen_error[0] = '\0';
	} else {
		d->screen_sha256[0] = '\0';
		snprintf(d->screen_error, sizeof(d->screen_error), "%s", error);
	}
	d->screen_wall_ms = pic.decoding_wall_ms;
	pic.changed();
}

void pictures_came(const char *session, const char *png, size_t len, const char *error)
{
	struct dashboard *d = pic.dash;
	struct err e;

	if (strcmp(session, d->session) != 0)
		return;
	pic.decoding_wall_ms = clock_wall_ms();
	if (png) {
		digest_hex(png, len, pic.decoding_sha);
		snprintf(pic.decoding_session, sizeof(pic.decoding_session), "%s", session);
		if (strcmp(pic.decoding_sha, d->screen_sha256) == 0) {
			d->screen_wall_ms = pic.decoding_wall_ms;
			return;
		}
		buf_clear(&pic.png);
		buf_append(&pic.png, png, len);
		if (decoder_decode(pic.decoder, png, len, on_decoded, NULL, &e) == 0)
			return;
		error = e.msg;
	}
	image_release(&d->screen);
	d->screen_sha256[0] = '\0';
	snprintf(d->screen_error, sizeof(d->screen_error), "%s", error);
	pic.changed();
}

void pictures_before_paint(void)
{
	if (pic.dash->picture.width > 0 && pic.dash->screen.rgb && pic.policy.backend == BACKEND_BLOCKS)
		draw_blocks();
}

void pictures_after_paint(void)
{
	bool wanted = pic.dash->picture.width > 0 && pic.dash->screen.rgb;

	if (wanted && pic.policy.backend == BACKEND_SIXEL)
		draw_sixel();
	else if (wanted && pic.policy.backend == BACKEND_KITTY)
		draw_kitty();
	else
		pic.shown.valid = false;
	if (!wanted || pic.policy.backend != BACKEND_KITTY)
		end_kitty();
}

/* The shown picture, as it came, into a new file of the folder where the dashboard was started. */
void pictures_save(void)
{
	char name[64];
	int i, fd = -1;

	if (pic.png.len == 0 || !pic.dash->screen.rgb) {
		dash_say(pic.dash, clock_boot_ms(), "there is no picture to be written");
		return;
	}
	for (i = 1; i <= SAVE_TRIES && fd < 0; i++) {
		snprintf(name, sizeof(name), "assent-screen-%d.png", i);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd >= 0 && write(fd, pic.png.data, pic.png.len) == (ssize_t)pic.png.len)
		dash_say(pic.dash, clock_boot_ms(), "written: %s", name);
	else
		dash_say(pic.dash, clock_boot_ms(), "%s cannot be written: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
}
