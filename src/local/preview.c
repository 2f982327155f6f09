/*
 * preview: ports of the loopback address. An exposed port leads byte for byte to a port inside a sandbox, which has no network: the
 * supervisor connects inside and hands the connection out. A deployment is a copy of a folder, served read-only.
 */
#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"
#include "local/when.h"

struct preview {
	struct preview *next;
	struct machine *machine;
	struct server *server;		/* a deployment's */
	uv_tcp_t listener;		/* an exposed port's */
	bool listening;
	int port, inside;
	char id[32];
	struct files files;		/* a deployment's folder */
	struct preview *share;		/* own; another port that leads to the same one, for a time */
	uv_timer_t until;		/* a share's; it has one where `timed` */
	bool timed;
};

enum { BEHIND_MAX = 256 * 1024, SHARE_SEC = 3600, SHARE_MAX_SEC = 7 * 86400 };

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

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret);
static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf);

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

static void on_visitor(uv_stream_t *listener, int status)
{
	struct preview *p = listener->data;
	struct relay *r = status < 0 ? NULL : calloc(1, sizeof(*r));

	if (!r)
		return;
	uv_tcp_init(listener->loop, &r->outer);
	r->outer.data = r;
	r->open = 1;
	if (uv_accept(listener, (uv_stream_t *)&r->outer) < 0 || sandbox_connect(p->machine->sandbox, p->inside, on_inner, r, NULL) < 0)
		relay_close(r);
}

static int listen_exposed(struct preview *p, struct err *e)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int len = sizeof(addr), r;

	uv_tcp_init(p->machine->local->loop, &p->listener);
	p->listener.data = p;
	p->listening = true;
	r = uv_tcp_bind(&p->listener, (struct sockaddr *)&addr, 0);
	if (r == 0)
		r = uv_listen((uv_stream_t *)&p->listener, 64, on_visitor);
	if (r == 0)
		r = uv_tcp_getsockname(&p->listener, (struct sockaddr *)&addr, &len);
	p->port = ntohs(addr.sin_port);
	return r == 0 ? 0 : err_set(e, ERR_IO, "cannot listen: %s", uv_strerror(r));
}

/* ---- deployments ---- */

static void serve_file(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	const char *path = h->path + 1, *dot = strrchr(path, '.');
	const char *type = !*path || (dot && strcmp(dot, ".html") == 0) ? "Content-Type: text/html; charset=utf-8" : "Content-Type: text/plain; charset=utf-8";
	const char *const headers[] = { type, NULL };
	struct preview *p = arg;
	struct buf b;

	buf_init(&b, FILES_READ_MAX);
	if (h->method != HTTP_GET && h->method != HTTP_HEAD)
		api_error(r, 405, "METHOD_NOT_ALLOWED", "a deployment is read-only");
	else if (files_read(&p->files, *path ? path : "index.html", &b, NULL) < 0)
		api_error(r, 404, "NOT_FOUND", "no such page");
	else
		server_reply(r, 200, headers, buf_cstr(&b), b.len);
	buf_release(&b);
}

static int copy_tree(const struct files *from, const char *path, const struct files *to, const char *below, struct err *e)
{
	struct json_doc d;
	struct buf list, data;
	struct jsonw w;
	int r, entries, v;

	buf_init(&list, SIZE_MAX - 1);
	jw_init(&w, &list);
	r = files_list(from, path, 1, &w, e);
	if (r == 0)
		r = json_parse(list.data, list.len, &d, e);
	if (r < 0) {
		buf_release(&list);
		return r;
	}
	entries = json_get(&d, json_root(&d), "entries");
	for (v = json_first(&d, entries); r == 0 && v != JSON_NONE; v = json_next(&d, v)) {
		char *name = json_strdup(&d, json_get(&d, v, "name")), *full = json_strdup(&d, json_get(&d, v, "path")), target[4096];

		snprintf(target, sizeof(target), "%s%s%s", below, below[0] ? "/" : "", name ? name : "");
		buf_init(&data, FILES_READ_MAX);
		if (name && full && json_bool(&d, json_get(&d, v, "is_dir"), false))
			r = copy_tree(from, full, to, target, e);
		else if (name && full && files_read(from, full, &data, NULL) == 0)
			r = files_write(to, target, buf_cstr(&data), data.len, e);
		buf_release(&data);
		free(name);
		free(full);
	}
	json_release(&d);
	buf_release(&list);
	return r;
}

static int start_deployment(struct preview *p, const char *path, struct err *e)
{
	struct server_config config = { .loop = p->machine->local->loop, .host = "127.0.0.1", .on_request = serve_file, .arg = p };
	char dir[4200];
	int r;

	snprintf(dir, sizeof(dir), "%s/%s", p->machine->dir, p->id);
	if (mkdir(dir, 0755) < 0)
		return err_set(e, ERR_IO, "cannot make %s", dir);
	r = files_open(&p->files, dir, "", e);
	if (r == 0)
		r = copy_tree(&p->machine->files, path, &p->files, "", e);
	if (r == 0)
		r = server_listen(&config, &p->server, e);
	if (r == 0)
		p->port = server_port(p->server);
	return r;
}

static struct preview *preview_new(struct machine *m, const char *kind)
{
	struct preview *p = calloc(1, sizeof(*p));
	char random[13];

	if (!p || random_hex(random, 12) < 0)
		abort();
	p->machine = m;
	p->files.fd = -1;
	snprintf(p->id, sizeof(p->id), "%s_%s", kind, random);
	return p;
}

static void on_timer_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_listener_closed(uv_handle_t *h)
{
	struct preview *p = h->data;

	if (p->timed)
		uv_close((uv_handle_t *)&p->until, on_timer_closed);
	else
		free(p);
}

/* It is in no list any more. */
static void preview_close(struct preview *p)
{
	files_close(&p->files);
	server_close(p->server, NULL, NULL);
	if (p->share)
		preview_close(p->share);
	if (p->listening)
		uv_close((uv_handle_t *)&p->listener, on_listener_closed);
	else
		free(p);
}

static void take_out(struct preview *p)
{
	struct preview **at = &p->machine->previews;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
}

void preview_close_all(struct machine *m)
{
	while (m->previews) {
		struct preview *p = m->previews;

		m->previews = p->next;
		preview_close(p);
	}
}

static void put(const struct preview *p, struct jsonw *w)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d", p->port);
	jw_begin(w, '{');
	jw_kstr(w, p->inside ? "preview_id" : "id", p->id);
	jw_kstr(w, "url", url);
	jw_kint(w, "port", p->inside ? p->inside : p->port);
	jw_kstr(w, "status", p->inside ? "ready" : "succeeded");
	jw_kstr(w, "url_class", "loopback");
	jw_kbool(w, "stable_for_embedding", false);
	jw_end(w, '}');
}

static void answer(struct api_call *c, struct preview *p, int r, const struct err *e, int status, const char *event)
{
	struct buf b;
	struct jsonw w;

	if (r < 0) {
		preview_close(p);
		api_failed(c->req, r, e);
		return;
	}
	if (event) {
		p->next = c->machine->previews;
		c->machine->previews = p;
		buf_init(&b, 4096);
		jw_init(&w, &b);
		put(p, &w);
		machine_event(c->machine, event, &b);
	}
	buf_init(&b, 4096);
	jw_init(&w, &b);
	put(p, &w);
	api_json(c->req, status, &b);
}

void preview_expose(struct api_call *c)
{
	int64_t port = 0;
	struct preview *p;
	struct err e;

	if (!api_int(c, "port", &port))
		return;
	if (port < 1 || port > 65535) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"port\" must be 1 to 65535");
		return;
	}
	if (c->local->isolation != ISOLATION_NAMESPACES) {
		api_error(c->req, 501, "NOT_IMPLEMENTED", "without namespaces a sandbox has no ports at all");
		return;
	}
	/* Asked again for the same port: it is the same preview. */
	for (p = c->machine->previews; p; p = p->next) {
		if (p->inside == port) {
			answer(c, p, 0, NULL, 200, NULL);
			return;
		}
	}
	p = preview_new(c->machine, "prv");
	p->inside = (int)port;
	answer(c, p, listen_exposed(p, &e), &e, 201, "sandbox.preview.ready");
}

void preview_list(struct api_call *c)
{
	const struct preview *p;
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	jw_begin(&w, '[');
	for (p = c->machine->previews; p; p = p->next)
		if (p->inside)
			put(p, &w);
	jw_end(&w, ']');
	api_send_data(c, 200, &b, &w);
}

/* The exposed port that the path names; NULL: answered with 404. */
static struct preview *named(struct api_call *c)
{
	struct preview *p;

	for (p = c->machine->previews; p && (!p->inside || strcmp(p->id, c->ids[1]) != 0); p = p->next)
		;
	if (!p)
		api_error(c->req, 404, "NOT_FOUND", "%s has no preview %s", c->machine->name, c->ids[1]);
	return p;
}

void preview_show(struct api_call *c)
{
	struct preview *p = named(c);

	if (p)
		answer(c, p, 0, NULL, 200, NULL);
}

void preview_delete(struct api_call *c)
{
	struct preview *p = named(c);

	if (!p)
		return;
	take_out(p);
	preview_close(p);
	server_reply(c->req, 204, NULL, "", 0);
}

static void end_share(struct preview *p)
{
	struct preview *share = p->share;

	p->share = NULL;
	if (share)
		preview_close(share);
}

static void on_until(uv_timer_t *t)
{
	const struct preview *share = t->data;
	struct preview *p;

	for (p = share->machine->previews; p; p = p->next)
		if (p->share == share)
			end_share(p);
}

/* A port of its own that leads to the same place and closes by itself: expires_in_sec, or ttl_seconds. One for each preview: a new one ends the old. */
void preview_share(struct api_call *c)
{
	struct preview *p = named(c), *share;
	int64_t seconds = SHARE_SEC;
	char until[WHEN_SIZE];
	struct buf b;
	struct jsonw w;
	struct err e;
	bool bad;
	char url[64];

	if (!p || (!api_optional_int(c, "expires_in_sec", &seconds, &bad) && bad) || (!api_optional_int(c, "ttl_seconds", &seconds, &bad) && bad))
		return;
	if (seconds < 1 || seconds > SHARE_MAX_SEC) {
		api_error(c->req, 422, "VALIDATION_ERROR", "a share lasts 1 to %d seconds", SHARE_MAX_SEC);
		return;
	}
	share = preview_new(c->machine, "shr");
	share->inside = p->inside;
	if (listen_exposed(share, &e) < 0) {
		preview_close(share);
		api_failed(c->req, ERR_IO, &e);
		return;
	}
	end_share(p);
	p->share = share;
	share->timed = true;
	uv_timer_init(c->local->loop, &share->until);
	share->until.data = share;
	uv_timer_start(&share->until, on_until, (uint64_t)seconds * 1000, 0);
	when_text(clock_wall_ms() + seconds * 1000, until);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", share->port);
	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "share_id", share->id);
	jw_kstr(&w, "preview_id", p->id);
	jw_kstr(&w, "url", url);
	jw_kstr(&w, "expires_at", until);
	jw_end(&w, '}');
	api_json(c->req, 201, &b);
}

void preview_unshare(struct api_call *c)
{
	struct preview *p = named(c);

	if (!p)
		return;
	end_share(p);
	server_reply(c->req, 204, NULL, "", 0);
}

void preview_deploy(struct api_call *c)
{
	struct preview *p;
	struct err e;
	char *path;

	if (!api_string(c, "path", &path))
		return;
	p = preview_new(c->machine, "dep");
	answer(c, p, start_deployment(p, path, &e), &e, 201, "deployment.succeeded");
	free(path);
}
