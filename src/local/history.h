/* history: a stream of which both forms are wanted: as events for who takes them, else as the list of what came so far. */
#ifndef ASSENT_LOCAL_HISTORY_H
#define ASSENT_LOCAL_HISTORY_H

#include "local/api.h"

/* Answers the call by its Accept. In the list each event is its JSON with its id as "id" in front, oldest first. */
void history_reply(struct api_call *c, struct events *ev);

#endif
