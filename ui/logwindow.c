/* logwindow: see logwindow.h. */
#include "config.h"

#include "ui/logwindow.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static void release_line(struct log_line *l)
{
	free(l->stream);
	free(l->session);
	free(l->text);
}

void log_lines_free(struct log_line *lines, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		release_line(&lines[i]);
	free(lines);
}

void log_page_release(struct log_page *p)
{
	log_lines_free(p->lines, p->count);
	*p = (struct log_page){ .next = -1 };
}

static char *take(const struct json_doc *d, int v, size_t *ret_len)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	if (ret_len)
		*ret_len = b.len;
	return buf_take(&b);
}

static bool read_line(const struct json_doc *d, int v, struct log_line *l)
{
	*l = (struct log_line){ 0 };
	json_int(d, json_get(d, v, "n"), &l->n);
	json_int(d, json_get(d, v, "wall_ms"), &l->wall_ms);
	l->stream = take(d, json_get(d, v, "stream"), NULL);
	l->session = take(d, json_get(d, v, "session"), NULL);
	l->text = take(d, json_get(d, v, "text"), &l->len);
	return l->stream && l->session && l->text;
}

/* Upwards they may come the other way round. */
static int by_number(const void *a, const void *b)
{
	const struct log_line *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

int log_page_read(const char *json, size_t len, struct log_page *ret, struct err *e)
{
	struct json_doc d;
	int root, list, v, r = json_parse(json, len, &d, e);

	*ret = (struct log_page){ .next = -1 };
	if (r < 0)
		return r;
	root = json_root(&d);
	list = json_get(&d, root, "lines");
	if (json_type(&d, list) != JSON_ARRAY) {
		json_release(&d);
		return err_set(e, ERR_INVALID, "that is no part of a log");
	}
	json_int(&d, json_get(&d, root, "from"), &ret->from);
	json_int(&d, json_get(&d, root, "first"), &ret->first);
	json_int(&d, json_get(&d, root, "total"), &ret->total);
	json_int(&d, json_get(&d, root, "next"), &ret->next);
	ret->lines = calloc((size_t)json_size(&d, list) + 1, sizeof(*ret->lines));
	for (v = ret->lines ? json_first(&d, list) : JSON_NONE; v != JSON_NONE; v = json_next(&d, v))
		if (!read_line(&d, v, &ret->lines[ret->count++]))
			break;
	json_release(&d);
	if (!ret->lines || v != JSON_NONE) {
		log_page_release(ret);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	qsort(ret->lines, ret->count, sizeof(*ret->lines), by_number);
	return 0;
}

void logwindow_reset(struct logwindow *w, int64_t at)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		release_line(&w->lines[i]);
	w->count = w->bytes = 0;
	w->low = w->high = at;
}

void logwindow_release(struct logwindow *w)
{
	logwindow_reset(w, 0);
	free(w->lines);
	*w = (struct logwindow){ 0 };
}

static bool make_room(struct logwindow *w, size_t more)
{
	size_t cap = w->cap ? w->cap : 256;
	struct log_line *grown;

	while (cap < w->count + more)
		cap *= 2;
	if (cap == w->cap)
		return true;
	grown = realloc(w->lines, cap * sizeof(*grown));
	if (!grown)
		return false;
	w->lines = grown;
	w->cap = cap;
	return true;
}

size_t logwindow_put(struct logwindow *w, struct log_page *p, int64_t low, int64_t high)
{
	bool before = high == w->low && low < w->low, behind = low == w->high;
	size_t i, n = 0, at;

	if ((!before && !behind) || !make_room(w, p->count))
		return 0;	/* it is asked for again */
	/* What is not of these numbers nobody asked for. */
	for (i = 0; i < p->count; i++) {
		if (p->lines[i].n < low || p->lines[i].n >= high || (n > 0 && p->lines[i].n == p->lines[n - 1].n))
			release_line(&p->lines[i]);
		else
			p->lines[n++] = p->lines[i];
	}
	p->count = 0;
	at = before ? 0 : w->count;
	memmove(w->lines + at + n, w->lines + at, (w->count - at) * sizeof(*w->lines));
	if (n > 0)
		memcpy(w->lines + at, p->lines, n * sizeof(*w->lines));
	w->count += n;
	for (i = at; i < at + n; i++)
		w->bytes += w->lines[i].len;
	if (before)
		w->low = low;
	else
		w->high = high;
	return before ? n : 0;
}

static size_t bytes_of(const struct logwindow *w, size_t from, size_t to)
{
	size_t bytes = 0;

	for (; from < to; from++)
		bytes += w->lines[from].len;
	return bytes;
}

static void drop_front(struct logwindow *w, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		release_line(&w->lines[i]);
	memmove(w->lines, w->lines + n, (w->count - n) * sizeof(*w->lines));
	w->count -= n;
	w->low = w->count > 0 ? w->lines[0].n : w->high;
}

size_t logwindow_trim(struct logwindow *w, size_t here)
{
	size_t front_bytes, back_bytes, front = 0;

	if (w->count <= LOGWINDOW_LINES_MAX && w->bytes <= LOGWINDOW_BYTES_MAX)
		return 0;
	front_bytes = bytes_of(w, 0, here);
	back_bytes = bytes_of(w, here, w->count);
	while (w->count - front > 1 && (w->count - front > LOGWINDOW_LINES_MAX || w->bytes > LOGWINDOW_BYTES_MAX)) {
		bool lines = w->count - front > LOGWINDOW_LINES_MAX;
		bool from_front = here > front && (lines ? here - front > w->count - here : front_bytes > back_bytes);

		if (from_front) {
			front_bytes -= w->lines[front].len;
			w->bytes -= w->lines[front++].len;
		} else {
			struct log_line *last = &w->lines[--w->count];

			w->high = last->n;
			back_bytes -= last->len;
			w->bytes -= last->len;
			release_line(last);
		}
	}
	if (front > 0)
		drop_front(w, front);
	return front;
}

size_t logwindow_find(const struct logwindow *w, int64_t n)
{
	size_t low = 0, high = w->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->lines[middle].n < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
