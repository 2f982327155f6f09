/*
 * http_answer: the answer, line by line and piece by piece, as curl reads it. Stricter than curl: a status has three digits, a head has bounds and no
 * control characters, and a coding that nobody asked for ends the call. See http_own.h.
 */
#include "config.h"

#include "io/http_own.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HEADER_LINES_MAX = 128 };

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
	http_heard(c);
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
	http_heard(c);
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

void http_answer_set(struct http_call *c)
{
	curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
}
