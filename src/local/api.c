/* api: the router, the token, and answers in the API's envelopes. See api.h. */
#include "config.h"

#include "local/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"

void api_json(struct server_req *r, int status, struct buf *b)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	server_reply(r, status, headers, buf_cstr(b), b->len);
	buf_release(b);
}

void api_error(struct server_req *r, int status, const char *code, const char *fmt, ...)
{
	char message[1024], id[24] = "req_";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	random_hex(id + 4, 16);
	server_error(r, status, NULL, code, message, id);
}

void api_failed(struct server_req *r, int code, const struct err *e)
{
	if (code == ERR_NOTFOUND)
		api_error(r, 404, "NOT_FOUND", "%s", e->msg);
	else if (code == ERR_INVALID)
		api_error(r, 422, "VALIDATION_ERROR", "%s", e->msg);
	else if (code == ERR_TOOBIG)
		api_error(r, 413, "PAYLOAD_TOO_LARGE", "%s", e->msg);
	else if (code == ERR_UNSUPPORTED)
		api_error(r, 501, "NOT_IMPLEMENTED", "%s", e->msg);
	else
		api_error(r, 500, "INTERNAL_ERROR", "%s", e->msg);
}

bool api_string(struct api_call *c, const char *key, char **ret)
{
	*ret = json_strdup(&c->body, json_get(&c->body, c->root, key));
	if (!*ret)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be a string", key);
	return *ret != NULL;
}

bool api_optional_int(struct api_call *c, const char *key, int64_t *ret, bool *ret_bad)
{
	int v = json_get(&c->body, c->root, key);

	*ret_bad = false;
	if (v == JSON_NONE || json_type(&c->body, v) == JSON_NULL)
		return false;
	if (json_int(&c->body, v, ret) == 0)
		return true;
	*ret_bad = true;
	api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be a whole number", key);
	return false;
}

bool api_int(struct api_call *c, const char *key, int64_t *ret)
{
	bool bad;

	if (api_optional_int(c, key, ret, &bad))
		return true;
	if (!bad)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" is missing", key);
	return false;
}

char *api_query(struct api_call *c, const char *name)
{
	struct buf b;

	buf_init(&b, 8192);
	if (http_query_get(server_head(c->req)->query, name, &b) && !memchr(buf_cstr(&b), '\0', b.len))
		return buf_take(&b);
	buf_release(&b);
	return NULL;
}

static bool authorized(const struct local *l, const struct server_req *r)
{
	const char *value = http_field(server_head(r), "authorization");
	size_t n = strlen(l->token);

	if (!value || strncasecmp(value, "Bearer ", 7) != 0)
		return false;
	value += 7;
	return strlen(value) == n && bytes_equal_ct(value, l->token, n);
}

/* Compares by decoded segments; finds the session and the rest. */
static bool route_fits(const struct api_route *route, const char *path, char *id, size_t id_size, const char **rest)
{
	const char *t = route->template;
	struct buf segment;
	bool fits = true;

	buf_init(&segment, 512);
	while (fits && *t) {
		size_t n = strcspn(++t, "/");

		if (n == 3 && memcmp(t, "{*}", 3) == 0) {
			fits = *path == '/' && path[1];
			*rest = path;
			path += strlen(path);
		} else {
			fits = http_path_segment(&path, &segment) && segment.len > 0;
			if (fits && n == 2 && memcmp(t, "{}", 2) == 0)
				snprintf(id, id_size, "%s", segment.data);
			else if (fits)
				fits = segment.len == n && memcmp(segment.data, t, n) == 0;
		}
		t += n;
	}
	buf_release(&segment);
	return fits && *path == '\0';
}

static bool read_body(struct api_call *c)
{
	const char *text;
	struct err e;
	size_t len;

	text = server_body(c->req, &len);
	if (len == 0)
		text = "{}", len = 2;
	if (json_parse(text, len, &c->body, &e) < 0) {
		api_error(c->req, 400, "INVALID_JSON", "the body is not JSON: %s", e.msg);
		return false;
	}
	c->root = json_root(&c->body);
	if (json_type(&c->body, c->root) != JSON_OBJECT) {
		api_error(c->req, 422, "VALIDATION_ERROR", "the body must be an object");
		return false;
	}
	return true;
}

static void run_route(const struct api_route *route, struct api_call *c, const char *id)
{
	if (id[0]) {
		c->machine = machine_find(c->local, id);
		if (!c->machine || (c->machine->kind == SESSION_COMPUTER) != (strncmp(route->template, "/computers", 10) == 0)) {
			api_error(c->req, 404, "NOT_FOUND", "there is no such session: %s", id);
			return;
		}
		if (route->wants_running && strcmp(c->machine->state, "running") != 0) {
			api_error(c->req, 409, c->machine->kind == SESSION_COMPUTER ? "COMPUTER_NOT_RUNNING" : "SANDBOX_NOT_COMMAND_READY",
				  "%s is %s", c->machine->name, c->machine->state);
			return;
		}
	}
	if (!route->wants_body || read_body(c))
		route->handle(c);
	json_release(&c->body);
}

static bool try_routes(const struct api_route *routes, size_t count, struct api_call *c, const char *path, bool *ret_other)
{
	enum http_method method = server_head(c->req)->method;
	char id[128];
	size_t i;

	for (i = 0; i < count; i++) {
		id[0] = '\0';
		if (!route_fits(&routes[i], path, id, sizeof(id), &c->rest))
			continue;
		if (routes[i].method != method && !(method == HTTP_HEAD && routes[i].method == HTTP_GET)) {
			*ret_other = true;
			continue;
		}
		run_route(&routes[i], c, id);
		return true;
	}
	return false;
}

void api_request(struct server_req *r, void *arg)
{
	struct api_call c = { .local = arg, .req = r };
	const char *path = server_head(r)->path;
	bool other = false;

	if (!authorized(c.local, r)) {
		api_error(r, 401, "invalid_token", "no valid token; it is in %s/token", c.local->config.state_dir);
		return;
	}
	if (strncmp(path, "/api/v1/", 8) != 0) {
		api_error(r, 404, "NOT_FOUND", "the API is below /api/v1");
		return;
	}
	if (strcmp(path, "/api/v1/events/stream") == 0 && server_head(r)->method == HTTP_GET) {
		events_subscribe(c.local->tenant, r);
		return;
	}
	if (try_routes(routes_sandbox, routes_sandbox_count, &c, path + 7, &other) ||
	    try_routes(routes_computer, routes_computer_count, &c, path + 7, &other))
		return;
	if (other)
		api_error(r, 405, "METHOD_NOT_ALLOWED", "not with this method");
	else
		api_error(r, 404, "NOT_FOUND", "assent-local has no such path");
}
