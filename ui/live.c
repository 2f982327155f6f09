/* live: see live.h. */
#include "config.h"

#include "ui/live.h"

#include <stdio.h>
#include <string.h>

int64_t live_due_ms(const struct live *l, const char *session, int64_t seq, bool active, int64_t now)
{
	int64_t wait = l->wait_ms, left;

	if (strcmp(l->session, session) != 0)
		return 0;
	if (seq != l->seq)
		wait = LIVE_LEAST_MS;
	else if (active && wait > LIVE_ACTIVE_MS)
		wait = LIVE_ACTIVE_MS;
	left = l->asked_ms + wait - now;
	if (wait >= LIVE_TICK_MS)
		return left <= LIVE_TICK_MS / 2 ? 0 : left < LIVE_TICK_MS ? LIVE_TICK_MS : left;
	return left > 0 ? left : 0;
}

void live_asked(struct live *l, const char *session, int64_t seq, int64_t now)
{
	bool same = strcmp(l->session, session) == 0;

	l->told = same && seq != l->seq;
	if (!same)
		l->wait_ms = LIVE_OFTEN_MS;
	snprintf(l->session, sizeof(l->session), "%s", session);
	l->seq = seq;
	l->asked_ms = now;
}

void live_came(struct live *l, bool changed)
{
	if (l->told)
		return;	/* that says nothing of what is not told */
	if (changed)
		l->wait_ms = LIVE_OFTEN_MS;
	else if (l->wait_ms < LIVE_SELDOM_MS)
		l->wait_ms *= 2;
}

void live_failed(struct live *l)
{
	l->wait_ms = LIVE_AGAIN_MS;
}
