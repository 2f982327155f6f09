/*
 * approvals: what MIOSA's own action authority asks a person for, in the same queue. It tells hashes, not parameters: each approval is told to be of the action
 * that the gate has in hand and that has that fingerprint; where none has, it is shown by its hash only. Approving one is an operator's own request (byhand.h).
 */
#ifndef ASSENT_GATE_APPROVALS_H
#define ASSENT_GATE_APPROVALS_H

#include "gate/gate.h"

struct approvals *approvals_new(struct gate *g);	/* NULL when out of memory */
void approvals_close(struct approvals *c);
void approvals_free(struct approvals *c);	/* after the loop has ended */
/* An action moved: perhaps an approval is about it, or it is an operator's word on one. */
void approvals_action_moved(struct gate *g, const struct action *a);
void view_approvals(const struct gate *g, struct jsonw *w);
/* {"id", "status"} of the approval that is about this action, or null. */
void view_approval_of(const struct gate *g, const struct action *a, struct jsonw *w);

/* approvals_match.c: which actions have which fingerprints; made once for each version of an action that has not ended. */
struct approval_ways;
struct miosa_approval;
bool approval_is_about(const struct miosa_approval *m, const struct action *a, struct approval_ways **list);
/* The id of the action that this approval is about, 0 for none that is known. *list: kept by the caller between calls, NULL at first. */
int64_t approval_action(const struct gate *g, const struct miosa_approval *m, struct approval_ways **list);
void approval_ways_free(struct approval_ways **list);
/* Who asked MIOSA for it through this gate; NULL where nobody did, as far as is remembered. Borrowed. */
const char *approval_agent(const struct gate *g, const struct miosa_approval *m);

#endif
