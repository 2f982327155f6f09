/* routes_computer: /computers and what is below: the desktop goes to the driver, which also judges the bodies. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/api.h"

struct desktop_call {
	struct machine *machine;
	struct server_req *req;
	char op[32];
	char *body;
	size_t len;
};

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

static void logs(struct api_call *c)
{
	static const char *const headers[] = { "Content-Type: text/plain; charset=utf-8", NULL };

	server_reply(c->req, 200, headers, buf_cstr(&c->machine->log), c->machine->log.len);
}

static bool acts(const char *op)
{
	static const char *const reads[] = { "screenshot", "screenshot/region", "cursor", "screen-size", "windows", "wait" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(reads); i++)
		if (strcmp(op, reads[i]) == 0)
			return false;
	return true;
}

/* desktop_action: the kind, and the fields of the request. */
static void tell(struct desktop_call *q)
{
	struct json_doc d;
	struct buf b;
	struct jsonw w;
	char kind[32], *p;
	int k;

	if (!acts(q->op) || q->machine->closing || json_parse(q->body, q->len, &d, NULL) < 0)
		return;
	snprintf(kind, sizeof(kind), "%s", q->op);
	for (p = kind; *p; p++)
		if (*p == '-' || *p == '/')
			*p = '_';
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", kind);
	for (k = json_first(&d, json_root(&d)); k != JSON_NONE; k = json_next(&d, k)) {
		char *key = json_strdup(&d, k);
		size_t len;
		const char *raw = json_raw(&d, json_value(&d, k), &len);

		if (key && strcmp(key, "kind") != 0 && strcmp(key, "timestamp") != 0) {
			jw_key(&w, key);
			jw_raw(&w, raw, len);
		}
		free(key);
	}
	jw_kint(&w, "timestamp", clock_wall_ms());
	jw_end(&w, '}');
	json_release(&d);
	machine_event(q->machine, "desktop_action", &b);
}

static void on_done(int status, bool png, const char *data, size_t len, void *arg)
{
	static const char *const image[] = { "Content-Type: image/png", "Cache-Control: no-store", NULL };
	static const char *const json[] = { "Content-Type: application/json", NULL };
	struct desktop_call *q = arg;

	if (status == 200)
		tell(q);
	if (q->req) {
		server_set_user(q->req, NULL, NULL);
		if (status == 200)
			server_reply(q->req, 200, png ? image : json, data, len);
		else if (status == 422)
			api_error(q->req, 422, "VALIDATION_ERROR", "%.*s", (int)len, data);
		else
			api_error(q->req, 502, "DESKTOP_UNREACHABLE", "%.*s", len > 0 ? (int)len : 24, len > 0 ? data : "the display is not there");
	}
	free(q->body);
	free(q);
}

static void on_gone(struct server_req *r, void *user)
{
	struct desktop_call *q = user;

	(void)r;
	q->req = NULL;
}

/* Everything below /desktop/ but what has a route of its own: the operation is the rest of the path. */
static void desktop(struct api_call *c)
{
	const char *path = server_head(c->req)->path, *body;
	struct desktop_call *q = calloc(1, sizeof(*q));
	size_t len;

	if (!q || !c->machine->driver) {
		free(q);
		api_error(c->req, 502, "DESKTOP_UNREACHABLE", "the display is being reached; try again");
		return;
	}
	path = strstr(path, "/desktop/") + 9;
	body = server_body(c->req, &len);
	if (len == 0)
		body = "{}", len = 2;
	q->machine = c->machine;
	q->req = c->req;
	snprintf(q->op, sizeof(q->op), "%s", path);
	q->body = malloc(len + 1);
	if (!q->body) {
		free(q);
		server_drop(c->req);
		return;
	}
	memcpy(q->body, body, len);
	q->body[len] = '\0';
	q->len = len;
	server_set_user(c->req, q, on_gone);
	driver_call(c->machine->driver, q->op, q->body, len, on_done, q);
}

struct launch {
	struct machine *machine;
	struct server_req *req;
	char app[128];
};

static void on_launch_output(int stream, const char *data, size_t len, void *arg)
{
	(void)stream;
	(void)data;
	(void)len;
	(void)arg;
}

static void on_launched(int status, bool timed_out, int64_t took_ms, void *arg)
{
	static const char *const json[] = { "Content-Type: application/json", NULL };
	struct launch *l = arg;
	struct buf b;

	(void)timed_out;
	(void)took_ms;
	if (l->req) {
		server_set_user(l->req, NULL, NULL);
		if (status == 0)
			server_reply(l->req, 200, json, "{\"success\":true}", 16);
		else
			api_error(l->req, 422, "VALIDATION_ERROR", "there is no program \"%s\" on this computer", l->app);
	}
	if (status == 0 && !l->machine->closing) {
		buf_init(&b, 512);
		buf_printf(&b, "{\"kind\":\"launch\",\"app\":\"%s\",\"timestamp\":%lld}", l->app, (long long)clock_wall_ms());
		machine_event(l->machine, "desktop_action", &b);
	}
	free(l);
}

static void on_launch_gone(struct server_req *r, void *user)
{
	struct launch *l = user;

	(void)r;
	l->req = NULL;
}

static void launch(struct api_call *c)
{
	struct sandbox_exec_spec spec = { .timeout_ms = 5000, .on_output = on_launch_output, .on_exit = on_launched };
	struct launch *l;
	char command[512], *app = json_strdup(&c->body, json_get(&c->body, c->root, "app"));
	struct err e;

	if (!app)
		app = json_strdup(&c->body, json_get(&c->body, c->root, "app_name"));
	if (!app || !app[0] || strlen(app) > 100 || strspn(app, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-") != strlen(app)) {
		free(app);
		api_error(c->req, 422, "VALIDATION_ERROR", "\"app\" must be the name of a program");
		return;
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	l->machine = c->machine;
	l->req = c->req;
	snprintf(l->app, sizeof(l->app), "%s", app);
	free(app);
	snprintf(command, sizeof(command), "cd \"$HOME\"; command -v %s >/dev/null || exit 127; DISPLAY=:$(cat .display) setsid %s </dev/null >/dev/null 2>&1 &", l->app, l->app);
	spec.command = command;
	spec.arg = l;
	server_set_user(c->req, l, on_launch_gone);
	if (sandbox_exec(c->machine->sandbox, &spec, &e) < 0) {
		server_set_user(c->req, NULL, NULL);
		api_error(c->req, 502, "SANDBOX_GONE", "%s", e.msg);
		free(l);
	}
}

static void download(struct api_call *c)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	char *path = api_query(c, "path");
	struct buf b;
	struct err e;
	int r;

	buf_init(&b, FILES_READ_MAX);
	r = path ? files_read(&c->machine->files, path, &b, &e) : err_set(&e, ERR_INVALID, "\"path\" is missing");
	if (r == 0)
		server_reply(c->req, 200, headers, buf_cstr(&b), b.len);
	else
		api_failed(c->req, r, &e);
	buf_release(&b);
	free(path);
}

#define DESKTOP(method, op) { method, "/computers/{}/desktop/" op, false, true, desktop }

const struct api_route routes_computer[] = {
	{ HTTP_GET, "/computers", false, false, list },
	{ HTTP_POST, "/computers", true, false, create },
	{ HTTP_GET, "/computers/{}", false, false, show },
	{ HTTP_DELETE, "/computers/{}", false, false, destroy },
	{ HTTP_GET, "/computers/{}/events", false, false, events },
	{ HTTP_GET, "/computers/{}/logs", false, false, logs },
	{ HTTP_POST, "/computers/{}/exec", true, true, exec_route },
	{ HTTP_GET, "/computers/{}/files/download", false, false, download },
	{ HTTP_POST, "/computers/{}/desktop/launch", true, true, launch },
	DESKTOP(HTTP_GET, "screenshot"), DESKTOP(HTTP_GET, "cursor"), DESKTOP(HTTP_GET, "screen-size"), DESKTOP(HTTP_GET, "windows"),
	DESKTOP(HTTP_POST, "screenshot/region"), DESKTOP(HTTP_POST, "click"), DESKTOP(HTTP_POST, "double-click"),
	DESKTOP(HTTP_POST, "right-click"), DESKTOP(HTTP_POST, "move"), DESKTOP(HTTP_POST, "drag"), DESKTOP(HTTP_POST, "scroll"),
	DESKTOP(HTTP_POST, "mouse-down"), DESKTOP(HTTP_POST, "mouse-up"), DESKTOP(HTTP_POST, "type"), DESKTOP(HTTP_POST, "key"),
	DESKTOP(HTTP_POST, "hotkey"), DESKTOP(HTTP_POST, "key-down"), DESKTOP(HTTP_POST, "key-up"), DESKTOP(HTTP_POST, "wait"),
	DESKTOP(HTTP_POST, "window/focus"),
};
const size_t routes_computer_count = ARRAY_LEN(routes_computer);
