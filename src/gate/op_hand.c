/*
 * op_hand: a person runs a command in a sandbox, or takes a snapshot of a session, through the gate: requests of the operator's own (byhand.h). Both need a
 * signature where one is needed at all, and neither is sent in a freeze.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_envelope.h"
#include "core/miosa_object.h"
#include "gate/byhand.h"
#include "gate/operator.h"
#include "io/log.h"

enum { COMMAND_MAX = 64 * 1024, COMMENT_MAX = 1024, ANSWER_MS = 5000 };

/* Answers itself where it may not be. NULL: it was answered. */
static const struct session *may(struct gate *g, struct server_req *r, const char *id, const char *what)
{
	const struct session *s = feed_session(g, id);

	if (!s || !by_hand_segment_ok(id)) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
		return NULL;
	}
	if (!operator_allows(g, r, what))
		return NULL;
	if (g->frozen.by) {
		server_error(r, 409, NULL, "gate_frozen", "everything is frozen; unfreeze it first", NULL);
		return NULL;
	}
	return s;
}

static void put_path(const struct session *s, const char *tail, struct buf *path)
{
	buf_init(path, 8192);
	buf_puts(path, s->kind == SESSION_SANDBOX ? "/api/v1/sandboxes" : "/api/v1/computers");
	by_hand_segment(path, s->id);
	buf_puts(path, tail);
}

/* A text of the body; false: it is there and is none, or too long, or missing and needed. *ret: own, NULL for none. */
static bool take(const struct json_doc *d, const char *key, size_t most, bool needed, char **ret)
{
	int v = json_get(d, json_root(d), key);

	*ret = json_strdup(d, v);
	if (!*ret)
		return !needed && (v == JSON_NONE || json_type(d, v) == JSON_NULL);
	return strlen(*ret) <= most && (*ret)[0];
}

static void run(struct gate *g, struct server_req *r, const struct session *s, const char *body, const char *by)
{
	const struct action *a;
	struct buf path, b;
	struct jsonw w;
	struct err e;

	put_path(s, "/exec/stream", &path);
	a = by_hand(g, &(struct by_hand){ .method = HTTP_POST, .path = buf_cstr(&path), .body = body, .accept = "text/event-stream", .detail = "by hand" }, by, &e);
	buf_release(&path);
	if (!a) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		return;
	}
	log_line("%s runs a command in %s by hand", by, s->id);
	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "action", a->id);
	jw_kstr(&w, "state", action_state_name(a->state));
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

void operator_run(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "command", "cwd", "by", NULL };
	char *command, *cwd = NULL, *by;
	const struct session *s;
	struct json_doc d;
	struct buf body;
	struct jsonw w;
	bool ok;

	if (!operator_read_body(r, &d, known))
		return;
	ok = take(&d, "command", COMMAND_MAX, true, &command);
	ok &= take(&d, "cwd", COMMENT_MAX, false, &cwd);
	by = operator_person(g, r, &d);
	json_release(&d);
	s = may(g, r, id, "running a command by hand");
	if (s && s->kind != SESSION_SANDBOX) {
		server_error(r, 422, NULL, "no_such_way", "a command is run in a sandbox; on a computer take control", NULL);
	} else if (s && !ok) {
		server_error(r, 422, NULL, "invalid_command", "it is {\"command\": at most 64 KiB, \"cwd\": a folder}", NULL);
	} else if (s) {
		buf_init(&body, 8 * COMMAND_MAX);
		jw_init(&w, &body);
		jw_begin(&w, '{');
		jw_kstr(&w, "command", command);
		if (cwd)
			jw_kstr(&w, "cwd", cwd);
		jw_end(&w, '}');
		run(g, r, s, buf_cstr(&body), by);
		buf_release(&body);
	}
	free(command);
	free(cwd);
	free(by);
}

/* A snapshot that is being taken, and who waits to be told. */
struct taking {
	struct taking *next;
	struct server_req *req;	/* NULL: gone, or answered */
	int64_t action, until_boot_ms;
};

static void on_gone(struct server_req *r, void *user)
{
	struct taking *t = user;

	(void)r;
	t->req = NULL;
}

static void taking_free(struct gate *g, struct taking *t)
{
	struct taking **p = &g->takings;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	free(t);
}

static void reply_taking(struct taking *t, const char *state, const char *id)
{
	struct server_req *r = t->req;
	struct buf b;
	struct jsonw w;

	if (!r)
		return;
	t->req = NULL;
	buf_init(&b, 8192);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "action", t->action);
	jw_kstr(&w, "state", state);
	jw_kstr(&w, "snapshot", id);
	jw_end(&w, '}');
	server_set_user(r, NULL, NULL);
	operator_reply_json(r, 200, &b);
}

static void on_taken(struct gate *g, const struct action *a, const char *body, size_t len, void *arg)
{
	bool done = a->state == ACTION_DONE && a->status >= 200 && a->status <= 299;
	char *id = done ? snapshot_id(body, len) : NULL;
	struct taking *t = arg;

	reply_taking(t, action_state_name(a->state), id);
	free(id);
	taking_free(g, t);
}

int64_t hand_tick(struct gate *g, int64_t now)
{
	int64_t next = INT64_MAX;
	struct taking *t;

	for (t = g->takings; t; t = t->next) {
		if (t->req && now >= t->until_boot_ms)
			reply_taking(t, action_state_name(ACTION_SENT), NULL);
		else if (t->req && t->until_boot_ms < next)
			next = t->until_boot_ms;
	}
	return next;
}

void hand_release(struct gate *g)
{
	while (g->takings)
		taking_free(g, g->takings);
}

static void snapshot(struct gate *g, struct server_req *r, const struct session *s, const char *comment, const char *by)
{
	struct taking *t = calloc(1, sizeof(*t));
	const struct action *a;
	struct buf path, body;
	struct jsonw w;
	struct err e;

	if (!t)
		abort();
	*t = (struct taking){ .next = g->takings, .req = r, .action = g->queue.last_id + 1, .until_boot_ms = clock_boot_ms() + ANSWER_MS };
	g->takings = t;
	put_path(s, "/snapshots", &path);
	buf_init(&body, 8 * COMMENT_MAX);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "comment", comment);
	jw_end(&w, '}');
	server_set_user(r, t, on_gone);
	a = by_hand(g, &(struct by_hand){ .method = HTTP_POST, .path = buf_cstr(&path), .body = buf_cstr(&body), .detail = "by hand", .ended = on_taken, .arg = t }, by, &e);
	if (a) {
		log_line("%s takes a snapshot of %s", by, s->id);
	} else {
		server_set_user(r, NULL, NULL);
		taking_free(g, t);
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	}
	buf_release(&path);
	buf_release(&body);
	gate_pump(g);	/* which sets the time to look again */
}

void operator_snapshot(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const known[] = { "comment", "by", NULL };
	struct json_doc d = { 0 };
	char *comment = NULL, *by, words[128];
	const struct session *s;
	size_t len;
	bool ok;

	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return;
	ok = take(&d, "comment", COMMENT_MAX, false, &comment);
	by = operator_person(g, r, &d);
	json_release(&d);
	snprintf(words, sizeof(words), "assent: by %.64s", by);
	s = may(g, r, id, "taking a snapshot");
	if (s && ok)
		snapshot(g, r, s, comment ? comment : words, by);
	else if (s)
		server_error(r, 422, NULL, "invalid_snapshot", "\"comment\" is a text of at most 1024 bytes", NULL);
	free(comment);
	free(by);
}
