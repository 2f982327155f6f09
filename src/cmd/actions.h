/* actions: showing one action and deciding it, for the commands and for the line mode. */
#ifndef ASSENT_CMD_ACTIONS_H
#define ASSENT_CMD_ACTIONS_H

#include "cmd/ask.h"

/* What was looked up about a held action, and not as JSON, says of it: nothing to look at twice; something risky, or what could be was not to be had. */
enum shown_facts { FACTS_QUIET, FACTS_RISKY, FACTS_NOT_KNOWN };

/*
 * show.c: all of it, on standard output; as JSON; file not NULL: also its screen as it is now, into this new file; ret_facts: NULL is fine. An exit code; why
 * was said.
 */
int show_action(struct ask *ask, const char *id, bool json, const char *file, enum shown_facts *ret_facts);

/* show_facts.c: what the gate finds out by looking (gate/facts.h). Where it cannot, why was said, and what was shown before stands. */
enum shown_facts show_facts(struct ask *ask, const char *id);

/* All borrowed; NULL where nothing was said. */
struct decision {
	const char *id, *verb;			/* verb: approve, deny, edit, respond */
	const char *digest, *version;		/* NULL: those of now */
	const char *note, *body, *screen;	/* body and screen: names of files */
	bool ahead;
};
/* decide.c: asks the gate, and prints what came of it. An exit code; why was said. */
int decide_action(struct ask *ask, const struct decision *q);
void print_outcome(const struct json_doc *d, int action);

/* approval.c: what MIOSA itself asks a person for, by the name approval:ID. */
bool approval_is(const char *name);
int approval_decide(struct ask *ask, const struct decision *q);	/* as decide_action(); says what is wrong with q too */
void approval_print(const struct json_doc *d, int approval);	/* one line, on standard output; below, one object without a line's end */
void approval_print_json(const struct json_doc *d, int approval);

#endif
