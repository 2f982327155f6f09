/*
 * tail_session: the lines of one session, in order and each once. The gate's events say how many there are; the lines are read by number, so that
 * nothing that is missed on the way is missed here.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/tail.h"
#include "core/httpmsg.h"
#include "core/sse.h"
#include "io/wire.h"

enum { FIRST_LINES = 10, LINES_MAX = 1000, RETRY_MS = 500, CALL_TIMEOUT_MS = 15000, SILENCE_MS = 25000, EVENT_MAX = 8 * 1024 * 1024 };

struct session_tail {
	struct tail *t;
	struct wire *wire;
	char *socket, *wanted;
	char *id;			/* once it is known */
	struct wire_call *state, *log, *events;
	struct buf state_body, log_body;
	struct sse sse;
	int64_t seq, next, asked;	/* of events, of lines; the line that was asked for, -1 for the newest ones */
	bool away, again;		/* the gate does not answer; there is more to read than was asked for */
	bool gone;			/* the session: what is left to read is read, and that is the end */
	bool behind;			/* the gate gave some events to others alone (reset), and has hung up */
};

static void get_state(struct session_tail *s);
static void get_log(struct session_tail *s);

static void on_retry(uv_timer_t *timer)
{
	get_state(timer->data);
}

/* At the begin a gate has to be there; from then on it may go and come back. */
static void retry(struct session_tail *s, const char *why)
{
	if (!s->id) {
		tail_end(s->t, complain("tail", EXIT_UNREACHABLE, "no gate answers at %s (%s); start one with assent, or assent gate", s->socket, why));
		return;
	}
	if (!s->away)
		complain("tail", 0, "the gate is away (%s); waiting for it", why);
	s->away = true;
	uv_timer_start(&s->t->retry, on_retry, RETRY_MS, 0);
}

static struct wire_call *start(struct session_tail *s, const char *path, struct wire_spec *spec)
{
	struct wire_call *call;

	spec->method = "GET";
	spec->path = path;
	spec->arg = s;
	call = wire_start(s->wire, spec);
	if (!call)
		tail_end(s->t, complain("tail", EXIT_REFUSED, "out of memory"));
	return call;
}

/* ---- lines ---- */

static void print_line(struct session_tail *s, const struct json_doc *d, int line)
{
	struct buf stream, text, out;
	struct jsonw w;
	int64_t n = 0, wall_ms = 0;

	json_int(d, json_get(d, line, "n"), &n);
	json_int(d, json_get(d, line, "wall_ms"), &wall_ms);
	if (s->next >= 0 && n < s->next)
		return;
	if (s->next >= 0 && n > s->next)
		complain("tail", 0, "lines %lld to %lld are not kept any more", (long long)s->next, (long long)n - 1);
	s->next = n + 1;
	buf_init(&stream, SIZE_MAX - 1);
	buf_init(&text, SIZE_MAX - 1);
	buf_init(&out, SIZE_MAX - 1);
	json_str(d, json_get(d, line, "stream"), &stream);
	json_str(d, json_get(d, line, "text"), &text);
	if (s->t->json) {
		jw_init(&w, &out);
		jw_begin(&w, '{');
		jw_kint(&w, "n", n);
		jw_kint(&w, "wall_ms", wall_ms);
		jw_key(&w, "stream");
		jw_strn(&w, buf_cstr(&stream), stream.len);
		jw_key(&w, "text");
		jw_strn(&w, buf_cstr(&text), text.len);
		jw_end(&w, '}');
	} else {
		tail_put_time(&out, wall_ms);
		tail_put_text(&out, buf_cstr(&stream), stream.len);
		buf_printf(&out, "%*s", stream.len < 6 ? (int)(6 - stream.len) : 1, "");
		tail_put_text(&out, buf_cstr(&text), text.len);
	}
	tail_print(s->t, &out);
	buf_release(&stream);
	buf_release(&text);
	buf_release(&out);
}

static void on_log_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	struct session_tail *s = arg;

	(void)c;
	buf_append(&s->log_body, data, len);
}

static void take_log(struct session_tail *s)
{
	int64_t total = 0, before = s->next;
	struct json_doc d;
	int line;

	if (json_parse(buf_cstr(&s->log_body), s->log_body.len, &d, NULL) < 0)
		return;		/* what is wrong shows with the next count */
	json_int(&d, json_get(&d, json_root(&d), "total"), &total);
	if (total < s->next) {
		complain("tail", 0, "the gate's log of this session began anew");
		s->next = before = 0;
	}
	for (line = json_first(&d, json_get(&d, json_root(&d), "lines")); line != JSON_NONE; line = json_next(&d, line))
		print_line(s, &d, line);
	json_release(&d);
	tail_flush(s->t);
	if (s->next < 0)	/* no lines yet */
		s->next = total;
	s->again |= s->next < total && s->next != before;
}

static void on_log(struct wire_call *c, const struct wire_result *r, void *arg)
{
	struct session_tail *s = arg;

	(void)c;
	s->log = NULL;
	if (r->answered && r->status == 200)
		take_log(s);	/* else the gate goes, or does not know the session yet: its events tell when to ask again */
	buf_clear(&s->log_body);
	if (s->t->ended)
		return;
	if (s->again)
		get_log(s);
	else if (s->gone)
		tail_end(s->t, complain("tail", EXIT_YES, "session %s is gone", s->id));
}

static void get_log(struct session_tail *s)
{
	struct wire_spec spec = { .timeout_ms = CALL_TIMEOUT_MS, .answer_max = WIRE_ANSWER_MAX, .on_data = on_log_data, .on_done = on_log };
	struct buf path;

	s->again = s->log != NULL;
	if (s->log)
		return;
	buf_init(&path, 8192);
	buf_puts(&path, "/v1/sessions/");
	http_encode(&path, s->id, strlen(s->id), false);
	if (s->next < 0)
		buf_printf(&path, "/log?from=-%d&n=%d", FIRST_LINES, FIRST_LINES);
	else
		buf_printf(&path, "/log?from=%lld&n=%d", (long long)s->next, LINES_MAX);
	s->log = start(s, buf_cstr(&path), &spec);
	buf_release(&path);
}

/* ---- events ---- */

static void on_event(const struct sse_event *ev, void *arg)
{
	struct session_tail *s = arg;
	struct json_doc d;
	int root;

	if (json_parse(ev->data, ev->data_len, &d, NULL) < 0)
		return;
	root = json_root(&d);
	s->behind |= strcmp(ev->type, "reset") == 0;
	if (s->behind || (strcmp(ev->type, "log") == 0 && json_str_is(&d, json_get(&d, root, "session"), s->id)) ||
	    (strcmp(ev->type, "session") == 0 && json_str_is(&d, json_get(&d, root, "id"), s->id))) {
		get_log(s);
	} else if (strcmp(ev->type, "gone") == 0 && json_str_is(&d, json_get(&d, root, "kind"), "session") && json_str_is(&d, json_get(&d, root, "id"), s->id)) {
		s->gone = true;		/* its last lines are there still */
		get_log(s);
	}
	json_release(&d);
}

static void on_events_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	struct session_tail *s = arg;

	(void)c;
	sse_feed(&s->sse, data, len);
}

static void on_events_done(struct wire_call *c, const struct wire_result *r, void *arg)
{
	struct session_tail *s = arg;

	(void)c;
	s->events = NULL;
	if (s->behind)	/* after that the gate hangs up: it is there all the same */
		get_state(s);
	else
		retry(s, !r->answered ? r->error : "it closed the connection");
}

static void follow(struct session_tail *s)
{
	struct wire_spec spec = { .events = true, .silence_ms = SILENCE_MS, .on_data = on_events_data, .on_done = on_events_done };
	char path[80];

	snprintf(path, sizeof(path), "/v1/events?after=%lld", (long long)s->seq);
	sse_reconnect(&s->sse);
	s->events = start(s, path, &spec);
	get_log(s);
}

/* ---- which session ---- */

/* By its id; else by its name, which must be that of one alone. False: was said. */
static bool find_session(struct session_tail *s, const struct json_doc *d)
{
	int list = json_get(d, json_root(d), "sessions"), v, found = JSON_NONE;
	struct buf others;
	int n = 0;

	buf_init(&others, 1024);
	for (v = json_first(d, list); v != JSON_NONE; v = json_next(d, v)) {
		bool by_id = json_str_is(d, json_get(d, v, "id"), s->wanted);

		if (!by_id && !json_str_is(d, json_get(d, v, "name"), s->wanted))
			continue;
		buf_puts(&others, n > 0 ? ", " : "");
		json_str(d, json_get(d, v, "id"), &others);
		found = v;
		n = by_id ? 1 : n + 1;
		if (by_id)
			break;
	}
	if (n == 1)
		s->id = json_strdup(d, json_get(d, found, "id"));
	else if (n > 1)
		tail_end(s->t, complain("tail", EXIT_NO, "%d sessions are called \"%s\"; name one by its id: %s", n, s->wanted, buf_cstr(&others)));
	else
		tail_end(s->t, complain("tail", EXIT_NO, "the gate knows no session \"%s\"; the dashboard lists those that it knows", s->wanted));
	buf_release(&others);
	return s->id != NULL;
}

static bool is_there(const struct session_tail *s, const struct json_doc *d)
{
	int v;

	for (v = json_first(d, json_get(d, json_root(d), "sessions")); v != JSON_NONE; v = json_next(d, v))
		if (json_str_is(d, json_get(d, v, "id"), s->id))
			return true;
	return false;
}

static void on_state_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	struct session_tail *s = arg;

	(void)c;
	buf_append(&s->state_body, data, len);
}

static void on_state(struct wire_call *c, const struct wire_result *r, void *arg)
{
	struct session_tail *s = arg;
	struct json_doc d;
	struct err e;

	(void)c;
	s->state = NULL;
	if (!r->answered || r->status != 200) {
		retry(s, !r->answered ? r->error : "it refuses to tell its state");
	} else if (json_parse(buf_cstr(&s->state_body), s->state_body.len, &d, &e) < 0) {
		retry(s, e.msg);
	} else {
		json_int(&d, json_get(&d, json_root(&d), "seq"), &s->seq);
		if (s->away)
			complain("tail", 0, "the gate is back");
		s->gone |= s->behind && !s->away && !is_there(s, &d);
		s->away = s->behind = false;
		if (s->gone)
			get_log(s);
		else if (s->id || find_session(s, &d))
			follow(s);
		json_release(&d);
	}
	buf_release(&s->state_body);
}

static void get_state(struct session_tail *s)
{
	struct wire_spec spec = { .timeout_ms = CALL_TIMEOUT_MS, .answer_max = WIRE_ANSWER_MAX, .on_data = on_state_data, .on_done = on_state };

	s->state = start(s, "/v1/state", &spec);
}

struct session_tail *session_tail_new(struct tail *t, const char *socket, const char *session)
{
	struct session_tail *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->t = t;
	s->next = -1;
	s->wire = wire_new(&t->loop, socket);
	s->socket = strdup(socket);
	s->wanted = strdup(session);
	buf_init(&s->state_body, SIZE_MAX - 1);
	buf_init(&s->log_body, SIZE_MAX - 1);
	sse_init(&s->sse, EVENT_MAX, on_event, s);
	t->retry.data = s;
	if (s->wire && s->socket && s->wanted)
		get_state(s);
	else
		tail_end(t, complain("tail", EXIT_REFUSED, "out of memory"));
	return s;
}

void session_tail_close(struct session_tail *s)
{
	if (s)
		wire_free(s->wire, NULL, NULL);
}

void session_tail_free(struct session_tail *s)
{
	if (!s)
		return;
	sse_release(&s->sse);
	buf_release(&s->state_body);
	buf_release(&s->log_body);
	free(s->socket);
	free(s->wanted);
	free(s->id);
	free(s);
}
