/* view_crop: beside the card of an action on a screen: the part round its target, pixel by pixel. */
#include "config.h"

#include <string.h>

#include "ui/card_page.h"

enum { LEAST_COLUMNS = 116, COLUMNS = 48, ROWS = 16, INSET_COLUMNS = 26, INSET_ROWS = 6 };

/* Does it have a place on the screen that is shown? */
static bool has_place(const struct dashboard *d, const struct cells *c)
{
	const struct model_action *a = dash_selected(d);
	const struct model_session *s = a ? model_find_session(d->model, a->session) : NULL;

	return s && c->width >= LEAST_COLUMNS && strcmp(s->kind, "computer") == 0 && card_has_target(a) && strcmp(a->session, d->session) == 0;
}

int view_inset(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect frame = { r->x + r->width - INSET_COLUMNS, r->y, INSET_COLUMNS, r->height < INSET_ROWS ? r->height : INSET_ROWS };
	struct rect in = { frame.x + 1, frame.y + 1, frame.width - 2, frame.height - 2 };

	if (!d->pixels || d->zoom || !has_place(d, c))
		return 0;
	cells_frame(c, &frame, "1:1", d->unicode);
	if (d->screen.rgb && !d->screen_error[0]) {
		cells_fill(c, &in, STYLE_PICTURE);
		d->inset = in;
	}
	return INSET_COLUMNS + 1;
}

int view_crop(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect frame = { r->x + r->width - COLUMNS, r->y, COLUMNS, r->height < ROWS ? r->height : ROWS };
	struct rect in = { frame.x + 1, frame.y + 1, frame.width - 2, frame.height - 2 };
	char note[80];

	/* Whether or not there is a picture yet: what comes later moves nothing. */
	if (!has_place(d, c))
		return 0;
	cells_frame(c, &frame, d->still.shown == STILL_NONE ? d->blocks ? "round the target" : "1:1 round the target" : stills_words(d->still.shown), d->unicode);
	if (d->screen_error[0] || !d->screen.rgb || !(d->pixels || d->blocks)) {
		cells_put(c, &in, in.x + 1, in.y + 1, d->screen_error[0] ? STYLE_ALERT : STYLE_DIM, d->screen_error[0] ? "no picture" : !d->screen.rgb ?
			  "waiting for the picture ..." : "pictures are off; o writes it into a file");
		return COLUMNS;
	}
	cells_fill(c, &in, STYLE_PICTURE);
	d->picture = in;
	d->picture_view = d->look;
	d->picture_view.actual = d->look.zoom == 1;
	looking_note(d, frame.width - 3, note, sizeof(note));
	if (d->blocks || d->picture_view.zoom > 1)
		cells_put(c, &frame, frame.x + 2, frame.y + frame.height - 1, STYLE_DIM, note);
	return COLUMNS;
}
