/*
 * http_request: what a request must be to be sent, what curl is told of it, and how far it is on its way out. Nothing of the environment has a say: no
 * proxy, no netrc, no redirect. See http_own.h.
 */
#include "config.h"

#include "io/http_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/httpmsg.h"

enum { CONNECT_TIMEOUT_MS = 10000 };

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
	     (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && http_is_this_machine(host)));
	if (!ok)
		snprintf(c->why, sizeof(c->why), "only https, or http to this machine, is used: %.150s", s->url);
	if (ok && http_path_climbs(path)) {
		snprintf(c->why, sizeof(c->why), "a path with a dot segment leads elsewhere, so it is not asked: %.150s", path);
		ok = false;
	}
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
		http_heard(c);	/* a slow way out is no silence */
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
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, strncasecmp(s->url, "http:", 5) == 0 ? "http" : "https");
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

bool http_request_set(struct http_call *c)
{
	const char *path = check_url(c, &c->spec);

	if (!path || !check_request(c, &c->spec))
		return false;
	set_options(c, &c->spec, path);
	return !c->refused;
}
