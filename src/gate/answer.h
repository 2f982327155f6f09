/* answer: what agents are told of their actions. */
#ifndef ASSENT_GATE_ANSWER_H
#define ASSENT_GATE_ANSWER_H

#include "gate/gate.h"

/* The lines of an answer's head that tell of the action, for an agent that gets it now; note is to be released. */
struct answer_lines {
	char id[48], type[300];
	struct buf note;
	const char *list[5];	/* NULL-terminated, into the above */
};
void answer_lines(struct gate *g, struct answer_lines *l, const struct action *a, const char *content_type);
/* For server_end(): arg is the action, whose count of askers kept it in memory until now. */
void answer_flushed(bool written, void *arg);

/* The answer of an ended action to one request, from the record; r is gone afterwards. */
void answer_one(struct gate *g, struct action *a, struct server_req *r);
/* Answers all who wait for an ended action, with the substrate's answer as it came; or (answer_ended) with words of the gate's own. */
void answer_waiting(struct gate *g, struct action *a, const char *type, const char *body, size_t len);
void answer_ended(struct gate *g, struct action *a);
/* Words of the gate's own about a, in the error envelope. */
void answer_error(const struct action *a, struct server_req *r, int status, const char *code, const char *message);
/* What the agent may have of the substrate's answer, and what is kept of it: no key of ours, and nothing that leads past the gate. */
void answer_clean(const struct gate *g, const struct action *a, int status, const char *type, bool packed, struct buf *body);
/* 409 action_pending. */
void answer_pending(struct action *a, struct server_req *r);

#endif
