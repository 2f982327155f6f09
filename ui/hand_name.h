/* hand_name: what a key of the terminal is on a computer's keyboard. Pure. */
#ifndef ASSENT_UI_HAND_NAME_H
#define ASSENT_UI_HAND_NAME_H

#include <stdbool.h>

#include "ui/input.h"

#define HAND_NAME_MAX 64

/* A character that is typed as it is. */
bool hand_is_text(const struct input_event *ev);
/* "Return", "ctrl+alt+t": X's names, modifiers first. false: no key that we have a name for. */
bool hand_name(const struct input_event *ev, char out[HAND_NAME_MAX]);

#endif
