/* hand_mouse: what the terminal tells of its mouse, as clicks, drags and turns of a wheel on the screen. */
#include "config.h"

#include <stdlib.h>

#include "ui/hand_own.h"

enum { LEFT = 0, MIDDLE = 1, RIGHT = 2, BUTTONS = 3, MOVED = 32, WHEEL = 64, WHEELS = 4, SHIFT = 4, ALT = 8, CTRL = 16 };
enum { NEAR = 5 };	/* pixels of the screen within which a hand is held still */

static uint8_t mods_of(int code)
{
	return (uint8_t)((code & SHIFT ? INPUT_SHIFT : 0) | (code & ALT ? INPUT_ALT : 0) | (code & CTRL ? INPUT_CTRL : 0));
}

static bool is_near(int x, int y, int x2, int y2)
{
	return abs(x - x2) <= NEAR && abs(y - y2) <= NEAR;
}

static void left_down(struct dashboard *d, int x, int y, uint8_t mods, int64_t now)
{
	struct hand *h = &d->hand;

	h->second = h->click && now - h->click_ms < HAND_CLICK_MS && is_near(x, y, h->click_x, h->click_y) && mods == h->click_mods;
	if (h->second)
		h->click = false;
	else
		hand_settle(d, now);
	h->swallow = false;
	/* A cell is many pixels: the first click only shows them. */
	if (h->pointer.unit == HAND_CELLS && h->whole && !hand_is_exact(&d->place)) {
		hand_look_at(h, x, y);
		h->swallow = true;
		dash_say(d, now, "this terminal tells only cells: here is that place %s; click again", d->blocks ? "larger" : "pixel by pixel");
	}
	h->down = true;
	h->down_x = x;
	h->down_y = y;
	h->down_mods = mods;
}

static void left_up(struct dashboard *d, int x, int y, int64_t now)
{
	struct hand *h = &d->hand;

	if (!h->down)
		return;
	h->down = false;
	if (h->swallow)
		return;
	if (!is_near(x, y, h->down_x, h->down_y)) {
		hand_drag(d, h->down_x, h->down_y, x, y, h->down_mods, now);
	} else if (h->second) {
		hand_click(d, "double-click", "left", h->down_x, h->down_y, h->down_mods, now);
	} else {
		h->click = true;
		h->click_ms = now;
		h->click_x = h->down_x;
		h->click_y = h->down_y;
		h->click_mods = h->down_mods;
	}
}

static void other(struct dashboard *d, int code, int x, int y, int64_t now)
{
	static const char *const wheels[WHEELS] = { "up", "down", "left", "right" };
	int button = code & ~(SHIFT | ALT | CTRL);

	if (button == MIDDLE || button == RIGHT)
		hand_click(d, "click", button == MIDDLE ? "middle" : "right", x, y, mods_of(code), now);
	else if (button >= WHEEL && button < WHEEL + WHEELS)
		hand_scroll(d, wheels[button - WHEEL], x, y, mods_of(code), now);
}

/* The line of keys may be clicked too; to hand back so is without words. */
static void click_key(struct dashboard *d, const struct input_event *ev, int x, int y, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;
	enum intent intent;
	int column, row;

	hand_pointer_cell(&h->pointer, x, y, &column, &row);
	intent = h->mode == HAND_POINT ? hand_key_at(d, column, row) : INTENT_NONE;
	if (intent != INTENT_NONE && d->message[0] && now < d->message_until_ms) {
		d->message[0] = '\0';	/* it stands where the keys are */
	} else if (intent == INTENT_CONTROL) {
		dash_prompt_open(d, PROMPT_NONE);
		hand_end_line(d, PROMPT_HAND_BACK, now, ret);
	} else if (intent != INTENT_NONE && intent != INTENT_CLICK) {
		hand_command(d, ev, intent, now, ret);
	}
}

void hand_mouse(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;
	int code = ev->params[0], x = ev->params[1], y = ev->params[2];
	int at_x = x, at_y = y;
	bool up = ev->type == INPUT_MOUSE_UP, left = (code & ~(SHIFT | ALT | CTRL)) == LEFT, there;

	hand_pointer_report(&h->pointer, x, y);
	if (h->state != HAND_ON || d->prompt != PROMPT_NONE || (h->mode != HAND_POINT && h->mode != HAND_TYPE) || code & MOVED)
		return;
	there = hand_pointer_map(&h->pointer, &d->place, x, y, &x, &y);
	if (!there && !up && h->pointer.unit == HAND_PIXELS_SAID)
		dash_say(d, now, "not sent: the terminal says it tells pixels, and has not shown it yet: move the mouse, then click again");
	if (!there && !up && left && h->pointer.unit != HAND_PIXELS_SAID)
		click_key(d, ev, at_x, at_y, now, ret);
	if (!there)
		h->down = false;	/* a drag that ends elsewhere is none */
	else if (up && left)
		left_up(d, x, y, now);
	else if (!up && left)
		left_down(d, x, y, mods_of(code), now);
	else if (!up)
		other(d, code, x, y, now);
}
