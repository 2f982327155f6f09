/* client_hand: the stream on which control of a computer hangs. See client.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/client_own.h"
#include "core/httpmsg.h"

enum { SILENCE_MS = 15000, EVENT_MAX = 8192 };

static void on_event(const struct sse_event *ev, void *arg)
{
	struct client *c = arg;
	struct json_doc d;
	char *why;

	if (strcmp(ev->type, "end") != 0 || json_parse(ev->data, ev->data_len, &d, NULL) < 0)
		return;
	why = json_strdup(&d, json_get(&d, json_root(&d), "why"));
	snprintf(c->lease.why, sizeof(c->lease.why), "%s", why && why[0] ? why : "the gate ended it");
	free(why);
	json_release(&d);
}

static void on_data(struct wire_call *call, const char *data, size_t len, void *arg)
{
	struct client *c = arg;

	(void)call;
	sse_feed(&c->lease.sse, data, len);
}

static void on_done(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct client *c = arg;

	(void)call;
	c->lease.call = NULL;
	if (!c->lease.why[0] && r->status >= 400)
		snprintf(c->lease.why, sizeof(c->lease.why), "the lease is over");
	c->lease.ended(c->lease.why, c->lease.arg);
}

bool client_attach(struct client *c, const char *session, const char *lease, void (*ended)(const char *why, void *arg), void *arg)
{
	struct wire_spec spec = { .method = "GET", .events = true, .silence_ms = SILENCE_MS, .on_data = on_data, .on_done = on_done, .arg = c };
	struct buf path;

	client_detach(c);
	c->lease.ended = ended;
	c->lease.arg = arg;
	c->lease.why[0] = '\0';
	sse_reconnect(&c->lease.sse);
	buf_init(&path, 4096);
	buf_puts(&path, "/v1/takeover/");
	http_encode(&path, session, strlen(session), false);
	buf_printf(&path, "/attached?lease=%s", lease);
	spec.path = buf_cstr(&path);
	c->lease.call = buf_failed(&path) ? NULL : wire_start(c->wire, &spec);
	buf_release(&path);
	return c->lease.call != NULL;
}

void client_detach(struct client *c)
{
	if (c->lease.call)
		wire_cancel(c->lease.call);
	c->lease.call = NULL;
}

void client_hand_init(struct client *c)
{
	sse_init(&c->lease.sse, EVENT_MAX, on_event, c);
}

void client_hand_release(struct client *c)
{
	sse_release(&c->lease.sse);
}
