/*
 * letgo: keys and buttons that a person's inputs have pressed and not let go. When that control ends, however it does, or all is frozen, the gate lets them go: one
 * that stays down goes on typing, and whoever comes next types with it. In a freeze too: nothing else ends what a held key does. Nothing of it outlives the gate.
 */
#ifndef ASSENT_GATE_LETGO_H
#define ASSENT_GATE_LETGO_H

#include "core/handinput.h"
#include "gate/gate.h"

/* An input has ended, and may have reached the computer: what it pressed or let go is noted. Takes what it needs out of it. */
void letgo_note(struct gate *g, const char *session, const char *lease, const char *by, struct hand_input *in);
/* Lets go what has to be, in the name of who pressed it, once; not while an input is on the wire there. */
void letgo_pump(struct gate *g);
void letgo_release(struct gate *g);

#endif
