/* model_ended: see model_ended.h. */
#include "config.h"

#include "core/model_ended.h"

#include <stdlib.h>
#include <string.h>

static bool goes_before(const struct model_action *a, const struct model_action *b)
{
	return a->ended_wall_ms != b->ended_wall_ms ? a->ended_wall_ms < b->ended_wall_ms : a->id < b->id;
}

/* Where a stands, or would. */
static size_t place_of(const struct model *m, const struct model_action *a)
{
	size_t low = 0, high = m->ended_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (goes_before(m->ended[middle], a))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What it holds in memory that may be long. */
static size_t weight(const struct model_action *a)
{
	const char *const texts[] = { a->body, a->body_base64, a->body_hex, a->plain, a->text, a->reason, a->original, a->result };
	size_t i, n = sizeof(*a);

	for (i = 0; i < ARRAY_LEN(texts); i++)
		n += texts[i] ? strlen(texts[i]) : 0;
	return n;
}

int model_ended_add(struct model *m, struct model_action *a)
{
	size_t i;

	if (m->ended_count == m->ended_cap) {
		size_t more = m->ended_cap ? m->ended_cap * 2 : 256;
		struct model_action **grown = realloc(m->ended, more * sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		m->ended = grown;
		m->ended_cap = more;
	}
	i = place_of(m, a);
	memmove(m->ended + i + 1, m->ended + i, (m->ended_count++ - i) * sizeof(*m->ended));
	m->ended[i] = a;
	a->weight = weight(a);
	m->ended_bytes += a->weight;
	return 0;
}

void model_ended_remove(struct model *m, const struct model_action *a)
{
	size_t i = place_of(m, a);

	if (i == m->ended_count || m->ended[i] != a)
		return;
	m->ended_bytes -= a->weight;
	memmove(m->ended + i, m->ended + i + 1, (--m->ended_count - i) * sizeof(*m->ended));
}

void model_ended_clear(struct model *m)
{
	m->ended_count = m->ended_bytes = 0;
}

struct model_action *model_ended_surplus(const struct model *m)
{
	size_t i;

	if (m->ended_count <= MODEL_ENDED && m->ended_bytes <= MODEL_ENDED_BYTES)
		return NULL;
	for (i = 0; i < m->ended_count; i++)
		if (!m->ended[i]->needs_person && m->ended[i]->id != m->kept)
			return m->ended[i];
	return NULL;
}

void model_ended_count(struct model *m, const struct model_action *a)
{
	m->tally.expired += strcmp(a->state, "expired") == 0;
	m->tally.gave_up += strcmp(a->state, "withdrawn") == 0;
	m->tally.by_rule += strcmp(a->decided_kind, "rule") == 0 || strcmp(a->decided_kind, "alike") == 0;
}
