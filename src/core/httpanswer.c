/* httpanswer: see httpanswer.h. */
#include "config.h"

#include "core/httpanswer.h"

#include <string.h>
#include <strings.h>

#include "core/httplines.h"

enum { STATUS_MIN = 200, STATUS_MAX = 599 };

/* What may stand once, and what it says. */
struct framing {
	const char *length, *coding;
};

void http_answer_init(struct http_answer *a, uint64_t body_max)
{
	*a = (struct http_answer){ .keep_alive = true, .max = body_max };
	buf_init(&a->head, HTTP_HEAD_MAX);
	http_chunks_init(&a->chunks);
}

void http_answer_release(struct http_answer *a)
{
	buf_release(&a->head);
}

/* "HTTP/1.1 NNN words" */
static int parse_status(struct http_answer *a, const char *line, struct err *e)
{
	static const char version[] = "HTTP/1.1 ";
	const char *digits = line + sizeof(version) - 1;
	int i;

	if (strncmp(line, version, sizeof(version) - 1) != 0)
		return err_set(e, ERR_INVALID, "it does not begin with HTTP/1.1");
	for (i = 0; i < 3 && digits[i] >= '0' && digits[i] <= '9'; i++)
		a->status = a->status * 10 + digits[i] - '0';
	if (i < 3 || (digits[3] != ' ' && digits[3] != '\0') || a->status < STATUS_MIN || a->status > STATUS_MAX)
		return err_set(e, ERR_INVALID, "its status is none of %d to %d", STATUS_MIN, STATUS_MAX);
	return 0;
}

static bool says_events(const char *type)
{
	static const char events[] = "text/event-stream";
	const char *rest = type + sizeof(events) - 1;

	return strncasecmp(type, events, sizeof(events) - 1) == 0 && (*rest == '\0' || *rest == ';' || *rest == ' ' || *rest == '\t');
}

static int take_field(struct http_answer *a, struct framing *f, const struct http_field *field, struct err *e)
{
	const char **once = strcasecmp(field->name, "content-length") == 0 ? &f->length : strcasecmp(field->name, "transfer-encoding") == 0 ? &f->coding : NULL;

	if (once) {
		if (f->length || f->coding)
			return err_set(e, ERR_INVALID, "Content-Length or Transfer-Encoding twice, or both");
		*once = field->value;
	} else if (strcasecmp(field->name, "trailer") == 0 || strcasecmp(field->name, "content-encoding") == 0) {
		return err_set(e, ERR_INVALID, "%s, which nobody asked for", field->name);
	} else if (strcasecmp(field->name, "content-type") == 0) {
		a->is_events = says_events(field->value);
	} else if (strcasecmp(field->name, "connection") == 0 && http_line_has(field->value, "close")) {
		a->keep_alive = false;
	}
	return 0;
}

static int too_long(const struct http_answer *a, struct err *e)
{
	return err_set(e, ERR_TOOBIG, "the answer is longer than %llu bytes", (unsigned long long)a->max);
}

static int check_length(struct http_answer *a, const struct framing *f, struct err *e)
{
	bool bodiless = a->status == 204 || a->status == 304;
	int64_t length = 0;
	int r = f->length ? http_line_number(f->length, &length, e) : 0;

	if (r < 0)
		return r;
	if (f->coding && strcmp(f->coding, "chunked") != 0)
		return err_set(e, ERR_INVALID, "Transfer-Encoding is not exactly \"chunked\"");
	if (bodiless && (f->coding || length > 0))
		return err_set(e, ERR_INVALID, "a body where the status has none");
	if (!bodiless && !f->coding && !f->length)
		return err_set(e, ERR_INVALID, "it does not say how long it is");
	a->chunked = f->coding != NULL;
	a->length = (uint64_t)length;
	return a->max > 0 && a->length > a->max ? too_long(a, e) : 0;
}

/* The head is in a->head, len bytes with its empty line. */
static int parse_head(struct http_answer *a, size_t len, struct err *e)
{
	char *line = a->head.data, *end;
	struct framing f = { 0 };
	struct http_field field;
	int r = 0;

	for (; r == 0 && line < a->head.data + len && *line != '\r'; line = end + 2) {
		end = strchr(line, '\r');
		*end = '\0';
		if (line == a->head.data)
			r = parse_status(a, line, e);
		else if ((r = http_line_field(line, &field, e)) == 0)
			r = take_field(a, &f, &field, e);
	}
	return r < 0 ? r : check_length(a, &f, e);
}

/* Bytes are kept until the head is whole; *ret_used are those of it. */
static int feed_head(struct http_answer *a, const char *data, size_t len, size_t *ret_used, struct err *e)
{
	size_t before = a->head.len, room = HTTP_HEAD_MAX - before, head = 0;
	int r = buf_append(&a->head, data, len < room ? len : room);

	if (r == 0)
		r = http_lines_length(a->head.data, a->head.len, &head, e);
	if (r == 0) {
		*ret_used = a->head.len - before;
		return 0;
	}
	if (r == 1)
		r = parse_head(a, head, e);
	if (r < 0)
		return r;
	a->whole_head = true;
	*ret_used = head - before;
	buf_release(&a->head);
	return 0;
}

static int feed_body(struct http_answer *a, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e)
{
	size_t had = out->len;
	int r;

	if (a->chunked) {
		r = http_chunks_feed(&a->chunks, data, len, ret_used, out, e);
	} else {
		*ret_used = len < a->length - a->received ? len : (size_t)(a->length - a->received);
		r = *ret_used > 0 ? buf_append(out, data, *ret_used) : 0;
		if (r < 0)
			err_set(e, r, "out of memory");
	}
	a->received += out->len - had;
	if (r >= 0 && a->max > 0 && a->received > a->max)
		return too_long(a, e);
	return r < 0 || a->chunked ? r : a->received == a->length;
}

int http_answer_feed(struct http_answer *a, const char *data, size_t len, size_t *ret_used, struct buf *out, struct err *e)
{
	size_t head = 0, body = 0;
	int r = 0;

	if (!a->whole_head)
		r = len > 0 ? feed_head(a, data, len, &head, e) : 0;
	if (r == 0 && a->whole_head)
		r = feed_body(a, data + head, len - head, &body, out, e);
	*ret_used = head + body;
	return r;
}
