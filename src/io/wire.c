/* wire: see wire.h. */
#include "config.h"

#include "io/wire.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/httpanswer.h"

enum { READ_BYTES = 65536, KEPT_MAX = 4 };

struct conn {
	struct conn *next, **prev;	/* of those that rest */
	uv_pipe_t pipe;
	uv_write_t write;
	struct wire *wire;
	struct wire_call *call;		/* NULL while it rests, and when it is being closed */
	struct buf out;			/* what is being written */
	bool writing, used;		/* used: an answer came on it already */
};

struct wire {
	uv_loop_t *loop;
	char *socket;
	struct wire_call *calls;
	struct conn *kept;
	int kept_count;
	int handles;		/* open ones, of libuv */
	struct buf body;	/* of the piece that is being given */
	bool freeing;
	void (*closed)(void *arg);
	void *closed_arg;
	char in[READ_BYTES];
};

struct wire_call {
	struct wire_call *next, **prev;
	struct wire *wire;
	struct wire_spec spec;		/* callbacks, limits */
	struct conn *conn;		/* NULL: there is none, and `error` says why */
	struct buf request;		/* until it is given to a fresh connection */
	struct http_answer answer;
	uv_timer_t timer;
	uint64_t started_ms, heard_ms;	/* of the loop's clock */
	bool is_read, heard, over;
	char error[640];
};

static void finish_free(struct wire *w)
{
	if (!w->freeing || w->handles > 0)
		return;
	if (w->closed)
		w->closed(w->closed_arg);
	buf_release(&w->body);
	free(w->socket);
	free(w);
}

static void handle_closed(struct wire *w)
{
	w->handles--;
	finish_free(w);
}

/* ---- connections ---- */

static void on_conn_closed(uv_handle_t *h)
{
	struct conn *k = h->data;
	struct wire *w = k->wire;

	buf_release(&k->out);
	free(k);
	handle_closed(w);
}

static void close_conn(struct conn *k)
{
	if (k->call)
		k->call->conn = NULL;
	k->call = NULL;
	uv_close((uv_handle_t *)&k->pipe, on_conn_closed);
}

static void unkeep(struct conn *k)
{
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	k->wire->kept_count--;
}

/* Its answer is whole. What was answered before it was read to its end, and what the gate wants to close, is not used again. */
static void keep_or_close(struct conn *k, const struct http_answer *a)
{
	struct wire *w = k->wire;

	if (!a->keep_alive || k->writing || w->kept_count == KEPT_MAX) {
		close_conn(k);
		return;
	}
	k->call->conn = NULL;
	k->call = NULL;
	k->used = true;
	k->next = w->kept;
	k->prev = &w->kept;
	if (k->next)
		k->next->prev = &k->next;
	w->kept = k;
	w->kept_count++;
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf);

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	struct conn *k = h->data;

	(void)suggested;
	*ret = uv_buf_init(k->wire->in, sizeof(k->wire->in));
}

int wire_connect(const char *socket_path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(socket_path);
	int fd, e;

	if (len >= sizeof(a.sun_path))
		return -ENAMETOOLONG;
	memcpy(a.sun_path, socket_path, len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd < 0 ? -errno : fd;
	e = errno;
	close(fd);
	return -e;
}

/* NULL: why is in c->error. */
static struct conn *connect_to_gate(struct wire_call *c)
{
	struct wire *w = c->wire;
	struct conn *k = calloc(1, sizeof(*k));
	int fd = k ? wire_connect(w->socket) : -ENOMEM, r;

	if (fd < 0) {
		snprintf(c->error, sizeof(c->error), "%s", fd == -EAGAIN ? "so many wait there that nobody is let in" : strerror(-fd));
		free(k);
		return NULL;
	}
	k->wire = w;
	buf_init(&k->out, SIZE_MAX - 1);
	uv_pipe_init(w->loop, &k->pipe, 0);
	k->pipe.data = k->write.data = k;
	w->handles++;
	r = uv_pipe_open(&k->pipe, fd);
	if (r < 0)
		close(fd);
	else
		r = uv_read_start((uv_stream_t *)&k->pipe, on_room, on_read);
	if (r < 0) {
		snprintf(c->error, sizeof(c->error), "%s", uv_strerror(r));
		close_conn(k);
		return NULL;
	}
	return k;
}

static void on_written(uv_write_t *write, int status)
{
	struct conn *k = write->data;

	(void)status;	/* where it failed the gate has gone, or has answered already: reading says which */
	k->writing = false;
}

/* A kept connection may be dead, and the request be needed again. false: out of memory. */
static bool send_request(struct wire_call *c, struct conn *k)
{
	uv_buf_t rest;
	int n;

	buf_clear(&k->out);
	if (k->used && buf_append(&k->out, c->request.data, c->request.len) < 0)
		return false;
	if (!k->used) {
		k->out = c->request;
		buf_init(&c->request, SIZE_MAX - 1);
	}
	c->conn = k;
	k->call = c;
	if (c->spec.unhurried)
		uv_read_stop((uv_stream_t *)&k->pipe);
	rest = uv_buf_init(k->out.data, (unsigned int)k->out.len);
	n = uv_try_write((uv_stream_t *)&k->pipe, &rest, 1);
	if (n == (int)rest.len)
		return true;
	if (n > 0)
		rest = uv_buf_init(rest.base + n, (unsigned int)(rest.len - (size_t)n));
	k->writing = uv_write(&k->write, (uv_stream_t *)&k->pipe, &rest, 1, on_written) == 0;
	return true;
}

/* false: why is in c->error. */
static bool ask(struct wire_call *c, bool fresh)
{
	struct conn *k = fresh || !c->is_read ? NULL : c->wire->kept;

	if (k)
		unkeep(k);
	else
		k = connect_to_gate(c);
	if (!k || send_request(c, k))
		return k != NULL;
	snprintf(c->error, sizeof(c->error), "out of memory");
	close_conn(k);
	return false;
}

/* ---- calls ---- */

static void on_timer_closed(uv_handle_t *h)
{
	struct wire_call *c = h->data;
	struct wire *w = c->wire;

	http_answer_release(&c->answer);
	buf_release(&c->request);
	free(c);
	handle_closed(w);
}

/* Out of the list; its memory stays until the loop goes on. */
static void end_call(struct wire_call *c)
{
	c->over = true;
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (c->conn)
		close_conn(c->conn);
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

static void finish(struct wire_call *c, bool answered)
{
	struct wire_result r = { .answered = answered, .status = c->answer.whole_head ? c->answer.status : 0, .error = answered ? "" : c->error };

	if (answered)
		keep_or_close(c->conn, &c->answer);
	end_call(c);
	c->spec.on_done(c, &r, c->spec.arg);
}

static void on_timer(uv_timer_t *t)
{
	struct wire_call *c = t->data;
	uint64_t now = uv_now(c->wire->loop), due, whole = c->started_ms + (uint64_t)c->spec.timeout_ms, silent = c->heard_ms + (uint64_t)c->spec.silence_ms;

	if (c->error[0]) {
		finish(c, false);	/* it could not be started, and nothing is told from inside of that */
		return;
	}
	if (c->spec.timeout_ms > 0 && now >= whole)
		snprintf(c->error, sizeof(c->error), "no answer within %d s", c->spec.timeout_ms / 1000);
	else if (c->spec.silence_ms > 0 && now >= silent)
		snprintf(c->error, sizeof(c->error), "nothing came for %d s", c->spec.silence_ms / 1000);
	if (c->error[0]) {
		finish(c, false);
		return;
	}
	due = c->spec.timeout_ms > 0 ? whole : UINT64_MAX;
	if (c->spec.silence_ms > 0 && silent < due)
		due = silent;
	if (due != UINT64_MAX)
		uv_timer_start(t, on_timer, due - now, 0);
}

/* The connection is over before the answer was. */
static void lost(struct wire_call *c, const char *why)
{
	bool again = c->is_read && c->conn->used && !c->heard;

	close_conn(c->conn);
	if (again && ask(c, true))
		return;
	if (!again)
		snprintf(c->error, sizeof(c->error), "%s%s%s", c->heard ? "its answer was cut off" : "it closed the connection without an answer", why[0] ? ": " : "", why);
	finish(c, false);
}

static void take(struct wire_call *c, const char *data, size_t len)
{
	const struct http_answer *a = &c->answer;
	struct buf *body = &c->wire->body;
	size_t used = 0;
	struct err e;
	int r;

	c->heard = true;
	c->heard_ms = uv_now(c->wire->loop);
	buf_clear(body);
	r = http_answer_feed(&c->answer, data, len, &used, body, &e);
	if (r < 0)
		snprintf(c->error, sizeof(c->error), "its answer cannot be used: %s", e.msg);
	else if (r == 1 && used < len)
		snprintf(c->error, sizeof(c->error), "its answer cannot be used: more stands behind it");
	else if (c->spec.events && a->whole_head && (a->status != 200 || !a->is_events))
		snprintf(c->error, sizeof(c->error), "it answers %d and no events", a->status);
	if (c->error[0]) {
		finish(c, false);
		return;
	}
	if (body->len > 0)
		c->spec.on_data(c, body->data, body->len, c->spec.arg);
	if (r == 1 && !c->over)
		finish(c, true);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct conn *k = s->data;

	if (n == 0)
		return;
	if (!k->call) {		/* it rested: the gate closes it, or says what nobody asked for */
		unkeep(k);
		close_conn(k);
	} else if (n < 0) {
		lost(k->call, n == UV_EOF ? "" : uv_strerror((int)n));
	} else {
		take(k->call, buf->base, (size_t)n);
	}
}

/* ---- the interface ---- */

struct wire *wire_new(uv_loop_t *loop, const char *socket)
{
	struct wire *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = loop;
	w->socket = strdup(socket);
	buf_init(&w->body, SIZE_MAX - 1);
	if (!w->socket) {
		free(w);
		return NULL;
	}
	return w;
}

void wire_free(struct wire *w, void (*closed)(void *arg), void *arg)
{
	if (!w) {
		if (closed)
			closed(arg);
		return;
	}
	w->closed = closed;
	w->closed_arg = arg;
	w->freeing = true;
	w->handles++;	/* ours, until all is looked at */
	while (w->calls)
		end_call(w->calls);
	while (w->kept) {
		struct conn *k = w->kept;

		unkeep(k);
		close_conn(k);
	}
	handle_closed(w);
}

/* A path with a blank or a line break in it would be another request. */
static bool put_request(struct wire_call *c, const struct wire_spec *s)
{
	const char *p;

	for (p = s->path; *p > ' ' && *p < 0x7f; p++)
		;
	if (s->path[0] != '/' || *p != '\0') {
		snprintf(c->error, sizeof(c->error), "not a path that can be asked for");
		return false;
	}
	buf_printf(&c->request, "%s %s HTTP/1.1\r\nHost: gate\r\n", s->method, s->path);
	if (s->body)
		buf_printf(&c->request, "Content-Type: application/json\r\n");
	if (s->body || !c->is_read)
		buf_printf(&c->request, "Content-Length: %zu\r\n", s->body ? s->body_len : 0);
	buf_puts(&c->request, "\r\n");
	buf_append(&c->request, s->body ? s->body : "", s->body ? s->body_len : 0);
	if (buf_failed(&c->request) || c->request.len > INT_MAX)
		snprintf(c->error, sizeof(c->error), "out of memory");
	return c->error[0] == '\0';
}

struct wire_call *wire_start(struct wire *w, const struct wire_spec *s)
{
	struct wire_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->wire = w;
	c->spec = *s;
	c->is_read = strcmp(s->method, "GET") == 0;
	c->started_ms = c->heard_ms = uv_now(w->loop);
	buf_init(&c->request, SIZE_MAX - 1);
	http_answer_init(&c->answer, s->answer_max);
	c->next = w->calls;
	c->prev = &w->calls;
	if (c->next)
		c->next->prev = &c->next;
	w->calls = c;
	uv_timer_init(w->loop, &c->timer);
	c->timer.data = c;
	w->handles++;
	if (put_request(c, s))
		ask(c, s->events);
	if (c->error[0])
		uv_timer_start(&c->timer, on_timer, 0, 0);
	else
		on_timer(&c->timer);	/* sets it */
	return c;
}

void wire_look(struct wire_call *c)
{
	struct wire *w = c->wire;
	struct buf given = w->body;	/* another call's callback may be looking at it */
	struct conn *k = c->conn;
	uv_os_fd_t fd;
	ssize_t n;

	if (!k || uv_fileno((uv_handle_t *)&k->pipe, &fd) < 0)
		return;
	n = read(fd, w->in, sizeof(w->in));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	uv_read_start((uv_stream_t *)&k->pipe, on_room, on_read);	/* the rest comes by itself, and so does the end of a connection that is kept */
	buf_init(&w->body, SIZE_MAX - 1);
	if (n > 0)
		take(c, w->in, (size_t)n);
	else
		lost(c, n < 0 ? strerror(errno) : "");
	buf_release(&w->body);
	w->body = given;
}

void wire_cancel(struct wire_call *c)
{
	end_call(c);
}
