/*
 * safetext: the one filter between foreign text and the terminal. Pure.
 *
 * What may act or hide is marked, not dropped: an invalid byte \xNN; C0 ^X; DEL ^?; C1, format (Cf), line and paragraph
 * separators, private use, unassigned, surrogates, non-ASCII blanks, U+2800, Hangul fillers <U+XXXX>; runs of the same mark are collapsed with a
 * count; at most 4 combining marks on a base, none on an empty cell, overlays marked; identifiers mark every non-ASCII character.
 */
#ifndef ASSENT_SAFETEXT_H
#define ASSENT_SAFETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum safetext_kind {
	SAFETEXT_PROSE,		/* other scripts are fine; LF is a line break only for safetext_next() callers */
	SAFETEXT_IDENT,		/* method, host, path, command, file, header name: every non-ASCII character is marked */
};

struct safetext_glyph {
	char text[48];		/* UTF-8, NUL-terminated; safe to draw */
	int cells;		/* columns that it takes, 1 or 2 for a character; the length of a mark */
	bool marked;		/* drawn in the style of marks */
	bool newline;		/* an LF in the source: text is "" and cells 0 */
};

struct safetext_counts {
	size_t bytes, non_ascii, controls, invisible, invalid;	/* what the card tells */
};

/* Most of any text, at pos < len: a printable ASCII character, or one blank, with nothing behind it that could be part of it. */
static inline bool safetext_usual(const char *text, size_t len, size_t pos)
{
	unsigned char c = (unsigned char)text[pos], next = pos + 1 < len ? (unsigned char)text[pos + 1] : '\0';

	return c == ' ' ? next != ' ' : c > ' ' && c < 0x7f && next < 0x80;
}

bool safetext_unusual(const char *text, size_t len, size_t *pos, enum safetext_kind kind, struct safetext_glyph *ret);	/* safetext_next() of all else */

/* The next glyph of text at *pos (moved behind it). false at the end. */
static inline bool safetext_next(const char *text, size_t len, size_t *pos, enum safetext_kind kind, struct safetext_glyph *ret)
{
	if (*pos >= len || !safetext_usual(text, len, *pos))
		return safetext_unusual(text, len, pos, kind, ret);
	ret->text[0] = text[(*pos)++];
	ret->text[1] = '\0';
	ret->cells = 1;
	ret->marked = ret->newline = false;
	return true;
}

void safetext_count(const char *text, size_t len, struct safetext_counts *ret);
/* All of it as one line of safe UTF-8 (LF marked too), for messages that commands print. */
int safetext_line(struct buf *out, const char *text, size_t len, enum safetext_kind kind);

#endif
