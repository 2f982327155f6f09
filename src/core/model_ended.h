/*
 * model_ended: of the model's actions those that ended, in order of their end; how many did in all; and which of them is to be forgotten, so that a
 * dashboard which runs for weeks does not grow. Pure.
 */
#ifndef ASSENT_CORE_MODEL_ENDED_H
#define ASSENT_CORE_MODEL_ENDED_H

#include "core/model.h"

/* A has ended, or changed since: it stands in the list. ERR_NOMEM. */
int model_ended_add(struct model *m, struct model_action *a);
/* Before a changes, or goes: it does not stand in it any more. */
void model_ended_remove(struct model *m, const struct model_action *a);
void model_ended_clear(struct model *m);	/* none has ended; all are forgotten */
/* The oldest one that is too many, and needs no person, and is not kept; NULL: none is. */
struct model_action *model_ended_surplus(const struct model *m);
/* A has ended just now, and is counted. */
void model_ended_count(struct model *m, const struct model_action *a);

#endif
