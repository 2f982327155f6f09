/* view_agents: all agents with their budgets, and the rules that were made from decisions; what still runs while all is frozen. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dash.h"

enum { RUNS_MS = 60000 };	/* it asked for something within this time */

static const struct model_session *session_of(const struct dashboard *d, const struct model_agent *a)
{
	return a->session[0] ? model_find_session(d->model, a->session) : NULL;
}

static bool runs(const struct dashboard *d, const struct model_agent *a)
{
	int64_t gate_now = d->wall_ms - d->wall_less_boot_ms + d->model->boot_offset_ms;

	return a->connections > 0 || (a->last_seen_boot_ms > 0 && gate_now - a->last_seen_boot_ms < RUNS_MS);
}

/* 0: waits for a person; up to 3: something is wrong; 4: it runs; 5: it does nothing. */
static int rank(const struct dashboard *d, const struct model_agent *a)
{
	const struct model_session *s;

	if (a->stopped_by[0])
		return 3;
	if (a->waiting > 0)
		return 0;
	if (needs_at_cap(a) || needs_floods(a))
		return 1;
	s = session_of(d, a);
	if (s && needs_stream_down(d->model, s, d->wall_ms + d->model->wall_offset_ms))
		return 2;
	return runs(d, a) ? 4 : 5;
}

const char *view_stream_down(const struct model_session *s)
{
	size_t i;

	for (i = 0; i < s->stream_count; i++)
		if (strcmp(s->streams[i].state, "down") == 0)
			return strcmp(s->streams[i].name, "logs") == 0 ? "log " : "events ";
	return "";
}

void view_not_live(const struct dashboard *d, const struct model_session *s, char out[40])
{
	const char *which = view_stream_down(s);
	char age[24];

	view_left(d->wall_ms + d->model->wall_offset_ms - s->not_live_since_wall_ms, age, sizeof(age));
	snprintf(out, 40, "%sNOT LIVE %s", which[0] == 'l' ? "LOG " : which[0] ? "EVENTS " : "", age);
}

static void count(struct agent_counts *n, const struct model_agent *a, bool is_running)
{
	if (a->stopped_by[0] || (needs_at_cap(a) && a->waiting == 0))
		n->down++;
	else if (a->waiting > 0)
		n->wait++;
	else if (is_running)
		n->run++;
	else
		n->idle++;
}

static bool make_room(struct agents_order *o, size_t count)
{
	const struct model_agent **all;

	if (count <= o->cap)
		return true;
	all = realloc(o->all, count * sizeof(*all));
	if (!all)
		return false;
	o->all = all;
	o->cap = count;
	return true;
}

void view_agents_look(struct dashboard *d)
{
	const struct model *m = d->model;
	int64_t gate_now = d->wall_ms - d->wall_less_boot_ms + m->boot_offset_ms;
	struct agents_order *o = &d->order;
	size_t i, k, ends[AGENT_RANKS];

	if (o->of == m->changes && o->needs == d->needs.makings && gate_now >= o->from_boot_ms && gate_now < o->until_boot_ms)
		return;
	*o = (struct agents_order){ .all = o->all, .cap = o->cap, .of = m->changes, .needs = d->needs.makings, .from_boot_ms = gate_now, .until_boot_ms = INT64_MAX };
	if (!make_room(o, m->agent_count))
		return;
	for (i = 0; i < m->agent_count; i++) {
		const struct model_agent *a = m->agents[i];
		bool is_running = runs(d, a);

		o->ranked[rank(d, a)]++;
		count(&o->counts, a, is_running);
		if (is_running && a->connections == 0 && a->last_seen_boot_ms + RUNS_MS < o->until_boot_ms)
			o->until_boot_ms = a->last_seen_boot_ms + RUNS_MS;
	}
	for (k = 0, i = 0; i < AGENT_RANKS; i++) {
		ends[i] = k;
		k += o->ranked[i];
	}
	for (i = 0; i < m->agent_count; i++)
		o->all[ends[rank(d, m->agents[i])]++] = m->agents[i];
	o->count = m->agent_count;
}

size_t view_agents_shown(const struct dashboard *d, int room)
{
	const struct agents_order *o = &d->order;
	size_t troubled = o->ranked[0] + o->ranked[1] + o->ranked[2] + o->ranked[3];

	if (room <= 0)
		return 0;
	/* All, where they fit; else the troubled, and one line for the others. */
	if (o->count <= (size_t)room)
		return o->count;
	return troubled < (size_t)room - 1 ? troubled : (size_t)room - 1;
}

/* "waits 42, 43": the first of them. */
static void put_waits(const struct dashboard *d, const struct model_agent *a, char *out, size_t size)
{
	int64_t ids[2];
	int told = needs_questions_of(&d->needs, a->name, ids), i;
	size_t n;

	n = (size_t)snprintf(out, size, "%swaits", needs_floods(a) ? "FLOODS, " : needs_at_cap(a) ? "AT CAP, " : "");
	for (i = 0; i < told && n + 8 < size; i++)
		n += (size_t)snprintf(out + n, size - n, i ? ", %lld" : " %lld", (long long)ids[i]);
	if ((int64_t)told < a->waiting && n + 4 < size)
		snprintf(out + n, size - n, told ? " ..." : " %lld", (long long)a->waiting);
}

static void draw_pane_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_agent *a)
{
	const struct model_session *s = session_of(d, a);
	bool wide = r->width >= 50, selected = d->pane == PANE_AGENTS && strcmp(a->name, d->pane_agent) == 0;
	struct rect line = { r->x, y, r->width, 1 }, name = { r->x + 2, y, 10, 1 }, where = { r->x + 13, y, 8, 1 }, what = { r->x + (wide ? 22 : 13), y, 0, 1 };
	int order = rank(d, a), x;
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL, of_state = order == 0 ? STYLE_WAIT : order < 4 ? STYLE_ALERT : STYLE_DIM;
	char state[60] = "", turn[40], when[16];

	cells_fill(c, &line, style);
	if (selected)
		cells_put(c, &line, r->x, y, style, ">");
	cells_foreign(c, &name, name.x, y, style, SAFETEXT_IDENT, a->name, strlen(a->name));
	if (wide && s)
		cells_foreign(c, &where, where.x, y, selected ? style : STYLE_DIM, SAFETEXT_IDENT, s->name, strlen(s->name));
	if (a->cap_actions > 0)
		snprintf(turn, sizeof(turn), "turn %3lld/%lld", (long long)a->used_actions, (long long)a->cap_actions);
	else
		snprintf(turn, sizeof(turn), "turn %3lld", (long long)(a->used_actions ? a->used_actions : a->actions));
	if (a->stopped_by[0] || !wide)
		turn[0] = '\0';
	x = r->x + r->width - 2 - (int)strlen(turn);
	cells_put(c, &line, x, y, selected ? style : STYLE_DIM, turn);
	what.width = x - 1 - what.x;
	if (order == 0)
		put_waits(d, a, state, sizeof(state));
	else if (order == 1)
		snprintf(state, sizeof(state), "%s", needs_floods(a) ? "FLOODS" : "AT CAP");
	else if (order == 2)
		view_not_live(d, s, state);
	else if (order == 4)
		snprintf(state, sizeof(state), "runs");
	else if (order == 5)
		snprintf(state, sizeof(state), "idle");
	x = cells_put(c, &what, what.x, y, selected ? style : of_state, state);
	if (order == 3) {
		view_time(a->stopped_wall_ms, when);
		x = cells_put(c, &what, x, y, STYLE_ALERT, "STOPPED, ");
		x = cells_foreign(c, &what, x, y, STYLE_ALERT, SAFETEXT_PROSE, a->stopped_by, strlen(a->stopped_by));
		cells_putf(c, &what, x, y, STYLE_ALERT, " %.5s", when);
	} else if (order == 4 && s && s->doing[0]) {
		cells_foreign(c, &what, x + 1, y, selected ? style : STYLE_DIM, SAFETEXT_PROSE, s->doing, strlen(s->doing));
	}
}

/* What has no line of its own. */
static void draw_rest(const struct dashboard *d, struct cells *c, const struct rect *in, size_t from)
{
	size_t left = d->order.count - from, run = d->order.ranked[4], idle = d->order.ranked[5];	/* none of these has a line */
	int y = in->y + (int)from, x;

	x = cells_putf(c, in, in->x + 2, y, STYLE_DIM, "%zu more: %zu run, %zu idle, ", left, run, idle);
	if (run + idle == left)
		x = cells_put(c, in, x, y, STYLE_DIM, "nothing wrong");
	else
		x = cells_putf(c, in, x, y, STYLE_ALERT, "%zu not well", left - run - idle);
	cells_putf(c, in, in->x + in->width - 10 > x ? in->x + in->width - 10 : x + 1, y, STYLE_DIM, "(%s: all)", keymap_first(d->keys, KEYMAP_MAIN, INTENT_AGENTS).text);
}

void view_agents_pane(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	const struct agents_order *o = &d->order;
	size_t count = view_agents_shown(d, in.height), i;
	char title[40];

	snprintf(title, sizeof(title), "AGENTS %zu", d->model->agent_count);
	cells_frame(c, r, title, d->unicode);
	if (d->pane == PANE_AGENTS)
		cells_put(c, r, r->x + 1, r->y, STYLE_TITLE, ">");
	d->agents_at = in;
	d->agent_lines = 0;
	for (i = 0; i < count; i++) {
		draw_pane_row(d, c, &in, in.y + (int)i, o->all[i]);
		if (i < DASH_SHOWN) {
			d->agents_shown[i] = (struct dash_shown){ .kind = NEED_AGENT };
			snprintf(d->agents_shown[i].name, sizeof(d->agents_shown[i].name), "%s", o->all[i]->name);
			d->agent_lines++;
		}
	}
	if (count < o->count && in.height > 0)
		draw_rest(d, c, &in, count);
}

/* What it is at, in so many columns: the same words as in the pane of agents. */
static void draw_state(const struct dashboard *d, struct cells *c, const struct rect *r, const struct model_agent *a, enum style style)
{
	int order = rank(d, a), x = r->x;
	char words[80] = "", when[16];

	if (order == 0)
		put_waits(d, a, words, sizeof(words));
	else if (order == 1 && !needs_floods(a))
		x = cells_put(c, r, x, r->y, STYLE_ALERT, "AT CAP: ");
	else if (order == 1)
		snprintf(words, sizeof(words), "FLOODS");
	else if (order == 2)
		view_not_live(d, session_of(d, a), words);
	else if (order == 3)
		x = cells_put(c, r, x, r->y, STYLE_ALERT, "STOPPED, ");
	else
		snprintf(words, sizeof(words), order == 4 ? "runs" : "idle");
	cells_put(c, r, x, r->y, order == 0 ? STYLE_WAIT : order < 4 ? STYLE_ALERT : style, words);
	if (order == 1 && !needs_floods(a))
		cells_foreign(c, r, x, r->y, STYLE_ALERT, SAFETEXT_IDENT, a->at_cap, strlen(a->at_cap));
	if (order != 3)
		return;
	view_time(a->stopped_wall_ms, when);
	x = cells_foreign(c, r, x, r->y, STYLE_ALERT, SAFETEXT_PROSE, a->stopped_by, strlen(a->stopped_by));
	cells_putf(c, r, x, r->y, STYLE_ALERT, " %.5s", when);
}

static void draw_agent(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_agent *a, enum style style)
{
	bool wide = r->width >= 98;
	int name_room = wide ? 16 : 11, where_room = wide ? 16 : 9;
	struct rect name = { r->x + 1, y, name_room, 1 }, where = { name.x + name_room + 1, y, where_room, 1 };
	struct rect state = { where.x + where_room + 1, y, wide ? 30 : r->width < 70 ? 17 : 20, 1 };
	const struct model_session *s = session_of(d, a);
	char turn[48];
	int x = state.x + state.width + 1;

	cells_foreign(c, &name, name.x, y, style, SAFETEXT_IDENT, a->name, strlen(a->name));
	if (s)
		cells_foreign(c, &where, where.x, y, style, SAFETEXT_IDENT, s->name, strlen(s->name));
	draw_state(d, c, &state, a, style);
	if (a->cap_actions > 0)
		snprintf(turn, sizeof(turn), "turn %3lld/%lld", (long long)a->used_actions, (long long)a->cap_actions);
	else
		snprintf(turn, sizeof(turn), "turn %3lld", (long long)(a->used_actions ? a->used_actions : a->actions));
	cells_put(c, r, x, y, style, turn);
	if (r->width >= 70)
		cells_putf(c, r, x + 13, y, style, "  waits %lld  refused %lld", (long long)a->waiting, (long long)a->refused);
}

void view_agents(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct model *m = d->model;
	int rows = agents_rows(d), room, skip, bottom, i, y = r->y;

	if (d->row >= rows)
		d->row = rows > 0 ? rows - 1 : 0;
	bottom = view_whole_rule(d, c, r, agents_alike_at(d, d->row), now);
	room = bottom - r->y - 2;
	skip = d->row >= room ? d->row - room + 1 : 0;
	cells_putf(c, r, r->x, y++, STYLE_TITLE, "AGENTS %zu, RULES MADE FROM DECISIONS %zu", m->agent_count, m->alike_count);
	if (m->gate.policy_error && m->gate.policy_error[0]) {
		int x = cells_put(c, r, r->x, y, STYLE_ALERT, "policy not loaded, the old one holds: ");

		cells_foreign(c, r, x, y++, STYLE_ALERT, SAFETEXT_PROSE, m->gate.policy_error, strlen(m->gate.policy_error));
	}
	for (i = skip; i < rows && y < bottom; i++, y++) {
		struct rect line = { r->x, y, r->width, 1 };
		enum style style = i == d->row ? STYLE_SELECTED : STYLE_NORMAL;

		cells_fill(c, &line, style);
		if (agents_at(d, i))
			draw_agent(d, c, &line, y, agents_at(d, i), style);
		else
			view_rule_line(d, c, &line, agents_alike_at(d, i), now, style);
	}
	if (rows == 0)
		cells_put(c, r, r->x + 1, y, STYLE_DIM, "no agent yet: assent agent add NAME");
	view_hints(c, r, "%s stop   u go on   %s cap   %s note   x end rule   %s %s move   %s FREEZE   Esc back", dash_key_of(d, INTENT_STOP_AGENT).text,
		   dash_key_of(d, INTENT_RAISE).text, dash_key_of(d, INTENT_NOTE).text, dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_UP).text,
		   dash_key_of(d, INTENT_FREEZE).text);
}

void view_frozen(struct dashboard *d, struct cells *c, const struct rect *r)
{
	int y = r->y, x;
	size_t i;

	cells_putf(c, r, r->x, y++, STYLE_TITLE, "%zu STILL RUNNING", d->running_count);
	for (i = 0; i < d->running_count && y < r->y + r->height - 3; i++, y++) {
		const struct dash_running *n = &d->running[i];
		enum style style = (int)i == d->row ? STYLE_SELECTED : STYLE_NORMAL;
		struct rect line = { r->x, y, r->width, 1 }, where = { r->x + 1, y, 16, 1 }, what = { r->x + 18, y, r->width - 45, 1 };

		cells_fill(c, &line, style);
		cells_foreign(c, &where, where.x, y, style, SAFETEXT_IDENT, n->session_name, strlen(n->session_name));
		cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, n->what, strlen(n->what));
		x = cells_putf(c, &line, r->x + r->width - 26, y, style, "%llds  ", (long long)n->for_ms / 1000);
		cells_foreign(c, &line, x, y, style, SAFETEXT_IDENT, n->ways, strlen(n->ways));
	}
	if (d->running_count == 0)
		cells_put(c, r, r->x + 1, y++, STYLE_DIM, "nothing that the gate knows of");
	if (d->changed_count > 0 && ++y < r->y + r->height - 3)
		cells_put(c, r, r->x, y++, STYLE_TITLE, "CHANGED SINCE IT WAS FROZEN");
	for (i = 0; i < d->changed_count && y < r->y + r->height - 1; i++)
		cells_foreign(c, r, r->x + 1, y++, STYLE_NORMAL, SAFETEXT_PROSE, d->changed[i], strlen(d->changed[i]));
	view_hints(c, r, "k kill   K pause, take control   %s and arrows move   %s unfreeze   Esc back", dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_FREEZE).text);
}
