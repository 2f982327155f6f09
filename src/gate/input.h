/* input: what a person does by hand on a computer that he has control of: in order, one at a time on each computer. */
#ifndef ASSENT_GATE_INPUT_H
#define ASSENT_GATE_INPUT_H

#include "core/handinput.h"
#include "gate/gate.h"

/* Sends what has its turn; refuses what may not be sent any more. */
void input_pump(struct gate *g);
/* Is one of them with the computer now? */
bool input_on_the_wire(const struct gate *g, const char *session);
/* Sends one now, whatever waits: by_hand() (byhand.h). in's body may be taken; false: it could not be written, and nothing is sent. */
bool input_by_hand(struct gate *g, const char *session, struct hand_input *in, const char *by, const char *detail,
		   void (*ended)(struct gate *g, const struct action *a, const char *body, size_t len, void *arg), void *arg, struct err *e);
void input_release(struct gate *g);	/* after the loop has ended */

#endif
