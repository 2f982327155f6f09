/* presence: who sits at a dashboard (core/presence.h), told to all of them; and whether anybody does. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/operator.h"
#include "io/log.h"

static void on_tick(uv_timer_t *t);

static void arm(struct gate *g, int64_t now)
{
	int64_t next = presence_next(&g->presence, now);

	if (next == INT64_MAX)
		uv_timer_stop(&g->presence_tick);
	else
		uv_timer_start(&g->presence_tick, on_tick, next > now ? (uint64_t)(next - now) : 1, 0);
}

void view_presence(const struct gate *g, struct jsonw *w)
{
	int64_t now = clock_boot_ms();
	size_t i;

	jw_begin(w, '[');
	for (i = 0; i < g->presence.count; i++) {
		const struct presence_one *one = &g->presence.list[i];

		jw_begin(w, '{');
		jw_kstr(w, "name", one->name);
		jw_kint(w, "since_wall_ms", one->since_wall_ms);
		jw_kint(w, "key_ago_ms", now - one->key_boot_ms);
		jw_key(w, "reads");
		if (one->reads)
			jw_int(w, one->reads);
		else
			jw_null(w);
		jw_kint(w, "reads_since_wall_ms", one->reads_since_wall_ms);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

/* The list changed (or not), and perhaps whether anybody is here. */
static void look(struct gate *g, bool changed)
{
	int64_t now = clock_boot_ms();
	bool unattended;
	struct buf b;
	struct jsonw w;

	changed |= presence_due(&g->presence, now);
	unattended = presence_unattended(&g->presence, now);
	if (changed) {
		buf_init(&b, SIZE_MAX - 1);
		jw_init(&w, &b);
		view_presence(g, &w);
		events_publish(g->events, "presence", b.data, b.len);
		buf_release(&b);
	}
	if (unattended != g->queue.unattended) {
		g->queue.unattended = unattended;
		log_line(unattended ? "nobody has pressed a key at a dashboard for 10 minutes" : "somebody is at a dashboard again");
		events_gate(g);
		gate_kick(g);
	}
	arm(g, now);
}

static void on_tick(uv_timer_t *t)
{
	look(t->data, false);
}

void presence_start(struct gate *g)
{
	int64_t now = clock_boot_ms();

	presence_init(&g->presence, now);
	uv_timer_init(g->loop, &g->presence_tick);
	g->presence_tick.data = g;
	arm(g, now);
}

void presence_close(struct gate *g)
{
	uv_close((uv_handle_t *)&g->presence_tick, NULL);
}

void presence_left(struct gate *g, int64_t process)
{
	if (!g->stopping && presence_gone(&g->presence, process))
		look(g, true);
}

void operator_presence(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "name", "reads", "key_ago_ms", NULL };
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	struct json_doc d;
	int64_t reads = 0, key_ago = -1;
	int root, v;
	char *name;
	bool good;
	pid_t pid = 0;
	uid_t uid;
	gid_t gid;

	(void)rest;
	if (!operator_read_body(r, &d, known))
		return;
	root = json_root(&d);
	v = json_get(&d, root, "reads");
	good = json_int(&d, json_get(&d, root, "key_ago_ms"), &key_ago) == 0 && key_ago >= 0 &&
	       (v == JSON_NONE || json_type(&d, v) == JSON_NULL || (json_int(&d, v, &reads) == 0 && reads > 0));
	name = json_strdup(&d, json_get(&d, root, "name"));
	if (!name || !name[0]) {
		free(name);
		name = operator_person(g, r, &d);
	}
	json_release(&d);
	good = good && strlen(name) <= PRESENCE_NAME_MAX;
	server_peer(r, &pid, &uid, &gid);
	if (good) {
		look(g, presence_heard(&g->presence, pid, name, reads, key_ago, clock_boot_ms(), clock_wall_ms()));
		server_reply(r, 200, headers, "{}", 2);
	} else {
		server_error(r, 422, NULL, "invalid_presence", "it is {\"name\": at most 64 bytes, \"reads\": an action's id or null, \"key_ago_ms\"}", NULL);
	}
	free(name);
}
