/* api: the router, the token, and answers in the API's envelopes. See api.h. */
#include "config.h"

#include "local/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/fault.h"
#include "local/repeats.h"
#include "local/when.h"

void api_json(struct server_req *r, int status, struct buf *b)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	repeats_keep(r, status, buf_cstr(b), b->len);
	server_reply(r, status, headers, buf_cstr(b), b->len);
	buf_release(b);
}

void api_data(struct buf *b, struct jsonw *w)
{
	buf_init(b, SIZE_MAX - 1);
	jw_init(w, b);
	jw_begin(w, '{');
	jw_key(w, "data");
}

void api_send_data(struct api_call *c, int status, struct buf *b, struct jsonw *w)
{
	jw_end(w, '}');
	api_json(c->req, status, b);
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

bool api_optional_string(struct api_call *c, const char *key, char **ret)
{
	int v = json_get(&c->body, c->root, key);

	*ret = NULL;
	return v == JSON_NONE || json_type(&c->body, v) == JSON_NULL || api_string(c, key, ret);
}

bool api_only(struct api_call *c, const char *const *keys)
{
	int k;
	size_t i;

	for (k = json_first(&c->body, c->root); k != JSON_NONE; k = json_next(&c->body, k)) {
		for (i = 0; keys[i] && !json_str_is(&c->body, k, keys[i]); i++)
			;
		if (!keys[i]) {
			size_t len;
			const char *raw = json_raw(&c->body, k, &len);

			api_error(c->req, 422, "VALIDATION_ERROR", "the field %.*s is not known here", (int)(len < 100 ? len : 100), raw);
			return false;
		}
	}
	return true;
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

bool api_query_int(struct api_call *c, const char *name, int64_t least, int64_t most, int64_t *ret)
{
	char *text = api_query(c, name), *end;
	long long n;
	bool good = true;

	if (text) {
		n = strtoll(text, &end, 10);
		good = *text && !*end && n >= least && n <= most;
		if (good)
			*ret = n;
		else
			api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be %lld to %lld", name, (long long)least, (long long)most);
	}
	free(text);
	return good;
}

bool api_wants_stream(const struct api_call *c)
{
	const char *accept = http_field(server_head(c->req), "accept");

	return accept && strcasestr(accept, "text/event-stream");
}

void api_tenant_event(struct local *l, const char *type, const char *id, const struct buf *more)
{
	char ts[WHEN_SIZE];
	struct buf b;
	struct jsonw w;

	when_text(clock_wall_ms(), ts);
	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "type", type);
	jw_kstr(&w, "id", id);
	jw_kstr(&w, "tenant_id", "local");
	jw_kstr(&w, "ts", ts);
	if (more)
		buf_printf(&b, ",%s", buf_cstr(more));
	jw_end(&w, '}');
	if (!buf_failed(&b))
		events_add(l->tenant, type, buf_cstr(&b), b.len);
	buf_release(&b);
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

/* A stream's route may be opened by a ticket instead, since browsers cannot send the header with one. It is used up even if the route then fails. */
static bool has_ticket(struct local *l, const struct server_req *r)
{
	const struct http_head *h = server_head(r);
	struct classified what;
	struct buf ticket;
	bool good;

	classify(h->method, h->path, &what);
	if (h->method != HTTP_GET || !what.stream)
		return false;
	buf_init(&ticket, 256);
	good = http_query_get(h->query, "ticket", &ticket) && tickets_take(&l->tickets, h->path, buf_cstr(&ticket), ticket.len);
	buf_release(&ticket);
	return good;
}

/* Compares by decoded segments; finds the ids and the rest. */
static bool route_fits(const struct api_route *route, const char *path, char ids[API_IDS][128], const char **rest)
{
	const char *t = route->template;
	struct buf segment;
	bool fits = true;
	int count = 0;

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
				snprintf(ids[count++], sizeof(ids[0]), "%s", segment.data);
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

/* The session that the path names; NULL: answered with 404 or 409. */
static struct machine *find_machine(const struct api_route *route, struct api_call *c, enum session_kind kind)
{
	struct machine *m = machine_find(c->local, c->ids[0]);

	if (!m || m->kind != kind) {
		api_error(c->req, 404, "NOT_FOUND", "there is no such session: %s", c->ids[0]);
		return NULL;
	}
	if (!route->wants_running || strcmp(m->state, "running") == 0)
		return m;
	api_error(c->req, 409, kind == SESSION_COMPUTER ? "COMPUTER_NOT_RUNNING" : "SANDBOX_NOT_COMMAND_READY", "%s is %s", m->name, m->state);
	return NULL;
}

static void run_route(const struct api_route *route, struct api_call *c)
{
	bool computer = strncmp(route->template, "/computers/{}", 13) == 0, sandbox = strncmp(route->template, "/sandboxes/{}", 13) == 0;

	c->route = route;
	if (computer || sandbox) {
		c->machine = find_machine(route, c, computer ? SESSION_COMPUTER : SESSION_SANDBOX);
		if (!c->machine)
			return;
	}
	if (!repeats_answer(c->local, c->req, route->template) && (!route->wants_body || read_body(c)))
		route->handle(c);
	json_release(&c->body);
}

static bool try_routes(const struct api_route *routes, size_t count, struct api_call *c, const char *path, bool *ret_other)
{
	enum http_method method = server_head(c->req)->method;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!route_fits(&routes[i], path, c->ids, &c->rest))
			continue;
		if (routes[i].method != method && !(method == HTTP_HEAD && routes[i].method == HTTP_GET)) {
			*ret_other = true;
			continue;
		}
		run_route(&routes[i], c);
		return true;
	}
	return false;
}

static void tenant_stream(struct api_call *c)
{
	events_subscribe(c->local->tenant, c->req);
}

static void make_ticket(struct api_call *c)
{
	char ticket[TICKET_SIZE];
	struct buf b;

	if (!tickets_make(&c->local->tickets, "", ticket)) {
		api_error(c->req, 500, "INTERNAL_ERROR", "no random bytes for a ticket");
		return;
	}
	buf_init(&b, 256);
	buf_printf(&b, "{\"ticket\":\"%s\",\"expires_in\":%d}", ticket, TICKET_MS / 1000);
	api_json(c->req, 200, &b);
	wipe(ticket, sizeof(ticket));
}

static const struct api_route routes_own[] = {
	{ HTTP_GET, "/events/stream", false, false, tenant_stream },
	{ HTTP_POST, "/auth/sse-ticket", true, false, make_ticket },
};

static const struct { const struct api_route *routes; const size_t *count; } tables[] = {
	{ routes_sandbox, &routes_sandbox_count }, { routes_workspace, &routes_workspace_count }, { routes_exec, &routes_exec_count },
	{ routes_computer, &routes_computer_count }, { routes_desktop, &routes_desktop_count }, { routes_tree, &routes_tree_count }, { routes_files, &routes_files_count },
	{ routes_control, &routes_control_count }, { routes_runs, &routes_runs_count },
	{ routes_actions, &routes_actions_count },
};

void api_request(struct server_req *r, void *arg)
{
	static const char *const retry[] = { "Retry-After: 1", NULL };
	struct api_call c = { .local = arg, .req = r };
	const char *path = server_head(r)->path;
	bool other = false;
	size_t i;

	if (fault_too_many(server_head(r))) {
		server_error(r, 429, retry, "rate_limit_exceeded", "each fifth request is too many, as --fault 429 wants it", NULL);
		return;
	}
	if (!authorized(c.local, r) && !has_ticket(c.local, r)) {
		api_error(r, 401, "invalid_token", "no valid token; it is in %s/token", c.local->config.state_dir);
		return;
	}
	if (strncmp(path, "/api/v1/", 8) != 0) {
		api_error(r, 404, "NOT_FOUND", "the API is below /api/v1");
		return;
	}
	path += 7;
	if (try_routes(routes_own, ARRAY_LEN(routes_own), &c, path, &other))
		return;
	for (i = 0; i < ARRAY_LEN(tables); i++)
		if (try_routes(tables[i].routes, *tables[i].count, &c, path, &other))
			return;
	if (other)
		api_error(r, 405, "METHOD_NOT_ALLOWED", "not with this method");
	else
		api_error(r, 404, "NOT_FOUND", "assent-local has no such path");
}
