/*
 * pass: reads of the substrate, streamed through, with our key and only the headers that matter. What is inside a session (pictures, files, output)
 * goes on unbuffered. An answer about things is held until it is whole, an event until its end, and an agent gets it with what leads past the gate
 * masked (core/mask.h).
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mask.h"
#include "core/mask_stream.h"
#include "gate/gate.h"
#include "gate/judging.h"
#include "gate/screens.h"
#include "io/log.h"
#include "io/png.h"

enum { BEHIND_MAX = 256 * 1024, HEADERS_MAX = 16, LINE_BYTES = HTTP_LINE_MAX + 64 };

struct pass {
	struct pass *next, **prev;
	char session[128];	/* that an agent reads; "" for none, and for the operator's reads */
	struct gate *gate;
	struct server_req *req;
	struct http_call *call;	/* NULL when it is over */
	struct scrub scrub;
	char *agent;		/* own; NULL when nothing is to be masked: an operator's read, or what is inside a session */
	int status;		/* of an answer that is held until it is whole; 0 for none */
	struct buf head, body;	/* its header lines, each with its NUL; its bytes */
	struct mask_stream events;
	bool has_events;	/* they are masked one by one */
	char *screen_of, *seen_by;	/* own; of a screenshot: its computer, and the agent, "" for an operator; else NULL */
	struct buf picture;		/* as it goes by */
	int64_t picture_len;		/* what its head says; -1: nothing, or no picture comes; 0: it is known already */
	bool begun, paused;
};

static const char *const forwarded[] = { "accept", "last-event-id", "if-none-match", "x-miosa-tenant", "x-miosa-workspace", "x-remote-path", "range" };
static const char *const returned[] = { "content-type", "content-encoding", "content-language", "content-disposition", "content-range", "cache-control", "etag", "last-modified",
					"retry-after", "x-request-id", "location", "link" };

static void pass_free(struct pass *p)
{
	free(p->agent);
	free(p->screen_of);
	free(p->seen_by);
	buf_release(&p->picture);
	buf_release(&p->head);
	buf_release(&p->body);
	mask_stream_release(&p->events);
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

/* The answer is not read any further. */
static void refuse(struct pass *p)
{
	server_set_user(p->req, NULL, NULL);
	if (p->call)
		http_cancel(p->call);
	server_error(p->req, 502, NULL, "answer_unreadable",
		     "the answer cannot be looked through for what leads past the gate, so it is not passed on; tell a person", NULL);
	pass_free(p);
}

static bool reveals(const struct pass *p)
{
	const struct http_head *h = server_head(p->req);

	return judge_reveals(p->gate, h->method, h->target, p->agent);
}

/* Without its query, which may have a ticket in it. */
static void tell_masked(const struct pass *p, int count)
{
	if (count > 0)
		log_line("masked %d value%s of what %s read: %s", count, count == 1 ? "" : "s", p->agent, server_head(p->req)->path);
}

/* Our key is in no line; and no address that leads past the gate. */
static bool may_return(const struct pass *p, const char *line)
{
	static const char *const addresses[] = { "location:", "link:", "content-location:" };
	size_t i;

	if (p->gate->config.key[0] && strstr(line, p->gate->config.key))
		return false;
	for (i = 0; p->agent && i < ARRAY_LEN(addresses); i++) {
		size_t n = strlen(addresses[i]);

		if (strncasecmp(line, addresses[i], n) == 0 && mask_is_way_past(line + n + strspn(line + n, " \t<")) && !reveals(p))
			return false;
	}
	return true;
}

static bool is_returned(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(returned); i++)
		if (strncasecmp(line, returned[i], strlen(returned[i])) == 0 && line[strlen(returned[i])] == ':')
			return true;
	return false;
}

static bool is_event_stream(const char *const *lines)
{
	const char *type = http_header(lines, "content-type");

	return type && strncasecmp(type, "text/event-stream", 17) == 0;
}

/* An agent's answer about things. Failures hand out nothing, and go on as they are. */
static void begin_masked(struct pass *p, int status, const char *const *lines)
{
	if (server_head(p->req)->method == HTTP_HEAD) {
		begin(p, status, lines, -1);	/* how long a masked one would be nobody knows */
	} else if (http_is_packed(lines)) {
		refuse(p);
	} else if (is_event_stream(lines)) {
		p->has_events = !reveals(p);
		mask_stream_init(&p->events, MASK_BYTES_MAX);
		begin(p, status, lines, -1);
	} else {
		p->status = status;
		for (; *lines; lines++)
			buf_append(&p->head, *lines, strlen(*lines) + 1);
	}
}

/* The line with what a person who had control wants the agent to know. */
static void put_note(struct pass *p, int status, struct buf *out)
{
	char *note = status >= 200 && status < 300 ? handback_take(p->gate, p->session, "the answer of a read") : NULL;

	buf_init(out, LINE_BYTES);
	if (!note)
		return;
	buf_puts(out, "Assent-Note: ");
	http_encode(out, note, strlen(note), false);
	free(note);
}

static void on_head(struct http_call *c, int status, const char *const *headers, void *arg)
{
	const char *lines[ARRAY_LEN(returned) + 2], *length = http_header(headers, "content-length");
	struct pass *p = arg;
	struct buf note;
	size_t n = 0;

	(void)c;
	for (; *headers && n < ARRAY_LEN(returned); headers++)
		if (is_returned(*headers) && may_return(p, *headers))
			lines[n++] = *headers;
	put_note(p, status, &note);
	if (note.len > 0)
		lines[n++] = buf_cstr(&note);
	lines[n] = NULL;
	p->picture_len = p->screen_of && status == 200 && length ? strtoll(length, NULL, 10) : -1;
	if (p->agent && status >= 200 && status < 300 && status != 204)
		begin_masked(p, status, lines);
	else
		begin(p, status, lines, length ? strtoll(length, NULL, 10) : -1);
	buf_release(&note);
}

static void write_scrubbed(struct pass *p, const char *data, size_t len)
{
	struct buf clean;

	buf_init(&clean, len + SCRUB_KEY_MAX);
	if (scrub_feed(&p->scrub, data, len, &clean) == 0 && clean.len > 0 && server_write(p->req, clean.data, clean.len) > BEHIND_MAX && !p->paused && p->call) {
		p->paused = true;
		http_pause(p->call);
	}
	buf_release(&clean);
}

/* What came of an event stream, as the agent may have it; at its end also what was held back. */
static void write_events(struct pass *p, const char *data, size_t len, bool end)
{
	struct buf masked;

	buf_init(&masked, SIZE_MAX - 1);
	if ((end ? mask_stream_end(&p->events, &masked) : mask_stream_feed(&p->events, data, len, &masked)) < 0)
		abort();	/* out of memory; cut here, an event could lose what makes it harmless */
	if (masked.len > 0)
		write_scrubbed(p, masked.data, masked.len);
	buf_release(&masked);
}

/* The picture is whole. Who reads its last byte may ask something of it at once, so it is known before that goes out. */
static void saw(struct pass *p)
{
	p->picture_len = 0;
	if (!buf_failed(&p->picture))
		screens_saw(p->gate, p->screen_of, p->seen_by, buf_cstr(&p->picture), p->picture.len);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct pass *p = arg;

	(void)c;
	if (p->screen_of && p->picture_len != 0)
		buf_append(&p->picture, data, len);
	if (p->picture_len > 0 && p->picture.len == (uint64_t)p->picture_len)
		saw(p);
	if (p->has_events) {
		write_events(p, data, len, false);
	} else if (p->status == 0) {
		write_scrubbed(p, data, len);
	} else {
		buf_append(&p->body, data, len);
		if (buf_failed(&p->body))
			refuse(p);
	}
}

/* The whole answer, as the agent may have it. false: it cannot be looked through. */
static bool mask(struct pass *p, const char *const *lines, struct buf *out)
{
	struct scrub s = p->scrub;
	int count = 0;
	struct buf masked;
	bool ok;

	buf_init(&masked, SIZE_MAX - 1);
	ok = !mask_reads_json(http_header(lines, "content-type"), buf_cstr(&p->body), p->body.len) ||
	     mask_json(buf_cstr(&p->body), p->body.len, &masked, &count, NULL) == 0;
	if (ok && count > 0 && reveals(p))
		count = 0;
	if (ok)
		tell_masked(p, count);
	ok = ok && scrub_feed(&s, count > 0 ? buf_cstr(&masked) : buf_cstr(&p->body), count > 0 ? masked.len : p->body.len, out) == 0 && scrub_end(&s, out) == 0;
	buf_release(&masked);
	return ok;
}

static void answer_held_back(struct pass *p)
{
	const char *lines[ARRAY_LEN(returned) + 2];
	struct buf out;
	size_t i, n = 0;

	for (i = 0; i < p->head.len && n < ARRAY_LEN(returned) + 1; i += strlen(p->head.data + i) + 1)
		lines[n++] = p->head.data + i;
	lines[n] = NULL;
	buf_init(&out, SIZE_MAX - 1);
	if (mask(p, lines, &out)) {
		server_set_user(p->req, NULL, NULL);
		server_reply(p->req, p->status, lines, buf_cstr(&out), out.len);
		pass_free(p);
	} else {
		refuse(p);
	}
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
	p->call = NULL;
	gate_set_live(p->gate, r->outcome == HTTP_ANSWERED || r->status != 0, r->error);
	if (p->status != 0 && r->outcome == HTTP_ANSWERED) {
		answer_held_back(p);
		return;
	}
	if (p->has_events) {
		write_events(p, NULL, 0, true);
		tell_masked(p, p->events.masked);
	}
	if (p->screen_of && p->picture_len != 0 && r->outcome == HTTP_ANSWERED && r->status == 200)
		saw(p);
	server_set_user(req, NULL, NULL);
	if (p->begun) {
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

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && strcmp(text + n - k, end) == 0;
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
	buf_init(&p->head, (ARRAY_LEN(returned) + 1) * LINE_BYTES);
	buf_init(&p->body, MASK_BYTES_MAX);
	scrub_init(&p->scrub, g->config.key);
	snprintf(p->session, sizeof(p->session), "%s", agent ? c->session : "");
	buf_init(&p->picture, PNG_BYTES_MAX * 2);
	if (h->method == HTTP_GET && c->session_kind == SESSION_COMPUTER && ends_with(h->path, "/desktop/screenshot")) {
		p->screen_of = gate_strdup(c->session);
		p->seen_by = gate_strdup(agent ? agent->name : "");
		count--;	/* a part of a picture is none */
	}
	if (agent && !c->content) {
		p->agent = gate_strdup(agent->name);
		count = ARRAY_LEN(forwarded) - 1;	/* a part of an answer cannot be looked through */
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
