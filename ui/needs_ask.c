/* needs_ask: what is asked of the list when it stands. See needs.h. */
#include "config.h"

#include "core/likeness.h"
#include "ui/needs.h"

size_t needs_item_of_action(const struct needs *n, int64_t id)
{
	size_t low = 0, high = n->id_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (n->ids[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n->id_count && n->ids[low].id == id ? n->ids[low].item : NEEDS_NONE;
}

size_t needs_row_of_action(const struct needs *n, int64_t id)
{
	size_t i = needs_item_of_action(n, id);

	return i == NEEDS_NONE ? NEEDS_NONE : n->items[i].row;
}

size_t needs_row_of(const struct needs *n, enum need_kind kind, size_t index)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (n->items[i].kind == kind && n->items[i].index == index)
			return n->items[i].row;
	return NEEDS_NONE;
}

size_t needs_in_rows(const struct needs *n, size_t begin, size_t end, size_t *ret_risky)
{
	size_t above, risky_above, all = end < n->row_count ? n->rows[end].before : n->in_rows, risky = end < n->row_count ? n->rows[end].risky_before : n->risky_in_rows;

	*ret_risky = 0;
	if (begin >= end || begin >= n->row_count)
		return 0;
	above = n->rows[begin].before;
	risky_above = n->rows[begin].risky_before;
	*ret_risky = risky - risky_above;
	return all - above;
}

int needs_questions_of(const struct needs *n, const char *agent, int64_t ret[2])
{
	uint64_t hash = likeness_hash(agent);
	size_t mask = n->agent_cap - 1, i = (size_t)(hash ^ hash >> 32) & mask;

	ret[0] = ret[1] = 0;
	if (n->agent_cap == 0)
		return 0;
	while (n->agent_table[i].used && n->agent_table[i].agent != hash)
		i = (i + 1) & mask;
	if (!n->agent_table[i].used)
		return 0;
	ret[0] = n->agent_table[i].questions[0];
	ret[1] = n->agent_table[i].questions[1];
	return (ret[0] != 0) + (ret[1] != 0);
}

bool needs_is_urgent(const struct need *x, int64_t now)
{
	return x->kind == NEED_ACTION && x->held && x->out_boot_ms - now <= NEEDS_URGENT_MS;
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
