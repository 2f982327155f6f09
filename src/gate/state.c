/*
 * state: GET /v1/state. The list of actions may be long: it is written in slices, the next one when the reader has taken the one before, so that nobody
 * else waits meanwhile. An action that changes in between is listed as it is when its slice is made; the events from "seq" on tell the rest.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "gate/alikes.h"
#include "gate/approvals.h"
#include "gate/operator.h"

enum { SLICE_BYTES = 512 * 1024 };

struct listing {
	struct gate *gate;
	int64_t next;		/* the lowest id that is not written yet */
	bool comma;		/* stands between it and what was written */
	bool writing, gone;	/* the client may go while it is written to */
};

/* The next slice; with the last one the end of the object. false: there is more. */
static bool put_slice(struct listing *k, struct jsonw *w)
{
	const struct queue *q = &k->gate->queue;
	size_t i;

	for (i = queue_place(q, k->next); i < q->count && w->out->len < SLICE_BYTES; i++) {
		if (!q->items[i]->stripped)
			view_action(k->gate, q->items[i], w);
		k->next = q->items[i]->id + 1;
	}
	k->comma = w->comma;
	if (i < q->count)
		return false;
	jw_end(w, ']');
	jw_end(w, '}');
	return true;
}

static void put_all_but_actions(struct gate *g, struct jsonw *w)
{
	const struct session *s;
	const struct agent *agent;

	jw_begin(w, '{');
	jw_kint(w, "seq", events_seq(g->events));
	jw_kint(w, "now_boot_ms", clock_boot_ms());
	jw_kint(w, "now_wall_ms", clock_wall_ms());
	jw_key(w, "gate");
	view_gate(g, w);
	jw_key(w, "agents");
	jw_begin(w, '[');
	for (agent = g->agents; agent; agent = agent->next)
		view_agent(g, agent, w);
	jw_end(w, ']');
	jw_key(w, "operators");
	view_operators(g, w);
	jw_key(w, "presence");
	view_presence(g, w);
	jw_key(w, "alikes");
	view_rules(g, w);
	jw_key(w, "notes");
	view_notes(g, w);
	jw_key(w, "approvals");
	view_approvals(g, w);
	jw_key(w, "sessions");
	jw_begin(w, '[');
	for (s = g->sessions; s; s = s->next)
		view_session(g, s, w);
	jw_end(w, ']');
}

static void on_gone(struct server_req *r, void *user)
{
	struct listing *k = user;

	(void)r;
	k->gone = true;
	if (!k->writing)
		free(k);
}

static void write_slice(struct server_req *r, void *user)
{
	struct listing *k = user;
	struct jsonw w;
	struct buf b;
	bool end, ok;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	w.comma = k->comma;
	end = put_slice(k, &w);
	ok = !buf_failed(&b);
	k->writing = true;
	if (ok)
		server_write(r, buf_cstr(&b), b.len);
	k->writing = false;
	buf_release(&b);
	if (k->gone) {
		free(k);
	} else if (end || !ok) {
		server_set_user(r, NULL, NULL);
		free(k);
		server_end(r, ok, NULL, NULL);
	}
}

void operator_get_state(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	struct listing *k = calloc(1, sizeof(*k));
	struct buf b;
	struct jsonw w;

	(void)rest;
	if (!k)
		abort();
	k->gate = g;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put_all_but_actions(g, &w);
	jw_key(&w, "actions");
	jw_begin(&w, '[');
	if (put_slice(k, &w)) {
		free(k);
		operator_reply_json(r, 200, &b);
		return;
	}
	server_set_user(r, k, on_gone);
	server_set_drain(r, write_slice);
	server_begin(r, 200, headers, -1);
	server_write(r, buf_cstr(&b), b.len);
	buf_release(&b);
}
