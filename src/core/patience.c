/* patience: see patience.h. */
#include "config.h"

#include "core/patience.h"

void patience_left(struct patience *p, int64_t waited_ms)
{
	p->waited_ms[p->count++ % PATIENCE_KEPT] = waited_ms < 1 ? 1 : waited_ms;
}

int64_t patience_expected_ms(const struct patience *p)
{
	size_t count = p->count < PATIENCE_KEPT ? p->count : PATIENCE_KEPT, i, k, below;

	/* The one that has (count - 1) / 2 below it; of equal ones the earlier stands below. */
	for (i = 0; i < count; i++) {
		for (below = 0, k = 0; k < count; k++)
			below += p->waited_ms[k] < p->waited_ms[i] || (p->waited_ms[k] == p->waited_ms[i] && k < i);
		if (below == (count - 1) / 2)
			return p->waited_ms[i];
	}
	return 0;
}
