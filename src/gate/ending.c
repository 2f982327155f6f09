/*
 * ending: a person ends what runs, through the gate: an action of the operator's own (byhand.h). A freeze does not stop it: it is what one freezes for.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/byhand.h"
#include "gate/operator.h"
#include "io/log.h"

/* A way to end one thing: the call that does it. */
struct way {
	enum http_method method;
	struct buf path;		/* below /api/v1 */
	const char *body;		/* literal */
};

/* The request for a thing (as GET /v1/running names it) and how; false when there is none. */
static bool find_way(const struct session *s, const char *id, const char *how, struct way *ret)
{
	const char *name = strchr(id, ':');
	size_t kind = name ? (size_t)(name - id) : 0;
	bool process = kind == 7 && memcmp(id, "process", 7) == 0, cua = kind == 3 && memcmp(id, "cua", 3) == 0;
	bool control = kind == 7 && memcmp(id, "control", 7) == 0, action = kind == 6 && memcmp(id, "action", 6) == 0;

	if (!name || !name[1] || !by_hand_segment_ok(name + 1) || !by_hand_segment_ok(s->id) || !(process || cua || control || action) || ((process || action) && strspn(name + 1, "0123456789") != strlen(name + 1)))
		return false;
	ret->method = HTTP_POST;
	ret->body = "";
	buf_puts(&ret->path, s->kind == SESSION_SANDBOX ? "/api/v1/sandboxes" : "/api/v1/computers");
	by_hand_segment(&ret->path, s->id);
	if (strcmp(how, "pause") == 0 && s->kind == SESSION_SANDBOX) {
		buf_puts(&ret->path, "/pause");
		return true;
	}
	if (process && s->kind == SESSION_SANDBOX) {
		buf_puts(&ret->path, "/processes");
		by_hand_segment(&ret->path, name + 1);
		if (strcmp(how, "signal") == 0) {
			buf_puts(&ret->path, "/signal");
			ret->body = "{\"signal\":\"SIGTERM\"}";
			return true;
		}
		ret->method = HTTP_DELETE;
		return strcmp(how, "delete") == 0;
	}
	if ((cua || control) && s->kind == SESSION_COMPUTER) {
		buf_puts(&ret->path, cua ? "/cua/sessions" : "/control/sessions");
		by_hand_segment(&ret->path, name + 1);
		ret->method = HTTP_DELETE;
		return strcmp(how, "delete") == 0;
	}
	return false;
}

static void end_it(struct gate *g, struct server_req *r, const struct session *s, const char *id, const char *how, const char *by)
{
	struct way way;
	const struct action *a;
	struct err e;
	int result;

	buf_init(&way.path, 4096);
	/* Ending what runs only takes away; taking control gives a person's hand to whoever asks. */
	if (strcmp(how, "control") == 0) {
		if (!operator_allows(g, r, "taking control"))
			return;
		result = takeover_begin(g, s, by, false, &e);
		if (result == 0)
			server_reply(r, 200, (const char *const[]){ "Content-Type: application/json", NULL }, "{}", 2);
		else
			server_error(r, result == ERR_IO ? 503 : result == ERR_CONFLICT ? 409 : 422, NULL,
				     result == ERR_IO ? "record_failed" : result == ERR_CONFLICT ? TAKEOVER_ACTIVE : "no_such_way", e.msg, NULL);
	} else if (!find_way(s, id, how, &way)) {
		server_error(r, 422, NULL, "no_such_way", "GET /v1/running names what there is to end, and the ways", NULL);
	} else {
		a = by_hand(g, &(struct by_hand){ .method = way.method, .path = buf_cstr(&way.path), .body = way.body, .detail = "by hand" }, by, &e);
		if (a) {
			log_line("%s ends what runs in %s: %s", by, s->id, a->summary);
			operator_reply_action(g, r, a, true);
		} else {
			server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		}
	}
	buf_release(&way.path);
	gate_pump(g);
}

void operator_end_running(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "session", "id", "how", "by", NULL };
	const struct session *s;
	char *session, *id, *how, *by;
	struct json_doc d;

	(void)rest;
	if (!operator_read_body(r, &d, known))
		return;
	session = json_strdup(&d, json_get(&d, json_root(&d), "session"));
	id = json_strdup(&d, json_get(&d, json_root(&d), "id"));
	how = json_strdup(&d, json_get(&d, json_root(&d), "how"));
	by = operator_person(g, r, &d);
	json_release(&d);
	s = session ? feed_session(g, session) : NULL;
	if (!s)
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
	else
		end_it(g, r, s, id ? id : "", how ? how : "", by);
	free(session);
	free(id);
	free(how);
	free(by);
}
