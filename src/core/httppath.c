/* httppath: paths and queries: what they may hold, and what they say. See httpmsg.h. */
#include "config.h"

#include "core/httpmsg.h"

#include <string.h>

#include "base/utf8.h"

int http_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte at p, decoded; *ret_len 1 or 3. -1 on bad hex. */
static int decoded(const char *p, size_t *ret_len)
{
	int high, low;

	*ret_len = 1;
	if (*p != '%')
		return (unsigned char)*p;
	high = http_hex(p[1]);
	low = high < 0 ? -1 : http_hex(p[2]);
	if (low < 0)
		return -1;
	*ret_len = 3;
	return high << 4 | low;
}

/* "." and "..", also with parameters behind them ("..;x"), which some servers cut off first. */
static bool is_dots(const char *s, size_t len)
{
	if (len == 0 || s[0] != '.')
		return false;
	if (len > 1 && s[1] == '.') {
		s++;
		len--;
	}
	return len == 1 || s[1] == ';';
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

/* Bytes that two programs could take for different characters: overlong forms of a dot or a slash are such. */
static bool is_utf8(const char *path)
{
	char text[HTTP_LINE_MAX];
	size_t len = 0, n;

	for (; *path && len < sizeof(text); path += n)
		text[len++] = (char)decoded(path, &n);
	return *path == '\0' && utf8_valid(text, len);
}

int http_path_check(const char *path, struct err *e)
{
	const char *tail = files_tail(path), *p;
	char part[3];		/* the first bytes of the part between slashes, decoded */
	size_t part_len = 0, n;
	bool ascii = true;

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
		ascii = ascii && c < 0x80;
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
	return ascii || is_utf8(path) ? 0 : err_set(e, ERR_INVALID, "the path is no UTF-8");
}

bool http_path_climbs(const char *path)
{
	char part[3];		/* as above */
	size_t part_len = 0, n = 0;

	for (; *path && *path != '?'; path += n) {
		int c = decoded(path, &n);

		if (c == '/' || c == '\\') {
			if (is_dots(part, part_len))
				return true;
			part_len = 0;
		} else if (part_len < sizeof(part)) {
			part[part_len++] = (char)c;
		}
	}
	return is_dots(part, part_len);
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

int http_query_check(const char *query, struct err *e)
{
	size_t n;

	for (; *query; query += n) {
		int c = decoded(query, &n);

		if (c <= 0 || (n == 1 && (c <= ' ' || c >= 0x7f || c == '#' || c == '\\')))
			return err_set(e, ERR_INVALID, "a bad character or bad percent-encoding in the query");
	}
	return 0;
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

size_t http_decode_loosely(const char *s, size_t len, char *out, size_t size)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++) {
		int high = s[i] == '%' && i + 2 < len ? http_hex(s[i + 1]) : -1, low = high < 0 ? -1 : http_hex(s[i + 2]);

		if (n == size)
			return size + 1;
		out[n++] = low < 0 ? s[i] : (char)(high << 4 | low);
		i += low < 0 ? 0 : 2;
	}
	return n;
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

