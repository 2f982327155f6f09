/* hand_act: what a person does, as requests in order: at a point, with keys, with texts. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/coordinates.h"
#include "core/keyname.h"
#include "ui/hand_name.h"
#include "ui/hand_own.h"

void hand_refused(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	if (h->back)
		dash_say(d, now, "not sent: it is being handed back");
	else if (hand_out_stuck(&h->out, now))
		dash_say(d, now, "not sent: the gate has not answered for %lld s, and nothing is sent late", (long long)(now - h->out.sent_ms) / 1000);
	else
		dash_say(d, now, "not sent: too much is on its way");
}

void hand_settle(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	if (!h->click)
		return;
	h->click = false;
	hand_click(d, "click", "left", h->click_x, h->click_y, h->click_mods, now);
}

/* ---- at a point ---- */

struct point { int x, y; };

/* A pixel of the screen as that computer is told of it. */
static struct point told(const struct dashboard *d, int x, int y)
{
	const struct model_session *s = model_find_session(d->model, d->hand.session);
	enum coordinates c = COORDINATES_PIXELS;

	if (s && s->coordinates)
		coordinates_read(s->coordinates, &c);
	return (struct point){ coordinates_number(c, x, d->screen.width), coordinates_number(c, y, d->screen.height) };
}

static const struct { uint8_t mod; const char *key; } held[] = { { INPUT_CTRL, "ctrl" }, { INPUT_ALT, "alt" }, { INPUT_SHIFT, "shift" } };

static int count_held(uint8_t mods)
{
	int n = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(held); i++)
		n += (mods & held[i].mod) != 0;
	return n;
}

/* The keys that are held go down before it, and up behind it: all of it, or nothing. */
static bool begin_held(struct dashboard *d, uint8_t mods, int64_t now)
{
	struct hand *h = &d->hand;
	size_t i;

	hand_settle(d, now);
	if (h->back || !hand_out_takes(&h->out, 1 + 2 * count_held(mods), now)) {
		hand_refused(d, now);
		return false;
	}
	for (i = 0; i < ARRAY_LEN(held); i++)
		if (mods & held[i].mod)
			hand_out_put(&h->out, "key-down", h->pairs + 1 + (int)i, false, now, "{\"key\":\"%s\"}", held[i].key);
	return true;
}

static void end_held(struct dashboard *d, uint8_t mods, int64_t now)
{
	struct hand *h = &d->hand;
	size_t i;

	for (i = ARRAY_LEN(held); i-- > 0;)
		if (mods & held[i].mod)
			hand_out_put(&h->out, "key-up", h->pairs + 1 + (int)i, true, now, "{\"key\":\"%s\"}", held[i].key);
	h->pairs += (int)ARRAY_LEN(held);
}

void hand_click(struct dashboard *d, const char *verb, const char *button, int x, int y, uint8_t mods, int64_t now)
{
	struct point at = told(d, x, y);

	if (!begin_held(d, mods, now))
		return;
	if (strcmp(verb, "click") == 0)
		hand_out_put(&d->hand.out, verb, 0, false, now, "{\"x\":%d,\"y\":%d,\"button\":\"%s\"}", at.x, at.y, button);
	else
		hand_out_put(&d->hand.out, verb, 0, false, now, "{\"x\":%d,\"y\":%d}", at.x, at.y);
	end_held(d, mods, now);
}

void hand_drag(struct dashboard *d, int x, int y, int x2, int y2, uint8_t mods, int64_t now)
{
	struct point from = told(d, x, y), to = told(d, x2, y2);

	if (!begin_held(d, mods, now))
		return;
	hand_out_put(&d->hand.out, "drag", 0, false, now, "{\"from_x\":%d,\"from_y\":%d,\"to_x\":%d,\"to_y\":%d}", from.x, from.y, to.x, to.y);
	end_held(d, mods, now);
}

void hand_scroll(struct dashboard *d, const char *direction, int x, int y, uint8_t mods, int64_t now)
{
	struct point at = told(d, x, y);

	if (!begin_held(d, mods, now))
		return;
	hand_out_put(&d->hand.out, "scroll", 0, false, now, "{\"direction\":\"%s\",\"clicks\":1,\"x\":%d,\"y\":%d}", direction, at.x, at.y);
	end_held(d, mods, now);
}

void hand_look_at(struct hand *h, int x, int y)
{
	h->whole = false;
	h->focus_x = x;
	h->focus_y = y;
}

/* ---- typing ---- */

/* "ctrl+alt+t" as a list of names; a name has no plus in it, and nothing that JSON would escape. */
static void put_keys(struct buf *out, const char *name)
{
	buf_puts(out, "{\"keys\":[\"");
	for (; *name; name++) {
		if (*name == '+')
			buf_puts(out, "\",\"");
		else
			buf_putc(out, *name);
	}
	buf_puts(out, "\"]}");
}

void hand_press(struct dashboard *d, const char *name, int64_t now)
{
	struct hand *h = &d->hand;
	struct buf keys;
	bool taken = false;

	hand_settle(d, now);
	buf_init(&keys, 512);
	put_keys(&keys, name);
	if (h->back)
		;
	else if (strchr(name, '+'))
		taken = hand_out_put(&h->out, "hotkey", 0, false, now, "%s", buf_cstr(&keys));
	else
		taken = hand_out_put(&h->out, "key", 0, false, now, "{\"key\":\"%s\"}", name);
	buf_release(&keys);
	if (!taken)
		hand_refused(d, now);
}

void hand_type(struct dashboard *d, const struct input_event *ev, int64_t now)
{
	char name[HAND_NAME_MAX], utf8[4];

	if (hand_is_text(ev)) {
		hand_settle(d, now);
		if (d->hand.back || !hand_out_type(&d->hand.out, utf8, utf8_encode(ev->code, utf8), now))
			hand_refused(d, now);
	} else if (hand_name(ev, name)) {
		hand_press(d, name, now);
	}
}

/* A paste is one text; in the prompt for its clipboard it goes there. It ends a line that was begun, which goes nowhere. */
void hand_paste(struct dashboard *d, const struct input_event *ev, int64_t now)
{
	struct hand *h = &d->hand;
	bool into_clipboard = d->prompt == PROMPT_CLIPBOARD, into_line = d->prompt == PROMPT_LINE;
	uint32_t cp = ev->code == KEYS_ENTER ? '\n' : ev->code;
	char utf8[4];

	if (ev->type == INPUT_PASTE) {
		h->pasting = true;
		if (cp != 0 && cp < KEY_SPECIAL)
			buf_append(&h->paste, utf8, utf8_encode(cp, utf8));
		return;
	}
	if (!h->pasting)
		return;
	h->pasting = false;
	if (h->mode != HAND_TYPE && !into_clipboard && !into_line)
		dash_say(d, now, "that paste goes nowhere: %s types, %s fills its clipboard", keymap_first(d->keys, KEYMAP_HAND, INTENT_TYPE).text,
			 keymap_first(d->keys, KEYMAP_HAND, INTENT_PUT_CLIPBOARD).text);
	else if (buf_failed(&h->paste))
		dash_say(d, now, "nothing of that paste was sent: it has more than %d bytes", HAND_TEXT_MAX);
	else
		hand_send_text(d, into_clipboard ? "clipboard" : "type", buf_cstr(&h->paste), now);
	if (into_clipboard || into_line)
		dash_prompt_open(d, PROMPT_NONE);
	buf_release(&h->paste);
}

void hand_send_text(struct dashboard *d, const char *verb, const char *text, int64_t now)
{
	hand_settle(d, now);
	if (d->hand.back || !hand_out_text(&d->hand.out, verb, text, now))
		hand_refused(d, now);
	else if (strcmp(verb, "clipboard") == 0)
		dash_say(d, now, "its clipboard gets %zu bytes", strlen(text));
}

/* "w 3": the key, and for how many seconds. */
void hand_hold(struct dashboard *d, const char *line, int64_t now)
{
	struct hand *h = &d->hand;
	struct keychord c;
	struct err e;
	char name[64];
	double seconds;
	int end = 0;

	if (sscanf(line, "%63s %lf%n", name, &seconds, &end) != 2 || line[end] || !(seconds > 0 && seconds <= HAND_HOLD_MAX_S)) {
		dash_say(d, now, "a key and up to %d seconds, as \"w 3\"", HAND_HOLD_MAX_S);
	} else if (keyname_parse(name, &c, &e) < 0) {
		dash_say(d, now, "%s", e.msg);
	} else if (strpbrk(name, "\"\\") != NULL) {
		dash_say(d, now, "call that key by its name, as \"quotedbl\" or \"backslash\"");
	} else if (h->hold_until_ms) {
		dash_say(d, now, "%s is held already", h->hold_key);
	} else if (!hand_out_takes(&h->out, 2, now) || !hand_out_put(&h->out, "key-down", ++h->pairs, false, now, "{\"key\":\"%s\"}", name)) {
		hand_refused(d, now);
	} else {
		h->hold_pair = h->pairs;
		h->hold_until_ms = now + (int64_t)(seconds * 1000);
		snprintf(h->hold_key, sizeof(h->hold_key), "%s", name);
	}
}

void hand_let_go(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	if (h->hold_until_ms == 0)
		return;
	h->hold_until_ms = 0;
	hand_out_put(&h->out, "key-up", h->hold_pair, true, now, "{\"key\":\"%s\"}", h->hold_key);
}
