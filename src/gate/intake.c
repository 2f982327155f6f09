/* intake: what agents ask. Reads are passed on; everything else becomes a held action, or joins one. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "core/describe.h"
#include "core/override.h"
#include "core/prefer.h"
#include "gate/answer.h"
#include "gate/bodies.h"
#include "gate/budgets.h"
#include "gate/judging.h"
#include "gate/screens.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { CLAIM_MAX = 1024 };

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

/* file: where the body is, or NULL. Its digest is not known yet then. */
static struct action *make_action(struct gate *g, struct server_req *r, const struct agent *agent, const struct classified *c, const struct spooled *file)
{
	const struct http_head *h = server_head(r);
	const struct session *s = feed_session(g, c->session);
	struct action *a = action_new();
	int i;

	if (!a)
		return NULL;
	a->agent = gate_strdup(agent->name);
	a->session = gate_strdup(c->session);
	a->session_kind = c->session_kind;
	a->class = c->class;
	a->kind = c->kind;
	a->stream = c->stream;
	a->content = c->content;
	a->method = h->method;
	a->upstream = gate_strdup(g->origin);
	a->path = gate_strdup(h->path);
	a->query = gate_strdup(h->query);
	for (i = 0; i < ACTION_HEADERS; i++) {
		const char *value = http_field(h, action_header_name((enum action_header)i));

		a->headers[i] = value ? gate_strdup(value) : NULL;
	}
	a->body = server_take_body(r, &a->body_len);
	if (file) {
		a->body_file = gate_strdup(spooled_name(file));
		a->file_len = spooled_len(file);
	}
	a->title = claim(h, "assent-title");
	a->reason = claim(h, "assent-reason");
	a->turn = claim(h, "assent-turn");
	a->origin = origin_of(r);
	if (http_field(h, "idempotency-key"))
		a->agent_key = gate_strdup(http_field(h, "idempotency-key"));
	if (!a->body || !a->title || !a->reason || !a->turn || (!file && action_digest(a, a->body, a->body_len, a->digest) < 0) || describe(a, s ? s->name : "") < 0) {
		action_free(a);
		return NULL;
	}
	return a;
}

/* Prefer: respond-async. The answer is fetched at the place that is told; so somebody always waits. */
static void answer_async(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	char location[64], id[48];
	const char *const headers[] = { location, id, "Preference-Applied: respond-async", NULL };

	snprintf(location, sizeof(location), "Location: /v1/actions/%lld", (long long)a->id);
	snprintf(id, sizeof(id), "Assent-Action: %lld", (long long)a->id);
	if (a->askers == 0)
		asker_wait(g, NULL, agent, a);
	server_reply(r, 202, headers, "", 0);
}

static void wait_or_promise(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	patience_asked(g, a, agent, server_head(r));
	if (prefer_has(server_head(r), "respond-async"))
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
	budgets_count_action(g, a);
	free(agent->session);
	agent->session = gate_strdup(a->session);
	s = feed_session(g, a->session);
	if (s && strcmp(s->agent, agent->name) != 0) {
		free(s->agent);
		s->agent = gate_strdup(agent->name);
		events_session(g, s);
	}
	log_line("action %lld held: %s: %s", (long long)a->id, a->agent, a->summary);
	screen_keep_seen(g, a);
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

/* Stricter on the agent's word, never looser. */
static bool wants_hold(const struct http_head *h)
{
	size_t i;

	for (i = 0; i < h->field_count; i++)
		if (strcasecmp(h->fields[i].name, "assent-hold") == 0 && strcasecmp(h->fields[i].value, "yes") == 0)
			return true;
	return false;
}

static void not_taken(struct gate *g, struct action *a)
{
	bodies_drop(g, a);
	action_free(a);
}

/* Takes a, which no other is like. */
static void take_new(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	bool trusted = store_is_trusted(g->store);
	struct judgement j;

	judge(g, agent, a, wants_hold(server_head(r)), &j);
	if (j.verdict == JUDGED_REFUSE) {
		agents_refused(g, agent, j.code);
		server_error(r, 403, NULL, j.code, j.message, NULL);
	} else if (hold(g, a, agent) < 0) {
		server_error(r, 403, NULL, "record_failed", "the action cannot be written down, so it is not taken; tell a person", NULL);
		if (trusted && !store_is_trusted(g->store)) {
			/* Its row may be on disk all the same, and then needs its body: the next start sweeps what no action needs. */
			action_free(a);
			return;
		}
	} else {
		wait_or_promise(g, r, agent, a);
		gate_changed(g, a);
		failpoint(4);
		judge_carry_out(g, a, &j);
		return;
	}
	not_taken(g, a);
}

/* a is held, or it is one that is known. Takes a. */
static void take_action(struct gate *g, struct server_req *r, struct agent *agent, struct action *a)
{
	struct action *known;

	gate_pump(g);	/* what is over by now is not joined any more */
	switch (queue_arrive(&g->queue, agent->name, a->digest, a->agent_key, clock_boot_ms(), &known)) {
	case ARRIVAL_MISMATCH:
		agents_refused(g, agent, "idempotency_mismatch");
		answer_error(known, r, 422, "idempotency_mismatch", "this Idempotency-Key was used for another request");
		break;
	case ARRIVAL_RECORDED:
		if (known->state == ACTION_WITHDRAWN)
			answer_error(known, r, 409, "action_withdrawn", "The request with this Idempotency-Key was withdrawn; ask again with a new key.");
		else
			answer_one(g, known, r);
		break;
	case ARRIVAL_JOIN:
		known->joined++;
		wait_or_promise(g, r, agent, known);
		gate_changed(g, known);
		break;
	case ARRIVAL_NEW:
		if (known) {
			a->same_as = known->id;
			a->same_as_ended_ms_ago = clock_boot_ms() - known->ended_boot_ms;
		}
		take_new(g, r, agent, a);
		a = NULL;
		break;
	}
	if (a)
		not_taken(g, a);
	gate_kick(g);	/* once for all that come in at once */
}

/* An action whose opaque body is on its way to the disk. */
struct arriving {
	struct gate *gate;
	struct server_req *req;		/* NULL: its asker left meanwhile */
	struct agent *agent;
	struct action *action;
	struct spooled *file;
};

static void on_arriving_gone(struct server_req *r, void *user)
{
	struct arriving *k = user;

	(void)r;
	k->req = NULL;
}

static void on_file_synced(int r, const char *digest, void *arg)
{
	struct arriving *k = arg;

	if (k->req)
		server_set_user(k->req, NULL, NULL);
	if (k->req && r == 0) {
		memcpy(k->action->digest, digest, sizeof(k->action->digest));
		spooled_close(k->file);
		take_action(k->gate, k->req, k->agent, k->action);
	} else {
		if (k->req)
			server_error(k->req, 403, NULL, "record_failed", "the body cannot be written down, so the action is not taken; tell a person", NULL);
		spooled_discard(k->file);
		action_free(k->action);
	}
	free(k);
}

static void take_request(struct gate *g, struct server_req *r, struct agent *agent, const struct classified *c)
{
	struct spooled *file = server_take_spooled(r);
	struct action *a = make_action(g, r, agent, c, file);
	struct arriving *k = a && file ? calloc(1, sizeof(*k)) : NULL;

	if (a && !file) {
		take_action(g, r, agent, a);
		return;
	}
	if (k) {
		*k = (struct arriving){ .gate = g, .req = r, .agent = agent, .action = a, .file = file };
		if (bodies_read(g, file, a, true, on_file_synced, k) == 0) {
			server_set_user(r, k, on_arriving_gone);
			return;
		}
	}
	spooled_discard(file);
	action_free(a);
	free(k);
	server_drop(r);
}

/* GET /v1/actions/{id}: for those who asked with respond-async. After a restart of the gate it is what shows that somebody waits. */
static void take_poll(struct gate *g, struct server_req *r, struct agent *agent, const char *id)
{
	char *end;
	struct action *a = queue_find(&g->queue, strtoll(id, &end, 10));

	if (*id < '1' || *id > '9' || *end || !a || strcmp(a->agent, agent->name) != 0)
		server_error(r, 404, NULL, "action_not_found", "there is no such action of yours", NULL);
	else if (action_ended(a->state))
		answer_one(g, a, r);
	else {
		if (a->askers == 0)
			asker_wait(g, NULL, agent, a);
		answer_pending(a, r);
	}
}

/* Where a person has control, an agent sees nothing. A read over its budget may be repeated: it is told when. */
static void take_read(struct gate *g, struct server_req *r, struct agent *agent, const struct classified *c)
{
	const struct takeover *t = c->session_kind == SESSION_COMPUTER ? takeover_of(g, c->session) : NULL;
	struct budget_refusal no;
	char message[256], again[48];

	if (t) {
		agents_refused(g, agent, TAKEOVER_ACTIVE);
		snprintf(message, sizeof(message), "A person (%.64s) has control of this computer; look again when it was handed back.", t->by);
		server_error(r, 403, NULL, TAKEOVER_ACTIVE, message, NULL);
	} else if (!budgets_have_room(g, agent->name, c->session, BUDGET_FOR_READ, &no)) {
		agents_refused(g, agent, "budget_exhausted");
		snprintf(again, sizeof(again), "Retry-After: %lld", (long long)(no.again_ms + 999) / 1000);
		server_error(r, 429, (const char *const[]){ again, NULL }, "budget_exhausted", no.message, NULL);
	} else {
		budgets_count_read(g, agent->name, c->session);
		pass_read(g, r, agent, c);
	}
}

void intake_request(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	struct gate *g = arg;
	struct agent *agent = server_owner(r)->who;
	struct classified c;
	size_t body_len;
	const char *body = server_body(r, &body_len);

	if (strncmp(h->path, "/v1/actions/", 12) == 0 && (h->method == HTTP_GET || h->method == HTTP_HEAD)) {
		take_poll(g, r, agent, h->path + 12);
		return;
	}
	if (strncmp(h->path, "/api/v1/", 8) != 0) {
		server_error(r, 404, NULL, "not_found", "the API is below /api/v1/", NULL);
		return;
	}
	if (body_len > 0 && override_body(http_field(h, "content-type"), body, body_len)) {
		server_refuse(r, 400, NULL, "bad_request", "a body that names another method (_method and its like) is refused: send the method itself");
		return;
	}
	classify(h->method, h->path, &c);
	if (c.class == CLASS_READ && !wants_hold(h))
		take_read(g, r, agent, &c);
	else
		take_request(g, r, agent, &c);
}
