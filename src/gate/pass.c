/* pass: reads of the substrate, streamed through unbuffered, with our key and only the headers that matter. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "gate/gate.h"

enum { BEHIND_MAX = 256 * 1024, HEADERS_MAX = 16, LINE_BYTES = HTTP_LINE_MAX + 64 };

struct pass {
	struct pass *next, **prev;
	char session[128];	/* that an agent reads; "" for none, and for the operator's reads */
	struct gate *gate;
	struct server_req *req;
	struct http_call *call;
	bool begun, paused;
};

static const char *const forwarded[] = { "accept", "last-event-id", "range", "if-none-match", "x-miosa-tenant", "x-miosa-workspace", "x-remote-path" };
static const char *const returned[] = { "content-type", "content-encoding", "content-language", "content-disposition", "content-range", "cache-control", "etag", "last-modified",
					"retry-after", "x-request-id", "location", "link" };

static void pass_free(struct pass *p)
{
	*p->prev = p->next;
	if (p->next)
		p->next->prev = p->prev;
	free(p);
}

static void on_gone(struct server_req *r, void *user)
{
	struct pass *p = user;

	(void)r;
	if (p->call)
		http_cancel(p->call);
	pass_free(p);
}

static void on_drain(struct server_req *r, void *user)
{
	struct pass *p = user;

	(void)r;
	if (!p->paused)
		return;
	p->paused = false;
	http_resume(p->call);
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *lines[ARRAY_LEN(returned) + 1], *length = http_header(headers, "content-length");
	struct pass *p = arg;
	size_t i, n = 0;

	(void)c;
	for (; *headers; headers++)
		for (i = 0; i < ARRAY_LEN(returned) && n < ARRAY_LEN(returned); i++)
			if (strncasecmp(*headers, returned[i], strlen(returned[i])) == 0 && (*headers)[strlen(returned[i])] == ':')
				lines[n++] = *headers;
	lines[n] = NULL;
	p->begun = true;
	server_set_drain(p->req, on_drain);
	server_begin(p->req, status, lines, length ? strtoll(length, NULL, 10) : -1);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct pass *p = arg;

	if (server_write(p->req, data, len) > BEHIND_MAX && !p->paused) {
		p->paused = true;
		http_pause(c);
	}
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct pass *p = arg;
	struct server_req *req = p->req;
	char message[400];

	(void)c;
	server_set_user(req, NULL, NULL);
	gate_set_live(p->gate, r->outcome == HTTP_ANSWERED || r->status != 0, r->error);
	if (p->begun) {
		server_end(req, r->outcome == HTTP_ANSWERED, NULL, NULL);
	} else {
		snprintf(message, sizeof(message), "the upstream does not answer: %s", r->error);
		server_error(req, 502, NULL, "substrate_unreachable", message, NULL);
	}
	pass_free(p);
}

void pass_cut(struct gate *g, const char *session)
{
	struct pass *p, *next;

	for (p = g->passes; p; p = next) {
		next = p->next;
		if (strcmp(p->session, session) != 0)
			continue;
		server_set_user(p->req, NULL, NULL);
		http_cancel(p->call);
		server_drop(p->req);
		pass_free(p);
	}
}

void pass_read(struct gate *g, struct server_req *r, const char *session)
{
	const struct http_head *h = server_head(r);
	const char *lines[HEADERS_MAX];
	struct http_spec spec = { .method = http_method_name(h->method), .headers = lines, .on_head = on_head, .on_data = on_data, .on_done = on_done };
	struct pass *p = calloc(1, sizeof(*p));
	struct buf text, url;
	size_t i, n = 0;

	if (!p) {
		server_drop(r);
		return;
	}
	*p = (struct pass){ .gate = g, .req = r, .next = g->passes, .prev = &g->passes };
	if (p->next)
		p->next->prev = &p->next;
	g->passes = p;
	snprintf(p->session, sizeof(p->session), "%s", session ? session : "");
	spec.arg = p;
	buf_init(&text, ARRAY_LEN(forwarded) * LINE_BYTES + 8192);
	buf_init(&url, 2 * HTTP_LINE_MAX);
	buf_printf(&url, "%s%s", g->origin, h->target);
	lines[n++] = g->config.authorization;
	for (i = 0; i < ARRAY_LEN(forwarded); i++) {
		const char *value = http_field(h, forwarded[i]);

		if (!value)
			continue;
		buf_printf(&text, "%s: %s", forwarded[i], value);
		buf_append(&text, "", 1);
	}
	for (i = 0; i < text.len && n < HEADERS_MAX - 1; i += strlen(text.data + i) + 1)
		lines[n++] = text.data + i;
	lines[n] = NULL;
	spec.url = url.data;
	server_set_user(r, p, on_gone);
	p->call = http_start(g->http, &spec);
	buf_release(&text);
	buf_release(&url);
	if (!p->call) {
		server_set_user(r, NULL, NULL);
		server_drop(r);
		pass_free(p);
	}
}
