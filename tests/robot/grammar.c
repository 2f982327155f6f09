/* grammar: see grammar.h. */
#include "config.h"

#include "tests/robot/grammar.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/err.h"

enum { GROUND, ESCAPED, CHARSET, CSI, OSC, OSC_ESCAPED, DCS, DCS_ESCAPED, APC, APC_ESCAPED };

void grammar_init(struct grammar *g, int columns, int rows)
{
	*g = (struct grammar){ .columns = columns, .rows = rows };
}

static void __attribute__((format(printf, 2, 3))) fault(struct grammar *g, const char *fmt, ...)
{
	char what[120];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (g->faults++ < GRAMMAR_TOLD)
		snprintf(g->told[g->faults - 1], sizeof(g->told[0]), "byte %zu: %s", g->offset, what);
}

/* Parts of a number list; -1 where there is none. */
static int number(const char *list, int which)
{
	for (; which > 0 && list; which--) {
		list = strchr(list, ';');
		list = list ? list + 1 : NULL;
	}
	return list && *list >= '0' && *list <= '9' ? atoi(list) : -1;
}

static bool is_mode(int mode)
{
	static const int ours[] = { 1, 7, 12, 25, 1000, 1002, 1003, 1004, 1006, 1016, 1034, 1036, 1049, 2004, 2026 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ours); i++)
		if (ours[i] == mode)
			return true;
	return false;
}

static void end_csi(struct grammar *g, char final)
{
	static const char *const whole[] = { "16t", "14t", "5n", "c", "?2;1;0S", "?1;1;0S", "?2;4;0S", "?1;3;256S", ">q", ">c", "?2026$p", "?1016$p", "?u", ">1u", "<u", ">4;2m", ">4m", "22;0;0t", "23;0;0t", "4l", "!p", "34h", "34l", "?0c", "?1c" };
	const char *s = g->sequence;
	size_t i;

	for (i = 0; i < ARRAY_LEN(whole); i++)
		if (strcmp(s, whole[i]) == 0)
			return;
	if (s[0] == '?' && (final == 'h' || final == 'l')) {
		for (i = 0; number(s + 1, (int)i) >= 0; i++)
			if (!is_mode(number(s + 1, (int)i)))
				fault(g, "mode CSI %s", s);
		return;
	}
	if (s[strspn(s, "0123456789;:")] != final || !strchr("ABCDGHJKLMPXSTb@dfmr", final)) {
		fault(g, "CSI %s", s);
		return;
	}
	if ((final == 'H' || final == 'f') && (number(s, 0) > g->rows || number(s, 1) > g->columns))
		fault(g, "a cursor beyond the screen, CSI %s", s);
	if ((final == 'd' && number(s, 0) > g->rows) || (final == 'G' && number(s, 0) > g->columns))
		fault(g, "a cursor beyond the screen, CSI %s", s);
}

/* Three are ours: a notice in printable words, a copy as base64, and the question for the ground's colour. */
static void end_osc(struct grammar *g)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	const char *s = g->sequence;
	size_t i;

	if (strncmp(s, "9;", 2) == 0) {
		for (i = 0; i < g->len; i++)
			if (s[i] < 0x20 || s[i] > 0x7e)
				fault(g, "a notice with more than plain characters");
	} else if (strcmp(s, "11;?") == 0) {
		;
	} else if (strncmp(s, "52;c;", 5) != 0 || s[5 + strspn(s + 5, base64)]) {
		fault(g, "OSC %.60s", s);
	}
}

static void character(struct grammar *g, uint32_t cp)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);

	switch (category) {
	case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: case UTF8PROC_CATEGORY_CO: case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP:
		fault(g, "U+%04X", cp);
		break;
	case UTF8PROC_CATEGORY_ZS:
		if (cp != ' ' && cp != 0xa0)	/* the latter under pictures: ui/term.c */
			fault(g, "U+%04X", cp);
		break;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_ME: case UTF8PROC_CATEGORY_MC:
		if (++g->marks > 4)
			fault(g, "the %dth mark on one base, U+%04X", g->marks, cp);
		return;
	default:
		if (cp == 0x2800 || cp == 0x115f || cp == 0x1160 || cp == 0x3164 || cp == 0xffa0)
			fault(g, "U+%04X", cp);
	}
	g->marks = 0;
}

static void ground(struct grammar *g, unsigned char c)
{
	utf8proc_int32_t cp;
	size_t want;

	if (g->utf8_len > 0 || c >= 0x80) {
		g->utf8[g->utf8_len++] = c;
		want = g->utf8[0] >= 0xf0 ? 4 : g->utf8[0] >= 0xe0 ? 3 : 2;
		if (g->utf8[0] < 0xc2 || g->utf8[0] > 0xf4 || (g->utf8_len > 1 && (c & 0xc0) != 0x80)) {
			fault(g, "a broken character, \\x%02X", g->utf8[0]);
			g->utf8_len = 0;
		} else if (g->utf8_len == want) {
			if (utf8proc_iterate(g->utf8, (utf8proc_ssize_t)want, &cp) < 0)
				fault(g, "a broken character, \\x%02X", g->utf8[0]);
			else
				character(g, (uint32_t)cp);
			g->utf8_len = 0;
		}
		return;
	}
	if (c == 0x1b)
		g->state = ESCAPED;
	else if (c == '\a')
		g->bells++;
	else if ((c < 0x20 && !strchr("\r\n\b\t\016\017", c)) || c == 0x7f || c == 0)
		fault(g, "the control character \\x%02X", c);
	else
		g->marks = 0;
}

static void keep(struct grammar *g, unsigned char c)
{
	if (g->len + 1 < sizeof(g->sequence)) {
		g->sequence[g->len++] = (char)c;
		g->sequence[g->len] = '\0';
	} else if (g->state == CSI) {
		fault(g, "a CSI without an end");
		g->state = GROUND;
	}
}

static void escaped(struct grammar *g, unsigned char c)
{
	g->len = 0;
	g->sequence[0] = '\0';
	g->state = c == '[' ? CSI : c == ']' ? OSC : c == 'P' ? DCS : c == '_' ? APC : c == '(' || c == ')' ? CHARSET : GROUND;
	if (g->state == GROUND && !strchr("78=>M", c))
		fault(g, "ESC %c", c);
}

/* Of device control strings only pictures: their head, and then nothing but a picture's letters. */
static void picture(struct grammar *g, unsigned char c)
{
	if (c == 0x1b) {
		g->state = DCS_ESCAPED;
	} else if (g->len < 60 && !strchr(g->sequence, 'q')) {
		keep(g, c);
		if (c != 'q' && (c < '0' || c > '9') && c != ';') {
			fault(g, "DCS %s", g->sequence);
			g->state = GROUND;
		}
		g->pictures += c == 'q';
	} else if (c < 0x21 || c > 0x7e) {
		if (c != '\n' && c != '\r')
			fault(g, "\\x%02X in a picture", c);
	}
}

/* Of application strings only kitty's pictures: letters with numbers or letters, then base64 alone. */
static void kitty(struct grammar *g, unsigned char c)
{
	static const char keys[] = "acdfhimopqrstvwxyzCIS";
	const char *s = g->sequence;
	size_t len = g->len;

	if (c == 0x1b) {
		g->state = APC_ESCAPED;
		g->pictures += strstr(s, "a=p,") != NULL;
	} else if (len == 0 ? c != 'G' : strchr(s, ';') ? !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", c) :
		   !strchr("=,;-0123456789", c) && !strchr(keys, c)) {
		fault(g, "APC %.60s%c", s, c);
		g->state = GROUND;
	} else if (!strchr(s, ';')) {
		keep(g, c);
	}
}

static void one(struct grammar *g, unsigned char c)
{
	switch (g->state) {
	case GROUND:
		ground(g, c);
		break;
	case ESCAPED:
		escaped(g, c);
		break;
	case CHARSET:
		g->state = GROUND;
		if (c != 'B' && c != '0')
			fault(g, "the character set %c", c);
		break;
	case CSI:
		if (c < 0x20 || c > 0x7e) {
			fault(g, "\\x%02X in CSI %s", c, g->sequence);
			g->state = GROUND;
			break;
		}
		keep(g, c);
		if (c >= 0x40) {
			g->state = GROUND;
			end_csi(g, (char)c);
		}
		break;
	case OSC:
		if (c == 0x1b) {
			g->state = OSC_ESCAPED;
		} else if (c == '\a') {
			g->state = GROUND;
			end_osc(g);
		} else {
			keep(g, c);
		}
		break;
	case DCS:
		picture(g, c);
		break;
	case APC:
		kitty(g, c);
		break;
	default:
		if (c != '\\')
			fault(g, "a string that ends with ESC %c", c);
		else if (g->state == OSC_ESCAPED)
			end_osc(g);
		g->state = GROUND;
	}
}

void grammar_feed(struct grammar *g, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++, g->offset++)
		one(g, (unsigned char)bytes[i]);
}
