/* input: what a person does by hand on a computer that he has control of: in order, one at a time on each computer. */
#ifndef ASSENT_GATE_INPUT_H
#define ASSENT_GATE_INPUT_H

#include "gate/gate.h"

/* Sends what has its turn; refuses what may not be sent any more. */
void input_pump(struct gate *g);
void input_release(struct gate *g);	/* after the loop has ended */

#endif
