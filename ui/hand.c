/* hand: taking control and handing back, and where each key goes. See hand.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "core/httpmsg.h"
#include "ui/hand_own.h"

enum { CHORD = ']' & 0x1f, THEIRS_MS = 5000 };

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
		wipe(h->clipboard, strlen(h->clipboard));
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

/* Somebody works there at a dashboard: that is said first, and the same key again ends it. true: it may be ended. */
static bool may_end(struct dashboard *d, const struct model_session *s, int64_t now)
{
	struct hand *h = &d->hand;

	if (!s->taken_attached || (strcmp(h->theirs, s->id) == 0 && now < h->theirs_until_ms))
		return true;
	snprintf(h->theirs, sizeof(h->theirs), "%s", s->id);
	h->theirs_until_ms = now + THEIRS_MS;
	dash_say(d, now, "%s drives %s at a dashboard; %s again ends that", s->taken_by, s->name, dash_key_of(d, INTENT_CONTROL).text);
	return false;
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
		if (!may_end(d, s, now))
			return;
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

void hand_answered(struct dashboard *d, bool done, const char *why, int64_t now)
{
	int dropped = hand_out_answered(&d->hand.out, done);

	if (!done && dropped > 0)
		dash_say(d, now, "not done: %s; %d behind it not sent", why, dropped);
	else if (!done)
		dash_say(d, now, "not done: %s", why);
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
		hand_let_go(d, now);
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
		hand_type(d, ev, now);
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
			hand_paste(d, ev, now);
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
		hand_let_go(d, now);
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
