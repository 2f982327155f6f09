/* hand: taking control and handing back, typing, and what is done at a point. See hand.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/httpmsg.h"
#include "core/keyname.h"
#include "ui/hand_name.h"
#include "ui/hand_own.h"

enum { CHORD = ']' & 0x1f };

void hand_init(struct hand *h)
{
	*h = (struct hand){ .whole = true };
	hand_out_init(&h->out);
	buf_init(&h->paste, HAND_TEXT_MAX);
}

static void free_windows(struct hand *h)
{
	free(h->windows);
	h->windows = NULL;
	h->window_count = 0;
}

static void free_clipboard(struct hand *h)
{
	if (h->clipboard)
		memset(h->clipboard, 0, strlen(h->clipboard));
	free(h->clipboard);
	h->clipboard = NULL;
}

void hand_clear(struct hand *h)
{
	hand_out_release(&h->out);
	buf_release(&h->paste);
	free_windows(h);
	free_clipboard(h);
}

/* ---- control ---- */

bool hand_is_on(const struct dashboard *d)
{
	return d->view == VIEW_HAND && d->hand.state == HAND_ON;
}

bool hand_takes_all(const struct dashboard *d)
{
	return hand_is_on(d) && d->hand.mode == HAND_TYPE && d->prompt == PROMPT_NONE;
}

static void begin(struct dashboard *d, const struct model_session *s)
{
	struct hand *h = &d->hand;
	struct hand_pointer pointer = h->pointer;

	hand_clear(h);
	hand_init(h);
	h->pointer = pointer;
	h->state = HAND_ASKED;
	snprintf(h->session, sizeof(h->session), "%s", s->id);
	d->view = VIEW_HAND;
	d->scroll = 0;
}

void hand_control(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	const struct model_session *s = model_find_session(d->model, d->view == VIEW_SESSIONS ? d->listed : d->session);
	struct buf id;

	if (!s)
		dash_say(d, now, "no session is shown");
	else if (strcmp(s->kind, "computer") != 0)
		dash_say(d, now, "control is taken of computers; in a sandbox %s runs a command of your own", dash_key_of(d, INTENT_RUN).text);
	else if (!dash_unlocked(d, now))
		;
	else if (s->taken_by[0]) {
		buf_init(&id, 1024);
		if (http_encode(&id, s->id, strlen(s->id), false) == 0)
			dash_call(ret, "DELETE", NULL, "/v1/takeover/%s", buf_cstr(&id));
		buf_release(&id);
	} else {
		snprintf(d->session, sizeof(d->session), "%s", s->id);
		begin(d, s);
		ret->type = REQUEST_TAKE;
	}
}

void hand_taken(struct dashboard *d, const char *lease, int sent, int64_t now)
{
	struct hand *h = &d->hand;

	h->state = HAND_ON;
	snprintf(h->lease, sizeof(h->lease), "%s", lease);
	if (sent > 0)
		dash_say(d, now, "you have control; %d sent before may still be under way", sent);
	else
		dash_say(d, now, "you have control; its agent may neither act nor look there until you hand it back");
}

bool hand_is_bar(const struct dashboard *d, int x, int y)
{
	return d->control_at.width > 0 && y == d->control_at.y && x >= d->control_at.x && x < d->control_at.x + d->control_at.width;
}

static void close_view(struct dashboard *d)
{
	hand_out_release(&d->hand.out);
	free_clipboard(&d->hand);
	d->hand.state = HAND_OFF;
	d->hand.lease[0] = '\0';
	if (d->view == VIEW_HAND)
		d->view = VIEW_OVERVIEW;
}

void hand_ended(struct dashboard *d, const char *why, int64_t now)
{
	struct hand *h = &d->hand;

	if (h->state == HAND_OFF || h->state == HAND_OVER)
		return;
	if (h->state == HAND_ASKED) {
		close_view(d);
		dash_say(d, now, "you do not have control: %s", why);
		return;
	}
	hand_out_release(&h->out);
	free_clipboard(h);
	h->state = HAND_OVER;
	h->mode = HAND_POINT;
	h->click = h->down = h->drag = h->back = false;
	h->hold_until_ms = 0;
	h->lease[0] = '\0';
	dash_prompt_open(d, PROMPT_NONE);
	snprintf(h->why, sizeof(h->why), "%s", why);
}

void hand_handed_back(struct dashboard *d, int64_t now)
{
	close_view(d);
	dash_say(d, now, "handed back");
}

/* ---- on its way ---- */

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

void hand_answered(struct dashboard *d, bool done, const char *why, int64_t now)
{
	int dropped = hand_out_answered(&d->hand.out, done);

	if (!done && dropped > 0)
		dash_say(d, now, "not done: %s; %d behind it not sent", why, dropped);
	else if (!done)
		dash_say(d, now, "not done: %s", why);
}

static void let_go(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	if (h->hold_until_ms == 0)
		return;
	h->hold_until_ms = 0;
	hand_out_put(&h->out, "key-up", h->hold_pair, true, now, "{\"key\":\"%s\"}", h->hold_key);
}

int64_t hand_due(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;
	int64_t next = INT64_MAX, due;
	int late;

	if (h->state != HAND_ON)
		return next;
	if (h->click && now - h->click_ms >= HAND_CLICK_MS)
		hand_settle(d, now);
	if (h->hold_until_ms && now >= h->hold_until_ms)
		let_go(d, now);
	late = hand_out_late(&h->out, now);
	if (late > 0)
		dash_say(d, now, "%d not sent: the gate takes too long, and nothing is sent late", late);
	due = hand_out_due_ms(&h->out);
	if (h->out.sent && !hand_out_stuck(&h->out, now) && h->out.sent_ms + HAND_LATE_MS < next)
		next = h->out.sent_ms + HAND_LATE_MS;
	if (h->click && h->click_ms + HAND_CLICK_MS < next)
		next = h->click_ms + HAND_CLICK_MS;
	if (h->hold_until_ms && h->hold_until_ms < next)
		next = h->hold_until_ms;
	return due < next ? due : next;
}

/* ---- at a point ---- */

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
	if (!begin_held(d, mods, now))
		return;
	if (strcmp(verb, "click") == 0)
		hand_out_put(&d->hand.out, verb, 0, false, now, "{\"x\":%d,\"y\":%d,\"button\":\"%s\"}", x, y, button);
	else
		hand_out_put(&d->hand.out, verb, 0, false, now, "{\"x\":%d,\"y\":%d}", x, y);
	end_held(d, mods, now);
}

void hand_drag(struct dashboard *d, int x, int y, int x2, int y2, uint8_t mods, int64_t now)
{
	if (!begin_held(d, mods, now))
		return;
	hand_out_put(&d->hand.out, "drag", 0, false, now, "{\"from_x\":%d,\"from_y\":%d,\"to_x\":%d,\"to_y\":%d}", x, y, x2, y2);
	end_held(d, mods, now);
}

void hand_scroll(struct dashboard *d, const char *direction, int x, int y, uint8_t mods, int64_t now)
{
	if (!begin_held(d, mods, now))
		return;
	hand_out_put(&d->hand.out, "scroll", 0, false, now, "{\"direction\":\"%s\",\"clicks\":1,\"x\":%d,\"y\":%d}", direction, x, y);
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

static void type_key(struct dashboard *d, const struct input_event *ev, int64_t now)
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
static void paste(struct dashboard *d, const struct input_event *ev, int64_t now)
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

/* ---- keys ---- */

/* Ctrl-]: out of whatever takes all keys; then F freezes. */
static void chord(struct dashboard *d, int64_t now)
{
	struct hand *h = &d->hand;

	hand_settle(d, now);
	d->chord = true;
	hand_labels_end(h);
	h->mode = HAND_POINT;
	if (h->state == HAND_OVER)
		close_view(d);
}

void hand_command(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;

	d->message[0] = '\0';	/* what it says of keys is to be seen at once */
	switch (intent) {
	case INTENT_TYPE:
		h->mode = HAND_TYPE;
		break;
	case INTENT_LINE:
		dash_prompt_open(d, PROMPT_LINE);
		break;
	case INTENT_PUT_CLIPBOARD:
		dash_prompt_open(d, PROMPT_CLIPBOARD);
		break;
	case INTENT_LABELS:
		hand_grid_make(&h->grid, &d->place);
		h->whole_before = h->whole;
		if (h->grid.area.width > 0)
			h->mode = HAND_LABELS;
		break;
	case INTENT_SPECIAL:
		h->mode = HAND_KEYS;
		h->row = 0;
		break;
	case INTENT_WINDOWS:
		free_windows(h);
		h->mode = HAND_WINDOWS;
		h->row = 0;
		ret->type = REQUEST_WINDOWS;
		break;
	case INTENT_CLIPBOARD:
		free_clipboard(h);
		h->mode = HAND_CLIPBOARD;
		ret->type = REQUEST_CLIPBOARD;
		break;
	case INTENT_ZOOM:
		h->whole = !h->whole;
		if (!h->whole)
			hand_look_at(h, h->cross ? h->x : d->screen.width / 2, h->cross ? h->y : d->screen.height / 2);
		break;
	case INTENT_FREEZE:
		agents_freeze(d, now, ret);
		break;
	case INTENT_CONTROL:
		if (dash_unlocked(d, now))
			dash_prompt_open(d, PROMPT_HAND_BACK);
		break;
	case INTENT_HELP:
		h->mode = HAND_HELP;
		d->scroll = 0;
		break;
	default:
		hand_point_key(d, ev, intent, now);
		break;
	}
}

static bool key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;
	bool was_chord = d->chord;

	if (ev->type == INPUT_KEY && ev->code == CHORD) {
		if (d->prompt != PROMPT_NONE)
			return false;
		chord(d, now);
		return true;
	}
	/* Freezing, and what is typed into a line, are as everywhere. */
	if ((was_chord && ev->type == INPUT_KEY && ev->code == 'F') || d->prompt != PROMPT_NONE)
		return false;
	d->chord = false;
	if (h->state != HAND_ON)
		return true;
	if (h->mode == HAND_TYPE)
		type_key(d, ev, now);
	else if (h->mode == HAND_LABELS)
		hand_labels_key(d, ev, now);
	else if (h->mode == HAND_POINT)
		hand_command(d, ev, ev->type == INPUT_KEY ? keymap_find(d->keys, KEYMAP_HAND, ev->code) : INTENT_NONE, now, ret);
	else
		hand_list_key(d, ev, now, ret);
	return true;
}

bool hand_event(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	if (d->view != VIEW_HAND)
		return false;
	switch (ev->type) {
	case INPUT_MOUSE:
	case INPUT_MOUSE_UP:
		hand_mouse(d, ev, now, ret);
		return true;
	case INPUT_PASTE:
	case INPUT_PASTE_END:
		if (d->prompt != PROMPT_NONE && d->prompt != PROMPT_CLIPBOARD && d->prompt != PROMPT_LINE)
			return false;
		if (d->hand.state == HAND_ON)
			paste(d, ev, now);
		return true;
	case INPUT_KEY:
	case INPUT_CHORD:
		if (!key(d, ev, now, ret))
			return false;
		desk_key(&d->desk, d->model, now, now + d->wall_less_boot_ms + d->model->wall_offset_ms);
		return true;
	default:
		return false;
	}
}

/* ---- what was typed into a line ---- */

void hand_end_line(struct dashboard *d, enum dash_prompt prompt, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;

	if (prompt == PROMPT_HAND_BACK) {
		let_go(d, now);
		hand_settle(d, now);
		h->back = true;
		snprintf(h->note, sizeof(h->note), "%s", d->line);
		ret->type = REQUEST_HAND_BACK;
	} else if (prompt == PROMPT_CLIPBOARD) {
		hand_send_text(d, "clipboard", d->line, now);
	} else if (prompt == PROMPT_HOLD) {
		hand_hold(d, d->line, now);
	} else {
		/* It stays open: an empty line is Return. */
		if (d->line[0])
			hand_send_text(d, "type", d->line, now);
		else
			hand_press(d, "Return", now);
		dash_prompt_open(d, PROMPT_LINE);
	}
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
