/* sse: the WHATWG rules for event streams. See sse.h. */
#include "config.h"

#include "core/sse.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum {
	COMMENT_MAX = 1024,
	NAME_MAX_BYTES = 4096,
	LINE_MAX_BYTES = NAME_MAX_BYTES + 16,	/* of one that is not data */
	DATA_HEAD = 6,		/* so much of a line tells whether it is one of data, and where its value begins */
	LINE_TOLD = 1024 * 1024,	/* a longer one, of whatever it is, is told of */
	KEPT_MAX = 65536,	/* memory that stays with the stream between its events */
};

void sse_init(struct sse *s, size_t event_max, void (*on_event)(const struct sse_event *, void *), void *arg)
{
	*s = (struct sse){ .on_event = on_event, .arg = arg, .retry_ms = -1 };
	buf_init(&s->line, LINE_MAX_BYTES + 1);
	buf_init(&s->data, event_max + 1);
	buf_init(&s->type, NAME_MAX_BYTES + 1);
	buf_init(&s->id_next, NAME_MAX_BYTES + 1);
	buf_init(&s->id, NAME_MAX_BYTES + 1);
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
	if (s->data.cap > KEPT_MAX)
		buf_release(&s->data);
	s->data.len = s->type.len = 0;
	s->data.failed = s->too_big = s->broken = false;
}

void sse_reconnect(struct sse *s)
{
	forget_event(s);
	buf_clear(&s->line);
	s->skip_lf = s->bom_done = s->in_data = s->id_changed = s->said_long = false;
	s->bom_seen = 0;
	s->at = s->line_at = 0;
}

void sse_set_id(struct sse *s, const char *id)
{
	buf_clear(&s->id);
	buf_puts(&s->id, id);
}

static void fault(struct sse *s, const char *what, uint64_t at)
{
	if (s->on_fault)
		s->on_fault(what, at, s->arg);
}

/* The event under way is left out. */
static void drop(struct sse *s, const char *what)
{
	if (s->too_big)
		return;
	s->too_big = true;
	s->dropped++;
	fault(s, what, s->line_at);
}

static void drop_data(struct sse *s)
{
	char what[80];

	snprintf(what, sizeof(what), "an event of over %zu bytes is left out", s->data.max - 1);
	drop(s, what);
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

/* Is the text of this event whole? Only the first fault is told. */
static bool check_text(struct sse *s, const char *text, size_t len, uint64_t at)
{
	size_t valid = utf8_valid_length(text, len);

	if (valid < len && !s->broken) {
		s->broken = true;
		fault(s, "broken UTF-8 is read as U+FFFD", at + valid);
	}
	return valid == len;
}

/* buf_append(), with the common case at hand. */
static inline bool put(struct buf *b, const char *p, size_t n)
{
	if (n >= b->cap - b->len || b->failed)
		return buf_append(b, p, n) == 0;
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
	return true;
}

/* ---- events ---- */

static void give(struct sse *s, bool own_id)
{
	struct sse_event ev = { .type = s->type.len > 0 ? s->type.data : "message", .id = buf_cstr(&s->id), .own_id = own_id };
	struct buf repaired;

	ev.type_len = s->type.len > 0 ? s->type.len : strlen(ev.type);
	s->data.data[--s->data.len] = '\0';	/* the line break behind the last data line */
	ev.data = s->data.data;
	ev.data_len = s->data.len;
	if (!s->broken) {
		s->on_event(&ev, s->arg);
		return;
	}
	buf_init(&repaired, s->data.max * 3);
	repair(&repaired, ev.data, ev.data_len);
	ev.data = buf_cstr(&repaired);
	ev.data_len = repaired.len;
	s->on_event(&ev, s->arg);
	buf_release(&repaired);
}

static void dispatch(struct sse *s)
{
	bool own_id = s->id_changed;

	if (own_id) {
		struct buf before = s->id;

		s->id = s->id_next;
		s->id_next = before;
		s->id_changed = false;
	}
	if (s->data.len > 0 && !s->too_big)
		give(s, own_id);
	forget_event(s);
}

/* ---- fields ---- */

/* Is it a line of this field? A line without a colon is all name. */
static inline bool is(const char *line, size_t len, const char *name, size_t name_len)
{
	return len >= name_len && memcmp(line, name, name_len) == 0 && (len == name_len || line[name_len] == ':');
}

static bool is_data(const char *line, size_t len)
{
	return is(line, len, "data", 4);
}

/* Where the value begins behind a name of this length: behind the colon, and one space. */
static size_t value_at(const char *line, size_t len, size_t name_len)
{
	size_t i = name_len < len ? name_len + 1 : len;

	return i < len && line[i] == ' ' ? i + 1 : i;
}

static void begin_data(struct sse *s, uint64_t at)
{
	s->value_from = s->data.len;
	s->value_at = at;
}

static void more_data(struct sse *s, const char *piece, size_t len)
{
	if (!s->too_big && !put(&s->data, piece, len))
		drop_data(s);
}

static void end_data(struct sse *s)
{
	more_data(s, "\n", 1);
	if (!s->too_big)
		check_text(s, s->data.data + s->value_from, s->data.len - s->value_from, s->value_at);
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
static bool set_name(struct sse *s, struct buf *name, const char *value, size_t len, uint64_t at)
{
	struct buf repaired;
	bool taken = false;

	buf_init(&repaired, NAME_MAX_BYTES * 3);	/* each byte may become a U+FFFD; whoever reads it of us has the same bound */
	if (len <= NAME_MAX_BYTES && !check_text(s, value, len, at)) {
		repair(&repaired, value, len);
		value = buf_cstr(&repaired);
		len = repaired.len;
	}
	if (len > NAME_MAX_BYTES) {
		drop(s, name == &s->type ? "an event whose type is over 4096 bytes long is left out" : "an event whose id is over 4096 bytes long is left out");
	} else {
		buf_clear(name);
		taken = put(name, value, len) && !buf_failed(&repaired);
		if (!taken)
			drop(s, "an event for whose name there is no memory is left out");
	}
	buf_release(&repaired);
	return taken;
}

static void set_type(struct sse *s, const char *value, size_t len, uint64_t at)
{
	if (!s->nul_types && memchr(value, '\0', len))
		drop(s, "an event whose type has a NUL in it is left out");
	else
		set_name(s, &s->type, value, len, at);
}

static void set_id(struct sse *s, const char *value, size_t len, uint64_t at)
{
	if (memchr(value, '\0', len))
		fault(s, "an id with a NUL in it is not used", s->line_at);
	else if (set_name(s, &s->id_next, value, len, at))
		s->id_changed = true;
}

/* As much of it as is shown, and no half character at its end. */
static void give_comment(struct sse *s, const char *text, size_t len)
{
	size_t shown = len;
	struct buf repaired;

	if (!s->on_comment)
		return;
	if (len > COMMENT_MAX)
		for (shown = COMMENT_MAX; shown > COMMENT_MAX - 4 && (text[shown] & 0xc0) == 0x80; shown--)
			;
	len = utf8_valid_length(text, shown);
	if (len == shown) {
		s->on_comment(text, shown, s->arg);
		return;
	}
	fault(s, "broken UTF-8 is read as U+FFFD", s->line_at + 1 + len);
	buf_init(&repaired, COMMENT_MAX * 3);
	repair(&repaired, text, shown);
	s->on_comment(buf_cstr(&repaired), repaired.len, s->arg);
	buf_release(&repaired);
}

/* A line that is neither empty nor of data, without its end. Of one that is longer than what is ever kept, the rest counts for nothing. */
static void take_other(struct sse *s, const char *line, size_t len)
{
	bool whole = len <= LINE_MAX_BYTES;
	size_t at;

	if (!whole)
		len = LINE_MAX_BYTES + 1;
	if (line[0] == ':') {
		give_comment(s, line + 1, len - 1);
	} else if (is(line, len, "event", 5)) {
		at = value_at(line, len, 5);
		set_type(s, line + at, len - at, s->line_at + at);
	} else if (is(line, len, "id", 2)) {
		at = value_at(line, len, 2);
		set_id(s, line + at, len - at, s->line_at + at);
	} else if (is(line, len, "retry", 5) && whole) {
		at = value_at(line, len, 5);
		set_retry(s, line + at, len - at);
	}
}

static void take_line(struct sse *s, const char *line, size_t len)
{
	size_t at;

	if (len == 0) {
		dispatch(s);
	} else if (is_data(line, len)) {
		at = value_at(line, len, 4);
		begin_data(s, s->line_at + at);
		more_data(s, line + at, len - at);
		end_data(s);
	} else {
		take_other(s, line, len);
	}
}

/* ---- bytes ---- */

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

/* Of a line that is not data only the begin is kept. One that may never end is told of, once. end: how far it has come. */
static void check_length(struct sse *s, uint64_t end)
{
	if (s->said_long || end - s->line_at <= LINE_TOLD)
		return;
	s->said_long = true;
	fault(s, "a line of over 1048576 bytes, and of no event: its begin alone is read", s->line_at);
}

/* A piece of a line whose end has not come. Data goes to its place at once, of all else the begin is kept: how it was cut makes no difference. */
static void keep(struct sse *s, const char *piece, size_t len)
{
	struct buf *line = &s->line;
	size_t n, at;

	if (!s->in_data && line->len < DATA_HEAD) {
		n = len < DATA_HEAD - line->len ? len : DATA_HEAD - line->len;
		buf_append(line, piece, n);
		piece += n;
		len -= n;
		if (line->len == DATA_HEAD && is_data(line->data, line->len)) {
			at = value_at(line->data, line->len, 4);
			s->in_data = true;
			begin_data(s, s->line_at + at);
			more_data(s, line->data + at, line->len - at);
			buf_clear(line);
		}
	}
	if (s->in_data)
		more_data(s, piece, len);
	else
		buf_append(line, piece, len < line->max - line->len ? len : line->max - line->len);
}

/* A line's end has come, with these bytes before it. */
static void end_line(struct sse *s, const char *piece, size_t len, uint64_t at)
{
	if (!s->in_data && s->line.len == 0) {
		s->line_at = at;
		if (!is_data(piece, len))
			check_length(s, at + len);
		take_line(s, piece, len);
		s->said_long = false;
		return;
	}
	keep(s, piece, len);
	if (!s->in_data)
		check_length(s, at + len);
	s->said_long = false;
	if (s->in_data)
		end_data(s);
	else
		take_line(s, s->line.data, s->line.len);
	s->in_data = false;
	buf_clear(&s->line);
}

static const char *find(const char *p, const char *end, char c)
{
	const char *found = *p == c ? p : memchr(p, c, (size_t)(end - p));

	return found ? found : end;
}

void sse_feed(struct sse *s, const char *bytes, size_t len)
{
	const char *p = bytes, *end = bytes + len, *lf, *cr, *eol;

	if (len > 0 && s->skip_lf) {
		s->skip_lf = false;
		if (*p == '\n')
			p++;
	}
	if (!s->bom_done)
		p += skip_bom(s, p, (size_t)(end - p));
	lf = cr = NULL;
	while (p < end) {
		/* Each is looked for anew only behind the one that was found: a stream without one of them is searched for it once. */
		if (!lf || lf < p)
			lf = find(p, end, '\n');
		if (!cr || cr < p)
			cr = find(p, end, '\r');
		eol = cr < lf ? cr : lf;
		if (eol == end) {
			if (!s->in_data && s->line.len == 0)
				s->line_at = s->at + (uint64_t)(p - bytes);
			keep(s, p, (size_t)(end - p));
			if (!s->in_data)
				check_length(s, s->at + len);
			break;
		}
		end_line(s, p, (size_t)(eol - p), s->at + (uint64_t)(p - bytes));
		p = eol + 1;
		if (eol == cr && p == end)
			s->skip_lf = true;
		else if (eol == cr && *p == '\n')
			p++;
	}
	s->at += len;
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
