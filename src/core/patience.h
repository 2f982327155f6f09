/* patience: how long an agent was seen to wait for an answer before it left. Pure; times in ms. */
#ifndef ASSENT_PATIENCE_H
#define ASSENT_PATIENCE_H

#include <stddef.h>
#include <stdint.h>

#define PATIENCE_KEPT 5		/* the newest; some of them are a program that was ended by hand */

struct patience {
	int64_t waited_ms[PATIENCE_KEPT];
	size_t count;		/* of all that were told */
};

/* It left after so long, and nobody had answered. */
void patience_left(struct patience *p, int64_t waited_ms);
/* What it may be expected to wait: the middle one of those that are kept (of two the shorter). 0: it never left. */
int64_t patience_expected_ms(const struct patience *p);

#endif
