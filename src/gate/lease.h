/*
 * lease: how long a person's control lasts that hangs on a dashboard: while its stream is open and inputs come. Nothing of it outlives the gate.
 */
#ifndef ASSENT_GATE_LEASE_H
#define ASSENT_GATE_LEASE_H

#include "gate/gate.h"

#define LEASE_DIGITS 32

struct lease *lease_new(void);
/* Tells its stream why it is over, and closes it. NULL is fine. */
void lease_end(struct lease *l, const char *why);
const char *lease_text(const struct lease *l);	/* LEASE_DIGITS hex digits */
bool lease_is(const struct lease *l, const char *text);	/* in constant time; l and text may be NULL */
void lease_used(struct lease *l);		/* an input came */
/* Takes the request over as its stream; the one before ends. */
void lease_attach(struct gate *g, struct lease *l, struct server_req *r);
/* Why it is over now (boot time, ms); NULL: it is not. */
const char *lease_over(const struct gate *g, const struct lease *l, int64_t now);
/* Of one that is not over: keeps its stream alive. When to look at it again, boot time. */
int64_t lease_tick(const struct gate *g, struct lease *l, int64_t now);

#endif
