/* keyname: see keyname.h. Names are compared without case, '_', '-' and blanks; nothing is guessed. */
#include "config.h"

#include "core/keyname.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct { const char *name; uint32_t keysym; } names[] = {
	{ "return", 0xff0d }, { "enter", 0xff0d }, { "numpadenter", 0xff8d }, { "kpenter", 0xff8d }, { "escape", 0xff1b }, { "esc", 0xff1b },
	{ "tab", 0xff09 }, { "backspace", 0xff08 }, { "bksp", 0xff08 }, { "bs", 0xff08 }, { "delete", 0xffff }, { "del", 0xffff },
	{ "insert", 0xff63 }, { "ins", 0xff63 }, { "home", 0xff50 }, { "end", 0xff57 }, { "pageup", 0xff55 }, { "pgup", 0xff55 },
	{ "prior", 0xff55 }, { "ppage", 0xff55 }, { "pagedown", 0xff56 }, { "pgdn", 0xff56 }, { "pgdown", 0xff56 }, { "next", 0xff56 },
	{ "npage", 0xff56 }, { "up", 0xff52 }, { "arrowup", 0xff52 }, { "down", 0xff54 }, { "arrowdown", 0xff54 }, { "right", 0xff53 },
	{ "arrowright", 0xff53 }, { "left", 0xff51 }, { "arrowleft", 0xff51 }, { "space", 0x20 }, { "spacebar", 0x20 },
	{ "isolefttab", 0xfe20 }, { "menu", 0xff67 }, { "contextmenu", 0xff67 }, { "apps", 0xff67 }, { "print", 0xff61 },
	{ "printscreen", 0xff61 }, { "prtsc", 0xff61 }, { "pause", 0xff13 }, { "break", 0xff13 }, { "capslock", 0xffe5 }, { "numlock", 0xff7f },
	{ "scrolllock", 0xff14 }, { "begin", 0xff58 }, { "clear", 0xff58 }, { "plus", 0x2b }, { "minus", 0x2d }, { "equal", 0x3d },
	{ "comma", 0x2c }, { "period", 0x2e }, { "slash", 0x2f }, { "backslash", 0x5c }, { "semicolon", 0x3b }, { "apostrophe", 0x27 },
	{ "grave", 0x60 }, { "bracketleft", 0x5b }, { "bracketright", 0x5d }, { "underscore", 0x5f }, { "exclam", 0x21 }, { "quotedbl", 0x22 },
	{ "numbersign", 0x23 }, { "dollar", 0x24 }, { "percent", 0x25 }, { "ampersand", 0x26 }, { "parenleft", 0x28 }, { "parenright", 0x29 },
	{ "asterisk", 0x2a }, { "colon", 0x3a }, { "less", 0x3c }, { "greater", 0x3e }, { "question", 0x3f }, { "at", 0x40 },
	{ "asciicircum", 0x5e }, { "braceleft", 0x7b }, { "bar", 0x7c }, { "braceright", 0x7d }, { "asciitilde", 0x7e },
	{ "kp0", 0xffb0 }, { "kp1", 0xffb1 }, { "kp2", 0xffb2 }, { "kp3", 0xffb3 }, { "kp4", 0xffb4 }, { "kp5", 0xffb5 }, { "kp6", 0xffb6 },
	{ "kp7", 0xffb7 }, { "kp8", 0xffb8 }, { "kp9", 0xffb9 }, { "kpdecimal", 0xffae }, { "kpdivide", 0xffaf }, { "kpmultiply", 0xffaa },
	{ "kpsubtract", 0xffad }, { "kpadd", 0xffab }, { "kpequal", 0xffbd }, { "kpseparator", 0xffac }, { "kpleft", 0xff96 },
	{ "kpright", 0xff98 }, { "kpup", 0xff97 }, { "kpdown", 0xff99 }, { "kppageup", 0xff9a }, { "kppagedown", 0xff9b }, { "kphome", 0xff95 },
	{ "kpend", 0xff9c }, { "kpinsert", 0xff9e }, { "kpdelete", 0xff9f }, { "kpbegin", 0xff9d },
	{ "ctrl", 0xffe3 }, { "control", 0xffe3 }, { "controll", 0xffe3 }, { "controlleft", 0xffe3 }, { "controlr", 0xffe4 },
	{ "shift", 0xffe1 }, { "shiftl", 0xffe1 }, { "shiftleft", 0xffe1 }, { "shiftr", 0xffe2 }, { "alt", 0xffe9 }, { "option", 0xffe9 },
	{ "altl", 0xffe9 }, { "altleft", 0xffe9 }, { "altr", 0xffea }, { "altgr", 0xfe03 }, { "altgraph", 0xfe03 }, { "isolevel3shift", 0xfe03 }, { "super", 0xffeb }, { "superl", 0xffeb },
	{ "superr", 0xffec }, { "meta", 0xffeb }, { "cmd", 0xffeb }, { "command", 0xffeb }, { "win", 0xffeb }, { "windows", 0xffeb },
	{ "metal", 0xffe7 }, { "metar", 0xffe8 }, { "hyper", 0xffed }, { "hyperl", 0xffed }, { "opt", 0xffe9 }, { "ctl", 0xffe3 }, { "controlright", 0xffe4 }, { "ctrlr", 0xffe4 },
	{ "shiftright", 0xffe2 }, { "metaright", 0xffec },
	{ "xf86audioplay", 0x1008ff14 }, { "xf86audiomute", 0x1008ff12 }, { "xf86audiopause", 0x1008ff31 }, { "xf86audiostop", 0x1008ff15 },
	{ "xf86audionext", 0x1008ff17 }, { "xf86audioprev", 0x1008ff16 }, { "xf86audioforward", 0x1008ff97 }, { "xf86audiorewind", 0x1008ff3e },
	{ "xf86audiorecord", 0x1008ff1c }, { "xf86audiolowervolume", 0x1008ff11 }, { "xf86audioraisevolume", 0x1008ff13 },
	{ "xf86back", 0x1008ff26 }, { "xf86forward", 0x1008ff27 }, { "xf86refresh", 0x1008ff29 },
};

/* Lower case, without '_', '-' and blanks. */
static void fold(const char *text, size_t len, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < len && n < size - 1; i++)
		if (!strchr("_- ", text[i]))
			out[n++] = (char)tolower((unsigned char)text[i]);
	out[n] = '\0';
}

uint32_t keyname_of_char(uint32_t cp)
{
	if (cp == '\n' || cp == '\r')
		return 0xff0d;
	if (cp == '\t')
		return 0xff09;
	if (cp == '\b')
		return 0xff08;
	if (cp == 0x1b)
		return 0xff1b;
	return (cp >= 0x20 && cp <= 0x7e) || (cp >= 0xa0 && cp <= 0xff) ? cp : 0x01000000 + cp;
}

void keyname_spell(uint32_t cp, char out[16])
{
	size_t i;

	out[0] = '\0';
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp > 0x10ffff)
		return;
	if (cp > 0x7e || (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z')) {
		snprintf(out, 16, cp > 0x7e ? "U%04X" : "%c", cp);
		return;
	}
	for (i = 0; i < ARRAY_LEN(names) && names[i].keysym != cp; i++)
		;
	snprintf(out, 16, "%s", i < ARRAY_LEN(names) ? names[i].name : "");
}

static size_t distance(const char *a, const char *b)
{
	size_t row[64], i, k, n = strlen(b);

	if (n >= 64)
		return n;
	for (k = 0; k <= n; k++)
		row[k] = k;
	for (i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (k = 1; k <= n; k++) {
			size_t change = corner + (a[i - 1] != b[k - 1]);

			corner = row[k];
			row[k] = row[k] + 1 < row[k - 1] + 1 ? row[k] + 1 : row[k - 1] + 1;
			if (change < row[k])
				row[k] = change;
		}
	}
	return row[n];
}

static int unknown(const char *part, size_t len, const char *folded, struct err *e)
{
	size_t i, best = 0, best_distance = SIZE_MAX;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		size_t d = distance(folded, names[i].name);

		if (d < best_distance) {
			best_distance = d;
			best = i;
		}
	}
	return err_set(e, ERR_INVALID, "unknown key \"%.*s\" (did you mean \"%s\"?)", (int)(len > 60 ? 60 : len), part, names[best].name);
}

static int one_key(const char *part, size_t len, bool with_modifier, uint32_t *ret, struct err *e)
{
	char folded[64], *rest;
	uint32_t cp;
	size_t i;
	long n;

	while (len > 1 && *part == ' ')
		part++, len--;
	while (len > 1 && part[len - 1] == ' ')
		len--;
	if (utf8_decode(part, len, &cp) == len && len > 0 && cp > 0x20) {
		*ret = keyname_of_char(with_modifier && cp >= 'A' && cp <= 'Z' ? cp - 'A' + 'a' : cp);
		return 0;
	}
	fold(part, len, folded, sizeof(folded));
	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(folded, names[i].name) == 0) {
			*ret = names[i].keysym;
			return 0;
		}
	}
	if (len == 1 && *part == ' ') {
		*ret = 0x20;
		return 0;
	}
	n = folded[0] == 'f' || folded[0] == 'u' ? strtol(folded + 1, &rest, folded[0] == 'f' ? 10 : 16) : 0;
	if (folded[0] == 'f' && folded[1] && !*rest && n >= 1 && n <= 35) {
		*ret = 0xffbe + (uint32_t)n - 1;
		return 0;
	}
	if (folded[0] == 'u' && strlen(folded) >= 5 && strlen(folded) <= 7 && !*rest && n >= 0x20 && n <= 0x10ffff) {
		*ret = keyname_of_char((uint32_t)n);
		return 0;
	}
	if (strncmp(folded, "0x", 2) == 0) {
		n = strtol(folded, &rest, 16);
		if (!*rest && n > 0 && n <= 0x1fffffff) {
			*ret = (uint32_t)n;
			return 0;
		}
	}
	return unknown(part, len, folded, e);
}

int keyname_parse(const char *text, struct keychord *ret, struct err *e)
{
	const char *p = text;

	*ret = (struct keychord){ 0 };
	while (*p) {
		/* A '+' that stands first, or behind another, is the key itself. */
		const char *end = strchr(p + 1, '+');
		size_t len = end ? (size_t)(end - p) : strlen(p);
		int r;

		if (ret->count == KEYNAME_CHORD_MAX)
			return err_set(e, ERR_INVALID, "more than %d keys at once", KEYNAME_CHORD_MAX);
		r = one_key(p, len, ret->count > 0, &ret->keysyms[ret->count], e);
		if (r < 0)
			return r;
		ret->count++;
		p += len;
		if (*p == '+' && !*++p)
			return err_set(e, ERR_INVALID, "\"%.60s\" ends with a plus; write plus for the key", text);
	}
	return ret->count > 0 ? 0 : err_set(e, ERR_INVALID, "an empty key name");
}

static bool is_character(uint32_t keysym)
{
	return (keysym >= 0x20 && keysym <= 0xff) || (keysym >= 0x01000100 && keysym <= 0x0110ffff) || (keysym >= 0xffaa && keysym <= 0xffbd);
}

/* Control, Alt, Meta, Super, Hyper. */
static bool is_command(uint32_t keysym)
{
	return keysym == 0xffe3 || keysym == 0xffe4 || (keysym >= 0xffe7 && keysym <= 0xffee);
}

bool keyname_types(const struct keychord *c)
{
	bool types = false;
	int i;

	for (i = 0; i < c->count; i++) {
		if (is_command(c->keysyms[i]))
			return false;
		types |= is_character(c->keysyms[i]);
	}
	return types;
}
