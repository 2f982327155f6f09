/* sse: the WHATWG rules for event streams. See sse.h. */
#include "config.h"

#include "core/sse.h"

#include <string.h>

#include "base/utf8.h"

enum { COMMENT_MAX = 1024, NAME_MAX_BYTES = 4096 };

void sse_init(struct sse *s, size_t event_max, void (*on_event)(const struct sse_event *, void *), void *arg)
{
	*s = (struct sse){ .on_event = on_event, .arg = arg, .retry_ms = -1 };
	buf_init(&s->line, event_max > COMMENT_MAX ? event_max + 64 : COMMENT_MAX + 64);
	buf_init(&s->data, event_max + 1);
	buf_init(&s->type, NAME_MAX_BYTES);
	buf_init(&s->id_next, NAME_MAX_BYTES);
	buf_init(&s->id, NAME_MAX_BYTES);
}

void sse_release(struct sse *s)
{
	buf_release(&s->line);
	buf_release(&s->data);
	buf_release(&s->type);
	buf_release(&s->id_next);
	buf_release(&s->id);
}

static void forget_event(struct sse *s)
{
	buf_clear(&s->data);
	buf_clear(&s->type);
	s->has_data = s->too_big = false;
}

void sse_reconnect(struct sse *s)
{
	forget_event(s);
	buf_clear(&s->line);
	buf_clear(&s->id_next);
	buf_append(&s->id_next, buf_cstr(&s->id), s->id.len);
	s->skip_lf = s->bom_done = false;
	s->bom_seen = 0;
}

/* The length of the longest start of a sequence at p that could have become a character: what one U+FFFD stands for. */
static size_t broken_length(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned char low = 0x80, high = 0xbf;
	size_t want, n;

	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		want = 2;
	else if (u[0] >= 0xe0 && u[0] <= 0xef)
		want = 3;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		want = 4;
	else
		return 1;
	if (u[0] == 0xe0)
		low = 0xa0;
	else if (u[0] == 0xed)
		high = 0x9f;
	else if (u[0] == 0xf0)
		low = 0x90;
	else if (u[0] == 0xf4)
		high = 0x8f;
	for (n = 1; n < want && n < len && u[n] >= low && u[n] <= high; n++)
		low = 0x80, high = 0xbf;
	return n;
}

/* Copies text, broken sequences as U+FFFD. */
static void repair(struct buf *out, const char *text, size_t len)
{
	size_t i, n;
	uint32_t cp;

	for (i = 0; i < len; i += n) {
		n = utf8_decode(text + i, len - i, &cp);
		if (n > 0) {
			buf_append(out, text + i, n);
		} else {
			n = broken_length(text + i, len - i);
			buf_puts(out, "\xef\xbf\xbd");
		}
	}
}

static void dispatch(struct sse *s)
{
	struct sse_event ev;
	struct buf repaired;

	buf_clear(&s->id);
	buf_append(&s->id, buf_cstr(&s->id_next), s->id_next.len);
	if (s->too_big || buf_failed(&s->data)) {
		s->dropped++;
		forget_event(s);
		return;
	}
	if (!s->has_data) {
		forget_event(s);
		return;
	}
	s->data.data[--s->data.len] = '\0';	/* the line break behind the last data line */
	ev = (struct sse_event){ .type = s->type.len > 0 ? s->type.data : "message", .id = buf_cstr(&s->id),
				 .data = s->data.data, .data_len = s->data.len };
	buf_init(&repaired, s->data.max * 3);
	if (!utf8_valid(ev.data, ev.data_len)) {
		repair(&repaired, ev.data, ev.data_len);
		ev.data = buf_cstr(&repaired);
		ev.data_len = repaired.len;
	}
	s->on_event(&ev, s->arg);
	buf_release(&repaired);
	forget_event(s);
}

static bool is(const char *line, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(line, name, len) == 0;
}

static void set_retry(struct sse *s, const char *value, size_t len)
{
	int64_t ms = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			return;
		if (ms < INT64_MAX / 100)
			ms = ms * 10 + (value[i] - '0');
	}
	if (len > 0)
		s->retry_ms = ms;
}

/* A type or an id. Cut short it would be another one: so one that is too long, or a type with a NUL in it, costs the event. */
static void set_name(struct sse *s, struct buf *name, const char *value, size_t len)
{
	if (len > NAME_MAX_BYTES || memchr(value, '\0', len)) {
		s->too_big = true;
		return;
	}
	buf_clear(name);
	buf_append(name, value, len);
}

/* One line without its end. cut: the line was longer than what is kept, and this is its start. */
static void take_line(struct sse *s, const char *line, size_t len, bool cut)
{
	const char *colon, *value;
	size_t name_len, value_len;

	if (len == 0 && !cut) {
		dispatch(s);
		return;
	}
	if (len > 0 && line[0] == ':') {
		if (s->on_comment)
			s->on_comment(line + 1, len - 1 < COMMENT_MAX ? len - 1 : COMMENT_MAX, s->arg);
		return;
	}
	if (cut) {
		s->too_big = true;
		return;
	}
	colon = memchr(line, ':', len);
	name_len = colon ? (size_t)(colon - line) : len;
	value = colon ? colon + 1 : line + len;
	value_len = (size_t)(line + len - value);
	if (value_len > 0 && *value == ' ') {
		value++;
		value_len--;
	}
	if (is(line, name_len, "data")) {
		buf_append(&s->data, value, value_len);
		buf_putc(&s->data, '\n');
		s->has_data = true;
	} else if (is(line, name_len, "event")) {
		set_name(s, &s->type, value, value_len);
	} else if (is(line, name_len, "id") && !memchr(value, '\0', value_len)) {
		set_name(s, &s->id_next, value, value_len);
	} else if (is(line, name_len, "retry")) {
		set_retry(s, value, value_len);
	}
}

/* A byte order mark at the very start is dropped, cut as it may be. Returns the bytes eaten. */
static size_t skip_bom(struct sse *s, const char *bytes, size_t len)
{
	static const char bom[3] = "\xef\xbb\xbf";
	size_t i = 0;

	while (i < len && s->bom_seen < 3 && bytes[i] == bom[s->bom_seen]) {
		s->bom_seen++;
		i++;
	}
	if (i < len || s->bom_seen == 3) {
		s->bom_done = true;
		if (s->bom_seen < 3)
			buf_append(&s->line, bom, s->bom_seen);
	}
	return i;
}

/* A piece of a line whose end has not come: as much of it as may be kept, so that how it was cut makes no difference. */
static void keep(struct sse *s, const char *piece, size_t len)
{
	size_t room = s->line.max - s->line.len;

	buf_append(&s->line, piece, len < room ? len : room);
	if (len > room)
		s->line.failed = true;
}

void sse_feed(struct sse *s, const char *bytes, size_t len)
{
	const char *p = bytes, *end = bytes + len, *lf = NULL, *eol;
	size_t n;

	if (!s->bom_done)
		p += skip_bom(s, p, len);
	while (p < end) {
		if (s->skip_lf) {
			s->skip_lf = false;
			if (*p == '\n') {
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
		n = (size_t)(eol - p);
		if (eol == end) {
			keep(s, p, n);
			return;
		}
		if (s->line.len == 0 && !buf_failed(&s->line)) {
			take_line(s, p, n, n > s->line.max);
		} else {
			keep(s, p, n);
			take_line(s, buf_cstr(&s->line), s->line.len, buf_failed(&s->line));
			buf_clear(&s->line);
		}
		s->skip_lf = *eol == '\r';
		p = eol + 1;
	}
}

int sse_write(struct buf *out, const char *type, const char *id, const char *data, size_t len)
{
	size_t i = 0, n;

	if (id)
		buf_printf(out, "id: %s\n", id);
	if (type)
		buf_printf(out, "event: %s\n", type);
	do {
		for (n = i; n < len && data[n] != '\n' && data[n] != '\r'; n++)
			;
		buf_puts(out, "data: ");
		buf_append(out, data + i, n - i);
		buf_putc(out, '\n');
		if (n + 1 < len && data[n] == '\r' && data[n + 1] == '\n')
			n++;
		i = n + 1;
	} while (i <= len);
	return buf_putc(out, '\n');
}
