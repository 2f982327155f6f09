/* client: what the dashboard reads of logs: the newest lines for the overview; lines, searches and pages for a file for the log view. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/client_own.h"
#include "core/httpmsg.h"

enum { SEARCH_TIMEOUT_MS = 300000, PAGE_MAX = 64 * 1024 * 1024 };

static void on_log(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	struct log_page page;

	(void)call;
	f->call = NULL;
	if (r->answered && r->status == 200 && log_page_read(buf_cstr(&f->body), f->body.len, &page, NULL) == 0)
		c->spec.on_log(f->session, page.lines, page.count, page.total, c->spec.arg);
	buf_release(&f->body);
}

bool client_get_log(struct client *c, const char *session)
{
	struct buf path;
	bool ok;

	if (c->log.call || !c->up)
		return false;
	snprintf(c->log.session, sizeof(c->log.session), "%s", session);
	buf_init(&path, 2048);
	buf_puts(&path, "/v1/sessions/");
	http_encode(&path, session, strlen(session), false);
	buf_printf(&path, "/log?from=-%d&n=%d", DASH_LOG_LINES, DASH_LOG_LINES);
	ok = fetch_start(c, &c->log, buf_cstr(&path), PAGE_MAX, CALL_TIMEOUT_MS, on_log);
	buf_release(&path);
	return ok;
}

static void on_read(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	enum client_reading what = (enum client_reading)(f - c->readings);
	struct buf body = f->body;	/* the next one may be asked for from inside */

	(void)call;
	f->call = NULL;
	buf_init(&f->body, SIZE_MAX - 1);
	if (r->answered)
		c->spec.on_read(what, r->status, buf_cstr(&body), body.len, c->spec.arg);
	else
		c->spec.on_read(what, 0, r->error, strlen(r->error), c->spec.arg);
	buf_release(&body);
}

bool client_read(struct client *c, enum client_reading what, const char *path)
{
	return c->up && fetch_start(c, &c->readings[what], path, PAGE_MAX, what == CLIENT_READ_SEARCH ? SEARCH_TIMEOUT_MS : CALL_TIMEOUT_MS, on_read);
}

void client_read_stop(struct client *c, enum client_reading what)
{
	if (c->readings[what].call)
		wire_cancel(c->readings[what].call);
	c->readings[what].call = NULL;
}
