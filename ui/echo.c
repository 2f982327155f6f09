/* echo: see echo.h. */
#include "config.h"

#include "ui/echo.h"

#include <string.h>

enum { PATIENCE_MS = 500, LOST_MS = 10000 };

static void drop_oldest(struct echo *e)
{
	e->open--;
	memmove(e->asked_ms, e->asked_ms + 1, (size_t)e->open * sizeof(e->asked_ms[0]));
}

bool echo_lost(const struct echo *e, int64_t now)
{
	return e->answers && e->open > 0 && now - e->asked_ms[0] > LOST_MS;
}

int64_t echo_asked(struct echo *e, int64_t now)
{
	/* What was not answered for so long will not be; else each later answer would be taken for an older one's. */
	while (e->open > 0 && (e->open == ECHO_OPEN_MAX || now - e->asked_ms[0] > LOST_MS))
		drop_oldest(e);
	e->asked_ms[e->open++] = now;
	return ++e->asked;
}

int64_t echo_answered(struct echo *e, int64_t now)
{
	int64_t number = e->asked - e->open + 1;

	if (e->open == 0)
		return 0;
	e->answers = true;
	e->round_ms = now - e->asked_ms[0];
	drop_oldest(e);
	return number;
}

int64_t echo_round_ms(const struct echo *e, int64_t now)
{
	int64_t waits = e->open > 0 ? now - e->asked_ms[0] : 0;

	return waits > e->round_ms ? waits : e->round_ms;
}

int64_t echo_limit_ms(const struct echo *e)
{
	return PATIENCE_MS + 2 * e->round_ms;
}
