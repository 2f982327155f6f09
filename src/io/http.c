/*
 * http: libcurl's multi socket interface on libuv. See http.h.
 *
 * Three traps of libcurl 7.88 are closed here: it takes what stood behind an earlier answer for the answer to the next request (so a connection with
 * bytes left over is not used again); it sends a request a second time when a reused connection dies (so `once` takes a fresh
 * connection that is never reused), and it passes custom headers on to another host when it follows a redirect (so it never does).
 */
#include "config.h"

#include "io/http.h"

#include <curl/curl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "io/sockets.h"

enum { HEADER_BYTES_MAX = 65536, HEADER_LINES_MAX = 128, CONNECT_TIMEOUT_MS = 10000 };

struct http {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;	/* curl's one timer */
	uv_timer_t defer;	/* what must not be done where it was asked for: run_due() */
	struct http_call *calls;
	struct sockets sockets;	/* all that curl opened */
	int handles;		/* open libuv handles */
	int inside;		/* curl is on the stack: it refuses to add or remove a call then */
	bool freeing;
	struct http_call *due, **due_end;	/* with something to be done: run_due() */
	void (*closed)(void *arg);
	void *closed_arg;
};

struct http_call {
	struct http *http;
	struct http_call *next, **prev;
	CURL *easy;
	struct curl_slist *lines;
	struct http_spec spec;	/* callbacks, limits */
	char error[CURL_ERROR_SIZE];	/* curl's words; it writes over them when a callback stops it */
	char why[CURL_ERROR_SIZE];	/* ours, which come first */
	struct buf head;	/* header lines, NUL between them */
	size_t head_lines;
	int status;
	uint64_t received, given;	/* bytes of the answer's body, and of the request's own where on_body gives it */
	curl_off_t uploaded;
	int64_t start_us;
	bool head_given, cancelled, refused, silent, has_timer;
	bool stale;		/* the connection that it was given is not clean: on a fresh one again */
	bool ready;		/* there is a connection for it: from now on a byte may have left */
	bool waiting;		/* not yet curl's */
	bool paused, resume, finished;
	bool is_due;
	struct http_call *next_due;
	int steps;		/* told so far, a bit each */
	uv_timer_t silence;	/* looks when it might have been long enough; not set anew with each byte */
	uint64_t heard_ms;	/* of the loop's clock */
};

struct watch {
	uv_poll_t poll;
	curl_socket_t fd;
	struct http *http;
};

static void finish_free(struct http *h)
{
	if (!h->freeing || h->handles > 0)
		return;
	if (h->closed)
		h->closed(h->closed_arg);
	sockets_release(&h->sockets);
	free(h);
}

static void on_http_handle_closed(uv_handle_t *handle)
{
	struct http *h = handle->data;

	h->handles--;
	finish_free(h);
}

static void free_call_memory(struct http_call *c)
{
	struct http *h = c->http;

	free(c);
	h->handles--;
	finish_free(h);
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

static void heard(struct http_call *c)
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
	heard(c);
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

static void act(struct http *h, curl_socket_t fd, int flags)
{
	int running;

	h->inside++;
	curl_multi_socket_action(h->multi, fd, flags, &running);
	h->inside--;
	check_done(h);
	run_due(h);
}

static void on_timer(uv_timer_t *t)
{
	act(t->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	if (h->freeing || ms < 0)
		uv_timer_stop(&h->timer);
	else
		uv_timer_start(&h->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	int flags = 0;

	if (status < 0)		/* let curl read what came before the error, and then the error itself */
		flags = CURL_CSELECT_IN | CURL_CSELECT_OUT;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(w->http, w->fd, flags);
}

static void on_watch_closed(uv_handle_t *handle)
{
	struct watch *w = handle->data;
	struct http *h = w->http;

	free(w);
	h->handles--;
	finish_free(h);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct http *h = arg;
	struct watch *w = socket_arg;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w) {
			uv_poll_stop(&w->poll);
			curl_multi_assign(h->multi, fd, NULL);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
		}
		return 0;
	}
	if (!w) {
		w = calloc(1, sizeof(*w));
		if (!w || uv_poll_init_socket(h->loop, &w->poll, fd) < 0) {
			free(w);
			return -1;
		}
		w->http = h;
		w->fd = fd;
		w->poll.data = w;
		h->handles++;
		curl_multi_assign(h->multi, fd, w);
	}
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&w->poll, events, on_poll);
	return 0;
}

static void give_head(struct http_call *c)
{
	const char *lines[HEADER_LINES_MAX + 1];
	const char *p = buf_cstr(&c->head);
	size_t i;

	c->head_given = true;
	for (i = 0; i < c->head_lines; i++, p += strlen(p) + 1)
		lines[i] = p;
	lines[i] = NULL;
	if (c->spec.on_head)
		c->spec.on_head(c, c->status, lines, c->spec.arg);
}

/* A line of the head: kept. 0, or why the answer cannot be used. */
static const char *keep_line(struct http_call *c, const char *line, size_t n)
{
	static const char coding[] = "transfer-encoding:";
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			return "the answer's head has control characters";
	if (c->head_lines == HEADER_LINES_MAX || buf_append(&c->head, line, n) < 0 || buf_append(&c->head, "", 1) < 0)
		return "the answer's head is too long";
	c->head_lines++;
	if (strncasecmp(line, coding, strlen(coding)) == 0) {	/* curl would undo others: nobody asked for one */
		line += strlen(coding) + strspn(line + strlen(coding), " \t");
		if (strncasecmp(line, "chunked", 7) != 0 || line[7 + strspn(line + 7, " \t\r\n")] != '\0')
			return "the answer has a transfer coding that nobody asked for";
	}
	return NULL;
}

/* "HTTP/version NNN ..."; 0 for anything else: curl itself takes numbers of any length. */
static int status_of(const char *line, size_t n)
{
	const char *space = memchr(line, ' ', n), *digits = space ? space + 1 : line + n;
	size_t left = (size_t)(line + n - digits);

	if (left < 3 || digits[0] < '1' || digits[0] > '9' || digits[1] < '0' || digits[1] > '9' || digits[2] < '0' || digits[2] > '9' ||
	    (left > 3 && digits[3] != ' '))
		return 0;
	return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
	struct http_call *c = arg;
	size_t len = size * count, n = len;
	const char *error;

	if (c->cancelled)
		return 0;
	heard(c);
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0 && !c->head_given) {
		/* A new head: the one before was a 1xx. */
		buf_clear(&c->head);
		c->head_lines = 0;
		c->status = status_of(line, n);
		if (c->status == 0)
			snprintf(c->error, sizeof(c->error), "the answer does not begin with a version and a status of three digits");
		return c->status > 0 ? len : 0;
	}
	if (n == 0) {
		if (c->status >= 200 && !c->head_given)
			give_head(c);
		return c->cancelled ? 0 : len;
	}
	if (c->head_given)
		return len;	/* a trailer: nobody asked for it */
	error = keep_line(c, line, n);
	if (error)
		snprintf(c->why, sizeof(c->why), "%s", error);
	return error ? 0 : len;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *c = arg;
	size_t len = size * count;

	if (c->cancelled)
		return 0;
	if (c->paused)
		return CURL_WRITEFUNC_PAUSE;	/* the rest of what curl has read already; it keeps it */
	heard(c);
	if (!c->head_given) {
		snprintf(c->why, sizeof(c->why), "the answer has status %d, which nobody asked for", c->status);
		return 0;
	}
	c->received += len;
	if (c->spec.answer_max > 0 && c->received > c->spec.answer_max) {
		snprintf(c->why, sizeof(c->why), "the answer is longer than %zu bytes", c->spec.answer_max);
		return 0;
	}
	if (c->spec.on_data)
		c->spec.on_data(c, data, len, c->spec.arg);
	return c->cancelled ? 0 : len;
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
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
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

bool http_is_this_machine(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

/* Where the path starts; NULL, and c->why set, for what is not used. Who the host is curl's own parser says, and nobody else. */
static const char *check_url(struct http_call *c, const struct http_spec *s)
{
	const char *authority = strstr(s->url, "://"), *path = NULL, *p;
	char *host = NULL, *scheme = NULL;
	CURLU *u = curl_url();
	bool ok;

	for (p = s->url; *p > ' ' && *p < 0x7f && *p != '#'; p++)
		;
	if (authority)
		path = authority + 3 + strcspn(authority + 3, "/?");
	/* An empty authority curl would skip, and take the host from the path. */
	ok = u && *p == '\0' && path && *path == '/' && path > authority + 3 && curl_url_set(u, CURLUPART_URL, s->url, CURLU_PATH_AS_IS | CURLU_DISALLOW_USER) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	     (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && (s->unix_path || http_is_this_machine(host))));
	if (!ok)
		snprintf(c->why, sizeof(c->why), "only https, or http to this machine, is used: %.150s", s->url);
	curl_free(host);
	curl_free(scheme);
	curl_url_cleanup(u);
	return ok ? path : NULL;
}

static bool is_token(const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len && p[i] > ' ' && p[i] < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", p[i]); i++)
		;
	return len > 0 && i == len;
}

/* Curl writes lines as they are: one with a line break in it would be two. */
static bool check_line(const char *line)
{
	const char *colon = strchr(line, ':'), *p;

	if (!colon || !is_token(line, (size_t)(colon - line)))
		return false;
	for (p = colon + 1; (unsigned char)*p >= ' ' || *p == '\t'; p++)
		;
	return *p == '\0';
}

static bool check_request(struct http_call *c, const struct http_spec *s)
{
	const char *const *line;
	bool ok = is_token(s->method, strlen(s->method)) && !(strcmp(s->method, "HEAD") == 0 && s->body_len > 0);

	for (line = s->headers; ok && line && *line; line++)
		ok = check_line(*line);
	if (!ok)
		snprintf(c->why, sizeof(c->why), "not a request that can be sent: a method, header or body that HTTP does not have");
	return ok;
}

static bool has_header(const struct http_spec *s, const char *name)
{
	return s->headers && http_header(s->headers, name);
}

static void add_line(struct http_call *c, const char *line)
{
	struct curl_slist *more = curl_slist_append(c->lines, line);

	if (more)
		c->lines = more;
	else
		c->refused = true;
}

/* A line of the caller's. For curl "Name:" means to leave the header out, and "Name;" that it is empty. */
static void add_header(struct http_call *c, const char *line)
{
	const char *value = strchr(line, ':') + 1;
	char *copy;

	if (value[strspn(value, " \t")] != '\0') {
		add_line(c, line);
		return;
	}
	copy = strndup(line, (size_t)(value - line));
	if (copy) {
		copy[value - line - 1] = ';';
		add_line(c, copy);
	}
	c->refused |= !copy;
	free(copy);
}

/* Curl asks for more of the body. It cannot go back: there is no way to send it again. */
static size_t on_read(char *out, size_t size, size_t count, void *arg)
{
	struct http_call *c = arg;
	size_t max = size * count;
	ssize_t n;

	if (c->cancelled)
		return CURL_READFUNC_ABORT;
	if (max > c->spec.body_len - c->given)
		max = c->spec.body_len - (size_t)c->given;
	n = max > 0 ? c->spec.on_body(c, c->given, out, max, c->spec.arg) : 0;
	if (n < 0 || (n == 0 && max > 0)) {
		snprintf(c->error, sizeof(c->error), "the body cannot be read any more");
		return CURL_READFUNC_ABORT;
	}
	c->given += (uint64_t)n;
	return (size_t)n;
}

static void set_method(struct http_call *c, const struct http_spec *s)
{
	bool get = strcmp(s->method, "GET") == 0, head = strcmp(s->method, "HEAD") == 0, post = strcmp(s->method, "POST") == 0;
	CURL *easy = c->easy;

	if (head) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (s->body_len == 0 && (get || strcmp(s->method, "DELETE") == 0)) {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	} else {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->body_len);
		if (s->on_body) {
			curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
			curl_easy_setopt(easy, CURLOPT_READDATA, c);
		} else {
			curl_easy_setopt(easy, CURLOPT_POSTFIELDS, s->body_len > 0 ? s->body : "");
		}
		if (!has_header(s, "content-type"))
			add_line(c, "Content-Type:");	/* curl would call it a form */
	}
	if (!head && !post)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, s->method);
}

static void tell_step(struct http_call *c, enum http_step step)
{
	if (!c->spec.on_step || c->cancelled || (c->steps & (1 << step)))
		return;
	c->steps |= 1 << step;
	c->spec.on_step(c, step, c->spec.arg);
}

static int on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	struct http *h = arg;

	(void)purpose;
	return sockets_add(&h->sockets, fd) ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

/* Bytes behind an earlier answer, on a connection that is used again: they would be taken for the answer to come. */
static bool has_bytes_left_over(const struct http_call *c, int local_port)
{
	long connects = 1;
	int fd;

	if (curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &connects) != CURLE_OK || connects > 0)
		return false;
	fd = sockets_find(&c->http->sockets, local_port);	/* curl does not tell it here */
	return fd >= 0 && socket_has_bytes(fd);
}

/* Curl calls it when all is ready for the first byte of the request, and not before. */
static int on_connected(void *arg, char *primary, char *local, int primary_port, int local_port)
{
	struct http_call *c = arg;

	(void)primary;
	(void)local;
	(void)primary_port;
	c->stale = !c->cancelled && has_bytes_left_over(c, local_port);
	if (c->cancelled || c->stale)
		return CURL_PREREQFUNC_ABORT;
	c->ready = true;
	tell_step(c, HTTP_CONNECTED);
	return c->cancelled ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct http_call *c = arg;
	long sent = 0;

	(void)down_total;
	(void)down;
	(void)up_total;
	if (up != c->uploaded) {
		c->uploaded = up;
		heard(c);	/* a slow way out is no silence */
	}
	curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (sent > 0 && (size_t)up < c->spec.body_len && up > 0)
		tell_step(c, HTTP_HALF_SENT);
	if (sent > 0 && (size_t)up >= c->spec.body_len)
		tell_step(c, HTTP_ALL_SENT);
	return c->cancelled;
}

static void set_options(struct http_call *c, const struct http_spec *s, const char *path)
{
	const char *const *line;
	CURL *easy = c->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, c);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(easy, CURLOPT_URL, s->url);
	curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, path);	/* as it is: curl would drop an empty query */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, strncmp(s->url, "http:", 5) == 0 ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, s->read_size > 0 ? (long)s->read_size : 65536L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(s->connect_timeout_ms > 0 ? s->connect_timeout_ms : CONNECT_TIMEOUT_MS));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)s->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, c);
	if (s->unix_path)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, s->unix_path);
	if (s->own_connection) {
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	if (s->once) {
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
		curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);	/* a name means what it means now; TLS says who that is */
	}
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, c->http);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, c);
	if (s->on_step) {
		curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
		curl_easy_setopt(easy, CURLOPT_XFERINFODATA, c);
		curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	}
	set_method(c, s);
	for (line = s->headers; line && *line; line++)
		add_header(c, *line);
	add_line(c, "Expect:");
	if (!has_header(s, "accept"))
		add_line(c, "Accept:");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, c->lines);
}

struct http_call *http_start(struct http *h, const struct http_spec *s)
{
	struct http_call *c = calloc(1, sizeof(*c));
	const char *path;

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
	path = check_url(c, s);
	c->refused = !path || !check_request(c, s);
	if (!c->refused)
		set_options(c, s, path);
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

const char *http_header(const char *const *headers, const char *name)
{
	size_t len = strlen(name);

	for (; headers && *headers; headers++) {
		const char *line = *headers;

		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " \t");
	}
	return NULL;
}

bool http_is_packed(const char *const *headers)
{
	const char *coding = http_header(headers, "content-encoding");

	return coding && strcasecmp(coding, "identity") != 0;
}
