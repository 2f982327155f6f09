/* routes_sandbox: /sandboxes and what is below, but for files (routes_workspace.c). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"
#include "local/feed.h"
#include "local/snapshots.h"
#include "local/watch.h"

enum { LOG_LINES = 1000, READY_MS = 30000, LOOK_MS = 100, PAGE_SIZE = 100 };

void routes_list(struct api_call *c, enum session_kind kind)
{
	int64_t total = 0, page = 1, size = PAGE_SIZE;
	const struct machine *m;
	struct buf b;
	struct jsonw w;
	char *state;

	if (!api_query_int(c, "page", 1, 1000000, &page) || !api_query_int(c, "limit", 1, PAGE_SIZE, &size) || !api_query_int(c, "per_page", 1, PAGE_SIZE, &size) ||
	    !api_query_int(c, "page_size", 1, PAGE_SIZE, &size))
		return;
	state = api_query(c, "state");
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "data");
	jw_begin(&w, '[');
	for (m = c->local->machines; m; m = m->next) {
		if (m->kind != kind || (state && strcmp(state, m->state) != 0))
			continue;
		if (total >= (page - 1) * size && total < page * size)
			machine_json(m, &w);
		total++;
	}
	jw_end(&w, ']');
	jw_key(&w, "page");
	jw_begin(&w, '{');
	jw_kint(&w, "page", page);
	jw_kint(&w, "page_size", size);
	jw_kint(&w, "total", total);
	jw_end(&w, '}');
	jw_end(&w, '}');
	free(state);
	api_json(c->req, 200, &b);
}

void routes_show(struct api_call *c, const struct machine *m, int status)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 65536);
	jw_init(&w, &b);
	machine_json(m, &w);
	api_json(c->req, status, &b);
}

void routes_create(struct api_call *c, enum session_kind kind)
{
	struct labels labels;
	struct machine *m;
	struct err e;

	if (!labels_read(c, &labels))
		return;
	m = machine_new(c->local, kind, labels.name, &e);
	if (m && labels_put_on(m, &labels, &e) < 0) {
		machine_remove(m, true);
		m = NULL;
	}
	labels_release(&labels);
	if (!m)
		api_error(c->req, 500, "INTERNAL_ERROR", "%s", e.msg);
	else
		routes_show(c, m, 201);
}

static void list(struct api_call *c) { routes_list(c, SESSION_SANDBOX); }
static void create(struct api_call *c) { routes_create(c, SESSION_SANDBOX); }
static void show(struct api_call *c) { routes_show(c, c->machine, 200); }

static void destroy(struct api_call *c)
{
	machine_remove(c->machine, true);
	server_reply(c->req, 204, NULL, "", 0);
}

static void readiness(struct api_call *c)
{
	struct buf b;

	buf_init(&b, 256);
	buf_printf(&b, "{\"ready\":%s}", strcmp(c->machine->state, "running") == 0 ? "true" : "false");
	api_json(c->req, 200, &b);
}

struct waiting {
	uv_timer_t timer;
	struct local *local;
	struct feed *feed;
	char id[48];		/* the machine may go meanwhile */
	int64_t end_ms;
};

static void on_waiting_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_waiter_gone(void *arg)
{
	struct waiting *w = arg;

	uv_close((uv_handle_t *)&w->timer, on_waiting_closed);
}

static void look_ready(uv_timer_t *t)
{
	struct waiting *w = t->data;
	const struct machine *m = machine_find(w->local, w->id);
	bool ready = m && strcmp(m->state, "running") == 0;
	char at[40], data[160];

	if (m && !ready && clock_boot_ms() < w->end_ms)
		return;
	if (ready)
		machine_time(m, at, sizeof(at));
	snprintf(data, sizeof(data), ready ? "{\"ready_at\":\"%s\"}" : "{\"reason\":\"after 30 s it is %s\"}", ready ? at : m ? m->state : "gone");
	if (!feed_event(w->feed, ready ? "ready" : "timeout", NULL, data, strlen(data)))
		return;
	feed_end(w->feed, true);
	on_waiter_gone(w);
}

/* A running sandbox takes commands from its first moment; they wait for its supervisor. */
static void readiness_stream(struct api_call *c)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->local = c->local;
	w->end_ms = clock_boot_ms() + READY_MS;
	snprintf(w->id, sizeof(w->id), "%s", c->machine->id);
	w->feed = feed_begin(c->local->loop, c->req, NULL, on_waiter_gone, w);
	if (!w->feed) {
		free(w);
		return;
	}
	uv_timer_init(c->local->loop, &w->timer);
	w->timer.data = w;
	uv_timer_start(&w->timer, look_ready, 0, LOOK_MS);
}

/* Everything in it is stopped where it is, or goes on. */
static void set_paused(struct api_call *c, bool pause)
{
	struct machine *m = c->machine;
	const char *from = pause ? "running" : "paused", *to = pause ? "paused" : "running";
	struct err e;
	int r;

	if (strcmp(m->state, to) == 0) {
		routes_show(c, m, 200);
		return;
	}
	if (strcmp(m->state, from) != 0 && (pause || strcmp(m->state, "error") != 0)) {
		api_error(c->req, 409, "SANDBOX_NOT_COMMAND_READY", "%s is %s", m->name, m->state);
		return;
	}
	/* What was stopped, or paused before a restart, has nothing left to go on with. */
	r = !pause && !m->sandbox ? machine_start(m, &e) : sandbox_pause(m->sandbox, pause, &e);
	if (r < 0) {
		api_failed(c->req, r, &e);
		return;
	}
	machine_set_state(m, to);
	machine_tenant_event(m, pause ? "sandbox.paused" : "sandbox.resumed");
	routes_show(c, m, 200);
}

static void pause_sandbox(struct api_call *c) { set_paused(c, true); }
static void resume_sandbox(struct api_call *c) { set_paused(c, false); }

/* The newest lines, as text. */
void routes_logs(struct api_call *c)
{
	static const char *const headers[] = { "Content-Type: text/plain; charset=utf-8", NULL };
	int64_t n = LOG_LINES;
	struct buf text;

	if (!api_query_int(c, "lines", 1, INT32_MAX, &n))
		return;
	buf_init(&text, SIZE_MAX - 1);
	machine_log_text(c->machine, (size_t)n, &text);
	server_reply(c->req, 200, headers, buf_cstr(&text), text.len);
	buf_release(&text);
}

/* Changes of files are told from here on; where they cannot be seen, that is said. */
static void events(struct api_call *c)
{
	struct err e;
	struct buf b;
	struct jsonw w;

	if (watch_begin(c->machine, &e) == ERR_IO) {
		buf_init(&b, 2048);
		jw_init(&w, &b);
		jw_begin(&w, '{');
		jw_kstr(&w, "type", "overflow");
		jw_kstr(&w, "message", e.msg);
		jw_end(&w, '}');
		machine_event(c->machine, "file", &b);
	}
	events_subscribe(c->machine->events, c->req);
}

static void logs_stream(struct api_call *c)
{
	events_subscribe(c->machine->log_lines, c->req);
}

const struct api_route routes_sandbox[] = {
	{ HTTP_GET, "/sandboxes", false, false, list },
	{ HTTP_POST, "/sandboxes", true, false, create },
	{ HTTP_GET, "/sandboxes/{}", false, false, show },
	{ HTTP_PATCH, "/sandboxes/{}", true, false, lifecycle_patch },
	{ HTTP_PATCH, "/sandboxes/{}/tags", true, false, lifecycle_patch },
	{ HTTP_DELETE, "/sandboxes/{}", false, false, destroy },
	{ HTTP_POST, "/sandboxes/{}/stop", false, false, lifecycle_stop },
	{ HTTP_POST, "/sandboxes/{}/extend", true, false, lifecycle_extend },
	{ HTTP_POST, "/sandboxes/{}/fork", true, false, snapshots_fork },
	{ HTTP_GET, "/sandboxes/{}/snapshots", false, false, snapshots_list },
	{ HTTP_POST, "/sandboxes/{}/snapshots", true, false, snapshots_create },
	{ HTTP_GET, "/sandboxes/{}/snapshots/{}", false, false, snapshots_show },
	{ HTTP_DELETE, "/sandboxes/{}/snapshots/{}", false, false, snapshots_delete },
	{ HTTP_GET, "/sandboxes/{}/snapshots/{}/events", false, false, snapshots_events },
	{ HTTP_POST, "/sandboxes/{}/restore/{}", false, false, snapshots_restore },
	{ HTTP_GET, "/sandboxes/{}/readiness", false, false, readiness },
	{ HTTP_GET, "/sandboxes/{}/readiness/stream", false, false, readiness_stream },
	{ HTTP_POST, "/sandboxes/{}/pause", false, false, pause_sandbox },
	{ HTTP_POST, "/sandboxes/{}/resume", false, false, resume_sandbox },
	{ HTTP_GET, "/sandboxes/{}/usage", false, false, lifecycle_usage },
	{ HTTP_GET, "/sandboxes/{}/env", false, false, env_show },
	{ HTTP_PUT, "/sandboxes/{}/env", true, false, env_set },
	{ HTTP_DELETE, "/sandboxes/{}/env/{}", false, false, env_delete },
	{ HTTP_GET, "/sandboxes/{}/logs", false, false, routes_logs },
	{ HTTP_GET, "/sandboxes/{}/logs/stream", false, false, logs_stream },
	{ HTTP_GET, "/sandboxes/{}/events", false, false, events },
	{ HTTP_GET, "/sandboxes/{}/processes", false, false, processes_list },
	{ HTTP_POST, "/sandboxes/{}/processes", true, true, processes_start },
	{ HTTP_GET, "/sandboxes/{}/processes/{*}", false, false, processes_get },
	{ HTTP_POST, "/sandboxes/{}/processes/{*}", true, true, processes_post },
	{ HTTP_DELETE, "/sandboxes/{}/processes/{*}", false, true, processes_end },
	{ HTTP_GET, "/sandboxes/{}/previews", false, false, preview_list },
	{ HTTP_POST, "/sandboxes/{}/previews", true, true, preview_expose },
	{ HTTP_GET, "/sandboxes/{}/previews/{}", false, false, preview_show },
	{ HTTP_DELETE, "/sandboxes/{}/previews/{}", false, false, preview_delete },
	{ HTTP_POST, "/sandboxes/{}/previews/{}/share", true, true, preview_share },
	{ HTTP_DELETE, "/sandboxes/{}/previews/{}/share", false, false, preview_unshare },
	{ HTTP_POST, "/sandboxes/{}/expose", true, true, preview_expose },
	{ HTTP_POST, "/sandboxes/{}/deploy", true, true, preview_deploy },
};
const size_t routes_sandbox_count = ARRAY_LEN(routes_sandbox);
