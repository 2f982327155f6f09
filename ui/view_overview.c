/* view_overview: where what needs you, the agents, the screen, the selected action and the tape stand. Layout is arithmetic on rectangles. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

struct layout {
	struct rect top, trouble, list, agents, screen, card, tape, bar;	/* height or width 0: not there; list, agents and screen share their edges */
};

static int between(int low, int n, int high)
{
	return n < low ? low : n > high ? high : n;
}

/* trouble: the second line is there. */
static void make_layout(const struct cells *c, bool zoom, bool trouble, struct layout *l)
{
	int width = c->width, height = c->height, from = 1 + trouble, wide = width >= 100;
	int card = 6 + between(0, (height - 40) / 5, 8), tape = 1 + between(1, (height - 14) / 4, 12);
	int left = zoom ? 0 : wide ? 55 + between(0, (width - 120) / 4, 25) : 33, body, agents;

	if (zoom)
		tape = 0;
	body = height - from - card - tape - 1;
	/* One row of the body is the edge between the two. */
	agents = wide || body >= 26 ? (body - 2) * 9 / 20 + 2 : 0;
	l->top = (struct rect){ 0, 0, width, 1 };
	l->trouble = (struct rect){ 0, 1, width, trouble };
	l->list = (struct rect){ 0, from, left, agents >= 4 ? body - agents + 1 : body };
	l->agents = (struct rect){ 0, from + body - agents, left, agents >= 4 && !zoom ? agents : 0 };
	l->screen = (struct rect){ left ? left - 1 : 0, from, width - (left ? left - 1 : 0), body };
	l->card = (struct rect){ 0, from + body, width, card };
	l->tape = (struct rect){ 0, from + body + card, width, tape };
	l->bar = (struct rect){ 0, height - 1, width, 1 };
}

/* Where the panes' edges meet. */
static void draw_joints(const struct dashboard *d, struct cells *c, const struct layout *l)
{
	const struct rect all = { 0, 0, c->width, c->height };
	int x = l->screen.x, bottom = l->screen.y + l->screen.height - 1;

	if (l->list.width == 0)
		return;
	cells_put(c, &all, x, l->screen.y, STYLE_BORDER, d->unicode ? "┬" : "+");
	cells_put(c, &all, x, bottom, STYLE_BORDER, d->unicode ? "┴" : "+");
	if (l->agents.height == 0)
		return;
	cells_put(c, &all, 0, l->agents.y, STYLE_BORDER, d->unicode ? "├" : "+");
	cells_put(c, &all, x, l->agents.y, STYLE_BORDER, d->unicode ? "┤" : "+");
}

/* With nobody attached: what to paste. */
static void draw_welcome(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x + 2, r->y + 1, r->width - 3, r->height - 2 };
	int y = in.y + (in.height > 8);
	char url[300];

	cells_frame(c, r, d->needs.row_count > 0 ? "NO AGENT" : "NO AGENT YET", d->unicode);
	cells_put(c, &in, in.x, y++, STYLE_NORMAL, "Make a token in another terminal:");
	cells_put(c, &in, in.x, y++, STYLE_BOLD, "assent agent add NAME");
	snprintf(url, sizeof(url), "export MIOSA_BASE_URL=%s", d->model->gate.base_url ? d->model->gate.base_url : "");
	if ((int)strlen(url) > in.width) {	/* cut short it would be pasted so */
		cells_put(c, &in, in.x, y++, STYLE_NORMAL, "It prints the two lines for the agent.");
		return;
	}
	cells_put(c, &in, in.x, y++, STYLE_NORMAL, "and give the agent these two lines:");
	cells_put(c, &in, in.x, y++, STYLE_BOLD, url);
	cells_put(c, &in, in.x, y++, STYLE_BOLD, "export MIOSA_API_KEY=<the token>");
}

/* On the lower edge, and there instead of what else stands on it: who has control. */
static void draw_taken(const struct dashboard *d, struct cells *c, const struct rect *r, const struct model_session *s)
{
	struct rect edge = { r->x + 2, r->y + r->height - 1, r->width - 4, 1 };
	char hint[60];
	int x = edge.x;

	if (!s->taken_by[0])
		return;
	x = cells_put(c, &edge, x, edge.y, STYLE_ALERT, " control taken by ");
	x = cells_foreign(c, &edge, x, edge.y, STYLE_ALERT, SAFETEXT_PROSE, s->taken_by, strlen(s->taken_by));
	snprintf(hint, sizeof(hint), "; %s hands it back ", dash_key_of(d, INTENT_CONTROL).text);
	cells_put(c, &edge, x, edge.y, STYLE_ALERT, x + (int)strlen(hint) <= edge.x + edge.width ? hint : " ");
}

static void draw_screen(struct dashboard *d, struct cells *c, const struct rect *r, int64_t wall)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 }, top = { r->x + 2, r->y, r->width - 4, 1 };
	char since[40], note[80];
	struct buf title;
	bool old;

	d->picture = (struct rect){ 0 };
	if (!d->model->loaded) {
		cells_frame(c, r, "THE GATE HAS NOT ANSWERED YET", d->unicode);	/* nothing is known, not even that there is no agent */
		return;
	}
	if (d->model->agent_count == 0) {
		draw_welcome(d, c, r);
		return;
	}
	if (!s) {
		cells_frame(c, r, "NO SESSION", d->unicode);
		return;
	}
	buf_init(&title, 4096);
	screen_title(d, s, wall, r->width - 6, &title, &old);
	cells_frame(c, r, buf_cstr(&title), d->unicode);
	if (old)
		cells_put(c, &top, r->x + 3, r->y, STYLE_ALERT, buf_cstr(&title));
	buf_release(&title);
	if (!s->live) {
		struct rect edge = { r->x, r->y, r->width - 2, 1 };

		view_not_live_since(s, since);
		cells_putf(c, &edge, r->x + r->width - 4 - (int)strlen(since), r->y, STYLE_ALERT, " %s ", since);
	}
	if (strcmp(s->kind, "computer") != 0)
		return;	/* its log is drawn here by the caller */
	draw_taken(d, c, r, s);
	if (d->screen_error[0]) {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_ALERT, "no picture:");
		in.x += 1;
		in.width -= 2;
		cells_foreign_words(c, &in, in.y + 2, STYLE_ALERT, SAFETEXT_PROSE, d->screen_error, strlen(d->screen_error));
	} else if (!d->screen.rgb) {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_DIM, "waiting for the picture ...");
	} else if (d->pixels || d->blocks) {
		cells_fill(c, &in, STYLE_PICTURE);
		d->picture = in;
		looking_choose(d, c->width);
		looking_note(d, r->width - 3, note, sizeof(note));
		if (!s->taken_by[0])
			cells_put(c, r, r->x + 2, r->y + r->height - 1, STYLE_DIM, note);
	} else {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_DIM, "pictures are off; o writes it into a file");
	}
}

/* Returns how many rows there are of what is selected. */
static int draw_card(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	struct rect in = { r->x + 1, r->y, r->width - 2, r->height };

	if (!a && !approvals_selected(d)) {
		if (d->needs.row_count > 0)
			cells_putf(c, &in, in.x, in.y, STYLE_DIM, "%s and %s select, %s picks the next question", dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_UP).text,
				   dash_key_of(d, INTENT_NEXT).text);
		return 0;
	}
	if (a)
		in.width -= view_inset(d, c, &in);
	return a ? view_card(d, c, &in, 0, now) : view_approval(d, c, &in, 0);
}

/* Where the card goes on, or that it does not: on the line below it, and above it where a zoomed picture leaves none. */
static void draw_more(struct dashboard *d, struct cells *c, const struct layout *l, int rows)
{
	struct rect edge = { 0, l->tape.height > 0 ? l->tape.y : l->card.y - 1, c->width, 1 };
	const char *key = dash_key_of(d, INTENT_OPEN).text;
	int x = c->width >= 100 ? 46 : c->width >= 80 ? c->width - 31 : c->width - 21;

	if (rows > l->card.height)
		cells_putf(c, &edge, x, edge.y, STYLE_TITLE, " %s: all %d rows ", key, rows);
	else if (rows > 0 && c->width >= 80)
		cells_putf(c, &edge, x, edge.y, STYLE_DIM, " all of it shown; %s: card ", key);
	else if (rows > 0)
		cells_put(c, &edge, x, edge.y, STYLE_DIM, " all of it shown ");
}

void view_overview(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct layout l;
	int rows;

	make_layout(c, d->zoom, view_trouble(d, NULL, &(struct rect){ 0 }, c->width >= 100), &l);
	if (d->model->loaded && d->model->agent_count == 0 && d->needs.row_count == 0) {
		/* Nothing but what to paste, and that whole. */
		l.screen.x = l.list.width = 0;
		l.screen.width = c->width;
	}
	d->list_at = d->agents_at = d->tape_at = (struct rect){ 0 };
	view_top(d, c, &l.top, now, wall);
	if (l.trouble.height)
		view_trouble(d, c, &l.trouble, c->width >= 100);
	if (l.list.width > 0) {
		view_needs(d, c, &l.list, now, l.agents.height > 0);
		if (l.agents.height > 0)
			view_agents_pane(d, c, &l.agents);
	}
	draw_screen(d, c, &l.screen, wall);
	draw_joints(d, c, &l);
	if (s && strcmp(s->kind, "computer") != 0 && d->model->agent_count > 0) {
		struct rect in = { l.screen.x + 1, l.screen.y + 1, l.screen.width - 2, l.screen.height - 2 };

		view_tape_log(d, c, &in);
	}
	rows = draw_card(d, c, &l.card, now);
	view_tape(d, c, &l.tape);
	draw_more(d, c, &l, rows);
	view_bar(d, c, &l.bar, now);
}
