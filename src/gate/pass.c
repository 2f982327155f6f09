/*
 * pass: reads of the substrate, streamed through, with our key and only the headers that matter. What is inside a session (pictures, files, streams)
 * goes on unbuffered. An answer about things is held until it is whole, and an agent gets it with what leads past the gate masked (core/mask.h).
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mask.h"
#include "gate/gate.h"
#include "gate/judging.h"
#include "io/log.h"

enum { BEHIND_MAX = 256 * 1024, HEADERS_MAX = 16, LINE_BYTES = HTTP_LINE_MAX + 64 };

struct pass {
	struct pass *next, **prev;
	char session[128];	/* that an agent reads; "" for none, and for the operator's reads */
	struct gate *gate;
	struct server_req *req;
	struct http_call *call;
	struct scrub scrub;
	char *agent, *target;	/* own; NULL when nothing is to be masked: an operator's read, or what is inside a session */
	int status;		/* of an answer that is held; 0 for none */
	struct buf head, body;	/* its header lines, each with its NUL; its bytes */
	bool begun, paused, encoded;	/* encoded: it came compressed, though nobody asked */
};

static const char *const forwarded[] = { "accept", "last-event-id", "if-none-match", "x-miosa-tenant", "x-miosa-workspace", "x-remote-path", "range" };
static const char *const returned[] = { "content-type", "content-encoding", "content-language", "content-disposition", "content-range", "cache-control", "etag", "last-modified",
					"retry-after", "x-request-id", "location", "link" };

static void pass_free(struct pass *p)
{
	free(p->agent);
	free(p->target);
	buf_release(&p->head);
	buf_release(&p->body);
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

static void begin(struct pass *p, int status, const char *const *lines, int64_t length)
{
	p->begun = true;
	server_set_drain(p->req, on_drain);
	server_begin(p->req, status, lines, length);
}

/* Failures hand out nothing, and go on as they are. */
static bool is_held_back(const struct pass *p, int status)
{
	return p->agent && status >= 200 && status < 300 && status != 204;
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
	if (!is_held_back(p, status)) {
		begin(p, status, lines, length ? strtoll(length, NULL, 10) : -1);
		return;
	}
	p->status = status;
	p->encoded = http_header(lines, "content-encoding") && strcasecmp(http_header(lines, "content-encoding"), "identity") != 0;
	for (i = 0; i < n; i++)
		buf_append(&p->head, lines[i], strlen(lines[i]) + 1);
}

static void write_scrubbed(struct pass *p, const char *data, size_t len)
{
	struct buf clean;

	buf_init(&clean, len + SCRUB_KEY_MAX);
	if (scrub_feed(&p->scrub, data, len, &clean) == 0 && clean.len > 0 && server_write(p->req, clean.data, clean.len) > BEHIND_MAX && !p->paused) {
		p->paused = true;
		http_pause(p->call);
	}
	buf_release(&clean);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct pass *p = arg;

	(void)c;
	if (p->status != 0)
		buf_append(&p->body, data, len);
	else
		write_scrubbed(p, data, len);
}

/* The whole answer, as the agent may have it. false: it cannot be looked through. */
static bool mask(struct pass *p, struct buf *out)
{
	struct scrub s = p->scrub;
	int count = 0;
	struct buf masked;
	struct err e;
	bool ok;

	if (buf_failed(&p->body) || p->encoded)
		return false;
	buf_init(&masked, SIZE_MAX - 1);
	ok = !mask_is_json(buf_cstr(&p->body), p->body.len) || mask_json(buf_cstr(&p->body), p->body.len, &masked, &count, &e) == 0;
	if (ok && count > 0 && judge_reveals(p->gate, server_head(p->req)->method, p->target, p->agent))
		count = 0;
	if (ok && count > 0)
		log_line("masked %d value%s of what %s read: %s", count, count == 1 ? "" : "s", p->agent, p->target);
	ok = ok && scrub_feed(&s, count > 0 ? buf_cstr(&masked) : buf_cstr(&p->body), count > 0 ? masked.len : p->body.len, out) == 0 && scrub_end(&s, out) == 0;
	buf_release(&masked);
	return ok;
}

static void answer_held_back(struct pass *p)
{
	const char *lines[ARRAY_LEN(returned) + 1];
	struct buf out;
	size_t i, n = 0;

	for (i = 0; i < p->head.len && n < ARRAY_LEN(returned); i += strlen(p->head.data + i) + 1)
		lines[n++] = p->head.data + i;
	lines[n] = NULL;
	buf_init(&out, SIZE_MAX - 1);
	if (mask(p, &out))
		server_reply(p->req, p->status, lines, buf_cstr(&out), out.len);
	else
		server_error(p->req, 502, NULL, "answer_unreadable",
			     "the answer cannot be looked through for what leads past the gate, so it is not passed on; tell a person", NULL);
	buf_release(&out);
}

/* What may have been the start of our key, and was not. */
static void flush_scrubbed(struct pass *p)
{
	struct buf rest;

	buf_init(&rest, SCRUB_KEY_MAX);
	if (scrub_end(&p->scrub, &rest) == 0 && rest.len > 0)
		server_write(p->req, rest.data, rest.len);
	buf_release(&rest);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct pass *p = arg;
	struct server_req *req = p->req;
	char message[400];

	(void)c;
	server_set_user(req, NULL, NULL);
	gate_set_live(p->gate, r->outcome == HTTP_ANSWERED || r->status != 0, r->error);
	if (p->status != 0 && r->outcome == HTTP_ANSWERED) {
		answer_held_back(p);
	} else if (p->begun) {
		flush_scrubbed(p);
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

void pass_read(struct gate *g, struct server_req *r, const struct agent *agent, const struct classified *c)
{
	const struct http_head *h = server_head(r);
	const char *lines[HEADERS_MAX];
	struct http_spec spec = { .method = http_method_name(h->method), .headers = lines, .on_head = on_head, .on_data = on_data, .on_done = on_done };
	struct pass *p = calloc(1, sizeof(*p));
	struct buf text, url;
	size_t i, n = 0, count = ARRAY_LEN(forwarded);

	if (!p) {
		server_drop(r);
		return;
	}
	*p = (struct pass){ .gate = g, .req = r, .next = g->passes, .prev = &g->passes };
	if (p->next)
		p->next->prev = &p->next;
	g->passes = p;
	buf_init(&p->head, ARRAY_LEN(returned) * LINE_BYTES);
	buf_init(&p->body, MASK_BYTES_MAX);
	scrub_init(&p->scrub, g->config.key);
	snprintf(p->session, sizeof(p->session), "%s", agent ? c->session : "");
	if (agent && !c->content && !c->stream) {
		p->agent = gate_strdup(agent->name);
		p->target = gate_strdup(h->target);
		count--;	/* a part of an answer cannot be looked through */
	}
	spec.arg = p;
	buf_init(&text, ARRAY_LEN(forwarded) * LINE_BYTES + 8192);
	buf_init(&url, 2 * HTTP_LINE_MAX);
	buf_printf(&url, "%s%s", g->origin, h->target);
	lines[n++] = g->config.authorization;
	for (i = 0; i < count; i++) {
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
