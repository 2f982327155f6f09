/* runs: see runs.h. */
#include "config.h"

#include "gate/runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_envelope.h"
#include "core/reconnect.h"
#include "gate/asks.h"
#include "gate/stream.h"

enum { EVERY_MS = 15000, AGAIN_MS = 600000, TIMEOUT_MS = 10000, ANSWER_MAX = 1024 * 1024, GOING_ON_MAX = 128 };

struct run_list {
	struct runs *runs;
	const char *path, *plural;
	enum stream_kind kind;
	struct http_call *call;
	int64_t after_ms;
	struct buf body;
	uv_timer_t timer;
};

struct runs {
	struct gate *gate;
	struct run_list lists[2];
	bool closing;
};

/* One that goes on, in which session. */
struct run {
	char *id;
	struct session *session;
};

static size_t read_runs(struct gate *g, const struct json_doc *d, int list, struct run *runs)
{
	static const char *const targets[] = { "target_id", "sandbox_id", "computer_id", NULL };
	struct miosa_job job;
	size_t n = 0;
	int v;

	for (v = json_first(d, list); v != JSON_NONE && n < GOING_ON_MAX; v = json_next(d, v)) {
		char *target = miosa_string(d, v, targets);
		struct session *s = target ? feed_session(g, target) : NULL;

		free(target);
		if (!miosa_agent_session(d, v, &job))
			continue;
		if (s && job.goes_on)
			runs[n++] = (struct run){ .id = gate_strdup(job.id), .session = s };
		miosa_job_release(&job);
	}
	return n;
}

static void take(struct run_list *l)
{
	struct gate *g = l->runs->gate;
	struct run runs[GOING_ON_MAX];
	const char *ids[GOING_ON_MAX];
	struct session *s;
	struct json_doc d;
	size_t n, i, count;

	if (json_parse(buf_cstr(&l->body), l->body.len, &d, NULL) < 0)
		return;
	n = read_runs(g, &d, miosa_list(&d, l->plural), runs);
	json_release(&d);
	for (s = g->sessions; s; s = s->next) {
		for (i = count = 0; i < n; i++)
			if (runs[i].session == s)
				ids[count++] = runs[i].id;
		if (count > 0 || follow_find(s, l->kind, NULL))
			follow_items(g, s, l->kind, ids, count);
	}
	for (i = 0; i < n; i++)
		free(runs[i].id);
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	struct run_list *l = arg;

	(void)c;
	(void)status;
	l->after_ms = reconnect_after(http_header(headers, "retry-after"), clock_wall_ms());
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct run_list *l = arg;

	(void)c;
	buf_append(&l->body, data, len);
}

static void on_timer(uv_timer_t *t);

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct run_list *l = arg;
	int64_t wait = EVERY_MS;
	struct miosa_error error;

	(void)c;
	l->call = NULL;
	if (l->runs->closing)
		return;
	if (r->outcome == HTTP_ANSWERED && r->status == 200 && !buf_failed(&l->body)) {
		take(l);
	} else if (r->outcome == HTTP_ANSWERED && (r->status == 429 || r->status == 503)) {
		miosa_error(buf_cstr(&l->body), l->body.len, r->status, NULL, -1, &error);
		asks_leave_alone(l->runs->gate, l->after_ms >= 0 ? l->after_ms : error.retry_after_ms);
		wait = l->after_ms > wait ? l->after_ms : error.retry_after_ms > wait ? error.retry_after_ms : wait;
	} else if (r->outcome == HTTP_ANSWERED && r->status >= 400 && r->status != 500 && r->status < 502) {
		wait = AGAIN_MS;	/* there is no such list */
	}
	buf_release(&l->body);
	uv_timer_start(&l->timer, on_timer, (uint64_t)wait, 0);
}

static void on_timer(uv_timer_t *t)
{
	struct run_list *l = t->data;
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = ANSWER_MAX, .on_head = on_head, .on_data = on_data, .on_done = on_done, .arg = l };

	if (l->runs->gate->sessions) {
		l->after_ms = -1;
		buf_init(&l->body, ANSWER_MAX);
		l->call = feed_get(l->runs->gate, l->path, NULL, &spec);
	}
	if (!l->call)
		uv_timer_start(&l->timer, on_timer, EVERY_MS, 0);
}

struct runs *runs_new(struct gate *g)
{
	struct runs *r = calloc(1, sizeof(*r));
	size_t i;

	if (!r)
		return NULL;
	r->gate = g;
	r->lists[0] = (struct run_list){ .runs = r, .path = "/runs?limit=100", .plural = "runs", .kind = STREAM_RUN };
	r->lists[1] = (struct run_list){ .runs = r, .path = "/agent-runs?limit=100", .plural = "agent_runs", .kind = STREAM_AGENT_RUN };
	for (i = 0; i < ARRAY_LEN(r->lists); i++) {
		uv_timer_init(g->loop, &r->lists[i].timer);
		r->lists[i].timer.data = &r->lists[i];
		uv_timer_start(&r->lists[i].timer, on_timer, 1000, 0);
	}
	return r;
}

void runs_close(struct runs *r)
{
	size_t i;

	r->closing = true;
	for (i = 0; i < ARRAY_LEN(r->lists); i++) {
		if (r->lists[i].call)
			http_cancel(r->lists[i].call);
		uv_close((uv_handle_t *)&r->lists[i].timer, NULL);
	}
}

void runs_free(struct runs *r)
{
	size_t i;

	for (i = 0; r && i < ARRAY_LEN(r->lists); i++)
		buf_release(&r->lists[i].body);
	free(r);
}
