/*
 * snapshot: takes a snapshot of an action's session before the action is sent, where its rule says so. Without one the action is not sent: it is held
 * again, with the reason. That it is asked for is on disk before, like anything that changes something.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "core/miosa_envelope.h"
#include "core/miosa_object.h"
#include "gate/gate.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { ANSWER_MAX = 65536, ANSWER_MS = 60000, KEY_DIGITS = 16 };

struct snapshot {
	struct snapshot *next, **prev;
	struct gate *gate;
	int64_t action;
	int version;
	char body[80];		/* what is sent: libcurl borrows it */
	char key[80];		/* Idempotency-Key */
	struct buf answer;
};

static void snapshot_free(struct snapshot *s)
{
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	buf_release(&s->answer);
	free(s);
}

void snapshots_release(struct gate *g)
{
	while (g->snapshots)
		snapshot_free(g->snapshots);
}

static void hold_again(struct gate *g, struct action *a, const char *why)
{
	a->snapshot = SNAPSHOT_NONE;
	if (action_set(&a->error, why) < 0)
		abort();
	gate_hold_again(g, a, why);
}

char *snapshot_id(const char *answer, size_t len)
{
	struct miosa_snapshot made;
	struct json_doc d;
	char *id = NULL;

	if (json_parse(answer, len, &d, NULL) < 0)
		return NULL;
	if (miosa_snapshot(&d, miosa_object(&d), &made)) {
		id = made.failed ? NULL : gate_strdup(made.id);
		miosa_snapshot_release(&made);
	}
	json_release(&d);
	return id;
}

static void take_result(struct gate *g, struct action *a, const struct http_result *r, const struct buf *answer, const char *id)
{
	struct miosa_error error;
	char text[400];
	struct err e;
	int result;

	if (r->outcome != HTTP_ANSWERED) {
		snprintf(text, sizeof(text), "not sent: no snapshot could be taken before it: %.300s", r->error);
		hold_again(g, a, text);
	} else if (r->status < 200 || r->status > 299) {
		miosa_error(buf_cstr(answer), answer->len, r->status, NULL, -1, &error);
		snprintf(text, sizeof(text), "not sent: no snapshot could be taken before it: the substrate answered %d: %.250s", r->status, error.message);
		hold_again(g, a, text);
	} else if (!id) {
		snprintf(text, sizeof(text), "not sent: no snapshot could be taken before it: the substrate answered %d and named none", r->status);
		hold_again(g, a, text);
	} else {
		snprintf(text, sizeof(text), "%.200s, before action %lld, version %d", id, (long long)a->id, a->version);
		result = store_record(g->store, "snapshot", "gate", text, &e);
		gate_set_record_error(g, result < 0 ? e.msg : NULL);
		a->snapshot = result < 0 ? SNAPSHOT_NONE : SNAPSHOT_TAKEN;
		if (action_set(&a->error, NULL) < 0)
			abort();
		log_line("snapshot %s", text);
	}
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct snapshot *s = arg;

	(void)c;
	buf_append(&s->answer, data, len);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct snapshot *s = arg;
	struct gate *g = s->gate;
	struct action *a = queue_find(&g->queue, s->action);
	char *id = snapshot_id(buf_cstr(&s->answer), s->answer.len);

	(void)c;
	/* Frozen or changed meanwhile: what is approved next time gets a snapshot of its own. */
	if (a && (a->state != ACTION_APPROVED || a->version != s->version))
		a->snapshot = SNAPSHOT_NONE;
	else if (a)
		take_result(g, a, r, &s->answer, id);
	free(id);
	snapshot_free(s);
	gate_pump(g);
}

static struct http_call *ask(struct gate *g, const struct action *a, struct snapshot *s)
{
	const char *const lines[] = { g->config.authorization, "Content-Type: application/json", s->key, NULL };
	struct http_spec spec = { .method = "POST", .headers = lines, .body = s->body, .once = true, .timeout_ms = ANSWER_MS, .answer_max = ANSWER_MAX,
				  .on_data = on_data, .on_done = on_done, .arg = s };
	struct http_call *call;
	struct buf url;

	snprintf(s->body, sizeof(s->body), "{\"comment\":\"assent: before action %lld\"}", (long long)a->id);
	spec.body_len = strlen(s->body);
	buf_init(&url, SIZE_MAX - 1);
	buf_printf(&url, "%s/api/v1/%s/", g->origin, a->session_kind == SESSION_COMPUTER ? "computers" : "sandboxes");
	http_encode(&url, a->session, strlen(a->session), false);
	buf_puts(&url, "/snapshots");
	spec.url = buf_cstr(&url);
	call = buf_failed(&url) ? NULL : http_start(g->http, &spec);
	buf_release(&url);
	return call;
}

static int record_asking(struct gate *g, const struct action *a, struct snapshot *s)
{
	static const char header[] = "Idempotency-Key: ";
	char random[KEY_DIGITS + 1], text[160];
	struct err e;
	int r;

	if (random_hex(random, KEY_DIGITS) < 0)
		abort();
	snprintf(s->key, sizeof(s->key), "%sturn-%lld-snapshot-%s", header, (long long)a->id, random);
	snprintf(text, sizeof(text), "%s, before action %lld, version %d", s->key + strlen(header), (long long)a->id, a->version);
	r = store_record(g->store, "snapshot asked for", "gate", text, &e);
	gate_set_record_error(g, r < 0 ? e.msg : NULL);
	return r;
}

bool snapshot_first(struct gate *g, struct action *a)
{
	struct snapshot *s;

	if (!a->snapshot_before || a->snapshot == SNAPSHOT_TAKEN)
		return false;
	if (a->session_kind == SESSION_NONE) {
		hold_again(g, a, "not sent: its rule wants a snapshot before it, and it is about no session");
		return true;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	*s = (struct snapshot){ .gate = g, .action = a->id, .version = a->version, .next = g->snapshots, .prev = &g->snapshots };
	if (s->next)
		s->next->prev = &s->next;
	g->snapshots = s;
	buf_init(&s->answer, ANSWER_MAX);
	if (record_asking(g, a, s) < 0) {
		snapshot_free(s);
		return true;
	}
	failpoint(FAILPOINT_SNAPSHOT);
	a->snapshot = SNAPSHOT_UNDER_WAY;
	if (!ask(g, a, s)) {
		snapshot_free(s);
		hold_again(g, a, "not sent: no snapshot could be asked for: out of memory");
	}
	return true;
}
