/* routes_computer: /computers and what is below, but for the desktop and the files. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local/api.h"
#include "local/snapshots.h"

static void list(struct api_call *c) { routes_list(c, SESSION_COMPUTER); }
static void show(struct api_call *c) { routes_show(c, c->machine, 200); }

static void create(struct api_call *c)
{
	char why[600];

	if (computer_available(why, sizeof(why)))
		routes_create(c, SESSION_COMPUTER);
	else
		api_error(c->req, 501, "NOT_IMPLEMENTED", "%s", why);
}

static void destroy(struct api_call *c)
{
	machine_remove(c->machine, true);
	server_reply(c->req, 204, NULL, "", 0);
}

static void events(struct api_call *c)
{
	events_subscribe(c->machine->events, c->req);
}

static void logs_stream(struct api_call *c)
{
	events_subscribe(c->machine->log_lines, c->req);
}

static void reply_status(struct api_call *c, const char *message)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kbool(&w, "success", true);
	jw_kstr(&w, "message", message);
	jw_kstr(&w, "status", c->machine->state);
	jw_end(&w, '}');
	api_json(c->req, 200, &b);
}

static bool is_off(const struct machine *m)
{
	return strcmp(m->state, "stopped") == 0 || strcmp(m->state, "error") == 0;
}

static void start(struct api_call *c)
{
	struct err e;
	int r = is_off(c->machine) ? machine_start(c->machine, &e) : 0;

	if (r < 0)
		api_failed(c->req, r, &e);
	else
		reply_status(c, "it is started: ask for its status");
}

static void stop(struct api_call *c)
{
	if (!is_off(c->machine)) {
		machine_stop(c->machine, "stopped");
		machine_tenant_event(c->machine, "computer.stopped");
	}
	reply_status(c, "all that ran in it has ended; its files stay");
}

static void restart(struct api_call *c)
{
	if (!is_off(c->machine)) {
		machine_stop(c->machine, "stopped");
		machine_tenant_event(c->machine, "computer.stopped");
	}
	start(c);
}

static void change(struct api_call *c)
{
	static const char *const fields[] = { "name", NULL };
	struct machine *m = c->machine;
	char *name, old[sizeof(m->name)];
	struct err e;
	int r;

	if (!api_only(c, fields) || !api_string(c, "name", &name))
		return;
	if (!name[0] || strlen(name) >= sizeof(m->name)) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"name\" must have 1 to %zu bytes", sizeof(m->name) - 1);
	} else {
		memcpy(old, m->name, sizeof(old));
		snprintf(m->name, sizeof(m->name), "%s", name);
		r = machine_save(m, &e);
		if (r < 0) {
			memcpy(m->name, old, sizeof(old));
			api_failed(c->req, r, &e);
		} else {
			routes_show(c, m, 200);
		}
	}
	free(name);
}

const struct api_route routes_computer[] = {
	{ HTTP_GET, "/computers", false, false, list },
	{ HTTP_POST, "/computers", true, false, create },
	{ HTTP_GET, "/computers/{}", false, false, show },
	{ HTTP_DELETE, "/computers/{}", false, false, destroy },
	{ HTTP_GET, "/computers/{}/events", false, false, events },
	{ HTTP_PATCH, "/computers/{}", true, false, change },
	{ HTTP_PUT, "/computers/{}", true, false, change },
	{ HTTP_POST, "/computers/{}/start", true, false, start },
	{ HTTP_POST, "/computers/{}/stop", true, false, stop },
	{ HTTP_POST, "/computers/{}/restart", true, false, restart },
	{ HTTP_POST, "/computers/{}/clone", true, false, snapshots_fork },
	{ HTTP_GET, "/computers/{}/snapshots", false, false, snapshots_list },
	{ HTTP_POST, "/computers/{}/snapshots", true, false, snapshots_create },
	{ HTTP_GET, "/computers/{}/snapshots/{}", false, false, snapshots_show },
	{ HTTP_DELETE, "/computers/{}/snapshots/{}", false, false, snapshots_delete },
	{ HTTP_GET, "/computers/{}/snapshots/{}/events", false, false, snapshots_events },
	{ HTTP_POST, "/computers/{}/snapshots/{}/restore", true, false, snapshots_restore_as_new },
	/* the same under another name, but put back in place */
	{ HTTP_GET, "/computers/{}/checkpoints", false, false, snapshots_list },
	{ HTTP_POST, "/computers/{}/checkpoints", true, false, snapshots_create },
	{ HTTP_DELETE, "/computers/{}/checkpoints/{}", false, false, snapshots_delete },
	{ HTTP_POST, "/computers/{}/checkpoints/{}/restore", true, false, snapshots_restore },
	{ HTTP_GET, "/computers/{}/checkpoints/{}/restore/stream", false, false, snapshots_events },
	{ HTTP_GET, "/computers/{}/logs", false, false, routes_logs },
	{ HTTP_GET, "/computers/{}/logs/stream", false, false, logs_stream },
};
const size_t routes_computer_count = ARRAY_LEN(routes_computer);
