/* budgets: may an agent ask for one more? And what it has used. */
#ifndef ASSENT_GATE_BUDGETS_H
#define ASSENT_GATE_BUDGETS_H

#include "core/budget.h"
#include "gate/gate.h"

struct budget_refusal {
	char message[256];	/* for the agent */
	int64_t again_ms;	/* of a read: when there is room again */
};

/* After the policy. */
int budgets_load(struct gate *g, struct err *e);
/* Lines of the policy may give or take. */
void budgets_policy_changed(struct gate *g);
void budgets_release(struct gate *g);
/* false: no room for one more; an operator is told. session: its id, or "". */
bool budgets_have_room(struct gate *g, const char *agent, const char *session, enum budget_for what, struct budget_refusal *ret);
/* One was made. */
void budgets_count_action(struct gate *g, const struct action *a);
void budgets_count_read(struct gate *g, const char *agent, const char *session);
int64_t budgets_actions(const struct gate *g, const char *agent);	/* all that it ever made */
/* An action's session is told anew where it has a budget. */
void budgets_changed(struct gate *g, const struct action *a);
/* Tells of minutes that are not full any more; when it has to be called again, INT64_MAX for never. */
int64_t budgets_tell(struct gate *g, int64_t now);
/* Says which sandboxes' costs somebody has to know (costs_want()); false: none. */
bool budgets_want_costs(struct gate *g);
void budgets_cost_changed(struct gate *g, const char *sandbox);
/* What an operator said of it; false: it has no meter yet. */
bool budgets_own(const struct gate *g, bool of_session, const char *name, struct budget_limits *ret);
/* It is on disk. ERR_IO: what was used before could not be read. */
int budgets_set_own(struct gate *g, bool of_session, const char *name, const struct budget_limits *own, struct err *e);
/* "budget", "used", "at_cap" of an agent, or of a session (its id). */
void view_budget(const struct gate *g, bool of_session, const char *name, struct jsonw *w);

#endif
