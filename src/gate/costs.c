/*
 * costs: what sandboxes have cost so far, as the substrate tells it (GET /sandboxes/{id}/usage). Asked only where a budget has a cap on cost, one at a
 * time, and every few seconds. What it does not tell, or not any more, stays what it was last.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/miosa_envelope.h"
#include "core/miosa_object.h"
#include "gate/budgets.h"
#include "gate/costs.h"

enum { AGAIN_MS = 5000, TIMEOUT_MS = 10000, ANSWER_MAX = 256 * 1024 };

struct cost {
	struct cost *next;
	char *sandbox;
	int64_t cents;		/* BUDGET_UNKNOWN until it was told */
	bool wanted;
};

struct costs {
	struct gate *gate;
	struct cost *list;
	struct cost *asked;	/* whose answer is on its way */
	struct http_call *call;
	struct buf body;
	uv_timer_t timer;
	bool closing;
};

static struct cost *find(const struct costs *c, const char *sandbox)
{
	struct cost *k;

	for (k = c->list; k && strcmp(k->sandbox, sandbox) != 0; k = k->next)
		;
	return k;
}

int64_t costs_of(const struct gate *g, const char *sandbox)
{
	const struct cost *k = g->costs ? find(g->costs, sandbox) : NULL;

	return k ? k->cents : BUDGET_UNKNOWN;
}

static bool read_cents(const struct buf *body, int64_t *ret)
{
	struct json_doc d;

	if (json_parse(buf_cstr(body), body->len, &d, NULL) < 0)
		return false;
	*ret = miosa_cost_cents(&d, miosa_object(&d));
	json_release(&d);
	return *ret >= 0 && *ret <= BUDGET_MAX;
}

static void ask_next(struct costs *c, struct cost *k);

static void on_data(struct http_call *call, const char *data, size_t len, void *arg)
{
	struct costs *c = arg;

	(void)call;
	buf_append(&c->body, data, len);
}

static void on_done(struct http_call *call, const struct http_result *r, void *arg)
{
	struct costs *c = arg;
	struct cost *k = c->asked;
	int64_t cents;

	(void)call;
	c->call = NULL;
	c->asked = NULL;
	if (c->closing)
		return;
	if (r->outcome == HTTP_ANSWERED && r->status == 200 && !buf_failed(&c->body) && read_cents(&c->body, &cents) && cents != k->cents) {
		k->cents = cents;
		budgets_cost_changed(c->gate, k->sandbox);
	}
	ask_next(c, k->next);
}

/* From k on, the next that somebody wants to know. */
static void ask_next(struct costs *c, struct cost *k)
{
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = ANSWER_MAX, .on_data = on_data, .on_done = on_done, .arg = c };
	struct buf path;

	for (; k && !c->call; k = k->next) {
		if (!k->wanted)
			continue;
		buf_clear(&c->body);
		buf_init(&path, 8192);
		buf_puts(&path, "/sandboxes/");
		http_encode(&path, k->sandbox, strlen(k->sandbox), false);
		buf_puts(&path, "/usage");
		c->asked = k;
		c->call = feed_get(c->gate, buf_cstr(&path), NULL, &spec);
		buf_release(&path);
	}
}

void costs_want(struct gate *g, const char *sandbox)
{
	struct costs *c = g->costs;
	struct cost *k = find(c, sandbox);

	if (!k) {
		k = calloc(1, sizeof(*k));
		if (!k)
			abort();
		*k = (struct cost){ .next = c->list, .sandbox = gate_strdup(sandbox), .cents = BUDGET_UNKNOWN };
		c->list = k;
	}
	k->wanted = true;
}

static void on_timer(uv_timer_t *t)
{
	struct costs *c = t->data;
	struct cost *k;

	if (c->call)
		return;
	for (k = c->list; k; k = k->next)
		k->wanted = false;
	if (budgets_want_costs(c->gate))
		ask_next(c, c->list);
	else
		uv_timer_stop(t);
}

void costs_soon(struct gate *g)
{
	if (g->costs && !g->costs->closing)
		uv_timer_start(&g->costs->timer, on_timer, 1, AGAIN_MS);
}

struct costs *costs_new(struct gate *g)
{
	struct costs *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->gate = g;
	buf_init(&c->body, ANSWER_MAX);
	uv_timer_init(g->loop, &c->timer);
	c->timer.data = c;
	uv_timer_start(&c->timer, on_timer, 1, AGAIN_MS);
	return c;
}

void costs_close(struct costs *c)
{
	c->closing = true;
	if (c->call)
		http_cancel(c->call);
	uv_close((uv_handle_t *)&c->timer, NULL);
}

void costs_free(struct costs *c)
{
	struct cost *k;

	while (c && (k = c->list) != NULL) {
		c->list = k->next;
		free(k->sandbox);
		free(k);
	}
	if (c)
		buf_release(&c->body);
	free(c);
}
