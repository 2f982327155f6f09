/* routes_desktop: /computers/{}/desktop and what is below: the operations go to the driver, which also judges the bodies. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/act.h"
#include "local/api.h"

struct desktop_call {
	struct server_req *req;		/* NULL: gone */
};

static void on_gone(struct server_req *r, void *user)
{
	struct desktop_call *q = user;

	(void)r;
	q->req = NULL;
}

static void on_done(int status, bool png, const char *data, size_t len, void *arg)
{
	static const char *const image[] = { "Content-Type: image/png", "Cache-Control: no-store", NULL };
	static const char *const json[] = { "Content-Type: application/json", NULL };
	struct desktop_call *q = arg;

	if (q->req) {
		server_set_user(q->req, NULL, NULL);
		if (status == 200)
			server_reply(q->req, 200, png ? image : json, data, len);
		else
			api_error(q->req, status, status == 422 ? "VALIDATION_ERROR" : "DESKTOP_UNREACHABLE", "%.*s", (int)len, data);
	}
	free(q);
}

static void run(struct api_call *c, const char *op, const char *body, size_t len)
{
	struct desktop_call *q = calloc(1, sizeof(*q));

	if (!q)
		abort();
	q->req = c->req;
	server_set_user(c->req, q, on_gone);
	act_desktop(c->machine, op, body, len, on_done, q);
}

/* The operation is the rest of the path. */
static void desktop(struct api_call *c)
{
	const char *op = strstr(c->route->template, "/desktop/") + 9, *body;
	size_t len;

	body = server_body(c->req, &len);
	run(c, op, len > 0 ? body : "{}", len > 0 ? len : 2);
}

/* window/{}/OP: the window's id stands in the path; it goes with the body's own fields. */
static void window(struct api_call *c)
{
	const char *raw;
	char op[32];
	struct buf b;
	struct jsonw w;
	size_t len;
	int k;

	snprintf(op, sizeof(op), "window/%s", strrchr(c->route->template, '/') + 1);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "window_id", c->ids[1]);
	for (k = json_first(&c->body, c->root); k != JSON_NONE; k = json_next(&c->body, k)) {
		raw = json_raw(&c->body, k, &len);
		buf_printf(&b, ",%.*s:", (int)len, raw);
		raw = json_raw(&c->body, json_value(&c->body, k), &len);
		buf_append(&b, raw, len);
	}
	jw_end(&w, '}');
	run(c, op, buf_cstr(&b), b.len);
	buf_release(&b);
}

/* GET, with the rectangle in the query; without one and where there may be none, the whole screen. */
static void region_by_query(struct api_call *c, bool whole)
{
	static const char *const names[] = { "x", "y", "width", "height" };
	bool good = true, any = false;
	struct buf b;
	struct jsonw w;
	size_t i;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	for (i = 0; i < ARRAY_LEN(names); i++) {
		char *text = api_query(c, names[i]);

		if (text) {
			any = true;
			good = good && text[0] && strlen(text) <= 6 && strspn(text, "0123456789") == strlen(text);
			jw_kint(&w, names[i], strtol(text, NULL, 10));
		}
		free(text);
	}
	jw_end(&w, '}');
	if (!good)
		api_error(c->req, 422, "VALIDATION_ERROR", "x, y, width and height must be whole numbers");
	else if (!any && whole)
		run(c, "screenshot", "{}", 2);
	else
		run(c, "screenshot/region", b.data, b.len);
	buf_release(&b);
}

static void region(struct api_call *c) { region_by_query(c, false); }
static void old_screenshot(struct api_call *c) { region_by_query(c, true); }
static void get_clipboard(struct api_call *c) { run(c, "clipboard/get", "{}", 2); }

struct launch {
	struct machine *machine;
	struct server_req *req;
	char app[128];
};

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
	struct sandbox_exec_spec spec = { .timeout_ms = 5000, .on_exit = on_launched };
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

#define DESKTOP(method, op) { method, "/computers/{}/desktop/" op, false, true, desktop }
#define WINDOW(method, op) { method, "/computers/{}/desktop/window/{}/" op, true, true, window }

const struct api_route routes_desktop[] = {
	DESKTOP(HTTP_GET, "screenshot"), DESKTOP(HTTP_GET, "cursor"), DESKTOP(HTTP_GET, "screen-size"), DESKTOP(HTTP_GET, "windows"),
	DESKTOP(HTTP_GET, "environment"), DESKTOP(HTTP_POST, "screenshot/region"), DESKTOP(HTTP_POST, "click"), DESKTOP(HTTP_POST, "double-click"),
	DESKTOP(HTTP_POST, "right-click"), DESKTOP(HTTP_POST, "move"), DESKTOP(HTTP_POST, "drag"), DESKTOP(HTTP_POST, "scroll"),
	DESKTOP(HTTP_POST, "mouse-down"), DESKTOP(HTTP_POST, "mouse-up"), DESKTOP(HTTP_POST, "type"), DESKTOP(HTTP_POST, "key"),
	DESKTOP(HTTP_POST, "hotkey"), DESKTOP(HTTP_POST, "key-down"), DESKTOP(HTTP_POST, "key-up"), DESKTOP(HTTP_POST, "wait"),
	DESKTOP(HTTP_POST, "window/focus"), DESKTOP(HTTP_POST, "clipboard"),
	WINDOW(HTTP_GET, "size"), WINDOW(HTTP_GET, "position"), WINDOW(HTTP_POST, "resize"), WINDOW(HTTP_POST, "move"),
	WINDOW(HTTP_POST, "maximize"), WINDOW(HTTP_POST, "minimize"), WINDOW(HTTP_POST, "close"),
	{ HTTP_GET, "/computers/{}/screenshot", false, true, old_screenshot },
	{ HTTP_GET, "/computers/{}/desktop/screenshot/region", false, true, region },
	{ HTTP_GET, "/computers/{}/desktop/clipboard", false, true, get_clipboard },
	{ HTTP_POST, "/computers/{}/desktop/launch", true, true, launch },
};
const size_t routes_desktop_count = ARRAY_LEN(routes_desktop);
