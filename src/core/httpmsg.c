/*
 * httpmsg: HTTP/1.1 request heads, read strictly. See httpmsg.h.
 *
 * It does not repair: a request that could be read in two ways by two programs is refused, because the one behind us may
 * read it in the other way.
 */
#include "config.h"

#include "core/httpmsg.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/httplines.h"
#include "core/override.h"

static const char *const methods[HTTP_METHODS] = {
	[HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
};

const char *http_method_name(enum http_method m)
{
	return methods[m];
}

const char *http_field(const struct http_head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->field_count; i++)
		if (strcasecmp(h->fields[i].name, name) == 0)
			return h->fields[i].value;
	return NULL;
}

size_t http_field_count(const struct http_head *h, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < h->field_count; i++)
		n += strcasecmp(h->fields[i].name, name) == 0;
	return n;
}

/* "METHOD SP target SP HTTP/1.x", in place. */
static int parse_request_line(char *line, struct http_head *h, struct err *e)
{
	char *target = strchr(line, ' '), *version;
	size_t i;

	version = target ? strchr(target + 1, ' ') : NULL;
	if (!version || strchr(version + 1, ' '))
		return err_set(e, ERR_INVALID, "the request line is not METHOD, one space, target, one space, version");
	*target++ = '\0';
	*version++ = '\0';
	for (i = 0; i < HTTP_METHODS; i++)
		if (strcmp(line, methods[i]) == 0)
			break;
	if (i == HTTP_METHODS)
		return err_set(e, ERR_INVALID, "the method is none of GET, HEAD, POST, PUT, PATCH, DELETE");
	h->method = (enum http_method)i;
	if (strcmp(version, "HTTP/1.1") != 0)
		return err_set(e, ERR_INVALID, "the version is not HTTP/1.1");
	if (target[0] != '/')
		return err_set(e, ERR_INVALID, "the target is not a path: absolute and other forms are refused");
	h->target = target;
	h->query = strchr(target, '?') ? strchr(target, '?') + 1 : "";
	return 0;
}

static int check_length(struct http_head *h, struct err *e)
{
	const char *length = http_field(h, "content-length"), *coding = http_field(h, "transfer-encoding");
	int r;

	h->content_length = -1;
	if (http_field_count(h, "content-length") + http_field_count(h, "transfer-encoding") > 1)
		return err_set(e, ERR_INVALID, "Content-Length or Transfer-Encoding twice, or both");
	if (length) {
		r = http_line_number(length, &h->content_length, e);
		if (r < 0)
			return r;
	}
	if (coding) {
		if (strcmp(coding, "chunked") != 0)
			return err_set(e, ERR_INVALID, "Transfer-Encoding is not exactly \"chunked\"");
		h->chunked = true;
	}
	if (http_field(h, "trailer"))
		return err_set(e, ERR_INVALID, "trailers are refused");
	if (http_field(h, "content-encoding"))
		return err_set(e, ERR_INVALID, "Content-Encoding is refused: send the body as it is");
	if ((h->method == HTTP_GET || h->method == HTTP_HEAD) && (h->chunked || h->content_length > 0))
		return err_set(e, ERR_INVALID, "a body on a read");
	return 0;
}

static int check_upgrade(struct http_head *h, struct err *e)
{
	bool upgrade = false;
	size_t i;

	for (i = 0; i < h->field_count; i++) {
		const struct http_field *f = &h->fields[i];

		if (strcasecmp(f->name, "connection") == 0) {
			if (http_line_has(f->value, "close"))
				h->keep_alive = false;
			upgrade |= http_line_has(f->value, "upgrade");
		}
		upgrade |= strcasecmp(f->name, "upgrade") == 0 || strcasecmp(f->name, "http2-settings") == 0 || strncasecmp(f->name, "sec-websocket-", 14) == 0;
	}
	return upgrade ? err_set(e, ERR_INVALID, "upgrades and WebSockets are refused: read the event streams instead (GET .../events, SSE)") : 0;
}

static int check_fields(struct http_head *h, struct err *e)
{
	static const char *const once[] = { "authorization", "content-type", "expect" };
	const char *host = http_field(h, "host"), *expect = http_field(h, "expect");
	size_t i;
	int r;

	if (http_field_count(h, "host") != 1 || host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_")] ||
	    !*host)
		return err_set(e, ERR_INVALID, "not exactly one valid Host");
	for (i = 0; i < ARRAY_LEN(once); i++)
		if (http_field_count(h, once[i]) > 1)
			return err_set(e, ERR_INVALID, "%s stands twice", once[i]);
	r = check_upgrade(h, e);
	if (r < 0)
		return r;
	for (i = 0; i < h->field_count; i++)
		if (override_name(h->fields[i].name, strlen(h->fields[i].name)))
			return err_set(e, ERR_INVALID, "%s is refused: send the method and the path themselves", h->fields[i].name);
	if (override_query(h->query))
		return err_set(e, ERR_INVALID, "a parameter that names another method is refused: send the method itself");
	if (expect && strcasecmp(expect, "100-continue") != 0)
		return err_set(e, ERR_INVALID, "Expect is not 100-continue");
	h->expect_continue = expect != NULL;
	return check_length(h, e);
}

/* path_copy has room for the first line. */
static int parse_lines(char *text, size_t len, char *path_copy, struct http_head *h, struct err *e)
{
	char *line = text, *end;
	int r;

	for (; line < text + len && *line != '\r'; line = end + 2) {
		end = strchr(line, '\r');
		*end = '\0';
		r = line == text ? parse_request_line(line, h, e) : http_line_field(line, &h->fields[h->field_count++], e);
		if (r < 0)
			return r;
	}
	memcpy(path_copy, h->target, strcspn(h->target, "?"));
	path_copy[strcspn(h->target, "?")] = '\0';
	h->path = path_copy;
	h->keep_alive = true;
	r = http_path_check(h->path, e);
	if (r == 0)
		r = http_query_check(h->query, e);
	return r < 0 ? r : check_fields(h, e);
}

int http_head_parse(const char *data, size_t len, struct http_head *ret, size_t *ret_used, struct err *e)
{
	size_t used = 0, first;
	char *text;
	int r;

	r = len > 0 ? http_lines_length(data, len, &used, e) : 0;
	if (r <= 0)
		return r;
	first = (size_t)((const char *)memchr(data, '\n', used) - data);
	text = malloc(used + 1 + first);
	if (!text)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(text, data, used);
	text[used] = '\0';
	*ret = (struct http_head){ .text = text };
	r = parse_lines(text, used, text + used + 1, ret, e);
	if (r < 0) {
		http_head_release(ret);
		return r;
	}
	*ret_used = used;
	return 1;
}

void http_head_release(struct http_head *h)
{
	free(h->text);
	h->text = NULL;
}
