/*
 * needs: the one list of what needs a person, made from the model: held, sent without an answer, failed after a yes, agents at a cap or flooding,
 * streams that are down, and what MIOSA itself waits for. Pure: clocks are arguments.
 *
 * In order of arrival; more than 3 of a kind from one agent are one row. It is made anew for each frame, in one pass over the model and one
 * sort of what needs a person.
 */
#ifndef ASSENT_UI_NEEDS_H
#define ASSENT_UI_NEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model.h"

#define NEEDS_FOLD 3			/* so many of a kind are still rows of their own */
#define NEEDS_URGENT_MS 60000
#define NEEDS_OPEN 16			/* folds that may be open at once; the oldest closes */
#define NEEDS_TURNS 1024
#define NEEDS_STREAM_MS 3000		/* a stream that is down for less is no news */
#define NEEDS_NONE ((size_t)-1)

enum need_kind { NEED_ACTION, NEED_APPROVAL, NEED_STREAM, NEED_AGENT };

struct need {
	enum need_kind kind;
	size_t index;			/* in the model's list of its kind */
	int64_t id;			/* of an action */
	uint64_t agent, like;		/* hashes of its agent's name, and of all that makes it alike */
	int64_t since_wall_ms, expires_boot_ms;	/* since when it needs a person; INT64_MAX: not known, last */
	bool held, risky;
	size_t next;			/* the next one in the same row; NEEDS_NONE */
};

struct need_row {
	size_t first, count;		/* the first of items in it, and how many are */
	bool folded;
};

/* Who had a turn when; agents whose names fall together have theirs together. */
struct needs_turns {
	struct { int64_t turn, id; } list[NEEDS_TURNS];
	int64_t turn;
};

struct needs {
	struct need *items;		/* own; in order of arrival */
	size_t count, cap;
	struct need_row *rows;		/* own */
	size_t row_count, row_cap;
	size_t *table;			/* own; of likenesses, while the list is made */
	size_t table_cap;
	int held, risky, faults, approvals, agents, streams;	/* of all, whatever the filter says */
	size_t hidden, hidden_risky;	/* by the filter */
	int64_t first_out_boot_ms;	/* the first that expires; INT64_MAX: nothing is held */
};

/* What is selected stays listed, whatever it is and whatever the filter says. */
struct needs_spec {
	int64_t selected;		/* an action's id */
	int64_t selected_since_wall_ms;	/* where it stood when it was selected: it stays there; 0: not known */
	const char *approval, *agent, *session;	/* selected of these; "" none */
	const char *filter;		/* "": all */
	const uint64_t *open;		/* likenesses whose rows are open */
	size_t open_count;
	int64_t now_wall_ms;		/* the gate's */
};

void needs_init(struct needs *n);
void needs_release(struct needs *n);
/* What the model needs a person for. Out of memory: the list is shorter than it should be, and false. */
bool needs_make(struct needs *n, const struct model *m, const struct needs_spec *s);
/* The row in which this one stands; NEEDS_NONE. */
size_t needs_row_of(const struct needs *n, enum need_kind kind, size_t index);
size_t needs_row_of_action(const struct needs *n, int64_t id);
/* Of rows from begin to end: how many things stand in them, and how many of these are risky. */
size_t needs_in_rows(const struct needs *n, size_t begin, size_t end, size_t *ret_risky);
/*
 * The next question: at most 60 s left, then risky, then in turn over agents, then the oldest. Not the one that is selected, and none of those that
 * others read. 0: there is none. *t remembers who had its turn.
 */
int64_t needs_next(const struct needs *n, struct needs_turns *t, int64_t selected, const int64_t *read, size_t read_count, int64_t now_gate_boot_ms);
/* A question with at most 60 s left. */
bool needs_is_urgent(const struct need *x, int64_t now_gate_boot_ms);
/* Two actions that may be folded, and decided, together. */
bool needs_alike(const struct model_action *a, const struct model_action *b);
uint64_t needs_likeness(const struct model_action *a);
uint64_t needs_hash(const char *name);
/* An agent that asks for more than it may, again and again; and one that may do nothing more. */
bool needs_floods(const struct model_agent *a);
bool needs_at_cap(const struct model_agent *a);
/* A session in which an agent acts, and of which nothing comes. */
bool needs_stream_down(const struct model *m, const struct model_session *s, int64_t now_gate_wall_ms);

#endif
