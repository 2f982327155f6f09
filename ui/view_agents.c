/* view_agents: all agents with their budgets, and the rules that were made from decisions; what still runs while all is frozen. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

static void draw_agent(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_agent *a, enum style style)
{
	struct rect name = { r->x + 1, y, 16, 1 }, where = { r->x + 18, y, 16, 1 };
	const struct model_session *s = model_find_session(d->model, a->session);
	int x;

	cells_foreign(c, &name, name.x, y, style, SAFETEXT_IDENT, a->name, strlen(a->name));
	if (s)
		cells_foreign(c, &where, where.x, y, style, SAFETEXT_IDENT, s->name, strlen(s->name));
	x = cells_putf(c, r, r->x + 35, y, style, "turn %lld/%lld  waits %lld  refused %lld", (long long)a->used_actions, (long long)a->cap_actions,
		       (long long)a->waiting, (long long)a->refused);
	if (a->stopped_by[0]) {
		x = cells_put(c, r, x, y, STYLE_ALERT, "  STOPPED by ");
		cells_foreign(c, r, x, y, STYLE_ALERT, SAFETEXT_PROSE, a->stopped_by, strlen(a->stopped_by));
	} else if (a->at_cap[0]) {
		x = cells_put(c, r, x, y, STYLE_ALERT, "  AT CAP: ");
		cells_foreign(c, r, x, y, STYLE_ALERT, SAFETEXT_IDENT, a->at_cap, strlen(a->at_cap));
	}
}

static void draw_alike(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_alike *a, int64_t now, enum style style)
{
	struct rect what = { r->x + 7, y, r->width - 45, 1 };
	int64_t left = (a->expires_boot_ms - (now + d->model->boot_offset_ms)) / 60000;
	int x;

	cells_putf(c, r, r->x + 1, y, style, "%4lld ", (long long)a->id);
	x = cells_put(c, &what, what.x, y, style, strcmp(a->verdict, "allow") == 0 ? "allow " : "refuse ");
	cells_foreign(c, &what, x, y, style, SAFETEXT_PROSE, a->what, strlen(a->what));
	x = cells_putf(c, r, r->x + r->width - 37, y, style, "%lld", (long long)a->uses);
	if (a->uses_max > 0)
		x = cells_putf(c, r, x, y, style, " of %lld", (long long)a->uses_max);
	x = cells_put(c, r, x, y, style, " used");
	if (a->expires_boot_ms > 0)
		x = cells_putf(c, r, x, y, style, ", %lldm left", (long long)(left < 0 ? 0 : left));
	x = cells_put(c, r, x, y, style, ", ");
	cells_foreign(c, r, x, y, style, SAFETEXT_PROSE, a->made_by, strlen(a->made_by));
}

void view_agents(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct model *m = d->model;
	int rows = agents_rows(d), room = r->height - 4, skip = d->row >= room ? d->row - room + 1 : 0, i, y = r->y;

	if (d->row >= rows)
		d->row = rows > 0 ? rows - 1 : 0;
	cells_putf(c, r, r->x, y++, STYLE_TITLE, "AGENTS %zu, RULES MADE FROM DECISIONS %zu", m->agent_count, m->alike_count);
	if (m->gate.policy_error && m->gate.policy_error[0]) {
		int x = cells_put(c, r, r->x, y, STYLE_ALERT, "policy not loaded, the old one holds: ");

		cells_foreign(c, r, x, y++, STYLE_ALERT, SAFETEXT_PROSE, m->gate.policy_error, strlen(m->gate.policy_error));
	}
	for (i = skip; i < rows && y < r->y + r->height - 2; i++, y++) {
		struct rect line = { r->x, y, r->width, 1 };
		enum style style = i == d->row ? STYLE_SELECTED : STYLE_NORMAL;

		cells_fill(c, &line, style);
		if (agents_at(d, i))
			draw_agent(d, c, &line, y, agents_at(d, i), style);
		else
			draw_alike(d, c, &line, y, agents_alike_at(d, i), now, style);
	}
	if (rows == 0)
		cells_put(c, r, r->x + 1, y, STYLE_DIM, "no agent yet: assent agent add NAME");
	cells_put(c, r, r->x, r->y + r->height - 1, STYLE_DIM, "j k move   s stop   u let it go on   + its cap   N note   x end a rule   Esc back");
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
	cells_put(c, r, r->x, r->y + r->height - 1, STYLE_DIM, "j, arrows   k kill   K pause, take control   F unfreeze   Esc back");
}
