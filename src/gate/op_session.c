/*
 * op_session: a person makes, starts, stops and destroys sessions, through the gate: requests of the operator's own (byhand.h). What begins to cost, and what
 * is gone for ever, needs a signature where one is needed at all; what begins to cost is not asked for in a freeze.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "gate/byhand.h"
#include "gate/operator.h"
#include "io/log.h"

/* What can be done with a session; the kind that has it. */
static const struct verb {
	const char *name;
	enum session_kind kind;		/* SESSION_NONE: both */
	enum http_method method;
	const char *tail;
	bool costs, destroys;
} verbs[] = {
	{ "start", SESSION_COMPUTER, HTTP_POST, "/start", true, false },
	{ "stop", SESSION_NONE, HTTP_POST, "/stop", false, false },
	{ "pause", SESSION_SANDBOX, HTTP_POST, "/pause", false, false },
	{ "resume", SESSION_SANDBOX, HTTP_POST, "/resume", true, false },
	{ "destroy", SESSION_NONE, HTTP_DELETE, "", false, true },
};

/* Answers itself where it may not be. */
static bool may(struct gate *g, struct server_req *r, bool costs, bool destroys, const char *what)
{
	if ((costs || destroys) && !operator_allows(g, r, what))
		return false;
	if (costs && g->frozen.by)
		server_error(r, 409, NULL, "gate_frozen", "everything is frozen; unfreeze it first", NULL);
	return !costs || !g->frozen.by;
}

static void send_by_hand(struct gate *g, struct server_req *r, const struct by_hand *h, const char *by)
{
	const struct action *a;
	struct err e;

	a = by_hand(g, h, by, &e);
	if (a) {
		log_line("%s by hand: %s %s", by, http_method_name(a->method), a->path);
		operator_reply_action(g, r, a, true);
	} else {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	}
	gate_pump(g);
}

static const struct verb *find_verb(const char *path, const struct session *s)
{
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0 && (verbs[i].kind == SESSION_NONE || verbs[i].kind == s->kind))
			return &verbs[i];
	return NULL;
}

void operator_change_session(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "name", "by", NULL };
	const struct session *s = feed_session(g, id);
	const struct verb *v = s ? find_verb(server_head(r)->path, s) : NULL;
	struct json_doc d;
	struct buf path;
	bool named;
	char *by;

	if (!operator_read_body(r, &d, known))
		return;
	named = s && json_str_is(&d, json_get(&d, json_root(&d), "name"), s->name);
	by = operator_person(g, r, &d);
	json_release(&d);
	if (!s || !by_hand_segment_ok(id)) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
	} else if (!v) {
		server_error(r, 422, NULL, "no_such_way", s->kind == SESSION_SANDBOX ? "a sandbox is paused, resumed, stopped or destroyed" :
			     "a computer is started, stopped or destroyed", NULL);
	} else if (v->destroys && !named) {
		server_error(r, 422, NULL, "name_missing", "\"name\" is not that of the session: what is destroyed is gone for ever", NULL);
	} else if (may(g, r, v->costs, v->destroys, v->destroys ? "destroying a session" : "starting a session")) {
		buf_init(&path, 8192);
		buf_puts(&path, s->kind == SESSION_SANDBOX ? "/api/v1/sandboxes" : "/api/v1/computers");
		by_hand_segment(&path, s->id);
		buf_puts(&path, v->tail);
		send_by_hand(g, r, &(struct by_hand){ .method = v->method, .path = buf_cstr(&path), .body = "", .detail = "by hand" }, by);
		buf_release(&path);
	}
	free(by);
}

/* A string, or nothing at all: true. */
static bool take(const struct json_doc *d, const char *from, struct jsonw *w, const char *to, const char *otherwise)
{
	int v = json_get(d, json_root(d), from);
	char *text = json_strdup(d, v);
	bool ok = text || v == JSON_NONE || json_type(d, v) == JSON_NULL;

	if (text || otherwise)
		jw_kstr(w, to, text ? text : otherwise);
	free(text);
	return ok;
}

void operator_create_session(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "kind", "name", "template", "size", "by", NULL };
	bool sandbox, computer, ok;
	struct json_doc d;
	struct buf body;
	struct jsonw w;
	char *by;

	(void)rest;
	if (!operator_read_body(r, &d, known))
		return;
	sandbox = json_str_is(&d, json_get(&d, json_root(&d), "kind"), "sandbox");
	computer = json_str_is(&d, json_get(&d, json_root(&d), "kind"), "computer");
	by = operator_person(g, r, &d);
	buf_init(&body, 65536);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	ok = take(&d, "name", &w, "name", NULL) && body.len > 1;
	ok &= take(&d, "template", &w, computer ? "template_type" : "template_id", computer ? "miosa-desktop" : NULL);
	ok &= take(&d, "size", &w, "size", NULL);
	jw_end(&w, '}');
	json_release(&d);
	if (!sandbox && !computer)
		server_error(r, 422, NULL, "invalid_session", "\"kind\" is neither \"sandbox\" nor \"computer\"", NULL);
	else if (!ok || buf_failed(&body))
		server_error(r, 422, NULL, "invalid_session", "\"name\" is a string; so are \"template\" and \"size\" where they are given", NULL);
	else if (may(g, r, true, false, "creating a session"))
		send_by_hand(g, r, &(struct by_hand){ .method = HTTP_POST, .path = sandbox ? "/api/v1/sandboxes" : "/api/v1/computers", .body = buf_cstr(&body), .detail = "by hand" }, by);
	buf_release(&body);
	free(by);
}
