/* policy: what parsing and matching share: names, and the end of it. See policy.h. */
#include "config.h"

#include "core/policy.h"

#include <stdlib.h>

const char *policy_verdict_name(enum policy_verdict v)
{
	static const char *const names[] = { [POLICY_ALLOW] = "allow", [POLICY_HOLD] = "hold", [POLICY_DENY] = "deny" };

	return names[v];
}

static void release_names(struct policy_names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->items[i]);
	free(n->items);
}

static void release_rule(struct policy_rule *r)
{
	release_names(&r->kinds);
	release_names(&r->agents);
	release_names(&r->sessions);
	words_release(&r->command);
	free(r->text);
	free(r->because);
	free(r->path);
	free(r->query);
	free(r->cwd);
	free(r->typed);
	free(r->keys);
}

void policy_free(struct policy *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->rule_count; i++)
		release_rule(&p->rules[i]);
	for (i = 0; i < p->budget_count; i++)
		free(p->budgets[i].name);
	free(p->rules);
	free(p->budgets);
	free(p->name);
	free(p);
}
