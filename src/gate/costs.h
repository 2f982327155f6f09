/* costs: what sandboxes have cost so far, in cents, as the substrate tells it. */
#ifndef ASSENT_GATE_COSTS_H
#define ASSENT_GATE_COSTS_H

#include "gate/gate.h"

struct costs *costs_new(struct gate *g);
void costs_close(struct costs *c);
void costs_free(struct costs *c);	/* after the loop has ended; NULL is fine */
/* BUDGET_UNKNOWN until it was told. */
int64_t costs_of(const struct gate *g, const char *sandbox);
/* From budgets_want_costs(): this one is to be asked for. */
void costs_want(struct gate *g, const char *sandbox);
/* Somebody set a cap: asks now. */
void costs_soon(struct gate *g);

#endif
