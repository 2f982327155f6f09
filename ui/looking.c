/* looking: how the picture of a screen is looked at: all of it, larger, at 1:1, and which part. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

void looking_reset(struct dashboard *d)
{
	d->look = (struct picture_view){ .zoom = 1 };
}

/* What was moved to is about what was selected then. */
void looking_refresh(struct dashboard *d)
{
	if (d->look.zoom == 0)
		looking_reset(d);
	if (d->looked_id == d->selected && strcmp(d->looked_session, d->session) == 0)
		return;
	d->looked_id = d->selected;
	snprintf(d->looked_session, sizeof(d->looked_session), "%s", d->session);
	d->look.moved = false;
}

uint32_t looking_code(const struct input_event *ev)
{
	if (ev->mods != INPUT_SHIFT)
		return ev->code;
	switch (ev->code) {
	case KEYS_UP: return KEYS_SHIFT_UP;
	case KEYS_DOWN: return KEYS_SHIFT_DOWN;
	case KEYS_LEFT: return KEYS_SHIFT_LEFT;
	case KEYS_RIGHT: return KEYS_SHIFT_RIGHT;
	default: return ev->code;
	}
}

static int next_zoom(int zoom, bool closer)
{
	static const int steps[] = { 1, 2, 3, 4, 6, PICTURE_ZOOM_MAX };
	size_t i;

	if (closer) {
		for (i = 0; i < ARRAY_LEN(steps) - 1 && steps[i] <= zoom; i++)
			;
	} else {
		for (i = ARRAY_LEN(steps) - 1; i > 0 && steps[i] >= zoom; i--)
			;
	}
	return steps[i];
}

bool looking_key(struct dashboard *d, uint32_t code, enum intent intent)
{
	const struct picture_place *p = &d->place;

	if (intent != INTENT_CLOSER && intent != INTENT_FARTHER && intent != INTENT_ACTUAL && intent != INTENT_PAN)
		return false;
	if (d->picture.width == 0)
		return true;	/* there is none to be looked at */
	if (intent == INTENT_PAN) {
		if (p->part.width > 0)
			picture_pan(&d->look, &p->part, d->screen.width, d->screen.height, (code == KEYS_SHIFT_RIGHT) - (code == KEYS_SHIFT_LEFT),
				    (code == KEYS_SHIFT_DOWN) - (code == KEYS_SHIFT_UP));
	} else if (intent == INTENT_ACTUAL) {
		d->look.actual = !d->picture_view.actual;
		d->look.zoom = 1;
		d->whole = !d->look.actual;
	} else {
		d->look.zoom = next_zoom(d->look.zoom, intent == INTENT_CLOSER);
		d->look.actual = false;
		d->whole = d->look.zoom == 1;
	}
	return true;
}

void looking_choose(struct dashboard *d, int columns)
{
	/* A small picture is a part at 1:1 round the target, as long as nobody said how it is to be looked at. */
	bool room = d->zoom || (d->pixels && columns >= 100);

	d->picture_view = d->look;
	if (d->look.zoom == 1 && !d->whole && !room)
		d->picture_view.actual = true;
}

void looking_note(const struct dashboard *d, int room, char *out, size_t size)
{
	const struct picture_view *v = &d->picture_view;
	const char *unreadable = d->blocks ? "text is not readable here" : "", *back;
	int n;

	if (v->actual) {
		back = keymap_first(d->keys, KEYMAP_MAIN, d->look.actual ? INTENT_ACTUAL : INTENT_ZOOM).text;
		n = snprintf(out, size, d->blocks ? " part at 1/4, %s whole; %s " : " 1:1 part, %s whole %s", back, unreadable);
		if (n > room && d->blocks)
			n = snprintf(out, size, " 1/4, %s whole; %s ", back, unreadable);
	} else if (v->zoom > 1) {
		n = snprintf(out, size, d->blocks ? " %dx, %s farther; %s " : " %dx, %s farther %s", v->zoom, keymap_first(d->keys, KEYMAP_MAIN, INTENT_FARTHER).text, unreadable);
	} else {
		n = snprintf(out, size, d->blocks ? " %s " : "%s", unreadable);
	}
	/* That is what must be known. */
	if (n > room && d->blocks)
		snprintf(out, size, "%s", unreadable);
}
