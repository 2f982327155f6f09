/* view_log: the log on the whole screen: its lines, what of it is shown, and where in it one is. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "ui/dash.h"
#include "ui/logline.h"

static const char *const stream_names[] = { "out", "err", "log", "event", "gap" };

enum style view_log_style(const char *stream)
{
	return strcmp(stream, "gap") == 0 ? STYLE_ALERT : strcmp(stream, "err") == 0 ? STYLE_RISKY : strcmp(stream, "out") == 0 ? STYLE_NORMAL : STYLE_DIM;
}

/* The sessions that are shown of all, by name. */
static int draw_only(const struct dashboard *d, struct cells *c, const struct rect *r, int x)
{
	char ids[sizeof(d->logs.filter.only)], *id, *rest = ids;
	const char *before = ", only ";

	snprintf(ids, sizeof(ids), "%s", d->logs.filter.only);
	while ((id = strsep(&rest, ",")) && id[0]) {
		const struct model_session *s = model_find_session(d->model, id);

		x = cells_put(c, r, x, r->y, STYLE_TITLE, before);
		x = cells_foreign(c, r, x, r->y, STYLE_TITLE, SAFETEXT_IDENT, s ? s->name : id, strlen(s ? s->name : id));
		before = ", ";
	}
	return x;
}

static void draw_title(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct logview *v = &d->logs;
	const struct model_session *s = model_find_session(d->model, v->filter.session);
	int64_t total = v->window.total > v->known && v->filter.session[0] ? v->window.total : v->filter.session[0] ? v->known : v->window.total;
	struct rect left = { r->x, r->y, r->width, 1 };
	int x, right = r->x + r->width;
	char since[40];
	size_t i;

	/* On a narrow screen the streams stand there when they are not all shown. */
	for (i = 0; i < ARRAY_LEN(stream_names) && (r->width >= 80 || v->filter.streams != LOG_ALL); i++)
		right -= (int)strlen(stream_names[i]) + (v->filter.streams & (1u << i) ? 1 : 3);
	left.width = right < r->x + r->width ? right - 1 - r->x : r->width;

	cells_line(c, r->x, r->y, r->width, NULL, d->unicode);
	x = cells_put(c, &left, r->x + 1, r->y, STYLE_TITLE, v->filter.session[0] ? " LOG of " : " LOG of all sessions");
	if (v->filter.session[0])
		x = cells_foreign(c, &left, x, r->y, STYLE_TITLE, SAFETEXT_IDENT, s ? s->name : v->filter.session, strlen(s ? s->name : v->filter.session));
	else
		x = draw_only(d, c, &left, x);
	x = cells_putf(c, &left, x, r->y, STYLE_TITLE, "  %lld line%s ", (long long)total, total == 1 ? "" : "s");
	if (s && !s->live) {
		view_not_live_since(s, since);
		cells_putf(c, &left, x, r->y, STYLE_ALERT, " %s ", since);
	}
	cells_put(c, r, right - 1, r->y, STYLE_TITLE, left.width < r->width ? " " : "");
	for (i = 0; left.width < r->width && i < ARRAY_LEN(stream_names); i++)
		right = cells_putf(c, r, right, r->y, v->filter.streams & (1u << i) ? STYLE_TITLE : STYLE_DIM, v->filter.streams & (1u << i) ? "%s " : "(%s) ", stream_names[i]);
}

/* Columns before the text: a mark, and the time, session and stream as far as they are shown. */
static int margin(const struct dashboard *d)
{
	return 1 + (d->logs.stamps ? 9 + 6 : 0) + (d->logs.filter.session[0] ? 0 : 13);
}

static void draw_margin(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct log_line *l, enum style style, bool marked)
{
	const struct model_session *s;
	const char *name;
	struct rect part;
	char when[16];
	int x = r->x;

	cells_put(c, r, x++, y, marked ? STYLE_SELECTED : style, marked ? ">" : " ");
	if (d->logs.stamps) {
		view_time(l->wall_ms, when);
		cells_put(c, r, x, y, style == STYLE_ALERT ? style : STYLE_DIM, when);
		x += 9;
	}
	if (!d->logs.filter.session[0]) {
		s = model_find_session(d->model, l->session);
		name = s ? s->name : l->session;
		part = (struct rect){ x, r->y, 12, r->height };
		cells_foreign(c, &part, x, y, style == STYLE_ALERT ? style : STYLE_BOLD, SAFETEXT_IDENT, name, strlen(name));
		x += 13;
	}
	if (d->logs.stamps) {
		part = (struct rect){ x, r->y, 5, r->height };
		cells_foreign(c, &part, x, y, view_log_style(l->stream), SAFETEXT_IDENT, strcmp(l->stream, "out") == 0 ? "" : l->stream,
			      strcmp(l->stream, "out") == 0 ? 0 : strlen(l->stream));
	}
}

static int draw_line(const struct dashboard *d, struct cells *c, const struct rect *r, int y, struct log_line *l)
{
	const struct logview *v = &d->logs;
	int64_t from = v->select_from < v->select_to ? v->select_from : v->select_to, to = v->select_from < v->select_to ? v->select_to : v->select_from;
	bool chosen = v->selecting && l->n >= from && l->n <= to, gap = strcmp(l->stream, "gap") == 0;
	struct rect text = { r->x + margin(d), r->y, r->width - margin(d), r->height };
	struct logline line = { .text = l->text, .len = l->len, .own_colors = !chosen && !gap, .wrap = v->wrap };
	int rows = logview_rows(v, l);
	struct rect all = { r->x, y < r->y ? r->y : y, r->width, y < r->y ? rows - (r->y - y) : rows };

	line.style = chosen ? STYLE_SELECTED : gap ? STYLE_ALERT : strcmp(l->stream, "event") == 0 || strcmp(l->stream, "log") == 0 ? STYLE_DIM : STYLE_NORMAL;
	if (!v->search.regex) {
		line.find = v->search.text;
		line.any_case = v->search.any_case;
	}
	if (all.y + all.height > r->y + r->height)
		all.height = r->y + r->height - all.y;
	if (chosen || gap)
		cells_fill(c, &all, line.style);
	draw_margin(d, c, r, y, l, chosen ? STYLE_SELECTED : gap ? STYLE_ALERT : STYLE_NORMAL, l->n == v->found || (v->selecting && l->n == v->select_to));
	return logline_draw(c, &text, y, &line);
}

static void draw_lines(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct logview *v = &d->logs;
	int y = r->y - v->top_row;
	size_t i;

	for (i = v->top; i < v->window.count && y < r->y + r->height; i++)
		y += draw_line(d, c, r, y, &v->window.lines[i]);
	if (v->window.count > 0)
		return;
	if (v->filter.streams == 0)
		cells_put(c, r, r->x + 1, r->y, STYLE_DIM, "no stream is shown: 0 shows all of them");
	else
		cells_put(c, r, r->x + 1, r->y, STYLE_DIM, !v->placed || v->asked[LOG_ASK_LINES].open ? "reading ..." : "no lines");
}

/* Where one is: by number, not by what passes the filter. */
static void draw_place(const struct dashboard *d, struct cells *c, const struct rect *r, int room)
{
	const struct logview *v = &d->logs;
	const struct logwindow *w = &v->window;
	size_t last = v->top;
	int rows = -v->top_row, x;

	cells_line(c, r->x, r->y, r->width, NULL, d->unicode);
	if (w->count == 0)
		return;
	while (last + 1 < w->count && (rows += logview_rows(v, &w->lines[last])) < room)
		last++;
	x = cells_putf(c, r, r->x + 1, r->y, STYLE_TITLE, " %lld to %lld of %lld ", (long long)w->lines[v->top].n + 1, (long long)w->lines[last].n + 1, (long long)w->total);
	if (w->first > 0 && v->top == 0 && w->low <= w->first)
		x = cells_putf(c, r, x, r->y, STYLE_DIM, " older than %lld: gone ", (long long)w->first + 1);
	if (v->selecting)
		x = cells_putf(c, r, x, r->y, STYLE_WAIT, " choosing: move, %s copies, Esc ends ", keymap_first(d->keys, KEYMAP_LOG, INTENT_COPY).text);
	else
		x = cells_put(c, r, x, r->y, v->follow ? STYLE_GOOD : STYLE_WAIT, v->follow ? " following " : " NOT following: G ");
	if (v->error[0])
		cells_foreign(c, r, x, r->y, STYLE_ALERT, SAFETEXT_PROSE, v->error, strlen(v->error));
}

void view_log(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect title = { r->x, r->y, r->width, 1 }, in = { r->x, r->y + 1, r->width, r->height - 2 }, foot = { r->x, r->y + r->height - 1, r->width, 1 };

	logview_place(&d->logs, in.height, in.width - margin(d));
	draw_title(d, c, &title);
	draw_lines(d, c, &in);
	draw_place(d, c, &foot, in.height);
}

void view_log_bar(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now)
{
	const struct logview *v = &d->logs;
	const struct keymap_row *rows = d->keys->rows[KEYMAP_LOG];
	int x = 1, gap = r->width >= 100 ? 2 : 1;
	size_t i;

	if (d->prompt != PROMPT_NONE) {
		view_prompt(d, c, r);
	} else if (v->searching && now - v->search_since_ms > 1000) {
		x = cells_putf(c, r, x, r->y, STYLE_WAIT, "looking %s from line %lld of %lld; Esc ends it: ", v->search.up ? "up" : "down",
			       (long long)v->search_at + 1, (long long)v->window.total);
		cells_foreign(c, r, x, r->y, STYLE_WAIT, SAFETEXT_PROSE, v->search.text, strlen(v->search.text));
	} else if (view_message(d, c, r, x, KEYMAP_LOG, now)) {
		return;
	} else if (d->saving[0] && now - d->saving_since_ms > 1000) {
		cells_foreign(c, r, x, r->y, STYLE_WAIT, SAFETEXT_PROSE, d->saving, strlen(d->saving));
	} else {
		for (i = 0; i < d->keys->count[KEYMAP_LOG]; i++) {
			if (!rows[i].bar)
				continue;
			if (rows[i].intent == INTENT_HELP)
				cells_put(c, r, r->width - (int)strlen(rows[i].bar) - 1, r->y, STYLE_NORMAL, rows[i].bar);
			else if (x + (int)strlen(rows[i].bar) <= r->width - 8)
				x = cells_put(c, r, x, r->y, STYLE_NORMAL, rows[i].bar) + gap;
		}
	}
}
