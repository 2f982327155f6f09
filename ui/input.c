/* input: see input.h. */
#include "config.h"

#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "ui/keymap.h"

enum state { GROUND, ESCAPED, CSI, SS3, STRING, STRING_ESCAPED, SKIP, LATE, LATE_ALONE };

enum { BEL = 0x07, CAN = 0x18, SUB = 0x1a, ESC = 0x1b };

void input_init(struct input *in)
{
	*in = (struct input){ .state = GROUND };
}

struct emit {
	void (*on_event)(const struct input_event *ev, void *arg);
	void *arg;
};

static void emit(const struct emit *to, enum input_type type, uint32_t code)
{
	struct input_event ev = { .type = type, .code = code };

	to->on_event(&ev, to->arg);
}

static void key(const struct input *in, const struct emit *to, uint32_t code)
{
	emit(to, in->pasting ? INPUT_PASTE : INPUT_KEY, code);
}

static void parse_params(const char *s, struct input_event *ev)
{
	while (ev->count < INPUT_PARAMS) {
		char *end;
		long n = strtol(s, &end, 10);

		ev->params[ev->count++] = n > KEY_SPECIAL ? KEY_SPECIAL : (int)n;
		end += strspn(end, ":0123456789");	/* what belongs to it */
		if (*end != ';')
			break;
		s = end + 1;
	}
}

static uint32_t tilde_key(int n)
{
	static const struct { int n; uint32_t key; } table[] = {
		{ 1, KEYS_HOME }, { 2, KEYS_INSERT }, { 29, KEYS_MENU }, { 3, KEYS_DELETE }, { 4, KEYS_END }, { 5, KEYS_PAGE_UP }, { 6, KEYS_PAGE_DOWN }, { 7, KEYS_HOME }, { 8, KEYS_END },
	};
	static const int function[] = { 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24 };	/* F1 to F12 */
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].n == n)
			return table[i].key;
	for (i = 0; i < ARRAY_LEN(function); i++)
		if (function[i] == n)
			return KEYS_F1 + (uint32_t)i;
	return KEYS_OTHER;
}

static uint32_t letter_key(char final)
{
	static const char letters[] = "ABCDHFPQS";
	static const uint32_t keys[] = { KEYS_UP, KEYS_DOWN, KEYS_RIGHT, KEYS_LEFT, KEYS_HOME, KEYS_END, KEYS_F1, KEYS_F1 + 1, KEYS_F1 + 3 };
	const char *p = strchr(letters, final);

	return p && *p ? keys[p - letters] : KEYS_OTHER;
}

/* What terminals answer, and mice: the first character, what stands before the last one, the last, and the first number (-1: any). */
static const struct { char first, middle, last; int number; enum input_type type; } answers[] = {
	{ '?', 0, 'c', -1, INPUT_ATTRIBUTES }, { '>', 0, 'c', -1, INPUT_DEVICE }, { '?', 0, 'S', -1, INPUT_GRAPHICS }, { '?', '$', 'y', -1, INPUT_MODE }, { 0, 0, 'n', 0, INPUT_STATUS },
	{ 0, 0, 't', 6, INPUT_CELL_SIZE }, { 0, 0, 't', 4, INPUT_AREA_SIZE }, { '<', 0, 'M', -1, INPUT_MOUSE }, { '<', 0, 'm', -1, INPUT_MOUSE_UP },
	{ '?', 0, 'u', -1, INPUT_KEYBOARD },
};

static enum input_type answer_type(char first, char middle, char last, int number)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(answers); i++)
		if (answers[i].first == first && answers[i].middle == middle && answers[i].last == last &&
		    (answers[i].number < 0 || answers[i].number == number))
			return answers[i].type;
	return INPUT_OTHER;
}

static uint8_t read_mods(int param)
{
	return param > 0 ? (uint8_t)(param - 1) & (INPUT_SHIFT | INPUT_ALT | INPUT_CTRL | INPUT_SUPER) : 0;
}

/* The character that Ctrl with this key is in the old way; 0: none that we have a use for. Ctrl-5 is where a keyboard has no ] of its own. */
static uint32_t control(uint32_t key)
{
	if (key == '5')
		return ']' & 0x1f;
	return (key >= 'a' && key <= 'z') || (key >= '[' && key <= '_') ? key & 0x1f : 0;
}

/* A key told by its number: what the old way has a code for is that key, all else only a desktop knows. */
static void numbered_key(uint32_t code, int mods, struct input_event *ev)
{
	static const struct { uint32_t code, key; } named[] = { { 13, KEYS_ENTER }, { 27, KEYS_ESCAPE }, { 127, KEYS_BACKSPACE }, { '\t', '\t' } };
	size_t i;

	ev->type = INPUT_CHORD;
	ev->code = code;
	ev->mods = read_mods(mods);
	/* xterm tells a capital so: it is that character, and with Ctrl the key that has it. Kitty tells the key, which is a small letter. */
	if (ev->mods == INPUT_SHIFT && code > ' ' && (code < 'a' || code > 'z') && code != 0x7f && (code < 0x80 || code > 0x9f) && code < 0xe000) {
		ev->type = INPUT_KEY;
		ev->mods = 0;
		return;
	}
	if (ev->mods & INPUT_SHIFT && code >= 'A' && code <= 'Z')
		ev->code = code += 'a' - 'A';
	for (i = 0; i < ARRAY_LEN(named); i++) {
		if (named[i].code != code)
			continue;
		ev->code = named[i].key;
		if (ev->mods == 0)
			ev->type = INPUT_KEY;
		return;
	}
	if (ev->mods == INPUT_CTRL && control(code)) {
		ev->type = INPUT_KEY;
		ev->code = control(code);
		ev->plain = code;
	}
}

/* "1;5:3": the third number of what is held with a key, where it stands, is 3 when the key is released. */
static bool is_release(const char *params)
{
	const char *second = strchr(params, ';'), *end = second ? strchr(second + 1, ';') : NULL, *event = second ? strchr(second, ':') : NULL;

	return event && (!end || event < end) && strtol(event + 1, NULL, 10) == 3;
}

/* A key's sequence: not one of the answers that end with the same letter. */
static void end_key(struct input *in, const char *params, char last, struct input_event *ev)
{
	if (last == '~' && (ev->params[0] == 200 || ev->params[0] == 201)) {
		if (in->pasting && ev->params[0] == 201)
			ev->type = INPUT_PASTE_END;
		in->pasting = ev->params[0] == 200;
	} else if (in->pasting || (strchr("~uABCDHFPQS", last) && is_release(params))) {
		;
	} else if (last == 'u' || (last == '~' && ev->params[0] == 27)) {
		numbered_key((uint32_t)ev->params[last == 'u' ? 0 : 2], ev->params[1], ev);
	} else if (last == 'Z') {
		numbered_key('\t', 1 + INPUT_SHIFT, ev);
	} else if (last == '~' || strchr("ABCDHF", last) || (strchr("PQS", last) && ev->count == 2 && ev->params[0] == 1)) {
		ev->type = INPUT_KEY;
		ev->code = last == '~' ? tilde_key(ev->params[0]) : letter_key(last);
		ev->mods = read_mods(ev->params[1]);
	} else if (last == 'I' || last == 'O') {
		ev->type = INPUT_FOCUS;
		ev->code = last == 'I';
	} else if (last == 'M' && in->len == 0) {
		in->state = SKIP;	/* an old mouse: three bytes follow, and they are no keys */
		in->skip = 3;
	} else if (last == '[') {
		in->state = SKIP;	/* a function key of the Linux console: one letter follows */
		in->skip = 1;
	}
}

/* A whole CSI sequence stands in in->sequence: parameters, then the final byte. */
static void end_csi(struct input *in, const struct emit *to)
{
	struct input_event ev = { .type = INPUT_OTHER };
	const char *params = in->sequence;
	char last = in->sequence[--in->len], first = strchr("<=>?", *params) ? *params : 0, middle = 0;
	size_t i;

	in->sequence[in->len] = '\0';
	for (i = 0; i < in->len; i++)
		if (params[i] >= 0x20 && params[i] <= 0x2f)
			middle = params[i];
	parse_params(params + (first != 0), &ev);
	/* What stands in a paste answers nothing: it would say that the terminal has drawn what a decision is about. */
	ev.type = in->pasting ? INPUT_OTHER : answer_type(first, middle, last, ev.params[0]);
	in->answered |= ev.type == INPUT_ATTRIBUTES;
	if (ev.type == INPUT_MOUSE || ev.type == INPUT_MOUSE_UP) {
		ev.code = (uint32_t)ev.params[0];
		if (ev.count != 3)
			ev.type = INPUT_OTHER;
	} else if (ev.type == INPUT_OTHER && !first && !middle) {
		end_key(in, params, last, &ev);
	}
	to->on_event(&ev, to->arg);
}

/* One to four digits, as eight bits. */
static int color_part(const char **p)
{
	char *end;
	long n = strtol(*p, &end, 16);
	int digits = (int)(end - *p);

	*p = end;
	if (digits < 1 || digits > 4 || n < 0)
		return -1;
	return digits == 1 ? (int)n * 17 : (int)(n >> 4 * (digits - 2));
}

/* "11;rgb:ffff/ffff/ffff" of a terminal's own ground. */
static void end_color(const struct input *in, const struct emit *to)
{
	struct input_event ev = { .type = INPUT_COLOR, .count = 3 };
	const char *p = in->sequence + 3;
	int i;

	ev.code = (uint32_t)strtoul(in->sequence, NULL, 10);
	if ((ev.code != 10 && ev.code != 11) || in->sequence[2] != ';')
		return;
	if (strncmp(p, "rgba:", 5) == 0)
		p += 5;
	else if (strncmp(p, "rgb:", 4) == 0)
		p += 4;
	else
		return;
	for (i = 0; i < 3; i++, p++) {
		ev.params[i] = color_part(&p);
		if (ev.params[i] < 0 || (i < 2 && *p != '/'))
			return;
	}
	to->on_event(&ev, to->arg);
}

/* What a terminal tells as a string: a colour, its name, whether it has kitty's pictures. All else is swallowed. */
static void end_string(struct input *in, const struct emit *to)
{
	struct input_event ev = { .type = INPUT_OTHER };

	in->state = GROUND;
	if (in->len >= sizeof(in->sequence) - 1)
		return;
	in->sequence[in->len] = '\0';
	if (in->string == ']') {
		end_color(in, to);
	} else if (in->string == 'P' && strncmp(in->sequence, ">|", 2) == 0) {
		ev.type = INPUT_VERSION;
		ev.text = in->sequence + 2;
		to->on_event(&ev, to->arg);
	} else if (in->string == '_' && strncmp(in->sequence, "Gi=31;", 6) == 0) {
		ev.type = INPUT_KITTY;
		ev.code = strcmp(in->sequence + 6, "OK") == 0;
		to->on_event(&ev, to->arg);
	}
}

/* A control of the second kind, by ESC and a letter or as one byte. false: it begins nothing. */
static bool begin(struct input *in, int letter)
{
	in->len = 0;
	if (letter == '[')
		in->state = CSI;
	else if (letter == 'O')
		in->state = SS3;
	else if (letter && strchr("PX]^_", letter))
		in->state = STRING;
	else
		return false;
	in->string = (char)letter;
	in->more = 0;
	return true;
}

static void character(struct input *in, const struct emit *to, uint32_t cp)
{
	if (cp < 0x80 || cp > 0x9f)
		key(in, to, cp);
	else if (!in->pasting)
		begin(in, (int)cp - 0x40);
}

static void ground(struct input *in, const struct emit *to, unsigned char c)
{
	uint32_t cp;

	if (in->utf8_len == 0 && c >= 0x80 && c <= 0x9f) {
		character(in, to, c);	/* begins no character: a control in one byte */
		return;
	}
	if (in->utf8_len > 0 || c >= 0x80) {
		in->utf8[in->utf8_len++] = c;
		if (utf8_decode((char *)in->utf8, in->utf8_len, &cp) > 0) {
			in->utf8_len = 0;
			character(in, to, cp);
		} else if (in->utf8_len == 4 || (c < 0x80)) {
			in->utf8_len = 0;	/* no character: dropped, and what follows is looked at afresh */
			if (c < 0x80)
				ground(in, to, c);
		}
		return;
	}
	if (c == ESC)
		in->state = ESCAPED;
	else if (c == '\r' || c == '\n')
		key(in, to, KEYS_ENTER);
	else if (c == 0x7f || c == 0x08)
		key(in, to, KEYS_BACKSPACE);
	else
		key(in, to, c);
}

/* Inside of what a terminal tells as a string: it ends with BEL or ST, which is ESC and a backslash, or one byte that is no part of a character. */
static void string_byte(struct input *in, const struct emit *to, unsigned char c)
{
	bool st = c == 0x9c && (in->more == 0 || (in->more == 1 && in->lead == 0xc2));

	if (c == BEL || st) {
		end_string(in, to);
		return;
	}
	if (c >= 0xc0) {
		in->lead = c;
		in->more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	} else {
		in->more = c >= 0x80 && in->more > 0 ? in->more - 1 : 0;
	}
	if (in->len < sizeof(in->sequence) - 1)
		in->sequence[in->len++] = (char)c;
}

static void escaped(struct input *in, const struct emit *to, unsigned char c)
{
	struct input_event ev = { .type = in->pasting || c >= 0x80 ? INPUT_OTHER : INPUT_CHORD, .code = c, .mods = INPUT_ALT };

	if (c == ESC) {
		key(in, to, KEYS_ESCAPE);
	} else if (!begin(in, c)) {
		in->state = GROUND;
		to->on_event(&ev, to->arg);
	}
}

/* Inside of a sequence. ESC begins another: so nothing that was cut off keeps the keyboard for ever. */
static void inside(struct input *in, const struct emit *to, unsigned char c)
{
	switch (in->state) {
	case CSI:
		if (c >= 0x20 && c < 0x80 && in->len < sizeof(in->sequence) - 1)
			in->sequence[in->len++] = (char)c;
		else if (c < 0x40 || c > 0x7e)
			break;
		if (c >= 0x40 && c <= 0x7e) {
			in->state = GROUND;
			if (in->sequence[in->len - 1] == (char)c)
				end_csi(in, to);
		}
		break;
	case SS3:
		if (c >= '0' && c <= '9')
			break;
		in->state = GROUND;
		key(in, to, c == 'R' ? KEYS_F1 + 2 : letter_key((char)c));
		break;
	case STRING:
		string_byte(in, to, c);
		break;
	default:
		in->state = --in->skip > 0 ? SKIP : GROUND;
		break;
	}
}

static void feed_one(struct input *in, const struct emit *to, unsigned char c);

/* Behind an ESC that was taken for a key: P and _ are keys too, but not before what a terminal's name or its word on pictures begins with. */
static void late_letter(struct input *in, const struct emit *to, unsigned char c)
{
	char letter = in->string;
	bool alone = in->state == LATE_ALONE;

	in->state = GROUND;
	if (c == (letter == 'P' ? '>' : 'G')) {
		begin(in, letter);
		string_byte(in, to, c);
	} else {
		if (!alone)
			key(in, to, (unsigned char)letter);
		feed_one(in, to, c);
	}
}

static void feed_one(struct input *in, const struct emit *to, unsigned char c)
{
	bool late = in->late;

	in->late = false;
	if (in->state == LATE || in->state == LATE_ALONE) {
		late_letter(in, to, c);
	} else if (in->state == GROUND && late && (c == '[' || c == ']')) {
		begin(in, c);
	} else if (in->state == GROUND && late && (c == 'P' || c == '_')) {
		in->state = LATE;
		in->string = (char)c;
	} else if (in->state == GROUND) {
		ground(in, to, c);
	} else if (in->state == ESCAPED) {
		escaped(in, to, c);
	} else if (in->state == STRING_ESCAPED && c == '\\') {
		end_string(in, to);
	} else if (in->state == STRING_ESCAPED) {
		in->state = ESCAPED;	/* it was cut off */
		escaped(in, to, c);
	} else if (c == ESC) {
		in->state = in->state == STRING ? STRING_ESCAPED : ESCAPED;
	} else if (c == CAN || c == SUB) {
		in->state = GROUND;
	} else {
		inside(in, to, c);
	}
}

void input_feed(struct input *in, const char *bytes, size_t len, void (*on_event)(const struct input_event *ev, void *arg), void *arg)
{
	struct emit to = { on_event, arg };
	size_t i;

	for (i = 0; i < len; i++)
		feed_one(in, &to, (unsigned char)bytes[i]);
}

bool input_pending(const struct input *in)
{
	return in->state == ESCAPED || in->state == LATE;
}

void input_idle(struct input *in, void (*on_event)(const struct input_event *ev, void *arg), void *arg)
{
	struct emit to = { on_event, arg };

	if (!input_pending(in))
		return;
	if (in->state == LATE && !in->answered) {
		in->state = LATE_ALONE;	/* a key that the terminal may have pressed is none; a person who meant it presses it again */
		return;
	}
	in->late = in->state == ESCAPED;
	in->state = GROUND;
	key(in, &to, in->late ? KEYS_ESCAPE : (unsigned char)in->string);
}
