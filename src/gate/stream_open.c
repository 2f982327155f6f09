/* stream_open: a stream's turn to be opened, the ticket that it may need, its answer, and when it is opened again. See stream_own.h. */
#include "config.h"

#include "gate/stream_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/miosa_envelope.h"

enum { SILENCE_MS = 45000, ANSWER_MS = 10000, ANSWER_MAX = 16 * 1024, TICKET_MAX = 16 * 1024, READ_SIZE = 1024, OPENING_MAX = 64, ABSENCES_MAX = 5 };

static void open_stream(struct stream *st, const char *ticket);
static void on_timer(uv_timer_t *t);

/* Only so many wait for an answer at a time. A thousand connections at once would cost memory that never comes back, and the substrate too. */
void stream_begin(struct stream *st)
{
	struct gate *g = st->gate;

	if (g->opening.count < OPENING_MAX) {
		open_stream(st, NULL);
		return;
	}
	if (!g->opening.first)
		g->opening.end = &g->opening.first;
	st->waits = true;
	st->next_to_open = NULL;
	*g->opening.end = st;
	g->opening.end = &st->next_to_open;
}

/* It has its answer, or will have none: the next. */
static void begun(struct stream *st)
{
	struct gate *g = st->gate;
	struct stream *next = g->opening.first;

	if (!st->opening)
		return;
	st->opening = false;
	g->opening.count--;
	if (!next || g->stopping)
		return;
	g->opening.first = next->next_to_open;
	if (!g->opening.first)
		g->opening.end = &g->opening.first;
	next->waits = false;
	open_stream(next, NULL);
}

static void leave_queue(struct stream *st)
{
	struct stream **p = &st->gate->opening.first;

	if (!st->waits)
		return;
	while (*p != st)
		p = &(*p)->next_to_open;
	*p = st->next_to_open;
	if (!*p)
		st->gate->opening.end = p;
	st->waits = false;
}

static void wait_for(struct stream *st, int64_t ms)
{
	uv_timer_start(&st->timer, on_timer, (uint64_t)ms, 0);
}

static bool has_polls(const struct stream *st)
{
	return st->kind == STREAM_TENANT || st->kind == STREAM_EVENTS || st->kind == STREAM_READINESS;
}

static void open_later(struct stream *st)
{
	uint32_t number = 0;

	random_bytes(&number, sizeof(number));
	/* What need not be there is looked for ever more seldom. */
	st->absences = st->verdict != RECONNECT_ABSENT || has_polls(st) ? 0 : st->absences < ABSENCES_MAX ? st->absences + 1 : ABSENCES_MAX;
	wait_for(st, reconnect_wait(&st->again, st->verdict, st->sse.retry_ms, st->after_ms, number) << (st->absences > 0 ? st->absences - 1 : 0));
}

/* What the answer was, with the words that came with it. */
static void put_why(struct stream *st, const char *error, char why[RECONNECT_WHY])
{
	struct miosa_error told;

	snprintf(why, RECONNECT_WHY, "%s", error[0] ? error : st->verdict == RECONNECT_LIVE ? "it was closed" : st->verdict_why ? st->verdict_why : "");
	if (error[0] || st->verdict == RECONNECT_LIVE || st->answer.len == 0)
		return;
	miosa_error(buf_cstr(&st->answer), st->answer.len, st->status, NULL, -1, &told);
	if (st->after_ms < 0)
		st->after_ms = told.retry_after_ms;
	snprintf(why + strlen(why), RECONNECT_WHY - strlen(why), ": %.100s", told.message);
}

/* The connection is over: says so, and sees to the next. error: of the connection, "" where there was none. */
static void lost(struct stream *st, const char *error)
{
	char why[RECONNECT_WHY];

	st->call = NULL;
	uv_timer_stop(&st->timer);
	begun(st);
	if (st->closing || st->ended)
		return;
	put_why(st, error, why);
	buf_release(&st->answer);
	if (st->verdict == RECONNECT_STOP) {
		st->ended = true;
		stream_set_state(st, STREAM_ENDED, why);
		return;
	}
	if (st->verdict == RECONNECT_ABSENT)
		stream_set_state(st, has_polls(st) ? STREAM_POLLING : STREAM_ABSENT, why);
	else
		stream_set_state(st, STREAM_DOWN, why);
	if (st->verdict == RECONNECT_LIVE)
		st->verdict = RECONNECT_RETRY;
	open_later(st);
}

/* Computers' events are known to be a WebSocket elsewhere, on the same path. */
static bool is_websocket(const struct stream *st, int status)
{
	return st->kind == STREAM_EVENTS && st->session && st->session->kind == SESSION_COMPUTER && (status == 400 || status == 426);
}

static void on_stream_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	struct stream *st = arg;
	char why[RECONNECT_WHY];

	st->status = status;
	begun(st);
	st->verdict = reconnect_judge(status, http_header(headers, "content-type"), http_header(headers, "content-encoding"), why);
	st->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
	if (is_websocket(st, status)) {
		st->verdict = RECONNECT_ABSENT;
		snprintf(why, RECONNECT_WHY, "there is a WebSocket alone (%d)", status);
	}
	if (st->verdict == RECONNECT_LIVE) {
		bool missed = st->lost_wall_ms != 0 || st->was_there;

		reconnect_opened(&st->again);
		sse_reconnect(&st->sse);
		st->proving = missed && st->recent.overlap > 0;
		st->gaps += missed;
		stream_set_state(st, STREAM_LIVE, "");
		follow_live(st->gate, st->session, st, missed, st->lost_wall_ms);
		st->was_there = false;
		return;
	}
	if (st->verdict == RECONNECT_MOVED)
		snprintf(why + strlen(why), RECONNECT_WHY - strlen(why), "; it is not followed there");
	stream_set_text(&st->verdict_why, why);
	if (st->verdict == RECONNECT_RETRY || st->verdict == RECONNECT_REFUSED) {
		wait_for(st, ANSWER_MS);	/* what it says is read, but not for ever */
		if (status != 200)
			return;
	}
	http_cancel(c);
	lost(st, "");
}

static void on_stream_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct stream *st = arg;

	if (st->verdict == RECONNECT_LIVE) {
		sse_feed(&st->sse, data, len);
	} else if (st->answer.len + len <= ANSWER_MAX) {
		buf_append(&st->answer, data, len);
	} else {
		http_cancel(c);
		lost(st, "");
	}
}

static void on_ticket_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct stream *st = arg;

	(void)c;
	buf_append(&st->answer, data, len);
}

static void on_ticket(struct http_call *c, const struct http_result *r, void *arg)
{
	static const char *const names[] = { "ticket", NULL };
	struct stream *st = arg;
	struct json_doc d;
	char *ticket = NULL;

	(void)c;
	st->call = NULL;
	if (st->closing || st->ended)
		return;
	if (r->outcome == HTTP_ANSWERED && r->status >= 200 && r->status < 300 && json_parse(buf_cstr(&st->answer), st->answer.len, &d, NULL) == 0) {
		ticket = miosa_string(&d, miosa_object(&d), names);
		json_release(&d);
	}
	if (st->answer.data)
		wipe(st->answer.data, st->answer.cap);
	buf_release(&st->answer);
	if (ticket) {
		open_stream(st, ticket);
		wipe(ticket, strlen(ticket));
		free(ticket);
	} else {
		lost(st, "");
	}
}

/* One ticket for one opening; it stands in no log and is forgotten. */
static void ask_ticket(struct stream *st)
{
	struct http_spec spec = { .method = "POST", .once = true, .timeout_ms = ANSWER_MS, .answer_max = TICKET_MAX, .body = "{}", .body_len = 2,
				  .on_data = on_ticket_data, .on_done = on_ticket, .arg = st };
	const char *lines[] = { st->gate->config.authorization, "Accept: application/json", "Content-Type: application/json", NULL };
	struct buf url;

	buf_release(&st->answer);
	buf_init(&st->answer, TICKET_MAX);
	buf_init(&url, 8192);
	buf_printf(&url, "%s/auth/sse-ticket", st->gate->config.upstream);
	spec.url = url.data;
	spec.headers = lines;
	st->call = http_start(st->gate->http, &spec);
	buf_release(&url);
	if (!st->call)
		lost(st, "out of memory");
}

static void on_stream_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct stream *st = arg;

	(void)c;
	st->call = NULL;
	if (!st->closing && !st->ended && st->verdict == RECONNECT_REFUSED && reconnect_try_ticket(&st->again)) {
		uv_timer_stop(&st->timer);
		ask_ticket(st);
	} else {
		lost(st, r->outcome == HTTP_ANSWERED ? "" : r->error);
	}
}

static void open_stream(struct stream *st, const char *ticket)
{
	struct http_spec spec = { .silence_ms = SILENCE_MS, .read_size = READ_SIZE, .on_head = on_stream_head, .on_data = on_stream_data, .on_done = on_stream_done, .arg = st };
	const char *last = recent_resume(&st->recent);
	struct buf path;

	buf_init(&path, 16384);
	buf_puts(&path, st->path);
	if (ticket) {
		buf_puts(&path, strchr(st->path, '?') ? "&ticket=" : "?ticket=");
		http_encode(&path, ticket, strlen(ticket), false);
	}
	buf_release(&st->answer);
	buf_init(&st->answer, ANSWER_MAX);
	st->after_ms = -1;
	st->verdict = RECONNECT_RETRY;
	stream_set_text(&st->verdict_why, "");
	if (!st->opening)
		st->gate->opening.count++;
	st->opening = true;
	st->call = (st->absences > 0 ? feed_get : feed_get_stream)(st->gate, buf_cstr(&path), last[0] ? last : buf_cstr(&st->sse.id), &spec);
	if (ticket)
		wipe(path.data, path.cap);
	buf_release(&path);
	if (!st->call)
		lost(st, "out of memory");
}

static void on_timer(uv_timer_t *t)
{
	struct stream *st = t->data;

	if (st->call) {		/* an answer that does not end */
		http_cancel(st->call);
		lost(st, "");
	} else {
		stream_begin(st);
	}
}

void stream_hang_up(struct stream *st)
{
	struct http_call *c = st->call;

	st->call = NULL;
	if (c)
		http_cancel(c);
	uv_timer_stop(&st->timer);
	leave_queue(st);
	begun(st);
}
