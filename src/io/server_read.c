/*
 * server_read: what comes on a connection: heads read strictly, who sends them, one request at a time. See server_conn.h.
 *
 * Nothing is read ahead: bytes that come behind a request before its answer is whole are refused and the connection is closed, so that no
 * request runs which nobody saw coming.
 */
#include "config.h"

#include "io/server_conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	IDLE_TIMEOUT_MS = 75000,
	BETWEEN_MAX = 65536,		/* bytes of a next request that are kept while its predecessor is put away */
	KEPT_CAP = 4096,		/* a larger buffer is given back while a request is out */
};

static bool is_port(const char *text)
{
	size_t n = text[0] == ':' ? strspn(text + 1, "0123456789") : 0;

	return n > 0 && n <= 5 && text[1 + n] == '\0';
}

/* Ours are the loopback's names with our port, and those that were given, with or without a port. */
static bool host_is_ours(const struct conn *c, const char *host)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	const char *const *given = c->server->config.hosts;
	char want[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(want, sizeof(want), "%s:%d", names[i], c->server->port);
		if (strcasecmp(host, want) == 0)
			return true;
	}
	for (; given && *given; given++) {
		size_t len = strlen(*given);

		if (strncasecmp(host, *given, len) == 0 && (host[len] == '\0' || is_port(host + len)))
			return true;
	}
	return false;
}

/* A browser says so: no web page is an agent. */
static bool is_from_a_page(const struct http_head *h)
{
	size_t i;

	for (i = 0; i < h->field_count; i++) {
		const struct http_field *f = &h->fields[i];

		if (strcasecmp(f->name, "origin") == 0)
			return true;
		if (strcasecmp(f->name, "sec-fetch-site") == 0 && strcmp(f->value, "none") != 0 && strcmp(f->value, "same-origin") != 0)
			return true;
	}
	return false;
}

static bool sender_is_ours(struct conn *c)
{
	char message[128];

	if (!c->server->config.check_sender)
		return true;
	if (is_from_a_page(&c->head)) {
		conn_refuse(c, 400, NULL, "bad_request", "requests from web pages are refused");
		return false;
	}
	if (!server_is_unix(c->server) && !host_is_ours(c, http_field(&c->head, "host"))) {
		snprintf(message, sizeof(message), "the Host is not this listener's: use 127.0.0.1:%d", c->server->port);
		conn_refuse(c, 400, NULL, "bad_request", message);
		return false;
	}
	return true;
}

/* A whole head stands in c->head. */
static bool head_came(struct conn *c)
{
	struct server *s = c->server;
	bool has_body = c->head.chunked || c->head.content_length > 0;

	c->has_head = true;
	c->close_after = !c->head.keep_alive;
	conn_set_idle(c, -1);
	if (!sender_is_ours(c))
		return false;
	if (c->head.content_length > 0 && (uint64_t)c->head.content_length > s->config.body_max) {
		conn_refuse_long_body(c);
		return false;
	}
	c->req = calloc(1, sizeof(*c->req));
	if (!c->req) {
		conn_close(c);
		return false;
	}
	c->req->conn = c;
	c->state = CONN_BODY;
	if (s->config.on_head && !s->config.on_head(c->req, s->config.arg))
		return false;
	http_chunks_init(&c->chunks);
	buf_init(&c->body, s->config.body_max);
	c->body_mark = 0;
	c->body_started_ms = uv_now(s->config.loop);
	if (has_body)
		conn_start_timer(c, s->config.head_timeout_ms, true);
	if (c->head.expect_continue && c->in.len == 0 && has_body)
		conn_write(c, "HTTP/1.1 100 Continue\r\n\r\n", 25, NULL, 0);
	return !c->closing;
}

static void refuse_ahead(struct conn *c)
{
	conn_refuse(c, 400, NULL, "bad_request",
		    "bytes came behind a request that was not answered yet: ask one thing at a time on a connection, and ask this again");
}

static void hand_over(struct conn *c)
{
	if (c->in.len > 0) {
		refuse_ahead(c);
		return;
	}
	conn_end_upload(c);
	uv_timer_stop(&c->timer);
	if (c->in.cap > KEPT_CAP)
		buf_release(&c->in);
	c->state = CONN_OUT;
	c->server->config.on_request(c->req, c->server->config.arg);
}

static void take_head(struct conn *c, bool *ret_more)
{
	struct err e;
	size_t used;
	int r = http_head_parse(buf_cstr(&c->in), c->in.len, &c->head, &used, &e);

	*ret_more = false;
	if (r == ERR_NOMEM) {
		conn_close(c);
	} else if (r < 0) {
		conn_refuse(c, r == ERR_TOOBIG ? 431 : 400, NULL, r == ERR_TOOBIG ? "header_too_large" : "bad_request", e.msg);
	} else if (r == 0) {
		/* A head's clock is not set back by more of it. */
		if (c->in.len == 0)
			conn_start_timer(c, IDLE_TIMEOUT_MS, false);
		else if (!uv_is_active((uv_handle_t *)&c->timer))
			conn_start_timer(c, c->server->config.head_timeout_ms, false);
	} else {
		buf_consume(&c->in, used);
		*ret_more = head_came(c);
	}
}

void conn_process(struct conn *c)
{
	bool more = true;

	if (c->processing)
		return;
	c->processing = true;
	while (more && !c->closing && (c->state == CONN_HEAD || c->state == CONN_BODY)) {
		if (c->state == CONN_HEAD) {
			take_head(c, &more);
		} else {
			more = conn_take_body(c) > 0;
			if (more)
				hand_over(c);
		}
	}
	c->processing = false;
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct conn *c = h->data;

	(void)hint;
	*ret = uv_buf_init(c->server->read_buffer, sizeof(c->server->read_buffer));
}

/* Bytes while a request is out. The next request of a client that has its answer already may come before we have put that away. */
static void take_ahead(struct conn *c, const char *data, size_t len)
{
	if (!c->req->begun) {
		refuse_ahead(c);
	} else if (c->req->left != 0 || c->in.len + len > BETWEEN_MAX || buf_append(&c->in, data, len) < 0) {
		conn_tell_refused(c, "bytes came behind a request whose answer was under way");
		conn_close(c);
	}
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;
	bool first;

	if (n == 0 || c->closing)
		return;
	if (n < 0) {
		conn_close(c);
		return;
	}
	if (c->state == CONN_LINGER)
		return;
	if (c->state == CONN_OUT) {
		take_ahead(c, buf->base, (size_t)n);
		return;
	}
	first = c->state == CONN_HEAD && c->in.len == 0;
	if (buf_append(&c->in, buf->base, (size_t)n) < 0) {
		conn_close(c);
		return;
	}
	if (first) {
		/* The clock of a head runs from its first byte, however slowly the rest comes. */
		conn_start_timer(c, c->server->config.head_timeout_ms, false);
		if (c->owner)
			conn_set_idle(c, -1);
	}
	if (c->state == CONN_HEAD && !first && !memchr(buf->base, '\n', (size_t)n) && c->in.len < HTTP_LINE_MAX)
		return;
	conn_process(c);
}

void conn_start(struct conn *c)
{
	struct server *s = c->server;

	buf_init(&c->in, HTTP_HEAD_MAX + 2 * sizeof(s->read_buffer));
	conn_set_idle(c, IDLE_STRANGER);
	conn_start_timer(c, s->config.head_timeout_ms, false);
	if (uv_read_start(&c->u.stream, on_alloc, on_read) < 0)
		conn_close(c);
}
