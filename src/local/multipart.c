/* multipart: see multipart.h. */
#include "config.h"

#include "local/multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The value of a parameter behind a header's first word, with or without quotes. Quotes inside are not understood: -1. */
static int parameter(const char *text, size_t len, const char *name, char *out, size_t size)
{
	const char *p = text, *end = text + len;
	size_t n = strlen(name), used = 0;

	while ((p = memchr(p, ';', (size_t)(end - p))) != NULL) {
		bool quoted;

		for (p++; p < end && (*p == ' ' || *p == '\t'); p++)
			;
		if ((size_t)(end - p) <= n || strncasecmp(p, name, n) != 0 || p[n] != '=')
			continue;
		p += n + 1;
		quoted = p < end && *p == '"';
		for (p += quoted; p < end && (quoted ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t'); p++) {
			if (used + 1 >= size || *p == '\\')
				return -1;
			out[used++] = *p;
		}
		out[used] = '\0';
		return quoted && p == end ? -1 : 1;
	}
	return 0;
}

bool multipart_begin(struct multipart *m, const char *content_type, const char *body, size_t len)
{
	static const char type[] = "multipart/form-data";
	char boundary[MULTIPART_BOUNDARY + 1];

	if (!content_type || strncasecmp(content_type, type, sizeof(type) - 1) != 0 ||
	    parameter(content_type, strlen(content_type), "boundary", boundary, sizeof(boundary)) != 1 || !boundary[0])
		return false;
	m->line_len = (size_t)snprintf(m->line, sizeof(m->line), "\r\n--%s", boundary);
	m->at = body;
	m->end = body + len;
	/* The first boundary line has no line break in front; then it is as if the body began with it. */
	if (len < m->line_len - 2 || memcmp(body, m->line + 2, m->line_len - 2) != 0)
		return false;
	m->at += m->line_len - 2;
	return true;
}

static int read_name(const char *head, size_t len, char name[MULTIPART_NAME])
{
	static const char field[] = "content-disposition:";
	const char *line = head, *end = head + len;

	name[0] = '\0';
	while (line < end) {
		const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
		size_t n = stop ? (size_t)(stop - line) : (size_t)(end - line);

		if (n > sizeof(field) - 1 && strncasecmp(line, field, sizeof(field) - 1) == 0)
			return parameter(line, n, "name", name, MULTIPART_NAME) < 0 ? -1 : 0;
		line += n + 2;
	}
	return 0;
}

int multipart_next(struct multipart *m, struct multipart_part *ret)
{
	const char *head = m->at, *data, *stop;

	if (m->end - head >= 2 && memcmp(head, "--", 2) == 0)
		return 0;
	if (m->end - head < 2 || memcmp(head, "\r\n", 2) != 0)
		return -1;
	head += 2;
	data = memmem(head, (size_t)(m->end - head), "\r\n\r\n", 4);
	if (!data || read_name(head, (size_t)(data - head), ret->name) < 0)
		return -1;
	data += 4;
	stop = memmem(data, (size_t)(m->end - data), m->line, m->line_len);
	if (!stop)
		return -1;
	ret->data = data;
	ret->len = (size_t)(stop - data);
	m->at = stop + m->line_len;
	return 1;
}
