/* judging: what becomes of a new action before any person sees it. */
#ifndef ASSENT_GATE_JUDGING_H
#define ASSENT_GATE_JUDGING_H

#include "gate/gate.h"

struct judgement {
	enum { JUDGED_HOLD, JUDGED_REFUSE } verdict;
	const char *code;	/* of a refusal: literal, for the error envelope */
	char message[256];	/* of a refusal: one sentence for the agent */
};

/* A repeat that joins, or gets a recorded answer, is never judged again. */
void judge(const struct gate *g, const struct agent *agent, const struct action *a, struct judgement *ret);

#endif
