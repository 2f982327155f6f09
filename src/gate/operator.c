/* operator: the operator API (docs/OPERATOR.md). Its socket is 0600, and the kernel says who is at the other end. */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "gate/failpoint.h"
#include "gate/gate.h"
#include "gate/logs.h"
#include "io/log.h"

enum { NOTE_MAX = 1024, LOG_LINES_MAX = 1000 };

static void reply_json(struct server_req *r, int status, struct buf *b)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	server_reply(r, status, headers, buf_cstr(b), b->len);
	buf_release(b);
}

static void reply_action(struct gate *g, struct server_req *r, const struct action *a, bool wrapped)
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
	reply_json(r, 200, &b);
}

static void get_state(struct gate *g, struct server_req *r, const char *rest)
{
	const struct session *s;
	const struct agent *agent;
	struct buf b;
	struct jsonw w;
	size_t i;

	(void)rest;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "seq", events_seq(g->events));
	jw_kint(&w, "now_boot_ms", clock_boot_ms());
	jw_kint(&w, "now_wall_ms", clock_wall_ms());
	jw_key(&w, "gate");
	view_gate(g, &w);
	jw_key(&w, "agents");
	jw_begin(&w, '[');
	for (agent = g->agents; agent; agent = agent->next)
		view_agent(g, agent, &w);
	jw_end(&w, ']');
	jw_key(&w, "sessions");
	jw_begin(&w, '[');
	for (s = g->sessions; s; s = s->next)
		view_session(g, s, &w);
	jw_end(&w, ']');
	jw_key(&w, "actions");
	jw_begin(&w, '[');
	for (i = 0; i < g->queue.count; i++)
		view_action(g, g->queue.items[i], &w);
	jw_end(&w, ']');
	jw_end(&w, '}');
	reply_json(r, 200, &b);
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

/* 0, which no action has, for what is no number. */
static int64_t read_id(const char *text)
{
	char *end;
	long long id = strtoll(text, &end, 10);

	return *end || text[0] < '1' || text[0] > '9' ? 0 : id;
}

static struct action *find(struct gate *g, struct server_req *r, const char *id)
{
	struct action *a = queue_find(&g->queue, read_id(id));

	if (!a)
		server_error(r, 404, NULL, "action_not_found", "there is no such action", NULL);
	return a;
}

static void get_action(struct gate *g, struct server_req *r, const char *id)
{
	struct action *a = find(g, r, id);

	if (a)
		reply_action(g, r, a, true);
}

static void get_body(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	struct action *a = find(g, r, id);

	if (a)
		server_reply(r, 200, headers, a->body, a->body_len);
}

/* The name of the person: what the client says for display, else the account's. */
static char *person(const struct server_req *r, const struct json_doc *d)
{
	char *by = json_strdup(d, json_get(d, json_root(d), "by"));
	struct passwd *pw;
	char number[32];
	pid_t pid;
	uid_t uid = 0;
	gid_t gid;

	if (by && by[0] && strlen(by) <= 64)
		return by;
	free(by);
	server_peer(r, &pid, &uid, &gid);
	pw = getpwuid(uid);
	snprintf(number, sizeof(number), "uid %u", (unsigned int)uid);
	return gate_strdup(pw ? pw->pw_name : number);
}

/* The body as one object of the known keys; answers 422 itself otherwise. */
static bool read_body(struct server_req *r, struct json_doc *d, const char *const *known)
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
		if (!known[i])
			break;
	}
	if (json_type(d, json_root(d)) != JSON_OBJECT || k != JSON_NONE) {
		server_error(r, 422, NULL, "invalid_decision", k != JSON_NONE ? "an unknown key in the body" : "the body is not an object", NULL);
		json_release(d);
		return false;
	}
	return true;
}

static bool is_text_or_absent(const struct json_doc *d, int v)
{
	char *text = json_strdup(d, v);
	bool ok = text || v == JSON_NONE || json_type(d, v) == JSON_NULL;

	free(text);
	return ok;
}

/* {"sha256": 64 hex digits, "taken_at": ms, "box": [x, y, w, h]} */
static bool is_screen(const struct json_doc *d, int screen)
{
	int box = json_get(d, screen, "box"), v;
	char *sha = json_strdup(d, json_get(d, screen, "sha256"));
	bool ok = sha && strlen(sha) == DIGEST_HEX && strspn(sha, "0123456789abcdef") == DIGEST_HEX;
	int64_t n;

	free(sha);
	ok = ok && json_int(d, json_get(d, screen, "taken_at"), &n) == 0 && json_type(d, box) == JSON_ARRAY && json_size(d, box) == 4;
	for (v = ok ? json_first(d, box) : JSON_NONE; v != JSON_NONE; v = json_next(d, v))
		ok = ok && json_int(d, v, &n) == 0;
	return ok;
}

static bool read_decision(const struct json_doc *d, int64_t id, struct decision *ret, char **ret_digest, const char **why)
{
	int root = json_root(d), verb = json_get(d, root, "decision"), screen = json_get(d, root, "screen"), ahead = json_get(d, root, "ahead");
	int note = json_get(d, root, "note");
	int64_t version = 0;
	size_t note_len;

	*ret_digest = json_strdup(d, json_get(d, root, "digest"));
	*ret = (struct decision){ .id = id, .digest = *ret_digest, .approve = json_str_is(d, verb, "approve"),
				  .has_screen = json_type(d, screen) == JSON_OBJECT, .ahead = json_bool(d, ahead, false) };
	json_raw(d, note, &note_len);
	*why = NULL;
	if (!*ret_digest)
		*why = "\"digest\" is missing";
	else if (json_int(d, json_get(d, root, "version"), &version) < 0 || version < 1 || version > INT32_MAX)
		*why = "\"version\" is missing";
	else if (!ret->approve && !json_str_is(d, verb, "deny"))
		*why = "\"decision\" is neither approve nor deny";
	else if (screen != JSON_NONE && json_type(d, screen) != JSON_NULL && !is_screen(d, screen))
		*why = "\"screen\" is not {sha256, taken_at, box}";
	else if (!is_text_or_absent(d, note) || note_len > NOTE_MAX)
		*why = "\"note\" is no text of at most 1024 bytes";
	else if (!is_text_or_absent(d, json_get(d, root, "by")))
		*why = "\"by\" is no text";
	else if (ahead != JSON_NONE && json_type(d, ahead) != JSON_TRUE && json_type(d, ahead) != JSON_FALSE)
		*why = "\"ahead\" is neither true nor false";
	ret->version = (int)version;
	return !*why;
}

static void refuse_decision(struct server_req *r, enum decision_refusal refusal, const char *message)
{
	static const struct { int status; const char *code; } table[] = {
		[DECISION_NOT_FOUND] = { 404, "action_not_found" }, [DECISION_TOO_LATE] = { 409, "already_decided" },
		[DECISION_STALE] = { 409, "stale_version" }, [DECISION_DIGEST] = { 409, "digest_mismatch" },
		[DECISION_AWAY] = { 409, "asker_away" }, [DECISION_WAITS] = { 409, "waits_for" },
		[DECISION_SCREEN] = { 422, "screen_missing" },
	};

	server_error(r, table[refusal].status, NULL, table[refusal].code, message, NULL);
}

/* Sets the decision's fields and commits; undone when that fails. */
static int decide(struct gate *g, struct action *a, const struct decision *d, const struct json_doc *doc, char *by, struct err *e)
{
	int screen = json_get(doc, json_root(doc), "screen");
	char *sha = json_strdup(doc, json_get(doc, screen, "sha256")), who[80];
	struct store_move m = { .to = d->approve ? ACTION_APPROVED : ACTION_DENIED, .who = who };
	int r;

	snprintf(who, sizeof(who), "person:%.64s", by);
	action_undecide(a);
	a->decided_by = by;
	a->note = json_strdup(doc, json_get(doc, json_root(doc), "note"));
	a->decided_wall_ms = clock_wall_ms();
	if (!d->approve)
		a->ended_wall_ms = a->decided_wall_ms;
	if (sha)
		snprintf(a->screen_sha256, sizeof(a->screen_sha256), "%s", sha);
	free(sha);
	m.detail = a->note ? a->note : d->ahead && queue_waits_for(&g->queue, a) ? "ahead of an earlier one" : "";
	failpoint(5);
	r = gate_move(g, a, &m, e);
	if (r < 0)
		action_undecide(a);
	return r;
}

static void after_denial(struct gate *g, struct action *a)
{
	struct proposal p;

	executor_answer_all(g, a);
	while (queue_needs_new_yes(&g->queue, a, &p)) {
		struct store_move m = { .to = p.to, .who = "gate", .detail = p.why };

		action_undecide(p.action);
		if (gate_move(g, p.action, &m, NULL) < 0)
			break;
	}
}

static void post_decision(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "version", "digest", "decision", "note", "screen", "ahead", "by", NULL };
	enum decision_refusal refusal;
	char message[256], *digest = NULL;
	const char *why;
	struct decision d;
	struct json_doc doc;
	struct action *a;
	struct err e;
	int result;

	if (!read_body(r, &doc, known))
		return;
	if (!read_decision(&doc, read_id(id), &d, &digest, &why)) {
		server_error(r, 422, NULL, "invalid_decision", why, NULL);
	} else if ((refusal = queue_judge(&g->queue, &d, &a, message)) != DECISION_OK) {
		refuse_decision(r, refusal, message);
	} else {
		result = decide(g, a, &d, &doc, person(r, &doc), &e);
		if (result < 0) {
			server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		} else {
			reply_action(g, r, a, false);
			if (!d.approve)
				after_denial(g, a);
			gate_pump(g);
		}
	}
	free(digest);
	json_release(&doc);
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
	if (len > 0 && !read_body(r, &doc, known))
		return;
	by = person(r, &doc);
	json_release(&doc);
	if (!action_is_fault(a->state) || a->seen_by) {
		server_error(r, 409, NULL, "already_decided", "there is no fault of this action to be seen", NULL);
	} else if (store_seen(g->store, a, by, &e) < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	} else {
		a->seen_by = by;
		by = NULL;
		gate_changed(g, a);
		reply_action(g, r, a, false);
	}
	free(by);
}

static void get_log(struct gate *g, struct server_req *r, const char *id)
{
	const struct session *s = feed_session(g, id);
	int64_t from = -100, n = 100;
	struct buf b;
	struct jsonw w;

	if (!s || !s->log) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
		return;
	}
	query_int(r, "from", &from);
	query_int(r, "n", &n);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	log_read(s->log, from, n < 0 ? 0 : n > LOG_LINES_MAX ? LOG_LINES_MAX : n, &w);
	reply_json(r, 200, &b);
}

static void post_agent(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "name", "answer_within_ms", NULL };
	struct json_doc doc;
	struct agent *agent;
	char token[96], *name;
	int64_t within = 25000;
	struct jsonw w;
	struct buf b;
	struct err e;
	int result;

	(void)rest;
	if (!read_body(r, &doc, known))
		return;
	name = json_strdup(&doc, json_get(&doc, json_root(&doc), "name"));
	if (json_type(&doc, json_get(&doc, json_root(&doc), "answer_within_ms")) == JSON_NULL)
		within = 0;
	else
		json_int(&doc, json_get(&doc, json_root(&doc), "answer_within_ms"), &within);
	json_release(&doc);
	result = within < 0 || within > 3600000 ? err_set(&e, ERR_INVALID, "\"answer_within_ms\" is not between 0 and an hour") :
						  agents_add(g, name ? name : "", within, token, &agent, &e);
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
	reply_json(r, 200, &b);
}

static void delete_agent(struct gate *g, struct server_req *r, const char *name)
{
	struct err e;
	int result = agents_revoke(g, name, &e);

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
	{ HTTP_GET, "/v1/state", NULL, get_state },
	{ HTTP_GET, "/v1/events", NULL, get_events },
	{ HTTP_GET, "/v1/actions/", "", get_action },
	{ HTTP_GET, "/v1/actions/", "/body", get_body },
	{ HTTP_POST, "/v1/actions/", "/decision", post_decision },
	{ HTTP_POST, "/v1/actions/", "/seen", post_seen },
	{ HTTP_GET, "/v1/sessions/", "/log", get_log },
	{ HTTP_POST, "/v1/agents", NULL, post_agent },
	{ HTTP_DELETE, "/v1/agents/", "", delete_agent },
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

static bool is_operator(const struct server_req *r)
{
	pid_t pid;
	uid_t uid;
	gid_t gid;

	return server_peer(r, &pid, &uid, &gid) && (uid == geteuid() || uid == 0);
}

void operator_request(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	struct gate *g = arg;
	char segment[256];
	size_t i;

	if (!is_operator(r)) {
		log_line("refused another user at the operator's socket");
		server_error(r, 403, NULL, "forbidden", "this socket is the operator's", NULL);
		return;
	}
	for (i = 0; i < ARRAY_LEN(routes); i++) {
		if (routes[i].method == h->method && fits(h->path, routes[i].head, routes[i].tail, segment, sizeof(segment))) {
			routes[i].handle(g, r, segment);
			return;
		}
	}
	if (strncmp(h->path, "/api/v1/", 8) != 0)
		server_error(r, 404, NULL, "not_found", "no such call; see docs/OPERATOR.md", NULL);
	else if (h->method != HTTP_GET)
		server_error(r, 405, NULL, "method_not_allowed", "only reads pass here", NULL);
	else
		pass_read(g, r, NULL);
}
