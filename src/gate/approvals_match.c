/* approvals_match: which action in hand an approval of MIOSA is about. See approvals.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/capability.h"
#include "core/miosa_authority.h"
#include "gate/approvals.h"

/* Hashes are made once: a body may have a MiB. */
struct approval_ways {
	struct approval_ways *next;
	int64_t action;
	int version, count;
	struct capability_way ways[CAPABILITY_WAYS_MAX];
};

static void forget(struct approval_ways **w)
{
	struct approval_ways *gone = *w;

	*w = gone->next;
	free(gone);
}

void approval_ways_free(struct approval_ways **list)
{
	while (*list)
		forget(list);
}

/* What has ended, or is another version now, is of no use any more. */
static void tidy(const struct gate *g, struct approval_ways **list)
{
	const struct action *a;

	while (*list) {
		a = queue_find(&g->queue, (*list)->action);
		if (!a || action_ended(a->state) || a->version != (*list)->version)
			forget(list);
		else
			list = &(*list)->next;
	}
}

static const struct approval_ways *ways_of(const struct action *a, struct approval_ways **list)
{
	struct approval_ways *w;

	for (w = *list; w; w = w->next)
		if (w->action == a->id && w->version == a->version)
			return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->action = a->id;
	w->version = a->version;
	w->count = capability_ways(a, w->ways);
	w->next = *list;
	*list = w;
	return w;
}

/* An equal hash proves the parameters, for the capability of this fingerprint; its name and the workspace have to be the action's own besides. */
bool approval_is_about(const struct miosa_approval *m, const struct action *a, struct approval_ways **list)
{
	const char *workspace = a->headers[HEADER_WORKSPACE];
	const struct approval_ways *w;
	char request[FINGERPRINT_SIZE];
	int i;

	if (action_ended(a->state) || action_is_operators(a))
		return false;
	w = ways_of(a, list);
	if (workspace && m->workspace[0] && strcmp(workspace, m->workspace) != 0)
		return false;
	for (i = 0; i < w->count; i++)
		if (strcmp(w->ways[i].name, m->capability) == 0 &&
		    fingerprint_request(m->capability_fingerprint, w->ways[i].params, m->workspace[0] ? m->workspace : NULL, NULL, request) == 0 &&
		    strcmp(request, m->fingerprint) == 0)
			return true;
	return false;
}

int64_t approval_action(const struct gate *g, const struct miosa_approval *m, struct approval_ways **list)
{
	size_t i;

	tidy(g, list);
	for (i = 0; i < g->queue.count; i++)
		if (approval_is_about(m, g->queue.items[i], list))
			return g->queue.items[i]->id;
	return 0;
}

/* The agent says the hash; what is behind it, nobody knows by that. */
const char *approval_agent(const struct gate *g, const struct miosa_approval *m)
{
	struct json_doc d;
	size_t i;
	bool same;

	for (i = g->queue.count; m->fingerprint[0] && i-- > 0;) {
		const struct action *a = g->queue.items[i];

		if (strcmp(a->kind, "authorize") != 0 || action_is_operators(a) || !strstr(a->body, m->fingerprint) || json_parse(a->body, a->body_len, &d, NULL) < 0)
			continue;
		same = json_str_is(&d, json_get(&d, json_root(&d), "request_fingerprint"), m->fingerprint);
		json_release(&d);
		if (same)
			return a->agent;
	}
	return NULL;
}
