/* view_tape: the tape of all that was sent or refused, the log of the shown session in its place, and the whole tape as a view of its own. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "ui/dash.h"
#include "ui/logline.h"

void view_tape_log(const struct dashboard *d, struct cells *c, const struct rect *r)
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
		cells_put(c, r, cells_put(c, r, r->x, y, STYLE_DIM, when), y, STYLE_DIM, " ");
		logline_draw(c, &text, y, &line);
	}
}

/* How much of a rule made from a decision is used up, where there is room for it. */
static void put_uses(const struct dashboard *d, struct cells *c, const struct rect *r, int x, int y, const char *id)
{
	const struct model *m = d->model;
	char text[80];
	size_t i;
	int n;

	for (i = 0; i < m->alike_count; i++) {
		const struct model_alike *k = m->alikes[i];
		int64_t left = k->expires_boot_ms - (d->wall_ms - d->wall_less_boot_ms + m->boot_offset_ms);

		if (k->id != strtoll(id, NULL, 10))
			continue;
		n = snprintf(text, sizeof(text), " (%lld", (long long)k->uses);
		if (k->uses_max > 0)
			n += snprintf(text + n, sizeof(text) - (size_t)n, " of %lld", (long long)k->uses_max);
		if (k->expires_boot_ms > 0)
			n += snprintf(text + n, sizeof(text) - (size_t)n, ", %lldm left", (long long)(left > 0 ? left / 60000 : 0));
		snprintf(text + n, sizeof(text) - (size_t)n, ")");
		if (x + (int)strlen(text) <= r->x + r->width)
			cells_put(c, r, x, y, STYLE_DIM, text);
	}
}

/* By whom, or by which rule. A note that has no room at all is left out. */
static void put_by(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_action *a)
{
	int x = r->x;
	const char *by = a->decided_by;

	if (strcmp(a->decided_kind, "rule") == 0)
		x = cells_put(c, r, x, y, STYLE_DIM, "rule ");
	if (strcmp(a->decided_kind, "alike") == 0 && strncmp(by, "alike:", 6) == 0) {
		x = cells_put(c, r, x, y, STYLE_DIM, "alike ");
		by += 6;
	}
	x = cells_foreign(c, r, x, y, STYLE_DIM, SAFETEXT_PROSE, by, strlen(by));
	if (by != a->decided_by)
		put_uses(d, c, r, x, y, by);
	if (a->note[0] && x + 12 < r->x + r->width) {
		x = cells_put(c, r, x + 1, y, STYLE_DIM, "\"");
		x = cells_foreign(c, r, x, y, STYLE_DIM, SAFETEXT_PROSE, a->note, strlen(a->note));
		cells_put(c, r, x, y, STYLE_DIM, "\"");
	}
}

/* Where there is little room the session is left out, and the seconds. */
static void view_tape_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_action *a)
{
	bool wide = r->width >= 98, narrow = r->width < 70;
	int agent_room = wide ? 10 : 9, by_room = wide ? r->width / 4 + 2 : narrow ? 6 : 13, result_room = wide ? 20 : narrow ? 15 : 16;
	enum style style = a->needs_person ? STYLE_ALERT : strcmp(a->state, "done") == 0 ? STYLE_NORMAL : STYLE_DIM;
	struct rect agent = { r->x + (narrow ? 7 : 10), y, agent_room, 1 }, where = { agent.x + agent_room + 1, y, 8, 1 }, what, result, by;
	char when[16];

	by = (struct rect){ r->x + r->width - by_room, y, by_room, 1 };
	result = (struct rect){ by.x - result_room - 1, y, result_room, 1 };
	what = (struct rect){ wide ? where.x + 9 : where.x, y, 0, 1 };
	what.width = result.x - 1 - what.x;
	view_time(a->ended_wall_ms, when);
	cells_putf(c, r, r->x + 1, y, STYLE_DIM, narrow ? "%.5s" : "%s", when);
	cells_foreign(c, &agent, agent.x, y, style, SAFETEXT_IDENT, a->agent, strlen(a->agent));
	if (wide)
		cells_foreign(c, &where, where.x, y, style, SAFETEXT_IDENT, a->session_name, strlen(a->session_name));
	cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, a->summary, strlen(a->summary));
	cells_foreign(c, &result, result.x, y, style, SAFETEXT_PROSE, a->result, strlen(a->result));
	put_by(d, c, &by, y, a);
}

static void draw_title(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_gate *g = &d->model->gate;
	char rates[60];
	int n;

	snprintf(rates, sizeof(rates), "%lld/min by rule, %lld/min by hand", (long long)g->by_rule_per_minute, (long long)g->by_hand_per_minute);
	n = (int)strlen(rates) + 2;
	if (r->width >= 100) {
		cells_line(c, r->x, r->y, r->width, "TAPE: all that was sent or refused", d->unicode);
		cells_putf(c, r, r->x + r->width - n - 7, r->y, STYLE_TITLE, " %s ", rates);
	} else {
		char title[80];

		snprintf(title, sizeof(title), "TAPE %s", rates);
		cells_line(c, r->x, r->y, r->width, title, d->unicode);
	}
	if (d->pane == PANE_TAPE)
		cells_put(c, r, r->x, r->y, STYLE_TITLE, ">");
}

void view_tape(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_session *s = model_find_session(d->model, d->session);
	struct rect in = { r->x, r->y + 1, r->width, r->height - 1 };
	const struct model *m = d->model;
	int n = m->ended_count < (size_t)in.height ? (int)m->ended_count : in.height, y;
	char title[120];

	d->tape_at = in;
	if (r->height < 2)
		return;
	if (d->show_log) {
		snprintf(title, sizeof(title), "LOG of %.40s, %lld line%s%s", s ? s->name : "nothing", (long long)d->log_total, d->log_total == 1 ? "" : "s", d->log_scroll ? " (scrolled)" : "");
		cells_line(c, r->x, r->y, r->width, title, d->unicode);
		view_tape_log(d, c, &in);
		return;
	}
	draw_title(d, c, r);
	for (y = 0; y < n; y++)
		view_tape_row(d, c, &in, in.y + n - 1 - y, m->ended[m->ended_count - 1 - (size_t)y]);
	if (n == 0)
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "nothing was sent or refused yet");
}

void view_history(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x, r->y + 1, r->width, r->height - 2 };
	const struct model *m = d->model;
	size_t count = m->ended_count;
	int y;

	d->card_rows = (int)count;
	d->card_room = in.height;
	cells_putf(c, r, r->x, r->y, STYLE_TITLE, r->width >= 80 ? "SENT OR REFUSED, the newest first: %zu that this dashboard knows" : "SENT OR REFUSED, the newest first: %zu", count);
	for (y = 0; y < in.height && (size_t)(y + d->scroll) < count; y++)
		view_tape_row(d, c, &in, in.y + y, m->ended[count - 1 - (size_t)(y + d->scroll)]);
	if (count == 0)
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, "nothing was sent or refused yet");
	view_hints(c, r, "Space %s scroll   older: assent queue --all   %s %s ends   %s %s a row   %s FREEZE   Esc back", dash_key_of(d, INTENT_PAGE_UP).text,
		   dash_key_of(d, INTENT_HOME).text, dash_key_of(d, INTENT_END).text, dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_UP).text,
		   dash_key_of(d, INTENT_FREEZE).text);
}
