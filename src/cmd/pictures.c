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
#include "cmd/inset.h"
#include "cmd/pixels.h"
#include "io/png.h"
#include "ui/blocks.h"
#include "ui/term.h"

enum { SAVE_TRIES = 100 };

/* What half blocks were last made of. */
struct shown {
	char sha256[65];
	int64_t wall_ms;
	struct rect at, part;
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
	enum encoder encoder;
	struct image scaled;		/* for half blocks, as last made */
	struct shown scaled_for;
	char decoding_session[128], decoding_sha[65];
	int64_t decoding_wall_ms;
	bool decoding;
	struct buf png;			/* the shown picture as it came */
} pic;

int pictures_open(uv_loop_t *loop, struct dashboard *d, struct cells *c, const struct detect *detect, enum encoder encoder, void (*changed)(void))
{
	pic.dash = d;
	pic.cells = c;
	pic.detect = detect;
	pic.changed = changed;
	buf_init(&pic.png, PNG_BYTES_MAX);
	pixels_open(loop, changed);
	pixels_encoder(encoder);
	pic.encoder = encoder;
	pic.decoder = decoder_new(loop);
	return pic.decoder ? 0 : ERR_NOMEM;
}

void pictures_close(void)
{
	decoder_free(pic.decoder);
	inset_close();
	pixels_close();
	image_release(&pic.scaled);
	buf_release(&pic.png);
	pic.dash = NULL;
	pic.decoder = NULL;
}

void pictures_policy(const struct picture_policy *p)
{
	pic.policy = *p;
	pixels_policy(p);
}

/* ---- what stands on the terminal ---- */

static bool is_there(void)
{
	return pic.dash->picture.width > 0 && pic.dash->screen.rgb;
}

static bool has_pixels(void)
{
	return pic.policy.backend == BACKEND_SIXEL || pic.policy.backend == BACKEND_KITTY;
}

bool pictures_busy(void)
{
	return pic.decoding || pixels_busy();
}

bool pictures_late(void)
{
	const struct pixels *sent = pixels_sent();
	struct picture_mark mark = dash_mark(pic.dash);

	return has_pixels() && is_there() && pixels_busy() && !(sent && mark_same(&sent->mark, &mark));
}

void pictures_seen(struct sending_screen *ret)
{
	const struct dashboard *d = pic.dash;
	const struct pixels *sent = pixels_sent();

	*ret = (struct sending_screen){ .wall_ms = sent ? sent->wall_ms : d->screen_wall_ms };
	if (sent)
		ret->part = sent->place.part;
	else if (is_there() && pic.policy.backend == BACKEND_BLOCKS && pic.scaled_for.valid)
		ret->part = pic.scaled_for.part;
	snprintf(ret->sha256, sizeof(ret->sha256), "%s", sent ? sent->sha256 : d->screen_sha256);
}

/* ---- half blocks ---- */

static bool same_rect(const struct rect *a, const struct rect *b)
{
	return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static bool same_shown(const struct shown *a, const struct shown *b)
{
	return a->valid && b->valid && strcmp(a->sha256, b->sha256) == 0 && same_rect(&a->at, &b->at) && same_rect(&a->part, &b->part) && mark_same(&a->mark, &b->mark);
}

static void draw_blocks(void)
{
	struct dashboard *d = pic.dash;
	const struct rect *r = &d->picture;
	/* A cell of half blocks is two square pixels, one above the other. A part is shown at a quarter, or nothing could be seen on it. */
	int scale = d->picture_view.actual ? 4 : 1, width, height;
	struct shown want = { .at = *r, .mark = dash_mark(d), .valid = true };
	struct image cut;

	snprintf(want.sha256, sizeof(want.sha256), "%s", d->screen_sha256);
	picture_part(&d->screen, r->width * scale, r->height * 2 * scale, &d->picture_view, &want.mark, &want.part, &width, &height);
	d->place = (struct picture_place){ *r, 1, 2, width / scale, height / scale, want.part };
	if (!same_shown(&want, &pic.scaled_for)) {
		image_release(&pic.scaled);
		pic.scaled_for.valid = false;
		if (image_scale(&d->screen, &want.part, width, height, &cut) < 0)
			return;
		image_mark(&cut, &want.part, &want.mark);
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
		blocks_draw(pic.cells, r, &pic.scaled, term_picture_colors(), pic.detect->light);
}

/* ---- pixels ---- */

static void draw_pixels(void)
{
	struct dashboard *d = pic.dash;
	const struct rect *r = &d->picture;
	struct pixels want = { .wall_ms = d->screen_wall_ms, .mark = dash_mark(d),
			       .place = { .at = *r, .cell_width = pic.detect->cell_width, .cell_height = pic.detect->cell_height } };
	struct picture_place *p = &want.place;
	int width = r->width * p->cell_width, height = r->height * p->cell_height;
	const struct pixels *sent;

	if (pic.policy.max_width > 0 && width > pic.policy.max_width)
		width = pic.policy.max_width;
	if (pic.policy.max_height > 0 && height > pic.policy.max_height)
		height = pic.policy.max_height;
	snprintf(want.sha256, sizeof(want.sha256), "%s", d->screen_sha256);
	picture_part(&d->screen, width, height, &d->picture_view, &want.mark, &p->part, &p->width, &p->height);
	p->height = picture_fit(p->height, p->cell_height, pic.policy.height_multiple);
	if (p->height > 0)
		pixels_draw(&d->screen, &want, pic.cells);
	else
		pixels_hide();
	sent = pixels_sent();
	if (sent)
		d->place = sent->place;
}

/* ---- a screen comes ---- */

/* Which rows are others than before. */
static void touch_rows(const struct image *before, const uint8_t *rgb, int width, int height)
{
	size_t row = (size_t)width * 3;
	bool any = false;
	uint8_t *rows;
	int y;

	if (!before->rgb || before->width != width || before->height != height) {
		pixels_touch(NULL, height);
		return;
	}
	rows = malloc((size_t)height);
	for (y = 0; y < height && rows; y++) {
		rows[y] = memcmp(before->rgb + (size_t)y * row, rgb + (size_t)y * row, row) != 0;
		any |= rows[y] != 0;
	}
	if (any || !rows)
		pixels_touch(rows, height);
	free(rows);
}

static void lose(const char *error)
{
	struct dashboard *d = pic.dash;

	image_release(&d->screen);
	d->screen_sha256[0] = '\0';
	snprintf(d->screen_error, sizeof(d->screen_error), "%s", error);
}

static void on_decoded(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct dashboard *d = pic.dash;

	(void)arg;
	pic.decoding = false;
	if (!d || strcmp(pic.decoding_session, d->session) != 0) {
		free(rgb);
		return;
	}
	if (rgb) {
		touch_rows(&d->screen, rgb, width, height);
		image_release(&d->screen);
		d->screen = (struct image){ .rgb = rgb, .width = width, .height = height };
		snprintf(d->screen_sha256, sizeof(d->screen_sha256), "%s", pic.decoding_sha);
		d->screen_error[0] = '\0';
	} else {
		lose(error);
	}
	d->screen_wall_ms = pic.decoding_wall_ms;
	pic.changed();
}

bool pictures_came(const char *session, const char *png, size_t len, const char *error)
{
	struct dashboard *d = pic.dash;
	struct err e;

	if (strcmp(session, d->session) != 0 || pic.decoding)
		return false;
	pic.decoding_wall_ms = clock_wall_ms();
	if (png) {
		digest_hex(png, len, pic.decoding_sha);
		snprintf(pic.decoding_session, sizeof(pic.decoding_session), "%s", session);
		if (strcmp(pic.decoding_sha, d->screen_sha256) == 0) {
			d->screen_wall_ms = pic.decoding_wall_ms;
			return false;
		}
		buf_clear(&pic.png);
		buf_append(&pic.png, png, len);
		pic.decoding = decoder_decode(pic.decoder, png, len, on_decoded, NULL, &e) == 0;
		if (pic.decoding)
			return true;
		error = e.msg;
	}
	lose(error);
	pic.changed();
	return true;
}

/* ---- frames ---- */

void pictures_before_paint(void)
{
	pic.dash->place = (struct picture_place){ .width = 0 };
	if (is_there() && pic.policy.backend == BACKEND_BLOCKS)
		draw_blocks();
}

void pictures_after_paint(void)
{
	if (is_there() && has_pixels())
		draw_pixels();
	else
		pixels_hide();
	inset_draw(pic.dash, pic.detect, &pic.policy, pic.encoder);
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
