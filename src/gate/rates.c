/* rates: how many actions were decided in the last minute, by rules and by hand. Told when they change, at most once a second. */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "gate/gate.h"

enum { TELL_MS = 1000 };

static bool is_by_hand(const struct action *a)
{
	return strcmp(a->decided_kind, "person") == 0;
}

void rates_now(const struct gate *g, int *ret_by_rule, int *ret_by_hand)
{
	int64_t now = clock_boot_ms() / 1000;
	int i;

	*ret_by_rule = *ret_by_hand = 0;
	for (i = 0; i < RATE_SECONDS; i++) {
		if (g->rates.seconds[i].at <= now - RATE_SECONDS)
			continue;
		*ret_by_rule += g->rates.seconds[i].by_rule;
		*ret_by_hand += g->rates.seconds[i].by_hand;
	}
}

static void on_tell(uv_timer_t *t)
{
	struct gate *g = t->data;
	int by_rule, by_hand;

	rates_now(g, &by_rule, &by_hand);
	if (by_rule != g->rates.told_by_rule || by_hand != g->rates.told_by_hand)
		events_gate(g);
	g->rates.told_by_rule = by_rule;
	g->rates.told_by_hand = by_hand;
	if (by_rule == 0 && by_hand == 0)
		uv_timer_stop(t);
}

void rates_count(struct gate *g, const struct action *a)
{
	int64_t now = clock_boot_ms() / 1000;
	struct rate *r = &g->rates.seconds[now % RATE_SECONDS];

	if (r->at != now)
		*r = (struct rate){ .at = now };
	if (is_by_hand(a))
		r->by_hand++;
	else
		r->by_rule++;
	if (!uv_is_active((uv_handle_t *)&g->rates.tell))
		uv_timer_start(&g->rates.tell, on_tell, TELL_MS, TELL_MS);
}

void rates_init(struct gate *g)
{
	uv_timer_init(g->loop, &g->rates.tell);
	g->rates.tell.data = g;
}

void rates_close(struct gate *g)
{
	uv_close((uv_handle_t *)&g->rates.tell, NULL);
}
