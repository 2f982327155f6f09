/*
 * executor: sends what was approved, at most once, and has the answer told to those who asked (answer.c).
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
#include "base/digest.h"
#include "core/mask.h"
#include "gate/answer.h"
#include "gate/bodies.h"
#include "gate/gate.h"
#include "gate/kept.h"
#include "gate/screens.h"
#include "io/failpoint.h"
#include "io/log.h"

/* A command may run for five minutes without a word; after six nobody knows what became of it. */
enum { ANSWER_MAX = 64 * 1024 * 1024, BEHIND_MAX = 4 * 1024 * 1024, SILENCE_MS = 360 * 1000 };

/* One request under way. */
struct sending {
	struct sending *next, **prev;
	struct gate *gate;
	int64_t action;
	int version;		/* of the action, when its body began to be read */
	struct spooled *file;	/* its opaque body; NULL when it is in memory */
	struct buf typed;	/* what goes in place of its body, and is not kept; else empty */
	struct buf body;	/* of the answer */
	char content_type[256];
	struct scrub scrub;	/* of a streamed answer */
	struct kept kept;	/* the same */
	enum action_answer end;	/* the same, when it is over */
	bool packed;		/* nobody asked for it */
	bool streamed;		/* done at its head, passed on as it comes */
	bool unrecorded;	/* over, but its result could not be written yet */
	enum action_state outcome;
};

/* Only what says that it is one is passed on before it is whole. */
static bool is_event_stream(const struct sending *s)
{
	return strncasecmp(s->content_type, "text/event-stream", 17) == 0 && !s->packed;
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *type = http_header(headers, "content-type");
	struct sending *s = arg;
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	struct store_move m = { .to = ACTION_DONE, .who = "gate", .detail = "a streamed answer began" };
	struct asker *k;
	struct answer_lines l;

	(void)c;
	snprintf(s->content_type, sizeof(s->content_type), "%s", type && !strstr(type, g->config.key) ? type : "");
	s->packed = http_is_packed(headers);
	failpoint(11);
	if (!a->stream || status < 200 || status > 299 || !is_event_stream(s))
		return;
	a->status = status;
	a->ended_wall_ms = clock_wall_ms();
	a->streamed = true;
	a->answer = ANSWER_COMING;
	m.content_type = s->content_type;
	if (gate_move(g, a, &m, NULL) < 0) {
		/* Not on disk: nobody is told before on_done tries again, with the whole answer. */
		a->status = 0;
		a->ended_wall_ms = 0;
		a->streamed = false;
		a->answer = ANSWER_NONE;
		return;
	}
	failpoint(13);
	s->streamed = true;
	kept_begin(&s->kept, g, a->id);
	a->askers++;	/* keeps the action in memory until on_done */
	if (a->session_kind == SESSION_COMPUTER && takeover_of(g, a->session))
		askers_drop(g, a);	/* a person took control while it was on the wire */
	for (k = g->askers; k && (k->action != a->id || !k->req); k = k->next)
		;
	if (!k)
		return;
	answer_lines(g, &l, a, s->content_type);
	for (; k; k = k->next) {
		if (k->action != a->id || !k->req)
			continue;
		k->streaming = true;
		server_begin(k->req, status, l.list, -1);
	}
	buf_release(&l.note);
}

/* Who does not read a streamed answer is not waited for, since it is read to its end: this one has lost it. */
static void drop_slow(struct gate *g, struct asker *k)
{
	struct action *a = queue_find(&g->queue, k->action);
	struct server_req *r = k->req;

	log_line("action %lld: an asker that does not read its answer is given up", (long long)a->id);
	asker_free(k);
	queue_detach(a, clock_boot_ms());
	server_drop(r);
}

/* A piece of a streamed answer, to all who wait for it. */
static void pass_on(struct sending *s, const char *data, size_t len)
{
	struct asker *k, *next;

	for (k = len > 0 ? s->gate->askers : NULL; k; k = next) {
		next = k->next;
		if (k->action == s->action && k->streaming && server_write(k->req, data, len) > BEHIND_MAX)
			drop_slow(s->gate, k);
	}
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct sending *s = arg;
	struct buf scrubbed;

	(void)c;
	if (!s->streamed) {
		buf_append(&s->body, data, len);
		return;
	}
	buf_init(&scrubbed, len + SCRUB_KEY_MAX);
	if (scrub_feed(&s->scrub, data, len, &scrubbed) == 0) {
		pass_on(s, buf_cstr(&scrubbed), scrubbed.len);
		kept_add(&s->kept, buf_cstr(&scrubbed), scrubbed.len);
	}
	buf_release(&scrubbed);
}

static void sending_free(struct sending *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	kept_release(&s->kept);
	buf_release(&s->body);
	if (s->typed.data)
		wipe(s->typed.data, s->typed.cap);
	buf_release(&s->typed);
	spooled_close(s->file);
	free(s);
}

/* How the streamed answer ended: on disk. Where that cannot be, it is tried again with every pump; a gate that ends before shows it as unfinished. */
static void settle_stream(struct sending *s)
{
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	struct err e;
	int r;

	a->ended_wall_ms = clock_wall_ms();
	a->ended_boot_ms = clock_boot_ms();
	r = kept_end(&s->kept, s->end, &e);

	gate_set_record_error(g, r < 0 ? e.msg : NULL);
	s->unrecorded = r < 0;
	if (r < 0)
		return;
	if (s->end == ANSWER_CUT)
		log_line("action %lld: its answer was cut off after %lld bytes", (long long)a->id, (long long)a->answer_len);
	a->askers--;
	gate_changed(g, a);
	sending_free(s);
}

static void end_stream(struct sending *s, struct action *a, bool ok)
{
	struct gate *g = s->gate;
	struct asker *k;
	struct server_req *r;
	struct buf rest;

	buf_init(&rest, SCRUB_KEY_MAX);
	if (scrub_end(&s->scrub, &rest) == 0) {
		pass_on(s, buf_cstr(&rest), rest.len);
		kept_add(&s->kept, buf_cstr(&rest), rest.len);
	}
	buf_release(&rest);
	failpoint(12);
	s->end = ok ? ANSWER_WHOLE : ANSWER_CUT;
	settle_stream(s);	/* which may free it */
	while ((k = asker_find(g, a->id, true)) != NULL) {
		r = k->req;
		server_set_user(r, NULL, NULL);
		asker_free(k);	/* a->askers still counts it, until answer_flushed */
		server_end(r, ok, answer_flushed, a);
	}
	answer_waiting(g, a, "", "", 0);	/* who came in by Prefer: respond-async has nobody to be told */
}

static enum action_state outcome_state(const struct http_result *r)
{
	if (r->outcome == HTTP_NOT_SENT || r->outcome == HTTP_REFUSED)
		return ACTION_NOT_SENT;
	if (r->outcome != HTTP_ANSWERED)
		return ACTION_UNKNOWN;
	return r->status == 429 || r->status >= 500 || r->status < 200 ? ACTION_UPSTREAM_FAILED : ACTION_DONE;
}

/* The result: on disk, then to those who wait. Where it cannot be written nobody is told, and it is tried again with every pump; a gate
 * that ends before shows the action as unknown. */
static void settle(struct sending *s)
{
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	struct store_move m = { .to = s->outcome, .who = "gate", .detail = a->error };

	if (a->status != 0) {
		m.content_type = s->content_type;
		/* An answer to what is not kept may have it in its words. */
		m.body = s->typed.len > 0 ? NULL : buf_cstr(&s->body);
		m.body_len = s->body.len;
		a->answer = ANSWER_WHOLE;
		a->answer_len = (int64_t)m.body_len;
		a->answer_kept = m.body && m.body_len <= STORE_RESULT_MAX ? a->answer_len : 0;
	}
	s->unrecorded = gate_move(g, a, &m, NULL) < 0;
	if (s->unrecorded) {
		askers_drop(g, a);
		return;
	}
	failpoint(13);
	screen_after(g, a);
	answer_waiting(g, a, s->content_type, buf_cstr(&s->body), s->body.len);
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
	} else {
		failpoint(12);
		s->outcome = outcome_state(r);
		a->status = r->outcome == HTTP_ANSWERED ? r->status : 0;
		answer_clean(g, a, a->status, s->content_type, s->packed, &s->body);
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

static ssize_t on_body(struct http_call *c, uint64_t at, char *out, size_t max, void *arg)
{
	const struct sending *s = arg;

	(void)c;
	return spooled_read(s->file, at, out, max);
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
	bool typed = s->typed.len > 0;
	struct http_spec spec = { .method = http_method_name(a->method), .headers = lines, .body = typed ? s->typed.data : a->body_len > 0 ? a->body : NULL,
				  .body_len = typed ? s->typed.len : (size_t)action_size(a), .on_body = s->file ? on_body : NULL, .once = true, .silence_ms = SILENCE_MS,
				  .answer_max = a->stream ? 0 : ANSWER_MAX, .on_head = on_head, .on_data = on_data,
				  .on_step = on_step, .on_done = on_done, .arg = s };
	struct http_call *call;
	struct buf text, url;
	size_t i, n = 0;

	buf_init(&text, SIZE_MAX - 1);
	buf_init(&url, SIZE_MAX - 1);
	buf_printf(&url, "%s%s%s%s", a->upstream, a->path, a->query[0] ? "?" : "", a->query);
	lines[n++] = g->config.authorization;
	add_line(&text, "Idempotency-Key", a->our_key);
	for (i = 0; i < ACTION_HEADERS; i++)
		if (a->headers[i])
			add_line(&text, action_header_name((enum action_header)i), a->headers[i]);
	for (i = 0; i < text.len; i += strlen(text.data + i) + 1)
		lines[n++] = text.data + i;
	lines[n] = NULL;
	spec.url = url.data;
	call = buf_failed(&text) || buf_failed(&url) ? NULL : http_start(g->http, &spec);
	buf_release(&text);
	buf_release(&url);
	return call;
}

static struct sending *sending_new(struct gate *g, const struct action *a)
{
	struct sending *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct sending){ .gate = g, .action = a->id, .version = a->version, .next = g->sendings, .prev = &g->sendings };
	if (s->next)
		s->next->prev = &s->next;
	g->sendings = s;
	buf_init(&s->body, ANSWER_MAX);
	buf_init(&s->typed, SIZE_MAX - 1);
	scrub_init(&s->scrub, g->config.key);
	return s;
}

/* That it is sent is on disk. */
static void connect_it(struct sending *s, struct action *a)
{
	struct store_move m = { .to = ACTION_NOT_SENT, .who = "gate", .detail = "out of memory" };
	struct gate *g = s->gate;

	failpoint(7);
	if (start(g, a, s))
		return;
	a->ended_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, NULL) == 0)
		answer_ended(g, a);
	sending_free(s);
}

/* The digest of the very bytes that are about to go; then "sent" on disk; then a connection. */
static bool send_checked(struct sending *s, struct action *a, const char *digest)
{
	struct store_move m = { .to = ACTION_SENT, .who = "gate", .detail = a->our_key };
	struct gate *g = s->gate;

	if (strcmp(digest, a->digest) != 0) {
		sending_free(s);
		gate_hold_again(g, a, "the bytes to be sent are not those that were approved");
		return false;
	}
	failpoint(6);
	screen_after_cut(g, a->session);
	a->sent_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, NULL) < 0) {
		a->sent_wall_ms = 0;
		sending_free(s);
		return false;
	}
	connect_it(s, a);
	return true;
}

int executor_send_by_hand(struct gate *g, struct action *a, struct buf *typed, const char *who, const char *detail, struct err *e)
{
	struct sending *s = sending_new(g, a);
	const struct store_move sent = { .to = ACTION_SENT, .who = who, .detail = a->our_key };
	int r;

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	failpoint(6);
	screen_after_cut(g, a->session);
	a->sent_wall_ms = clock_wall_ms();
	r = store_send_by_hand(g->store, a, who, detail, e);
	gate_set_record_error(g, r < 0 ? e->msg : NULL);
	if (r < 0) {
		sending_free(s);
		return r;
	}
	if (typed) {
		s->typed = *typed;
		buf_init(typed, SIZE_MAX - 1);
	}
	if (queue_insert(&g->queue, a) < 0)
		abort();
	action_move(a, ACTION_HELD);
	action_move(a, ACTION_APPROVED);
	gate_moved(g, a, &sent);
	connect_it(s, a);
	return 0;
}

/* An opaque body was read from its descriptor, from which it is then sent. Meanwhile the action may have come back to held, or has to. */
static void on_file_read(int r, const char *digest, void *arg)
{
	struct sending *s = arg;
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);

	a->checking = false;
	if (g->stopping || !gate_may_send(g) || a->version != s->version || !queue_may_send(&g->queue, a))
		sending_free(s);
	else
		send_checked(s, a, r < 0 ? "" : digest);
	gate_pump(g);
}

static bool send_file(struct sending *s, struct action *a)
{
	struct gate *g = s->gate;
	struct err e;

	if (spool_find(g->spool, a->body_file ? a->body_file : "", &s->file, &e) < 0) {
		log_line("action %lld: %s", (long long)a->id, e.msg);
		sending_free(s);
		gate_hold_again(g, a, "its body is not there any more");
		return false;
	}
	if (bodies_read(g, s->file, a, false, on_file_read, s) < 0) {
		sending_free(s);
		return false;
	}
	a->checking = true;
	return true;
}

static bool send_one(struct gate *g, struct action *a)
{
	struct sending *s = sending_new(g, a);
	char digest[DIGEST_HEX + 1];

	if (!s)
		return false;
	if (action_is_opaque(a))
		return send_file(s, a);
	if (action_digest(a, a->body, a->body_len, digest) < 0)
		digest[0] = '\0';
	return send_checked(s, a, digest);
}

void executor_release(struct gate *g)
{
	while (g->sendings) {
		if (g->sendings->streamed)
			kept_end(&g->sendings->kept, g->sendings->unrecorded ? g->sendings->end : ANSWER_UNFINISHED, NULL);
		sending_free(g->sendings);
	}
}

bool executor_is_streaming(const struct gate *g, int64_t action)
{
	const struct sending *s;

	for (s = g->sendings; s && (s->action != action || !s->streamed || s->unrecorded); s = s->next)
		;
	return s != NULL;
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
		if (s->streamed)
			settle_stream(s);
		else
			settle(s);
		if (g->record_error[0])
			return;
	}
	while (!g->stopping && (a = queue_next_to_send(&g->queue)) != NULL)
		if (snapshot_first(g, a) || screen_first(g, a) ? g->record_error[0] != '\0' : !send_one(g, a))
			break;
}
