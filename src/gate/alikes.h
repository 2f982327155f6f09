/* alikes: rules made from decisions: which are in force, and their uses. */
#ifndef ASSENT_GATE_ALIKES_H
#define ASSENT_GATE_ALIKES_H

#include "core/alike.h"
#include "gate/gate.h"

#define ALIKES_MOST 200		/* in force at the same time */

/* Those of an earlier boot, and those that are over, end here. */
int alikes_load(struct gate *g, struct err *e);
void alikes_release(struct gate *g);
/* The rule that decides about an action; refusing ones first. NULL for none. asks_to_hold: the agent wants a person, so nothing is allowed. */
const struct alike *alikes_find(const struct gate *g, const struct action *a, bool asks_to_hold);
/* A use of it is on disk. */
void alikes_used(struct gate *g, int64_t id, const struct action *a);
/* Ends what is over; when it has to be called again, INT64_MAX for never. */
int64_t alikes_tick(struct gate *g, int64_t now);
/* Its token was revoked: another program may get the name. */
void alikes_end_of(struct gate *g, const char *agent);
/* Takes r. On disk, then in force. ERR_CONFLICT: too many; ERR_IO. */
int alikes_add(struct gate *g, struct alike *r, const char *by, const char *who, struct err *e);
/* In force or over and not yet written; NULL for none. Borrowed. */
const struct alike *alikes_get(const struct gate *g, int64_t id);
/* ERR_NOTFOUND, ERR_IO. */
int alikes_revoke(struct gate *g, int64_t id, const char *who, struct err *e);
void view_rule(const struct alike *r, struct jsonw *w);
void view_rules(const struct gate *g, struct jsonw *w);

/* op_alike.c: the "alike" of a decision, made from a; not on disk yet; *ret NULL when it has none. A refusal without words of its own gets these (may be NULL). ERR_INVALID, ERR_NOMEM. */
int alike_read_decided(const struct json_doc *d, const struct action *a, enum decision_verb verb, const char *words, struct alike **ret, struct err *e);

#endif
