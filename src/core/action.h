/*
 * action: one mutating request of an agent, its states, its digest. Pure.
 *
 * States move by one table; nothing else changes `state`. The journal is the caller's: a move is committed first, then made here.
 */
#ifndef ASSENT_ACTION_H
#define ASSENT_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "core/classify.h"

enum action_state {
	ACTION_NEW,		/* not on disk yet */
	ACTION_HELD, ACTION_APPROVED, ACTION_SENT, ACTION_DONE, ACTION_UPSTREAM_FAILED, ACTION_NOT_SENT, ACTION_UNKNOWN,
	ACTION_DENIED, ACTION_EXPIRED, ACTION_WITHDRAWN,
	ACTION_STATES
};

/* The headers that matter: part of the digest, shown, and forwarded; no others are. In the digest's order. */
enum action_header { HEADER_ACCEPT, HEADER_CONTENT_TYPE, HEADER_TENANT, HEADER_WORKSPACE, HEADER_REMOTE_PATH, ACTION_HEADERS };

#define ACTION_RISKS 16	/* more than there are risk words */

struct action {
	int64_t id;		/* 1, 2, ... */
	int version;		/* 1; one more whenever it comes back to held */
	enum action_state state;

	/* the request; strings are own */
	char *agent, *session;	/* session: "" for none */
	enum session_kind session_kind;
	enum action_class class;
	const char *kind;	/* from the table of classes */
	bool stream;		/* the answer comes as a stream */
	enum http_method method;
	char *upstream, *path, *query;
	char *headers[ACTION_HEADERS];	/* NULL when absent */
	char *body;		/* never NULL; NUL-terminated */
	size_t body_len;
	char digest[DIGEST_HEX + 1];
	char *agent_key;	/* the agent's own Idempotency-Key, or NULL */
	char *our_key;		/* ours, made on arrival */
	char *title, *reason, *turn;	/* what the agent says; "" when it says nothing */

	/* what the gate finds in the request (core/describe.c) */
	char *plain, *summary, *text;	/* text NULL when there is none */
	bool has_point, has_second;
	int x, y, x2, y2;
	const char *risks[ACTION_RISKS];	/* literals of describe's table; NULL ends */

	/* times; 0 when not yet */
	int64_t arrived_wall_ms, arrived_boot_ms, expires_boot_ms, decided_wall_ms, sent_wall_ms, ended_wall_ms, ended_boot_ms;

	/* the decision */
	char *decided_by, *note;	/* NULL when none */
	char screen_sha256[DIGEST_HEX + 1];	/* the picture that the operator decided on; "" for none */
	bool ahead;		/* approved although an earlier one on its session waits; of this run only */

	/* the result */
	int status;		/* of the upstream's answer, 0 for none */
	int64_t took_ms;
	char *error;		/* "" when none */
	char *seen_by;		/* a fault that a person marked as seen */

	/* of this run only */
	int askers;		/* open connections that wait for it */
	int joined;		/* repeats that joined it */
	int64_t away_since_boot_ms;	/* 0 while an asker is there */
	bool deadline_answered;	/* an asker was answered "not decided yet" */
	bool delivered;		/* the last byte of its answer was written to an open connection */
	int64_t same_as, same_as_ended_ms_ago;	/* an ended action with the same digest, 0 for none */
};

struct action *action_new(void);	/* NULL when out of memory */
void action_free(struct action *a);

/* The one function that moves an action: ERR_STATE when the table has no such move. Back to held is version + 1. */
int action_move(struct action *a, enum action_state to);
/* Forgets the decision: before it comes back to held, or when it could not be written. */
void action_undecide(struct action *a);
bool action_may_move(enum action_state from, enum action_state to);
bool action_ended(enum action_state s);
/* A fault that a person has to look at: unknown, upstream_failed, not_sent. */
bool action_is_fault(enum action_state s);
const char *action_state_name(enum action_state s);
/* ACTION_STATES when there is no such name. */
enum action_state action_state_of(const char *name);
const char *action_header_name(enum action_header h);	/* lower case */

/* SHA-256 over "assent-action/1", method, upstream, path and query, the headers that matter, and this body; 0 or ERR_NOMEM. */
int action_digest(const struct action *a, const void *body, size_t body_len, char hex[DIGEST_HEX + 1]);
/* Our Idempotency-Key: turn-<n>-<type>-<random>. 0, ERR_NOMEM or ERR_IO. */
int action_make_key(struct action *a);

#endif
