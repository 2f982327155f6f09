/*
 * patience: when the agent that asks for an action is expected to leave: by its own word (Prefer: wait), else as it did before. It decides nothing: a person
 * sees how much time there is.
 */
#include "config.h"

#include "base/clock.h"
#include "core/prefer.h"
#include "gate/gate.h"

void patience_asked(struct gate *g, struct action *a, const struct agent *agent, const struct http_head *h)
{
	int64_t stated = prefer_wait_ms(h), seen = patience_expected_ms(&agent->patience);

	a->patience_stated = stated > 0;
	a->patience_boot_ms = stated > 0 ? clock_boot_ms() + stated : seen > 0 ? a->arrived_boot_ms + seen : 0;
	if (a->patience_boot_ms != 0 && a->patience_boot_ms < g->patience_next)
		g->patience_next = a->patience_boot_ms;
}

void patience_ended(struct gate *g, const struct action *a)
{
	struct agent *agent = gate_agent(g, a->agent);

	/* An agent whose token was taken away did not leave. */
	if (agent && a->state == ACTION_WITHDRAWN && a->away_since_boot_ms > a->arrived_boot_ms)
		patience_left(&agent->patience, a->away_since_boot_ms - a->arrived_boot_ms);
}

void patience_look(struct gate *g, int64_t now)
{
	size_t i;

	if (now < g->patience_next)
		return;
	g->patience_next = INT64_MAX;
	for (i = 0; i < g->queue.count; i++) {
		struct action *a = g->queue.items[i];

		if (a->state != ACTION_HELD || a->patience_boot_ms == 0)
			continue;
		if (a->patience_boot_ms > now) {
			if (a->patience_boot_ms < g->patience_next)
				g->patience_next = a->patience_boot_ms;
		} else if (a->askers > 0) {	/* it waits longer than was expected */
			a->patience_boot_ms = 0;
			gate_changed(g, a);
		}
	}
}
