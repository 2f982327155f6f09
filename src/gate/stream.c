/*
 * stream: one event stream of the upstream, held open: reconnected with back-off and Last-Event-ID, taken for dead after silence. What it
 * says of a session becomes lines of its log.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/sse.h"
#include "gate/gate.h"
#include "gate/lines.h"
#include "gate/logs.h"

enum { SILENCE_MS = 45000, EVENT_MAX = 1024 * 1024, BACKOFF_MIN_MS = 1000, BACKOFF_MAX_MS = 30000, COUNTS_MS = 50 };

struct feed_stream {
	struct gate *gate;
	struct session *session;	/* NULL: the tenant's stream */
	struct http_call *call;
	struct sse sse;
	uv_timer_t retry, counts;
	int64_t backoff_ms;
	int handles;
	bool closing, absent;		/* absent: the upstream has no such stream */
};

static void open_stream(struct feed_stream *f);

static void set_live(struct feed_stream *f, bool live)
{
	struct session *s = f->session;

	if (!s || s->live == live)
		return;
	s->live = live;
	if (!live)
		s->not_live_since_wall_ms = clock_wall_ms();
	events_session(f->gate, s);
}

static void send_counts(struct feed_stream *f)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", f->session->id);
	jw_kint(&w, "log_lines", log_count(f->session->log));
	jw_end(&w, '}');
	events_publish(f->gate->events, "log", b.data, b.len);
	buf_release(&b);
	f->session->log_news = false;
	f->session->log_told_boot_ms = clock_boot_ms();
}

static void on_counts(uv_timer_t *t)
{
	send_counts(t->data);
}

/* Counts travel, lines are read on demand; at most 20 counts a second. */
static void add_line(struct feed_stream *f, const char *stream, const char *text, size_t len, const char *id)
{
	struct session *s = f->session;
	int64_t since = clock_boot_ms() - s->log_told_boot_ms;

	log_add(s->log, clock_wall_ms(), stream, text, len, "events", id[0] ? id : NULL);
	if (s->log_news)
		return;
	s->log_news = true;
	uv_timer_start(&f->counts, on_counts, since >= COUNTS_MS ? 0 : (uint64_t)(COUNTS_MS - since), 0);
}

static void screen_changed(struct feed_stream *f)
{
	struct session *s = f->session;
	struct buf b;
	struct jsonw w;

	s->screen_seq++;
	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", s->id);
	jw_kint(&w, "screen_seq", s->screen_seq);
	jw_end(&w, '}');
	events_publish(f->gate->events, "screen", b.data, b.len);
	buf_release(&b);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct feed_stream *f = arg;
	char *type = line_type(ev);
	const char *stream;
	struct buf text;

	f->backoff_ms = BACKOFF_MIN_MS;	/* a stream that works, not one that only opens */
	if (strcmp(type, "heartbeat") == 0 || strcmp(type, "ping") == 0) {
		/* A sign of life; the bytes themselves were counted. */
	} else if (!f->session) {
		feed_poll_soon(f->gate->feed);
	} else if (strcmp(type, "screen.changed") == 0) {
		screen_changed(f);
	} else {
		buf_init(&text, SIZE_MAX - 1);
		stream = line_of_event(type, ev, &text);
		add_line(f, stream, buf_cstr(&text), text.len, ev->id);
		buf_release(&text);
		if (strcmp(type, "desktop_action") == 0)
			screen_changed(f);
	}
	free(type);
}

static void on_retry(uv_timer_t *t)
{
	open_stream(t->data);
}

static void retry_later(struct feed_stream *f)
{
	unsigned int jitter = 0;
	int64_t wait;

	if (f->closing)
		return;
	if (f->absent)
		f->backoff_ms = BACKOFF_MAX_MS;	/* it may come with the next version, or when the session is ready */
	random_bytes(&jitter, sizeof(jitter));
	wait = f->backoff_ms + jitter % (f->backoff_ms / 2);
	if (f->sse.retry_ms > wait)	/* the stream's own wish, within bounds */
		wait = f->sse.retry_ms;
	uv_timer_start(&f->retry, on_retry, (uint64_t)(wait > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : wait), 0);
	f->backoff_ms = f->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : f->backoff_ms * 2;
}

static void on_stream_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *type = http_header(headers, "content-type");
	struct feed_stream *f = arg;

	(void)c;
	f->absent = status == 404 || status == 405 || status == 406 || status == 501;
	if (status != 200 || !type || strncmp(type, "text/event-stream", 17) != 0)
		return;
	sse_reconnect(&f->sse);
	set_live(f, true);
}

static void on_stream_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct feed_stream *f = arg;

	(void)c;
	sse_feed(&f->sse, data, len);
}

static void on_stream_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct feed_stream *f = arg;

	(void)c;
	(void)r;
	f->call = NULL;
	set_live(f, false);
	retry_later(f);
}

static void open_stream(struct feed_stream *f)
{
	struct http_spec spec = { .silence_ms = SILENCE_MS, .on_head = on_stream_head, .on_data = on_stream_data, .on_done = on_stream_done, .arg = f };
	struct session *s = f->session;
	struct buf path;

	buf_init(&path, 4096);
	if (s) {
		buf_puts(&path, s->kind == SESSION_COMPUTER ? "/computers/" : "/sandboxes/");
		http_encode(&path, s->id, strlen(s->id), false);
		buf_puts(&path, "/events");
	} else {
		buf_puts(&path, "/events/stream");
	}
	f->call = feed_get(f->gate, path.data, buf_cstr(&f->sse.id), &spec);
	buf_release(&path);
	if (!f->call)
		retry_later(f);
}

struct feed_stream *stream_new(struct gate *g, struct session *s)
{
	struct feed_stream *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->gate = g;
	f->session = s;
	f->backoff_ms = BACKOFF_MIN_MS;
	sse_init(&f->sse, EVENT_MAX, on_event, f);
	uv_timer_init(g->loop, &f->retry);
	uv_timer_init(g->loop, &f->counts);
	f->retry.data = f->counts.data = f;
	f->handles = 2;
	open_stream(f);
	return f;
}

static void on_stream_handle_closed(uv_handle_t *h)
{
	struct feed_stream *f = h->data;

	if (--f->handles == 0) {
		sse_release(&f->sse);
		free(f);
	}
}

void stream_close(struct feed_stream *f)
{
	if (!f)
		return;
	f->closing = true;
	if (f->call)
		http_cancel(f->call);
	if (!f->gate->stopping)
		set_live(f, false);
	uv_close((uv_handle_t *)&f->retry, on_stream_handle_closed);
	uv_close((uv_handle_t *)&f->counts, on_stream_handle_closed);
}
