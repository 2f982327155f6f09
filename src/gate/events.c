/*
 * events: numbered changes, kept for a while, written to every subscriber. One that does not read is left behind: what it has not got yet is bounded,
 * and when it reads again it is told how many events it missed, to take a new snapshot. It slows nobody.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/sse.h"
#include "gate/gate.h"

enum { KEPT = 1024, KEPT_BYTES = 16 * 1024 * 1024, BEHIND_MAX = 16 * 1024 * 1024, HEARTBEAT_MS = 10000 };

struct subscriber {
	struct subscriber *next, **prev;
	struct gate *gate;
	struct server_req *req;
	pid_t process;		/* the dashboard */
	int64_t missed;		/* events that it was not given: left behind */
};

struct events {
	struct gate *gate;
	int64_t first, seq;	/* numbers begin with the wall clock's, so that those of an earlier gate are older; first: the last that is not kept */
	struct { char *text; size_t len; } ring[KEPT];	/* by seq modulo KEPT */
	size_t kept_bytes;
	int64_t held_since;	/* -1: what is published is written at once; else the seq when it began to be held */
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
	ev->held_since = -1;
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

bool events_have_readers(const struct events *ev)
{
	return ev->subscribers != NULL;
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

/* It reads again. */
static void on_drained(struct server_req *r, void *user)
{
	struct subscriber *s = user;
	struct gate *g = s->gate;
	pid_t process = s->process;
	struct buf reset;
	char data[96];

	buf_init(&reset, 256);
	snprintf(data, sizeof(data), "{\"seq\":%lld,\"missed\":%lld}", (long long)g->events->seq, (long long)s->missed);
	sse_write(&reset, "reset", NULL, data, strlen(data));
	server_write(r, reset.data, reset.len);
	buf_release(&reset);
	unlink_subscriber(s);
	server_end(r, true, NULL, NULL);
	presence_left(g, process);
}

/* count: events in the text. */
static void give(struct subscriber *s, const char *text, size_t len, int64_t count)
{
	if (s->missed > 0) {
		s->missed += count;
	} else if (server_write(s->req, "", 0) + len > BEHIND_MAX && server_write(s->req, "", 0) > 0) {
		s->missed = count;
		server_set_drain(s->req, on_drained);
	} else {
		server_write(s->req, text, len);
	}
}

static void give_all(struct events *ev, const char *text, size_t len, int64_t count)
{
	struct subscriber *s, *next;

	for (s = ev->subscribers; s; s = next) {
		next = s->next;
		give(s, text, len, count);
	}
}

static void on_heartbeat(uv_timer_t *t)
{
	struct events *ev = t->data;

	if (!ev->subscribers)
		uv_timer_stop(t);
	give_all(ev, ": here\n\n", 8, 0);
}

/* The number after ev->first is not kept any more. */
static void forget_first(struct events *ev)
{
	size_t slot = (size_t)(++ev->first % KEPT);

	free(ev->ring[slot].text);
	ev->ring[slot].text = NULL;
	ev->kept_bytes -= ev->ring[slot].len;
}

void events_hold(struct events *ev)
{
	ev->held_since = ev->seq;
}

void events_flow(struct events *ev)
{
	struct buf all;
	int64_t i;

	buf_init(&all, SIZE_MAX - 1);
	if (ev->subscribers)
		for (i = ev->held_since + 1; i <= ev->seq; i++)
			buf_append(&all, ev->ring[i % KEPT].text, ev->ring[i % KEPT].len);
	if (buf_failed(&all))
		abort();
	if (all.len > 0)
		give_all(ev, all.data, all.len, ev->seq - ev->held_since);
	buf_release(&all);
	ev->held_since = -1;
}

void events_publish(struct events *ev, const char *type, const char *data, size_t len)
{
	struct buf out;
	char id[32];
	size_t slot;

	if (ev->held_since >= 0 && (ev->seq - ev->held_since >= KEPT / 2 || ev->kept_bytes > KEPT_BYTES / 2)) {
		events_flow(ev);	/* before any of them is forgotten */
		events_hold(ev);
	}
	buf_init(&out, SIZE_MAX - 1);
	snprintf(id, sizeof(id), "%lld", (long long)(ev->seq + 1));
	sse_write(&out, type, id, data, len);
	while (ev->first < ev->seq && (ev->seq - ev->first == KEPT || ev->kept_bytes + out.len > KEPT_BYTES))
		forget_first(ev);
	slot = (size_t)(++ev->seq % KEPT);
	ev->ring[slot].len = out.len;
	ev->ring[slot].text = buf_take(&out);
	if (!ev->ring[slot].text)
		abort();
	ev->kept_bytes += ev->ring[slot].len;
	if (ev->held_since < 0)
		give_all(ev, ev->ring[slot].text, ev->ring[slot].len, 1);
}

void events_subscribe(struct events *ev, struct server_req *r, int64_t after)
{
	static const char *const headers[] = { "Content-Type: text/event-stream", "Cache-Control: no-store", NULL };
	struct subscriber *s = calloc(1, sizeof(*s));
	char data[96];
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
	if (after > ev->seq || after < ev->first) {
		snprintf(data, sizeof(data), "{\"seq\":%lld,\"missed\":%lld}", (long long)ev->seq, after < ev->seq ? (long long)(ev->seq - after) : 0);
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
