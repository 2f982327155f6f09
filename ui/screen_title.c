/* screen_title: what stands over the picture of a screen: whose it is, how large, at which scale, and how old. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

enum { FRESH_S = 2, OLD_S = 10 };

/* " at 1/2", " at 62%", " at 2x", " 1:1 part"; nothing before it is known: a picture's scale goes by the cells of the terminal. */
static void put_scale(const struct dashboard *d, struct buf *out)
{
	const struct picture_place *p = &d->place;
	int n;

	if (p->width == 0 || p->part.width == 0 || d->blocks)
		return;
	n = (p->part.width + p->width / 2) / p->width;
	if (p->width == p->part.width)
		buf_puts(out, p->part.width < d->screen.width || p->part.height < d->screen.height ? " 1:1 part" : " at 1:1");
	else if (n > 1 && p->part.width - n * p->width < n * 4 && n * p->width - p->part.width < n * 4)
		buf_printf(out, " at 1/%d", n);
	else if (p->width > p->part.width && p->width % p->part.width == 0)
		buf_printf(out, " at %dx", p->width / p->part.width);
	else
		buf_printf(out, " at %d%%", (p->width * 100 + p->part.width / 2) / p->part.width);
}

/* What is left out where there is little room; its age never is. */
enum { WHOLE, NO_SIZE, NO_SCALE };

static void put_title(const struct dashboard *d, const struct model_session *s, int64_t age, int less, struct buf *out)
{
	buf_printf(out, "%.40s%s%.40s", s->name, s->label[0] ? ", " : "", s->label);
	if (strcmp(s->kind, "computer") != 0) {
		buf_printf(out, "  sandbox%s%.20s", s->live && s->isolation[0] ? ", " : "", s->live ? s->isolation : "");
		return;
	}
	if (!s->live && d->still.shown == STILL_NONE)
		return;
	if (less < NO_SIZE)
		buf_printf(out, "  %lldx%lld", (long long)s->width, (long long)s->height);
	if (less < NO_SCALE)
		put_scale(d, out);
	if (d->still.shown != STILL_NONE)
		buf_printf(out, "  %lld: %s", (long long)d->still.id, stills_words(d->still.shown));
	else if (d->screen.rgb && age > FRESH_S)
		buf_printf(out, "  %llds old", (long long)age);
	else
		buf_puts(out, "  live");
}

void screen_title(const struct dashboard *d, const struct model_session *s, int64_t wall, int room, struct buf *out, bool *ret_old)
{
	int64_t age = (wall - d->screen_wall_ms) / 1000;
	int less;

	*ret_old = s->live && strcmp(s->kind, "computer") == 0 && d->still.shown == STILL_NONE && d->screen.rgb && age > OLD_S;
	for (less = WHOLE; less <= NO_SCALE; less++) {
		buf_clear(out);
		put_title(d, s, age, less, out);
		if (out->len <= (size_t)room)
			break;
	}
}
