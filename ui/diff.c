/* diff: the shortest edit between two lists of lines (E. W. Myers' greedy way), within bounds. See diff.h. */
#include "config.h"

#include "ui/diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { EDITS_MAX = 800, STEPS_MAX = 4000000 };

struct line {
	const char *text;
	size_t len;		/* its line break included */
	uint32_t hash;
};

struct lines {
	struct line *items;	/* own */
	size_t count;
};

static int split(const char *text, size_t len, struct lines *ret)
{
	size_t at, n = 1;

	for (at = 0; at < len; at++)
		n += text[at] == '\n';
	*ret = (struct lines){ .items = calloc(n, sizeof(*ret->items)) };
	if (!ret->items)
		return ERR_NOMEM;
	for (at = 0; at < len;) {
		struct line *l = &ret->items[ret->count++];
		const char *end = memchr(text + at, '\n', len - at);
		size_t i;

		*l = (struct line){ .text = text + at, .len = end ? (size_t)(end - text) + 1 - at : len - at, .hash = 2166136261U };
		for (i = 0; i < l->len; i++)
			l->hash = (l->hash ^ (unsigned char)l->text[i]) * 16777619U;
		at += l->len;
	}
	return 0;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->hash == b->hash && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void put(struct diff *d, enum diff_kind kind, const struct lines *of, size_t i)
{
	const struct line *l = &of->items[i];
	bool open = l->text[l->len - 1] != '\n';

	d->lines[d->count++] = (struct diff_line){ .kind = kind, .open = open, .text = l->text, .len = l->len - !open, .number = i + 1 };
	d->added += kind == DIFF_NEW;
	d->removed += kind == DIFF_GONE;
}

/* What differs, between a common head and a common tail: lines from..old_to of the old text, from..new_to of the new one. */
struct middle {
	const struct lines *old, *new;
	size_t from, old_to, new_to;
};

/*
 * trace[d] has, for each diagonal from -d to d, how far into the old lines d edits reach. Returns the number of edits that reach the end, or -1
 * when the bounds are met (or there is no memory: the answer is coarser, and right all the same).
 */
static int search(const struct middle *m, int **trace)
{
	int n = (int)(m->old_to - m->from), k_new = (int)(m->new_to - m->from), d, k;
	long steps = 0;

	for (d = 0; d <= EDITS_MAX && d <= n + k_new; d++) {
		const int *before = d > 0 ? trace[d - 1] + (d - 1) : NULL;
		int *now = trace[d] = malloc((size_t)(2 * d + 1) * sizeof(**trace));

		if (!now)
			return -1;
		now += d;
		for (k = -d; k <= d; k += 2) {
			int x = d == 0 ? 0 : k == -d || (k != d && before[k - 1] < before[k + 1]) ? before[k + 1] : before[k - 1] + 1, y;

			for (y = x - k; x < n && y >= 0 && y < k_new && same(&m->old->items[m->from + (size_t)x], &m->new->items[m->from + (size_t)y]); x++, y++)
				if (++steps > STEPS_MAX)
					return -1;
			now[k] = x;
			if (x >= n && y >= k_new)
				return d;
		}
		steps += d;
	}
	return -1;
}

/* Walks back from the end: which kind each step is, in reverse order. */
static size_t walk_back(const struct middle *m, int **trace, int edits, unsigned char *kinds)
{
	int x = (int)(m->old_to - m->from), y = (int)(m->new_to - m->from), d;
	size_t n = 0;

	for (d = edits; d > 0; d--) {
		const int *before = trace[d - 1] + (d - 1);
		int k = x - y, from_k = k == -d || (k != d && before[k - 1] < before[k + 1]) ? k + 1 : k - 1, from_x = before[from_k], from_y = from_x - from_k;

		while (x > from_x && y > from_y) {
			kinds[n++] = DIFF_SAME;
			x--;
			y--;
		}
		kinds[n++] = from_k == k + 1 ? DIFF_NEW : DIFF_GONE;
		x = from_x;
		y = from_y;
	}
	for (; x > 0; x--)
		kinds[n++] = DIFF_SAME;
	return n;
}

static void put_coarse(const struct middle *m, struct diff *ret)
{
	size_t i;

	for (i = m->from; i < m->old_to; i++)
		put(ret, DIFF_GONE, m->old, i);
	for (i = m->from; i < m->new_to; i++)
		put(ret, DIFF_NEW, m->new, i);
	ret->coarse = true;
}

static int put_middle(const struct middle *m, struct diff *ret)
{
	int **trace = calloc(EDITS_MAX + 1, sizeof(*trace)), edits, i;
	unsigned char *kinds = malloc(m->old_to + m->new_to + 1);
	size_t n, o = m->from, w = m->from;

	if (!trace || !kinds) {
		free(trace);
		free(kinds);
		return ERR_NOMEM;
	}
	edits = search(m, trace);
	if (edits < 0) {
		put_coarse(m, ret);
	} else {
		for (n = walk_back(m, trace, edits, kinds); n > 0; n--) {
			if (kinds[n - 1] == DIFF_GONE) {
				put(ret, DIFF_GONE, m->old, o++);
			} else {
				put(ret, (enum diff_kind)kinds[n - 1], m->new, w++);
				o += kinds[n - 1] == DIFF_SAME;
			}
		}
	}
	for (i = 0; i <= EDITS_MAX; i++)
		free(trace[i]);
	free(trace);
	free(kinds);
	return 0;
}

int diff_texts(const char *old, size_t old_len, const char *new, size_t new_len, struct diff *ret)
{
	struct lines a = { 0 }, b = { 0 };
	struct middle m = { .old = &a, .new = &b };
	size_t i;
	int r;

	*ret = (struct diff){ 0 };
	r = split(old, old_len, &a);
	if (r == 0)
		r = split(new, new_len, &b);
	if (r == 0 && !(ret->lines = calloc(a.count + b.count + 1, sizeof(*ret->lines))))
		r = ERR_NOMEM;
	if (r == 0) {
		while (m.from < a.count && m.from < b.count && same(&a.items[m.from], &b.items[m.from]))
			m.from++;
		m.old_to = a.count;
		m.new_to = b.count;
		while (m.old_to > m.from && m.new_to > m.from && same(&a.items[m.old_to - 1], &b.items[m.new_to - 1])) {
			m.old_to--;
			m.new_to--;
		}
		for (i = 0; i < m.from; i++)
			put(ret, DIFF_SAME, &b, i);
		r = put_middle(&m, ret);
		for (i = m.new_to; r == 0 && i < b.count; i++)
			put(ret, DIFF_SAME, &b, i);
	}
	free(a.items);
	free(b.items);
	if (r != 0)
		diff_release(ret);
	return r;
}

void diff_release(struct diff *d)
{
	free(d->lines);
	*d = (struct diff){ 0 };
}
