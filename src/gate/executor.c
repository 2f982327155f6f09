/*
 * executor: sends what was approved, at most once, and answers those who asked.
 *
 * The order is the promise: "sent" is on disk before a connection is opened; the result is on disk before anyone is told. A
 * failed commit stops it there.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "gate/failpoint.h"
#include "gate/gate.h"
#include "io/log.h"

enum { ANSWER_MAX = 64 * 1024 * 1024, LINE_BYTES = 8192 + 64, HEADERS_KEPT = 4096 };

static const char denied_words[] = "Denied by a person. Do not retry; say what you need.";

/* One request under way. */
struct sending {
	struct sending *next, **prev;
	struct gate *gate;
	int64_t action;
	struct buf body;
	char content_type[256];
	bool streamed;		/* done at its head, passed on as it comes */
	bool unrecorded;	/* over, but its result could not be written yet */
	enum action_state outcome;
};

/* What an agent is told of an action that did not get an answer of the substrate. */
static void refusal(const struct action *a, int *ret_status, const char **ret_code, char *message, size_t size)
{
	static const struct { enum action_state state; int status; const char *code, *words; } table[] = {
		{ ACTION_DENIED, 403, "action_denied", denied_words },
		{ ACTION_EXPIRED, 403, "action_expired", "Nobody decided in time." },
		{ ACTION_WITHDRAWN, 403, "action_withdrawn", "The request was withdrawn: its asker stayed away, or asked for something else." },
		{ ACTION_NOT_SENT, 409, "substrate_unreachable", "It was approved, but the substrate could not be reached; nothing was sent." },
		{ ACTION_UNKNOWN, 409, "outcome_unknown", "It was sent, and no answer came. It may have happened. Look before you do anything else." },
		{ ACTION_UPSTREAM_FAILED, 409, "upstream_failed", "It was sent, and the substrate answered with a failure." },
	};
	const char *words = a->state == ACTION_DENIED && a->note && a->note[0] ? a->note : NULL;
	size_t i;

	*ret_status = 409;
	*ret_code = "outcome_unknown";
	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].state != a->state)
			continue;
		*ret_status = table[i].status;
		*ret_code = table[i].code;
		snprintf(message, size, "%s", words ? words : table[i].words);
	}
}

static void on_flushed(bool written, void *arg)
{
	struct action *a = arg;

	if (written)
		a->delivered = true;
	a->askers--;
}

/* The head's extra lines, in text that lives as long as the caller's buffers. */
struct lines {
	char id[48], type[300];
	struct buf note;
	const char *list[4];
};

static void make_lines(struct lines *l, const struct action *a, const char *content_type)
{
	size_t n = 0;

	snprintf(l->id, sizeof(l->id), "Assent-Action: %lld", (long long)a->id);
	l->list[n++] = l->id;
	buf_init(&l->note, 16384);
	if (a->note && a->note[0]) {
		buf_puts(&l->note, "Assent-Note: ");
		http_encode(&l->note, a->note, strlen(a->note), false);
		if (!buf_failed(&l->note) && l->note.len < 4096)
			l->list[n++] = l->note.data;
	}
	if (content_type && content_type[0]) {
		snprintf(l->type, sizeof(l->type), "Content-Type: %s", content_type);
		l->list[n++] = l->type;
	}
	l->list[n] = NULL;
}

static void put_failure(const struct action *a, const char *body, size_t len, struct buf *out)
{
	char message[2048] = "", id[32];
	const char *code;
	struct jsonw w;
	int status;

	refusal(a, &status, &code, message, sizeof(message));
	snprintf(id, sizeof(id), "%lld", (long long)a->id);
	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_key(&w, "error");
	jw_begin(&w, '{');
	jw_kstr(&w, "code", code);
	jw_kstr(&w, "message", message);
	jw_kstr(&w, "request_id", id);
	if (a->state == ACTION_UPSTREAM_FAILED) {
		jw_key(&w, "details");
		jw_begin(&w, '{');
		jw_kint(&w, "status", a->status);
		jw_key(&w, "body");
		jw_strn(&w, body, len);
		jw_end(&w, '}');
	}
	jw_end(&w, '}');
	jw_end(&w, '}');
}

/* The whole answer of an ended action. The last byte's way is watched: until it is written, a repeat gets the same. */
static void reply(struct action *a, struct server_req *r, const char *content_type, const char *body, size_t len)
{
	char message[2048] = "";
	const char *code;
	struct lines l;
	struct buf out;
	int status = a->status;

	buf_init(&out, SIZE_MAX - 1);
	if (a->state == ACTION_DONE) {
		buf_append(&out, body, len);
	} else {
		refusal(a, &status, &code, message, sizeof(message));
		put_failure(a, body, len, &out);
		content_type = "application/json";
	}
	make_lines(&l, a, content_type);
	server_set_user(r, NULL, NULL);
	a->askers++;	/* keeps the action in memory until on_flushed */
	server_begin(r, status, l.list, (int64_t)out.len);
	server_write(r, out.data, out.len);
	server_end(r, true, on_flushed, a);
	buf_release(&l.note);
	buf_release(&out);
}

void executor_answer(struct gate *g, struct action *a, struct server_req *r, struct agent *agent)
{
	struct buf body, type;
	char id[32];

	(void)agent;
	buf_init(&body, STORE_RESULT_MAX);
	buf_init(&type, 1024);
	if ((a->state == ACTION_DONE || a->state == ACTION_UPSTREAM_FAILED) && store_result(g->store, a->id, &body, &type, NULL) < 0) {
		snprintf(id, sizeof(id), "%lld", (long long)a->id);
		server_error(r, 409, NULL, a->stream ? "outcome_streamed" : "outcome_not_kept",
			     "it was done; its answer was passed on once and not kept", id);
	} else {
		reply(a, r, buf_cstr(&type), buf_cstr(&body), body.len);
	}
	buf_release(&body);
	buf_release(&type);
}

void executor_answer_pending(struct action *a, struct server_req *r)
{
	char line[48], id[32];
	const char *const headers[] = { line, NULL };

	snprintf(line, sizeof(line), "Assent-Action: %lld", (long long)a->id);
	snprintf(id, sizeof(id), "%lld", (long long)a->id);
	server_set_user(r, NULL, NULL);
	server_error(r, 409, headers, "action_pending", "A person has not decided yet; send the same request again.", id);
}

static void answer_waiting(struct gate *g, struct action *a, const char *type, const char *body, size_t len)
{
	struct asker *k;
	struct server_req *r;

	while ((k = asker_find(g, a->id, false)) != NULL) {
		r = k->req;
		a->askers--;
		asker_free(k);
		if (r)
			reply(a, r, type, body, len);
	}
}

void executor_answer_all(struct gate *g, struct action *a)
{
	answer_waiting(g, a, NULL, "", 0);
	failpoint(14);
}

/* The body was read as text: our key must not come back in it. */
static void scrub(struct gate *g, struct buf *body)
{
	size_t n = strlen(g->config.key);
	char *p = body->data;

	while (n > 0 && p && (p = memmem(p, body->len - (size_t)(p - body->data), g->config.key, n)) != NULL)
		p = (char *)memset(p, '*', n) + n;
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *type = http_header(headers, "content-type");
	struct sending *s = arg;
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	struct store_move m = { .to = ACTION_DONE, .who = "gate", .detail = "a streamed answer began" };
	struct asker *k;
	struct lines l;

	(void)c;
	snprintf(s->content_type, sizeof(s->content_type), "%s", type ? type : "");
	failpoint(11);
	if (!a->stream || status < 200 || status > 299)
		return;
	a->status = status;
	a->ended_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, NULL) < 0)
		return;		/* not on disk: nobody is told before on_done tries again */
	s->streamed = true;
	a->askers++;	/* keeps the action in memory until on_done */
	make_lines(&l, a, s->content_type);
	for (k = g->askers; k; k = k->next) {
		if (k->action != a->id || !k->req)
			continue;
		k->streaming = true;
		server_begin(k->req, status, l.list, -1);
	}
	buf_release(&l.note);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct sending *s = arg;
	struct asker *k, *next;

	(void)c;
	if (!s->streamed)
		buf_append(&s->body, data, len);
	for (k = s->streamed ? s->gate->askers : NULL; k; k = next) {
		next = k->next;
		if (k->action == s->action && k->streaming)
			server_write(k->req, data, len);
	}
}

static void end_stream(struct sending *s, struct action *a, bool ok)
{
	struct asker *k;
	struct server_req *r;

	while ((k = asker_find(s->gate, a->id, true)) != NULL) {
		r = k->req;
		server_set_user(r, NULL, NULL);
		asker_free(k);	/* a->askers still counts it, until on_flushed */
		server_end(r, ok, on_flushed, a);
	}
	answer_waiting(s->gate, a, "", "", 0);	/* who came in by Prefer: respond-async has nobody to be told */
	a->askers--;
}

static enum action_state outcome_state(const struct http_result *r)
{
	if (r->outcome == HTTP_NOT_SENT || r->outcome == HTTP_REFUSED)
		return ACTION_NOT_SENT;
	if (r->outcome != HTTP_ANSWERED)
		return ACTION_UNKNOWN;
	return r->status == 429 || r->status >= 500 || r->status < 200 ? ACTION_UPSTREAM_FAILED : ACTION_DONE;
}

static void sending_free(struct sending *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	buf_release(&s->body);
	free(s);
}

/* The result: on disk, then to those who wait. Where it cannot be written nobody is told, and it is tried again with every pump; a gate
 * that ends before shows the action as unknown. */
static void settle(struct sending *s)
{
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	struct store_move m = { .to = s->outcome, .who = "gate", .detail = a->error };

	if (a->status != 0 && !buf_failed(&s->body)) {
		m.content_type = s->content_type;
		m.body = buf_cstr(&s->body);
		m.body_len = s->body.len;
	}
	s->unrecorded = gate_move(g, a, &m, NULL) < 0;
	if (s->unrecorded) {
		askers_drop(g, a);
		return;
	}
	failpoint(13);
	answer_waiting(g, a, s->content_type, buf_cstr(&s->body), s->body.len);
	failpoint(14);
	sending_free(s);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct sending *s = arg;
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);

	(void)c;
	a->took_ms = r->took_us / 1000;
	gate_set_live(g, r->outcome == HTTP_ANSWERED || r->status != 0, r->error);
	if (s->streamed) {
		end_stream(s, a, r->outcome == HTTP_ANSWERED);
		gate_changed(g, a);
		sending_free(s);
	} else {
		failpoint(12);
		scrub(g, &s->body);
		s->outcome = outcome_state(r);
		a->status = r->outcome == HTTP_ANSWERED ? r->status : 0;
		free(a->error);
		a->error = gate_strdup(r->error);
		a->ended_wall_ms = clock_wall_ms();
		settle(s);
	}
	gate_pump(g);
}

static void on_step(struct http_call *c, enum http_step step, void *arg)
{
	(void)c;
	(void)arg;
	failpoint(step == HTTP_CONNECTED ? 8 : step == HTTP_HALF_SENT ? 9 : 10);
}

static void add_line(struct buf *text, const char *name, const char *value)
{
	buf_printf(text, "%s: %s", name, value);
	buf_append(text, "", 1);
}

/* The request, built anew from its parts: nothing of the agent's connection is passed on but what the card showed. */
static struct http_call *start(struct gate *g, const struct action *a, struct sending *s)
{
	const char *lines[ACTION_HEADERS + 3];
	struct http_spec spec = { .method = http_method_name(a->method), .headers = lines, .body = a->body_len > 0 ? a->body : NULL,
				  .body_len = a->body_len, .once = true, .answer_max = a->stream ? 0 : ANSWER_MAX, .on_head = on_head, .on_data = on_data,
				  .on_step = on_step, .on_done = on_done, .arg = s };
	struct http_call *call;
	struct buf text, url;
	size_t i, n = 0;

	buf_init(&text, SIZE_MAX - 1);
	buf_init(&url, SIZE_MAX - 1);
	buf_printf(&url, "%s%s%s%s", a->upstream, a->path, a->query[0] ? "?" : "", a->query);
	buf_printf(&text, "Authorization: Bearer %s", g->config.key);
	buf_append(&text, "", 1);
	add_line(&text, "Idempotency-Key", a->our_key);
	for (i = 0; i < ACTION_HEADERS; i++)
		if (a->headers[i])
			add_line(&text, action_header_name((enum action_header)i), a->headers[i]);
	for (i = 0; i < text.len; i += strlen(text.data + i) + 1)
		lines[n++] = text.data + i;
	lines[n] = NULL;
	spec.url = url.data;
	call = buf_failed(&text) || buf_failed(&url) ? NULL : http_start(g->http, &spec);
	if (text.data)
		wipe(text.data, text.len);
	buf_release(&text);
	buf_release(&url);
	return call;
}

static void back_to_held(struct gate *g, struct action *a, const char *why)
{
	struct store_move m = { .to = ACTION_HELD, .who = "gate", .detail = why };

	action_undecide(a);
	gate_move(g, a, &m, NULL);
}

static bool send_one(struct gate *g, struct action *a)
{
	struct store_move m = { .to = ACTION_SENT, .who = "gate", .detail = a->our_key };
	struct sending *s = calloc(1, sizeof(*s));
	char digest[DIGEST_HEX + 1];

	if (!s)
		return false;
	*s = (struct sending){ .gate = g, .action = a->id, .next = g->sendings, .prev = &g->sendings };
	if (s->next)
		s->next->prev = &s->next;
	g->sendings = s;
	buf_init(&s->body, ANSWER_MAX);
	if (action_digest(a, a->body, a->body_len, digest) < 0 || strcmp(digest, a->digest) != 0) {
		sending_free(s);
		back_to_held(g, a, "the bytes to be sent are not those that were approved");
		return false;
	}
	failpoint(6);
	a->sent_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, NULL) < 0) {
		a->sent_wall_ms = 0;
		sending_free(s);
		return false;
	}
	failpoint(7);
	if (start(g, a, s))
		return true;
	m = (struct store_move){ .to = ACTION_NOT_SENT, .who = "gate", .detail = "out of memory" };
	a->ended_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, NULL) == 0)
		executor_answer_all(g, a);
	sending_free(s);
	return true;
}

void executor_release(struct gate *g)
{
	while (g->sendings)
		sending_free(g->sendings);
}

static struct sending *unrecorded(const struct gate *g)
{
	struct sending *s;

	for (s = g->sendings; s && !s->unrecorded; s = s->next)
		;
	return s;
}

void executor_pump(struct gate *g)
{
	struct sending *s;
	struct action *a;

	while ((s = unrecorded(g)) != NULL) {
		settle(s);
		if (g->record_error[0])
			return;
	}
	while (!g->stopping && (a = queue_next_to_send(&g->queue)) != NULL)
		if (!send_one(g, a))
			break;
}
