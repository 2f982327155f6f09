/* needs: see needs.h. */
#include "config.h"

#include "ui/needs.h"

#include <stdlib.h>
#include <string.h>

#include "core/likeness.h"

/* Not by their hashes: what is decided together must not hang on those. */
bool needs_alike(const struct model_action *a, const struct model_action *b)
{
	size_t i;

	if (strcmp(a->agent, b->agent) != 0 || strcmp(a->session, b->session) != 0 || strcmp(a->kind, b->kind) != 0 || strcmp(a->class, b->class) != 0 ||
	    strcmp(a->state, b->state) != 0 || model_is_found_risky(a) != model_is_found_risky(b))
		return false;
	for (i = 0; i < MODEL_RISKS && a->risks[i] && b->risks[i]; i++)
		if (strcmp(a->risks[i], b->risks[i]) != 0)
			return false;
	return i == MODEL_RISKS || (!a->risks[i] && !b->risks[i]);
}

bool needs_floods(const struct model_agent *a)
{
	return a->at_cap[0] && !a->stopped_by[0] && (strcmp(a->at_cap, "per-minute") == 0 || strcmp(a->at_cap, "waiting") == 0 || strcmp(a->at_cap, "reads-per-minute") == 0);
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
	free(n->ids);
	free(n->agent_table);
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
	n->items[first].row = n->row_count;
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
static bool admit(struct needs *n, struct need *one, bool selected, const char *filter, const char *const *texts, size_t count)
{
	bool shown = !filter[0] || matches(filter, texts, count);

	one->forced |= selected && !shown;
	if (selected || shown)
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
		one.agent = a->agent_hash;
		one.like = a->likeness;
		/* A fault came when it ended. */
		one.since_wall_ms = !one.held && a->needs_person && a->ended_wall_ms ? a->ended_wall_ms : a->arrived_wall_ms;
		one.forced = !a->needs_person;
		if (a->id == s->selected && s->selected_since_wall_ms) {
			one.forced |= one.since_wall_ms != s->selected_since_wall_ms;
			one.since_wall_ms = s->selected_since_wall_ms;
		}
		one.out_boot_ms = a->out_boot_ms;
		n->held += one.held;
		n->risky += one.risky;
		n->faults += a->needs_person && !one.held;
		if (one.held && a->out_boot_ms < n->first_out_boot_ms)
			n->first_out_boot_ms = a->out_boot_ms;
		one.rank = n->count;
		if (!admit(n, &one, a->id == s->selected, s->filter, texts, 5))
			return false;
	}
	n->id_count = n->count;
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

/* At this time the list becomes another one by itself, or became it. */
static void note_change(struct needs_made *made, int64_t at, int64_t now)
{
	if (at > now && at < made->until_wall_ms)
		made->until_wall_ms = at;
	if (at <= now && at > made->from_wall_ms)
		made->from_wall_ms = at;
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
		if (x->not_live_since_wall_ms > 0)
			note_change(&n->made, x->not_live_since_wall_ms + NEEDS_STREAM_MS, s->now_wall_ms);
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

/* The place of this agent, or the free one where it would stand. */
static struct need_agent *agent_place(const struct needs *n, uint64_t agent)
{
	size_t mask = n->agent_cap - 1, i = (size_t)(agent ^ agent >> 32) & mask;

	while (n->agent_table[i].used && n->agent_table[i].agent != agent)
		i = (i + 1) & mask;
	return &n->agent_table[i];
}

static bool grow_agents(struct needs *n)
{
	struct need_agent *old = n->agent_table;
	size_t cap = n->agent_cap, i;

	n->agent_table = calloc(cap ? cap * 2 : 64, sizeof(*n->agent_table));
	if (!n->agent_table) {
		n->agent_table = old;
		return false;
	}
	n->agent_cap = cap ? cap * 2 : 64;
	for (i = 0; i < cap; i++)
		if (old[i].used)
			*agent_place(n, old[i].agent) = old[i];
	free(old);
	return true;
}

static struct need_agent *agent_of(struct needs *n, uint64_t agent)
{
	struct need_agent *a;

	if (n->agent_used * 2 >= n->agent_cap && !grow_agents(n))
		return NULL;
	a = agent_place(n, agent);
	n->agent_used += !a->used;
	a->used = true;
	a->agent = agent;
	return a;
}

/* What is asked of one action, or of one agent, is there at once. */
static bool make_lookups(struct needs *n)
{
	size_t i;

	if (n->id_count > n->id_cap) {
		struct need_id *grown = realloc(n->ids, n->id_count * sizeof(*grown));

		if (!grown)
			return false;
		n->ids = grown;
		n->id_cap = n->id_count;
	}
	for (i = 0; i < n->count; i++) {
		const struct need *x = &n->items[i];
		struct need_agent *a;

		if (x->kind != NEED_ACTION)
			continue;
		n->ids[x->rank] = (struct need_id){ x->id, i };
		a = agent_of(n, x->agent);
		if (!a)
			return false;
		a->folded |= n->rows[x->row].folded;
		if (x->held && !a->questions[1])
			a->questions[a->questions[0] != 0] = x->id;
	}
	return true;
}

static void count_rows(struct needs *n)
{
	size_t i, k, before = 0, risky = 0;

	for (i = 0; i < n->row_count; i++) {
		struct need_row *row = &n->rows[i];

		row->before = before;
		row->risky_before = risky;
		before += row->count;
		for (k = row->first; k != NEEDS_NONE; k = n->items[k].next)
			risky += n->items[k].risky;
	}
	n->in_rows = before;
	n->risky_in_rows = risky;
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
			n->items[i].row = n->items[first].row;
			n->items[last[first]].next = i;
			last[first] = i;
		}
	}
	free(counts);
	return ok && make_lookups(n);
}

/* Whoever floods and has a row of many alike is told of there. */
static bool has_fold(const struct needs *n, uint64_t agent)
{
	return n->agent_cap > 0 && agent_place(n, agent)->folded;
}

bool needs_has_fold(const struct needs *n, const char *agent)
{
	return has_fold(n, likeness_hash(agent));
}

/* Behind all that has a time: since when an agent is at its cap nobody says. */
static bool add_agents(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	size_t i;
	bool ok = true;

	for (i = 0; i < m->agent_count && ok; i++) {
		const struct model_agent *a = m->agents[i];
		const char *texts[] = { a->name, a->session, a->at_cap };
		struct need one = { .kind = NEED_AGENT, .index = i, .next = NEEDS_NONE, .agent = likeness_hash(a->name), .since_wall_ms = INT64_MAX };
		size_t before = n->count;

		if (!needs_at_cap(a) && !needs_floods(a))
			continue;
		n->agents++;
		if (needs_floods(a) && has_fold(n, one.agent))
			continue;
		ok = admit(n, &one, strcmp(a->name, s->agent) == 0, s->filter, texts, 3);
		if (ok && n->count > before)
			ok = add_row(n, before);
	}
	return ok;
}

static void begin(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	n->count = n->row_count = n->id_count = n->agent_used = n->in_rows = n->risky_in_rows = 0;
	n->held = n->risky = n->faults = n->approvals = n->agents = n->streams = 0;
	n->hidden = n->hidden_risky = 0;
	n->first_out_boot_ms = INT64_MAX;
	if (n->agent_table)
		memset(n->agent_table, 0, n->agent_cap * sizeof(*n->agent_table));
	n->makings++;
	n->made = (struct needs_made){ .changes = m->changes, .selected = s->selected, .selected_since_wall_ms = s->selected_since_wall_ms, .open_count = s->open_count,
				       .from_wall_ms = INT64_MIN, .until_wall_ms = INT64_MAX };
}

static bool keep_text(char room[128], const char *text)
{
	size_t len = strlen(text);

	if (len >= 128)
		return false;
	memcpy(room, text, len + 1);
	return true;
}

bool needs_make(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	struct needs_made *made = &n->made;
	bool ok;

	begin(n, m, s);
	ok = add_actions(n, m, s) && add_approvals(n, m, s) && add_streams(n, m, s);
	sort(n);
	ok = make_rows(n, s) && ok && add_agents(n, m, s);
	count_rows(n);
	made->valid = ok && s->open_count <= NEEDS_OPEN && keep_text(made->approval, s->approval) && keep_text(made->agent, s->agent) &&
		      keep_text(made->session, s->session) && keep_text(made->filter, s->filter);
	if (made->valid && s->open_count > 0)
		memcpy(made->open, s->open, s->open_count * sizeof(*s->open));
	return ok;
}

/* What was forced into the list by being selected has to leave it; and what is selected now may have to be. */
static bool fits_selection(const struct needs *n, const struct needs_spec *s)
{
	const struct needs_made *made = &n->made;
	size_t was = needs_item_of_action(n, made->selected), now = needs_item_of_action(n, s->selected);

	if (strcmp(made->approval, s->approval) != 0 || strcmp(made->agent, s->agent) != 0 || strcmp(made->session, s->session) != 0)
		return false;
	if (made->selected == s->selected && made->selected_since_wall_ms == s->selected_since_wall_ms)
		return true;
	if (was != NEEDS_NONE && n->items[was].forced)
		return false;
	return s->selected == 0 || (now != NEEDS_NONE && (!s->selected_since_wall_ms || n->items[now].since_wall_ms == s->selected_since_wall_ms));
}

bool needs_refresh(struct needs *n, const struct model *m, const struct needs_spec *s)
{
	const struct needs_made *made = &n->made;

	if (made->valid && made->changes == m->changes && strcmp(made->filter, s->filter) == 0 && made->open_count == s->open_count &&
	    (s->open_count == 0 || memcmp(made->open, s->open, s->open_count * sizeof(*s->open)) == 0) && s->now_wall_ms >= made->from_wall_ms &&
	    s->now_wall_ms < made->until_wall_ms && fits_selection(n, s))
		return true;
	return needs_make(n, m, s);
}
