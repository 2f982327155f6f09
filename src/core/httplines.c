/* httplines: see httplines.h. */
#include "config.h"

#include "core/httplines.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

int http_line_field(char *line, struct http_field *ret, struct err *e)
{
	char *p = line, *value, *end;

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
	*ret = (struct http_field){ .name = line, .value = value };
	return 0;
}

int http_line_number(const char *value, int64_t *ret, struct err *e)
{
	size_t len = strlen(value);

	if (len == 0 || len > 15 || strspn(value, "0123456789") != len || (value[0] == '0' && len > 1))
		return err_set(e, ERR_INVALID, "Content-Length is no plain number");
	*ret = strtoll(value, NULL, 10);
	return 0;
}

bool http_line_has(const char *value, const char *word)
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

int http_lines_length(const char *data, size_t len, size_t *ret, struct err *e)
{
	size_t pos = 0, lines = 0;

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
				return err_set(e, ERR_INVALID, "an empty line comes first");
			*ret = pos;
			return 1;
		}
		if (++lines > HTTP_HEADERS_MAX + 1)
			return err_set(e, ERR_TOOBIG, "more than %d header lines", HTTP_HEADERS_MAX);
	}
}
