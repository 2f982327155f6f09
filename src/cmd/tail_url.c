/*
 * tail_url: an event stream as it is, without a gate: each event, comment and error. It is opened again by the same rules as the gate's own streams;
 * what comes twice is shown twice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "cmd/tail.h"
#include "core/miosa_envelope.h"
#include "core/reconnect.h"
#include "core/redirect.h"
#include "core/sse.h"
#include "io/http.h"

enum { SILENCE_MS = 45000, EVENT_MAX = 1024 * 1024, ANSWER_MAX = 16 * 1024, ANSWER_MS = 5000 };

struct url_tail {
	struct tail *t;
	struct http *http;
	const char *authorization;
	char *url;			/* where each connection begins */
	struct buf now;			/* where redirects have led */
	struct http_call *call;
	struct sse sse;
	struct reconnect reconnect;
	int64_t after_ms;		/* Retry-After, -1 for none */
	int busy;			/* 429 or 503, without Retry-After: its body may say for how long; 0: no such answer is read */
	struct buf answer;
	int moves;
	bool own_origin;		/* still at the address that the key is for */
};

static void begin(struct url_tail *u);

/* ---- output ---- */

static void print(struct url_tail *u, struct buf *line)
{
	tail_print(u->t, line);
	buf_release(line);
}

/* A line of the kind that is no JSON, up to its text. */
static void put_begin(struct buf *line, const char *what)
{
	tail_put_time(line, clock_wall_ms());
	buf_puts(line, what);
}

static void jw_kstrn(struct jsonw *w, const char *key, const char *text, size_t len)
{
	jw_key(w, key);
	jw_strn(w, text, len);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct url_tail *u = arg;
	struct jsonw w;
	struct buf line;

	reconnect_heard(&u->reconnect);
	buf_init(&line, SIZE_MAX - 1);
	if (u->t->json) {
		jw_init(&w, &line);
		jw_begin(&w, '{');
		jw_kstrn(&w, "event", ev->type, ev->type_len);
		jw_kstr(&w, "id", ev->id);
		jw_kstrn(&w, "data", ev->data, ev->data_len);
		jw_end(&w, '}');
	} else {
		put_begin(&line, "");
		tail_put_text(&line, ev->type, ev->type_len);
		buf_puts(&line, ev->id[0] ? " [" : "");
		tail_put_text(&line, ev->id, strlen(ev->id));
		buf_puts(&line, ev->id[0] ? "] " : " ");
		tail_put_text(&line, ev->data, ev->data_len);
	}
	print(u, &line);
}

static void on_comment(const char *text, size_t len, void *arg)
{
	struct url_tail *u = arg;
	struct jsonw w;
	struct buf line;

	buf_init(&line, SIZE_MAX - 1);
	if (u->t->json) {
		jw_init(&w, &line);
		jw_begin(&w, '{');
		jw_kstrn(&w, "comment", text, len);
		jw_end(&w, '}');
	} else {
		put_begin(&line, ":");
		tail_put_text(&line, text, len);
	}
	print(u, &line);
}

/* key: "byte" or "retry_ms"; NULL for neither. */
static void print_error(struct url_tail *u, const char *what, const char *key, int64_t n)
{
	struct jsonw w;
	struct buf line;

	buf_init(&line, SIZE_MAX - 1);
	if (u->t->json) {
		jw_init(&w, &line);
		jw_begin(&w, '{');
		jw_kstr(&w, "error", what);
		if (key)
			jw_kint(&w, key, n);
		jw_end(&w, '}');
	} else {
		put_begin(&line, "! ");
		if (key && strcmp(key, "byte") == 0)
			buf_printf(&line, "byte %lld: ", (long long)n);
		tail_put_text(&line, what, strlen(what));
		if (key && strcmp(key, "retry_ms") == 0)
			buf_printf(&line, "; again in %lld.%lld s", (long long)n / 1000, (long long)n % 1000 / 100);
	}
	print(u, &line);
}

static void on_fault(const char *what, uint64_t byte, void *arg)
{
	print_error(arg, what, "byte", (int64_t)byte);
}

/* ---- connections ---- */

static void on_retry(uv_timer_t *timer)
{
	begin(timer->data);
}

static void again(struct url_tail *u, enum reconnect_do what, const char *why)
{
	uint32_t random = 0;
	int64_t wait;

	random_bytes(&random, sizeof(random));
	wait = reconnect_wait(&u->reconnect, what, u->sse.retry_ms, u->after_ms, random);
	u->after_ms = -1;
	print_error(u, why, "retry_ms", wait);
	tail_flush(u->t);
	if (!u->t->ended)
		uv_timer_start(&u->t->retry, on_retry, (uint64_t)wait, 0);
}

/* What came of its body is all there is. */
static void take_busy(struct url_tail *u)
{
	struct miosa_error told;
	char why[RECONNECT_WHY];

	reconnect_judge(u->busy, NULL, NULL, why);
	miosa_error(buf_cstr(&u->answer), u->answer.len, u->busy, NULL, -1, &told);
	u->after_ms = told.retry_after_ms;
	u->busy = 0;
	u->call = NULL;
	buf_release(&u->answer);
	again(u, RECONNECT_RETRY, why);
}

static void on_late(uv_timer_t *timer)
{
	struct url_tail *u = timer->data;
	struct http_call *c = u->call;

	take_busy(u);
	http_cancel(c);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct url_tail *u = arg;

	if (u->busy) {
		if (u->answer.len + len <= ANSWER_MAX) {
			buf_append(&u->answer, data, len);
		} else {
			take_busy(u);
			http_cancel(c);
		}
		return;
	}
	sse_feed(&u->sse, data, len);
	tail_flush(u->t);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct url_tail *u = arg;

	(void)c;
	u->call = NULL;
	if (u->busy)
		take_busy(u);
	else if (r->outcome == HTTP_REFUSED && u->moves == 0)
		tail_end(u->t, complain("tail", EXIT_REFUSED, "%s", r->error));
	else
		again(u, RECONNECT_RETRY, r->outcome == HTTP_ANSWERED ? "the stream ended" : r->error);
}

/* The ids that a stream has may be such that no header can carry them. */
static bool may_be_sent(const char *id)
{
	for (; (unsigned char)*id >= ' ' && *id != 0x7f; id++)
		;
	return *id == '\0';
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg);

static void open_stream(struct url_tail *u)
{
	const char *lines[4] = { "Accept: text/event-stream, application/json, */*", NULL, NULL, NULL };
	struct http_spec spec = { .method = "GET", .url = buf_cstr(&u->now), .headers = lines, .silence_ms = SILENCE_MS, .on_head = on_head, .on_data = on_data,
				  .on_done = on_done, .arg = u };
	const char *id = buf_cstr(&u->sse.id);
	struct buf last;
	int n = 1;

	buf_init(&last, SIZE_MAX - 1);
	if (u->authorization && u->own_origin)
		lines[n++] = u->authorization;
	if (id[0] && may_be_sent(id)) {
		buf_printf(&last, "Last-Event-ID: %s", id);
		lines[n] = last.data;
	} else if (id[0]) {
		print_error(u, "the last id has control characters and is not sent", NULL, 0);
	}
	u->call = http_start(u->http, &spec);
	buf_release(&last);
	if (!u->call)
		tail_end(u->t, complain("tail", EXIT_REFUSED, "out of memory"));
}

static void begin(struct url_tail *u)
{
	buf_clear(&u->now);
	buf_puts(&u->now, u->url);
	u->moves = 0;
	u->own_origin = true;
	open_stream(u);
}

static void move(struct url_tail *u, const char *location)
{
	bool same = false;
	struct buf to;
	struct err e;

	buf_init(&to, SIZE_MAX - 1);
	if (u->moves == REDIRECTS_MAX) {
		again(u, RECONNECT_MOVED, "it leads on and on: five redirects are followed, and no more");
	} else if (redirect_target(buf_cstr(&u->now), location, &to, &same, &e) < 0) {
		again(u, RECONNECT_MOVED, e.msg);
	} else {
		complain("tail", 0, "it leads to %s", buf_cstr(&to));
		u->moves++;
		u->own_origin &= same;
		buf_clear(&u->now);
		buf_append(&u->now, to.data, to.len);
		open_stream(u);
	}
	buf_release(&to);
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	struct url_tail *u = arg;
	char why[RECONNECT_WHY];
	enum reconnect_do what = reconnect_judge(status, http_header(headers, "content-type"), http_header(headers, "content-encoding"), why);

	if (what == RECONNECT_LIVE) {
		sse_reconnect(&u->sse);
		return;
	}
	u->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
	if ((status == 429 || status == 503) && u->after_ms < 0) {
		u->busy = status;
		buf_init(&u->answer, ANSWER_MAX);
		uv_timer_start(&u->t->retry, on_late, ANSWER_MS, 0);
		return;
	}
	u->call = NULL;
	if (what == RECONNECT_MOVED) {
		move(u, http_header(headers, "location"));
	} else if (what == RECONNECT_STOP) {
		print_error(u, why, NULL, 0);
		tail_end(u->t, EXIT_YES);
	} else {
		again(u, what, why);
	}
	http_cancel(c);		/* what else it says is for nobody */
}

struct url_tail *url_tail_new(struct tail *t, const char *url, const char *last_id, const char *authorization)
{
	struct url_tail *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->t = t;
	u->authorization = authorization;
	u->after_ms = -1;
	u->http = http_new(&t->loop);
	u->url = strdup(url);
	buf_init(&u->now, SIZE_MAX - 1);
	reconnect_init(&u->reconnect);
	sse_init(&u->sse, EVENT_MAX, on_event, u);
	u->sse.on_comment = on_comment;
	u->sse.on_fault = on_fault;
	u->sse.nul_types = true;
	sse_set_id(&u->sse, last_id ? last_id : "");
	t->retry.data = u;
	if (u->http && u->url)
		begin(u);
	else
		tail_end(t, complain("tail", EXIT_REFUSED, "out of memory"));
	return u;
}

void url_tail_close(struct url_tail *u)
{
	if (u)
		http_free(u->http, NULL, NULL);
}

void url_tail_free(struct url_tail *u)
{
	if (!u)
		return;
	sse_release(&u->sse);
	buf_release(&u->answer);
	buf_release(&u->now);
	free(u->url);
	free(u);
}
