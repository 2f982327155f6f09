/* draw: which view is on the screen. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/card_page.h"

static void draw_card_view(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	struct rect top = { 0, 0, c->width, 1 }, title = { 0, 1, c->width, 1 }, in = { 0, 2, c->width, c->height - 3 }, bar = { 0, c->height - 1, c->width, 1 };
	struct rect foot = { 0, c->height - 2, c->width, 1 };
	int last;

	view_top(d, c, &top, now, wall);
	if (approvals_selected(d)) {
		in.x++;
		in.width -= 2;
		d->card_rows = view_approval(d, c, &in, d->scroll);
		cells_line(c, 0, 1, c->width, "MIOSA WAITS   Esc back", d->unicode);
	} else {
		in.width -= view_crop(d, c, &in);
		d->card_rows = view_card(d, c, &in, d->scroll, now);
		view_card_title(d, c, &title);
	}
	/* What does not fit has its last row for saying so. */
	d->card_room = in.height - (d->card_rows > in.height);
	if (d->card_rows > in.height) {
		last = d->scroll + d->card_room < d->card_rows ? d->scroll + d->card_room : d->card_rows;
		cells_line(c, 0, foot.y, c->width, NULL, d->unicode);
		cells_putf(c, &foot, 1, foot.y, STYLE_TITLE, last < d->card_rows ? " more: %s " : " the end; %s back up ",
			   keymap_first(d->keys, KEYMAP_MAIN, last < d->card_rows ? INTENT_PAGE_DOWN : INTENT_PAGE_UP).text);
		cells_putf(c, &foot, c->width - 30, foot.y, STYLE_TITLE, " rows %d to %d of %d ", d->scroll + 1, last, d->card_rows);
	}
	view_bar(d, c, &bar, now);
}

/* The views that take the whole screen below the top line; their keys stand in their last row, and give way to what is typed or told. */
static void draw_full_view(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	struct rect top = { 0, 0, c->width, 1 }, in = { 1, 2, c->width - 2, c->height - 2 }, bar = { 0, c->height - 1, c->width, 1 };

	view_top(d, c, &top, now, wall);
	cells_line(c, 0, 1, c->width, NULL, d->unicode);
	if (d->view == VIEW_AGENTS)
		view_agents(d, c, &in, now);
	else if (d->view == VIEW_FROZEN)
		view_frozen(d, c, &in);
	else if (d->view == VIEW_EDIT)
		view_edit(d, c, &in);
	else if (d->view == VIEW_SESSIONS)
		view_sessions(d, c, &in, wall);
	else if (d->view == VIEW_TURNS)
		view_turns(d, c, &in);
	else if (d->view == VIEW_HISTORY)
		view_history(d, c, &in);
	else
		view_alike(d, c, &in);
	if (d->prompt != PROMPT_NONE) {
		view_prompt(d, c, &bar);
	} else if (d->message[0] && now < d->message_until_ms) {
		cells_fill(c, &bar, STYLE_NORMAL);
		view_message(d, c, &bar, 1, KEYMAP_MAIN, now);
	}
}

/* The log has no margin: its lines are long. */
static void draw_log_view(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	struct rect top = { 0, 0, c->width, 1 }, in = { 0, 1, c->width, c->height - 2 }, bar = { 0, c->height - 1, c->width, 1 };

	view_top(d, c, &top, now, wall);
	view_log(d, c, &in);
	view_log_bar(d, c, &bar, now);
}

static void draw_too_small(struct cells *c, const struct rect *all)
{
	static const char larger[] = "make it larger; nothing is decided. q leaves";
	char text[80];
	int row;

	snprintf(text, sizeof(text), "assent needs %dx%d cells, this is %dx%d", DASH_MIN_COLUMNS, DASH_MIN_ROWS, c->width, c->height);
	row = cells_foreign_wrapped(c, all, 0, STYLE_ALERT, SAFETEXT_PROSE, text, strlen(text));
	cells_foreign_wrapped(c, all, row, STYLE_NORMAL, SAFETEXT_PROSE, larger, strlen(larger));
}

void dash_draw(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	struct rect all = { 0, 0, c->width, c->height }, in = { 2, 1, c->width - 4, c->height - 2 };

	d->wall_ms = wall;
	d->wall_less_boot_ms = wall - now;
	selecting_refresh(d);
	desk_look(&d->desk, d->model, d->person);
	desk_expired(&d->desk, d->model, wall + d->model->wall_offset_ms);
	view_agents_look(d);
	cells_clear(c);
	d->picture = d->inset = (struct rect){ 0 };
	if (c->width < DASH_MIN_COLUMNS || c->height < DASH_MIN_ROWS) {
		d->seen_id = 0;	/* what cannot be shown cannot be decided */
		draw_too_small(c, &all);
		return;
	}
	if (d->view == VIEW_HELP) {
		cells_frame(c, &all, "KEYS (Esc: back)", d->unicode);
		d->card_room = in.height;
		d->card_rows = view_help(c, &in, d->keys, d->scroll, d->before_help == VIEW_LOG ? KEYMAP_LOG : KEYMAP_MAIN);
		if (d->scroll + in.height < d->card_rows)
			cells_put(c, &all, 2, c->height - 1, STYLE_TITLE, " more: Space ");
		cells_putf(c, &all, c->width - 11 - (int)strlen(dash_key_of(d, INTENT_FREEZE).text), c->height - 1, STYLE_TITLE, " %s FREEZE ", dash_key_of(d, INTENT_FREEZE).text);
	} else if (d->view == VIEW_AGENTS || d->view == VIEW_FROZEN || d->view == VIEW_EDIT || d->view == VIEW_ALIKE || d->view == VIEW_SESSIONS ||
		   d->view == VIEW_TURNS || d->view == VIEW_HISTORY) {
		draw_full_view(d, c, now, wall);
	} else if (d->view == VIEW_HAND) {
		view_hand(d, c, now, wall);
	} else if (d->view == VIEW_LOG) {
		draw_log_view(d, c, now, wall);
	} else if (d->view == VIEW_CARD && (dash_selected(d) || approvals_selected(d))) {
		draw_card_view(d, c, now, wall);
	} else {
		d->view = VIEW_OVERVIEW;
		view_overview(d, c, now, wall);
	}
}
