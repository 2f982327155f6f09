/* view_overview: what needs you, the agents, the screen, the selected action, and the tape or the log. Layout is arithmetic on rectangles. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "ui/dash.h"
#include "ui/logline.h"

struct layout {
	struct rect top, list, agents, screen, card, tape, bar;
};

static void make_layout(const struct cells *c, bool zoom, struct layout *l)
{
	int width = c->width, height = c->height, card = 7, tape = height / 5 < 3 ? 3 : height / 5 > 8 ? 8 : height / 5;
	int left = zoom ? 0 : width >= 100 ? 54 : 32, body = height - 2 - card - tape, list;

	if (zoom) {
		tape = 0;
		card = 4;
		body = height - 2 - card;
	}
	list = body * 3 / 5 < 5 ? 5 : body * 3 / 5;
	l->top = (struct rect){ 0, 0, width, 1 };
	l->list = (struct rect){ 0, 1, left, list };
	l->agents = (struct rect){ 0, 1 + list, left, body - list };
	l->screen = (struct rect){ left, 1, width - left, body };
	l->card = (struct rect){ 0, 1 + body, width, card };
	l->tape = (struct rect){ 0, 1 + body + card, width, tape };
	l->bar = (struct rect){ 0, height - 1, width, 1 };
}

static void put_left(const struct dashboard *d, const struct model_action *a, int64_t now, char out[24])
{
	int64_t s = view_left_ms(d, a, now) / 1000;

	if (!model_is_held(a))
		snprintf(out, 24, "%s", a->needs_person ? "x seen it" : "");
	else if (a->askers == 0)
		snprintf(out, 24, "away");
	else if (s >= 60)
		snprintf(out, 24, "%lldm%02llds", (long long)s / 60, (long long)s % 60);
	else
		snprintf(out, 24, "%llds", (long long)(s < 0 ? 0 : s));
}

static void draw_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_action *a, int64_t now)
{
	bool selected = a->id == d->selected, risky = model_is_risky(a);
	enum style style = selected ? STYLE_SELECTED : !model_is_held(a) && a->needs_person ? STYLE_ALERT : risky ? STYLE_RISKY : STYLE_NORMAL;
	struct rect agent = { r->x + 7, y, r->width >= 50 ? 11 : 9, 1 }, what, line = { r->x, y, r->width, 1 };
	char left[24];

	put_left(d, a, now, left);
	cells_fill(c, &line, style);
	cells_putf(c, r, r->x, y, style, "%c%c%4lld", selected ? '>' : ' ', model_is_held(a) ? risky ? '!' : ' ' : a->needs_person ? '?' : '.', (long long)a->id);
	cells_foreign(c, &agent, agent.x, y, style, SAFETEXT_IDENT, a->agent, strlen(a->agent));
	what = (struct rect){ agent.x + agent.width + 1, y, r->x + r->width - 9 - agent.x - agent.width - 1, 1 };
	if (r->width >= 50 && dash_reader(d, a->id)) {
		const char *name = dash_reader(d, a->id)->name;
		struct rect reads = { what.x + what.width - 16, y, 15, 1 };

		what.width -= 17;
		cells_foreign(c, &reads, cells_put(c, &reads, reads.x, y, STYLE_DIM, "reads: "), y, STYLE_DIM, SAFETEXT_PROSE, name, strlen(name));
	}
	if (model_is_held(a))
		cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, a->summary, strlen(a->summary));
	else
		cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, a->result, strlen(a->result));
	cells_put(c, r, r->x + r->width - 1 - (int)strlen(left), y, style, left);
}

/* What MIOSA waits for, and nobody here knows more of than its hash. */
static void draw_approval_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_approval *p)
{
	bool selected = strcmp(p->id, d->approval) == 0, alone = !p->action, wide = r->width >= 50;
	enum style style = selected ? STYLE_SELECTED : alone ? STYLE_RISKY : STYLE_NORMAL;
	struct rect line = { r->x, y, r->width, 1 }, who = { r->x + 8, y, wide ? 9 : 7, 1 }, what;
	char hash[40];

	snprintf(hash, sizeof(hash), wide ? "%s %.8s" : "%s", alone ? wide ? "hash only" : "hash" : "", approvals_hash(p));
	cells_fill(c, &line, style);
	cells_putf(c, &line, r->x, y, style, "%c%cMIOSA", selected ? '>' : ' ', alone ? '!' : ' ');
	cells_foreign(c, &who, who.x, y, style, SAFETEXT_IDENT, p->principal, strlen(p->principal));
	what = (struct rect){ who.x + who.width + 1, y, r->x + r->width - (int)strlen(hash) - 2 - who.x - who.width, 1 };
	cells_foreign(c, &what, what.x, y, style, SAFETEXT_IDENT, p->capability, strlen(p->capability));
	cells_foreign(c, &line, r->x + r->width - (int)strlen(hash), y, style, SAFETEXT_IDENT, hash, strlen(hash));
}

/* Agents that have reached a cap, at the foot of the list; takes their rows from it. */
static void draw_caps(const struct dashboard *d, struct cells *c, struct rect *in)
{
	size_t i;

	for (i = 0; i < d->model->agent_count && in->height > 2; i++) {
		const struct model_agent *a = d->model->agents[i];
		struct rect line = { in->x, in->y + in->height - 1, in->width, 1 }, name = { in->x + 7, line.y, in->width >= 50 ? 11 : 9, 1 };

		if (!a->at_cap[0])
			continue;
		cells_put(c, &line, line.x + 1, line.y, STYLE_ALERT, "+");
		cells_foreign(c, &name, name.x, line.y, STYLE_ALERT, SAFETEXT_IDENT, a->name, strlen(a->name));
		if (strcmp(a->at_cap, "actions") == 0)
			cells_putf(c, &line, name.x + name.width + 1, line.y, STYLE_ALERT, "at its cap, %lld/%lld  + raise", (long long)a->used_actions, (long long)a->cap_actions);
		else
			cells_foreign(c, &line, cells_put(c, &line, name.x + name.width + 1, line.y, STYLE_ALERT, "at its cap: "), line.y, STYLE_ALERT, SAFETEXT_IDENT,
				      a->at_cap, strlen(a->at_cap));
		in->height--;
	}
}

static void draw_list(const struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	const struct model *m = d->model;
	int count = 0, position = 0, skip, i = 0;
	char title[40];
	size_t k;

	for (k = 0; k < m->action_count; k++) {
		if (!m->actions[k]->needs_person && m->actions[k]->id != d->selected)
			continue;
		if (m->actions[k]->id == d->selected)
			position = count;
		count++;
	}
	for (k = 0; k < m->approval_count; k++) {
		if (!approvals_is_listed(d, m->approvals[k]))
			continue;
		if (strcmp(m->approvals[k]->id, d->approval) == 0)
			position = count;
		count++;
	}
	snprintf(title, sizeof(title), "NEEDS YOU %d", count);
	cells_frame(c, r, title, d->unicode);
	if (count == 0 && !agents_at_cap(d))
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "nothing waits for you");
	draw_caps(d, c, &in);
	/* The selection stays in sight; nothing else moves. */
	skip = position >= in.height ? position - in.height + 1 : 0;
	for (k = 0; k < m->action_count; k++) {
		const struct model_action *a = m->actions[k];

		if (!a->needs_person && a->id != d->selected)
			continue;
		if (i >= skip && i - skip < in.height)
			draw_row(d, c, &in, in.y + i - skip, a, now);
		i++;
	}
	for (k = 0; k < m->approval_count; k++) {
		if (!approvals_is_listed(d, m->approvals[k]))
			continue;
		if (i >= skip && i - skip < in.height)
			draw_approval_row(d, c, &in, in.y + i - skip, m->approvals[k]);
		i++;
	}
	if (count - skip > in.height)
		cells_putf(c, r, r->x + r->width - 12, r->y + r->height - 1, STYLE_TITLE, " %d more ", count - skip - in.height);
}

static void draw_agent_state(struct cells *c, const struct rect *in, int x, int y, const struct model_agent *a, const struct model_session *s)
{
	char when[16], since[40];

	if (a->stopped_by[0]) {
		view_time(a->stopped_wall_ms, when);
		x = cells_put(c, in, x, y, STYLE_ALERT, "STOPPED");
		if (in->width >= 40)
			x = cells_putf(c, in, x, y, STYLE_ALERT, " %.5s", when);
		x = cells_put(c, in, x, y, STYLE_ALERT, ", ");
		cells_foreign(c, in, x, y, STYLE_ALERT, SAFETEXT_PROSE, a->stopped_by, strlen(a->stopped_by));
	} else if (a->at_cap[0]) {
		cells_put(c, in, x, y, STYLE_ALERT, "AT CAP");
	} else if (s && !s->live) {
		view_not_live_since(s, since);
		if (in->width < 40) {
			view_time(s->not_live_since_wall_ms, when);
			snprintf(since, sizeof(since), "not live %.5s", when);
		}
		cells_put(c, in, x, y, STYLE_ALERT, since);
	} else if (a->cap_actions > 0) {
		cells_putf(c, in, x, y, a->waiting ? STYLE_WAIT : STYLE_DIM, "waits %lld, turn %lld/%lld", (long long)a->waiting, (long long)a->used_actions,
			   (long long)a->cap_actions);
	} else {
		cells_putf(c, in, x, y, a->waiting ? STYLE_WAIT : STYLE_DIM, "waits %lld, %lld asked", (long long)a->waiting, (long long)a->actions);
	}
}

static void draw_agents(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	const struct model *m = d->model;
	char title[40];
	size_t i;

	if (r->height < 3)
		return;
	snprintf(title, sizeof(title), "AGENTS %zu", m->agent_count);
	cells_frame(c, r, title, d->unicode);
	for (i = 0; i < m->agent_count && (int)i < in.height; i++) {
		const struct model_agent *a = m->agents[i];
		const struct model_session *s = model_find_session(m, a->session);
		struct rect name = { in.x + 1, in.y + (int)i, 12, 1 };
		int y = in.y + (int)i;

		cells_foreign(c, &name, name.x, y, STYLE_NORMAL, SAFETEXT_IDENT, a->name, strlen(a->name));
		if (in.width >= 50 && s) {
			struct rect where = { in.x + 14, y, 12, 1 };

			cells_foreign(c, &where, where.x, y, STYLE_DIM, SAFETEXT_IDENT, s->name, strlen(s->name));
		}
		draw_agent_state(c, &in, in.x + (in.width >= 50 ? 27 : 14), y, a, s);
	}
}

/* With nobody attached: what to paste. */
static void draw_welcome(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x + 2, r->y + 2, r->width - 3, r->height - 3 };
	int y = in.y;

	cells_frame(c, r, "NO AGENT YET", d->unicode);
	cells_put(c, &in, in.x, y++, STYLE_NORMAL, "Make a token in another terminal:");
	cells_put(c, &in, in.x, y++, STYLE_BOLD, "assent agent add NAME");
	cells_put(c, &in, in.x, y++, STYLE_NORMAL, "and give the agent these two lines:");
	cells_putf(c, &in, in.x, y++, STYLE_BOLD, "export MIOSA_BASE_URL=%s", d->model->gate.base_url ? d->model->gate.base_url : "");
	cells_put(c, &in, in.x, y++, STYLE_BOLD, "export MIOSA_API_KEY=<the token>");
}

/* On the lower edge, and there instead of what else stands on it: who has control. */
static void draw_taken(struct cells *c, const struct rect *r, const struct model_session *s)
{
	struct rect edge = { r->x + 2, r->y + r->height - 1, r->width - 4, 1 };
	int x = edge.x;

	if (!s->taken_by[0])
		return;
	x = cells_put(c, &edge, x, edge.y, STYLE_ALERT, " control taken by ");
	x = cells_foreign(c, &edge, x, edge.y, STYLE_ALERT, SAFETEXT_PROSE, s->taken_by, strlen(s->taken_by));
	cells_put(c, &edge, x, edge.y, STYLE_ALERT, "; t hands it back ");
}

static void draw_screen(struct dashboard *d, struct cells *c, const struct rect *r, int64_t wall)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	char name[96], title[160], since[40];
	const char *note;
	int64_t age = (wall - d->screen_wall_ms) / 1000;

	d->picture = (struct rect){ 0 };
	if (d->model->agent_count == 0) {
		draw_welcome(d, c, r);
		return;
	}
	if (!s) {
		cells_frame(c, r, "NO SESSION", d->unicode);
		return;
	}
	snprintf(name, sizeof(name), "%.40s%s%.40s", s->name, s->label[0] ? ", " : "", s->label);
	if (s->live)
		snprintf(title, sizeof(title), "%s  %lldx%lld  %s", name, (long long)s->width, (long long)s->height,
			 age > 10 && d->screen.rgb ? "live, unchanged" : "live");
	else
		snprintf(title, sizeof(title), "%s", name);
	if (strcmp(s->kind, "computer") != 0)
		snprintf(title, sizeof(title), "%s  sandbox%s%.20s", name, s->live ? ", " : "", s->live ? s->isolation : "");
	cells_frame(c, r, title, d->unicode);
	if (!s->live) {
		struct rect edge = { r->x, r->y, r->width - 2, 1 };

		view_not_live_since(s, since);
		cells_putf(c, &edge, r->x + r->width - 4 - (int)strlen(since), r->y, STYLE_ALERT, " %s ", since);
	}
	if (strcmp(s->kind, "computer") != 0)
		return;	/* its log is drawn here by the caller */
	draw_taken(c, r, s);
	if (d->screen_error[0]) {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_ALERT, "no picture:");
		in.x += 1;
		in.width -= 2;
		cells_foreign_wrapped(c, &in, in.y + 2, STYLE_ALERT, SAFETEXT_PROSE, d->screen_error, strlen(d->screen_error));
	} else if (!d->screen.rgb) {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_DIM, "waiting for the picture ...");
	} else if (d->sixel || d->blocks) {
		cells_fill(c, &in, STYLE_PICTURE);
		d->picture = in;
		/* A small picture is a part at 1:1 round the target; z shows the whole. */
		d->picture_whole = d->zoom || (d->sixel && c->width >= 100);
		note = !d->blocks ? (d->picture_whole ? "" : " 1:1 part, z whole ")
				  : d->zoom ? " text is not readable here " : " part, z whole; text is not readable here ";
		if (!s->taken_by[0])
			cells_put(c, r, r->x + 2, r->y + r->height - 1, STYLE_DIM, note);
	} else {
		cells_put(c, &in, in.x + 1, in.y + 1, STYLE_DIM, "pictures are off; o writes it into a file");
	}
}

static void draw_log(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	int i, y = r->y + r->height - 1;

	if (d->log_count == 0)
		cells_put(c, r, r->x + 1, r->y, STYLE_DIM, "no lines yet");
	for (i = (int)d->log_count - 1 - d->log_scroll; i >= 0 && y >= r->y; i--, y--) {
		const struct log_line *l = &d->log[i];
		struct logline line = { .text = l->text, .len = l->len, .style = view_log_style(l->stream), .own_colors = strcmp(l->stream, "gap") != 0 };
		struct rect text = { r->x + 9, r->y, r->width - 9, r->height };
		char when[16];

		view_time(l->wall_ms, when);
		cells_putf(c, r, r->x, y, STYLE_DIM, "%s ", when);
		logline_draw(c, &text, y, &line);
	}
}

static void draw_tape_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_action *a)
{
	int room = r->width >= 100 ? 38 : 26;
	struct rect agent = { r->x + 10, y, 12, 1 }, where = { r->x + 23, y, 12, 1 }, what, result = { r->x + r->width - room, y, room, 1 };
	enum style style = a->needs_person ? STYLE_ALERT : strcmp(a->state, "done") == 0 ? STYLE_NORMAL : STYLE_DIM;
	bool wide = r->width >= 100;
	char when[16];
	int x;

	view_time(a->ended_wall_ms, when);
	cells_put(c, r, r->x + 1, y, STYLE_DIM, when);
	cells_foreign(c, &agent, agent.x, y, style, SAFETEXT_IDENT, a->agent, strlen(a->agent));
	if (wide)
		cells_foreign(c, &where, where.x, y, style, SAFETEXT_IDENT, a->session_name, strlen(a->session_name));
	what = (struct rect){ r->x + (wide ? 36 : 23), y, result.x - r->x - (wide ? 36 : 23) - 1, 1 };
	cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, a->summary, strlen(a->summary));
	x = cells_foreign(c, &result, result.x, y, style, SAFETEXT_PROSE, a->result, strlen(a->result));
	x = cells_foreign(c, &result, x + 1, y, STYLE_DIM, SAFETEXT_PROSE, a->decided_by, strlen(a->decided_by));
	if (a->note[0]) {
		x = cells_put(c, &result, x + 1, y, STYLE_DIM, "\"");
		x = cells_foreign(c, &result, x, y, STYLE_DIM, SAFETEXT_PROSE, a->note, strlen(a->note));
		cells_put(c, &result, x, y, STYLE_DIM, "\"");
	}
	(void)d;
}

static void draw_tape(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct rect in = { r->x, r->y + 1, r->width, r->height - 1 }, beside;
	const struct model *m = d->model;
	const struct model_action *last[16];
	int n = 0, y;
	size_t i;
	char title[120];

	if (r->height < 2)
		return;
	if (!d->show_log && r->width >= 110) {
		/* Room for both. */
		in.width = r->width * 3 / 5;
		beside = (struct rect){ in.x + in.width + 1, in.y, r->width - in.width - 1, in.height };
		snprintf(title, sizeof(title), "LOG of %.40s", s ? s->name : "nothing");
		cells_line(c, r->x, r->y, r->width, NULL, d->unicode);
		cells_line(c, beside.x, r->y, beside.width, title, d->unicode);
		draw_log(d, c, &beside);
	}
	if (d->show_log) {
		snprintf(title, sizeof(title), "LOG of %.40s, %lld lines%s", s ? s->name : "nothing", (long long)d->log_total, d->log_scroll ? " (scrolled)" : "");
		cells_line(c, r->x, r->y, r->width, title, d->unicode);
		draw_log(d, c, &in);
		return;
	}
	snprintf(title, sizeof(title), "TAPE: all that was sent or refused");
	if (in.width >= 70)
		snprintf(title, sizeof(title), "TAPE: all that was sent or refused   %lld/min by rule, %lld/min by hand", (long long)m->gate.by_rule_per_minute,
			 (long long)m->gate.by_hand_per_minute);
	cells_line(c, in.x, r->y, in.width, title, d->unicode);
	/* The newest by the time of their end; ties by id. */
	for (i = 0; i < m->action_count; i++) {
		const struct model_action *a = m->actions[i];
		int k;

		if (!a->ended_wall_ms)
			continue;
		/* Insertion into the list of the newest. */
		if (n < in.height && n < (int)ARRAY_LEN(last))
			n++;
		else if (last[n - 1]->ended_wall_ms > a->ended_wall_ms)
			continue;
		for (k = n - 1; k > 0 && last[k - 1]->ended_wall_ms <= a->ended_wall_ms; k--)
			last[k] = last[k - 1];
		last[k] = a;
	}
	for (y = 0; y < n; y++)
		draw_tape_row(d, c, &in, in.y + n - 1 - y, last[y]);
	if (n == 0)
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "nothing was sent or refused yet");
}

static void draw_card(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 1 };
	int rows;

	cells_line(c, r->x, r->y, r->width, a ? "THE ACTION" : approvals_selected(d) ? "MIOSA WAITS" : NULL, d->unicode);
	if (!a && !approvals_selected(d)) {
		cells_put(c, &in, in.x, in.y, STYLE_DIM, "j and k select, n picks the next question");
		return;
	}
	rows = a ? view_card(d, c, &in, 0, now) : view_approval(d, c, &in, 0);
	if (rows > in.height)
		cells_putf(c, r, r->x + r->width - 30, r->y, STYLE_TITLE, " Enter: all %d rows of it ", rows);
}

void view_overview(struct dashboard *d, struct cells *c, int64_t now, int64_t wall)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct layout l;

	make_layout(c, d->zoom, &l);
	view_top(d, c, &l.top, now, wall);
	if (l.list.width > 0) {
		draw_list(d, c, &l.list, now);
		draw_agents(d, c, &l.agents);
	}
	draw_screen(d, c, &l.screen, wall);
	if (s && strcmp(s->kind, "computer") != 0 && d->model->agent_count > 0) {
		struct rect in = { l.screen.x + 1, l.screen.y + 1, l.screen.width - 2, l.screen.height - 2 };

		draw_log(d, c, &in);
	}
	draw_card(d, c, &l.card, now);
	draw_tape(d, c, &l.tape);
	view_bar(d, c, &l.bar, now);
}
