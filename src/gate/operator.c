/* operator: the operator API (docs/OPERATOR.md), for those whom peers.c lets in. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "gate/bodies.h"
#include "gate/alikes.h"
#include "gate/logs.h"
#include "gate/facts.h"
#include "gate/operator.h"
#include "gate/pictures.h"
#include "io/log.h"

void operator_reply_json(struct server_req *r, int status, struct buf *b)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	server_reply(r, status, headers, buf_cstr(b), b->len);
	buf_release(b);
}

void operator_reply_action(struct gate *g, struct server_req *r, const struct action *a, bool wrapped)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	if (wrapped) {
		jw_begin(&w, '{');
		jw_key(&w, "action");
	}
	view_action(g, a, &w);
	if (wrapped)
		jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

static bool query_int(const struct server_req *r, const char *name, int64_t *ret)
{
	struct buf value;
	char *end = NULL;
	bool ok;

	buf_init(&value, 32);
	ok = http_query_get(server_head(r)->query, name, &value) && value.len > 0;
	if (ok) {
		errno = 0;
		*ret = strtoll(value.data, &end, 10);
		ok = errno == 0 && *end == '\0';
	}
	buf_release(&value);
	return ok;
}

static void get_events(struct gate *g, struct server_req *r, const char *rest)
{
	int64_t after = events_seq(g->events);

	(void)rest;
	query_int(r, "after", &after);
	events_subscribe(g->events, r, after);
}

int64_t operator_read_id(const char *text)
{
	char *end;
	long long id = strtoll(text, &end, 10);

	return *end || text[0] < '1' || text[0] > '9' ? 0 : id;
}

static struct action *find(struct gate *g, struct server_req *r, const char *id)
{
	struct action *a = queue_find(&g->queue, operator_read_id(id));

	if (a && !a->stripped)
		return a;
	server_error(r, 404, NULL, "action_not_found", "there is no such action, or it ended long ago", NULL);
	return NULL;
}

static void get_action(struct gate *g, struct server_req *r, const char *id)
{
	struct action *a = find(g, r, id);

	if (a)
		operator_reply_action(g, r, a, true);
}

static void get_body(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	struct action *a = find(g, r, id);

	if (a && action_is_opaque(a))
		bodies_give(g, a, r);
	else if (a)
		server_reply(r, 200, headers, a->body, a->body_len);
}

static void get_answer(struct gate *g, struct server_req *r, const char *id)
{
	struct action *a = find(g, r, id);
	char line[300] = "Content-Type: application/octet-stream";
	const char *const headers[] = { line, NULL };
	struct buf body, type;
	struct err e;

	if (!a)
		return;
	buf_init(&body, STORE_RESULT_MAX);
	buf_init(&type, 256);
	if (store_result(g->store, a->id, &body, &type, &e) < 0) {
		server_error(r, 404, NULL, "answer_not_kept", e.msg, NULL);
	} else {
		if (type.len > 0)
			snprintf(line, sizeof(line), "Content-Type: %s", buf_cstr(&type));
		server_reply(r, 200, headers, buf_cstr(&body), body.len);
	}
	buf_release(&body);
	buf_release(&type);
}

bool operator_read_body(struct server_req *r, struct json_doc *d, const char *const *known)
{
	const char *text;
	struct err e;
	size_t len, i;
	int k;

	text = server_body(r, &len);
	if (json_parse(text, len, d, &e) < 0) {
		server_error(r, 422, NULL, "invalid_decision", e.msg, NULL);
		return false;
	}
	for (k = json_first(d, json_root(d)); k != JSON_NONE; k = json_next(d, k)) {
		for (i = 0; known[i] && !json_str_is(d, k, known[i]); i++)
			;
		if (!known[i] && !json_str_is(d, k, "signature"))
			break;
	}
	if (json_type(d, json_root(d)) != JSON_OBJECT || k != JSON_NONE) {
		server_error(r, 422, NULL, "invalid_decision", k != JSON_NONE ? "an unknown key in the body" : "the body is not an object", NULL);
		json_release(d);
		return false;
	}
	return true;
}

static void post_seen(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "by", NULL };
	struct action *a = find(g, r, id);
	struct json_doc doc = { 0 };
	struct err e;
	size_t len;
	char *by;

	if (!a)
		return;
	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &doc, known))
		return;
	by = operator_person(g, r, &doc);
	json_release(&doc);
	if (!action_is_fault(a->state) || a->seen_by) {
		server_error(r, 409, NULL, "already_decided", "there is no fault of this action to be seen", NULL);
	} else if (store_seen(g->store, a, by, &e) < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	} else {
		a->seen_by = by;
		by = NULL;
		bodies_tidy(g, a);
		gate_changed(g, a);
		operator_reply_action(g, r, a, false);
	}
	free(by);
}

static void post_agent(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "name", "answer_within_ms", "by", NULL };
	struct json_doc doc;
	struct agent *agent;
	char token[96], who[80], *name;
	int64_t within = 25000;
	struct jsonw w;
	struct buf b;
	struct err e;
	int result;

	(void)rest;
	if (!operator_allows(g, r, "adding an agent") || !operator_read_body(r, &doc, known))
		return;
	name = json_strdup(&doc, json_get(&doc, json_root(&doc), "name"));
	if (json_type(&doc, json_get(&doc, json_root(&doc), "answer_within_ms")) == JSON_NULL)
		within = 0;
	else if (json_get(&doc, json_root(&doc), "answer_within_ms") != JSON_NONE &&
		 (json_int(&doc, json_get(&doc, json_root(&doc), "answer_within_ms"), &within) < 0 || within == 0))
		within = -1;
	operator_who(g, r, &doc, who);
	json_release(&doc);
	result = within < 0 || within > 3600000 ? err_set(&e, ERR_INVALID, "\"answer_within_ms\" is neither null nor between 1 and an hour") :
						  agents_add(g, name ? name : "", within, who, token, &agent, &e);
	free(name);
	if (result < 0) {
		server_error(r, result == ERR_CONFLICT ? 409 : result == ERR_INVALID ? 422 : 503, NULL,
			     result == ERR_CONFLICT ? "agent_exists" : result == ERR_INVALID ? "invalid_agent" : "record_failed", e.msg, NULL);
		return;
	}
	log_line("agent %s was added", agent->name);
	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "agent");
	view_agent(g, agent, &w);
	jw_kstr(&w, "token", token);
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

static void delete_agent(struct gate *g, struct server_req *r, const char *name)
{
	static const struct json_doc none;
	char who[80];
	struct err e;
	int result;

	operator_who(g, r, &none, who);
	result = agents_revoke(g, name, who, &e);

	if (result < 0)
		server_error(r, result == ERR_NOTFOUND ? 404 : 503, NULL, result == ERR_NOTFOUND ? "agent_not_found" : "record_failed", e.msg, NULL);
	else
		server_reply(r, 204, NULL, "", 0);
}

static void post_shutdown(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	(void)rest;
	log_line("asked to end");
	server_reply(r, 200, headers, "{}", 2);
	g->stop(g);
}

static const struct {
	enum http_method method;
	const char *head, *tail;	/* the path is head, one segment, tail; or head alone when tail is NULL */
	void (*handle)(struct gate *g, struct server_req *r, const char *segment);
} routes[] = {
	{ HTTP_GET, "/v1/state", NULL, operator_get_state },
	{ HTTP_GET, "/v1/events", NULL, get_events },
	{ HTTP_GET, "/v1/actions/", "", get_action },
	{ HTTP_GET, "/v1/actions/", "/body", get_body },
	{ HTTP_GET, "/v1/actions/", "/answer", get_answer },
	{ HTTP_GET, "/v1/actions/", "/facts", operator_get_facts },
	{ HTTP_GET, "/v1/actions/", "/screen/agent", operator_get_screen },
	{ HTTP_GET, "/v1/actions/", "/screen/decided", operator_get_screen },
	{ HTTP_GET, "/v1/actions/", "/screen/before", operator_get_screen },
	{ HTTP_GET, "/v1/actions/", "/screen/after", operator_get_screen },
	{ HTTP_POST, "/v1/actions/", "/decision", operator_decide },
	{ HTTP_POST, "/v1/actions/", "/seen", post_seen },
	{ HTTP_GET, "/v1/sessions/", "/log", operator_log },
	{ HTTP_GET, "/v1/log", NULL, operator_merged_log },
	{ HTTP_POST, "/v1/freeze", NULL, operator_freeze },
	{ HTTP_GET, "/v1/unfreeze", NULL, operator_get_unfreeze },
	{ HTTP_POST, "/v1/unfreeze", NULL, operator_unfreeze },
	{ HTTP_GET, "/v1/policy", NULL, operator_get_policy },
	{ HTTP_POST, "/v1/policy/reload", NULL, operator_reload_policy },
	{ HTTP_POST, "/v1/policy/test", NULL, operator_test_policy },
	{ HTTP_GET, "/v1/running", NULL, operator_get_running },
	{ HTTP_POST, "/v1/running/end", NULL, operator_end_running },
	{ HTTP_POST, "/v1/takeover/", "", operator_take_control },
	{ HTTP_DELETE, "/v1/takeover/", "", operator_hand_back },
	{ HTTP_GET, "/v1/takeover/", "/attached", operator_attach },
	{ HTTP_POST, "/v1/input/", "", operator_input },
	{ HTTP_POST, "/v1/agents", NULL, post_agent },
	{ HTTP_POST, "/v1/sessions", NULL, operator_create_session },
	{ HTTP_POST, "/v1/sessions/", "/start", operator_change_session },
	{ HTTP_POST, "/v1/sessions/", "/stop", operator_change_session },
	{ HTTP_POST, "/v1/sessions/", "/pause", operator_change_session },
	{ HTTP_POST, "/v1/sessions/", "/resume", operator_change_session },
	{ HTTP_POST, "/v1/sessions/", "/destroy", operator_change_session },
	{ HTTP_POST, "/v1/sessions/", "/run", operator_run },
	{ HTTP_POST, "/v1/sessions/", "/snapshot", operator_snapshot },
	{ HTTP_POST, "/v1/approvals/", "/decide", operator_decide_approval },
	{ HTTP_POST, "/v1/alikes", NULL, operator_alike },
	{ HTTP_POST, "/v1/alikes/preview", NULL, operator_alike_preview },
	{ HTTP_DELETE, "/v1/alikes/", "", operator_alike_revoke },
	{ HTTP_POST, "/v1/budgets", NULL, operator_budget },
	{ HTTP_GET, "/v1/agents/", "/turns", operator_get_turns },
	{ HTTP_DELETE, "/v1/agents/", "", delete_agent },
	{ HTTP_GET, "/v1/operators", NULL, operators_get },
	{ HTTP_POST, "/v1/operators", NULL, operators_post },
	{ HTTP_DELETE, "/v1/operators/", "", operators_delete },
	{ HTTP_POST, "/v1/presence", NULL, operator_presence },
	{ HTTP_POST, "/v1/notes", NULL, operator_note },
	{ HTTP_POST, "/v1/labels", NULL, operator_label },
	{ HTTP_POST, "/v1/shutdown", NULL, post_shutdown },
};

/* Does the path fit the route? The segment between is copied, decoded. */
static bool fits(const char *path, const char *head, const char *tail, char *segment, size_t size)
{
	struct buf decoded;
	size_t n = strlen(head);
	const char *p;
	bool ok;

	segment[0] = '\0';
	if (!tail)
		return strcmp(path, head) == 0;
	if (strncmp(path, head, n) != 0)
		return false;
	p = path + n - 1;
	buf_init(&decoded, size - 1);
	ok = http_path_segment(&p, &decoded) && decoded.len > 0 && !buf_failed(&decoded) && strcmp(p, tail) == 0;
	if (ok)
		memcpy(segment, decoded.data, decoded.len + 1);
	buf_release(&decoded);
	return ok;
}

static void pass_to_operator(struct gate *g, struct server_req *r)
{
	struct classified c;

	classify(HTTP_GET, server_head(r)->path, &c);
	pass_read(g, r, NULL, &c);
}

void operator_request(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	struct gate *g = arg;
	char segment[256];
	size_t i;

	if (!peer_is_operator(g, r)) {
		log_line("refused another user, or a confined process, at the operator's socket");
		server_error(r, 403, NULL, "forbidden", "this socket is the operator's; a process of another user or in a sandbox is none", NULL);
		return;
	}
	for (i = 0; i < ARRAY_LEN(routes); i++) {
		if (routes[i].method == h->method && fits(h->path, routes[i].head, routes[i].tail, segment, sizeof(segment))) {
			/* The signature is looked at once, for whatever the call does; reads have none. What is over by now is not decided
			 * any more (the machine may just have woken up), and what that writes is not the call's, nor signed with it. */
			if (h->method == HTTP_GET) {
				routes[i].handle(g, r, segment);
			} else {
				gate_pump(g);
				operators_begin(g, r);
				routes[i].handle(g, r, segment);
				operators_end(g);
			}
			return;
		}
	}
	if (strncmp(h->path, "/api/v1/", 8) != 0)
		server_error(r, 404, NULL, "not_found", "no such call; see docs/OPERATOR.md", NULL);
	else if (h->method != HTTP_GET)
		server_error(r, 405, NULL, "method_not_allowed", "only reads pass here", NULL);
	else
		pass_to_operator(g, r);
}
