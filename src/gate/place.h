/* place: where an action acts, in pixels of its screen: its numbers are passed on as they are, and may mean something else (core/coordinates.h). */
#ifndef ASSENT_GATE_PLACE_H
#define ASSENT_GATE_PLACE_H

#include "gate/gate.h"

struct place {
	int x, y, x2, y2;	/* as the action's */
	int width, height;	/* of the screen; 0: not told */
	bool known;		/* numbers that are no pixels are known only with the size of the screen */
};

struct place gate_place(const struct gate *g, const struct action *a);

#endif
