/*
 * budget: how much an agent, or all agents on a session, may ask for before a person has to say more. Pure: the clock is an argument.
 *
 * A budget is made of layers: what every agent has without any word of a person, what the policy says, what an operator said last. Each layer may
 * leave a cap to the one below. A session has no caps but those that somebody gave it.
 */
#ifndef ASSENT_BUDGET_H
#define ASSENT_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum budget_cap {
	BUDGET_ACTIONS,			/* in all, whatever became of them; a repeat that joins is none */
	BUDGET_PER_MINUTE,		/* actions, in any 60 s */
	BUDGET_WAITING,			/* held at the same time */
	BUDGET_READS_PER_MINUTE,
	BUDGET_COST,			/* in hundredths of what the substrate counts in (cents) */
	BUDGET_CAPS
};

#define BUDGET_UNSET (-1)		/* this layer says nothing of the cap; where none does, there is no such cap */
#define BUDGET_UNKNOWN (-1)		/* nobody has told the cost yet: no cap of it is reached */
#define BUDGET_MAX 1000000000		/* of any cap */

struct budget_limits {
	int64_t most[BUDGET_CAPS];
};

/* What has been used, in the same units. */
struct budget_use {
	int64_t n[BUDGET_CAPS];
};

struct budget_limits budget_unset(void);	/* every cap is left to the layer below */
struct budget_limits budget_defaults(void);	/* of every agent: 200 actions, 30 a minute, 8 waiting, 600 reads a minute */
/* What `over` names stands over what was there. */
void budget_overlay(struct budget_limits *under, const struct budget_limits *over);
bool budget_is_unset(const struct budget_limits *l);	/* does it leave all of them? */

/* Is there room for one more? */
bool budget_has_room(const struct budget_limits *l, const struct budget_use *u, enum budget_cap cap);
/* What somebody wants to do once more. What a rule denies is made, for the record, but neither waits nor costs anything. */
enum budget_for { BUDGET_FOR_ACTION, BUDGET_FOR_DENIAL, BUDGET_FOR_READ };
bool budget_counts(enum budget_for what, enum budget_cap cap);	/* does what is wanted count against this cap? */
/* The cap that stands in its way; BUDGET_CAPS for none. */
enum budget_cap budget_in_the_way(const struct budget_limits *l, const struct budget_use *u, enum budget_for what);

const char *budget_cap_name(enum budget_cap cap);	/* "per-minute", as people read and write it */
const char *budget_cap_key(enum budget_cap cap);	/* "per_minute", in JSON */
/* "400", of the cost "2.50" (which is 250). ERR_INVALID: no number, or over BUDGET_MAX. */
int budget_read(enum budget_cap cap, const char *text, int64_t *ret);
void budget_write(char text[32], enum budget_cap cap, int64_t most);	/* the same the other way */
enum budget_cap budget_cap_of(const char *name);	/* by either; BUDGET_CAPS when there is no such cap */
/* One sentence or two for the agent, at most 256 bytes: which cap, how much it is, what helps. whose: "this agent", "all agents on this session". */
void budget_say(char text[256], enum budget_cap cap, int64_t most, const char *whose);

/*
 * How many things happened in the last minute: counts for each second, so that what is forgotten is at least 60 s old and at most 61. Zeroed, it is an
 * empty one.
 */
enum { BUDGET_WINDOW_SECONDS = 61 };
struct budget_window {
	int64_t second;		/* of the newest count */
	int32_t counts[BUDGET_WINDOW_SECONDS];
};
void budget_window_add(struct budget_window *w, int64_t now_ms);
int64_t budget_window_count(struct budget_window *w, int64_t now_ms);	/* of the last minute */
/* ms until it counts less than now; 0 when it is empty. */
int64_t budget_window_frees(struct budget_window *w, int64_t now_ms);

#endif
