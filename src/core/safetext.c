/*
 * safetext: marks what may act, hide or mislead. See safetext.h.
 *
 * It works on code points, never on escape sequences: a filter that recognises sequences misses the next one; a terminal that gets
 * no control character has no sequence to obey.
 */
#include "config.h"

#include "core/safetext.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

enum { MARKS_MAX = 4, BLANKS_MAX = 16 };

enum kind { PLAIN, COMBINING, NEWLINE, CONTROL, INVISIBLE, STRANGE, INVALID };

struct point {
	uint32_t cp;		/* the byte itself when invalid */
	size_t len;
	enum kind kind;
};

static bool is_overlay(uint32_t cp)
{
	return (cp >= 0x0334 && cp <= 0x0338) || cp == 0x20d2 || cp == 0x20d3 || (cp >= 0x20d8 && cp <= 0x20da) ||
	       (cp >= 0x20dd && cp <= 0x20e0) || (cp >= 0x20e2 && cp <= 0x20e6) || cp == 0x20ea || cp == 0x20eb;
}

static bool looks_empty(uint32_t cp)
{
	return cp == 0x2800 || cp == 0x115f || cp == 0x1160 || cp == 0x3164 || cp == 0xffa0 || cp == 0x034f || cp == 0x17b4 || cp == 0x17b5 ||
	       (cp >= 0x180b && cp <= 0x180f) || (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);
}

static enum kind kind_of(uint32_t cp)
{
	if (cp == '\n')
		return NEWLINE;
	if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f))
		return CONTROL;
	if (cp < 0x7f)
		return PLAIN;
	if (looks_empty(cp))
		return INVISIBLE;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_ZS:
		return INVISIBLE;
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CC:
		return STRANGE;
	case UTF8PROC_CATEGORY_MC:
		if (utf8proc_charwidth((utf8proc_int32_t)cp) > 0)
			return PLAIN;
		return is_overlay(cp) ? STRANGE : COMBINING;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return is_overlay(cp) ? STRANGE : COMBINING;
	default:
		return utf8proc_charwidth((utf8proc_int32_t)cp) > 0 ? PLAIN : STRANGE;
	}
}

/* The code point at pos; pos < len. */
static struct point point_at(const char *text, size_t len, size_t pos)
{
	struct point p = { .len = 1, .kind = INVALID };
	size_t n = utf8_decode(text + pos, len - pos, &p.cp);

	if (n == 0) {
		p.cp = (unsigned char)text[pos];
		return p;
	}
	p.len = n;
	p.kind = kind_of(p.cp);
	return p;
}

static void name_point(const struct point *p, char *out, size_t size)
{
	if (p->kind == INVALID)
		snprintf(out, size, "\\x%02X", (unsigned int)p->cp);
	else if (p->cp < 0x20)
		snprintf(out, size, "^%c", (int)p->cp + '@');
	else if (p->cp == 0x7f)
		snprintf(out, size, "^?");
	else if (p->cp > 0xe0020 && p->cp < 0xe007f)
		snprintf(out, size, "<tag %c>", (int)(p->cp - 0xe0000));
	else
		snprintf(out, size, "<U+%04X>", (unsigned int)p->cp);
}

/* A visible mark for p and for all that are the same behind it. */
static void put_mark(const char *text, size_t len, size_t *pos, const struct point *p, struct safetext_glyph *ret)
{
	char name[16];
	size_t n = 0;

	while (*pos < len) {
		struct point next = point_at(text, len, *pos);

		if (next.cp != p->cp || (next.kind == INVALID) != (p->kind == INVALID))
			break;
		*pos += next.len;
		n++;
	}
	name_point(p, name, sizeof(name));
	if (n > 1)
		snprintf(ret->text, sizeof(ret->text), "<%zu times %s>", n, name);
	else
		memcpy(ret->text, name, strlen(name) + 1);
	ret->cells = (int)strlen(ret->text);
	ret->marked = true;
}

static bool put_blanks(const char *text, size_t len, size_t *pos, struct safetext_glyph *ret)
{
	size_t n = 0;

	while (*pos + n < len && text[*pos + n] == ' ')
		n++;
	if (n <= BLANKS_MAX)
		return false;
	snprintf(ret->text, sizeof(ret->text), "<%zu spaces>", n);
	ret->cells = (int)strlen(ret->text);
	ret->marked = true;
	*pos += n;
	return true;
}

bool safetext_unusual(const char *text, size_t len, size_t *pos, enum safetext_kind kind, struct safetext_glyph *ret)
{
	struct point p;
	size_t n, used;

	*ret = (struct safetext_glyph){ .cells = 0 };
	if (*pos >= len)
		return false;
	p = point_at(text, len, *pos);
	if (p.kind == NEWLINE) {
		ret->newline = true;
		(*pos)++;
		return true;
	}
	if (p.cp == ' ' && put_blanks(text, len, pos, ret))
		return true;
	if (p.kind != PLAIN || (kind == SAFETEXT_IDENT && p.cp >= 0x80)) {
		put_mark(text, len, pos, &p, ret);
		return true;
	}
	memcpy(ret->text, text + *pos, p.len);
	used = p.len;
	*pos += p.len;
	ret->cells = p.cp < 0x80 ? 1 : utf8proc_charwidth((utf8proc_int32_t)p.cp);
	/* A few marks on a base are writing; a pile of them, or one on a blank, is something else. */
	for (n = 0; kind == SAFETEXT_PROSE && p.cp != ' ' && n < MARKS_MAX && *pos < len; n++) {
		struct point mark = point_at(text, len, *pos);

		if (mark.kind != COMBINING || utf8proc_charwidth((utf8proc_int32_t)mark.cp) > 0)
			break;
		memcpy(ret->text + used, text + *pos, mark.len);
		used += mark.len;
		*pos += mark.len;
	}
	return true;
}

void safetext_count(const char *text, size_t len, struct safetext_counts *ret)
{
	size_t pos;

	*ret = (struct safetext_counts){ .bytes = len };
	for (pos = 0; pos < len;) {
		struct point p = point_at(text, len, pos);

		pos += p.len;
		ret->non_ascii += p.kind != INVALID && p.cp >= 0x80;
		ret->controls += p.kind == CONTROL;
		ret->invisible += p.kind == INVISIBLE || p.kind == STRANGE;
		ret->invalid += p.kind == INVALID;
	}
}

int safetext_line(struct buf *out, const char *text, size_t len, enum safetext_kind kind)
{
	struct safetext_glyph g;
	size_t pos = 0;
	int r = buf_append(out, "", 0);

	while (r == 0 && safetext_next(text, len, &pos, kind, &g))
		r = buf_puts(out, g.newline ? "^J" : g.text);
	return r;
}
