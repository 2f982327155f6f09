/*
 * server: listeners and their connections. See server.h.
 *
 * A connection is in one of four states: it waits for a head, for a body, for the answer to the request that is out, or it
 * lingers after its last answer so that the client can read it. Memory for one connection is bounded in each of them.
 */
#include "config.h"

#include "io/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"

enum {
	CONNECTIONS_MAX = 1024,
	HEAD_TIMEOUT_MS = 10000,
	IDLE_TIMEOUT_MS = 75000,
	LINGER_MS = 1000,
	AHEAD_MAX = 65536,	/* bytes that a client may send past the request that is out */
	BACKLOG = 128,
};

enum conn_state { CONN_HEAD, CONN_BODY, CONN_OUT, CONN_LINGER };

struct conn {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} u;
	uv_timer_t timer;
	struct server *server;
	struct conn *next, **prev;
	enum conn_state state;
	struct buf in, body;
	struct http_head head;
	bool has_head, processing, closing, close_after;
	struct http_chunks chunks;
	struct server_req *req;
	struct out *last_out;	/* the newest write under way */
	struct ucred peer;
	int handles;		/* still open of u and timer */
};

struct server_req {
	struct conn *conn;
	void *user;
	void (*on_gone)(struct server_req *r, void *user);
	void (*on_drain)(struct server_req *r, void *user);
	bool begun, chunked, failed;
};

struct out {
	uv_write_t write;
	struct conn *conn;
	void (*flushed)(bool written, void *arg);
	void *arg;
	char data[];
};

struct server {
	struct server_config config;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} u;
	char *unix_path;
	int port, connection_count;
	struct conn *conns;
	bool closing, listener_closed;
	void (*closed)(void *arg);
	void *closed_arg;
	char read_buffer[65536];	/* libuv reads one stream at a time */
};

static void process(struct conn *c);

static void finish_close(struct server *s)
{
	if (!s->closing || !s->listener_closed || s->conns)
		return;
	if (s->closed)
		s->closed(s->closed_arg);
	free(s->unix_path);
	free(s);
}

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
	buf_release(&c->body);
	if (c->has_head)
		http_head_release(&c->head);
	free(c);
	finish_close(s);
}

/* Closes the connection; a request that is out is told that its asker is gone. */
static void conn_close(struct conn *c)
{
	struct server_req *r = c->req;

	if (c->closing)
		return;
	c->closing = true;
	c->req = NULL;
	if (r) {
		if (r->on_gone)
			r->on_gone(r, r->user);
		free(r);
	}
	uv_close(&c->u.handle, on_handle_closed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void on_linger_over(uv_timer_t *t)
{
	conn_close(t->data);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	struct conn *c = req->data;

	free(req);
	if (status < 0)
		conn_close(c);
}

/* After the last answer: our side is shut, the client's is read and thrown away for a moment, so that no reset eats the answer. */
static void linger(struct conn *c)
{
	uv_shutdown_t *req = c->closing ? NULL : malloc(sizeof(*req));

	if (c->closing)
		return;
	c->state = CONN_LINGER;
	buf_clear(&c->in);
	if (!req) {
		conn_close(c);
		return;
	}
	req->data = c;
	if (uv_shutdown(req, &c->u.stream, on_shutdown) < 0) {
		free(req);
		conn_close(c);
		return;
	}
	uv_timer_start(&c->timer, on_linger_over, LINGER_MS, 0);
}

static void on_written(uv_write_t *w, int status)
{
	struct out *o = (struct out *)w;
	struct conn *c = o->conn;

	if (c->last_out == o)
		c->last_out = NULL;
	if (o->flushed)
		o->flushed(status == 0, o->arg);
	free(o);
	if (c->closing)
		return;
	if (status < 0) {
		conn_close(c);
		return;
	}
	if (c->req && c->req->on_drain && uv_stream_get_write_queue_size(&c->u.stream) == 0)
		c->req->on_drain(c->req, c->req->user);
}

/* Two pieces, one write; either may be empty. */
static void conn_write(struct conn *c, const void *a, size_t a_len, const void *b, size_t b_len)
{
	struct out *o;
	uv_buf_t buf;

	if (c->closing || a_len + b_len == 0)
		return;
	o = malloc(sizeof(*o) + a_len + b_len);
	if (!o) {
		conn_close(c);
		return;
	}
	*o = (struct out){ .conn = c };
	if (a_len > 0)
		memcpy(o->data, a, a_len);
	if (b_len > 0)
		memcpy(o->data + a_len, b, b_len);
	buf = uv_buf_init(o->data, (unsigned int)(a_len + b_len));
	c->last_out = o;
	if (uv_write(&o->write, &c->u.stream, &buf, 1, on_written) < 0) {
		c->last_out = NULL;
		free(o);
		conn_close(c);
	}
}

static const char *reason(int status)
{
	static const struct { int status; const char *text; } table[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 206, "Partial Content" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 402, "Payment Required" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" }, { 408, "Request Timeout" }, { 409, "Conflict" },
		{ 413, "Content Too Large" }, { 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].text;
	return "Status";
}

static bool bodiless(int status)
{
	return status == 204 || status == 304 || status < 200;
}

static void put_head(struct buf *out, int status, const char *const *headers, int64_t length, bool chunked, bool close)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, reason(status), date);
	for (; headers && *headers; headers++)
		buf_printf(out, "%s\r\n", *headers);
	if (chunked)
		buf_puts(out, "Transfer-Encoding: chunked\r\n");
	else if (!bodiless(status) && length >= 0)
		buf_printf(out, "Content-Length: %lld\r\n", (long long)length);
	buf_puts(out, close ? "Connection: close\r\n\r\n" : "\r\n");
}

static void free_request(struct conn *c)
{
	if (c->has_head)
		http_head_release(&c->head);
	c->has_head = false;
	buf_release(&c->body);
	buf_init(&c->body, c->server->config.body_max);
}

/* The answer is whole: the next request, or the end. */
static void next_request(struct conn *c)
{
	free_request(c);
	if (c->closing)
		return;
	if (c->close_after || c->server->closing) {
		linger(c);
		return;
	}
	c->state = CONN_HEAD;
	process(c);
}

/* Refused before anyone saw it: the answer, and the end of the connection. */
static void refuse(struct conn *c, int status, const char *code, const char *message)
{
	struct buf body, head;
	struct jsonw w;
	static const char *const headers[] = { "Content-Type: application/json", NULL };

	if (c->server->config.on_refused)
		c->server->config.on_refused(message, c->server->config.arg);
	if (c->closing)
		return;
	buf_init(&body, 4096);
	buf_init(&head, 4096);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_key(&w, "error");
	jw_begin(&w, '{');
	jw_kstr(&w, "code", code);
	jw_kstr(&w, "message", message);
	jw_kstr(&w, "request_id", NULL);
	jw_end(&w, '}');
	jw_end(&w, '}');
	put_head(&head, status, headers, (int64_t)body.len, false, true);
	conn_write(c, head.data, head.len, body.data, body.len);
	buf_release(&body);
	buf_release(&head);
	free_request(c);
	linger(c);
}

static void on_head_timeout(uv_timer_t *t)
{
	struct conn *c = t->data;

	if (c->state == CONN_HEAD && c->in.len == 0)
		conn_close(c);
	else
		refuse(c, 408, "request_timeout", "the request did not come in time");
}

static bool host_is_ours(const struct conn *c, struct err *e)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	const char *host = http_field(&c->head, "host"), *site = http_field(&c->head, "sec-fetch-site");
	char want[64];
	size_t i;

	if (http_field(&c->head, "origin") || (site && strcmp(site, "none") != 0 && strcmp(site, "same-origin") != 0)) {
		err_set(e, ERR_INVALID, "requests from web pages are refused");
		return false;
	}
	for (i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(want, sizeof(want), "%s:%d", names[i], c->server->port);
		if (strcasecmp(host, want) == 0)
			return true;
	}
	err_set(e, ERR_INVALID, "the Host is not this listener's: use 127.0.0.1:%d", c->server->port);
	return false;
}

/* A whole head stands in c->head. */
static bool head_came(struct conn *c)
{
	struct server *s = c->server;
	char message[96];
	struct err e;

	c->has_head = true;
	c->close_after = !c->head.keep_alive;
	if (s->config.check_host && !host_is_ours(c, &e)) {
		refuse(c, 400, "bad_request", e.msg);
		return false;
	}
	if (c->head.content_length > 0 && (uint64_t)c->head.content_length > s->config.body_max) {
		snprintf(message, sizeof(message), "the body is longer than the limit of %zu bytes", s->config.body_max);
		refuse(c, 413, "payload_too_large", message);
		return false;
	}
	http_chunks_init(&c->chunks);
	if (c->head.expect_continue && c->in.len == 0 && (c->head.chunked || c->head.content_length > 0))
		conn_write(c, "HTTP/1.1 100 Continue\r\n\r\n", 25, NULL, 0);
	c->state = CONN_BODY;
	return !c->closing;
}

/* 1 when the body is whole, 0 for more, negative when it was refused. */
static int take_body(struct conn *c)
{
	size_t used, want;
	char message[96];
	struct err e;
	int r;

	if (!c->head.chunked) {
		want = c->head.content_length > 0 ? (size_t)c->head.content_length - c->body.len : 0;
		used = want < c->in.len ? want : c->in.len;
		r = buf_append(&c->body, c->in.data, used);
		if (r == 0)
			r = used == want;
	} else {
		r = http_chunks_feed(&c->chunks, buf_cstr(&c->in), c->in.len, &used, &c->body, &e);
	}
	if (r >= 0) {
		buf_consume(&c->in, used);
	} else if (r == ERR_INVALID) {
		refuse(c, 400, "bad_request", e.msg);
	} else {
		snprintf(message, sizeof(message), "the body is longer than the limit of %zu bytes", c->server->config.body_max);
		refuse(c, 413, "payload_too_large", message);
	}
	return r;
}

static void hand_over(struct conn *c)
{
	struct server_req *r = calloc(1, sizeof(*r));

	if (!r) {
		conn_close(c);
		return;
	}
	uv_timer_stop(&c->timer);
	c->state = CONN_OUT;
	r->conn = c;
	c->req = r;
	c->server->config.on_request(r, c->server->config.arg);
}

/* Takes from c->in what is whole. Re-entered by answers that are given from inside on_request; the loop then goes on. */
static void process(struct conn *c)
{
	struct err e;
	size_t used;
	int r;

	if (c->processing)
		return;
	c->processing = true;
	while (!c->closing && (c->state == CONN_HEAD || c->state == CONN_BODY)) {
		if (c->state == CONN_BODY) {
			r = take_body(c);
			if (r <= 0)
				break;
			hand_over(c);
			continue;
		}
		r = http_head_parse(buf_cstr(&c->in), c->in.len, &c->head, &used, &e);
		if (r < 0) {
			if (r == ERR_NOMEM)
				conn_close(c);
			else
				refuse(c, r == ERR_TOOBIG ? 431 : 400, r == ERR_TOOBIG ? "header_too_large" : "bad_request", e.msg);
			break;
		}
		if (r == 0) {
			/* A head's clock is not set back by more of it. */
			if (c->in.len == 0)
				uv_timer_start(&c->timer, on_head_timeout, IDLE_TIMEOUT_MS, 0);
			else if (!uv_is_active((uv_handle_t *)&c->timer))
				uv_timer_start(&c->timer, on_head_timeout, (uint64_t)c->server->config.head_timeout_ms, 0);
			break;
		}
		buf_consume(&c->in, used);
		if (!head_came(c))
			break;
	}
	c->processing = false;
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct conn *c = h->data;

	(void)hint;
	*ret = uv_buf_init(c->server->read_buffer, sizeof(c->server->read_buffer));
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
	if (c->state == CONN_OUT && c->in.len + (size_t)n > AHEAD_MAX) {
		conn_close(c);
		return;
	}
	first = c->state == CONN_HEAD && c->in.len == 0;
	if (buf_append(&c->in, buf->base, (size_t)n) < 0) {
		conn_close(c);
		return;
	}
	/* The clock of a head runs from its first byte, however slowly the rest comes. */
	if (first)
		uv_timer_start(&c->timer, on_head_timeout, (uint64_t)c->server->config.head_timeout_ms, 0);
	if (c->state == CONN_HEAD && !first && !memchr(buf->base, '\n', (size_t)n) && c->in.len < HTTP_LINE_MAX)
		return;
	process(c);
}

static bool is_unix(const struct server *s)
{
	return s->unix_path != NULL;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct server *s = listener->data;
	struct conn *c;
	socklen_t len = sizeof(c->peer);
	uv_os_fd_t fd;

	if (status < 0 || s->closing)
		return;
	c = calloc(1, sizeof(*c));
	if (!c)
		return;
	c->server = s;
	buf_init(&c->in, HTTP_HEAD_MAX + 2 * sizeof(s->read_buffer));
	buf_init(&c->body, s->config.body_max);
	if (is_unix(s))
		uv_pipe_init(s->config.loop, &c->u.pipe, 0);
	else
		uv_tcp_init(s->config.loop, &c->u.tcp);
	uv_timer_init(s->config.loop, &c->timer);
	c->u.handle.data = c;
	c->timer.data = c;
	c->handles = 2;
	c->next = s->conns;
	c->prev = &s->conns;
	if (c->next)
		c->next->prev = &c->next;
	s->conns = c;
	s->connection_count++;
	if (uv_accept(listener, &c->u.stream) < 0) {
		conn_close(c);
		return;
	}
	if (!is_unix(s))
		uv_tcp_nodelay(&c->u.tcp, 1);
	else if (uv_fileno(&c->u.handle, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c->peer, &len) < 0) {
		conn_close(c);
		return;
	}
	if (s->connection_count > s->config.connections_max) {
		refuse(c, 503, "too_many_connections", "too many connections; close some and try again");
		return;
	}
	uv_timer_start(&c->timer, on_head_timeout, (uint64_t)s->config.head_timeout_ms, 0);
	if (uv_read_start(&c->u.stream, on_alloc, on_read) < 0)
		conn_close(c);
}

static void on_listener_closed(uv_handle_t *h)
{
	struct server *s = h->data;

	s->listener_closed = true;
	finish_close(s);
}

/* A socket file that nobody answers at is a dead server's: it is removed. One that answers is another server's. */
static int clear_unix_path(const char *path, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, r;

	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(e, ERR_IO, "%s: a socket's path is at most %zu bytes; choose a shorter one", path, sizeof(sun.sun_path) - 1);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_IO, "%s is not a socket; move it away", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "socket");
	memcpy(sun.sun_path, path, strlen(path) + 1);
	r = connect(fd, (struct sockaddr *)&sun, sizeof(sun));
	close(fd);
	if (r == 0)
		return err_set(e, ERR_IO, "%s: a server answers there already", path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
}

static int listen_unix(struct server *s, struct err *e)
{
	mode_t mask;
	int r;

	uv_pipe_init(s->config.loop, &s->u.pipe, 0);
	r = clear_unix_path(s->unix_path, e);
	if (r < 0)
		return r;
	/* The mode is right from the first moment: bind makes the file under this mask. */
	mask = umask(0177);
	r = uv_pipe_bind(&s->u.pipe, s->unix_path);
	umask(mask);
	if (r == 0)
		r = uv_listen(&s->u.stream, BACKLOG, on_connection);
	return r == 0 ? 0 : err_set(e, ERR_IO, "%s: %s", s->unix_path, uv_strerror(r));
}

static int listen_tcp(struct server *s, struct err *e)
{
	struct sockaddr_storage addr = { 0 };
	int len = sizeof(addr), r;

	uv_tcp_init(s->config.loop, &s->u.tcp);
	r = uv_ip4_addr(s->config.host, s->config.port, (struct sockaddr_in *)&addr);
	if (r < 0)
		r = uv_ip6_addr(s->config.host, s->config.port, (struct sockaddr_in6 *)&addr);
	if (r == 0)
		r = uv_tcp_bind(&s->u.tcp, (struct sockaddr *)&addr, 0);
	if (r == 0)
		r = uv_listen(&s->u.stream, BACKLOG, on_connection);
	if (r == 0)
		r = uv_tcp_getsockname(&s->u.tcp, (struct sockaddr *)&addr, &len);
	if (r < 0)
		return err_set(e, ERR_IO, "cannot listen at %s:%d: %s%s", s->config.host, s->config.port, uv_strerror(r),
			       r == UV_EADDRINUSE ? "; end the other program or choose another port" : "");
	s->port = ntohs(addr.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&addr)->sin6_port : ((struct sockaddr_in *)&addr)->sin_port);
	return 0;
}

int server_listen(const struct server_config *config, struct server **ret, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->config = *config;
	if (s->config.connections_max == 0)
		s->config.connections_max = CONNECTIONS_MAX;
	if (s->config.head_timeout_ms == 0)
		s->config.head_timeout_ms = HEAD_TIMEOUT_MS;
	if (config->unix_path) {
		s->unix_path = strdup(config->unix_path);
		if (!s->unix_path) {
			free(s);
			return err_set(e, ERR_NOMEM, "out of memory");
		}
	}
	r = is_unix(s) ? listen_unix(s, e) : listen_tcp(s, e);
	s->u.handle.data = s;
	if (r < 0) {
		server_close(s, NULL, NULL);
		return r;
	}
	*ret = s;
	return 0;
}

int server_port(const struct server *s)
{
	return s->port;
}

void server_close(struct server *s, void (*closed)(void *arg), void *arg)
{
	struct conn *c, *next;

	if (!s || s->closing) {
		if (!s && closed)
			closed(arg);
		return;
	}
	s->closing = true;
	s->closed = closed;
	s->closed_arg = arg;
	uv_close(&s->u.handle, on_listener_closed);
	for (c = s->conns; c; c = next) {
		next = c->next;
		conn_close(c);
	}
}

const struct http_head *server_head(const struct server_req *r)
{
	return &r->conn->head;
}

const char *server_body(const struct server_req *r, size_t *ret_len)
{
	*ret_len = r->conn->body.len;
	return buf_cstr(&r->conn->body);
}

bool server_peer(const struct server_req *r, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid)
{
	if (!is_unix(r->conn->server))
		return false;
	*ret_pid = r->conn->peer.pid;
	*ret_uid = r->conn->peer.uid;
	*ret_gid = r->conn->peer.gid;
	return true;
}

void *server_user(const struct server_req *r)
{
	return r->user;
}

void server_set_user(struct server_req *r, void *user, void (*on_gone)(struct server_req *r, void *user))
{
	r->user = user;
	r->on_gone = on_gone;
}

void server_set_drain(struct server_req *r, void (*on_drain)(struct server_req *r, void *user))
{
	r->on_drain = on_drain;
}

void server_close_after(struct server_req *r)
{
	r->conn->close_after = true;
}

static bool is_head(const struct server_req *r)
{
	return r->conn->head.method == HTTP_HEAD;
}

/* r's answer is over: its memory goes, the connection goes on. */
static void release_request(struct server_req *r)
{
	struct conn *c = r->conn;

	c->req = NULL;
	free(r);
	next_request(c);
}

void server_reply(struct server_req *r, int status, const char *const *headers, const void *body, size_t len)
{
	struct conn *c = r->conn;
	struct buf head;

	r->on_gone = NULL;	/* the answer was given: a failing write is nobody's news */
	r->on_drain = NULL;
	buf_init(&head, SIZE_MAX - 1);
	put_head(&head, status, headers, (int64_t)len, false, c->close_after);
	conn_write(c, head.data, head.len, body, is_head(r) || bodiless(status) ? 0 : len);
	buf_release(&head);
	if (c->req == r)
		release_request(r);
}

void server_begin(struct server_req *r, int status, const char *const *headers, int64_t length)
{
	struct conn *c = r->conn;
	struct buf head;

	r->begun = true;
	r->chunked = length < 0 && !bodiless(status);
	if (r->chunked && c->head.minor == 0) {
		/* HTTP/1.0 has no chunks: the end of the connection ends the body. */
		r->chunked = false;
		c->close_after = true;
	}
	buf_init(&head, SIZE_MAX - 1);
	put_head(&head, status, headers, length, r->chunked, c->close_after);
	conn_write(c, head.data, head.len, NULL, 0);
	buf_release(&head);
}

size_t server_write(struct server_req *r, const void *data, size_t len)
{
	struct conn *c = r->conn;
	struct buf piece;

	if (c->closing)
		return 0;
	if (len > 0 && !is_head(r)) {
		if (r->chunked) {
			buf_init(&piece, SIZE_MAX - 1);
			buf_printf(&piece, "%zx\r\n", len);
			buf_append(&piece, data, len);
			buf_append(&piece, "\r\n", 2);
			conn_write(c, piece.data, piece.len, NULL, 0);
			buf_release(&piece);
		} else {
			conn_write(c, data, len, NULL, 0);
		}
	}
	return c->closing ? 0 : uv_stream_get_write_queue_size(&c->u.stream);
}

void server_end(struct server_req *r, bool ok, void (*flushed)(bool written, void *arg), void *arg)
{
	struct conn *c = r->conn;

	r->on_gone = NULL;
	r->on_drain = NULL;
	if (ok && r->chunked && !is_head(r))
		conn_write(c, "0\r\n\r\n", 5, NULL, 0);
	if (!ok || c->closing) {
		if (flushed)
			flushed(false, arg);
		if (c->req == r)
			conn_close(c);	/* frees r */
		return;
	}
	if (flushed && c->last_out) {
		c->last_out->flushed = flushed;
		c->last_out->arg = arg;
	} else if (flushed) {
		flushed(true, arg);
	}
	release_request(r);
}

void server_drop(struct server_req *r)
{
	r->on_gone = NULL;
	conn_close(r->conn);
}

void server_error(struct server_req *r, int status, const char *const *headers, const char *code,
		  const char *message, const char *request_id)
{
	const char *all[32] = { "Content-Type: application/json" };
	struct buf body;
	struct jsonw w;
	size_t n = 1;

	for (; headers && *headers && n < ARRAY_LEN(all) - 1; headers++)
		all[n++] = *headers;
	buf_init(&body, SIZE_MAX - 1);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_key(&w, "error");
	jw_begin(&w, '{');
	jw_kstr(&w, "code", code);
	jw_kstr(&w, "message", message);
	jw_kstr(&w, "request_id", request_id);
	jw_end(&w, '}');
	jw_end(&w, '}');
	server_reply(r, status, all, body.data, body.len);
	buf_release(&body);
}
