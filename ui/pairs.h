/* pairs: two colours of a cell to a number, given when they first come together; found again at once. Pure. */
#ifndef ASSENT_UI_PAIRS_H
#define ASSENT_UI_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#define PAIRS_MAX 4096
#define PAIRS_FOUND 8192

struct pairs {
	int count, room;	/* room: how many there may be, at most PAIRS_MAX */
	int32_t front[PAIRS_MAX], back[PAIRS_MAX];
	uint16_t found[PAIRS_FOUND];	/* where two colours were found last, and one more; 0: nowhere */
};

/* From 0 on; -1: there is no room. */
int pairs_find(struct pairs *p, int32_t front, int32_t back, bool *ret_new);
/* Before a frame: where there are many, what is gone is forgotten in time; where there are few, only when all are used. true: all were forgotten. */
bool pairs_renew(struct pairs *p);

#endif
