/* override: the names, and the places where they are looked for. See override.h. */
#include "config.h"

#include "core/override.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "core/httpmsg.h"

static const char *const names[] = {
	"_method", "_http_method", "http_method_override", "method_override", "x_http_method", "x_http_method_override", "x_method_override",
	"x_original_method", "x_original_url", "x_rewrite_url",
};

enum { NAME_MAX_BYTES = 32 };	/* longer than any of them */

/* One byte of a name in its lenient form. */
static char lenient(char c)
{
	return c == '-' || c == '.' || c == ' ' || c == '+' ? '_' : (char)tolower((unsigned char)c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '+' || c == '\t';
}

static bool is_listed(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return false;
}

bool override_name(const char *name, size_t len)
{
	char plain[NAME_MAX_BYTES];
	size_t n = 0;

	for (; len > 0 && is_blank(*name); name++)
		len--;
	while (len > 0 && is_blank(name[len - 1]))
		len--;
	for (; n < len && name[n] != '[' && name[n] != '\0'; n++) {
		if (n == sizeof(plain))
			return false;
		plain[n] = lenient(name[n]);
	}
	return is_listed(plain, n);
}

/* Percent-decoded, as far as it can be one of ours. */
static bool is_encoded_override(const char *name, size_t len)
{
	char plain[3 * NAME_MAX_BYTES];
	size_t n = http_decode_loosely(name, len, plain, sizeof(plain));

	return n <= sizeof(plain) && override_name(plain, n);
}

static size_t span(const char *p, size_t len, const char *stops)
{
	size_t n = 0;

	while (n < len && (p[n] == '\0' || !strchr(stops, p[n])))
		n++;
	return n;
}

static bool in_parameters(const char *p, size_t len)
{
	while (len > 0) {
		size_t n = span(p, len, "&;");

		if (is_encoded_override(p, span(p, n, "=")))
			return true;
		n += n < len;
		p += n;
		len -= n;
	}
	return false;
}

bool override_query(const char *query)
{
	return in_parameters(query, strlen(query));
}

/* Behind the line that begins at p. CR or LF alone end one too; a blank behind them goes on with it. */
static const char *next_line(const char *p, const char *end)
{
	for (; p < end; p++)
		if ((*p == '\n' && p[1] != ' ' && p[1] != '\t') || (*p == '\r' && p[1] != '\n' && p[1] != ' ' && p[1] != '\t'))
			return p + 1;
	return end;
}

/* In the "Content-Disposition: form-data; name=..." lines of a multipart body, which has a NUL behind it. */
static bool in_multipart(const char *body, size_t len)
{
	static const char head[] = "content-disposition";
	const char *line = body, *end = body + len, *next;

	for (; line < end; line = next) {
		const char *p = line + sizeof(head) - 1, *name;

		next = next_line(line, end);
		if (strncasecmp(line, head, sizeof(head) - 1) != 0)
			continue;
		p += strspn(p, " \t");
		if (*p != ':')
			continue;
		for (p++; p < next; p++) {
			if (strncasecmp(p, "name", 4) != 0 || isalnum((unsigned char)p[-1]))
				continue;
			for (name = p + 4; name < next && *name && strchr("*= \t\r\n\"'", *name); name++)
				;
			if (is_encoded_override(name, strcspn(name, "\"';\r\n")))
				return true;
		}
	}
	return false;
}

static bool in_json(const char *body, size_t len)
{
	struct json_doc doc;
	struct buf name;
	bool found = false;
	int key;

	/* No name of ours without this word; it may be written in escapes. */
	if (!strcasestr(body, "method") && !strcasestr(body, "url") && !memchr(body, '\\', len))
		return false;
	if (json_parse(body, len, &doc, NULL) < 0)
		return false;	/* it cannot be inspected, and the card says so */
	buf_init(&name, 4096);
	for (key = json_type(&doc, json_root(&doc)) == JSON_OBJECT ? json_first(&doc, json_root(&doc)) : JSON_NONE; key != JSON_NONE && !found;
	     key = json_next(&doc, key)) {
		buf_clear(&name);
		found = json_str(&doc, key, &name) == 0 && override_name(buf_cstr(&name), name.len);
	}
	buf_release(&name);
	json_release(&doc);
	return found;
}

bool override_body(const char *content_type, const char *body, size_t len)
{
	if (content_type && strncasecmp(content_type, "application/x-www-form-urlencoded", 33) == 0)
		return in_parameters(body, len);
	if (content_type && strncasecmp(content_type, "multipart/", 10) == 0)
		return in_multipart(body, len);
	return in_json(body, len);
}
