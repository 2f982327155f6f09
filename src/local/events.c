/* events: see events.h. Ids grow as ULIDs do: by time, then by a counter. */
#include "config.h"

#include "local/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/sse.h"

enum { KEPT = 512, BEHIND_MAX = 1024 * 1024, HEARTBEAT_MS = 15000 };

struct subscriber {
	struct subscriber *next, **prev;
	struct server_req *req;
};

struct events {
	uv_timer_t heartbeat;
	struct { char id[32]; char *text; size_t len; } ring[KEPT];
	uint64_t count;		/* ever */
	int64_t last_ms;	/* of the newest id */
	struct subscriber *subscribers;
};

static void drop(struct subscriber *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

static void on_gone(struct server_req *r, void *user)
{
	(void)r;
	drop(user);
}

static void give_all(struct events *ev, const char *text, size_t len)
{
	struct subscriber *s, *next;

	for (s = ev->subscribers; s; s = next) {
		struct server_req *r = s->req;

		next = s->next;
		if (server_write(r, text, len) <= BEHIND_MAX)
			continue;
		drop(s);	/* too slow: it comes again with its last id */
		server_end(r, false, NULL, NULL);
	}
}

static void on_heartbeat(uv_timer_t *t)
{
	struct events *ev = t->data;

	if (!ev->subscribers)
		uv_timer_stop(t);
	give_all(ev, ": heartbeat\n\n", 13);
}

struct events *events_new(uv_loop_t *loop)
{
	struct events *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return NULL;
	uv_timer_init(loop, &ev->heartbeat);
	ev->heartbeat.data = ev;
	return ev;
}

static void on_closed(uv_handle_t *h)
{
	struct events *ev = h->data;
	size_t i;

	for (i = 0; i < KEPT; i++)
		free(ev->ring[i].text);
	free(ev);
}

void events_close(struct events *ev)
{
	if (!ev)
		return;
	while (ev->subscribers) {
		struct server_req *r = ev->subscribers->req;

		drop(ev->subscribers);
		server_end(r, true, NULL, NULL);
	}
	uv_close((uv_handle_t *)&ev->heartbeat, on_closed);
}

void events_add(struct events *ev, const char *type, const char *json, size_t len)
{
	size_t slot = (size_t)(ev->count % KEPT);
	struct buf out;

	/* A clock that is set back must not make ids go back. */
	if (clock_wall_ms() > ev->last_ms)
		ev->last_ms = clock_wall_ms();
	buf_init(&out, SIZE_MAX - 1);
	snprintf(ev->ring[slot].id, sizeof(ev->ring[slot].id), "evt_%011llx%08llx", (unsigned long long)ev->last_ms & 0xfffffffffffULL,
		 (unsigned long long)(ev->count & 0xffffffffU));
	sse_write(&out, type, ev->ring[slot].id, json, len);
	free(ev->ring[slot].text);
	ev->ring[slot].len = out.len;
	ev->ring[slot].text = buf_take(&out);
	ev->count++;
	if (ev->ring[slot].text)
		give_all(ev, ev->ring[slot].text, ev->ring[slot].len);
}

void events_subscribe(struct events *ev, struct server_req *r)
{
	static const char *const headers[] = { "Content-Type: text/event-stream", "Cache-Control: no-cache", NULL };
	const char *last = http_field(server_head(r), "last-event-id");
	struct subscriber *s = calloc(1, sizeof(*s));
	uint64_t i, first = ev->count > KEPT ? ev->count - KEPT : 0;

	if (!s) {
		server_drop(r);
		return;
	}
	server_begin(r, 200, headers, -1);
	server_write(r, ": connected\n\n", 13);
	for (i = last ? first : ev->count; i < ev->count; i++)
		if (strcmp(ev->ring[i % KEPT].id, last) > 0)
			server_write(r, ev->ring[i % KEPT].text, ev->ring[i % KEPT].len);
	*s = (struct subscriber){ .next = ev->subscribers, .prev = &ev->subscribers, .req = r };
	if (s->next)
		s->next->prev = &s->next;
	ev->subscribers = s;
	server_set_user(r, s, on_gone);
	if (!uv_is_active((uv_handle_t *)&ev->heartbeat))
		uv_timer_start(&ev->heartbeat, on_heartbeat, HEARTBEAT_MS, HEARTBEAT_MS);
}
