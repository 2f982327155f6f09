/* relay: see relay.h. */
#include "config.h"

#include "local/relay.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEHIND_MAX = 256 * 1024 };

/* One connection through an exposed port: two ends, each copied to the other. */
struct relay {
	uv_tcp_t outer;
	uv_tcp_t inner;
	int open;			/* handles not closed yet */
	bool closing, has_inner;
	bool held[2];			/* outer, inner: not read until the other end has taken what it has */
	char buffers[2][16384];
};

struct piece {
	uv_write_t write;
	struct relay *relay;
	char data[];
};

static void on_relay_closed(uv_handle_t *h)
{
	struct relay *r = h->data;

	if (--r->open == 0)
		free(r);
}

static void relay_close(struct relay *r)
{
	if (r->closing)
		return;
	r->closing = true;
	uv_close((uv_handle_t *)&r->outer, on_relay_closed);
	if (r->has_inner)
		uv_close((uv_handle_t *)&r->inner, on_relay_closed);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret);
static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf);

static void on_piece_written(uv_write_t *w, int status)
{
	struct piece *p = (struct piece *)w;
	struct relay *r = p->relay;
	uv_stream_t *from = w->handle == (uv_stream_t *)&r->outer ? (uv_stream_t *)&r->inner : (uv_stream_t *)&r->outer;

	if (status < 0)
		relay_close(r);
	else if (r->held[from == (uv_stream_t *)&r->inner] && !r->closing && uv_stream_get_write_queue_size(w->handle) == 0) {
		r->held[from == (uv_stream_t *)&r->inner] = false;
		uv_read_start(from, on_alloc, on_read);
	}
	free(p);
}

/* Everything written to that end has left. After the visitor's end nothing more can come. */
static void on_shut(uv_shutdown_t *s, int status)
{
	struct relay *r = s->data;

	if (status < 0 || s->handle == (uv_stream_t *)&r->outer)
		relay_close(r);
	free(s);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct relay *r = h->data;

	(void)hint;
	*ret = uv_buf_init(r->buffers[h == (uv_handle_t *)&r->inner], sizeof(r->buffers[0]));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct relay *r = s->data;
	uv_stream_t *to = s == (uv_stream_t *)&r->outer ? (uv_stream_t *)&r->inner : (uv_stream_t *)&r->outer;
	uv_shutdown_t *shut;
	struct piece *p;
	uv_buf_t out;

	if (n == 0 || r->closing)
		return;
	if (n < 0) {
		/* An end that says no more is told to the other one behind all that it said before. */
		uv_read_stop(s);
		shut = n == UV_EOF ? malloc(sizeof(*shut)) : NULL;
		if (shut)
			shut->data = r;
		if (!shut || uv_shutdown(shut, to, on_shut) < 0) {
			free(shut);
			relay_close(r);
		}
		return;
	}
	p = malloc(sizeof(*p) + (size_t)n);
	if (!p) {
		relay_close(r);
		return;
	}
	p->relay = r;
	memcpy(p->data, buf->base, (size_t)n);
	out = uv_buf_init(p->data, (unsigned int)n);
	if (uv_write(&p->write, to, &out, 1, on_piece_written) < 0) {
		free(p);
		relay_close(r);
	} else if (uv_stream_get_write_queue_size(to) > BEHIND_MAX) {
		r->held[s == (uv_stream_t *)&r->inner] = true;
		uv_read_stop(s);
	}
}

static void on_inner(int fd, void *arg)
{
	struct relay *r = arg;

	if (r->closing || fd < 0) {
		if (fd >= 0)
			close(fd);
		relay_close(r);
		return;
	}
	uv_tcp_init(r->outer.loop, &r->inner);
	r->inner.data = r;
	r->has_inner = true;
	r->open++;
	if (uv_tcp_open(&r->inner, fd) < 0 || uv_read_start((uv_stream_t *)&r->outer, on_alloc, on_read) < 0 ||
	    uv_read_start((uv_stream_t *)&r->inner, on_alloc, on_read) < 0)
		relay_close(r);
}

void relay_accept(uv_stream_t *listener, struct sandbox *s, int port)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r)
		return;
	uv_tcp_init(listener->loop, &r->outer);
	r->outer.data = r;
	r->open = 1;
	if (uv_accept(listener, (uv_stream_t *)&r->outer) < 0 || sandbox_connect(s, port, on_inner, r, NULL) < 0)
		relay_close(r);
}
