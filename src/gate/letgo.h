/*
 * letgo: keys and buttons that a person's inputs have pressed and not let go. When that control ends, however it does, or all is frozen, the gate lets them go: one
 * that stays down goes on typing, and whoever comes next types with it. In a freeze too: nothing else ends what a held key does. What a gate that was killed has
 * left pressed stands in the record, as the inputs that pressed it: buttons, and keys that type nothing.
 */
#ifndef ASSENT_GATE_LETGO_H
#define ASSENT_GATE_LETGO_H

#include "core/handinput.h"
#include "gate/gate.h"

/* An input has ended, and may have reached the computer: what it pressed or let go is noted. Takes what it needs out of it. */
void letgo_note(struct gate *g, const char *session, const char *lease, const char *by, struct hand_input *in);
/* At the start: what inputs of a gate before this one have pressed and not let go, as far as the record tells. */
int letgo_load(struct gate *g, struct err *e);
/* Lets go what has to be, in the name of who pressed it, once; where the computer was not reached, again. Not while an input is on the wire there. */
void letgo_pump(struct gate *g);
int64_t letgo_next(const struct gate *g, int64_t now_boot_ms);	/* when to pump again; INT64_MAX: not by itself */
void letgo_release(struct gate *g);

#endif
