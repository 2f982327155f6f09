/* feed: see feed.h. */
#include "config.h"

#include "local/feed.h"

#include <stdlib.h>
#include <string.h>

#include "core/sse.h"
#include "local/api.h"
#include "local/fault.h"

enum { HEARTBEAT_MS = 15000, FULL = 256 * 1024, REORDER_MS = 50 };

struct feed {
	struct server_req *req;		/* NULL: gone, and its timers are being closed */
	uv_timer_t beat, late;		/* late: what is held back for another order goes now */
	int handles;
	bool full;
	size_t sent;			/* bytes, for drop-every */
	struct buf held;		/* an event that waits for a later one */
	void (*on_ready)(void *arg);
	void (*on_gone)(void *arg);
	void *arg;
};

static void on_timer_closed(uv_handle_t *h)
{
	struct feed *f = h->data;

	if (--f->handles == 0)
		free(f);
}

static void release(struct feed *f)
{
	f->req = NULL;
	buf_release(&f->held);
	uv_close((uv_handle_t *)&f->beat, on_timer_closed);
	uv_close((uv_handle_t *)&f->late, on_timer_closed);
}

static void on_reader_gone(struct server_req *r, void *user)
{
	struct feed *f = user;

	(void)r;
	f->on_gone(f->arg);
	release(f);
}

static void on_drain(struct server_req *r, void *user)
{
	struct feed *f = user;

	server_set_drain(r, NULL);
	f->full = false;
	if (f->on_ready)
		f->on_ready(f->arg);
}

/*
 * first: bytes of it that may not arrive without the rest, or 0. An event that is sent before an earlier one is cut off rather than sent alone: its
 * reader would ask for what came after it and never see the earlier.
 */
static bool put(struct feed *f, const char *text, size_t len, size_t first)
{
	if (faults.drop_every > 0 && f->sent + len >= faults.drop_every) {
		size_t left = faults.drop_every - f->sent;

		if (first > 0 && left >= first && left < len)
			left = first - 1;
		server_write(f->req, text, left);
		server_end(f->req, false, NULL, NULL);
		f->on_gone(f->arg);
		release(f);
		return false;
	}
	f->sent += len;
	if (server_write(f->req, text, len) > FULL && !f->full) {
		f->full = true;
		server_set_drain(f->req, on_drain);
	}
	return true;
}

static bool put_held(struct feed *f)
{
	struct buf text = f->held;
	bool there;

	buf_init(&f->held, SIZE_MAX - 1);
	uv_timer_stop(&f->late);
	there = text.len == 0 || put(f, text.data, text.len, 0);
	buf_release(&text);
	return there;
}

static void on_late(uv_timer_t *t)
{
	put_held(t->data);
}

static void on_beat(uv_timer_t *t)
{
	struct feed *f = t->data;

	if (!faults.no_heartbeat && !f->full)
		put(f, ": heartbeat\n\n", 13, 0);
}

bool feed_refused(struct server_req *r)
{
	if (!fault_not_acceptable(server_head(r)))
		return false;
	api_error(r, 406, "NOT_ACCEPTABLE", "this stream wants Accept: text/event-stream, application/json, */*");
	return true;
}

struct feed *feed_begin(uv_loop_t *loop, struct server_req *r, void (*on_ready)(void *arg), void (*on_gone)(void *arg), void *arg)
{
	static const char *const headers[] = { "Content-Type: text/event-stream", "Cache-Control: no-cache", NULL };
	struct feed *f;

	if (feed_refused(r))
		return NULL;
	if (server_head(r)->method == HTTP_HEAD) {
		server_reply(r, 200, headers, "", 0);
		return NULL;
	}
	f = calloc(1, sizeof(*f));
	if (!f) {
		server_drop(r);
		return NULL;
	}
	*f = (struct feed){ .req = r, .handles = 2, .on_ready = on_ready, .on_gone = on_gone, .arg = arg };
	buf_init(&f->held, SIZE_MAX - 1);
	uv_timer_init(loop, &f->beat);
	uv_timer_init(loop, &f->late);
	f->beat.data = f->late.data = f;
	uv_timer_start(&f->beat, on_beat, HEARTBEAT_MS, HEARTBEAT_MS);
	server_set_user(r, f, on_reader_gone);
	server_begin(r, 200, headers, -1);
	if (server_head(r)->method == HTTP_GET)
		server_write(r, ": connected\n\n", 13);	/* nothing may come for a while, and its reader wants to know that it reads */
	return f;
}

bool feed_event(struct feed *f, const char *type, const char *id, const char *json, size_t len)
{
	struct buf text;
	size_t once;
	bool there;

	buf_init(&text, SIZE_MAX - 1);
	sse_write(&text, type, id, json, len);
	once = text.len;
	if (faults.dup_ids)
		sse_write(&text, type, id, json, len);
	if (faults.reorder && f->held.len == 0) {
		f->held = text;
		uv_timer_start(&f->late, on_late, REORDER_MS, 0);
		return true;
	}
	if (f->held.len > 0) {
		buf_append(&text, f->held.data, f->held.len);
		buf_release(&f->held);
		uv_timer_stop(&f->late);
	} else {
		once = 0;
	}
	there = buf_failed(&text) || put(f, text.data, text.len, once);
	buf_release(&text);
	return there;
}

bool feed_full(const struct feed *f)
{
	return f->full;
}

void feed_end(struct feed *f, bool ok)
{
	struct server_req *r = f->req;

	if (ok && f->held.len > 0)
		server_write(r, f->held.data, f->held.len);
	release(f);
	server_end(r, ok, NULL, NULL);
}
