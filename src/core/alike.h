/*
 * alike: a rule made from an action: the like of it is allowed, or refused, a number of times or for some minutes. Pure.
 *
 * The like of an action is the same request of the same agent: same kind, method, path, query, headers and body, but for what the scope leaves open.
 * Never allowed alike: what costs money, ends a session, tells a secret, is not known, or cannot be looked into; what takes more persons than
 * one; and what is riskier than the action that it was made from.
 */
#ifndef ASSENT_ALIKE_H
#define ASSENT_ALIKE_H

#include "core/action.h"

#define ALIKE_USES_MOST 1000
#define ALIKE_MINUTES_MOST (24 * 60)
#define ALIKE_TEXT_MAX 500	/* bytes of a typed text that is left open */
#define ALIKE_WORDS_MAX 1024	/* bytes */
#define ALIKE_LAST 5		/* uses that are listed */

enum alike_verdict { ALIKE_ALLOW, ALIKE_REFUSE };
enum alike_point { ALIKE_POINT_SAME, ALIKE_POINT_BOX, ALIKE_POINT_ANY };

struct alike_scope {
	bool any_session;	/* of the same kind */
	enum alike_point point;	/* of the coordinates; all of them in the box */
	int64_t x, y, width, height;
	bool any_text;		/* typed text without Return or any other control character */
	bool words;		/* the same words of the command, however they are quoted */
};

/* How it is to be: what a person asked for. */
struct alike_wish {
	enum alike_verdict verdict;
	struct alike_scope scope;
	int64_t uses, minutes;	/* 0: no end by that; to allow takes one of them */
	const char *words;	/* for the agent, of a refusal; NULL: those of any denial. Borrowed */
};

struct alike {
	int64_t id;		/* 0 until it is on disk */
	enum alike_verdict verdict;
	struct alike_scope scope;
	char *agent, *session, *kind;	/* own; session: of the action that it was made from, "" for none */
	enum session_kind session_kind;
	char same[DIGEST_HEX + 1];	/* the digest of all that is not left open */
	char *risks;		/* own; the risk words of the action that it was made from, each with a line feed behind */
	char *what;		/* own; one sentence for a person */
	char *words;		/* own; "" when there are none */
	int64_t uses, uses_max;		/* 0: no end by that */
	char boot_id[40];		/* of the boot whose clock expires_boot_ms means: it ends with it */
	int64_t expires_boot_ms;	/* 0: no end by that */
	char *made_by;			/* own */
	int64_t made_wall_ms;
	struct { int64_t action, wall_ms; } last[ALIKE_LAST];	/* uses, the newest first */
	int last_count;
};

/* Not on disk, made by nobody yet. ERR_INVALID with what cannot be, ERR_NOMEM. */
int alike_make(const struct action *a, const struct alike_wish *w, int64_t now_boot_ms, const char *boot_id, struct alike **ret, struct err *e);
void alike_free(struct alike *r);	/* NULL is fine */
/* Why it is not in force any more (literal); NULL while it is. An empty boot_id is of no boot. */
const char *alike_ended(const struct alike *r, int64_t now_boot_ms, const char *boot_id);
/* Is the action its like? why (may be NULL): what differs; literal, NULL when it is. */
bool alike_matches(const struct alike *r, const struct action *a, const char **ret_why);
/* It was used: counts, and remembers for which action. */
void alike_used(struct alike *r, int64_t action, int64_t wall_ms);
/* Only remembers: a use that is counted already. */
void alike_remember(struct alike *r, int64_t action, int64_t wall_ms);

/* The part that never changes, as JSON, and back. 0, ERR_INVALID, ERR_NOMEM. */
int alike_write_spec(const struct alike *r, struct buf *out);
int alike_read_spec(struct alike *r, const char *spec);
const char *alike_verdict_name(enum alike_verdict v);

#endif
