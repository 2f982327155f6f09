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
#include "core/screendiff.h"

enum action_state {
	ACTION_NEW,		/* not on disk yet */
	ACTION_HELD, ACTION_APPROVED, ACTION_SENT, ACTION_DONE, ACTION_UPSTREAM_FAILED, ACTION_NOT_SENT, ACTION_UNKNOWN,
	ACTION_DENIED, ACTION_EXPIRED, ACTION_WITHDRAWN,
	ACTION_STATES
};

/* The headers that matter: part of the digest, shown, and forwarded; no others are. In the digest's order. */
enum action_header { HEADER_ACCEPT, HEADER_CONTENT_TYPE, HEADER_TENANT, HEADER_WORKSPACE, HEADER_REMOTE_PATH, ACTION_HEADERS };

#define ACTION_OPAQUE_OVER (1024 * 1024)	/* bytes of a body; a longer one is opaque: never parsed for rules, never shown as text */
#define ACTION_RISKS 16	/* more than there are risk words */
#define ACTION_HOLD_MS (10 * 60 * 1000)	/* hold time, where no rule gives another */
#define ACTION_PERSONS_MAX 8		/* that may be required */

#define ACTION_HELD_BY_DEFAULT "default: no rule names it"

/* How far the snapshot is that has to be taken before it is sent. */
enum action_snapshot { SNAPSHOT_NONE, SNAPSHOT_UNDER_WAY, SNAPSHOT_TAKEN };

/* How much of the substrate's answer came. */
enum action_answer {
	ANSWER_NONE,
	ANSWER_COMING,		/* streamed, and not over */
	ANSWER_WHOLE,
	ANSWER_CUT,		/* streamed, and its connection ended before it did */
	ANSWER_UNFINISHED,	/* streamed, and the gate ended before it did */
	ANSWER_FORMS
};

/* Pictures of its screen that are kept with it. */
enum action_screen {
	SCREEN_AGENT,		/* what the agent saw last when it asked */
	SCREEN_DECIDED,		/* what the person saw who approved it */
	SCREEN_BEFORE,		/* just before it was sent; or where it was not sent because of what that shows */
	SCREEN_AFTER,		/* when the screen had settled behind it */
	ACTION_SCREENS
};

/* What of its screen must still be as the person saw it, before it is sent. */
enum { SCREEN_WHAT_BOX = 1, SCREEN_WHAT_FOCUS = 2, SCREEN_WHAT_CURSOR = 4, SCREEN_WHAT_ALL = 7 };
struct screen_rule {
	unsigned int what;	/* 0: nothing */
	int box;		/* pixels to each side of the target, or of the cursor */
	int wait_ms;		/* how long what is not the same may take to become so: a caret blinks */
};
#define SCREEN_RULE_DEFAULT { .what = SCREEN_WHAT_ALL, .box = 64, .wait_ms = 1300 }

/* Is its screen still what the person saw who approved it? */
enum action_screen_check { SCREEN_CHECK_NONE, SCREEN_CHECK_UNDER_WAY, SCREEN_CHECK_SAME };

/* One person's yes to the version that is held. */
struct approval {
	char *by;		/* own */
	int64_t wall_ms;
};

struct action {
	int64_t id;		/* 1, 2, ... */
	int version;		/* 1; one more whenever it comes back to held, or is changed by a person */
	enum action_state state;

	/* looked at of every action whenever something happens: kept together */
	int64_t expires_boot_ms;
	int64_t away_since_boot_ms;	/* of this run only; 0 while an asker is there */
	bool deadline_answered;	/* of this run only: an asker was answered "not decided yet" */
	bool deny_unattended;	/* a rule: denied when nobody is at any dashboard; else it waits */
	bool checking;		/* of this run only: approved, and its opaque body is being read before it is sent */

	/* the request; strings are own */
	char *agent, *session;	/* session: "" for none */
	enum session_kind session_kind;
	enum action_class class;
	const char *kind;	/* from the table of classes */
	bool stream;		/* the answer comes as a stream */
	bool content;		/* the answer is what is inside a session; else it is masked (core/mask.h) */
	enum http_method method;
	char *upstream, *path, *query;
	char *headers[ACTION_HEADERS];	/* NULL when absent */
	char *body;		/* never NULL; NUL-terminated; "" when it is opaque */
	size_t body_len;
	char *body_file;	/* an opaque body's name in the spool; NULL when it is not opaque, or not needed any more */
	uint64_t file_len;	/* bytes of an opaque body; else 0 */
	char digest[DIGEST_HEX + 1];
	char *original;		/* the agent's body, when a person changed it; else NULL. NUL-terminated */
	size_t original_len;
	char asked_digest[DIGEST_HEX + 1];	/* with the agent's body, when a person changed it: see action_asked() */
	char *edited_by;	/* NULL when nobody changed it */
	char *agent_key;	/* the agent's own Idempotency-Key, or NULL */
	char *our_key;		/* ours, made on arrival */
	char *title, *reason, *turn;	/* what the agent says; "" when it says nothing */
	char *origin;		/* the program of this machine that asked, as the kernel says; NULL when it is not known */

	/* what the gate finds in the request (core/describe.c) */
	char *plain, *summary, *text;	/* text NULL when there is none */
	bool has_point, has_second;
	int x, y, x2, y2;
	const char *risks[ACTION_RISKS];	/* literals of describe's table; NULL ends */

	/* times; 0 when not yet */
	int64_t arrived_wall_ms, arrived_boot_ms, decided_wall_ms, sent_wall_ms, ended_wall_ms, ended_boot_ms;

	/* what the rules say of it */
	char *held_by;		/* the rule's place and text; NULL: ACTION_HELD_BY_DEFAULT */
	int64_t hold_ms;	/* how long a person has to decide */
	int require;		/* persons that must approve, 1 to ACTION_PERSONS_MAX */
	bool reveal;		/* a rule lets the agent see what the answer hands out; of this run only */
	struct screen_rule screen_rule;
	bool snapshot_before;	/* its session is to be kept as it is before it is sent */

	/* the decision */
	struct approval approvals[ACTION_PERSONS_MAX];	/* of this version, while more are required */
	int approval_count;
	char *decided_by, *note;	/* NULL when none */
	const char *decided_kind;	/* literal: "person", "rule", "alike", "gate"; "" while nobody decided */
	bool is_signed;			/* by the operator's key; decided_by is then an enrolled name */
	bool responded;			/* denied, and the note is the answer */
	char screen_sha256[DIGEST_HEX + 1];	/* the picture that the operator decided on; "" for none */
	char screens[ACTION_SCREENS][DIGEST_HEX + 1];	/* "" for none */
	struct screen_changes changed;	/* between the one decided on (else the one before) and the newest of before and after */
	enum action_screen_check screen_check;	/* of this run only */
	enum action_snapshot snapshot;	/* of this run only */
	bool ahead;		/* approved although an earlier one on its session waits; of this run only */
	char *comes_back;	/* why it has to be held again, as long as that is not on disk: it is not sent before; of this run only */

	/* the result */
	int status;		/* of the upstream's answer, 0 for none */
	int64_t took_ms;
	char *error;		/* "" when none */
	enum action_answer answer;
	bool streamed;		/* the answer was passed on as it came: it is given to nobody again */
	int64_t answer_len, answer_kept;	/* its bytes, as far as they came; from its begin, those that are in the journal */
	char *seen_by;		/* a fault that a person marked as seen */

	/* of this run only */
	int askers;		/* open connections that wait for it */
	int joined;		/* repeats that joined it */
	int64_t patience_boot_ms;	/* when its agent is expected to leave; 0: not known */
	bool patience_stated;	/* by its own word; else as it did before */
	bool delivered;		/* the last byte of its answer was written to an open connection */
	int64_t same_as, same_as_ended_ms_ago;	/* an ended action with the same digest, 0 for none */
	bool stripped;		/* only what a repeat of it needs is here: see action_strip() */
};

struct action *action_new(void);	/* NULL when out of memory */
void action_free(struct action *a);

/* The one function that moves an action: ERR_STATE when the table has no such move. Back to held, or held anew because a person changed it, is
 * version + 1; nobody has approved that, and no snapshot was taken before it. */
int action_move(struct action *a, enum action_state to);
/* Forgets the decision: before it comes back to held, or when it could not be written. */
void action_undecide(struct action *a);
/* The literal of a name of decided_kind; "" for any other. */
const char *action_decided_kind(const char *name);
/* Sets an own string of an action from a copy; NULL is fine. ERR_NOMEM leaves it as it was. */
int action_set(char **field, const char *value);
bool action_may_move(enum action_state from, enum action_state to);	/* has the table this move? */
bool action_ended(enum action_state s);	/* final: no move leads out of it */
/* A fault that a person has to look at: unknown, upstream_failed, not_sent. */
bool action_is_fault(enum action_state s);
const char *action_state_name(enum action_state s);	/* as in the journal and in JSON */
/* ACTION_STATES when there is no such name. */
enum action_state action_state_of(const char *name);
const char *action_answer_name(enum action_answer a);	/* "" for none */
enum action_answer action_answer_of(const char *name);	/* ANSWER_FORMS when there is no such name */
const char *action_screen_name(enum action_screen s);
/* ACTION_SCREENS when there is no such name. */
enum action_screen action_screen_of(const char *name);
/* One of its pictures, and what changed up to it. A new decision is on a screen of its own: what was before and after an older one is that one's. */
void action_set_screen(struct action *a, enum action_screen s, const char *sha256, const struct screen_changes *changed);
const char *action_header_name(enum action_header h);	/* lower case */

/* SHA-256 over "assent-action/1", method, upstream, path and query, the headers that matter, and this body; 0 or ERR_NOMEM. */
int action_digest(const struct action *a, const void *body, size_t body_len, char hex[DIGEST_HEX + 1]);
/* The same for a body that is added to it in pieces. NULL when out of memory. */
struct digest_ctx *action_digest_begin(const struct action *a);
bool action_is_opaque(const struct action *a);	/* its body is a file, and is looked into by nobody */
uint64_t action_size(const struct action *a);	/* bytes of the body, opaque or not */
/* The digest of what the agent asked: a repeat of it is known by this, whatever a person made of it since. */
const char *action_asked(const struct action *a);
/* Is it the operator's own, not an agent's? */
bool action_is_operators(const struct action *a);
/* Is it an input by hand: one of many clicks and keys of a person who has control? */
bool action_is_input(const struct action *a);
/*
 * The same held action as it would be with this body: version + 1, its digest, the agent's own body kept aside (unless it is this one again), edited
 * by `by`. Not described yet. NULL when out of memory.
 */
struct action *action_edited(const struct action *a, const char *body, size_t body_len, const char *by);
/* Takes from `edited`, which is freed, all that an edit changes. Its version is made by action_move(). */
void action_take_edit(struct action *a, struct action *edited);
/* Another person's yes to this version. ERR_NOMEM, or ERR_STATE when there is no room for one more. */
int action_approve(struct action *a, const char *by, int64_t wall_ms);
void action_unapprove(struct action *a);	/* forgets the last one */
/* Of an ended action all that is long goes but what tells a repeat what became of it; the journal has the rest. It is shown to nobody then. */
void action_strip(struct action *a);
/* Our Idempotency-Key: turn-<n>-<type>-<random>. 0, ERR_NOMEM or ERR_IO. */
int action_make_key(struct action *a);

#endif
