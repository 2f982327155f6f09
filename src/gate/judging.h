/* judging: what becomes of a new action before any person sees it. */
#ifndef ASSENT_GATE_JUDGING_H
#define ASSENT_GATE_JUDGING_H

#include "gate/gate.h"

struct judgement {
	enum {
		JUDGED_HOLD,
		JUDGED_REFUSE,	/* answered at once; no action is made */
		JUDGED_DENY,	/* it is made, for the record, and denied */
		JUDGED_ALLOW,	/* made, and approved */
	} verdict;
	const char *code;	/* of a refusal: literal, for the error envelope */
	char message[1100];	/* of a refusal or denial: what the agent is told */
	char detail[160];	/* for the record, before the words of a denial; "" for none */
	const char *kind;	/* of what denied or allowed it: literal, "rule", "alike" */
	char by[300];		/* its name: "policy.conf:12", "3" */
	int64_t alike;		/* the rule made from a decision whose use this is; 0: none */
};

/*
 * Looks at a in the order that counts, and notes in it what the rule that decides asks for (held_by, hold time, persons ...). asks_to_hold: the agent
 * itself wants a person to decide. A repeat that joins, or gets a recorded answer, is never judged again.
 */
void judge(struct gate *g, const struct agent *agent, struct action *a, bool asks_to_hold, struct judgement *ret);
/* a is held on disk, and its askers wait: denies or approves it as was judged. What cannot be written stays held. */
void judge_carry_out(struct gate *g, struct action *a, const struct judgement *j);
/* What the record says of it. */
void judge_record(const struct judgement *j, const struct action *a, struct buf *out);
/* A held action as a person changed it: a rule may deny it now (then true), else what it asks for is noted. */
bool judge_edited(const struct gate *g, struct action *edited, struct judgement *ret);
/* May the agent see what this call's answer hands out, by a rule with reveal=yes? target: path with query. */
bool judge_reveals(const struct gate *g, enum http_method method, const char *target, const char *agent);

#endif
