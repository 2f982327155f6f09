/* answerer: see answerer.h. */
#include "config.h"

#include "tests/fuzz/answerer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void on_closed(uv_handle_t *h)
{
	free(h);
}

static void on_written(uv_write_t *w, int status)
{
	(void)status;
	uv_close((uv_handle_t *)w->handle, on_closed);
	free(w);
}

static void on_connection(uv_stream_t *s, int status)
{
	union { uv_stream_t stream; uv_tcp_t tcp; uv_pipe_t pipe; } *c = malloc(sizeof(*c));
	uv_write_t *w = malloc(sizeof(*w));
	struct answerer *a = s->data;
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)a->data, (unsigned int)a->size);

	must(status == 0 && c && w);
	if (s->type == UV_TCP)
		uv_tcp_init(a->loop, &c->tcp);
	else
		uv_pipe_init(a->loop, &c->pipe, 0);
	must(uv_accept(s, &c->stream) == 0);
	must(uv_write(w, &c->stream, &buf, 1, on_written) == 0);
}

static void listen_there(struct answerer *a)
{
	a->u.stream.data = a;
	must(uv_listen(&a->u.stream, 8, on_connection) == 0);
	uv_unref((uv_handle_t *)&a->u.stream);
}

int answerer_tcp(struct answerer *a, uv_loop_t *loop)
{
	union { struct sockaddr any; struct sockaddr_in in; } address;
	int len = sizeof(address);

	a->loop = loop;
	uv_tcp_init(loop, &a->u.tcp);
	uv_ip4_addr("127.0.0.1", 0, &address.in);
	must(uv_tcp_bind(&a->u.tcp, &address.any, 0) == 0);
	listen_there(a);
	must(uv_tcp_getsockname(&a->u.tcp, &address.any, &len) == 0);
	return ntohs(address.in.sin_port);
}

void answerer_unix(struct answerer *a, uv_loop_t *loop, const char *path)
{
	a->loop = loop;
	uv_pipe_init(loop, &a->u.pipe, 0);
	unlink(path);
	must(uv_pipe_bind(&a->u.pipe, path) == 0);
	listen_there(a);
}
