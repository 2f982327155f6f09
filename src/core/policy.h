/*
 * policy: the rules a person wrote down: lines that allow, hold or deny, and budgets (docs/POLICY.md has the grammar). Pure.
 *
 * The first line that matches decides; what none names is held. A text is taken whole or not at all: any error in it refuses it.
 */
#ifndef ASSENT_POLICY_H
#define ASSENT_POLICY_H

#include "core/action.h"
#include "core/budget.h"
#include "core/keyname.h"
#include "core/words.h"

#define POLICY_FILE_MAX (256 * 1024)	/* bytes */
#define POLICY_LINE_MAX 4096
#define POLICY_LINES_MAX 4096		/* rules and budgets together */
#define POLICY_REQUIRE_MAX 8		/* persons */
#define POLICY_SNAPSHOT_MAX 100		/* turns between two */
#define POLICY_EXPIRES_MAX_MS (24 * 60 * 60 * 1000)

enum policy_verdict { POLICY_ALLOW, POLICY_HOLD, POLICY_DENY };

struct policy_names {
	char **items;		/* own */
	size_t count;		/* 0: anything */
};

struct policy_rule {
	enum policy_verdict verdict;
	int line;
	char *text;		/* own; as it stands in the file, without what is around it */
	char *because;		/* own; NULL when the line gives no words */

	/* what it matches */
	struct policy_names kinds, agents, sessions;
	unsigned int classes, methods;	/* bits; 0: any */
	char *path, *query;	/* query NULL: the line names none */
	struct words command;	/* no words: any */
	int timeout;		/* s, at most; -1: the line names none */
	char *cwd, *typed;	/* typed: text= */
	struct keychord *keys;	/* any of them */
	size_t key_count;
	bool has_box, has_time;
	int64_t x, y, width, height;
	int from, to;		/* minutes of the day; from > to is over midnight */
	int until;		/* the last day, as 20261231; 0: for ever */

	/* what it asks for */
	int64_t expires_ms;	/* 0: as usual */
	int require;		/* persons that must approve, 1 or more */
	bool deny_unattended, reveal;
	int snapshot;			/* before one of each so many turns; 1: before each; 0: none */
	struct screen_rule screen;	/* what of the screen is compared before it is sent */
	bool screen_named;
};

enum policy_budget_of { BUDGET_OF_ALL, BUDGET_OF_AGENT, BUDGET_OF_SESSION };

struct policy_budget {
	enum policy_budget_of of;
	int line;
	char *name;		/* own; an agent's name or a session's id; "" for all */
	struct budget_limits limits;
};

struct policy {
	char *name;		/* own; what errors and screens call the file: policy.conf */
	struct policy_rule *rules;
	struct policy_budget *budgets;
	size_t rule_count, budget_count;
	int require_most, require_line;	/* the most persons that a line asks for, and which line; 1, 0 when none does */
};

/*
 * 0, ERR_INVALID with "FILE:LINE:COLUMN: what is wrong, and what is meant", or ERR_NOMEM; *ret is NULL then. path is what errors call the file.
 * Columns are characters.
 */
int policy_parse(const char *path, const char *text, size_t len, struct policy **ret, struct err *e);
void policy_free(struct policy *p);	/* NULL is fine */
const char *policy_verdict_name(enum policy_verdict v);

/* Local time, as the caller's clock says. */
struct policy_moment {
	int minute;		/* of the day, 0 to 1439 */
	int date;		/* 20261231 */
};

struct policy_found {
	enum policy_verdict verdict;
	const struct policy_rule *rule;	/* of p; NULL when no line matched: held */
	char why[256];		/* one line for a person */
};
/* What the rules say of an action; label is what an operator calls its session, or NULL. p NULL: there are no rules. */
void policy_judge(const struct policy *p, const struct action *a, const char *label, const struct policy_moment *now, struct policy_found *ret);
/* May the answer show what would be masked? As the line says that decides about the request, or would if it were no read. */
bool policy_reveals(const struct policy *p, const struct action *a, const char *label, const struct policy_moment *now);
/*
 * A request as agent (may be "") would send it, for policy_judge(): the caller frees it with action_free(). path may leave out /api/v1, and may have a
 * query; body may be "". ERR_INVALID, ERR_NOMEM.
 */
int policy_probe(const char *method, const char *path, const char *body, const char *agent, struct action **ret, struct err *e);
/* What screens show of it: "policy.conf:12: hold type expires=5m", or that no rule names it and why not. */
void policy_held_by(const struct policy *p, const struct policy_found *f, struct buf *out);

#endif
