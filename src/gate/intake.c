/* intake: what agents ask. Reads are passed on; everything else becomes a held action, or joins one. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "core/describe.h"
#include "gate/answer.h"
#include "gate/judging.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { CLAIM_MAX = 1024, KEY_MAX = 255 };

void intake_refused(const char *why, void *arg)
{
	(void)arg;
	log_line("refused a malformed request: %s", why);
}

static struct agent *authenticate(struct gate *g, struct server_req *r)
{
	static const char *const challenge[] = { "WWW-Authenticate: Bearer", NULL };
	const struct http_head *h = server_head(r);
	const char *value = http_field_count(h, "authorization") == 1 ? http_field(h, "authorization") : NULL;
	struct agent *agent = NULL;

	if (value && strncasecmp(value, "Bearer ", 7) == 0)
		agent = agents_find_token(g, value + 7 + strspn(value + 7, " "));
	if (!agent) {
		log_line("refused a request without an agent's token: %s %s", http_method_name(h->method), h->path);
		server_error(r, 401, challenge, "invalid_token", "this is no token of an agent of this gate; make one with: assent agent add NAME", NULL);
	}
	return agent;
}

/* A header in which the agent says something: percent-decoded; "" when it is absent, too long or no UTF-8. */
static char *claim(const struct http_head *h, const char *name)
{
	const char *value = http_field(h, name);
	struct buf b;
	size_t i;

	buf_init(&b, CLAIM_MAX);
	for (i = 0; value && value[i]; i++) {
		char hex[3] = { 0 };

		if (value[i] == '%' && strspn(value + i + 1, "0123456789abcdefABCDEF") >= 2) {
			memcpy(hex, value + i + 1, 2);
			buf_putc(&b, (char)strtol(hex, NULL, 16));
			i += 2;
		} else {
			buf_putc(&b, value[i]);
		}
	}
	if (buf_failed(&b) || memchr(buf_cstr(&b), '\0', b.len) || !utf8_valid(buf_cstr(&b), b.len))
		buf_clear(&b);
	return buf_take(&b);
}

static struct action *make_action(struct gate *g, struct server_req *r, const struct agent *agent, const struct classified *c)
{
	const struct http_head *h = server_head(r);
	const struct session *s = feed_session(g, c->session);
	struct action *a = action_new();
	const char *body;
	int i;

	if (!a)
		return NULL;
	a->agent = gate_strdup(agent->name);
	a->session = gate_strdup(c->session);
	a->session_kind = c->session_kind;
	a->class = c->class;
	a->kind = c->kind;
	a->stream = c->stream;
	a->method = h->method;
	a->upstream = gate_strdup(g->origin);
	a->path = gate_strdup(h->path);
	a->query = gate_strdup(h->query);
	for (i = 0; i < ACTION_HEADERS; i++) {
		const char *value = http_field(h, action_header_name((enum action_header)i));

		a->headers[i] = value ? gate_strdup(value) : NULL;
	}
	body = server_body(r, &a->body_len);
	a->body = malloc(a->body_len + 1);
	if (!a->body) {
		action_free(a);
		return NULL;
	}
	memcpy(a->body, body, a->body_len);
	a->body[a->body_len] = '\0';
	a->title = claim(h, "assent-title");
	a->reason = claim(h, "assent-reason");
	a->turn = claim(h, "assent-turn");
	if (http_field(h, "idempotency-key"))
		a->agent_key = gate_strdup(http_field(h, "idempotency-key"));
	if (!a->title || !a->reason || !a->turn || action_digest(a, a->body, a->body_len, a->digest) < 0 || describe(a, s ? s->name : "") < 0) {
		action_free(a);
		return NULL;
	}
	return a;
}

/* The headers of which two would leave it open which one counts. */
static bool has_twins(const struct http_head *h)
{
	int i;

	for (i = 0; i < ACTION_HEADERS; i++)
		if (http_field_count(h, action_header_name((enum action_header)i)) > 1)
			return true;
	return http_field_count(h, "idempotency-key") > 1 ||
	       (http_field(h, "idempotency-key") && strlen(http_field(h, "idempotency-key")) > KEY_MAX);
}

/* Prefer: respond-async. The answer is fetched at the place that is told; so somebody always waits. */
static void answer_async(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	char location[64], id[48];
	const char *const headers[] = { location, id, NULL };

	snprintf(location, sizeof(location), "Location: /v1/actions/%lld", (long long)a->id);
	snprintf(id, sizeof(id), "Assent-Action: %lld", (long long)a->id);
	if (a->askers == 0)
		asker_wait(g, NULL, agent, a);
	server_reply(r, 202, headers, "", 0);
}

static bool wants_async(const struct server_req *r)
{
	const char *prefer = http_field(server_head(r), "prefer");

	return prefer && strcasestr(prefer, "respond-async");
}

static void wait_or_promise(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	if (wants_async(r))
		answer_async(g, r, agent, a);
	else
		asker_wait(g, r, agent, a);
}

static int hold(struct gate *g, struct action *a, struct agent *agent)
{
	struct proposal older;
	struct store_move m = { .who = "gate" };
	struct session *s;
	struct err e;

	a->id = g->queue.last_id + 1;
	a->arrived_wall_ms = clock_wall_ms();
	a->arrived_boot_ms = clock_boot_ms();
	a->expires_boot_ms = a->arrived_boot_ms + a->hold_ms;
	failpoint(2);
	if (action_make_key(a) < 0)
		abort();
	if (store_hold(g->store, a, &e) < 0) {
		gate_set_record_error(g, e.msg);
		return ERR_IO;
	}
	gate_set_record_error(g, NULL);
	if (queue_insert(&g->queue, a) < 0)
		abort();
	failpoint(3);
	action_move(a, ACTION_HELD);
	agent->actions++;
	free(agent->session);
	agent->session = gate_strdup(a->session);
	s = feed_session(g, a->session);
	if (s && strcmp(s->agent, agent->name) != 0) {
		free(s->agent);
		s->agent = gate_strdup(agent->name);
		events_session(g, s);
	}
	log_line("action %lld held: %s: %s", (long long)a->id, a->agent, a->summary);
	while (queue_superseded(&g->queue, a, &older)) {
		m.to = older.to;
		m.detail = older.why;
		older.action->ended_wall_ms = clock_wall_ms();
		if (gate_move(g, older.action, &m, NULL) < 0)
			break;
		answer_ended(g, older.action);
	}
	return 0;
}

/* false: it was refused, and answered. */
static bool passes_judging(struct gate *g, struct server_req *r, struct agent *agent, const struct action *a)
{
	struct judgement j;

	judge(g, agent, a, &j);
	if (j.verdict != JUDGED_REFUSE)
		return true;
	agent->refused++;
	log_line("refused a request of %s: %s", agent->name, j.code);
	events_agent(g, agent);
	server_error(r, 403, NULL, j.code, j.message, NULL);
	return false;
}

static void take_action(struct gate *g, struct server_req *r, struct agent *agent, const struct classified *c)
{
	struct action *a = make_action(g, r, agent, c), *known;
	char id[32];

	if (!a) {
		server_drop(r);
		return;
	}
	switch (queue_arrive(&g->queue, agent->name, a->digest, a->agent_key, clock_boot_ms(), &known)) {
	case ARRIVAL_MISMATCH:
		agent->refused++;
		snprintf(id, sizeof(id), "%lld", (long long)known->id);
		server_error(r, 422, NULL, "idempotency_mismatch", "this Idempotency-Key was used for another request", id);
		break;
	case ARRIVAL_FULL:
		if (!passes_judging(g, r, agent, a))
			break;
		agent->refused++;
		server_error(r, 403, NULL, "budget_exhausted", "too many of your actions wait for a person; wait for them first", NULL);
		break;
	case ARRIVAL_RECORDED:
		answer_one(g, known, r);
		break;
	case ARRIVAL_JOIN:
		known->joined++;
		wait_or_promise(g, r, agent, known);
		gate_changed(g, known);
		break;
	case ARRIVAL_NEW:
		if (!passes_judging(g, r, agent, a))
			break;
		if (known) {
			a->same_as = known->id;
			a->same_as_ended_ms_ago = clock_boot_ms() - known->ended_boot_ms;
		}
		if (hold(g, a, agent) < 0) {
			server_error(r, 403, NULL, "record_failed", "the action cannot be written down, so it is not taken; tell a person", NULL);
			break;
		}
		wait_or_promise(g, r, agent, a);
		gate_changed(g, a);
		failpoint(4);
		a = NULL;
		break;
	}
	action_free(a);
	gate_pump(g);
}

/* GET /v1/actions/{id}: for those who asked with respond-async. After a restart of the gate it is what shows that somebody waits. */
static void take_poll(struct gate *g, struct server_req *r, struct agent *agent, const char *id)
{
	char *end;
	struct action *a = queue_find(&g->queue, strtoll(id, &end, 10));

	if (*id == '\0' || *end || !a || strcmp(a->agent, agent->name) != 0)
		server_error(r, 404, NULL, "action_not_found", "there is no such action of yours", NULL);
	else if (action_ended(a->state))
		answer_one(g, a, r);
	else {
		if (a->askers == 0)
			asker_wait(g, NULL, agent, a);
		answer_pending(a, r);
	}
}

/* Stricter on the agent's word, never looser; and a query that would turn a read into something else is none. */
static bool wants_hold(const struct http_head *h)
{
	const char *word = http_field(h, "assent-hold");
	struct buf method;
	bool overridden;

	buf_init(&method, HTTP_LINE_MAX);
	overridden = http_query_get(h->query, "_method", &method);
	buf_release(&method);
	return overridden || (word && strcasecmp(word, "yes") == 0);
}

void intake_request(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	struct gate *g = arg;
	struct classified c;
	struct agent *agent;
	size_t body_len;
	bool first;

	failpoint(1);
	agent = authenticate(g, r);
	if (!agent)
		return;
	first = agent->last_seen_boot_ms == 0;
	agent->last_seen_boot_ms = clock_boot_ms();
	if (first)
		events_agent(g, agent);
	if (strncmp(h->path, "/v1/actions/", 12) == 0 && h->method == HTTP_GET) {
		take_poll(g, r, agent, h->path + 12);
		return;
	}
	if (strncmp(h->path, "/api/v1/", 8) != 0) {
		server_error(r, 404, NULL, "not_found", "the API is below /api/v1/", NULL);
		return;
	}
	if (has_twins(h)) {
		server_error(r, 400, NULL, "bad_request", "a header which counts stands twice, or an Idempotency-Key is too long", NULL);
		return;
	}
	server_body(r, &body_len);
	if (body_len > 0 && (h->method == HTTP_GET || h->method == HTTP_HEAD)) {
		server_error(r, 400, NULL, "bad_request", "a GET or HEAD has no body", NULL);
		return;
	}
	classify(h->method, h->path, &c);
	if (c.class == CLASS_READ && !wants_hold(h))
		pass_read(g, r, agent);
	else
		take_action(g, r, agent, &c);
}
