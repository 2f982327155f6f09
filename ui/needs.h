/*
 * needs: the one list of what needs a person, made from the model: held, sent without an answer, failed after a yes, agents at a cap or flooding,
 * streams that are down, and what MIOSA itself waits for. Pure: clocks are arguments.
 *
 * In order of arrival; more than 3 of a kind from one agent are one row. It is made in one pass over the model and one sort of what needs a person, and
 * made anew when the model or what is asked of it has changed, not for each frame: what is asked of it between costs the same with ten thousand.
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
	int64_t since_wall_ms, out_boot_ms;	/* since when it needs a person; INT64_MAX: not known, last */
	bool held, risky;
	bool forced;			/* it stands here, or in this place, only because it is selected */
	size_t next;			/* the next one in the same row; NEEDS_NONE */
	size_t row;
	size_t rank;			/* among the actions in order of id */
};

struct need_row {
	size_t first, count;		/* the first of items in it, and how many are */
	size_t before, risky_before;	/* things in the rows above it, and risky ones */
	bool folded;
};

struct need_id { int64_t id; size_t item; };

/* Of an agent: its first two questions (0: none), and whether a row of several alike is its. */
struct need_agent { uint64_t agent; int64_t questions[2]; bool used, folded; };

/* What the list was made of. */
struct needs_made {
	bool valid;
	int64_t changes;		/* of the model */
	int64_t selected, selected_since_wall_ms;
	char approval[128], agent[128], session[128], filter[128];
	uint64_t open[NEEDS_OPEN];
	size_t open_count;
	int64_t from_wall_ms, until_wall_ms;	/* after that another stream may be down for long enough */
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
	size_t in_rows, risky_in_rows;	/* things in all of them */
	struct need_id *ids;		/* own; of the actions in it, in order of id */
	size_t id_count, id_cap;
	struct need_agent *agent_table;	/* own; open places, a power of two */
	size_t agent_cap, agent_used;
	size_t *table;			/* own; of likenesses, while the list is made */
	size_t table_cap;
	struct needs_made made;
	int64_t makings;		/* how often it was made */
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
/* The same, where the list that stands there is not of this model, this moment and this spec. */
bool needs_refresh(struct needs *n, const struct model *m, const struct needs_spec *s);
/* The row in which this one stands; NEEDS_NONE. */
size_t needs_row_of(const struct needs *n, enum need_kind kind, size_t index);
size_t needs_row_of_action(const struct needs *n, int64_t id);
/* Where an action stands in items; NEEDS_NONE. */
size_t needs_item_of_action(const struct needs *n, int64_t id);
/* The first questions of an agent, in order of arrival: 0, 1 or 2. */
int needs_questions_of(const struct needs *n, const char *agent, int64_t ret[2]);
/* Is there a row of several alike of this agent? */
bool needs_has_fold(const struct needs *n, const char *agent);
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
/* An agent that asks for more than it may, again and again; and one that may do nothing more. */
bool needs_floods(const struct model_agent *a);
bool needs_at_cap(const struct model_agent *a);
/* A session in which an agent acts, and of which nothing comes. */
bool needs_stream_down(const struct model *m, const struct model_session *s, int64_t now_gate_wall_ms);

#endif
