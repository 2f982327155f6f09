/*
 * http: the life of a call: started, paused, cancelled, ended, what it came to, and the memory of it. See http.h; http_own.h says what is in the other files.
 *
 * Three traps of libcurl 7.88 are closed here: it takes what stood behind an earlier answer for the answer to the next request (so a connection with
 * bytes left over is not used again); it sends a request a second time when a reused connection dies (so `once` takes a fresh
 * connection that is never reused), and it passes custom headers on to another host when it follows a redirect (so it never does).
 */
#include "config.h"

#include "io/http_own.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

enum { HEADER_BYTES_MAX = 65536 };

void http_handle_closed(struct http *h)
{
	h->handles--;
	if (!h->freeing || h->handles > 0)
		return;
	if (h->closed)
		h->closed(h->closed_arg);
	sockets_release(&h->sockets);
	free(h);
}

static void on_http_handle_closed(uv_handle_t *handle)
{
	http_handle_closed(handle->data);
}

static void free_call_memory(struct http_call *c)
{
	struct http *h = c->http;

	free(c);
	http_handle_closed(h);
}

static void on_silence_closed(uv_handle_t *handle)
{
	free_call_memory(handle->data);
}

static void add_due(struct http_call *c)
{
	struct http *h = c->http;

	if (c->is_due)
		return;
	c->is_due = true;
	c->next_due = NULL;
	*h->due_end = c;
	h->due_end = &c->next_due;
}

static void remove_due(struct http_call *c)
{
	struct http_call **p = &c->http->due;

	if (!c->is_due)
		return;
	while (*p != c)
		p = &(*p)->next_due;
	*p = c->next_due;
	if (!*p)
		c->http->due_end = p;
	c->is_due = false;
}

/* Takes the call out of curl and of the lists. */
static void detach_call(struct http_call *c)
{
	remove_due(c);
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	curl_multi_remove_handle(c->http->multi, c->easy);
}

/* Its memory goes when its timer is closed. */
static void free_call(struct http_call *c)
{
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->lines);
	buf_release(&c->head);
	if (c->has_timer)
		uv_close((uv_handle_t *)&c->silence, on_silence_closed);
	else
		free_call_memory(c);
}

/* What is certain: no byte can leave before there is a connection, TLS included, and curl says when there is (on_connected). */
static enum http_outcome judge(const struct http_call *c, CURLcode code)
{
	if (c->refused)
		return HTTP_REFUSED;
	/* curl takes a head that was cut off, or one of status 101, for an empty answer. */
	if (code == CURLE_OK)
		return c->head_given ? HTTP_ANSWERED : HTTP_UNKNOWN;
	return c->ready ? HTTP_UNKNOWN : HTTP_NOT_SENT;
}

/* Nothing was sent on it yet. */
static void again_on_a_fresh_connection(struct http_call *c)
{
	curl_multi_remove_handle(c->http->multi, c->easy);
	curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, 1L);
	c->stale = false;
	c->waiting = true;
	add_due(c);
}

static void finish_call(struct http_call *c, CURLcode code)
{
	struct http_result r = { .status = c->head_given ? c->status : 0, .took_us = clock_boot_us() - c->start_us, .error = "" };

	r.outcome = judge(c, code);
	if (r.outcome != HTTP_ANSWERED) {
		if (c->silent)
			snprintf(c->why, sizeof(c->why), "nothing came for %d.%d s", c->spec.silence_ms / 1000, c->spec.silence_ms % 1000 / 100);
		else if (code == CURLE_OUT_OF_MEMORY && c->ready && !c->head_given && !c->why[0])	/* so curl calls a line of 100 KiB */
			snprintf(c->why, sizeof(c->why), "the answer's head is too long");
		r.error = c->why[0] ? c->why : c->error[0] ? c->error : code == CURLE_OK ? "the answer was cut off" : curl_easy_strerror(code);
	}
	detach_call(c);		/* before on_done, which may cancel others or free the client */
	c->finished = true;
	if (!c->cancelled && c->spec.on_done)
		c->spec.on_done(c, &r, c->spec.arg);
	free_call(c);
}

static void check_done(struct http *h)
{
	CURLMsg *m;
	int left;

	while (!h->freeing && (m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct http_call *c = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		if (c->stale && !c->cancelled)
			again_on_a_fresh_connection(c);
		else
			finish_call(c, m->data.result);
	}
}

void http_heard(struct http_call *c)
{
	c->heard_ms = uv_now(c->http->loop);
}

static void on_silence(uv_timer_t *t)
{
	struct http_call *c = t->data;
	uint64_t since = uv_now(c->http->loop) - c->heard_ms, limit = (uint64_t)c->spec.silence_ms;

	if (since < limit) {
		uv_timer_start(t, on_silence, limit - since, 0);
		return;
	}
	c->silent = true;
	finish_call(c, CURLE_OPERATION_TIMEDOUT);
}

static void start_silence(struct http_call *c)
{
	http_heard(c);
	uv_timer_start(&c->silence, on_silence, (uint64_t)c->spec.silence_ms, 0);
}

static void unpause(struct http_call *c)
{
	struct http *h = c->http;
	CURLcode code;

	c->resume = c->paused = false;
	if (c->has_timer)
		start_silence(c);
	h->inside++;
	code = curl_easy_pause(c->easy, CURLPAUSE_CONT);	/* gives what curl has kept to on_body at once */
	h->inside--;
	if (code != CURLE_OK)
		finish_call(c, code);
}

static void add_call(struct http_call *c)
{
	c->waiting = false;
	c->refused = c->refused || curl_multi_add_handle(c->http->multi, c->easy) != CURLM_OK;
	if (c->refused)
		finish_call(c, CURLE_FAILED_INIT);
}

/* Whatever is done for one call may end or start others: the list is looked at anew after each. */
static void run_due(struct http *h)
{
	struct http_call *c;

	while ((c = h->due) != NULL && !h->freeing) {
		remove_due(c);
		if (c->cancelled) {
			detach_call(c);
			free_call(c);
		} else if (c->waiting) {
			add_call(c);
		} else if (c->resume) {
			unpause(c);
		}
	}
}

void http_after_curl(struct http *h)
{
	check_done(h);
	run_due(h);
}

static void on_defer(uv_timer_t *t)
{
	run_due(t->data);
}

/* Soon: when curl returns, or with the loop's next turn. */
static void set_due(struct http_call *c)
{
	struct http *h = c->http;

	add_due(c);
	if (!h->inside)
		uv_timer_start(&h->defer, on_defer, 0, 0);
}

/* Requests carry a key: what curl gives back is wiped, its own copies of the header lines and of what it wrote too. */
static void wiping_free(void *p)
{
	if (p)
		wipe(p, malloc_usable_size(p));
	free(p);
}

static void *wiping_realloc(void *p, size_t size)
{
	size_t old = p ? malloc_usable_size(p) : 0;
	void *grown = malloc(size);

	if (grown && p) {
		memcpy(grown, p, old < size ? old : size);
		wiping_free(p);
	}
	return grown;
}

struct http *http_new(uv_loop_t *loop)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h || curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc) != CURLE_OK) {
		free(h);
		return NULL;
	}
	h->multi = curl_multi_init();
	if (!h->multi) {
		curl_global_cleanup();
		free(h);
		return NULL;
	}
	h->loop = loop;
	h->due_end = &h->due;
	uv_timer_init(loop, &h->timer);
	uv_timer_init(loop, &h->defer);
	h->timer.data = h->defer.data = h;
	h->handles = 2;
	http_loop_set(h);
	return h;
}

void http_free(struct http *h, void (*closed)(void *arg), void *arg)
{
	struct http_call *c, *next;

	if (!h) {
		if (closed)
			closed(arg);
		return;
	}
	h->closed = closed;
	h->closed_arg = arg;
	for (c = h->calls; c; c = next) {
		next = c->next;
		detach_call(c);
		free_call(c);
	}
	curl_multi_cleanup(h->multi);
	h->freeing = true;
	uv_close((uv_handle_t *)&h->timer, on_http_handle_closed);
	uv_close((uv_handle_t *)&h->defer, on_http_handle_closed);
	curl_global_cleanup();
}

struct http_call *http_start(struct http *h, const struct http_spec *s)
{
	struct http_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->easy = curl_easy_init();
	if (!c->easy) {
		free(c);
		return NULL;
	}
	c->http = h;
	c->spec = *s;
	c->start_us = clock_boot_us();
	h->handles++;
	buf_init(&c->head, HEADER_BYTES_MAX);
	c->next = h->calls;
	c->prev = &h->calls;
	if (c->next)
		c->next->prev = &c->next;
	h->calls = c;
	c->refused = !http_request_set(c);
	http_answer_set(c);
	/* From inside a callback curl takes none: then when it returns. */
	if (c->refused || curl_multi_add_handle(h->multi, c->easy) != CURLM_OK) {
		c->waiting = true;
		set_due(c);
	}
	if (s->silence_ms > 0) {
		uv_timer_init(h->loop, &c->silence);
		c->silence.data = c;
		c->has_timer = true;
		start_silence(c);
	}
	return c;
}

void http_pause(struct http_call *c)
{
	c->paused = true;
	c->resume = false;
	if (c->has_timer)
		uv_timer_stop(&c->silence);	/* the silence is ours now */
	curl_easy_pause(c->easy, CURLPAUSE_RECV);
}

void http_resume(struct http_call *c)
{
	if (!c->paused)
		return;
	c->resume = true;
	set_due(c);
}

void http_cancel(struct http_call *c)
{
	c->cancelled = true;
	if (c->finished)
		return;
	if (c->http->inside) {
		set_due(c);
	} else {
		detach_call(c);
		free_call(c);
	}
}
