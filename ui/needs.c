/* needs: see needs.h. */
#include "config.h"

#include "ui/needs.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a; the end of a text counts too, so that "ab", "c" is not "a", "bc". */
static uint64_t mix(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	} while (*text++);
	return hash;
}

uint64_t needs_hash(const char *name)
{
	return mix(0xcbf29ce484222325u, name);
}

uint64_t needs_likeness(const struct model_action *a)
{
	uint64_t hash = mix(mix(mix(mix(needs_hash(a->agent), a->session), a->kind), a->class), a->state);
	size_t i;

	for (i = 0; i < MODEL_RISKS && a->risks[i]; i++)
		hash = mix(hash, a->risks[i]);
	return hash;
}

/* Not by their hashes: what is decided together must not hang on those. */
bool needs_alike(const struct model_action *a, const struct model_action *b)
{
	size_t i;

	if (strcmp(a->agent, b->agent) != 0 || strcmp(a->session, b->session) != 0 || strcmp(a->kind, b->kind) != 0 || strcmp(a->class, b->class) != 0 ||
	    strcmp(a->state, b->state) != 0)
		return false;
	for (i = 0; i < MODEL_RISKS && a->risks[i] && b->risks[i]; i++)
		if (strcmp(a->risks[i], b->risks[i]) != 0)
			return false;
	return i == MODEL_RISKS || (!a->risks[i] && !b->risks[i]);
}

bool needs_floods(const struct model_agent *a)
{
	return !a->stopped_by[0] && (strcmp(a->at_cap, "per-minute") == 0 || strcmp(a->at_cap, "waiting") == 0 || strcmp(a->at_cap, "reads-per-minute") == 0);
}

bool needs_at_cap(const struct model_agent *a)
{
	return a->at_cap[0] && !needs_floods(a) && !a->stopped_by[0];
}

bool needs_stream_down(const struct model *m, const struct model_session *s, int64_t now_wall_ms)
{
	/* While MIOSA itself does not answer, that is said once, and not for each session. */
	return !s->live && m->gate.live && s->agent[0] && s->not_live_since_wall_ms > 0 && now_wall_ms - s->not_live_since_wall_ms >= NEEDS_STREAM_MS;
}

void needs_init(struct needs *n)
{
	*n = (struct needs){ .first_out_boot_ms = INT64_MAX };
}

void needs_release(struct needs *n)
{
	free(n->items);
	free(n->rows);
	free(n->table);
	needs_init(n);
}

static bool grow(void *list, size_t *cap, size_t count, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *grown;

	if (count < *cap)
		return true;
	grown = realloc(*(void **)list, more * size);
	if (!grown)
		return false;
	*(void **)list = grown;
	*cap = more;
	return true;
}

static bool add(struct needs *n, const struct need *one)
{
	if (!grow(&n->items, &n->cap, n->count, sizeof(*n->items)))
		return false;
	n->items[n->count++] = *one;
	return true;
}

static bool add_row(struct needs *n, size_t first)
{
	if (!grow(&n->rows, &n->row_cap, n->row_count, sizeof(*n->rows)))
		return false;
	n->rows[n->row_count++] = (struct need_row){ .first = first, .count = 1 };
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(const char *text, const char *what)
{
	size_t i;

	for (; *text; text++) {
		for (i = 0; what[i] && lower(text[i]) == lower(what[i]); i++)
			;
		if (!what[i])
			return true;
	}
	return !what[0];
}

static bool matches(const char *filter, const char *const *texts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (contains(texts[i], filter))
			return true;
	return !filter[0];
}

/* Listed, or left out by the filter. */
static bool admit(struct needs *n, const struct need *one, bool selected, const char *filter, const char *const *texts, size_t count)
{
	if (selected || !filter[0] || matches(filter, texts, count))
		return add(n, one);
	n->hidden++;
	n->hidden_risky += one->risky;
	return true;
}

static bool add_actions(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	size_t i;

	for (i = 0; i < m->action_count; i++) {
		const struct model_action *a = m->actions[i];
		const char *texts[] = { a->agent, a->session_name, a->kind, a->summary, a->result };
		struct need one = { .kind = NEED_ACTION, .index = i, .id = a->id, .next = NEEDS_NONE };

		if (!a->needs_person && a->id != s->selected)
			continue;
		one.held = model_is_held(a);
		one.risky = one.held && model_is_risky(a);
		one.agent = needs_hash(a->agent);
		one.like = needs_likeness(a);
		/* A fault came when it ended. */
		one.since_wall_ms = !one.held && a->needs_person && a->ended_wall_ms ? a->ended_wall_ms : a->arrived_wall_ms;
		if (a->id == s->selected && s->selected_since_wall_ms)
			one.since_wall_ms = s->selected_since_wall_ms;
		one.expires_boot_ms = a->expires_boot_ms;
		n->held += one.held;
		n->risky += one.risky;
		n->faults += a->needs_person && !one.held;
		if (one.held && a->expires_boot_ms < n->first_out_boot_ms)
			n->first_out_boot_ms = a->expires_boot_ms;
		if (!admit(n, &one, a->id == s->selected, s->filter, texts, 5))
			return false;
	}
	return true;
}

/* What belongs to an action that stands in the list has no row of its own but while it is selected. */
static bool add_approvals(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	size_t i;

	for (i = 0; i < m->approval_count; i++) {
		const struct model_approval *p = m->approvals[i];
		const struct model_action *a = p->action ? model_find_action(m, p->action) : NULL;
		const char *texts[] = { p->id, p->capability, p->principal, p->fingerprint };
		struct need one = { .kind = NEED_APPROVAL, .index = i, .next = NEEDS_NONE, .since_wall_ms = INT64_MAX, .risky = !p->action };
		bool selected = strcmp(p->id, s->approval) == 0, open = model_is_pending(p) && (!a || !a->needs_person);

		n->approvals += open;
		if ((open || selected) && !admit(n, &one, selected, s->filter, texts, 4))
			return false;
	}
	return true;
}

static bool add_streams(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	size_t i;

	for (i = 0; i < m->session_count; i++) {
		const struct model_session *x = m->sessions[i];
		const char *texts[] = { x->id, x->name, x->agent };
		struct need one = { .kind = NEED_STREAM, .index = i, .next = NEEDS_NONE, .since_wall_ms = x->not_live_since_wall_ms };
		bool down = needs_stream_down(m, x, s->now_wall_ms);

		n->streams += down;
		if (down && !admit(n, &one, strcmp(x->id, s->session) == 0, s->filter, texts, 3))
			return false;
	}
	return true;
}

static int by_arrival(const void *left, const void *right)
{
	const struct need *a = left, *b = right;

	if (a->since_wall_ms != b->since_wall_ms)
		return a->since_wall_ms < b->since_wall_ms ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void sort(struct needs *n)
{
	size_t i;

	for (i = 1; i < n->count && by_arrival(&n->items[i - 1], &n->items[i]) < 0; i++)
		;
	if (i < n->count)
		qsort(n->items, n->count, sizeof(*n->items), by_arrival);
}

/* The first of each likeness, in a table of open places; NEEDS_NONE is a free one. */
static size_t *place_of(const struct needs *n, uint64_t like)
{
	size_t mask = n->table_cap - 1, i = (size_t)(like ^ like >> 32) & mask;

	while (n->table[i] != NEEDS_NONE && n->items[n->table[i]].like != like)
		i = (i + 1) & mask;
	return &n->table[i];
}

static bool make_table(struct needs *n)
{
	size_t cap = 64, i;

	while (cap < n->count * 2)
		cap *= 2;
	if (cap > n->table_cap) {
		free(n->table);
		n->table = malloc(cap * sizeof(*n->table));
		n->table_cap = n->table ? cap : 0;
	}
	for (i = 0; i < n->table_cap; i++)
		n->table[i] = NEEDS_NONE;
	return n->table != NULL;
}

static bool is_open(const struct needs_spec *s, uint64_t like)
{
	size_t i;

	for (i = 0; i < s->open_count; i++)
		if (s->open[i] == like)
			return true;
	return false;
}

/* Rows of what there is: chains of what is alike, and each that is no more than NEEDS_FOLD long taken apart again. */
static bool make_rows(struct needs *n, const struct needs_spec *s)
{
	size_t i, *place, *counts, *last;
	bool ok = true;

	if (n->count == 0)
		return true;
	counts = calloc(n->count, 2 * sizeof(*counts));
	if (!counts || !make_table(n)) {
		free(counts);
		return false;
	}
	last = counts + n->count;
	for (i = 0; i < n->count; i++) {
		if (n->items[i].kind != NEED_ACTION)
			continue;
		place = place_of(n, n->items[i].like);
		if (*place == NEEDS_NONE)
			*place = i;
		counts[*place]++;
	}
	for (i = 0; i < n->count && ok; i++) {
		size_t first = n->items[i].kind == NEED_ACTION ? *place_of(n, n->items[i].like) : i;
		bool folded = counts[first] > NEEDS_FOLD && !is_open(s, n->items[i].like);

		if (!folded) {
			ok = add_row(n, i);
		} else if (first == i) {
			ok = add_row(n, i);
			last[first] = i;
			if (ok) {
				n->rows[n->row_count - 1].folded = true;
				n->rows[n->row_count - 1].count = counts[first];
			}
		} else {
			n->items[last[first]].next = i;
			last[first] = i;
		}
	}
	free(counts);
	return ok;
}

/* Whoever floods and has a row of many alike is told of there. */
static bool has_fold(const struct needs *n, size_t rows, uint64_t agent)
{
	size_t i;

	for (i = 0; i < rows; i++)
		if (n->rows[i].folded && n->items[n->rows[i].first].agent == agent)
			return true;
	return false;
}

/* Behind all that has a time: since when an agent is at its cap nobody says. */
static bool add_agents(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	size_t i, rows = n->row_count;
	bool ok = true;

	for (i = 0; i < m->agent_count && ok; i++) {
		const struct model_agent *a = m->agents[i];
		const char *texts[] = { a->name, a->session, a->at_cap };
		struct need one = { .kind = NEED_AGENT, .index = i, .next = NEEDS_NONE, .agent = needs_hash(a->name), .since_wall_ms = INT64_MAX };
		size_t before = n->count;

		if (!needs_at_cap(a) && !needs_floods(a))
			continue;
		n->agents++;
		if (needs_floods(a) && has_fold(n, rows, one.agent))
			continue;
		ok = admit(n, &one, strcmp(a->name, s->agent) == 0, s->filter, texts, 3);
		if (ok && n->count > before)
			ok = add_row(n, before);
	}
	return ok;
}

bool needs_make(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	bool ok;

	n->count = n->row_count = 0;
	n->held = n->risky = n->faults = n->approvals = n->agents = n->streams = 0;
	n->hidden = n->hidden_risky = 0;
	n->first_out_boot_ms = INT64_MAX;
	ok = add_actions(n, m, s) && add_approvals(n, m, s) && add_streams(n, m, s);
	sort(n);
	return make_rows(n, s) && ok && add_agents(n, m, s);
}

size_t needs_row_of(const struct needs *n, enum need_kind kind, size_t index)
{
	size_t row, i;

	for (row = 0; row < n->row_count; row++)
		for (i = n->rows[row].first; i != NEEDS_NONE; i = n->items[i].next)
			if (n->items[i].kind == kind && n->items[i].index == index)
				return row;
	return NEEDS_NONE;
}

size_t needs_row_of_action(const struct needs *n, int64_t id)
{
	size_t row, i;

	for (row = 0; row < n->row_count; row++)
		for (i = n->rows[row].first; i != NEEDS_NONE; i = n->items[i].next)
			if (n->items[i].kind == NEED_ACTION && n->items[i].id == id)
				return row;
	return NEEDS_NONE;
}

size_t needs_in_rows(const struct needs *n, size_t begin, size_t end, size_t *ret_risky)
{
	size_t row, i, count = 0;

	*ret_risky = 0;
	for (row = begin; row < end && row < n->row_count; row++) {
		count += n->rows[row].count;
		for (i = n->rows[row].first; i != NEEDS_NONE; i = n->items[i].next)
			*ret_risky += n->items[i].risky;
	}
	return count;
}

bool needs_is_urgent(const struct need *x, int64_t now)
{
	return x->kind == NEED_ACTION && x->held && x->expires_boot_ms - now <= NEEDS_URGENT_MS;
}

struct rank { int urgent, risky; int64_t turn; bool again; };

static bool goes_before(const struct rank *a, const struct rank *b)
{
	if (a->urgent != b->urgent)
		return a->urgent > b->urgent;
	if (a->risky != b->risky)
		return a->risky > b->risky;
	if (a->turn != b->turn)
		return a->turn < b->turn;
	return a->again < b->again;	/* the oldest stands first in the list */
}

int64_t needs_next(const struct needs *n, struct needs_turns *t, int64_t selected, const int64_t *read, size_t read_count, int64_t now)
{
	const struct need *best = NULL;
	struct rank of_best = { 0 };
	size_t i, k;

	for (i = 0; i < n->count; i++) {
		const struct need *x = &n->items[i];
		struct rank rank = { .urgent = needs_is_urgent(x, now), .risky = x->risky };

		if (x->kind != NEED_ACTION || !x->held || x->id == selected)
			continue;
		for (k = 0; k < read_count && read[k] != x->id; k++)
			;
		if (k < read_count)
			continue;
		k = x->agent % NEEDS_TURNS;
		rank.turn = t->list[k].turn;
		rank.again = x->id <= t->list[k].id;	/* of one agent: those behind the last one first */
		if (!best || goes_before(&rank, &of_best)) {
			best = x;
			of_best = rank;
		}
	}
	if (!best)
		return 0;
	t->list[best->agent % NEEDS_TURNS].turn = ++t->turn;
	t->list[best->agent % NEEDS_TURNS].id = best->id;
	return best->id;
}
