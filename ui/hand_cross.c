/* hand_cross: pointing by keys: the crosshair, its steps, and letters over the screen. */
#include "config.h"

#include <string.h>

#include "ui/hand_own.h"

enum { STEPS = 32 };	/* across what is shown */

static int between(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

/* To a place on the screen; what is shown follows where it would leave it. */
static void go(struct dashboard *d, int x, int y)
{
	struct hand *h = &d->hand;
	const struct rect *part = &d->place.part;

	h->cross = true;
	h->x = between(0, x, d->screen.width - 1);
	h->y = between(0, y, d->screen.height - 1);
	if (!h->whole && (h->x < part->x || h->x >= part->x + part->width || h->y < part->y || h->y >= part->y + part->height))
		hand_look_at(h, h->x, h->y);
}

/* The crosshair is there from the first step on: in the middle of what is shown. */
static void appear(struct dashboard *d)
{
	const struct rect *part = &d->place.part;

	if (!d->hand.cross)
		go(d, part->x + part->width / 2, part->y + part->height / 2);
}

static void step(struct dashboard *d, int dx, int dy, bool fine)
{
	struct hand *h = &d->hand;
	int by = fine ? 1 : d->place.part.width / STEPS > 0 ? d->place.part.width / STEPS : 1;

	appear(d);
	go(d, h->x + dx * by, h->y + dy * by);
}

static void drag(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	if (h->drag) {
		hand_drag(d, h->drag_x, h->drag_y, h->x, h->y, 0, now);
	} else {
		h->drag_x = h->x;
		h->drag_y = h->y;
		dash_say(d, now, "a drag begins here; %s again where it ends, Esc: not", keymap_first(d->keys, KEYMAP_HAND, INTENT_DRAG).text);
	}
	h->drag = !h->drag;
}

/* Where the crosshair is. */
static void act(struct dashboard *d, enum intent intent, int64_t now)
{
	struct hand *h = &d->hand;

	if (d->place.part.width <= 0) {
		dash_say(d, now, "there is no picture to point at");
		return;
	}
	appear(d);
	switch (intent) {
	case INTENT_CLICK: hand_click(d, "click", "left", h->x, h->y, 0, now); break;
	case INTENT_DOUBLE: hand_click(d, "double-click", "left", h->x, h->y, 0, now); break;
	case INTENT_RIGHT_CLICK: hand_click(d, "click", "right", h->x, h->y, 0, now); break;
	case INTENT_MIDDLE_CLICK: hand_click(d, "click", "middle", h->x, h->y, 0, now); break;
	case INTENT_WHEEL_UP: hand_scroll(d, "up", h->x, h->y, 0, now); break;
	case INTENT_WHEEL_DOWN: hand_scroll(d, "down", h->x, h->y, 0, now); break;
	case INTENT_WHEEL_LEFT: hand_scroll(d, "left", h->x, h->y, 0, now); break;
	case INTENT_WHEEL_RIGHT: hand_scroll(d, "right", h->x, h->y, 0, now); break;
	case INTENT_DRAG: drag(d, now); break;
	default: break;
	}
}

struct picture_mark hand_mark(const struct dashboard *d)
{
	const struct hand *h = &d->hand;
	struct picture_mark m = { 0 };

	if (d->pixels)
		m.grid = h->grid;	/* in cells they are put by letters_put() */
	if (!h->cross && !h->drag)
		return m;
	m.shape = h->drag ? MARK_ARROW : MARK_CROSS;
	m.point = true;
	m.x = h->drag ? h->drag_x : h->x;
	m.y = h->drag ? h->drag_y : h->y;
	m.x2 = h->x;
	m.y2 = h->y;
	return m;
}

void hand_point_key(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now)
{
	struct hand *h = &d->hand;
	bool fine = ev->mods & INPUT_SHIFT;

	switch (intent) {
	case INTENT_LEFT: case INTENT_FINE_LEFT: step(d, -1, 0, fine || intent == INTENT_FINE_LEFT); break;
	case INTENT_RIGHT: case INTENT_FINE_RIGHT: step(d, 1, 0, fine || intent == INTENT_FINE_RIGHT); break;
	case INTENT_UP: case INTENT_FINE_UP: step(d, 0, -1, fine || intent == INTENT_FINE_UP); break;
	case INTENT_DOWN: case INTENT_FINE_DOWN: step(d, 0, 1, fine || intent == INTENT_FINE_DOWN); break;
	case INTENT_BACK:
		if (!h->drag)
			h->cross = false;
		h->drag = false;
		break;
	default: act(d, intent, now); break;
	}
}

void hand_labels_end(struct hand *h)
{
	if (h->mode != HAND_LABELS)
		return;
	h->grid = (struct mark_grid){ 0 };
	h->mode = HAND_POINT;
	h->whole = h->whole_before;
}

void hand_labels_key(struct dashboard *d, const struct input_event *ev, int64_t now)
{
	struct hand *h = &d->hand;
	int x, y, width = h->grid.area.width;
	bool chosen = ev->type == INPUT_KEY && ev->code >= 'a' && ev->code <= 'z' && hand_grid_letter(&h->grid, (char)ev->code, &x, &y);

	(void)now;
	if (chosen)
		go(d, x, y);
	if (chosen && h->grid.area.width != width) {
		/* The fine letters need room: the part round them. */
		hand_look_at(h, x, y);
	} else if (chosen || (ev->type == INPUT_KEY && (ev->code == KEYS_ESCAPE || ev->code == KEYS_ENTER))) {
		hand_labels_end(h);
	}
}
