/* pairs: see pairs.h. */
#include "config.h"

#include "ui/pairs.h"

#include <string.h>

int pairs_find(struct pairs *p, int32_t front, int32_t back, bool *ret_new)
{
	uint16_t *found = &p->found[((uint32_t)front * 2654435761U ^ (uint32_t)back * 40503U) % PAIRS_FOUND];
	int i = *found - 1;

	*ret_new = false;
	if (i >= 0 && p->front[i] == front && p->back[i] == back)
		return i;
	for (i = 0; i < p->count && (p->front[i] != front || p->back[i] != back); i++)
		;
	if (i == p->count) {
		if (p->count >= p->room)
			return -1;
		p->front[i] = front;
		p->back[i] = back;
		p->count++;
		*ret_new = true;
	}
	*found = (uint16_t)(i + 1);
	return i;
}

bool pairs_renew(struct pairs *p)
{
	if (p->count == 0 || p->count < (p->room < PAIRS_MAX ? p->room : PAIRS_MAX / 2))
		return false;
	p->count = 0;
	memset(p->found, 0, sizeof(p->found));
	return true;
}
