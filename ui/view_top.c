/* view_top: the line at the top, and the bar of keys at the foot. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "ui/dash.h"

void view_time(int64_t wall_ms, char out[16])
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 16, "%H:%M:%S", &tm);
}

void view_not_live_since(const struct model_session *s, char out[40])
{
	char since[16];

	view_time(s->not_live_since_wall_ms, since);
	if (s->not_live_since_wall_ms > 0)
		snprintf(out, 40, "not live since %s", since);
	else
		snprintf(out, 40, "not live");
}

int64_t view_left_ms(const struct dashboard *d, const struct model_action *a, int64_t now)
{
	return a->expires_boot_ms - (now + d->model->boot_offset_ms);
}

static bool is_frozen(const struct model *m)
{
	return m->gate.frozen_by && m->gate.frozen_by[0];
}

/* Who else is at a dashboard. */
static int draw_persons(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum style style)
{
	const char *before = " | ";
	size_t i;

	for (i = 0; i < d->model->person_count; i++) {
		const char *name = d->model->persons[i]->name;

		if (strcmp(name, d->person) == 0)
			continue;
		x = cells_put(c, r, x, 0, style, before);
		x = cells_foreign(c, r, x, 0, style, SAFETEXT_PROSE, name, strlen(name));
		before = ", ";
	}
	return x;
}

/* What is wrong comes first: nothing of it may be cut. */
static int draw_trouble(const struct dashboard *d, struct cells *c, const struct rect *r, int x)
{
	const struct model *m = d->model;
	char since[16];

	if (is_frozen(m)) {
		view_time(m->gate.frozen_wall_ms, since);
		x = cells_put(c, r, x, 0, STYLE_ALERT, "FROZEN by ");
		x = cells_foreign(c, r, x, 0, STYLE_ALERT, SAFETEXT_PROSE, m->gate.frozen_by, strlen(m->gate.frozen_by));
		x = cells_putf(c, r, x, 0, STYLE_ALERT, " %.5s: nothing is sent | ", since);
	}
	if (!d->gate_up) {
		view_time(d->gate_down_since_wall_ms, since);
		x = cells_putf(c, r, x, 0, STYLE_ALERT, "THE GATE DOES NOT ANSWER since %s | ", since);
	} else if (m->loaded && !m->gate.live) {
		view_time(m->gate.not_live_since_wall_ms, since);
		x = cells_putf(c, r, x, 0, STYLE_ALERT, "%s not live since %s: ", m->gate.upstream_name, since);
		x = cells_foreign(c, r, x, 0, STYLE_ALERT, SAFETEXT_PROSE, m->gate.why, strlen(m->gate.why));
		x = cells_put(c, r, x, 0, STYLE_ALERT, " | ");
	}
	return x;
}

static int draw_counts(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum style style, int64_t now)
{
	const struct model *m = d->model;
	int held = 0, risky = 0, faults = 0, waits = 0;
	int64_t first = INT64_MAX;
	size_t i;

	for (i = 0; i < m->action_count; i++) {
		const struct model_action *a = m->actions[i];

		if (model_is_held(a)) {
			held++;
			risky += model_is_risky(a);
			first = view_left_ms(d, a, now) < first ? view_left_ms(d, a, now) : first;
		} else {
			faults += a->needs_person;
		}
	}
	for (i = 0; i < m->approval_count; i++)
		waits += approvals_is_listed(d, m->approvals[i]) && model_is_pending(m->approvals[i]);
	x = cells_putf(c, r, x, 0, style, "%d HELD", held);
	if (risky)
		x = cells_putf(c, r, x, 0, style, ", %d risky", risky);
	if (held && !is_frozen(m))
		x = cells_putf(c, r, x, 0, style, ", first out in %llds", (long long)(first < 0 ? 0 : first / 1000));
	if (waits)
		x = cells_putf(c, r, x, 0, style, " | MIOSA waits for %d", waits);
	if (faults)
		x = cells_putf(c, r, x, 0, style, " | %d FAULT%s", faults, faults > 1 ? "S" : "");
	return cells_putf(c, r, x, 0, style, " | %zu agent%s", m->agent_count, m->agent_count == 1 ? "" : "s");
}

void view_top(const struct dashboard *d, struct cells *c, const struct rect *r, int64_t now, int64_t wall)
{
	struct rect left = { r->x, r->y, r->width - 10, r->height };
	const struct model_gate *g = &d->model->gate;
	enum style style = !d->gate_up || (d->model->loaded && !g->live) || is_frozen(d->model) ? STYLE_ALERT : STYLE_TOP;
	char when[16];
	int x;

	view_time(wall, when);
	cells_fill(c, r, style);
	x = cells_put(c, &left, 1, 0, style, "assent  ");
	x = draw_trouble(d, c, &left, x);
	x = draw_counts(d, c, &left, x, style, now);
	if (g->by_rule_per_minute > 0)
		x = cells_putf(c, &left, x, 0, style, " | %lld/min by rule", (long long)g->by_rule_per_minute);
	if (g->signing && strcmp(g->signing, "unsigned") == 0)
		x = cells_put(c, &left, x, 0, style, " | decisions: unsigned");
	if (g->unattended)
		x = cells_put(c, &left, x, 0, style, " | nobody at the desk");
	draw_persons(d, c, &left, x, style);
	cells_put(c, r, r->width - 9, 0, style, when);
}

void view_bar(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = dash_selected(d);
	const struct keymap_row *rows = d->keys->rows[KEYMAP_MAIN];
	int x = 1, gap = r->width >= 100 ? 2 : 1;
	size_t i;

	if (d->prompt != PROMPT_NONE) {
		view_prompt(d, c, r);
		return;
	}
	if (a && model_is_held(a)) {
		bool ready = arm_ready(&d->arm, now) && a->askers > 0 && d->gate_up && d->seen_id == a->id && d->seen_version == a->version;

		x = cells_putf(c, r, x, r->y, ready ? STYLE_READY : STYLE_WAIT, "%lld %s", (long long)a->id, ready ? "READY" : a->askers == 0 ? "away" : "wait");
		x += gap;
	} else if (a) {
		x = cells_putf(c, r, x, r->y, STYLE_DIM, "%lld %s", (long long)a->id, a->state) + gap;
	} else if (p) {
		bool pending = model_is_pending(p), ready = pending && arm_ready(&d->arm, now) && d->gate_up && d->seen_id == -d->approval_turn;
		struct rect id = { x, r->y, 16, 1 };

		x = cells_foreign(c, &id, x, r->y, ready ? STYLE_READY : STYLE_WAIT, SAFETEXT_IDENT, p->id, strlen(p->id));
		x = cells_put(c, r, x, r->y, ready ? STYLE_READY : STYLE_WAIT, ready ? " READY" : pending ? " wait" : " over") + gap;
	}
	if (d->message[0] && now < d->message_until_ms) {
		cells_foreign(c, r, x, r->y, STYLE_ALERT, SAFETEXT_PROSE, d->message, strlen(d->message));
		return;
	}
	for (i = 0; i < d->keys->count[KEYMAP_MAIN]; i++) {
		bool dead = rows[i].intent == INTENT_APPROVE && !(((a && model_is_held(a)) || (p && model_is_pending(p))) && arm_ready(&d->arm, now));

		if (!rows[i].bar || (p && (rows[i].intent == INTENT_DENY_WORDS || rows[i].intent == INTENT_EDIT || rows[i].intent == INTENT_ALIKE)))
			continue;
		if (rows[i].intent == INTENT_HELP)	/* where the other keys are told: always there */
			cells_put(c, r, r->width - (int)strlen(rows[i].bar) - 1, r->y, STYLE_NORMAL, rows[i].bar);
		else if (x + (int)strlen(rows[i].bar) <= r->width - 8)	/* whole, or not at all */
			x = cells_put(c, r, x, r->y, dead ? STYLE_DIM : STYLE_NORMAL, rows[i].bar) + gap;
	}
}
