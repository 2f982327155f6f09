/* model_find: objects of the model by what they are known by, and what is asked of one. See model.h. */
#include "config.h"

#include "core/model_own.h"

#include <string.h>

size_t model_place_of_action(const struct model *m, int64_t id)
{
	size_t low = 0, high = m->action_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->actions[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct model_action *model_find_action(const struct model *m, int64_t id)
{
	size_t i = model_place_of_action(m, id);

	return i < m->action_count && m->actions[i]->id == id ? m->actions[i] : NULL;
}

size_t model_place_of_session(const struct model *m, const char *id)
{
	size_t low = 0, high = m->by_id_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(m->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct model_session *model_find_session(const struct model *m, const char *id)
{
	size_t i = model_place_of_session(m, id);

	return i < m->by_id_count && strcmp(m->by_id[i]->id, id) == 0 ? m->by_id[i] : NULL;
}

struct model_approval *model_find_approval(const struct model *m, const char *id)
{
	size_t i;

	for (i = 0; i < m->approval_count; i++)
		if (strcmp(m->approvals[i]->id, id) == 0)
			return m->approvals[i];
	return NULL;
}

struct model_approval *model_approval_of(const struct model *m, int64_t action)
{
	size_t i;

	for (i = 0; i < m->approval_count; i++)
		if (m->approvals[i]->action == action && model_is_pending(m->approvals[i]))
			return m->approvals[i];
	return NULL;
}

struct model_agent *model_find_agent(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->agent_count; i++)
		if (strcmp(m->agents[i]->name, name) == 0)
			return m->agents[i];
	return NULL;
}

/* MIOSA writes its words down nowhere: what is not known to be over may still wait for a person. */
bool model_is_pending(const struct model_approval *p)
{
	static const char *const over[] = { "approved", "denied", "rejected", "consumed", "expired", "cancelled" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(over); i++)
		if (strcmp(p->status, over[i]) == 0)
			return false;
	return !p->decision[0];
}

bool model_is_held(const struct model_action *a)
{
	return strcmp(a->state, "held") == 0;
}
