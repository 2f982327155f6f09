/* view_bar: the keys at the foot, behind what they are about. Where there is little room some are told by their key alone. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/dash.h"


enum { LABELS = 16 };

/* A key in the bar. What is there for less room: its key alone, or nothing. */
struct label {
	const struct keymap_row *row;
	const char *more;		/* behind it, before the name; "" none */
	const char *name;		/* foreign; "" none */
	bool dead, over;		/* over: there is nothing to decide any more */
};

static bool is_question(const struct dashboard *d)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = dash_selected(d);

	return (a && model_is_held(a)) || (p && model_is_pending(p));
}

static bool is_about_actions(enum intent intent)
{
	return intent == INTENT_DENY_WORDS || intent == INTENT_EDIT || intent == INTENT_ALIKE;
}

/* Of a session that is a computer, as it is shown. */
static bool can_be_taken(const struct dashboard *d)
{
	const struct model_session *s = model_find_session(d->model, d->session);

	return s && strcmp(s->kind, "computer") == 0 && !s->taken_by[0];
}

static int labels_of(const struct dashboard *d, int64_t now, bool wide, struct label out[LABELS])
{
	const struct model_agent *agent = selecting_agent(d);
	const struct model_action *a = dash_selected(d);
	const struct keymap_row *rows = d->keys->rows[KEYMAP_MAIN];
	int count = 0;
	bool asks;
	size_t i;

	for (i = 0; i < d->keys->count[KEYMAP_MAIN] && count < LABELS; i++) {
		bool decides = rows[i].intent == INTENT_APPROVE || rows[i].intent == INTENT_DENY || is_about_actions(rows[i].intent);

		/* Out of the card, or into it. */
		if (rows[i].intent == (d->view == VIEW_CARD ? INTENT_OPEN : INTENT_BACK))
			continue;
		if (rows[i].intent == INTENT_CONTROL && !can_be_taken(d))
			continue;
		if (rows[i].intent == INTENT_SNAPSHOT && (d->view != VIEW_CARD || !a || !model_is_held(a) || !a->session[0]))
			continue;
		if (!rows[i].bar || rows[i].intent == INTENT_HELP || (approvals_selected(d) && is_about_actions(rows[i].intent)))
			continue;
		/* What is still on its way when it is selected mostly is there before the key works. */
		asks = rows[i].intent == INTENT_APPROVE && a && model_is_held(a) && (model_is_risky(a) || (arm_ready(&d->arm, now) && card_asks_name(&d->card, a)));
		out[count++] = (struct label){ .row = &rows[i], .more = asks ? ": type" : "",
					       .name = asks ? prompt_word(a) : wide && rows[i].intent == INTENT_STOP_AGENT && agent ? agent->name : "",
					       .dead = decides && (!is_question(d) || (rows[i].intent == INTENT_APPROVE && !arm_ready(&d->arm, now))), .over = decides && !is_question(d) };
	}
	return count;
}

enum { STEPS = 14 };

/* From which step on a key is told alone, and from which not at all; STEPS: never. */
struct shorter { int key, none; };

static struct shorter shorter_of(const struct dashboard *d, enum intent intent)
{
	bool card = d->view == VIEW_CARD;

	switch (intent) {
	case INTENT_APPROVE:
	case INTENT_DENY:
		return (struct shorter){ STEPS, STEPS + 1 };
	case INTENT_FREEZE:
		return (struct shorter){ STEPS + 1, STEPS + 1 };
	case INTENT_EDIT:
	case INTENT_ALIKE:
		return (struct shorter){ 3, 8 };	/* the help tells it */
	case INTENT_OPEN:
		return (struct shorter){ 3, 5 };	/* so does the card's edge */
	case INTENT_BACK:
		return (struct shorter){ 1, 10 };
	case INTENT_CONTROL:
		return (struct shorter){ card ? 3 : 6, 12 };
	case INTENT_STOP_AGENT:
		return (struct shorter){ 13, STEPS + 1 };
	case INTENT_DENY_WORDS:
		return (struct shorter){ 11, STEPS };	/* nobody guesses what else D does: of what is no yes or no it stays longest */
	default:
		return (struct shorter){ 7, STEPS };
	}
}

/* How short each may be: freezing is always told whole, yes, no and stop nearly so. step: 0 for all room, then ever less, up to STEPS. */
static int text_length(const struct dashboard *d, const struct label *l, int step)
{
	int whole = (int)strlen(l->row->bar), key = (int)strcspn(l->row->bar, " "), name = (int)strlen(l->name);
	int unnamed = l->row->intent == INTENT_STOP_AGENT ? 2 : d->view == VIEW_CARD ? 11 : 4;	/* the line that asks for the name says it again */
	struct shorter s = shorter_of(d, l->row->intent);

	if ((l->over && step >= 2) || step >= s.none)
		return 0;
	if (step >= s.key)
		return key;
	return whole + (name > 0 && step < unnamed ? (int)strlen(l->more) + 1 + (name < 16 ? name : 16) : 0);
}

static void put_labels(struct dashboard *d, struct cells *c, const struct rect *r, int x, int gap, const struct label *list, int count, int step)
{
	int i;

	for (i = 0; i < count; i++) {
		int length = text_length(d, &list[i], step), whole = (int)strlen(list[i].row->bar);
		struct rect room = { r->x, r->y, x + length - r->x, 1 };
		enum style style = list[i].dead ? STYLE_DIM : STYLE_NORMAL;

		if (length == 0)
			continue;
		if (x + length > r->x + r->width)
			return;
		cells_put(c, &room, x, r->y, style, list[i].row->bar);
		if (list[i].row->intent == INTENT_CONTROL)
			d->control_at = (struct rect){ x, r->y, length, 1 };
		if (length > whole)
			cells_foreign(c, &room, cells_put(c, &room, x + whole, r->y, style, list[i].more) + 1, r->y, style, SAFETEXT_IDENT, list[i].name, strlen(list[i].name));
		x += length + gap;
	}
}

static void draw_keys(struct dashboard *d, struct cells *c, const struct rect *r, int x, int64_t now)
{
	struct keymap_name key = keymap_first(d->keys, KEYMAP_MAIN, INTENT_HELP);
	struct label list[LABELS];
	int count = labels_of(d, now, r->width >= 100, list), gap = 1, step, i, length, end = r->width - (int)strlen(key.text) - 6;
	struct rect room = { r->x, r->y, end - 1, 1 };

	for (step = 0; step < STEPS; step++) {
		for (length = 0, i = 0; i < count; i++)
			length += text_length(d, &list[i], step) + (text_length(d, &list[i], step) > 0);
		if (x + length - 1 < end)
			break;
	}
	if (x + length + count < end)
		gap = 2;
	put_labels(d, c, &room, x, gap, list, count, step);
	cells_putf(c, r, end, r->y, STYLE_NORMAL, "%s keys", key.text);	/* where the other keys are told: always there */
}

/* What is selected, and whether it can be approved now. Returns the column behind it. */
static int draw_state(const struct dashboard *d, struct cells *c, const struct rect *r, int x, int64_t now)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = dash_selected(d);
	bool answers = d->gate_up && !d->gate_silent_since_wall_ms;
	struct rect id = { x, r->y, 16, 1 };
	int from = x;

	if (a && model_is_held(a)) {
		bool ready = arm_ready(&d->arm, now) && a->askers > 0 && answers && d->seen_id == a->id && d->seen_version == a->version;

		x = cells_putf(c, r, x, r->y, ready ? STYLE_READY : STYLE_WAIT, "%lld %s", (long long)a->id, ready ? "READY" : a->askers == 0 ? "away" : "wait");
	} else if (a) {
		x = cells_putf(c, r, x, r->y, STYLE_DIM, "%lld %s", (long long)a->id, view_state(a->state));
		if (a->needs_person)
			x = cells_putf(c, r, x, r->y, STYLE_NORMAL, "  %s seen it", keymap_first(d->keys, KEYMAP_MAIN, INTENT_SEEN).text);
	} else if (p) {
		bool pending = model_is_pending(p), ready = pending && arm_ready(&d->arm, now) && answers && d->seen_id == -d->approval_turn;

		x = cells_foreign(c, &id, x, r->y, ready ? STYLE_READY : STYLE_WAIT, SAFETEXT_IDENT, p->id, strlen(p->id));
		x = cells_put(c, r, x, r->y, ready ? STYLE_READY : STYLE_WAIT, ready ? " READY" : pending ? " wait" : " over");
	}
	if (d->marked_count > 0)
		x = cells_putf(c, r, x + (x > from), r->y, STYLE_CLAIM, "%zu marked: %s", d->marked_count, keymap_first(d->keys, KEYMAP_MAIN, INTENT_DECIDE_MARKED).text);
	return x > from ? x + (r->width >= 100 ? 2 : 1) : x;
}

void view_hints(struct cells *c, const struct rect *r, const char *fmt, ...)
{
	enum { HINTS = 12 };
	int lengths[HINTS], count = 0, width = -3, x = r->x, i;
	const char *items[HINTS], *p;
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (p = text; p && count < HINTS; count++) {
		const char *gap = strstr(p, "   ");

		items[count] = p;
		lengths[count] = gap ? (int)(gap - p) : (int)strlen(p);
		width += lengths[count] + 3;
		p = gap ? gap + 3 : NULL;
	}
	for (; width > r->width && count > 2; count--) {
		width -= lengths[count - 3] + 3;
		memmove(&items[count - 3], &items[count - 2], 2 * sizeof(items[0]));
		memmove(&lengths[count - 3], &lengths[count - 2], 2 * sizeof(lengths[0]));
	}
	for (i = 0; i < count; i++)
		x = cells_putf(c, r, x, r->y + r->height - 1, STYLE_DIM, "%.*s", lengths[i], items[i]) + 3;
}

bool view_message(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum keymap_place keys, int64_t now)
{
	const char *freeze = keymap_first(d->keys, keys, INTENT_FREEZE).text, *help = keymap_first(d->keys, keys, INTENT_HELP).text;
	int end = r->x + r->width - 1, freezing = (int)strlen(freeze) + 7, telling = (int)strlen(help) + 7;

	if (!d->message[0] || now >= d->message_until_ms)
		return false;
	x = cells_foreign(c, r, x, r->y, STYLE_ALERT, SAFETEXT_PROSE, d->message, strlen(d->message)) + 1;
	if (x + freezing + telling <= end)
		cells_putf(c, r, end - telling + 2, r->y, STYLE_NORMAL, "%s keys", help);
	if (x + freezing + telling <= end)
		end -= telling;
	if (x + freezing <= end)
		cells_putf(c, r, end - freezing, r->y, STYLE_NORMAL, "%s FREEZE", freeze);
	return true;
}

void view_bar(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	int x;

	d->control_at = (struct rect){ 0 };
	if (d->prompt != PROMPT_NONE) {
		view_prompt(d, c, r);
		return;
	}
	x = draw_state(d, c, r, 1, now);
	if (!view_message(d, c, r, x, KEYMAP_MAIN, now))
		draw_keys(d, c, r, x, now);
}
