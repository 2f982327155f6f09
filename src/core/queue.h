/*
 * queue: waiting, repeating and going away, as questions and answers. Pure: the clock is an argument.
 *
 * It proposes; the gate commits a proposal to the journal and then makes the move with action_move(). So nothing is ever true here
 * that is not on disk. Times are CLOCK_BOOTTIME in ms.
 */
#ifndef ASSENT_QUEUE_H
#define ASSENT_QUEUE_H

#include "core/action.h"

#define QUEUE_AWAY_MS (30 * 1000)		/* the asker left without an answer */
#define QUEUE_AWAY_ANSWERED_MS (90 * 1000)	/* it was told to come again */
#define QUEUE_UNFETCHED_MS (60 * 1000)		/* a result that nobody fetched serves a repeat for so long */
#define QUEUE_KEYED_MS (24 * 60 * 60 * 1000LL)	/* with the agent's Idempotency-Key */
#define QUEUE_ENDED_KEPT 200			/* ended actions in memory, the last ones; besides what queue_trim() says */
#define QUEUE_INPUTS_KEPT 50			/* the same of inputs by hand, of which there may be many a second: they push out nothing else */

/* Hashes of an action's names, which never change while it is here: what is asked about one agent or session looks at no other's actions. */
struct queue_tag {
	uint32_t agent, session;
};

struct queue {
	struct action **items;	/* own, by id */
	struct queue_tag *tags;	/* own, of each item */
	size_t count, cap;
	int64_t last_id;
	bool unattended;	/* nobody is at any dashboard */
	int64_t frozen_since;	/* nothing is sent, and the time to decide stands still; 0: not frozen */
};

void queue_init(struct queue *q);
void queue_release(struct queue *q);

enum queue_arrival {
	ARRIVAL_NEW,		/* to be held; ret is an ended action with the same digest, or NULL */
	ARRIVAL_JOIN,		/* ret has not ended: the asker waits with the others */
	ARRIVAL_RECORDED,	/* ret has ended: its recorded answer */
	ARRIVAL_MISMATCH,	/* the agent's key was used for other bytes: 422 */
};
/* What a request is, of which agent, digest and agent_key (may be NULL) are given. */
enum queue_arrival queue_arrive(const struct queue *q, const char *agent, const char *digest, const char *agent_key, int64_t now,
				struct action **ret);

/* Takes ownership. 0 or ERR_NOMEM (then a is still the caller's). */
int queue_insert(struct queue *q, struct action *a);
/* The place of the first whose id is `id` or more; count for none. */
size_t queue_place(const struct queue *q, int64_t id);
struct action *queue_find(const struct queue *q, int64_t id);	/* NULL for none */
/* The first on a's session whose id is over `after`, a itself among them; NULL for none. */
struct action *queue_next_on_session(const struct queue *q, const struct action *a, int64_t after);
/* Drops the oldest ended actions over QUEUE_ENDED_KEPT, of inputs by hand over QUEUE_INPUTS_KEPT, that nobody waits for and no person has to see. What a repeat may still ask for stays, stripped. */
void queue_trim(struct queue *q, int64_t now);

/* How many are held, of this agent and on this session; NULL: of any, on any. */
size_t queue_waiting(const struct queue *q, const char *agent, const char *session);

/* An asker came or left. */
void queue_attach(struct action *a);
void queue_detach(struct action *a, int64_t now);

/* The earliest action on the session that still has to be sent or decided before a; NULL for none. */
struct action *queue_waits_for(const struct queue *q, const struct action *a);
/* May an approved action be sent now? One on a session at a time, in order of arrival; before one that is still held only when approved ahead.
 * The operator's own hand waits for nothing, and is not frozen: it ends what runs. */
bool queue_may_send(const struct queue *q, const struct action *a);
/* The next approved action that may be sent; NULL for none. */
struct action *queue_next_to_send(const struct queue *q);

enum decision_verb {
	DECIDE_APPROVE, DECIDE_DENY,
	DECIDE_EDIT,		/* the body is another one: held anew, and to be approved by itself */
	DECIDE_RESPOND,		/* a no whose words are the answer */
};
struct decision {
	int64_t id;
	int version;
	const char *digest;	/* borrowed */
	enum decision_verb verb;
	const char *by;		/* borrowed: the person */
	bool has_screen;
	bool ahead;
};
enum decision_refusal {
	DECISION_OK, DECISION_NOT_FOUND, DECISION_TOO_LATE, DECISION_STALE, DECISION_DIGEST, DECISION_FROZEN, DECISION_AWAY, DECISION_WAITS,
	DECISION_SCREEN, DECISION_SAME_PERSON
};
/* Is it one yes of several, after which more persons have to approve? */
bool queue_needs_more(const struct action *a);
/* May this decision be made? ret: the action when there is one. message: one line for a person, at least 256 bytes. */
enum decision_refusal queue_judge(const struct queue *q, const struct decision *d, struct action **ret, char message[256]);

/* Proposals: the next move that time or another action asks for; false when there is none. Call until false. */
struct proposal {
	struct action *action;
	enum action_state to;
	const char *why;	/* literal; of a denial: the words for the agent */
};
bool queue_due(const struct queue *q, int64_t now, struct proposal *ret);
/* a has just been held: older holds of its agent on its session that nobody waits for any more are withdrawn. */
bool queue_superseded(const struct queue *q, const struct action *a, struct proposal *ret);
/* a was just denied: later approved ones of its agent on its session need a new yes. */
bool queue_needs_new_yes(const struct queue *q, const struct action *a, struct proposal *ret);
/* Nothing is sent from now on, and holds do not expire; their askers may still leave. */
void queue_freeze(struct queue *q, int64_t now);
/* Every hold gets back the time that stood still. */
void queue_unfreeze(struct queue *q, int64_t now);
/* What was approved and not sent when everything was frozen, or (agent not NULL) when its agent was stopped, needs a new yes; so does what has to come
 * back anyhow. why: borrowed from the action then. */
bool queue_comes_back(const struct queue *q, const char *agent, struct proposal *ret);
/* When queue_due() may next have something; INT64_MAX for never. */
int64_t queue_next_deadline(const struct queue *q);

/* Does a person have to look at it? Held, or a fault nobody has seen. */
bool queue_needs_person(const struct action *a);

#endif
