/* view_top: the line at the top, and the second one, which is there while something is wrong. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "ui/dash.h"

static void put_two(char *out, int n, char behind)
{
	out[0] = (char)('0' + n / 10);
	out[1] = (char)('0' + n % 10);
	out[2] = behind;
}

/* A screen has many times of one minute, and the seconds in it need no calendar. */
void view_time(int64_t wall_ms, char out[16])
{
	static struct tm known;
	static time_t known_at = -1;
	time_t t = (time_t)(wall_ms / 1000);
	int64_t second = known.tm_sec + (t - known_at);

	if (known_at < 0 || second < 0 || second > 59) {
		localtime_r(&t, &known);
		known_at = t;
		second = known.tm_sec;
	}
	put_two(out, known.tm_hour, ':');
	put_two(out + 3, known.tm_min, ':');
	put_two(out + 6, (int)second, '\0');
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
	return a->out_boot_ms - (now + d->model->boot_offset_ms);
}

static bool is_frozen(const struct model *m)
{
	return m->gate.frozen_by && m->gate.frozen_by[0];
}

int view_left(int64_t ms, char *out, size_t size)
{
	long long s = ms > 0 ? ms / 1000 : 0;

	if (s >= 3600)
		return snprintf(out, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	return s >= 60 ? snprintf(out, size, "%lldm%02llds", s / 60, s % 60) : snprintf(out, size, "%llds", s);
}

/* Our own words, whole or not at all. */
static int put_whole(struct cells *c, const struct rect *r, int x, int y, enum style style, const char *text)
{
	return x + (int)strlen(text) <= r->x + r->width ? cells_put(c, r, x, y, style, text) : x;
}

/* All who are at a dashboard. */
static int draw_persons(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum style style, bool wide)
{
	const char *before = wide ? " | " : "|";
	size_t i;

	for (i = 0; i < d->model->person_count; i++) {
		const char *name = d->model->persons[i]->name;

		if (x + (int)strlen(before) + (int)strlen(name) > r->x + r->width)
			break;
		x = cells_put(c, r, x, 0, style, before);
		x = cells_foreign(c, r, x, 0, style, SAFETEXT_PROSE, name, strlen(name));
		before = ", ";
	}
	return x;
}

/* What is wrong comes first: nothing of it may be cut. */
static int draw_trouble(const struct dashboard *d, struct cells *c, const struct rect *r, int x)
{
	const struct rect why = { r->x, r->y, r->width - 11, r->height };	/* how many wait has its room */
	const struct model *m = d->model;
	char since[16];

	if (is_frozen(m)) {
		view_time(m->gate.frozen_wall_ms, since);
		x = cells_put(c, r, x, 0, STYLE_ALERT, "FROZEN by ");
		x = cells_foreign(c, r, x, 0, STYLE_ALERT, SAFETEXT_PROSE, m->gate.frozen_by, strlen(m->gate.frozen_by));
		x = cells_putf(c, r, x, 0, STYLE_ALERT, " %.5s: nothing is sent | ", since);
	}
	if (!d->gate_up || d->gate_silent_since_wall_ms) {
		view_time(d->gate_up ? d->gate_silent_since_wall_ms : d->gate_down_since_wall_ms, since);
		x = cells_putf(c, r, x, 0, STYLE_ALERT, "THE GATE DOES NOT ANSWER since %s | ", since);
	} else if (m->loaded && !m->gate.live) {
		view_time(m->gate.not_live_since_wall_ms, since);
		x = cells_putf(c, r, x, 0, STYLE_ALERT, "%s not live since %s: ", m->gate.upstream_name, since);
		x = cells_foreign(c, &why, x, 0, STYLE_ALERT, SAFETEXT_PROSE, m->gate.why, strlen(m->gate.why));
		x = cells_put(c, r, x, 0, STYLE_ALERT, " | ");
	}
	return x;
}

static int draw_held(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum style style, int64_t now, bool wide)
{
	const struct needs *n = &d->needs;
	char left[24], text[60];

	snprintf(text, sizeof(text), "%d HELD", n->held);
	x = put_whole(c, r, x, 0, style, text);
	snprintf(text, sizeof(text), wide ? ", %d risky" : " %d risky", n->risky);
	if (n->risky)
		x = put_whole(c, r, x, 0, style, text);
	if (n->held && !is_frozen(d->model)) {
		view_left(n->first_out_boot_ms - (now + d->model->boot_offset_ms), left, sizeof(left));
		snprintf(text, sizeof(text), wide ? ", first out in %s" : ", first out %s", left);
		x = put_whole(c, r, x, 0, style, text);
	}
	return x;
}

/* What is narrow is short, and what is usual is left out there. */
static int draw_agents(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum style style, bool wide)
{
	const struct model *m = d->model;
	const struct agent_counts n = d->order.counts;
	char text[80];
	int from = x;

	snprintf(text, sizeof(text), wide ? " | %zu agent%s" : "|%zu agent%s", m->agent_count, m->agent_count == 1 ? "" : "s");
	x = put_whole(c, r, x, 0, style, text);
	if (m->agent_count == 0 || x == from)
		return x;
	if (wide) {
		snprintf(text, sizeof(text), ": %d wait %d run %d idle %d down", n.wait, n.run, n.idle, n.down);
		return put_whole(c, r, x, 0, style, text);
	}
	snprintf(text, sizeof(text), " %d wait", n.wait);
	if (n.wait)
		x = put_whole(c, r, x, 0, style, text);
	snprintf(text, sizeof(text), " %d down", n.down);
	if (n.down)
		x = put_whole(c, r, x, 0, style, text);
	return x;
}

void view_top(const struct dashboard *d, struct cells *c, const struct rect *r, int64_t now, int64_t wall)
{
	struct rect left = { r->x, r->y, r->width - 6, r->height };
	const struct model_gate *g = &d->model->gate;
	enum style style = !d->gate_up || d->gate_silent_since_wall_ms || (d->model->loaded && !g->live) || is_frozen(d->model) ? STYLE_ALERT : STYLE_TOP;
	bool wide = r->width >= 100;
	char when[16], text[80];
	int x;

	view_time(wall, when);
	cells_fill(c, r, style);
	x = cells_put(c, &left, 1, 0, style, wide ? "assent  " : "assent ");
	x = draw_trouble(d, c, &left, x);
	x = d->model->loaded ? draw_held(d, c, &left, x, style, now, wide) : x;
	if (g->unattended)
		x = put_whole(c, &left, x, 0, style, wide ? " | nobody at the desk" : "|nobody at the desk");
	if (notices_muted(&d->notices, now)) {
		snprintf(text, sizeof(text), "%smuted %lldm", wide ? " | " : "|", (long long)(d->notices.muted_until_ms - now + 59999) / 60000);
		x = put_whole(c, &left, x, 0, style, text);
	}
	x = d->model->loaded ? draw_agents(d, c, &left, x, style, wide) : x;
	if (g->by_rule_per_minute > 0) {
		snprintf(text, sizeof(text), wide ? " | %lld/min by rule" : "|%lld/min auto", (long long)g->by_rule_per_minute);
		x = put_whole(c, &left, x, 0, style, text);
	}
	if (g->signing && strcmp(g->signing, "unsigned") == 0)
		x = put_whole(c, &left, x, 0, style, wide ? " | decisions: unsigned" : "|unsigned");
	draw_persons(d, c, &left, x, style, wide);
	cells_putf(c, r, r->width - 6, 0, style, wide ? " %.5s" : "|%.5s", when);
}

/* ---- the second line ---- */

enum { NAME_ROOM = 24 };

struct line { struct cells *c; const struct rect *r; int x; bool any; };

/* So many columns come next; false: there is no line, or no room for all of them. */
static bool begin(struct line *l, size_t length)
{
	bool first = !l->any;

	l->any = true;
	if (!l->c)
		return false;
	if (!first && l->x + 3 + (int)length > l->r->x + l->r->width)
		return false;
	if (!first)
		l->x += 3;
	return true;	/* the first one is cut rather than that the line has nothing in it */
}

static void put(struct line *l, enum style style, const char *text)
{
	l->x = cells_put(l->c, l->r, l->x, l->r->y, style, text);
}

/* With its mark. */
#define NAME_LENGTH(name) (strlen(name) < NAME_ROOM ? strlen(name) + 2 : NAME_ROOM + 2)

static void put_name(struct line *l, const char *name)
{
	struct rect room = { l->r->x, l->r->y, l->x + NAME_ROOM - l->r->x, 1 };

	l->x = cells_foreign(l->c, &room, l->x, l->r->y, STYLE_ALERT, SAFETEXT_IDENT, name, strlen(name));
}

static void tell_actions(const struct dashboard *d, struct line *l)
{
	static const struct { const char *state, *words; } faults[] = {
		{ "unknown", "sent, no answer: look" }, { "upstream_failed", "failed after a yes: look" }, { "not_sent", "not sent: look" },
	};
	const struct needs *n = &d->needs;
	char text[80];
	size_t i, k;
	int told = 0;

	for (i = 0; i < n->count && told < 2 && told < n->faults; i++) {
		const struct model_action *a = n->items[i].kind == NEED_ACTION && !n->items[i].held ? d->model->actions[n->items[i].index] : NULL;

		for (k = 0; a && a->needs_person && k < ARRAY_LEN(faults); k++) {
			if (strcmp(a->state, faults[k].state) != 0)
				continue;
			snprintf(text, sizeof(text), "! %lld %s", (long long)a->id, faults[k].words);
			told++;
			if (begin(l, strlen(text)))
				put(l, STYLE_ALERT, text);
		}
	}
	snprintf(text, sizeof(text), "and %d more", n->faults - told);
	if (n->faults > told && told > 0 && begin(l, strlen(text)))
		put(l, STYLE_ALERT, text);
}

static void tell_agents(const struct dashboard *d, struct line *l)
{
	const struct model *m = d->model;
	char text[80];
	size_t i;

	for (i = 0; i < m->agent_count; i++) {
		const struct model_agent *a = m->agents[i];

		/* Whoever floods and has a row of many alike is told of there. */
		if ((!needs_at_cap(a) && !needs_floods(a)) || needs_has_fold(&d->needs, a->name))
			continue;
		snprintf(text, sizeof(text), needs_floods(a) ? " floods, %lld refused" : " at its cap", (long long)a->refused);
		if (!begin(l, NAME_LENGTH(a->name) + strlen(text)))
			continue;
		put(l, STYLE_ALERT, "! ");
		put_name(l, a->name);
		put(l, STYLE_ALERT, text);
	}
}

static void tell_streams(const struct dashboard *d, struct line *l)
{
	const struct model *m = d->model;
	char since[40];
	size_t i;

	for (i = 0; i < m->session_count; i++) {
		const struct model_session *s = m->sessions[i];
		const char *which = view_stream_down(s);

		if (!needs_stream_down(m, s, d->wall_ms + m->wall_offset_ms))
			continue;
		view_not_live_since(s, since);
		if (!begin(l, NAME_LENGTH(s->name) + 1 + strlen(which) + strlen(since)))
			continue;
		put(l, STYLE_ALERT, "! ");
		put_name(l, s->name);
		put(l, STYLE_ALERT, " ");
		put(l, STYLE_ALERT, which);
		put(l, STYLE_ALERT, since);
	}
}

static void tell_expired(const struct dashboard *d, struct line *l)
{
	char text[80];

	if (d->desk.expired.count == 1)
		snprintf(text, sizeof(text), "%lld expired: nobody decided", (long long)d->desk.expired.id);
	else
		snprintf(text, sizeof(text), "%lld expired: nobody decided", (long long)d->desk.expired.count);
	if (begin(l, strlen(text)))
		put(l, STYLE_NORMAL, text);
}

bool view_trouble(const struct dashboard *d, struct cells *c, const struct rect *r, bool all)
{
	struct line l = { .c = c, .r = r, .x = r->x + 1 };
	int64_t median = d->desk.yeses_median_ms;
	char text[80];

	if (d->desk.away[0] && begin(&l, strlen(d->desk.away)))
		put(&l, STYLE_BOLD, d->desk.away);
	if (d->desk.yeses > DESK_ROW) {
		snprintf(text, sizeof(text), "%d yes in a row, median %lld.%llds", d->desk.yeses, (long long)median / 1000, (long long)median / 100 % 10);
		if (begin(&l, strlen(text)))
			put(&l, STYLE_ALERT, text);
	}
	if (!all)
		return l.any;
	if (d->needs.faults > 0)
		tell_actions(d, &l);
	if (d->needs.agents > 0)
		tell_agents(d, &l);
	if (d->needs.streams > 0)
		tell_streams(d, &l);
	if (d->needs.approvals > 0) {
		snprintf(text, sizeof(text), "MIOSA waits for %d", d->needs.approvals);
		if (begin(&l, strlen(text)))
			put(&l, STYLE_ALERT, text);
	}
	if (d->desk.expired.count > 0)
		tell_expired(d, &l);
	return l.any;
}
