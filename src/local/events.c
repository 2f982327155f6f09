/* events: see events.h. A subscriber is a place in the trail: it gets what lies between there and the end as fast as it reads. */
#include "config.h"

#include "local/events.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/feed.h"
#include "local/trail.h"

enum { KEPT_ON_DISK = 16 * 1024 * 1024, KEPT_IN_MEMORY = 256 * 1024, READ_MAX = 64 * 1024 };

struct subscriber {
	struct subscriber *next, **prev;
	struct events *events;
	struct feed *feed;
	uint64_t at;		/* place in the trail of what it gets next */
	char *types;		/* globs between commas; NULL: all */
};

struct events {
	uv_loop_t *loop;
	struct trail *trail;
	struct subscriber *subscribers;
	bool finished;
	bool said_unkept;	/* that something could not be kept */
};

static void drop(struct subscriber *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s->types);
	free(s);
}

static void on_gone(void *arg)
{
	drop(arg);
}

static bool wanted(const struct subscriber *s, const char *type)
{
	const char *p = s->types;
	char glob[64];

	while (p && *p) {
		size_t n = strcspn(p, ",");

		if (n < sizeof(glob)) {
			snprintf(glob, sizeof(glob), "%.*s", (int)n, p);
			if (fnmatch(glob, type, 0) == 0)
				return true;
		}
		p += n + (p[n] == ',');
	}
	return !s->types;
}

/* False: the subscriber is gone. */
static bool give(struct subscriber *s, const char *type, const char *id, const char *json, size_t len)
{
	return !wanted(s, type) || feed_event(s->feed, type, id, json, len);
}

/* Its place is not kept any more, or cannot be read: it comes again with its last id, and gets all there is. */
static void cut(struct subscriber *s)
{
	struct feed *f = s->feed;

	drop(s);
	feed_end(f, false);
}

static void pump(void *arg)
{
	struct subscriber *s = arg;
	const struct trail *t = s->events->trail;
	struct trail_event event;
	struct feed *f = s->feed;
	struct buf lines;
	uint64_t next;

	buf_init(&lines, SIZE_MAX - 1);
	while (!feed_full(f) && s->at < trail_end(t)) {
		const char *line, *end;

		buf_clear(&lines);
		if (trail_read(t, s->at, READ_MAX, &lines, &next, NULL) < 0) {
			cut(s);
			buf_release(&lines);
			return;
		}
		for (line = lines.data; !feed_full(f) && (end = memchr(line, '\n', lines.len - (size_t)(line - lines.data))) != NULL; line = end + 1) {
			s->at += (uint64_t)(end + 1 - line);
			if (trail_parse(line, (size_t)(end - line), &event) && !give(s, event.type, event.id, event.json, event.len)) {
				buf_release(&lines);
				return;
			}
		}
	}
	buf_release(&lines);
	if (s->events->finished && s->at >= trail_end(t)) {
		drop(s);
		feed_end(f, true);
	}
}

static struct events *make(uv_loop_t *loop, const char *path, size_t kept, struct err *e)
{
	struct events *ev = calloc(1, sizeof(*ev));

	if (!ev) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	ev->loop = loop;
	if (trail_open(path, kept, &ev->trail, e) == 0)
		return ev;
	free(ev);
	return NULL;
}

struct events *events_new(uv_loop_t *loop)
{
	return make(loop, NULL, KEPT_IN_MEMORY, NULL);
}

struct events *events_open(uv_loop_t *loop, const char *path, struct err *e)
{
	return make(loop, path, KEPT_ON_DISK, e);
}

void events_close(struct events *ev)
{
	if (!ev)
		return;
	while (ev->subscribers) {
		struct feed *f = ev->subscribers->feed;

		drop(ev->subscribers);
		feed_end(f, true);
	}
	trail_close(ev->trail);
	free(ev);
}

void events_add(struct events *ev, const char *type, const char *json, size_t len)
{
	uint64_t before = trail_end(ev->trail);
	struct subscriber *s, *next;
	char id[TRAIL_ID_SIZE];
	struct err e;
	bool kept = trail_add(ev->trail, clock_wall_ms(), type, json, len, id, &e) == 0;

	if (!kept && !ev->said_unkept)
		fprintf(stderr, "assent-local: %s: %s; readers that come again will miss it\n", type, e.msg);
	ev->said_unkept = !kept;
	for (s = ev->subscribers; s; s = next) {
		next = s->next;
		if (feed_full(s->feed) || s->at != before)
			continue;	/* it is behind, and gets this in its turn */
		s->at = trail_end(ev->trail);
		give(s, type, id, json, len);
	}
}

static void subscribe(struct events *ev, struct server_req *r, bool all)
{
	const char *last = http_field(server_head(r), "last-event-id");
	struct subscriber *s = calloc(1, sizeof(*s));
	struct buf types;

	if (!s) {
		server_drop(r);
		return;
	}
	*s = (struct subscriber){ .next = ev->subscribers, .prev = &ev->subscribers, .events = ev };
	s->at = last ? trail_after(ev->trail, last) : all ? trail_first(ev->trail) : trail_end(ev->trail);
	buf_init(&types, 4096);
	if (http_query_get(server_head(r)->query, "types", &types) && types.len > 0)
		s->types = buf_take(&types);
	buf_release(&types);
	s->feed = feed_begin(ev->loop, r, pump, on_gone, s);
	if (!s->feed) {
		free(s->types);
		free(s);
		return;
	}
	if (s->next)
		s->next->prev = &s->next;
	ev->subscribers = s;
	pump(s);
}

void events_subscribe(struct events *ev, struct server_req *r)
{
	subscribe(ev, r, false);
}

void events_subscribe_all(struct events *ev, struct server_req *r)
{
	subscribe(ev, r, true);
}

void events_finish(struct events *ev)
{
	struct subscriber *s, *next;

	ev->finished = true;
	for (s = ev->subscribers; s; s = next) {
		next = s->next;
		pump(s);
	}
}

const struct trail *events_trail(const struct events *ev)
{
	return ev->trail;
}
