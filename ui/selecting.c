/* selecting: what is selected in NEEDS YOU, by its id and never by its place; and what the mouse may do, which is no more than that. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dash.h"

void selecting_refresh(struct dashboard *d)
{
	struct needs_spec s = { .selected = d->selected, .selected_since_wall_ms = d->selected_since_wall_ms, .approval = d->approval, .agent = d->trouble_agent, .session = d->trouble_session, .filter = d->filter,
				.open = d->open, .open_count = d->open_count, .now_wall_ms = d->wall_ms + d->model->wall_offset_ms };

	d->model->kept = d->selected;	/* its card stays, whatever became of it */
	needs_refresh(&d->needs, d->model, &s);
}

/* Whatever of another kind is selected is not any more. */
static void selecting_none_but(struct dashboard *d, enum need_kind kind)
{
	if (kind != NEED_ACTION)
		d->selected = 0;
	if (kind != NEED_APPROVAL && d->approval[0])
		approvals_select(d, "");
	if (kind != NEED_STREAM)
		d->trouble_session[0] = '\0';
	if (kind != NEED_AGENT)
		d->trouble_agent[0] = '\0';
}

/* Where it stands in the list now; 0: it is not in it. */
static int64_t since_of(const struct dashboard *d, int64_t id)
{
	size_t i = needs_item_of_action(&d->needs, id);

	return i == NEEDS_NONE ? 0 : d->needs.items[i].since_wall_ms;
}

void selecting_action(struct dashboard *d, int64_t id)
{
	if (id)
		selecting_none_but(d, NEED_ACTION);
	if (d->selected == id)
		return;
	d->began |= id != 0;
	d->selected = id;
	d->selected_since_wall_ms = since_of(d, id);
	d->scroll = 0;
	d->again_id = 0;
}

static void shown_of(const struct dashboard *d, const struct need *x, struct dash_shown *ret)
{
	const struct model *m = d->model;
	const char *name = x->kind == NEED_APPROVAL ? m->approvals[x->index]->id : x->kind == NEED_STREAM ? m->sessions[x->index]->id :
			   x->kind == NEED_AGENT ? m->agents[x->index]->name : "";

	*ret = (struct dash_shown){ .kind = x->kind, .id = x->id };
	if (name[0])
		snprintf(ret->name, sizeof(ret->name), "%s", name);
}

void selecting_shown(const struct dashboard *d, size_t row, struct dash_shown *ret)
{
	shown_of(d, &d->needs.items[d->needs.rows[row].first], ret);
}

static void select_shown(struct dashboard *d, const struct dash_shown *x)
{
	if (x->kind == NEED_ACTION) {
		selecting_action(d, x->id);
		return;
	}
	selecting_none_but(d, x->kind);
	if (x->kind == NEED_APPROVAL)
		approvals_select(d, x->name);
	else if (x->kind == NEED_STREAM)
		memcpy(d->trouble_session, x->name, sizeof(d->trouble_session));
	else
		memcpy(d->trouble_agent, x->name, sizeof(d->trouble_agent));
}

size_t selecting_row(const struct dashboard *d)
{
	const struct model *m = d->model;
	size_t i;

	if (d->selected)
		return needs_row_of_action(&d->needs, d->selected);
	for (i = 0; d->approval[0] && i < m->approval_count; i++)
		if (strcmp(m->approvals[i]->id, d->approval) == 0)
			return needs_row_of(&d->needs, NEED_APPROVAL, i);
	for (i = 0; d->trouble_session[0] && i < m->session_count; i++)
		if (strcmp(m->sessions[i]->id, d->trouble_session) == 0)
			return needs_row_of(&d->needs, NEED_STREAM, i);
	for (i = 0; d->trouble_agent[0] && i < m->agent_count; i++)
		if (strcmp(m->agents[i]->name, d->trouble_agent) == 0)
			return needs_row_of(&d->needs, NEED_AGENT, i);
	return NEEDS_NONE;
}

static void select_row(struct dashboard *d, size_t row)
{
	struct dash_shown shown;

	if (row < d->needs.row_count) {
		selecting_shown(d, row, &shown);
		select_shown(d, &shown);
	}
}

/* The other agents of the pane; what is not in it is reached by A. */
static void move_agent(struct dashboard *d, int by)
{
	const struct model_agent **all;
	size_t count, i;

	view_agents_look(d);
	all = d->order.all;
	count = view_agents_shown(d, d->agents_at.height);
	for (i = 0; i < count && strcmp(all[i]->name, d->pane_agent) != 0; i++)
		;
	if (i == count)
		i = 0;
	else if (by < 0 ? i > 0 : i + 1 < count)
		i = by < 0 ? i - 1 : i + 1;
	if (count > 0)
		snprintf(d->pane_agent, sizeof(d->pane_agent), "%s", all[i]->name);
}

void selecting_move(struct dashboard *d, int by)
{
	size_t row;

	if (d->view == VIEW_OVERVIEW && d->pane == PANE_AGENTS) {
		move_agent(d, by);
		return;
	}
	selecting_refresh(d);
	row = selecting_row(d);
	if (row == NEEDS_NONE)
		row = 0;
	else if (by > 0)
		row += row + 1 < d->needs.row_count;
	else
		row -= row > 0;
	select_row(d, row);
}

void selecting_next(struct dashboard *d, int64_t now)
{
	const struct model *m = d->model;
	struct dash_shown shown;
	int64_t read[64], id;
	size_t count = 0, i;

	for (i = 0; i < m->person_count && count < ARRAY_LEN(read); i++)
		if (m->persons[i]->reads && dash_reader(d, m->persons[i]->reads))
			read[count++] = m->persons[i]->reads;
	selecting_refresh(d);
	id = needs_next(&d->needs, &d->turn_of, d->selected, read, count, now + m->boot_offset_ms);
	if (id) {
		selecting_action(d, id);
		return;
	}
	for (i = 0; i < d->needs.count; i++) {
		const struct need *x = &d->needs.items[i];

		if (x->kind == NEED_APPROVAL && strcmp(m->approvals[x->index]->id, d->approval) != 0) {
			shown_of(d, x, &shown);
			select_shown(d, &shown);
			return;
		}
	}
	dash_say(d, now, d->needs.hidden ? "no other question waits among those that the filter shows" : "no other question waits");
}

static void close_fold(struct dashboard *d, size_t i)
{
	memmove(d->open + i, d->open + i + 1, (--d->open_count - i) * sizeof(*d->open));
}

void selecting_fold(struct dashboard *d, int64_t now, bool open)
{
	const struct model_action *a = dash_selected(d);
	uint64_t like = a ? a->likeness : 0;
	size_t row, i;

	selecting_refresh(d);
	row = selecting_row(d);
	for (i = 0; a && i < d->open_count && d->open[i] != like; i++)
		;
	if (a && i < d->open_count && !open) {
		close_fold(d, i);
	} else if (open && row != NEEDS_NONE && d->needs.rows[row].folded) {
		if (d->open_count == NEEDS_OPEN)
			close_fold(d, 0);
		d->open[d->open_count++] = like;
	} else {
		dash_say(d, now, open ? "that is no row of several alike" : "that belongs to no row that was opened");
	}
	selecting_refresh(d);
}

static bool is_in(const struct rect *r, int x, int y)
{
	return r->width > 0 && x >= r->x && x < r->x + r->width && y >= r->y && y < r->y + r->height;
}

void selecting_click(struct dashboard *d, int x, int y)
{
	int line;

	if (d->view != VIEW_OVERVIEW || d->prompt != PROMPT_NONE)
		return;
	if (is_in(&d->list_at, x, y)) {
		line = y - d->list_at.y;
		d->pane = PANE_NEEDS;
		if (line < d->list_lines && line < DASH_SHOWN)
			select_shown(d, &d->list_shown[line]);
	} else if (is_in(&d->agents_at, x, y)) {
		line = y - d->agents_at.y;
		d->pane = PANE_AGENTS;
		if (line < d->agent_lines && line < DASH_SHOWN)
			memcpy(d->pane_agent, d->agents_shown[line].name, sizeof(d->pane_agent));
	} else if (is_in(&d->tape_at, x, y)) {
		d->pane = PANE_TAPE;
	}
}

const struct model_agent *selecting_agent(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);
	const struct model_session *s;

	if (d->view == VIEW_AGENTS)
		return agents_at(d, d->row);
	if (d->view == VIEW_TURNS)
		return model_find_agent(d->model, d->turns_of);
	if (d->view == VIEW_OVERVIEW && d->pane == PANE_AGENTS)
		return model_find_agent(d->model, d->pane_agent);
	if (a)
		return model_find_agent(d->model, a->agent);
	if (d->trouble_agent[0])
		return model_find_agent(d->model, d->trouble_agent);
	s = d->trouble_session[0] ? model_find_session(d->model, d->trouble_session) : NULL;
	return s ? model_find_agent(d->model, s->agent) : NULL;
}
