/* modes: what a terminal is asked to tell beside keys: pastes, its mouse, its focus, and more of its keys while they are a computer's. */
#ifndef ASSENT_UI_MODES_H
#define ASSENT_UI_MODES_H

#include <stdbool.h>

/* All that are wanted, or none of them any more. */
void modes_say(bool on);

#endif
