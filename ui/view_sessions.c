/* view_sessions: all sessions, and of the selected one all that is known: its streams, what it does, its previews, snapshots, cost. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

static size_t index_of(const struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->model->session_count; i++)
		if (strcmp(d->model->sessions[i]->id, d->listed) == 0)
			return i;
	return 0;
}

bool sessions_key(struct dashboard *d, uint32_t key, enum intent intent)
{
	const struct model *m = d->model;
	size_t at = index_of(d), last = m->session_count > 0 ? m->session_count - 1 : 0;

	if (key == KEYS_ENTER && m->session_count > 0) {
		log_view_open(d, m->sessions[at]->id);
		return true;
	}
	if (intent == INTENT_NOTE && m->session_count > 0) {
		snprintf(d->target, sizeof(d->target), "%s", m->sessions[at]->id);
		d->of_session = true;
		dash_prompt_open(d, PROMPT_NOTE);
		return true;
	}
	if (intent == INTENT_DOWN)
		at += at < last;
	else if (intent == INTENT_UP)
		at -= at > 0;
	else if (intent == INTENT_HOME || intent == INTENT_END)
		at = intent == INTENT_END ? last : 0;
	else
		return false;
	d->scroll = 0;
	snprintf(d->listed, sizeof(d->listed), "%s", m->session_count > 0 ? m->sessions[at]->id : "");
	return true;
}

/* "31s", "12m", "3h": since then. */
static void put_age(char out[24], int64_t since_wall_ms, int64_t now_wall_ms)
{
	int64_t s = (now_wall_ms - since_wall_ms) / 1000;

	if (since_wall_ms <= 0)
		snprintf(out, 24, "never");
	else if (s < 60)
		snprintf(out, 24, "%llds", (long long)(s < 0 ? 0 : s));
	else if (s < 3600)
		snprintf(out, 24, "%lldm", (long long)s / 60);
	else
		snprintf(out, 24, "%lldh", (long long)s / 3600);
}

static void draw_session(struct cells *c, const struct rect *r, int y, const struct model_session *s, enum style style, int64_t wall)
{
	struct rect line = { r->x, y, r->width, 1 }, name = { r->x + 1, y, r->width < 70 ? 11 : 16, 1 }, kind = { name.x + name.width + 1, y, 9, 1 };
	struct rect state = { kind.x + kind.width + 1, y, 9, 1 };
	char since[40];
	int x = state.x + state.width + 1;

	cells_fill(c, &line, style);
	cells_foreign(c, &name, name.x, y, style, SAFETEXT_IDENT, s->name, strlen(s->name));
	cells_foreign(c, &kind, kind.x, y, style, SAFETEXT_IDENT, s->kind, strlen(s->kind));
	cells_foreign(c, &state, state.x, y, style, SAFETEXT_IDENT, s->state, strlen(s->state));
	if (!s->live) {
		view_not_live_since(s, since);
		x = cells_put(c, &line, x, y, STYLE_ALERT, since) + 2;
	}
	if (s->doing[0]) {
		put_age(since, s->doing_since_wall_ms, wall);
		x = cells_putf(c, &line, x, y, style, "%s ", since);
		cells_foreign(c, &line, x, y, style, SAFETEXT_PROSE, s->doing, strlen(s->doing));
	} else if (s->live) {
		put_age(since, s->last_event_wall_ms, wall);
		cells_putf(c, &line, x, y, style, "last event: %s, %lld/min", since, (long long)s->events_per_minute);
	}
}

static int put(struct cells *c, const struct rect *r, int y, const char *label, enum style style, enum safetext_kind kind, const char *text)
{
	struct rect clip = { r->x + 12, r->y, r->width - 12, r->height };

	cells_put(c, r, r->x + 1, y, STYLE_DIM, label);
	return y + cells_foreign_words(c, &clip, y, style, kind, text, strlen(text));
}

static int draw_streams(struct cells *c, const struct rect *r, int y, const struct model_session *s)
{
	char when[16], line[700];
	size_t i;

	for (i = 0; i < s->stream_count; i++) {
		const struct model_stream *t = &s->streams[i];
		bool good = strcmp(t->state, "live") == 0, down = strcmp(t->state, "down") == 0;

		view_time(t->since_wall_ms, when);
		snprintf(line, sizeof(line), "%.20s %s since %s%s%.400s", t->name, t->state, when, t->why[0] ? ": " : "", t->why);
		if (t->gaps > 0)
			snprintf(line + strlen(line), sizeof(line) - strlen(line), " (%lld gap%s)", (long long)t->gaps, t->gaps == 1 ? "" : "s");
		y = put(c, r, y, i == 0 ? "streams" : "", good ? STYLE_GOOD : down ? STYLE_ALERT : STYLE_WAIT, SAFETEXT_PROSE, line);
	}
	return y;
}

static int draw_lists(struct cells *c, const struct rect *r, int y, const struct model_session *s)
{
	char line[2200];
	size_t i;

	for (i = 0; i < s->preview_count; i++) {
		snprintf(line, sizeof(line), "port %lld %.2000s", (long long)s->previews[i].port, s->previews[i].url);
		y = put(c, r, y, i == 0 ? "previews" : "", STYLE_NORMAL, SAFETEXT_IDENT, line);
	}
	for (i = 0; i < s->snapshot_count; i++) {
		const struct model_snapshot_of *n = &s->snapshots[i];

		snprintf(line, sizeof(line), "%.80s %.40s %.40s%s%.400s", n->id, n->status, n->created_at, n->comment[0] ? ": " : "", n->comment);
		y = put(c, r, y, i == 0 ? "snapshots" : "", STYLE_NORMAL, SAFETEXT_PROSE, line);
	}
	return y;
}

/* From row -scroll; returns how many rows there are. */
static int draw_detail(const struct dashboard *d, struct cells *c, const struct rect *r, int scroll, const struct model_session *s, int64_t wall)
{
	char line[2000], age[24];
	size_t i;
	int y = r->y - scroll;

	snprintf(line, sizeof(line), "%.120s  %.40s %.40s%s%.40s%s%.80s", s->id, s->kind, s->state, s->isolation[0] ? ", isolation " : "", s->isolation,
		 s->label[0] ? ", label " : "", s->label);
	y = put(c, r, y, "session", STYLE_BOLD, SAFETEXT_PROSE, line);
	y = put(c, r, y, "agent", STYLE_NORMAL, SAFETEXT_IDENT, s->agent[0] ? s->agent : "none that acted here");
	if (s->taken_by[0])
		y = put(c, r, y, "control", STYLE_ALERT, SAFETEXT_PROSE, s->taken_by);
	for (i = 0; i < d->model->note_count; i++) {
		const struct model_note *n = d->model->notes[i];

		if (strcmp(n->kind, "session") != 0 || strcmp(n->target, s->id) != 0)
			continue;
		snprintf(line, sizeof(line), "%.80s: %.1800s", n->by, n->text);
		y = put(c, r, y, "note", STYLE_WAIT, SAFETEXT_PROSE, line);
	}
	put_age(age, s->doing_since_wall_ms, wall);
	snprintf(line, sizeof(line), "%.500s%s%.80s%s%s", s->doing[0] ? s->doing : "nothing that is known", s->doing_exec[0] ? "  " : "", s->doing_exec,
		 s->doing[0] ? ", for " : "", s->doing[0] ? age : "");
	y = put(c, r, y, "does", STYLE_NORMAL, SAFETEXT_PROSE, line);
	put_age(age, s->last_event_wall_ms, wall);
	snprintf(line, sizeof(line), "the last: %s%s, %lld a minute; log %lld lines", age, s->last_event_wall_ms > 0 ? " ago" : "", (long long)s->events_per_minute,
		 (long long)s->log_lines);
	y = put(c, r, y, "events", STYLE_NORMAL, SAFETEXT_PROSE, line);
	if (s->unknown_events > 0) {
		snprintf(line, sizeof(line), "%lld of a kind that nobody here knows, the newest %.80s; they stand in the log", (long long)s->unknown_events, s->last_unknown);
		y = put(c, r, y, "unknown", STYLE_WAIT, SAFETEXT_PROSE, line);
	}
	if (s->has_cost) {
		snprintf(line, sizeof(line), "%lld.%02lld estimated", (long long)s->cost_cents / 100, (long long)s->cost_cents % 100);
		y = put(c, r, y, "cost", STYLE_NORMAL, SAFETEXT_PROSE, line);
	}
	y = draw_streams(c, r, y, s);
	return draw_lists(c, r, y, s) - (r->y - scroll);
}

void view_sessions(struct dashboard *d, struct cells *c, const struct rect *r, int64_t wall)
{
	const struct model *m = d->model;
	int room = r->height / 3 > 3 ? r->height / 3 : 3, skip, y = r->y, i;
	size_t at = index_of(d);
	struct rect detail;

	if (room > (int)m->session_count)
		room = (int)m->session_count;
	skip = (int)at >= room ? (int)at - room + 1 : 0;
	cells_putf(c, r, r->x, y++, STYLE_TITLE, "SESSIONS %zu", m->session_count);
	for (i = skip; i < skip + room && i < (int)m->session_count; i++, y++)
		draw_session(c, r, y, m->sessions[i], i == (int)at ? STYLE_SELECTED : STYLE_NORMAL, wall);
	view_hints(c, r, "%s %s move   Space %s scroll   Enter, %s its log   %s note   %s FREEZE   Esc back", dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_UP).text,
		   dash_key_of(d, INTENT_PAGE_UP).text, dash_key_of(d, INTENT_WHOLE_LOG).text, dash_key_of(d, INTENT_NOTE).text, dash_key_of(d, INTENT_FREEZE).text);
	if (m->session_count == 0) {
		cells_put(c, r, r->x + 1, y, STYLE_DIM, "none that the gate knows of");
		return;
	}
	detail = (struct rect){ r->x, y + 1, r->width, r->y + r->height - 3 - y };
	cells_line(c, r->x, y, r->width, NULL, d->unicode);
	d->card_room = detail.height;
	d->card_rows = draw_detail(d, c, &detail, d->scroll, m->sessions[at], wall);
	if (d->scroll + detail.height < d->card_rows)
		cells_put(c, r, r->x + 1, r->y + r->height - 2, STYLE_TITLE, " more: Space ");
}
