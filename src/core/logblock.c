/* logblock: see logblock.h. */
#include "config.h"

#include "core/logblock.h"

#include <string.h>

enum {
	HIGH = 0x80, BITS = 7,
	LENGTH_DIGITS = 3, COUNT_DIGITS = 1, NUMBER_DIGITS = 7, SOURCE_DIGITS = 1, ID_DIGITS = 2,
	LINE_FIXED = LENGTH_DIGITS + COUNT_DIGITS + 2 * NUMBER_DIGITS + SOURCE_DIGITS + ID_DIGITS,
	HEAD_MAX = LOGBLOCK_PEEK + LOG_SOURCES_MAX * (SOURCE_DIGITS + ID_DIGITS + LOG_SOURCE_MAX + LOG_ID_MAX) + 1,
};

static const char magic[] = "assentL1";
#define MAGIC_BYTES (sizeof(magic) - 1)
_Static_assert(MAGIC_BYTES + LENGTH_DIGITS + 2 * NUMBER_DIGITS + COUNT_DIGITS == LOGBLOCK_PEEK, "a head's fixed part");
_Static_assert(HEAD_MAX + LINE_FIXED + LOG_SOURCE_MAX + LOG_ID_MAX + 1 + LOG_TEXT_MAX + 1 <= LOGBLOCK_BYTES, "every line fits into a block behind any head");

static const char *const stream_names[LOG_STREAMS] = { "out", "err", "log", "event", "gap" };

const char *log_stream_name(enum log_stream s)
{
	return stream_names[s];
}

int log_stream_find(const char *name, size_t len)
{
	int i;

	for (i = 0; i < LOG_STREAMS; i++)
		if (strlen(stream_names[i]) == len && memcmp(stream_names[i], name, len) == 0)
			return i;
	return -1;
}

/* ---- writing ---- */

static char *put_number(char *p, int64_t n, int digits)
{
	while (digits-- > 0)
		*p++ = (char)(HIGH | (n >> (digits * BITS) & 0x7f));
	return p;
}

static char *put_turned(char *p, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		*p++ = (char)(s[i] ^ HIGH);
	return p;
}

static char *put_source(char *p, const char *source, size_t source_len, const char *id, size_t id_len)
{
	p = put_number(p, (int64_t)source_len, SOURCE_DIGITS);
	p = put_number(p, (int64_t)id_len, ID_DIGITS);
	return put_turned(put_turned(p, source, source_len), id, id_len);
}

void logblock_begin(struct buf *out, int64_t first, int64_t seq, const struct log_ids *ids)
{
	char head[HEAD_MAX], *p = head;
	const struct log_id *k;
	size_t len = LOGBLOCK_PEEK + 1;

	for (k = ids->first; k; k = k->next)
		len += SOURCE_DIGITS + ID_DIGITS + strlen(k->source) + strlen(k->id);
	memcpy(p, magic, MAGIC_BYTES);
	p = put_number(p + MAGIC_BYTES, (int64_t)len, LENGTH_DIGITS);
	p = put_number(p, first, NUMBER_DIGITS);
	p = put_number(p, seq, NUMBER_DIGITS);
	p = put_number(p, log_ids_count(ids), COUNT_DIGITS);
	for (k = ids->first; k; k = k->next)
		p = put_source(p, k->source, strlen(k->source), k->id, strlen(k->id));
	*p++ = '\n';
	buf_append(out, head, (size_t)(p - head));
}

static void id_sizes(const struct log_line *line, size_t *source_len, size_t *id_len)
{
	*source_len = *id_len = 0;
	if (line->id && strlen(line->source) <= LOG_SOURCE_MAX && strlen(line->id) <= LOG_ID_MAX) {
		*source_len = strlen(line->source);
		*id_len = strlen(line->id);
	}
}

size_t logblock_line_size(const struct log_line *line)
{
	size_t source_len, id_len;

	id_sizes(line, &source_len, &id_len);
	return LINE_FIXED + source_len + id_len + 1 + line->len + 1;
}

void logblock_add(struct buf *out, const struct log_line *line)
{
	char head[LINE_FIXED + LOG_SOURCE_MAX + LOG_ID_MAX + 1], *p = head;
	size_t source_len, id_len;

	id_sizes(line, &source_len, &id_len);
	p = put_number(p, (int64_t)line->len, LENGTH_DIGITS);
	p = put_number(p, line->stream, COUNT_DIGITS);
	p = put_number(p, line->wall_ms, NUMBER_DIGITS);
	p = put_number(p, line->seq, NUMBER_DIGITS);
	p = put_source(p, line->source, source_len, line->id, id_len);
	*p++ = '\n';
	buf_append(out, head, (size_t)(p - head));
	buf_append(out, line->text, line->len);
	buf_putc(out, '\n');
}

/* ---- reading ---- */

/* -1: a byte is no digit. */
static int64_t get_number(const char *p, int digits)
{
	int64_t n = 0;

	for (; digits > 0; digits--, p++) {
		if (!((unsigned char)*p & HIGH))
			return -1;
		n = n << BITS | (*p & 0x7f);
	}
	return n;
}

int logblock_peek(const char *bytes, size_t len, int64_t *ret_first, int64_t *ret_seq)
{
	if (len < LOGBLOCK_PEEK || memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return ERR_INVALID;
	*ret_first = get_number(bytes + MAGIC_BYTES + LENGTH_DIGITS, NUMBER_DIGITS);
	*ret_seq = get_number(bytes + MAGIC_BYTES + LENGTH_DIGITS + NUMBER_DIGITS, NUMBER_DIGITS);
	return *ret_first < 0 || *ret_seq < 0 ? ERR_INVALID : 0;
}

/* The lengths of one source's name and id at p, of `left` bytes. false: not whole. */
static bool get_sizes(const char *p, size_t left, size_t *source_len, size_t *id_len)
{
	int64_t a, b;

	if (left < SOURCE_DIGITS + ID_DIGITS)
		return false;
	a = get_number(p, SOURCE_DIGITS);
	b = get_number(p + SOURCE_DIGITS, ID_DIGITS);
	if (a < 0 || b < 0 || a > LOG_SOURCE_MAX || b > LOG_ID_MAX || (size_t)(a + b) > left - SOURCE_DIGITS - ID_DIGITS)
		return false;
	*source_len = (size_t)a;
	*id_len = (size_t)b;
	return true;
}

int logblock_open(const char *bytes, size_t len, struct logblock *ret)
{
	size_t at = LOGBLOCK_PEEK, source_len, id_len;
	int64_t head, count, i;

	*ret = (struct logblock){ .bytes = bytes, .len = len };
	if (logblock_peek(bytes, len, &ret->first, &ret->seq) < 0)
		return ERR_INVALID;
	head = get_number(bytes + MAGIC_BYTES, LENGTH_DIGITS);
	count = get_number(bytes + LOGBLOCK_PEEK - COUNT_DIGITS, COUNT_DIGITS);
	for (i = 0; i < count; i++) {
		if (!get_sizes(bytes + at, len - at, &source_len, &id_len))
			return ERR_INVALID;
		at += SOURCE_DIGITS + ID_DIGITS + source_len + id_len;
	}
	if (count < 0 || count > LOG_SOURCES_MAX || at >= len || bytes[at] != '\n' || head != (int64_t)at + 1)
		return ERR_INVALID;
	ret->ids = (int)count;
	ret->at = at + 1;
	ret->next = ret->first;
	return 0;
}

bool logblock_next(struct logblock *k, struct log_record *ret)
{
	const char *p = k->bytes + k->at;
	size_t left = k->len - k->at;
	int64_t len, stream, wall_ms, seq;

	if (left < LINE_FIXED)
		return false;
	len = get_number(p, LENGTH_DIGITS);
	stream = get_number(p + LENGTH_DIGITS, COUNT_DIGITS);
	wall_ms = get_number(p + LENGTH_DIGITS + COUNT_DIGITS, NUMBER_DIGITS);
	seq = get_number(p + LENGTH_DIGITS + COUNT_DIGITS + NUMBER_DIGITS, NUMBER_DIGITS);
	if (len < 0 || len > LOG_TEXT_MAX || stream < 0 || stream >= LOG_STREAMS || wall_ms < 0 || seq < 0 ||
	    !get_sizes(p + LINE_FIXED - SOURCE_DIGITS - ID_DIGITS, left - LINE_FIXED + SOURCE_DIGITS + ID_DIGITS, &ret->source_len, &ret->id_len))
		return false;
	ret->at = k->at;
	ret->text = k->at + LINE_FIXED + ret->source_len + ret->id_len + 1;
	ret->len = (size_t)len;
	ret->end = ret->text + ret->len + 1;
	if (ret->end > k->len || k->bytes[ret->text - 1] != '\n' || k->bytes[ret->end - 1] != '\n')
		return false;
	ret->n = k->next++;
	ret->seq = seq;
	ret->wall_ms = wall_ms;
	ret->stream = (enum log_stream)stream;
	k->at = ret->end;
	return true;
}

static void set_turned(struct log_ids *ids, const char *p, size_t source_len, size_t id_len)
{
	char source[LOG_SOURCE_MAX + 1], id[LOG_ID_MAX + 1];
	size_t i;

	for (i = 0; i < source_len; i++)
		source[i] = (char)(p[i] ^ HIGH);
	source[source_len] = '\0';
	for (i = 0; i < id_len; i++)
		id[i] = (char)(p[source_len + i] ^ HIGH);
	id[id_len] = '\0';
	log_ids_set(ids, source, id);
}

void logblock_ids(const struct logblock *k, struct log_ids *ids)
{
	const char *p = k->bytes + LOGBLOCK_PEEK;
	size_t source_len, id_len;
	int i;

	for (i = 0; i < k->ids && get_sizes(p, (size_t)(k->bytes + k->len - p), &source_len, &id_len); i++) {
		set_turned(ids, p + SOURCE_DIGITS + ID_DIGITS, source_len, id_len);
		p += SOURCE_DIGITS + ID_DIGITS + source_len + id_len;
	}
}

void logblock_line_id(const struct logblock *k, const struct log_record *r, struct log_ids *ids)
{
	if (r->source_len > 0)
		set_turned(ids, k->bytes + r->at + LINE_FIXED, r->source_len, r->id_len);
}
