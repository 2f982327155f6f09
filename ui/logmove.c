/* logmove: where in the log one is: scrolling, following, searching from there, and what is chosen to be copied. See logview.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/logline.h"
#include "ui/logview.h"

int logview_rows(const struct logview *v, struct log_line *l)
{
	struct rect r = { 0, 0, v->columns, 1 };
	struct logline line = { .text = l->text, .len = l->len, .wrap = true };

	if (!v->wrap || v->columns <= 0)
		return 1;
	if (l->columns != v->columns) {
		l->rows = logline_draw(NULL, &r, 0, &line);
		l->columns = v->columns;
	}
	return l->rows;
}

/* The position from which the last row of line `last` stands on the last row of the screen. */
static void end_at(const struct logview *v, size_t last, size_t *top, int *row)
{
	int room = v->rows > 0 ? v->rows : 1, n;
	size_t i = last + 1;

	*top = 0;
	*row = 0;
	while (i > 0 && room > 0) {
		n = logview_rows(v, &v->window.lines[--i]);
		*top = i;
		*row = n > room ? n - room : 0;
		room -= n;
	}
}

static void clamp(struct logview *v)
{
	size_t end_top;
	int end_row;

	if (v->window.count == 0) {
		v->top = 0;
		v->top_row = 0;
		return;
	}
	end_at(v, v->window.count - 1, &end_top, &end_row);
	if (v->follow || v->top > end_top || (v->top == end_top && v->top_row > end_row)) {
		v->top = end_top;
		v->top_row = end_row;
	}
}

void logview_place(struct logview *v, int rows, int columns)
{
	if (columns != v->columns)
		v->top_row = 0;
	v->rows = rows;
	v->columns = columns;
	clamp(v);
}

static void scroll_up(struct logview *v, int by)
{
	for (; by > 0 && (v->top > 0 || v->top_row > 0); by--) {
		if (v->top_row > 0)
			v->top_row--;
		else
			v->top_row = logview_rows(v, &v->window.lines[--v->top]) - 1;
	}
}

void logview_scroll(struct logview *v, int by)
{
	size_t end_top;
	int end_row;

	if (v->window.count == 0 || by == 0 || (v->follow && by > 0))
		return;
	v->goal = -1;
	end_at(v, v->window.count - 1, &end_top, &end_row);
	v->follow = false;
	for (; by > 0 && (v->top < end_top || (v->top == end_top && v->top_row < end_row)); by--) {
		if (++v->top_row >= logview_rows(v, &v->window.lines[v->top])) {
			v->top++;
			v->top_row = 0;
		}
	}
	scroll_up(v, -by);
}

/* Is its first row on the screen? */
bool logview_sees(const struct logview *v, size_t line)
{
	int room = v->rows + v->top_row;
	size_t i;

	if (line < v->top || line >= v->window.count || (line == v->top && v->top_row > 0))
		return false;
	for (i = v->top; i < line && room > 0; i++)
		room -= logview_rows(v, &v->window.lines[i]);
	return room > 0;
}

void logview_show(struct logview *v, size_t line)
{
	if (logview_sees(v, line))
		return;
	v->follow = false;
	v->top = line;
	v->top_row = 0;
	scroll_up(v, v->rows / 3);
}

void logview_reach(struct logview *v)
{
	const struct logwindow *w = &v->window;

	if (v->goal < w->low || v->goal >= w->high)
		return;
	v->top = logwindow_find(w, v->goal);
	v->top_row = 0;
	/* Until there are lines enough above it. */
	if (v->top >= (size_t)v->goal_rows || w->low <= w->first)
		v->goal = -1;
	scroll_up(v, v->goal_rows);
}

void logview_home(struct logview *v)
{
	struct logwindow *w = &v->window;

	v->follow = false;
	v->goal = -1;
	if (w->low > w->first || !v->placed) {
		logwindow_reset(w, w->first);
		v->epoch++;
	}
	v->top = 0;
	v->top_row = 0;
}

void logview_end(struct logview *v)
{
	v->follow = true;
	v->goal = -1;
	clamp(v);
}

/* The last line of which a row is on the screen. */
static size_t last_seen(const struct logview *v)
{
	int room = v->rows + v->top_row;
	size_t i = v->top;

	while (i + 1 < v->window.count && (room -= logview_rows(v, &v->window.lines[i])) > 0)
		i++;
	return i;
}

void logview_search(struct logview *v, const struct log_search *s, int64_t now)
{
	const struct logwindow *w = &v->window;
	size_t at = logwindow_find(w, v->found);

	if (w->count == 0) {
		snprintf(v->outcome, sizeof(v->outcome), "there is no line yet");
		return;
	}
	/* From what was found there, as long as it is on the screen; else from the edge of the screen that comes first. */
	if (v->found >= 0 && at < w->count && w->lines[at].n == v->found && logview_sees(v, at))
		v->search_at = v->found + (s->up ? -1 : 1);
	else
		v->search_at = w->lines[s->up ? last_seen(v) : v->top].n;
	v->search = *s;
	v->search_since_ms = now;
	v->outcome[0] = '\0';
	v->searching = v->search_at >= 0;	/* above the first line there is nothing to ask for */
	if (!v->searching)
		snprintf(v->outcome, sizeof(v->outcome), "not found above: %.160s", s->text);
}

void logview_select(struct logview *v)
{
	const struct logwindow *w = &v->window;
	size_t at = logwindow_find(w, v->found);

	if (w->count == 0)
		return;
	if (v->found < 0 || at >= w->count || w->lines[at].n != v->found || !logview_sees(v, at))
		at = v->top_row > 0 && v->top + 1 < w->count ? v->top + 1 : v->top;
	v->follow = false;
	v->selecting = true;
	v->select_from = v->select_to = w->lines[at].n;
}

void logview_select_move(struct logview *v, int by)
{
	const struct logwindow *w = &v->window;
	size_t at = logwindow_find(w, v->select_to), end_top;
	int end_row;

	if (w->count == 0)
		return;
	if (by < 0)
		at = at > (size_t)-by ? at - (size_t)-by : 0;
	else
		at = at + (size_t)by < w->count ? at + (size_t)by : w->count - 1;
	v->select_to = w->lines[at].n;
	if (at < v->top || (at == v->top && v->top_row > 0)) {
		v->top = at;
		v->top_row = 0;
		return;
	}
	/* Whole, at the foot. */
	end_at(v, at, &end_top, &end_row);
	if (v->top < end_top || (v->top == end_top && v->top_row < end_row)) {
		v->top = end_top;
		v->top_row = end_row;
	}
}

int logview_copy(const struct logview *v, struct buf *out, size_t *ret_lines)
{
	const struct logwindow *w = &v->window;
	int64_t from = v->select_from, to = v->select_to;
	size_t i;
	int r = 0;

	if (!v->selecting)
		from = to = v->found;
	if (from > to) {
		from = v->select_to;
		to = v->select_from;
	}
	*ret_lines = 0;
	i = logwindow_find(w, from);
	if (from < 0 || i >= w->count)
		return ERR_NOTFOUND;
	if (w->lines[i].n != from || to >= w->high)
		return v->selecting ? ERR_TOOBIG : ERR_NOTFOUND;	/* some of them are not here any more */
	for (; r == 0 && i < w->count && w->lines[i].n <= to; i++, (*ret_lines)++) {
		r = logline_copy(out, w->lines[i].text, w->lines[i].len);
		if (r == 0)
			r = buf_putc(out, '\n');
	}
	return r;
}
