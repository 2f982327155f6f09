/* client: see client.h. */
#include "config.h"

#include "cmd/client_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/httpmsg.h"
#include "core/miosa_screenshot.h"

/* FIRST_MS: a gate that has never answered does not answer, though it listens. */
enum { FIRST_MS = 1500, RETRY_MS = 500, SILENCE_MS = 25000, SCREEN_MAX = 16 * 1024 * 1024, EVENT_MAX = 8 * 1024 * 1024 };

static void get_state(struct client *c);

static void set_up(struct client *c, bool up, const char *why)
{
	if (c->told && c->up == up)
		return;
	c->told = true;
	c->up = up;
	c->spec.on_up(up, why, c->spec.arg);
}

static void on_data(struct wire_call *call, const char *data, size_t len, void *arg)
{
	struct fetch *f = arg;

	(void)call;
	buf_append(&f->body, data, len);
}

bool fetch_start(struct client *c, struct fetch *f, const char *path, size_t max, int timeout_ms, fetch_done *done)
{
	const struct wire_spec spec = { .method = "GET", .path = path, .timeout_ms = timeout_ms, .answer_max = max, .on_data = on_data, .on_done = done, .arg = f };

	if (f->call)
		return false;
	buf_clear(&f->body);
	f->call = wire_start(c->wire, &spec);
	return f->call != NULL;
}

static bool start(struct client *c, struct fetch *f, const char *path, size_t max, fetch_done *done)
{
	return fetch_start(c, f, path, max, CALL_TIMEOUT_MS, done);
}

static void on_retry(uv_timer_t *t)
{
	get_state(t->data);
}

static void retry(struct client *c, const char *why)
{
	set_up(c, false, why);
	uv_timer_start(&c->retry, on_retry, RETRY_MS, 0);
}

/* ---- events ---- */

static void on_event(const struct sse_event *ev, void *arg)
{
	struct client *c = arg;

	if (c->stale)
		return;
	if (model_event(c->spec.model, ev->type, ev->data, ev->data_len, strtoll(ev->id, NULL, 10), NULL) == ERR_STATE)
		c->stale = true;	/* a hole: a new snapshot, and nothing of what is still in the pipe */
}

static void on_events_data(struct wire_call *call, const char *data, size_t len, void *arg)
{
	struct client *c = arg;

	c->heard_ms = clock_boot_ms();
	sse_feed(&c->sse, data, len);
	c->spec.on_change(c->spec.arg);
	if (c->stale && c->events == call) {
		c->events = NULL;
		wire_cancel(call);
		uv_timer_start(&c->retry, on_retry, 0, 0);
	}
}

static void on_events_done(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct client *c = arg;

	(void)call;
	c->events = NULL;
	retry(c, r->error[0] ? r->error : "it closed the connection");
}

static void follow(struct client *c)
{
	char path[80];
	const struct wire_spec spec = { .method = "GET", .path = path, .events = true, .silence_ms = SILENCE_MS, .on_data = on_events_data,
					.on_done = on_events_done, .arg = c };

	snprintf(path, sizeof(path), "/v1/events?after=%lld", (long long)c->spec.model->seq);
	sse_reconnect(&c->sse);
	c->stale = false;
	c->events = wire_start(c->wire, &spec);
	if (!c->events)
		retry(c, "out of memory");
}

static void on_state(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	struct err e;

	(void)call;
	f->call = NULL;
	uv_timer_stop(&c->retry);
	if (!r->answered || r->status != 200) {
		retry(c, !r->answered ? r->error : "it refuses to tell its state");
	} else if (model_snapshot(c->spec.model, buf_cstr(&f->body), f->body.len, clock_boot_ms(), clock_wall_ms(), &e) < 0) {
		retry(c, e.msg);
	} else {
		c->heard_ms = clock_boot_ms();
		set_up(c, true, "");
		follow(c);
		c->spec.on_change(c->spec.arg);
	}
	buf_release(&f->body);
}

static void on_first(uv_timer_t *t)
{
	set_up(t->data, false, "it has not answered yet");
}

static void get_state(struct client *c)
{
	if (c->events || c->state.call)
		return;
	if (!start(c, &c->state, "/v1/state", WIRE_ANSWER_MAX, on_state))
		retry(c, "out of memory");
	else if (!c->told)
		uv_timer_start(&c->retry, on_first, FIRST_MS, 0);
}

/* ---- screens ---- */

static void on_screen(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	struct buf png;
	struct err e;

	(void)call;
	f->call = NULL;
	buf_init(&png, SCREEN_MAX);
	if (!r->answered)
		c->spec.on_screen(f->session, NULL, 0, r->error, c->spec.arg);
	else if (miosa_screenshot(buf_cstr(&f->body), f->body.len, r->status, &png, &e) < 0)
		c->spec.on_screen(f->session, NULL, 0, e.msg, c->spec.arg);
	else
		c->spec.on_screen(f->session, png.data, png.len, "", c->spec.arg);
	buf_release(&png);
}

bool client_get_screen(struct client *c, const char *session)
{
	struct buf path;
	bool ok;

	if (c->screen.call || !c->up)
		return false;
	snprintf(c->screen.session, sizeof(c->screen.session), "%s", session);
	buf_init(&path, 2048);
	buf_puts(&path, "/api/v1/computers/");
	http_encode(&path, session, strlen(session), false);
	buf_puts(&path, "/desktop/screenshot");
	ok = start(c, &c->screen, buf_cstr(&path), SCREEN_MAX, on_screen);
	buf_release(&path);
	return ok;
}

bool client_get_still(struct client *c, const char *path)
{
	if (c->screen.call || !c->up)
		return false;
	snprintf(c->screen.session, sizeof(c->screen.session), "%s", path);
	return start(c, &c->screen, path, SCREEN_MAX, on_screen);
}

/* ---- lists for the view of what still runs ---- */

static char *text_of(const struct json_doc *d, int v, const char *key)
{
	struct buf b;

	buf_init(&b, 65536);
	json_str(d, json_get(d, v, key), &b);
	return buf_take(&b);
}

static char *words_of(const struct json_doc *d, int list)
{
	struct buf b;
	int v;

	buf_init(&b, 1024);
	for (v = json_first(d, list); v != JSON_NONE; v = json_next(d, v)) {
		json_str(d, v, &b);
		buf_putc(&b, ' ');
	}
	return buf_take(&b);
}

static void on_running(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	struct dash_running *list;
	struct json_doc d;
	size_t n = 0;
	int v;

	(void)call;
	f->call = NULL;
	if (!r->answered || r->status != 200 || json_parse(buf_cstr(&f->body), f->body.len, &d, NULL) < 0)
		return;
	v = json_get(&d, json_root(&d), "running");
	list = calloc((size_t)json_size(&d, v) + 1, sizeof(*list));
	for (v = list ? json_first(&d, v) : JSON_NONE; v != JSON_NONE; v = json_next(&d, v), n++) {
		list[n].session = text_of(&d, v, "session");
		list[n].session_name = text_of(&d, v, "session_name");
		list[n].id = text_of(&d, v, "id");
		list[n].what = text_of(&d, v, "what");
		list[n].agent = text_of(&d, v, "agent");
		list[n].ways = words_of(&d, json_get(&d, v, "ways"));
		json_int(&d, json_get(&d, v, "for_ms"), &list[n].for_ms);
	}
	json_release(&d);
	if (list)
		c->spec.on_running(list, n, c->spec.arg);
}

static void on_changed(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct fetch *f = arg;
	struct client *c = f->client;
	struct json_doc d;
	size_t n = 0;
	char **lines;
	int v;

	(void)call;
	f->call = NULL;
	if (!r->answered || r->status != 200 || json_parse(buf_cstr(&f->body), f->body.len, &d, NULL) < 0)
		return;
	v = json_get(&d, json_root(&d), "changed");
	lines = calloc((size_t)json_size(&d, v) + 1, sizeof(*lines));
	for (v = lines ? json_first(&d, v) : JSON_NONE; v != JSON_NONE; v = json_next(&d, v)) {
		struct buf b;

		buf_init(&b, 65536);
		json_str(&d, v, &b);
		lines[n++] = buf_take(&b);
	}
	json_release(&d);
	if (lines)
		c->spec.on_changed(lines, n, c->spec.arg);
}

void client_look(struct client *c)
{
	if (!c->up)
		return;
	start(c, &c->running, "/v1/running", WIRE_ANSWER_MAX, on_running);
	start(c, &c->changed, "/v1/unfreeze", WIRE_ANSWER_MAX, on_changed);
}

static void list_fetches(struct client *c, struct fetch *list[FETCHES])
{
	size_t i;

	list[0] = &c->state;
	list[1] = &c->log;
	list[2] = &c->screen;
	list[3] = &c->running;
	list[4] = &c->changed;
	for (i = 0; i < CLIENT_READS; i++)
		list[5 + i] = &c->readings[i];
}

struct client *client_new(const struct client_spec *s)
{
	struct client *c = calloc(1, sizeof(*c));
	struct fetch *fetches[FETCHES];
	size_t i;

	if (!c)
		return NULL;
	c->spec = *s;
	c->wire = wire_new(s->loop, s->socket);
	if (!c->wire) {
		free(c);
		return NULL;
	}
	list_fetches(c, fetches);
	for (i = 0; i < FETCHES; i++) {
		fetches[i]->client = c;
		buf_init(&fetches[i]->body, SIZE_MAX - 1);
	}
	sse_init(&c->sse, EVENT_MAX, on_event, c);
	client_hand_init(c);
	uv_timer_init(s->loop, &c->retry);
	c->retry.data = c;
	get_state(c);
	return c;
}

static void on_wire_closed(void *arg)
{
	struct client *c = arg;
	struct fetch *fetches[FETCHES];
	size_t i;

	list_fetches(c, fetches);
	for (i = 0; i < FETCHES; i++)
		buf_release(&fetches[i]->body);
	sse_release(&c->sse);
	client_hand_release(c);
	client_posts_release(c);
	free(c);
}

static void on_retry_closed(uv_handle_t *h)
{
	struct client *c = h->data;

	wire_free(c->wire, on_wire_closed, c);
}

void client_free(struct client *c)
{
	if (c)
		uv_close((uv_handle_t *)&c->retry, on_retry_closed);
}
