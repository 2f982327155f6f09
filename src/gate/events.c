/* events: numbered changes, kept for a while, written to every subscriber. A slow one is told to take a new snapshot. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/sse.h"
#include "gate/gate.h"

enum { KEPT = 1024, BEHIND_MAX = 4 * 1024 * 1024, HEARTBEAT_MS = 10000 };

struct subscriber {
	struct subscriber *next, **prev;
	struct gate *gate;
	struct server_req *req;
	pid_t process;		/* the dashboard */
};

struct events {
	struct gate *gate;
	int64_t first, seq;	/* numbers begin with the wall clock's, so that those of an earlier gate are older */
	struct { char *text; size_t len; } ring[KEPT];	/* by seq modulo KEPT */
	struct subscriber *subscribers;
	uv_timer_t heartbeat;
};

struct events *events_new(struct gate *g)
{
	struct events *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return NULL;
	ev->gate = g;
	ev->first = ev->seq = clock_wall_ms();
	uv_timer_init(g->loop, &ev->heartbeat);
	ev->heartbeat.data = ev;
	return ev;
}

void events_free(struct events *ev)
{
	size_t i;

	if (!ev)
		return;
	for (i = 0; i < KEPT; i++)
		free(ev->ring[i].text);
	free(ev);
}

int64_t events_seq(const struct events *ev)
{
	return ev->seq;
}

static void unlink_subscriber(struct subscriber *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

static void on_gone(struct server_req *r, void *user)
{
	struct subscriber *s = user;
	struct gate *g = s->gate;
	pid_t process = s->process;

	(void)r;
	unlink_subscriber(s);
	presence_left(g, process);
}

/* false when the subscriber was dropped. */
static bool give(struct events *ev, struct subscriber *s, const char *text, size_t len)
{
	struct server_req *r = s->req;
	struct buf reset;
	char data[64];

	if (server_write(r, text, len) <= BEHIND_MAX)
		return true;
	buf_init(&reset, 256);
	snprintf(data, sizeof(data), "{\"seq\":%lld}", (long long)ev->seq);
	sse_write(&reset, "reset", NULL, data, strlen(data));
	server_write(r, reset.data, reset.len);
	buf_release(&reset);
	unlink_subscriber(s);
	server_end(r, true, NULL, NULL);
	return false;
}

static void give_all(struct events *ev, const char *text, size_t len)
{
	struct subscriber *s, *next;

	for (s = ev->subscribers; s; s = next) {
		next = s->next;
		give(ev, s, text, len);
	}
}

static void on_heartbeat(uv_timer_t *t)
{
	struct events *ev = t->data;

	if (!ev->subscribers)
		uv_timer_stop(t);
	give_all(ev, ": here\n\n", 8);
}

void events_publish(struct events *ev, const char *type, const char *data, size_t len)
{
	struct buf out;
	char id[32];
	size_t slot;

	buf_init(&out, SIZE_MAX - 1);
	snprintf(id, sizeof(id), "%lld", (long long)++ev->seq);
	sse_write(&out, type, id, data, len);
	slot = (size_t)(ev->seq % KEPT);
	free(ev->ring[slot].text);
	ev->ring[slot].len = out.len;
	ev->ring[slot].text = buf_take(&out);
	if (ev->ring[slot].text)
		give_all(ev, ev->ring[slot].text, ev->ring[slot].len);
}

void events_subscribe(struct events *ev, struct server_req *r, int64_t after)
{
	static const char *const headers[] = { "Content-Type: text/event-stream", "Cache-Control: no-store", NULL };
	struct subscriber *s = calloc(1, sizeof(*s));
	char data[64];
	struct buf out;
	int64_t i;
	uid_t uid;
	gid_t gid;

	if (!s) {
		server_drop(r);
		return;
	}
	server_begin(r, 200, headers, -1);
	buf_init(&out, SIZE_MAX - 1);
	buf_puts(&out, ": events\n\n");
	if (after > ev->seq || after < ev->first || after < ev->seq - KEPT + 1) {
		snprintf(data, sizeof(data), "{\"seq\":%lld}", (long long)ev->seq);
		sse_write(&out, "reset", NULL, data, strlen(data));
	} else {
		for (i = after + 1; i <= ev->seq; i++)
			buf_append(&out, ev->ring[i % KEPT].text, ev->ring[i % KEPT].len);
	}
	s->req = r;
	s->gate = ev->gate;
	server_peer(r, &s->process, &uid, &gid);
	s->next = ev->subscribers;
	s->prev = &ev->subscribers;
	if (s->next)
		s->next->prev = &s->next;
	ev->subscribers = s;
	server_set_user(r, s, on_gone);
	server_write(r, out.data, out.len);
	buf_release(&out);
	if (!uv_is_active((uv_handle_t *)&ev->heartbeat))
		uv_timer_start(&ev->heartbeat, on_heartbeat, HEARTBEAT_MS, HEARTBEAT_MS);
}

void events_action(struct gate *g, const struct action *a)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_action(g, a, &w);
	events_publish(g->events, "action", b.data, b.len);
	buf_release(&b);
}

void events_agent(struct gate *g, const struct agent *a)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_agent(g, a, &w);
	events_publish(g->events, "agent", b.data, b.len);
	buf_release(&b);
}

void events_session(struct gate *g, const struct session *s)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_session(g, s, &w);
	events_publish(g->events, "session", b.data, b.len);
	buf_release(&b);
}

void events_gate(struct gate *g)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_gate(g, &w);
	events_publish(g->events, "gate", b.data, b.len);
	buf_release(&b);
}

void events_gone(struct gate *g, const char *kind, const char *id)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", kind);
	jw_kstr(&w, "id", id);
	jw_end(&w, '}');
	events_publish(g->events, "gone", b.data, b.len);
	buf_release(&b);
}

void events_close(struct events *ev)
{
	if (ev)
		uv_close((uv_handle_t *)&ev->heartbeat, NULL);
}
