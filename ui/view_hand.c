/*
 * view_hand: control of a computer: its screen, as large as it gets, and two lines at the foot that are always there: what keys do, and who drives, the way
 * out, how to freeze, what waits meanwhile.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/hand_own.h"

enum { PANEL_ROWS = 14 };

/* Everything that needs a person. */
static int waiting(const struct dashboard *d)
{
	const struct needs *n = &d->needs;

	return n->held + n->faults + n->approvals + n->agents + n->streams;
}

static const char *session_name(const struct dashboard *d)
{
	const struct model_session *s = model_find_session(d->model, d->hand.session);

	return s ? s->name : d->hand.session;
}

/* How one gets out of what takes all keys, and freezes. */
static const char *way_out(const struct hand *h, bool wide)
{
	if (h->state == HAND_OVER)
		return wide ? "Ctrl-] leaves   Ctrl-] F FREEZES" : "Ctrl-] leaves, F FREEZES";
	if (h->mode == HAND_TYPE || h->mode == HAND_LABELS)
		return wide ? "Ctrl-] ends this   Ctrl-] F FREEZES" : "Ctrl-] out, then F FREEZES";
	return "Ctrl-] F FREEZES";
}

/* The last line: what may never be cut stands to the right, names have the room that is left. */
static void draw_state(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct hand *h = &d->hand;
	const char *name = session_name(d), *who = d->person[0] ? d->person : "you", *out = way_out(h, r->width >= 100);
	enum style style = h->state == HAND_ON ? STYLE_READY : STYLE_ALERT;
	int x = 1, end, room, half;
	struct rect left = { 0, r->y, 0, 1 };
	char wait[40];

	cells_fill(c, r, STYLE_TOP);
	snprintf(wait, sizeof(wait), "%d %s%s", waiting(d), waiting(d) == 1 ? "needs you" : "need you", d->needs.risky > 0 && r->width >= 80 ? ", risky" : "");
	end = r->width - 1 - (int)strlen(wait);
	if (h->state == HAND_OVER && r->width < 80)
		end = r->width + 1;	/* the dashboard that it leads to says so */
	cells_put(c, r, end, r->y, waiting(d) > 0 ? STYLE_ALERT : STYLE_TOP, wait);
	end -= 2 + (int)strlen(out);
	cells_put(c, r, end, r->y, STYLE_BOLD, out);
	left.width = end - 1;
	x = cells_put(c, &left, x, r->y, style, h->state == HAND_OVER ? "ENDED: " : h->state == HAND_ASKED ? "ASKING: " : h->mode == HAND_TYPE && r->width >= 80 ? "TYPING: " : "");
	room = left.width - x - 8;
	half = room / 2;
	left.width = x + half;
	x = cells_foreign(c, &left, x, r->y, style, SAFETEXT_IDENT, who, strlen(who));
	left.width = end - 1;
	x = cells_put(c, &left, x, r->y, style, h->state == HAND_OVER ? " drove " : " drives ");
	cells_foreign(c, &left, x, r->y, style, SAFETEXT_IDENT, name, strlen(name));
}

/* Where the next word of the line of keys begins; -1: it has no room. */
static int key_at(const struct keymap_row *row, int x, int width)
{
	return row->bar && x + (int)strlen(row->bar) < width ? x : -1;
}

static void draw_keys(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct keymap_row *rows = d->keys->rows[KEYMAP_HAND];
	int x = 1;
	size_t i;

	for (i = 0; i < d->keys->count[KEYMAP_HAND]; i++)
		if (key_at(&rows[i], x, r->width) >= 0)
			x = cells_put(c, r, x, r->y, STYLE_NORMAL, rows[i].bar) + 2;
}

enum intent hand_key_at(const struct dashboard *d, int column, int row)
{
	const struct keymap_row *rows = d->keys->rows[KEYMAP_HAND];
	int x = 1;
	size_t i;

	for (i = 0; i < d->keys->count[KEYMAP_HAND] && row == d->hand.pointer.rows - 2; i++) {
		if (key_at(&rows[i], x, d->hand.pointer.columns) < 0)
			continue;
		if (column >= x && column < x + (int)strlen(rows[i].bar))
			return rows[i].intent;
		x += (int)strlen(rows[i].bar) + 2;
	}
	return INTENT_NONE;
}

/* The line above it: what keys do now, or what has just happened. */
static void draw_mode(const struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct hand *h = &d->hand;
	bool far = hand_out_stuck(&h->out, now);

	if (d->prompt != PROMPT_NONE) {
		view_prompt(d, c, r);
	} else if (h->state == HAND_OVER) {
		cells_foreign(c, r, 1, r->y, STYLE_ALERT, SAFETEXT_PROSE, h->why, strlen(h->why));
	} else if (d->message[0] && now < d->message_until_ms) {
		cells_foreign(c, r, 1, r->y, STYLE_ALERT, SAFETEXT_PROSE, d->message, strlen(d->message));
	} else if (far) {
		cells_put(c, r, 1, r->y, STYLE_ALERT, "the gate has not answered: nothing is taken until it does, and nothing is sent late");
	} else if (h->mode == HAND_TYPE) {
		cells_put(c, r, 1, r->y, STYLE_CLAIM, "each key is the computer's");
	} else if (h->mode == HAND_LABELS) {
		cells_put(c, r, 1, r->y, STYLE_CLAIM, h->grid.fine ? "one of 25 places, a to y in rows from the upper left; Enter: the middle" :
							  h->grid.first < 0 ? "two letters choose a box; Esc: none" : "its second letter; Esc: none");
	} else if (h->mode == HAND_HELP) {
		cells_put(c, r, 1, r->y, STYLE_NORMAL, "Space and b scroll, Esc back");
	} else if (h->mode == HAND_CLIPBOARD) {
		cells_putf(c, r, 1, r->y, STYLE_NORMAL, "%s copies it to the terminal's clipboard, Esc back", keymap_first(d->keys, KEYMAP_HAND, INTENT_CLIPBOARD).text);
	} else if (h->mode != HAND_POINT) {
		cells_put(c, r, 1, r->y, STYLE_NORMAL, "Up and Down choose, Enter takes it, Esc back");
	} else {
		draw_keys(d, c, r);
	}
}

static void draw_rows(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct hand *h = &d->hand;
	const char *const *names, *const *labels;
	int count = h->mode == HAND_KEYS ? (int)hand_menu(&names, &labels) : (int)h->window_count, top = h->row >= r->height ? h->row - r->height + 1 : 0, i;

	if (h->mode == HAND_WINDOWS && count == 0)
		cells_put(c, r, r->x, r->y, STYLE_DIM, h->windows ? "it has no window" : "asking for its windows ...");
	for (i = top; i < count && i - top < r->height; i++) {
		const char *text = h->mode == HAND_KEYS ? labels[i] : h->windows[i].title;
		enum style style = i == h->row ? STYLE_SELECTED : STYLE_NORMAL;
		int x = cells_put(c, r, r->x, r->y + i - top, style, i == h->row ? "> " : "  ");

		x = cells_foreign(c, r, x, r->y + i - top, style, SAFETEXT_PROSE, text, strlen(text));
		if (h->mode == HAND_WINDOWS && h->windows[i].focused)
			cells_put(c, r, x + 1, r->y + i - top, STYLE_DIM, "(in front)");
	}
}

/* Lists, the clipboard and the help stand over the lower part of the picture's place; the picture is smaller meanwhile. */
static void draw_panel(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct hand *h = &d->hand;
	struct rect in = { r->x + 2, r->y + 1, r->width - 4, r->height - 2 };

	cells_frame(c, r, h->mode == HAND_KEYS ? "KEYS" : h->mode == HAND_WINDOWS ? "ITS WINDOWS" : h->mode == HAND_CLIPBOARD ? "ITS CLIPBOARD" : "KEYS", d->unicode);
	if (h->mode == HAND_HELP) {
		d->card_room = in.height;
		d->card_rows = view_help(c, &in, d->keys, d->scroll, KEYMAP_HAND);
	} else if (h->mode == HAND_CLIPBOARD && h->clipboard) {
		cells_foreign_wrapped(c, &in, in.y, STYLE_NORMAL, SAFETEXT_PROSE, h->clipboard, strlen(h->clipboard));
	} else if (h->mode == HAND_CLIPBOARD) {
		cells_put(c, &in, in.x, in.y, STYLE_DIM, "asking for it ...");
	} else {
		draw_rows(d, c, &in);
	}
}

static void draw_screen(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct hand *h = &d->hand;
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	char title[160];

	snprintf(title, sizeof(title), "%.60s%s", session_name(d), h->state != HAND_ON ? "" : h->whole ? "  all of it" : "  a part");
	cells_frame(c, r, title, d->unicode);
	if (d->screen_error[0]) {
		cells_foreign_wrapped(c, &in, in.y, STYLE_ALERT, SAFETEXT_PROSE, d->screen_error, strlen(d->screen_error));
	} else if (!d->screen.rgb) {
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "waiting for the picture ...");
	} else if (d->pixels || d->blocks) {
		cells_fill(c, &in, STYLE_PICTURE);
		d->picture = in;
		d->picture_view = (struct picture_view){ .zoom = 1, .actual = !h->whole, .moved = !h->whole, .x = h->focus_x, .y = h->focus_y };
	} else {
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "pictures are off: there is nothing to point at; keys and its windows work");
	}
}

void view_hand(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	bool panel = d->hand.mode == HAND_KEYS || d->hand.mode == HAND_WINDOWS || d->hand.mode == HAND_CLIPBOARD || d->hand.mode == HAND_HELP;
	int body = c->height - 3, rows = !panel ? 0 : d->hand.mode == HAND_HELP || body - PANEL_ROWS < 6 ? body : PANEL_ROWS;
	struct rect top = { 0, 0, c->width, 1 }, screen = { 0, 1, c->width, body - rows }, low = { 0, 1 + body - rows, c->width, rows };
	struct rect mode = { 0, c->height - 2, c->width, 1 }, state = { 0, c->height - 1, c->width, 1 };

	view_top(d, c, &top, now, wall);
	if (screen.height > 0)
		draw_screen(d, c, &screen);
	if (panel)
		draw_panel(d, c, &low);
	draw_mode(d, c, &mode, now);
	draw_state(d, c, &state);
}
