/*
 * preview: ports of the loopback address: those that lead to a port inside a sandbox (relay.h), for good or as a share for a time, and those of
 * deployments (deployment.h).
 */
#include "config.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"
#include "local/deployment.h"
#include "local/relay.h"
#include "local/when.h"

struct preview {
	struct preview *next;
	struct machine *machine;
	uv_tcp_t listener;		/* an exposed port's */
	bool listening;
	int port, inside;
	char id[32];
	struct deployment site;		/* a deployment's */
	struct preview *share;		/* own; another port that leads to the same one, for a time */
	uv_timer_t until;		/* a share's; it has one where `timed` */
	bool timed;
};

enum { SHARE_SEC = 3600, SHARE_MAX_SEC = 7 * 86400 };

static void on_visitor(uv_stream_t *listener, int status)
{
	const struct preview *p = listener->data;

	if (status == 0)
		relay_accept(listener, p->machine->sandbox, p->inside);
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

static struct preview *preview_new(struct machine *m, const char *kind)
{
	struct preview *p = calloc(1, sizeof(*p));
	char random[13];

	if (!p || random_hex(random, 12) < 0)
		abort();
	p->machine = m;
	p->site.files.fd = -1;
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
	deployment_end(&p->site);
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
	char *path, dir[4200];
	struct err e;
	int r;

	if (!api_string(c, "path", &path))
		return;
	p = preview_new(c->machine, "dep");
	snprintf(dir, sizeof(dir), "%s/%s", c->machine->dir, p->id);
	r = deployment_start(&p->site, c->local->loop, &c->machine->files, path, dir, &e);
	if (r == 0)
		p->port = server_port(p->site.server);
	answer(c, p, r, &e, 201, "deployment.succeeded");
	free(path);
}
