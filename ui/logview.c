/* logview: what is asked of the gate, and what its answers mean. See logview.h; moving about is logmove.c. */
#include "config.h"

#include "ui/logview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/httpmsg.h"

enum { PAGE = 200, AHEAD_LINES = 300, AHEAD_BYTES = 2 * 1024 * 1024, FAR = 2 * PAGE, AGAIN_MS = 500 };

void logview_init(struct logview *v)
{
	*v = (struct logview){ .filter.streams = LOG_ALL, .follow = true, .stamps = true, .wrap = true, .goal = -1, .found = -1 };
}

void logview_release(struct logview *v)
{
	logwindow_release(&v->window);
}

/* Another filter or another place: what is there goes, and answers to come are of the past. */
static void begin_anew(struct logview *v, int64_t at)
{
	logwindow_reset(&v->window, at);
	v->epoch++;
	v->top = 0;
	v->top_row = 0;
	v->placed = false;
	v->goal = -1;
	v->goal_rows = 0;
	v->not_before_ms = 0;
	v->error[0] = '\0';
}

void logview_open(struct logview *v, const char *session)
{
	begin_anew(v, 0);
	snprintf(v->filter.session, sizeof(v->filter.session), "%s", session);
	v->window.first = v->window.total = v->known = 0;
	v->follow = true;
	v->found = -1;
	v->searching = v->selecting = false;
}

/* The same place, as far as it is among the lines that now count. */
static void refilter(struct logview *v)
{
	int64_t at = v->top < v->window.count ? v->window.lines[v->top].n : -1;

	v->searching = v->selecting = false;
	begin_anew(v, v->follow || at < 0 ? 0 : at);
	if (!v->follow && at >= 0)
		v->goal = at;
	else
		v->follow = true;
}

void logview_set_streams(struct logview *v, unsigned int streams)
{
	v->filter.streams = streams;
	refilter(v);
}

void logview_set_only(struct logview *v, const char *ids)
{
	snprintf(v->filter.only, sizeof(v->filter.only), "%s", ids);
	refilter(v);
}

void logview_tell(struct logview *v, int64_t lines)
{
	if (lines != v->known)
		v->grew = true;
	v->known = lines;
}

void logview_again(struct logview *v)
{
	v->not_before_ms = 0;
	v->grew = true;
}

/* ---- what is asked ---- */

static void put_word(struct buf *path, const char *key, const char *text)
{
	buf_printf(path, "&%s=", key);
	http_encode(path, text, strlen(text), false);
}

static void put_streams(const struct log_filter *f, struct buf *path)
{
	static const char *const names[] = { "out", "err", "log", "event", "gap" };
	const char *before = "&stream=";
	size_t i;

	if (f->streams == LOG_ALL)
		return;
	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (f->streams & (1u << i)) {
			buf_printf(path, "%s%s", before, names[i]);
			before = ",";
		}
	}
}

void log_filter_path(const struct log_filter *f, const struct log_search *s, int64_t from, int64_t n, bool up, struct buf *path)
{
	if (f->session[0]) {
		buf_puts(path, "/v1/sessions/");
		http_encode(path, f->session, strlen(f->session), false);
		buf_puts(path, "/log");
	} else {
		buf_puts(path, "/v1/log");
	}
	buf_printf(path, "?from=%lld&n=%lld", (long long)from, (long long)n);
	if (!f->session[0] && f->only[0])
		put_word(path, "session", f->only);
	put_streams(f, path);
	if (up)
		buf_puts(path, "&dir=up");
	if (!s)
		return;
	put_word(path, "match", s->text);
	if (s->regex)
		buf_puts(path, "&regex=1");
	if (s->any_case)
		buf_puts(path, "&case=0");
}

static bool enough(const struct logview *v, size_t from, size_t to)
{
	size_t bytes = 0, i;

	for (i = from; i < to && i - from < AHEAD_LINES; i++)
		bytes += v->window.lines[i].len;
	return i - from >= AHEAD_LINES || bytes >= AHEAD_BYTES;
}

static bool is_more_below(const struct logview *v)
{
	const struct logwindow *w = &v->window;

	return v->grew || w->high < w->total || (v->filter.session[0] && w->high < v->known);
}

/* Which lines are missing most; false when none are. */
static bool choose_lines(struct logview *v)
{
	struct logwindow *w = &v->window;
	struct log_asked *a = &v->asked[LOG_ASK_LINES];
	bool one = v->filter.session[0];

	a->up = a->end = false;
	if (v->filter.streams == 0)
		return false;	/* nothing passes */
	/* Far behind: its end alone is wanted. */
	if (v->follow && (!v->placed || (one && v->known - w->high > FAR) || w->total - w->high > FAR)) {
		a->up = a->end = true;
		return true;
	}
	if (is_more_below(v) && (v->follow || !enough(v, v->top, w->count))) {
		a->low = w->high;
		return true;
	}
	if (v->placed && w->low > w->first && !enough(v, 0, v->top)) {
		a->up = true;
		a->high = w->low;
		return true;
	}
	return false;
}

bool logview_ask(struct logview *v, enum log_ask what, int64_t now, struct buf *path)
{
	struct log_asked *a = &v->asked[what];

	if (a->open || now < v->not_before_ms)
		return false;
	if (what == LOG_ASK_SEARCH) {
		if (!v->searching)
			return false;
		log_filter_path(&v->filter, &v->search, v->search_at, 1, v->search.up, path);
	} else {
		if (!choose_lines(v))
			return false;
		log_filter_path(&v->filter, NULL, a->end ? -1 : a->up ? a->high - 1 : a->low, PAGE, a->up, path);
		v->grew = false;
	}
	a->open = true;
	a->epoch = v->epoch;
	a->since_ms = now;
	return true;
}

/* ---- what is answered ---- */

static void failed(struct logview *v, int status, const char *body, size_t len, int64_t now)
{
	struct json_doc d;
	char *message = NULL;

	if (status > 0 && json_parse(body, len, &d, NULL) == 0) {
		message = json_strdup(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "message"));
		json_release(&d);
	}
	snprintf(v->error, sizeof(v->error), "%.200s", message ? message : status > 0 ? "the gate refuses to tell its log" : body);
	free(message);
	v->not_before_ms = now + AGAIN_MS;
	v->grew = true;
}

/* From where to where all is known by this answer: up to where it says one has to go on. */
static void bounds(const struct logview *v, const struct log_page *p, int64_t *low, int64_t *high)
{
	const struct log_asked *a = &v->asked[LOG_ASK_LINES];

	if (a->up) {
		*high = a->end ? p->total : a->high;
		*low = p->next >= 0 ? p->next + 1 : p->first;
	} else {
		*low = a->low;
		*high = p->next >= 0 ? p->next : p->total;
	}
	if (*high < *low)
		*high = *low;
}

static void take_lines(struct logview *v, struct log_page *p, int64_t now)
{
	struct logwindow *w = &v->window;
	const struct log_asked *a = &v->asked[LOG_ASK_LINES];
	int64_t low, high, was_low = w->low, was_high = w->high;
	size_t before;

	/* Fewer than there were: it is another log under the same name. */
	if (p->total < w->total) {
		begin_anew(v, 0);
		v->follow = true;
	}
	w->first = p->first;
	w->total = p->total;
	if (a->epoch != v->epoch)
		return;
	bounds(v, p, &low, &high);
	if (a->end) {
		logwindow_reset(w, high);
		v->top = 0;
		v->top_row = 0;
	}
	before = logwindow_put(w, p, low, high);
	v->top += before;
	/* Nothing new where more was said to be: not asked at once again. */
	if (v->placed && w->low == was_low && w->high == was_high)
		v->not_before_ms = now + AGAIN_MS;
	v->placed = true;
	before = logwindow_trim(w, v->follow ? w->count : v->top);
	v->top = v->top > before ? v->top - before : 0;
	logview_reach(v);
}

static void take_found(struct logview *v, const struct log_page *p)
{
	size_t at;
	int64_t n;

	v->window.total = p->total > v->window.total ? p->total : v->window.total;
	v->searching = false;
	if (p->count == 0) {
		snprintf(v->outcome, sizeof(v->outcome), "not found %s: %.160s", v->search.up ? "above" : "below", v->search.text);
		return;
	}
	n = v->found = p->lines[0].n;
	v->follow = v->selecting = false;
	at = logwindow_find(&v->window, n);
	if (n < v->window.low || n >= v->window.high || at == v->window.count) {
		begin_anew(v, n);
		v->goal = n;
		v->goal_rows = v->rows / 3;
	} else {
		logview_show(v, at);
	}
}

void logview_answer(struct logview *v, enum log_ask what, int status, const char *body, size_t len, int64_t now)
{
	struct log_asked *a = &v->asked[what];
	struct log_page page;
	struct err e;

	a->open = false;
	if (what == LOG_ASK_SEARCH && (!v->searching || a->epoch != v->epoch))
		return;
	if (status != 200) {
		failed(v, status, body, len, now);
		if (what == LOG_ASK_SEARCH && status > 0) {
			/* A pattern that is none, for one. */
			v->searching = false;
			snprintf(v->outcome, sizeof(v->outcome), "%s", v->error);
			v->error[0] = '\0';
			v->not_before_ms = 0;
		}
		return;
	}
	if (log_page_read(body, len, &page, &e) < 0) {
		snprintf(v->error, sizeof(v->error), "%.200s", e.msg);
		v->not_before_ms = now + AGAIN_MS;
		return;
	}
	v->error[0] = '\0';
	if (what == LOG_ASK_SEARCH)
		take_found(v, &page);
	else
		take_lines(v, &page, now);
	log_page_release(&page);
}
