/* stream: see stream.h. */
#include "config.h"

#include "gate/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/miosa_envelope.h"
#include "core/recent.h"
#include "core/reconnect.h"
#include "gate/logs.h"
#include "gate/faults.h"

enum { SILENCE_MS = 45000, EVENT_MAX = 1024 * 1024, ANSWER_MS = 10000, ANSWER_MAX = 16 * 1024, TICKET_MAX = 16 * 1024, READ_SIZE = 1024, OPENING_MAX = 64, ABSENCES_MAX = 5 };

struct stream {
	struct stream *next, **prev;
	struct gate *gate;
	struct session *session;	/* NULL: the tenant's, or it is closed */
	enum stream_kind kind;
	enum stream_state state;
	int64_t since_wall_ms;
	char *path, *item, *name;	/* own */
	char *why, *verdict_why;	/* own; NULL for nothing: most are live */
	int64_t gaps, lines;
	int64_t lost_wall_ms;		/* when it was live last; 0: never by this gate */
	bool was_there;			/* an earlier gate had it */
	bool proving;			/* the next event tells whether something was lost */
	bool closing, ended;
	int absences;			/* how often it was not there, one after another */
	bool waits, opening;		/* for its turn to be opened; for its answer */
	struct stream *next_to_open;
	struct http_call *call;		/* the stream, or the ticket that it needs */
	enum reconnect_do verdict;	/* on the answer, and why; before it RECONNECT_RETRY and "" */
	int status;
	int64_t after_ms;		/* Retry-After of the answer, -1 for none */
	struct buf answer;		/* what is no stream, or the ticket */
	struct sse sse;
	struct recent recent;
	struct reconnect again;
	uv_timer_t timer;		/* to open it again; while an answer that is no stream is read: how long that may take */
};

static void open_stream(struct stream *st, const char *ticket);

const char *stream_state_name(enum stream_state state)
{
	static const char *const names[] = {
		[STREAM_DOWN] = "down", [STREAM_LIVE] = "live", [STREAM_POLLING] = "polling", [STREAM_ABSENT] = "absent", [STREAM_RESTING] = "down", [STREAM_ENDED] = "absent",
	};

	return names[state];
}

struct stream_view stream_view(const struct stream *st)
{
	return (struct stream_view){ .kind = st->kind, .name = st->name, .item = st->item, .state = st->state, .since_wall_ms = st->since_wall_ms,
				     .why = st->why ? st->why : "", .gaps = st->gaps };
}

struct stream *stream_next(const struct stream *st)
{
	return st->next;
}

int64_t *stream_lines(struct stream *st)
{
	return &st->lines;
}

/* "sbx_1/events", for the log. */
static void say(const struct stream *st, const char *what)
{
	fault_line(st->gate, "stream %s%s%s: %s", st->session ? st->session->id : "", st->session ? "/" : "", st->name, what);
}

static void set_text(char **field, const char *text)
{
	free(*field);
	*field = text[0] ? gate_strdup(text) : NULL;
}

static void set_state(struct stream *st, enum stream_state state, const char *why)
{
	bool is_new = strcmp(st->why ? st->why : "", why) != 0;

	if (st->state == state && !is_new)
		return;
	if (st->state == STREAM_LIVE)
		st->lost_wall_ms = clock_wall_ms();
	if (st->state != state)
		st->since_wall_ms = clock_wall_ms();
	st->state = state;
	set_text(&st->why, why);
	if (is_new && why[0] && state == STREAM_DOWN)
		say(st, why);
	follow_changed(st->gate, st->session, st);
}

/* ---- what comes ---- */

static void on_event(const struct sse_event *ev, void *arg)
{
	struct stream *st = arg;
	bool fresh = true;

	reconnect_heard(&st->again);
	if (st->closing || st->ended)
		return;
	if (ev->own_id && ev->id[0])
		fresh = recent_add(&st->recent, ev->id);
	if (st->proving && ev->own_id) {
		st->proving = false;
		if (!fresh && st->session)
			follow_whole(st->gate, st->session, st);
	}
	if (fresh)
		follow_event(st->gate, st->session, st, ev, ev->own_id && ev->id[0] ? ev->id : NULL);
}

static void on_fault(const char *what, uint64_t byte, void *arg)
{
	struct stream *st = arg;

	fault_line(st->gate, "stream %s%s%s: byte %llu: %s", st->session ? st->session->id : "", st->session ? "/" : "", st->name, (unsigned long long)byte, what);
}

/* ---- opening, and opening again ---- */

/* Its turn: only so many wait for an answer at a time. A thousand connections at once would cost memory that never comes back, and the substrate too. */
static void begin(struct stream *st)
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

static void on_timer(uv_timer_t *t);

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
	miosa_error(buf_cstr(&st->answer), st->answer.len, st->status, NULL, NULL, &told);
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
		set_state(st, STREAM_ENDED, why);
		return;
	}
	if (st->verdict == RECONNECT_ABSENT)
		set_state(st, has_polls(st) ? STREAM_POLLING : STREAM_ABSENT, why);
	else
		set_state(st, STREAM_DOWN, why);
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
	st->after_ms = reconnect_after(http_header(headers, "retry-after"));
	if (is_websocket(st, status)) {
		st->verdict = RECONNECT_ABSENT;
		snprintf(why, RECONNECT_WHY, "there is a WebSocket alone (%d)", status);
	}
	if (st->verdict == RECONNECT_LIVE) {
		bool missed = st->lost_wall_ms != 0 || st->was_there;

		sse_reconnect(&st->sse);
		st->proving = missed && st->recent.overlap > 0;
		st->gaps += missed;
		set_state(st, STREAM_LIVE, "");
		follow_live(st->gate, st->session, st, missed, st->lost_wall_ms);
		st->was_there = false;
		return;
	}
	if (st->verdict == RECONNECT_MOVED)
		snprintf(why + strlen(why), RECONNECT_WHY - strlen(why), "; it is not followed there");
	set_text(&st->verdict_why, why);
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
	set_text(&st->verdict_why, "");
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
		begin(st);
	}
}

/* ---- its life ---- */

static void make_name(struct stream *st)
{
	static const char *const names[] = {
		[STREAM_TENANT] = "tenant", [STREAM_EVENTS] = "events", [STREAM_LOGS] = "logs", [STREAM_READINESS] = "readiness", [STREAM_FILES] = "files",
		[STREAM_PROCESS] = "process", [STREAM_AGENT] = "agent", [STREAM_AGENT_EVENTS] = "agent", [STREAM_SNAPSHOT] = "snapshot", [STREAM_RUN] = "run", [STREAM_AGENT_RUN] = "agent-run",
	};
	char name[80];

	snprintf(name, sizeof(name), "%s%s%.60s", names[st->kind], st->item[0] ? " " : "", st->item);
	st->name = gate_strdup(name);
}

struct stream *stream_new(struct gate *g, struct session *s, enum stream_kind kind, const char *item, const char *path, struct stream **list)
{
	struct stream *st = calloc(1, sizeof(*st));
	const char *last;

	if (!st)
		abort();
	*st = (struct stream){ .gate = g, .session = s, .kind = kind, .path = gate_strdup(path), .item = gate_strdup(item), .since_wall_ms = clock_wall_ms() };
	make_name(st);
	reconnect_init(&st->again);
	sse_init(&st->sse, EVENT_MAX, on_event, st);
	st->sse.on_fault = on_fault;
	while (*list)
		list = &(*list)->next;
	st->prev = list;
	*list = st;
	if (s && s->log) {
		last = log_last_id(s->log, st->name);
		if (last[0]) {
			sse_set_id(&st->sse, last);
			recent_add(&st->recent, last);
		}
		st->was_there = last[0] || (log_count(s->log) > 0 && (kind == STREAM_EVENTS || kind == STREAM_LOGS));
	}
	uv_timer_init(g->loop, &st->timer);
	st->timer.data = st;
	begin(st);
	return st;
}

static void hang_up(struct stream *st)
{
	struct http_call *c = st->call;

	st->call = NULL;
	if (c)
		http_cancel(c);
	uv_timer_stop(&st->timer);
	leave_queue(st);
	begun(st);
}

static void on_closed(uv_handle_t *h)
{
	struct stream *st = h->data;

	sse_release(&st->sse);
	recent_release(&st->recent);
	buf_release(&st->answer);
	free(st->path);
	free(st->item);
	free(st->name);
	free(st->why);
	free(st->verdict_why);
	free(st);
}

void stream_close(struct stream *st)
{
	if (!st)
		return;
	st->closing = true;
	*st->prev = st->next;
	if (st->next)
		st->next->prev = st->prev;
	st->session = NULL;
	hang_up(st);
	uv_close((uv_handle_t *)&st->timer, on_closed);
}

void stream_rest(struct stream *st)
{
	if (st->state == STREAM_RESTING || st->ended)
		return;
	hang_up(st);
	set_state(st, STREAM_RESTING, "its session does not run");
}

void stream_go(struct stream *st)
{
	if (st->state != STREAM_RESTING)
		return;
	reconnect_init(&st->again);
	set_state(st, STREAM_DOWN, "");
	begin(st);
}

void stream_end(struct stream *st)
{
	st->ended = true;
	hang_up(st);
	set_state(st, STREAM_ENDED, "it has ended");
}
