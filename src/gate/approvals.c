/* approvals: see approvals.h. Nothing tells of new ones: the list is read, often while somebody looks or something is held. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_authority.h"
#include "core/miosa_envelope.h"
#include "core/reconnect.h"
#include "gate/approvals.h"
#include "gate/byhand.h"
#include "gate/operator.h"
#include "io/log.h"

enum {
	LOOK_MS = 5000, IDLE_MS = 60000, ABSENT_MS = 600000, FAILED_MS = 30000, SOON_MS = 50,
	TIMEOUT_MS = 10000, ANSWER_MAX = 4 * 1024 * 1024, ROWS_MAX = 200,
};

struct row {
	struct row *next;
	struct miosa_approval m;
	char *agent;			/* own; NULL: not known */
	int64_t action;			/* that it is about; 0: not known, hash only */
	int64_t decided;		/* the operator's own action that says yes or no; 0: none */
	bool seen;
};

struct approvals {
	struct gate *gate;
	struct row *rows;
	struct approval_ways *ways;
	struct http_call *call;
	char request_id[128];	/* of the answer that is being read: X-Request-ID, "" for none */
	int64_t after_ms;	/* and Retry-After, -1 for none */
	struct buf body;
	uv_timer_t timer;
	int64_t not_before, read_at;	/* boot ms; read_at 0: not yet */
	bool soon;			/* to be read again at once, although nobody looks */
	char why[800];			/* why the list cannot be read; "" when it can */
	bool closing;
};

static void on_timer(uv_timer_t *t);

/* The operator's word on it that is on its way, or was taken; NULL when a new one may be said. */
static const struct action *decided(const struct gate *g, const struct row *r)
{
	const struct action *a = r->decided ? queue_find(&g->queue, r->decided) : NULL;

	return a && (!action_ended(a->state) || (a->state == ACTION_DONE && a->status >= 200 && a->status < 300)) ? a : NULL;
}

static void str_or_null(struct jsonw *w, const char *key, const char *s)
{
	jw_kstr(w, key, s && s[0] ? s : NULL);
}

static void put_row(const struct gate *g, const struct row *r, struct jsonw *w)
{
	const struct action *word = decided(g, r);

	jw_begin(w, '{');
	jw_kstr(w, "id", r->m.id);
	jw_kstr(w, "capability", r->m.capability);
	jw_kstr(w, "fingerprint", r->m.fingerprint);
	jw_kstr(w, "status", r->m.status);
	jw_key(w, "action");
	if (r->action)
		jw_int(w, r->action);
	else
		jw_null(w);
	str_or_null(w, "agent", r->agent);
	jw_kstr(w, "principal", r->m.principal);
	str_or_null(w, "inserted_at", r->m.inserted_at);
	str_or_null(w, "expires_at", r->m.expires_at);
	jw_kstr(w, "decision", word ? word->kind : NULL);
	jw_end(w, '}');
}

void view_approvals(const struct gate *g, struct jsonw *w)
{
	const struct row *r;

	jw_begin(w, '[');
	for (r = g->approvals ? g->approvals->rows : NULL; r; r = r->next)
		put_row(g, r, w);
	jw_end(w, ']');
}

void view_approval_of(const struct gate *g, const struct action *a, struct jsonw *w)
{
	const struct row *r;

	for (r = g->approvals && !action_ended(a->state) ? g->approvals->rows : NULL; r && r->action != a->id; r = r->next)
		;
	if (!r) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "id", r->m.id);
	jw_kstr(w, "status", r->m.status);
	jw_end(w, '}');
}

static void tell_row(const struct gate *g, const struct row *r)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put_row(g, r, &w);
	events_publish(g->events, "approval", b.data, b.len);
	buf_release(&b);
}

static void tell_action(struct gate *g, int64_t id)
{
	const struct action *a = id ? queue_find(&g->queue, id) : NULL;

	if (a)
		events_action(g, a);
}

static struct row *find(const struct approvals *c, const char *id)
{
	struct row *r;

	for (r = c->rows; r && strcmp(r->m.id, id) != 0; r = r->next)
		;
	return r;
}

static void row_free(struct row *r)
{
	miosa_approval_release(&r->m);
	free(r->agent);
	free(r);
}

/* What it is about and who asked for it, as far as that is known by now. true: something is known that was not, or is another. */
static bool match(struct approvals *c, struct row *r)
{
	int64_t before = r->action, found = approval_action(c->gate, &r->m, &c->ways);
	const char *agent = r->agent ? NULL : approval_agent(c->gate, &r->m);

	r->action = found;
	if (agent)
		r->agent = gate_strdup(agent);
	if (before == found)
		return agent != NULL;
	tell_action(c->gate, before);
	tell_action(c->gate, found);
	return true;
}

/* Takes m. */
static void take_one(struct approvals *c, struct miosa_approval *m)
{
	struct row *r = find(c, m->id), **end = &c->rows;
	bool changed = !r || !miosa_approval_same(&r->m, m);

	if (!r) {
		r = calloc(1, sizeof(*r));
		if (!r)
			abort();
		while (*end)
			end = &(*end)->next;
		*end = r;
		log_line("MIOSA asks for an approval: %s, %s", m->id, m->capability);
	}
	miosa_approval_release(&r->m);
	r->m = *m;
	r->seen = true;
	changed |= match(c, r);
	if (changed)
		tell_row(c->gate, r);
}

static void drop_unseen(struct approvals *c)
{
	struct row **p = &c->rows, *r;

	while ((r = *p) != NULL) {
		int64_t action = r->action;

		if (r->seen) {
			r->seen = false;
			p = &r->next;
			continue;
		}
		*p = r->next;
		events_gone(c->gate, "approval", r->m.id);
		row_free(r);
		tell_action(c->gate, action);
	}
}

static bool take_list(struct approvals *c)
{
	struct miosa_approval m;
	struct json_doc d;
	int list, v, n = 0;

	if (buf_failed(&c->body) || json_parse(buf_cstr(&c->body), c->body.len, &d, NULL) < 0)
		return false;
	list = miosa_list(&d, "approvals");
	for (v = json_first(&d, list); v != JSON_NONE && n < ROWS_MAX; v = json_next(&d, v)) {
		if (!miosa_approval(&d, v, &m))
			continue;
		if (m.open) {
			take_one(c, &m);
			n++;
		} else {
			miosa_approval_release(&m);
		}
	}
	json_release(&d);
	if (list != JSON_NONE)
		drop_unseen(c);
	return list != JSON_NONE;
}

static void set_why(struct approvals *c, const char *why)
{
	if (strcmp(c->why, why) == 0)
		return;
	snprintf(c->why, sizeof(c->why), "%s", why);
	log_line(why[0] ? "MIOSA's own approvals are not known: %s" : "MIOSA's own approvals are known%s", why);
}

static void keep(char *out, size_t size, const char *const *headers, const char *name)
{
	const char *value = http_header(headers, name);

	snprintf(out, size, "%s", value ? value : "");
}

static void on_head(struct http_call *call, int status, const char *const *headers, void *arg)
{
	struct approvals *c = arg;

	(void)call;
	(void)status;
	c->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
	keep(c->request_id, sizeof(c->request_id), headers, "x-request-id");
}

static void on_data(struct http_call *call, const char *data, size_t len, void *arg)
{
	struct approvals *c = arg;

	(void)call;
	buf_append(&c->body, data, len);
}

static void failed(struct approvals *c, const struct http_result *r)
{
	struct miosa_error e;
	char why[sizeof(c->why)];

	if (r->outcome != HTTP_ANSWERED) {
		snprintf(why, sizeof(why), "%s", r->error);
		c->not_before = clock_boot_ms() + LOOK_MS;
	} else if (r->status == 404 || r->status == 405 || r->status == 501) {
		snprintf(why, sizeof(why), "the substrate has none (it answered %d); it is asked again in 10 min", r->status);
		c->not_before = clock_boot_ms() + ABSENT_MS;
	} else {
		miosa_error(buf_cstr(&c->body), c->body.len, r->status, c->request_id, c->after_ms, &e);
		snprintf(why, sizeof(why), "it answered %d%s%s: %s%s%s", r->status, e.code[0] ? " " : "", e.code, r->status == 200 ? "no list" : e.message,
			 e.request_id[0] ? ", request " : "", e.request_id);
		c->not_before = clock_boot_ms() + (e.retry_after_ms > FAILED_MS ? e.retry_after_ms : FAILED_MS);
	}
	set_why(c, why);
}

static void on_done(struct http_call *call, const struct http_result *r, void *arg)
{
	struct approvals *c = arg;

	(void)call;
	c->call = NULL;
	if (c->closing)
		return;
	c->read_at = clock_boot_ms();
	if (c->soon)	/* since it was asked */
		uv_timer_start(&c->timer, on_timer, SOON_MS, LOOK_MS);
	if (r->outcome == HTTP_ANSWERED && r->status == 200 && take_list(c))
		set_why(c, "");
	else
		failed(c, r);
}

static bool is_looked_at(const struct gate *g)
{
	return events_have_readers(g->events) || queue_waiting(&g->queue, NULL, NULL) > 0;
}

static void on_timer(uv_timer_t *t)
{
	struct approvals *c = t->data;
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = ANSWER_MAX, .on_head = on_head, .on_data = on_data, .on_done = on_done, .arg = c };
	int64_t now = clock_boot_ms();

	if (c->call || now < c->not_before || (c->read_at && now - c->read_at < IDLE_MS && !c->soon && !is_looked_at(c->gate)))
		return;
	c->soon = false;
	buf_clear(&c->body);
	c->call = feed_get(c->gate, "/actions/approvals", NULL, &spec);
}

/* The action is new, or another version, or over. */
static bool look_again(struct approvals *c, struct row *r, const struct action *a)
{
	bool about = approval_is_about(&r->m, a, &c->ways);

	return about != (r->action == a->id) && (r->action == 0 || r->action == a->id) && match(c, r);
}

void approvals_action_moved(struct gate *g, const struct action *a)
{
	struct approvals *c = g->approvals;
	struct row *r;

	if (!c || c->closing)
		return;
	for (r = c->rows; r; r = r->next)
		if (look_again(c, r, a) || r->decided == a->id)
			tell_row(g, r);
	/* An agent asked, or a person answered. */
	if (!action_ended(a->state) || strncmp(a->path, "/api/v1/actions/", 16) != 0)
		return;
	c->soon = true;
	uv_timer_start(&c->timer, on_timer, SOON_MS, LOOK_MS);
}

struct approvals *approvals_new(struct gate *g)
{
	struct approvals *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->gate = g;
	buf_init(&c->body, ANSWER_MAX);
	uv_timer_init(g->loop, &c->timer);
	c->timer.data = c;
	uv_timer_start(&c->timer, on_timer, SOON_MS, LOOK_MS);
	return c;
}

void approvals_close(struct approvals *c)
{
	c->closing = true;
	if (c->call)
		http_cancel(c->call);
	uv_close((uv_handle_t *)&c->timer, NULL);
}

void approvals_free(struct approvals *c)
{
	struct row *r;

	if (!c)
		return;
	while ((r = c->rows) != NULL) {
		c->rows = r->next;
		row_free(r);
	}
	approval_ways_free(&c->ways);
	buf_release(&c->body);
	free(c);
}

/* ---- an operator's word ---- */

static void decide(struct gate *g, struct server_req *r, struct row *row, const char *verb, const char *by)
{
	const struct action *a;
	struct buf path, detail;
	struct err e;

	buf_init(&path, 8192);
	buf_init(&detail, SIZE_MAX - 1);
	buf_puts(&path, "/api/v1/actions/approvals");
	by_hand_segment(&path, row->m.id);
	buf_printf(&path, "/%s", verb);
	buf_printf(&detail, "by hand: %s, %s", row->m.capability, row->m.fingerprint);
	if (row->action)
		buf_printf(&detail, ", action %lld", (long long)row->action);
	else
		buf_puts(&detail, ", hash only");
	a = buf_failed(&path) ? NULL : by_hand(g, &(struct by_hand){ .method = HTTP_POST, .path = buf_cstr(&path), .body = "", .detail = buf_cstr(&detail) }, by, &e);
	if (a) {
		row->decided = a->id;
		tell_row(g, row);
		log_line("%s: %s MIOSA's approval %s", by, verb, row->m.id);
		operator_reply_action(g, r, a, true);
	} else {
		server_error(r, 503, NULL, "record_failed", buf_failed(&path) ? "out of memory" : e.msg, NULL);
	}
	buf_release(&path);
	buf_release(&detail);
	gate_pump(g);
}

/* What was looked at has to be what is approved: an id of theirs may stand for something else by now. */
static bool is_stale(const struct json_doc *d, const struct row *row)
{
	int seen = json_get(d, json_root(d), "fingerprint");

	return seen != JSON_NONE && !json_str_is(d, seen, row->m.fingerprint);
}

void operator_decide_approval(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "decision", "fingerprint", "by", NULL };
	struct row *row = g->approvals ? find(g->approvals, id) : NULL;
	struct json_doc d;
	bool approve, deny;
	char *by;

	if (!operator_read_body(r, &d, known))
		return;
	approve = json_str_is(&d, json_get(&d, json_root(&d), "decision"), "approve");
	deny = json_str_is(&d, json_get(&d, json_root(&d), "decision"), "deny");
	by = operator_person(g, r, &d);
	if (!row || !by_hand_segment_ok(id))
		server_error(r, 404, NULL, "approval_not_found", "MIOSA asks for no such approval, or not any more", NULL);
	else if (!approve && !deny)
		server_error(r, 422, NULL, "invalid_decision", "\"decision\" is neither \"approve\" nor \"deny\"", NULL);
	else if (is_stale(&d, row))
		server_error(r, 409, NULL, "stale", "it is of another request now: look at it again", NULL);
	else if (decided(g, row))
		server_error(r, 409, NULL, "already_decided", "that was decided already", NULL);
	else if (approve && g->frozen.by)
		server_error(r, 409, NULL, "gate_frozen", "everything is frozen; unfreeze it first", NULL);
	else if (deny || operator_allows(g, r, "approving"))
		decide(g, r, row, approve ? "approve" : "deny", by);
	free(by);
	json_release(&d);
}
