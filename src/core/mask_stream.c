/* mask_stream: the lines of an event stream, by the WHATWG rules. See mask_stream.h. */
#include "config.h"

#include "core/mask_stream.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "core/mask.h"

void mask_stream_init(struct mask_stream *m, size_t event_max)
{
	*m = (struct mask_stream){ 0 };
	buf_init(&m->held, event_max);
}

void mask_stream_release(struct mask_stream *m)
{
	buf_release(&m->held);
}

/* The length of a line without its end. */
static size_t line_length(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && line[n] != '\n' && line[n] != '\r')
		n++;
	return n;
}

/* Where the value of a data line begins; NULL when the line is none. */
static const char *data_value(const char *line, size_t len)
{
	if (len < 4 || memcmp(line, "data", 4) != 0 || (len > 4 && line[4] != ':'))
		return NULL;
	line += len > 4 ? 5 : 4;
	len -= len > 4 ? 5 : 4;
	return len > 0 && *line == ' ' ? line + 1 : line;
}

/* The length of the line at p with its end, CR LF being one. */
static size_t whole_line(const char *p, size_t len)
{
	size_t n = line_length(p, len);

	if (n < len && p[n] == '\r' && n + 1 < len && p[n + 1] == '\n')
		return n + 2;
	return n < len ? n + 1 : n;
}

/* The data of the held event, its lines joined as a reader joins them. */
static void join(const struct mask_stream *m, struct buf *data)
{
	const char *p = buf_cstr(&m->held), *end = p + m->held.len, *value;
	bool first = true;

	for (; p < end; p += whole_line(p, (size_t)(end - p))) {
		size_t n = line_length(p, (size_t)(end - p));

		value = data_value(p, n);
		if (!value)
			continue;
		if (!first)
			buf_putc(data, '\n');
		first = false;
		buf_append(data, value, (size_t)(p + n - value));
	}
}

/* The held event with other data: in the place of its first data line, with the line's own end. */
static void put_event(const struct mask_stream *m, const struct buf *data, struct buf *out)
{
	const char *p = buf_cstr(&m->held), *end = p + m->held.len;
	bool done = false;

	while (p < end) {
		size_t n = line_length(p, (size_t)(end - p)), whole = whole_line(p, (size_t)(end - p)), i, k;

		if (!data_value(p, n)) {
			/* Where a line between them was left out, a CR and the LF of an empty line are not to become one end. */
			if (*p == '\n' && out->len > 0 && out->data[out->len - 1] == '\r')
				buf_putc(out, '\n');
			buf_append(out, p, whole);
		} else if (!done) {
			for (i = 0; i <= data->len; i += k + 1) {
				const char *rest = buf_cstr(data) + i, *lf = memchr(rest, '\n', data->len - i);

				k = lf ? (size_t)(lf - rest) : data->len - i;
				buf_puts(out, "data: ");
				buf_append(out, rest, k);
				if (whole > n)
					buf_append(out, p + n, whole - n);
				else if (lf)
					buf_putc(out, '\n');
			}
			done = true;
		}
		p += whole;
	}
}

/* Whether the data may go on, maybe masked (then *ret_count is not 0). */
static bool look_through(const struct buf *data, struct buf *masked, int *ret_count)
{
	const char *text = buf_cstr(data);

	*ret_count = 0;
	if (buf_failed(data))
		return false;
	if (strcmp(text, "[DONE]") == 0)
		return true;
	if (mask_is_json(text, data->len))
		return mask_json(text, data->len, masked, ret_count, NULL) == 0;
	if (memchr(text, '\0', data->len))
		return false;
	if (mask_is_way_past(text)) {
		buf_puts(masked, MASKED);
		*ret_count = 1;
	}
	return true;
}

static void left_out(struct mask_stream *m, struct buf *out)
{
	buf_puts(out, MASK_EVENT_LEFT_OUT);
	m->masked++;
}

static void end_event(struct mask_stream *m, struct buf *out)
{
	struct buf data, masked;
	int count;

	buf_init(&data, m->held.max);
	buf_init(&masked, SIZE_MAX - 1);
	join(m, &data);
	if (!look_through(&data, &masked, &count))
		left_out(m, out);
	else if (count > 0)
		put_event(m, &masked, out);
	else
		buf_append(out, buf_cstr(&m->held), m->held.len);
	m->masked += count;
	if (buf_failed(&masked))
		out->failed = true;
	buf_release(&data);
	buf_release(&masked);
	buf_clear(&m->held);
	m->has_data = false;
}

static void pass_on(struct mask_stream *m, struct buf *out)
{
	buf_append(out, buf_cstr(&m->held), m->held.len);
	buf_clear(&m->held);
}

/* A byte order mark before the first line is no part of its name. */
static void skip_bom(struct mask_stream *m, struct buf *out)
{
	if (!m->begun && m->held.len >= 3 && memcmp(m->held.data, "\xef\xbb\xbf", 3) == 0) {
		buf_append(out, m->held.data, 3);
		buf_consume(&m->held, 3);
		m->line_len -= 3;
	}
	m->begun = true;
}

/* A line has ended; it stands in held with its end, unless the event is too long. */
static void end_line(struct mask_stream *m, struct buf *out)
{
	skip_bom(m, out);
	if (m->line_len == 0 && m->too_long) {
		left_out(m, out);
		m->too_long = m->has_data = false;
	} else if (m->line_len == 0 && m->has_data) {
		end_event(m, out);
	} else if (!m->too_long && !m->has_data && !data_value(buf_cstr(&m->held) + m->line, m->line_len)) {
		pass_on(m, out);
	} else {
		m->has_data = true;
	}
	m->line = m->held.len;
	m->line_len = 0;
}

static void keep(struct mask_stream *m, const char *data, size_t len)
{
	if (!m->too_long && len > m->held.max - m->held.len) {
		m->too_long = true;
		buf_clear(&m->held);
	}
	if (!m->too_long)
		buf_append(&m->held, data, len);
}

/* The LF of a CR LF whose line ended with the CR. */
static void end_with_lf(struct mask_stream *m, struct buf *out)
{
	if (m->held.len == 0 && !m->too_long)
		buf_putc(out, '\n');
	else
		keep(m, "\n", 1);
	m->line = m->held.len;
}

int mask_stream_feed(struct mask_stream *m, const char *data, size_t len, struct buf *out)
{
	const char *p = data, *end = data + len, *lf = NULL, *eol;

	while (p < end) {
		bool is_lf = *p == '\n';

		if (m->skip_lf) {
			m->skip_lf = false;
			if (is_lf) {
				end_with_lf(m, out);
				p++;
				continue;
			}
		}
		if (!lf || lf < p) {	/* not anew for each line that a CR ends: that would be quadratic */
			lf = memchr(p, '\n', (size_t)(end - p));
			lf = lf ? lf : end;
		}
		eol = memchr(p, '\r', (size_t)(lf - p));
		eol = eol ? eol : lf;
		m->line_len += (size_t)(eol - p);
		keep(m, p, (size_t)(eol - p) + (eol < end));
		if (eol == end)
			break;
		m->skip_lf = *eol == '\r';
		end_line(m, out);
		p = eol + 1;
	}
	return buf_failed(out) || buf_failed(&m->held) ? ERR_NOMEM : 0;
}

int mask_stream_end(struct mask_stream *m, struct buf *out)
{
	if (m->line_len > 0)
		end_line(m, out);
	if (m->too_long)
		left_out(m, out);
	else if (m->has_data)
		end_event(m, out);
	else
		pass_on(m, out);
	m->too_long = m->has_data = m->skip_lf = false;
	return buf_failed(out) ? ERR_NOMEM : 0;
}
