/* server_conn: one connection: what it is at, the time it has for that, and its end. What comes on it is server_read.c's. See server.h. */
#include "config.h"

#include "io/server_conn.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINGER_MS = 1000,
	STALL_MS = 60000,		/* an answer of which no byte leaves for so long is given up */
};

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
	conn_drop_body(c);
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
	conn_drop_body(c);
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
		if (conn_body_is_late(c))
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

void conn_start_timer(struct conn *c, int ms, bool again)
{
	uv_timer_start(&c->timer, on_time, (uint64_t)ms, again ? (uint64_t)ms : 0);
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
	conn_process(c);
}

void conn_tell_refused(struct conn *c, const char *message)
{
	char peer[64];

	if (!c->server->config.on_refused)
		return;
	peer_text(c, peer);
	c->server->config.on_refused(peer, message, c->server->config.arg);
}

void conn_refuse(struct conn *c, int status, const char *const *headers, const char *code, const char *message)
{
	conn_tell_refused(c, message);
	if (c->closing)
		return;
	drop_request(c);
	conn_put_error(c, status, headers, code, message);
	free_request(c);
	linger(c);
}
