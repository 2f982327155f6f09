/*
 * input: see input.h. Each is an action of the person's own (byhand.h) that is made when its turn comes: what waits is nowhere but here, and is gone with its
 * connection, with the lease, or with the gate. Whether it may be sent is looked at then: a freeze in between stops it, and answers it at once.
 */
#include "config.h"

#include "gate/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "gate/byhand.h"
#include "gate/lease.h"
#include "gate/letgo.h"
#include "gate/operator.h"
#include "io/log.h"

struct input_call {
	struct input_call *next;	/* later */
	struct gate *gate;
	struct server_req *req;		/* NULL: gone */
	char *session, lease[LEASE_DIGITS + 1];
	struct hand_input input;
	bool sent;
};

static void input_free(struct input_call *c)
{
	struct input_call **p = &c->gate->inputs;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	hand_input_release(&c->input);
	free(c->session);
	free(c);
}

void input_release(struct gate *g)
{
	while (g->inputs)
		input_free(g->inputs);
}

static void on_gone(struct server_req *r, void *user)
{
	struct input_call *c = user;

	(void)r;
	c->req = NULL;
	if (!c->sent)
		input_free(c);
}

/* Frees it. */
static void refuse(struct input_call *c, int status, const char *code, const char *message)
{
	struct server_req *r = c->req;

	input_free(c);
	server_set_user(r, NULL, NULL);
	server_error(r, status, NULL, code, message, NULL);
}

/* Whose lease it is; NULL: nobody's any more. Also while its end could not be written yet. */
static struct takeover *leased(const struct gate *g, const char *session, const char *lease)
{
	struct takeover *t = takeover_of(g, session);

	return t && lease_is(t->lease, lease) && !lease_over(g, t->lease, clock_boot_ms()) ? t : NULL;
}

/* Who did it is told of a fault by this answer; where nobody could be, it stays for any person to look at. */
static void see_fault(struct gate *g, const struct action *ended)
{
	struct action *a = queue_find(&g->queue, ended->id);

	if (!action_is_fault(a->state) || store_seen(g->store, a, a->decided_by, NULL) < 0)
		return;
	a->seen_by = gate_strdup(a->decided_by);
	gate_changed(g, a);
}

static void on_ended(struct gate *g, const struct action *a, const char *body, size_t len, void *arg)
{
	struct input_call *c = arg;
	struct server_req *r = c->req;
	struct buf b;
	struct jsonw w;

	if (a->state != ACTION_NOT_SENT)
		letgo_note(g, c->session, c->lease, a->decided_by, &c->input);
	input_free(c);
	if (!r)
		return;
	see_fault(g, a);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "action", a->id);
	jw_kstr(&w, "state", action_state_name(a->state));
	jw_key(&w, "status");
	if (a->status)
		jw_int(&w, a->status);
	else
		jw_null(&w);
	jw_key(&w, "body");
	jw_strn(&w, body, len);
	jw_kstr(&w, "error", a->error ? a->error : "");
	jw_end(&w, '}');
	server_set_user(r, NULL, NULL);
	operator_reply_json(r, 200, &b);
}

bool input_by_hand(struct gate *g, const char *session, struct hand_input *in, const char *by, const char *detail,
		   void (*ended)(struct gate *g, const struct action *a, const char *body, size_t len, void *arg), void *arg, struct err *e)
{
	bool typed = in->record.len > 0 && !g->config.record_typed;
	struct by_hand h = { .method = HTTP_POST, .body = buf_cstr(typed ? &in->record : &in->body), .typed = typed ? &in->body : NULL, .detail = detail,
			     .ended = ended, .arg = arg };
	struct buf path;
	bool sent;

	buf_init(&path, 8192);
	buf_puts(&path, "/api/v1/computers");
	by_hand_segment(&path, session);
	buf_printf(&path, "/desktop/%s", buf_cstr(&in->path));
	h.path = buf_cstr(&path);
	sent = by_hand(g, &h, by, e) != NULL;
	buf_release(&path);
	return sent;
}

static void send_it(struct gate *g, struct input_call *c)
{
	struct err e;

	c->sent = true;
	if (input_by_hand(g, c->session, &c->input, takeover_of(g, c->session)->by, "by hand", on_ended, c, &e))
		return;
	c->sent = false;
	refuse(c, 503, "record_failed", e.msg);
}

bool input_on_the_wire(const struct gate *g, const char *session)
{
	const struct input_call *c;

	for (c = g->inputs; c && (!c->sent || strcmp(c->session, session) != 0); c = c->next)
		;
	return c != NULL;
}

/* The first on its computer that waits, with none on the wire there. */
static struct input_call *next_turn(const struct gate *g)
{
	struct input_call *c, *before;

	for (c = g->inputs; c; c = c->next) {
		for (before = g->inputs; before != c && strcmp(before->session, c->session) != 0; before = before->next)
			;
		if (before == c && !c->sent)
			return c;
	}
	return NULL;
}

/* Refuses one that waits and may not be sent any more, its turn or not; false: there is none. */
static bool refuse_one(struct gate *g)
{
	struct input_call *c;
	bool leaseless = false;

	for (c = g->inputs; c; c = c->next) {
		leaseless = !c->sent && !leased(g, c->session, c->lease);
		if (leaseless || (!c->sent && g->frozen.by))
			break;
	}
	if (c && leaseless)
		refuse(c, 403, "no_lease", "control does not hang on this lease (any more); nothing was sent");
	else if (c)
		refuse(c, 403, "gate_frozen", "everything is frozen: nothing is sent");
	return c != NULL;
}

void input_pump(struct gate *g)
{
	struct input_call *c;

	/* An answer may bring the next request in at once, which changes the list, and more: so each look is a new one. */
	while (!g->stopping) {
		if (refuse_one(g))
			continue;
		c = next_turn(g);
		if (!c)
			break;
		send_it(g, c);
	}
	letgo_pump(g);
}

/* false: it was answered. */
static bool read_call(const struct gate *g, struct server_req *r, const struct session *s, char lease[LEASE_DIGITS + 1], struct hand_input *ret)
{
	static const char *const known[] = { "lease", "do", "body", NULL };
	const struct hand_screen screen = { .coordinates = g->config.coordinates, .width = s->width, .height = s->height };
	struct json_doc d;
	char *verb, *text;
	struct err e;
	int root, result;

	if (!operator_read_body(r, &d, known))
		return false;
	root = json_root(&d);
	text = json_strdup(&d, json_get(&d, root, "lease"));
	snprintf(lease, LEASE_DIGITS + 1, "%s", text && strlen(text) == LEASE_DIGITS ? text : "");
	free(text);
	verb = json_strdup(&d, json_get(&d, root, "do"));
	result = verb ? hand_input_read(verb, &d, json_get(&d, root, "body"), &screen, ret, &e) : err_set(&e, ERR_INVALID, "\"do\" is missing, or no text");
	free(verb);
	json_release(&d);
	if (result < 0)
		server_error(r, 422, NULL, "invalid_input", e.msg, NULL);
	return result == 0;
}

void operator_input(struct gate *g, struct server_req *r, const char *id)
{
	const struct session *s = feed_session(g, id);
	char lease[LEASE_DIGITS + 1];
	struct hand_input input;
	struct input_call *c, **end;
	const struct takeover *t;

	if (!s || s->kind != SESSION_COMPUTER || !by_hand_segment_ok(id)) {
		server_error(r, 404, NULL, "session_not_found", "there is no such computer", NULL);
		return;
	}
	if (!read_call(g, r, s, lease, &input))
		return;
	t = leased(g, s->id, lease);
	if (t)
		lease_used(t->lease);
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	*c = (struct input_call){ .gate = g, .req = r, .session = gate_strdup(s->id), .input = input };
	memcpy(c->lease, lease, sizeof(c->lease));
	for (end = &g->inputs; *end; end = &(*end)->next)
		;
	*end = c;
	server_set_user(r, c, on_gone);
	input_pump(g);
}
