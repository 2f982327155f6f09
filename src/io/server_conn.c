/*
 * server_conn: one connection: heads and bodies read strictly, one request at a time, each within its time. See server.h.
 *
 * Nothing is read ahead: bytes that come behind a request before its answer is whole are refused and the connection is closed, so that no
 * request runs which nobody saw coming (security.md G1).
 */
#include "config.h"

#include "io/server_conn.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	IDLE_TIMEOUT_MS = 75000,
	LINGER_MS = 1000,
	STALL_MS = 60000,		/* an answer of which no byte leaves for so long is given up */
	BODY_TIMEOUT_MS = 300000,
	BODY_STEP_MIN = 65536,		/* bytes of a body that must come within each head_timeout_ms */
	BETWEEN_MAX = 65536,		/* bytes of a next request that are kept while its predecessor is put away */
	SPOOL_OVER = 1024 * 1024,	/* longer bodies do not stay in memory */
	KEPT_CAP = 4096,		/* a larger buffer is given back while a request is out */
};

static void process(struct conn *c);

static void on_handle_closed(uv_handle_t *h)
{
	struct conn *c = h->data;
	struct server *s = c->server;

	if (--c->handles > 0)
		return;
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->connection_count--;
	buf_release(&c->in);
	if (c->has_head)
		http_head_release(&c->head);
	free(c);
	server_finish_close(s);
}

void conn_set_idle(struct conn *c, int kind)
{
	struct server *s = c->server;

	if (c->idle >= 0) {
		*(c->idle_prev ? &c->idle_prev->idle_next : &s->idle_first[c->idle]) = c->idle_next;
		*(c->idle_next ? &c->idle_next->idle_prev : &s->idle_last[c->idle]) = c->idle_prev;
	}
	c->idle = kind;
	if (kind < 0)
		return;
	c->idle_next = NULL;
	c->idle_prev = s->idle_last[kind];
	*(c->idle_prev ? &c->idle_prev->idle_next : &s->idle_first[kind]) = c;
	s->idle_last[kind] = c;
}

static void end_upload(struct conn *c)
{
	if (c->uploading && c->owner)
		c->owner->uploads--;
	c->uploading = false;
}

static void drop_body(struct conn *c)
{
	end_upload(c);
	buf_release(&c->body);
	spooled_discard(c->file);
	c->file = NULL;
	c->body_len = 0;
}

/* The request that is out has lost its asker. */
static void drop_request(struct conn *c)
{
	struct server_req *r = c->req;

	c->req = NULL;
	if (r && r->on_gone)
		r->on_gone(r, r->user);
	free(r);
}

void conn_close(struct conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	drop_request(c);
	drop_body(c);
	conn_set_idle(c, -1);
	if (c->owner)
		c->owner->connections--;
	c->owner = NULL;
	uv_close(&c->u.handle, on_handle_closed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void on_failed(uv_timer_t *t)
{
	conn_close(t->data);
}

void conn_fail(struct conn *c)
{
	c->failed = true;
	uv_timer_start(&c->timer, on_failed, 0, 0);
}

static void peer_text(struct conn *c, char text[64])
{
	struct sockaddr_storage addr = { 0 };
	int len = sizeof(addr), port = 0;
	char host[48] = "?";

	if (server_is_unix(c->server)) {
		snprintf(text, 64, "pid %d of uid %u", (int)c->peer.pid, (unsigned)c->peer.uid);
		return;
	}
	if (uv_tcp_getpeername(&c->u.tcp, (struct sockaddr *)&addr, &len) == 0) {
		uv_ip_name((struct sockaddr *)&addr, host, sizeof(host));
		port = ntohs(addr.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&addr)->sin6_port : ((struct sockaddr_in *)&addr)->sin_port);
	}
	snprintf(text, 64, "%s:%d", host, port);
}

static void free_request(struct conn *c)
{
	if (c->has_head)
		http_head_release(&c->head);
	c->has_head = false;
	drop_body(c);
}

/* Has nothing left since the last look? */
static bool is_stalled(struct conn *c)
{
	uint64_t out = c->queued - uv_stream_get_write_queue_size(&c->u.stream);
	bool stalled = out == c->out_mark;

	c->out_mark = out;
	return stalled;
}

static bool is_writing(const struct conn *c)
{
	return uv_stream_get_write_queue_size(&c->u.stream) > 0;
}

static bool body_is_late(struct conn *c)
{
	uint64_t came = c->body_len - c->body_mark;

	c->body_mark = c->body_len;
	return came < BODY_STEP_MIN || uv_now(c->server->config.loop) - c->body_started_ms > BODY_TIMEOUT_MS;
}

static void on_time(uv_timer_t *t)
{
	struct conn *c = t->data;

	switch (c->state) {
	case CONN_HEAD:
		if (c->in.len > 0)
			conn_refuse(c, 408, NULL, "request_timeout", "the request did not come in time");
		else if (!is_writing(c) || is_stalled(c))
			conn_close(c);
		else
			uv_timer_start(&c->timer, on_time, STALL_MS, 0);
		break;
	case CONN_BODY:
		if (body_is_late(c))
			conn_refuse(c, 408, NULL, "request_timeout", "the request's body did not come in time");
		break;
	case CONN_OUT:
		if (!is_writing(c))
			uv_timer_stop(&c->timer);
		else if (is_stalled(c))
			conn_close(c);
		break;
	case CONN_LINGER:
		if (c->shut || is_stalled(c))
			conn_close(c);
		break;
	}
}

void conn_watch_writing(struct conn *c)
{
	if (c->state == CONN_OUT && !uv_is_active((uv_handle_t *)&c->timer))
		uv_timer_start(&c->timer, on_time, STALL_MS, STALL_MS);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	struct conn *c = req->data;

	free(req);
	if (c->closing)
		return;
	c->shut = true;
	if (status < 0)
		conn_close(c);
	else
		uv_timer_start(&c->timer, on_time, LINGER_MS, 0);
}

/* After the last answer: our side is shut, the client's is read and thrown away for a moment, so that no reset eats the answer. */
static void linger(struct conn *c)
{
	uv_shutdown_t *req = c->closing ? NULL : malloc(sizeof(*req));

	if (c->closing)
		return;
	c->state = CONN_LINGER;
	buf_release(&c->in);
	conn_set_idle(c, IDLE_STRANGER);
	if (!req) {
		conn_close(c);
		return;
	}
	req->data = c;
	uv_timer_start(&c->timer, on_time, STALL_MS, STALL_MS);
	if (uv_shutdown(req, &c->u.stream, on_shutdown) < 0) {
		free(req);
		conn_close(c);
	}
}

void conn_next_request(struct conn *c)
{
	free_request(c);
	if (c->failed)
		conn_close(c);
	if (c->closing)
		return;
	if (c->close_after || c->server->closing) {
		linger(c);
		return;
	}
	c->state = CONN_HEAD;
	uv_timer_stop(&c->timer);
	conn_set_idle(c, c->in.len > 0 ? -1 : c->owner ? IDLE_KNOWN : IDLE_STRANGER);
	process(c);
}

void conn_refuse(struct conn *c, int status, const char *const *headers, const char *code, const char *message)
{
	char peer[64];

	if (c->server->config.on_refused) {
		peer_text(c, peer);
		c->server->config.on_refused(peer, message, c->server->config.arg);
	}
	if (c->closing)
		return;
	drop_request(c);
	conn_put_error(c, status, headers, code, message);
	free_request(c);
	linger(c);
}

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

static void refuse_long_body(struct conn *c)
{
	char message[96];

	snprintf(message, sizeof(message), "the body is longer than the limit of %zu bytes", c->server->config.body_max);
	conn_refuse(c, 413, NULL, "payload_too_large", message);
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
		refuse_long_body(c);
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
		uv_timer_start(&c->timer, on_time, (uint64_t)s->config.head_timeout_ms, (uint64_t)s->config.head_timeout_ms);
	if (c->head.expect_continue && c->in.len == 0 && has_body)
		conn_write(c, "HTTP/1.1 100 Continue\r\n\r\n", 25, NULL, 0);
	return !c->closing;
}

/* Goes on in a file. 0, or it was refused. */
static int begin_upload(struct conn *c)
{
	const struct server_config *config = &c->server->config;
	struct err e;

	if (c->owner && config->uploads_max > 0 && c->owner->uploads >= config->uploads_max) {
		conn_refuse(c, 403, NULL, "too_many_connections", "this agent sends too many long bodies at once; send one after the other");
		return ERR_TOOBIG;
	}
	if (spool_create(config->spool, &c->file, &e) < 0 || spooled_append(c->file, c->body.data, c->body.len, &e) < 0) {
		conn_refuse(c, 403, NULL, "record_failed", e.msg);
		return ERR_IO;
	}
	buf_release(&c->body);
	c->uploading = c->owner != NULL;
	if (c->uploading)
		c->owner->uploads++;
	return 0;
}

/* 0, or it was refused. */
static int keep_body(struct conn *c, const char *data, size_t len)
{
	const struct server_config *config = &c->server->config;
	struct err e;

	if (len > config->body_max - c->body_len) {
		refuse_long_body(c);
		return ERR_TOOBIG;
	}
	if (config->spool && !c->file && c->body_len + len > SPOOL_OVER && begin_upload(c) < 0)
		return ERR_IO;
	if (!c->file && buf_append(&c->body, data, len) < 0) {
		conn_close(c);
		return ERR_NOMEM;
	}
	if (c->file && spooled_append(c->file, data, len, &e) < 0) {
		conn_refuse(c, 403, NULL, "record_failed", e.msg);
		return ERR_IO;
	}
	c->body_len += len;
	return 0;
}

static int take_plain(struct conn *c)
{
	uint64_t want = c->head.content_length > 0 ? (uint64_t)c->head.content_length - c->body_len : 0;
	size_t n = want < c->in.len ? (size_t)want : c->in.len;
	int r = keep_body(c, c->in.data, n);

	if (r < 0)
		return r;
	buf_consume(&c->in, n);
	return n == want;
}

static int take_chunks(struct conn *c)
{
	struct buf piece;
	struct err e;
	size_t used;
	int r, kept;

	buf_init(&piece, SIZE_MAX - 1);
	r = http_chunks_feed(&c->chunks, buf_cstr(&c->in), c->in.len, &used, &piece, &e);
	if (r < 0) {
		conn_refuse(c, 400, NULL, "bad_request", e.msg);
	} else {
		kept = keep_body(c, piece.data, piece.len);
		if (kept == 0 && c->chunks.left > c->server->config.body_max - c->body_len) {
			refuse_long_body(c);	/* as it says itself: no need to wait for it */
			kept = ERR_TOOBIG;
		}
		if (kept == 0)
			buf_consume(&c->in, used);
		r = kept < 0 ? kept : r;
	}
	buf_release(&piece);
	return r;
}

/* 1 when the body is whole, 0 for more, negative when it was refused. */
static int take_body(struct conn *c)
{
	return c->head.chunked ? take_chunks(c) : take_plain(c);
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
	end_upload(c);
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
			uv_timer_start(&c->timer, on_time, IDLE_TIMEOUT_MS, 0);
		else if (!uv_is_active((uv_handle_t *)&c->timer))
			uv_timer_start(&c->timer, on_time, (uint64_t)c->server->config.head_timeout_ms, 0);
	} else {
		buf_consume(&c->in, used);
		*ret_more = head_came(c);
	}
}

/* Takes from c->in what is whole. Re-entered by answers that are given from inside on_request; the loop then goes on. */
static void process(struct conn *c)
{
	bool more = true;

	if (c->processing)
		return;
	c->processing = true;
	while (more && !c->closing && (c->state == CONN_HEAD || c->state == CONN_BODY)) {
		if (c->state == CONN_HEAD) {
			take_head(c, &more);
		} else {
			more = take_body(c) > 0;
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
		if (c->server->config.on_refused) {
			char peer[64];

			peer_text(c, peer);
			c->server->config.on_refused(peer, "bytes came behind a request whose answer was under way", c->server->config.arg);
		}
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
		uv_timer_start(&c->timer, on_time, (uint64_t)c->server->config.head_timeout_ms, 0);
		if (c->owner)
			conn_set_idle(c, -1);
	}
	if (c->state == CONN_HEAD && !first && !memchr(buf->base, '\n', (size_t)n) && c->in.len < HTTP_LINE_MAX)
		return;
	process(c);
}

void conn_start(struct conn *c)
{
	struct server *s = c->server;

	buf_init(&c->in, HTTP_HEAD_MAX + 2 * sizeof(s->read_buffer));
	conn_set_idle(c, IDLE_STRANGER);
	uv_timer_start(&c->timer, on_time, (uint64_t)s->config.head_timeout_ms, 0);
	if (uv_read_start(&c->u.stream, on_alloc, on_read) < 0)
		conn_close(c);
}
