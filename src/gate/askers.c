/*
 * askers: who waits for an action's answer: an open connection, or one that was told to come and fetch it (respond-async), which has
 * no connection and is always there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/answer.h"

static void on_gone(struct server_req *r, void *user)
{
	struct asker *k = user;
	struct gate *g = k->gate;
	struct action *a = queue_find(&g->queue, k->action);

	(void)r;
	asker_free(k);
	if (!a)
		return;
	queue_detach(a, clock_boot_ms());
	if (a->state == ACTION_HELD)
		gate_changed(g, a);
	gate_kick(g);
}

void asker_wait(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	struct asker *k = calloc(1, sizeof(*k));

	if (!k)
		abort();
	*k = (struct asker){ .gate = g, .req = r, .agent = agent, .action = a->id, .deadline_boot_ms = INT64_MAX };
	if (r && agent->answer_within_ms)
		k->deadline_boot_ms = clock_boot_ms() + agent->answer_within_ms;
	k->next = g->askers;
	k->prev = &g->askers;
	if (k->next)
		k->next->prev = &k->next;
	g->askers = k;
	if (k->deadline_boot_ms < g->askers_next)
		g->askers_next = k->deadline_boot_ms;
	if (r) {
		agent->connections++;
		server_set_user(r, k, on_gone);
	}
	queue_attach(a);
}

void asker_free(struct asker *k)
{
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	if (k->agent && k->req)
		k->agent->connections--;
	free(k);
}

struct asker *asker_find(const struct gate *g, int64_t action, bool streaming)
{
	struct asker *k;

	for (k = g->askers; k && (k->action != action || k->streaming != streaming); k = k->next)
		;
	return k;
}

void askers_drop(struct gate *g, struct action *a)
{
	struct asker *k;

	while ((k = asker_find(g, a->id, false)) != NULL) {
		struct server_req *r = k->req;

		asker_free(k);
		queue_detach(a, clock_boot_ms());
		if (r)
			server_drop(r);
	}
}

void askers_drop_agent(struct gate *g, const struct agent *agent)
{
	struct asker *k, *next;

	for (k = g->askers; k; k = next) {
		struct action *a = queue_find(&g->queue, k->action);
		struct server_req *r = k->req;

		next = k->next;
		if (k->agent != agent)
			continue;
		asker_free(k);
		if (a)
			queue_detach(a, clock_boot_ms());
		if (r)
			server_drop(r);
	}
}

void askers_drop_streams(struct gate *g, const char *session)
{
	struct asker *k, *next;

	for (k = g->askers; k; k = next) {
		struct action *a = queue_find(&g->queue, k->action);
		struct server_req *r = k->req;

		next = k->next;
		if (!k->streaming || !a || strcmp(a->session, session) != 0)
			continue;
		asker_free(k);
		queue_detach(a, clock_boot_ms());
		server_drop(r);
	}
}

/* NULL for none; then g->askers_next is known exactly. */
static struct asker *overdue(struct gate *g, int64_t now)
{
	struct asker *k;

	if (now < g->askers_next)
		return NULL;
	g->askers_next = INT64_MAX;
	for (k = g->askers; k; k = k->next) {
		const struct action *a = k->deadline_boot_ms <= now && !k->streaming ? queue_find(&g->queue, k->action) : NULL;

		/* What was sent has its answer on the way. */
		if (a && a->state != ACTION_SENT)
			return k;
		if (k->deadline_boot_ms > now && !k->streaming && k->deadline_boot_ms < g->askers_next)
			g->askers_next = k->deadline_boot_ms;
	}
	return NULL;
}

void askers_answer_deadlines(struct gate *g, int64_t now)
{
	struct asker *k;

	while ((k = overdue(g, now)) != NULL) {
		struct action *a = queue_find(&g->queue, k->action);
		struct server_req *r = k->req;

		a->deadline_answered = true;
		asker_free(k);
		queue_detach(a, now);
		gate_changed(g, a);
		answer_pending(a, r);
		g->askers_next = now;	/* there may be more */
	}
}
