/* model_found: see model_found.h. */
#include "config.h"

#include "core/model_found.h"

#include <stdlib.h>

#include "core/likeness.h"

bool model_is_risky(const struct model_action *a)
{
	return a->risks[0] || model_is_found_risky(a);
}

bool model_is_found_risky(const struct model_action *a)
{
	return a->risky_version != 0 && a->risky_version == a->version;
}

static void set(struct model_action *a, int64_t version)
{
	a->risky_version = version;
	a->likeness = likeness_of(a);
}

void model_found(struct model *m, struct model_action *a, bool risky)
{
	if (model_is_found_risky(a) == risky)
		return;
	set(a, risky ? a->version : 0);
	m->changes++;
}

int model_keep_found(const struct model *m, struct model_kept_found *ret)
{
	size_t i, count = 0;

	*ret = (struct model_kept_found){ 0 };
	for (i = 0; i < m->action_count; i++)
		count += model_is_found_risky(m->actions[i]);
	if (count == 0)
		return 0;
	ret->list = calloc(count, sizeof(*ret->list));
	if (!ret->list)
		return ERR_NOMEM;
	for (i = 0; i < m->action_count; i++)
		if (model_is_found_risky(m->actions[i]))
			ret->list[ret->count++] = (struct model_found_one){ m->actions[i]->id, m->actions[i]->version };
	return 0;
}

void model_restore_found(struct model *m, struct model_kept_found *k)
{
	size_t i;

	for (i = 0; i < k->count; i++) {
		struct model_action *a = model_find_action(m, k->list[i].id);

		if (a)
			set(a, k->list[i].version);
	}
	free(k->list);
	*k = (struct model_kept_found){ 0 };
}
