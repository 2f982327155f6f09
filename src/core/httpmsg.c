/*
 * httpmsg: HTTP/1.1 request heads, paths, queries and chunked bodies, read strictly. See httpmsg.h.
 *
 * It does not repair: a request that could be read in two ways by two programs is refused, because the one behind us may
 * read it in the other way (security.md 1.3).
 */
#include "config.h"

#include "core/httpmsg.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const methods[HTTP_METHODS] = {
	[HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
};

const char *http_method_name(enum http_method m)
{
	return methods[m];
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* One byte at p, decoded; *ret_len 1 or 3. -1 on bad hex. */
static int decoded(const char *p, size_t *ret_len)
{
	int high, low;

	*ret_len = 1;
	if (*p != '%')
		return (unsigned char)*p;
	high = hex_value(p[1]);
	low = high < 0 ? -1 : hex_value(p[2]);
	if (low < 0)
		return -1;
	*ret_len = 3;
	return high << 4 | low;
}

static bool is_dots(const char *s, size_t len)
{
	return (len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.');
}

/* Where the tail of /api/v1/sandboxes/{id}/files/ begins, in which %2F may stand; NULL for other paths. */
static const char *files_tail(const char *path)
{
	static const char head[] = "/api/v1/sandboxes/";
	const char *slash;

	if (strncmp(path, head, sizeof(head) - 1) != 0)
		return NULL;
	slash = strchr(path + sizeof(head) - 1, '/');
	return slash && strncmp(slash, "/files/", 7) == 0 ? slash + 7 : NULL;
}

int http_path_check(const char *path, struct err *e)
{
	const char *tail = files_tail(path), *p;
	char part[3];		/* the first bytes of the part between slashes, decoded */
	size_t part_len = 0, n;

	if (path[0] != '/')
		return err_set(e, ERR_INVALID, "the path does not begin with a slash");
	for (p = path; *p; p += n) {
		int c = decoded(p, &n);
		bool slash;

		if (c < 0)
			return err_set(e, ERR_INVALID, "bad percent-encoding in the path");
		if (c < 0x20 || c == 0x7f || c == '\\' || (c == '%' && n == 3))
			return err_set(e, ERR_INVALID, "a control character, a backslash or %%25 in the path");
		if (n == 1 && (c <= ' ' || c >= 0x7f || strchr("\"#<>?[]^`{|}", c)))
			return err_set(e, ERR_INVALID, "a character in the path which must be encoded");
		slash = c == '/';
		if (slash && n == 3 && (!tail || p < tail))
			return err_set(e, ERR_INVALID, "an encoded slash in the path");
		if (slash) {
			if (is_dots(part, part_len))
				return err_set(e, ERR_INVALID, "a dot segment in the path");
			if (part_len == 0 && p > path)
				return err_set(e, ERR_INVALID, "an empty segment in the path");
			part_len = 0;
		} else if (part_len < sizeof(part)) {
			part[part_len++] = (char)c;
		}
	}
	if (is_dots(part, part_len))
		return err_set(e, ERR_INVALID, "a dot segment in the path");
	return 0;
}

bool http_path_segment(const char **p, struct buf *ret_decoded)
{
	const char *s = *p;
	size_t n;

	buf_clear(ret_decoded);
	if (*s != '/')
		return false;
	for (s++; *s && *s != '/'; s += n)
		buf_putc(ret_decoded, (char)decoded(s, &n));
	*p = s;
	return true;
}

static bool query_ok(const char *q)
{
	size_t n;

	for (; *q; q += n) {
		int c = decoded(q, &n);

		if (c <= 0 || (n == 1 && (c <= ' ' || c >= 0x7f || c == '#' || c == '\\')))
			return false;
	}
	return true;
}

/* The parameter's value as it stands, between ret and *ret_end; NULL when it is absent. */
static const char *query_find(const char *query, const char *name, const char **ret_end)
{
	size_t len = strlen(name);
	const char *p = query;

	while (*p) {
		const char *end = p + strcspn(p, "&");

		if (strncmp(p, name, len) == 0 && (p[len] == '=' || p + len == end)) {
			*ret_end = end;
			return p[len] == '=' ? p + len + 1 : end;
		}
		p = *end ? end + 1 : end;
	}
	return NULL;
}

bool http_query_get(const char *query, const char *name, struct buf *out)
{
	const char *end, *p = query_find(query, name, &end);
	size_t n;

	if (!p)
		return false;
	for (; p < end; p += n) {
		int c = decoded(p, &n);

		if (c < 0 || p + n > end)
			return false;
		buf_putc(out, n == 1 && c == '+' ? ' ' : (char)c);
	}
	return !buf_failed(out);
}

int http_encode(struct buf *out, const char *s, size_t len, bool keep_slash)
{
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c)) ||
		    (c == '/' && keep_slash))
			r = buf_putc(out, (char)c);
		else
			r = buf_printf(out, "%%%02X", c);
	}
	return r;
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

/* Is `word` one of the comma-separated words of the value? */
static bool has_word(const char *value, const char *word)
{
	size_t len = strlen(word);

	while (*value) {
		size_t n;

		value += strspn(value, " \t,");
		n = strcspn(value, " \t,");
		if (n == len && strncasecmp(value, word, len) == 0)
			return true;
		value += n;
	}
	return false;
}

/* "METHOD SP target SP HTTP/1.x", in place. */
static int parse_request_line(char *line, struct http_head *h, struct err *e)
{
	char *target = strchr(line, ' '), *version, *query;
	size_t i, len;

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
	if (strcmp(version, "HTTP/1.1") == 0)
		h->minor = 1;
	else if (strcmp(version, "HTTP/1.0") != 0)
		return err_set(e, ERR_INVALID, "the version is neither HTTP/1.1 nor HTTP/1.0");
	if (target[0] != '/')
		return err_set(e, ERR_INVALID, "the target is not a path: absolute and other forms are refused");
	h->target = target;
	/* The path is a copy behind the target's own text, so that the target stays byte for byte. */
	len = strcspn(target, "?");
	query = target + len;
	h->query = *query ? query + 1 : "";
	return 0;
}

/* "Name: value", in place. */
static int parse_field(char *line, struct http_head *h, struct err *e)
{
	char *p = line, *value, *end;

	if (h->field_count == HTTP_HEADERS_MAX)
		return err_set(e, ERR_TOOBIG, "more than %d header lines", HTTP_HEADERS_MAX);
	while (is_token_char(*p))
		p++;
	if (p == line || *p != ':')
		return err_set(e, ERR_INVALID, "a header line is not name, colon, value");
	*p = '\0';
	value = p + 1 + strspn(p + 1, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	h->fields[h->field_count++] = (struct http_field){ .name = line, .value = value };
	return 0;
}

static int check_length(struct http_head *h, struct err *e)
{
	const char *length = http_field(h, "content-length"), *coding = http_field(h, "transfer-encoding");
	size_t len;

	h->content_length = -1;
	if (http_field_count(h, "content-length") + http_field_count(h, "transfer-encoding") > 1)
		return err_set(e, ERR_INVALID, "Content-Length or Transfer-Encoding twice, or both");
	if (length) {
		len = strlen(length);
		if (len == 0 || len > 15 || strspn(length, "0123456789") != len)
			return err_set(e, ERR_INVALID, "Content-Length is no plain number");
		h->content_length = strtoll(length, NULL, 10);
	}
	if (coding) {
		if (strcmp(coding, "chunked") != 0 || h->minor == 0)
			return err_set(e, ERR_INVALID, "Transfer-Encoding is not exactly \"chunked\" in HTTP/1.1");
		h->chunked = true;
	}
	if ((h->method == HTTP_GET || h->method == HTTP_HEAD) && (h->chunked || h->content_length > 0))
		return err_set(e, ERR_INVALID, "a body on a read");
	return 0;
}

static int check_fields(struct http_head *h, struct err *e)
{
	static const char *const overrides[] = { "x-http-method-override", "x-http-method", "x-method-override", "x-original-url",
						 "x-rewrite-url" };
	const char *host = http_field(h, "host"), *expect = http_field(h, "expect");
	const char *end;
	size_t i;

	if (http_field_count(h, "host") != 1 || host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_")] ||
	    !*host)
		return err_set(e, ERR_INVALID, "not exactly one valid Host");
	for (i = 0; i < h->field_count; i++) {
		if (strcasecmp(h->fields[i].name, "connection") == 0) {
			if (has_word(h->fields[i].value, "close"))
				h->keep_alive = false;
			if (has_word(h->fields[i].value, "upgrade"))
				return err_set(e, ERR_INVALID, "upgrades and WebSockets are refused: use the event streams (SSE)");
		}
	}
	if (http_field(h, "upgrade"))
		return err_set(e, ERR_INVALID, "upgrades and WebSockets are refused: use the event streams (SSE)");
	if (http_field(h, "trailer") || (http_field(h, "te") && !strcmp(http_field(h, "te"), "trailers") && h->chunked))
		return err_set(e, ERR_INVALID, "trailers are refused");
	for (i = 0; i < ARRAY_LEN(overrides); i++)
		if (http_field(h, overrides[i]))
			return err_set(e, ERR_INVALID, "%s is refused: send the method and the path themselves", overrides[i]);
	if (query_find(h->query, "_method", &end))
		return err_set(e, ERR_INVALID, "the parameter _method is refused: send the method itself");
	if (expect) {
		if (strcasecmp(expect, "100-continue") != 0)
			return err_set(e, ERR_INVALID, "Expect is not 100-continue");
		h->expect_continue = h->minor == 1;
	}
	return check_length(h, e);
}

/*
 * The length of the head with its empty line; 0 when it is not all there. Line ends and characters are checked on the
 * way, so that a bad head is refused as soon as its bad line came.
 */
static int head_length(const char *data, size_t len, size_t *ret, struct err *e)
{
	size_t pos = 0;

	for (;;) {
		const char *line = data + pos, *end = memchr(line, '\n', len - pos < HTTP_LINE_MAX ? len - pos : HTTP_LINE_MAX), *p;

		if (!end && len - pos >= HTTP_LINE_MAX)
			return err_set(e, ERR_TOOBIG, "a line longer than %d bytes", HTTP_LINE_MAX);
		if (!end && len >= HTTP_HEAD_MAX)
			return err_set(e, ERR_TOOBIG, "a head longer than %d bytes", HTTP_HEAD_MAX);
		for (p = line; p < (end ? end : data + len); p++) {
			unsigned char c = (unsigned char)*p;

			if (c == '\r' && (p + 1 == end || (!end && p + 1 == data + len)))
				continue;
			if ((c < 0x20 && c != '\t') || c >= 0x7f)
				return err_set(e, ERR_INVALID, "a control or non-ASCII character in the head");
		}
		if (!end)
			return 0;
		if (end == line || end[-1] != '\r')
			return err_set(e, ERR_INVALID, "a line does not end with CR LF");
		if (pos > 0 && (line[0] == ' ' || line[0] == '\t'))
			return err_set(e, ERR_INVALID, "a folded header line");
		pos = (size_t)(end - data) + 1;
		if (pos > HTTP_HEAD_MAX)
			return err_set(e, ERR_TOOBIG, "a head longer than %d bytes", HTTP_HEAD_MAX);
		if (end == line + 1) {
			if (line == data)
				return err_set(e, ERR_INVALID, "an empty line before the request");
			*ret = pos;
			return 1;
		}
	}
}

static int parse_lines(char *text, size_t len, char *path_copy, struct http_head *h, struct err *e)
{
	char *line = text, *end;
	int r;

	for (; line < text + len && *line != '\r'; line = end + 2) {
		end = strchr(line, '\r');
		*end = '\0';
		r = line == text ? parse_request_line(line, h, e) : parse_field(line, h, e);
		if (r < 0)
			return r;
	}
	memcpy(path_copy, h->target, strcspn(h->target, "?"));
	path_copy[strcspn(h->target, "?")] = '\0';
	h->path = path_copy;
	h->keep_alive = h->minor == 1;
	r = http_path_check(h->path, e);
	if (r == 0 && !query_ok(h->query))
		r = err_set(e, ERR_INVALID, "a bad character or bad percent-encoding in the query");
	return r < 0 ? r : check_fields(h, e);
}

int http_head_parse(const char *data, size_t len, struct http_head *ret, size_t *ret_used, struct err *e)
{
	size_t used = 0;
	char *text;
	int r;

	r = len > 0 ? head_length(data, len, &used, e) : 0;
	if (r <= 0)
		return r;
	text = malloc(used + 1 + HTTP_LINE_MAX + 1);
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

enum chunk_state { CHUNK_SIZE, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_DATA_CR, CHUNK_DATA_LF, CHUNK_END_CR, CHUNK_END_LF, CHUNK_DONE };

void http_chunks_init(struct http_chunks *c)
{
	*c = (struct http_chunks){ .state = CHUNK_SIZE };
}

static int chunk_size_byte(struct http_chunks *c, char ch, struct err *e)
{
	int v = hex_value(ch);

	if (v >= 0 && c->line_len < 15) {
		c->left = c->left << 4 | (uint64_t)v;
		c->line_len++;
	} else if (ch == '\r' && c->line_len > 0) {
		c->state = CHUNK_SIZE_LF;
	} else {
		return err_set(e, ERR_INVALID, "a chunk's size is not a plain hexadecimal number (extensions are refused)");
	}
	return 0;
}

int http_chunks_feed(struct http_chunks *c, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e)
{
	static const struct { enum chunk_state state; char want; enum chunk_state next; } fixed[] = {
		{ CHUNK_DATA_CR, '\r', CHUNK_DATA_LF }, { CHUNK_DATA_LF, '\n', CHUNK_SIZE },
		{ CHUNK_END_CR, '\r', CHUNK_END_LF }, { CHUNK_END_LF, '\n', CHUNK_DONE },
	};
	size_t i = 0, k;

	while (i < len && c->state != CHUNK_DONE) {
		if (c->state == CHUNK_DATA) {
			size_t n = len - i < c->left ? len - i : (size_t)c->left;
			int r = buf_append(out, data + i, n);

			if (r < 0)
				return err_set(e, r, "the body is longer than %zu bytes", out->max);
			i += n;
			c->left -= n;
			if (c->left == 0)
				c->state = CHUNK_DATA_CR;
			continue;
		}
		if (c->state == CHUNK_SIZE) {
			int r = chunk_size_byte(c, data[i++], e);

			if (r < 0)
				return r;
			continue;
		}
		if (c->state == CHUNK_SIZE_LF) {
			if (data[i++] != '\n')
				return err_set(e, ERR_INVALID, "a chunk's size line does not end with CR LF");
			c->state = c->left > 0 ? CHUNK_DATA : CHUNK_END_CR;
			c->line_len = 0;
			continue;
		}
		for (k = 0; k < ARRAY_LEN(fixed); k++)
			if ((enum chunk_state)c->state == fixed[k].state)
				break;
		if (data[i++] != fixed[k].want)
			return err_set(e, ERR_INVALID, "a chunk does not end where its size says (trailers are refused)");
		c->state = fixed[k].next;
	}
	*ret_used = i;
	return c->state == CHUNK_DONE ? 1 : 0;
}
