/* input: see input.h. */
#include "config.h"

#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "ui/keymap.h"

enum state { GROUND, ESCAPED, CSI, SS3, STRING, STRING_ESCAPED };

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

		ev->params[ev->count++] = n > 100000 ? 100000 : (int)n;
		if (*end != ';')
			break;
		s = end + 1;
	}
}

static uint32_t tilde_key(int n)
{
	static const struct { int n; uint32_t key; } table[] = {
		{ 1, KEYS_HOME }, { 3, KEYS_DELETE }, { 4, KEYS_END }, { 5, KEYS_PAGE_UP }, { 6, KEYS_PAGE_DOWN }, { 7, KEYS_HOME }, { 8, KEYS_END },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].n == n)
			return table[i].key;
	return KEYS_OTHER;
}

static uint32_t letter_key(char final)
{
	static const char letters[] = "ABCDHF";
	static const uint32_t keys[] = { KEYS_UP, KEYS_DOWN, KEYS_RIGHT, KEYS_LEFT, KEYS_HOME, KEYS_END };
	const char *p = strchr(letters, final);

	return p && *p ? keys[p - letters] : KEYS_OTHER;
}

/* A whole CSI sequence stands in in->sequence: parameters, then the final byte. */
static void end_csi(struct input *in, const struct emit *to)
{
	struct input_event ev = { .type = INPUT_OTHER };
	char final = in->sequence[in->len - 1];
	const char *params = in->sequence;

	in->sequence[in->len - 1] = '\0';
	parse_params(params + (*params == '?' || *params == '>' || *params == '='), &ev);
	if (*params == '?' && final == 'c')
		ev.type = INPUT_ATTRIBUTES;
	else if (*params == '?' && final == 'S')
		ev.type = INPUT_GRAPHICS;
	else if (*params == '?' && final == 'y')
		ev.type = INPUT_MODE;
	else if (final == 'n' && ev.params[0] == 0)
		ev.type = INPUT_STATUS;
	else if (final == 't' && ev.params[0] == 6)
		ev.type = INPUT_CELL_SIZE;
	else if (final == 't' && ev.params[0] == 4)
		ev.type = INPUT_AREA_SIZE;
	else if (final == '~' && (ev.params[0] == 200 || ev.params[0] == 201))
		in->pasting = ev.params[0] == 200;
	else if (in->pasting)
		ev.type = INPUT_OTHER;
	else if (final == '~' || strchr("ABCDHF", final)) {
		ev.type = INPUT_KEY;
		ev.code = final == '~' ? tilde_key(ev.params[0]) : letter_key(final);
	} else if (final == 'I' || final == 'O') {
		ev.type = INPUT_FOCUS;
		ev.code = final == 'I';
	}
	to->on_event(&ev, to->arg);
}

static void ground(struct input *in, const struct emit *to, unsigned char c)
{
	uint32_t cp;

	if (in->utf8_len > 0 || c >= 0x80) {
		in->utf8[in->utf8_len++] = c;
		if (utf8_decode((char *)in->utf8, in->utf8_len, &cp) > 0) {
			in->utf8_len = 0;
			key(in, to, cp);
		} else if (in->utf8_len == 4 || (c < 0x80)) {
			in->utf8_len = 0;	/* no character: dropped, and what follows is looked at afresh */
			if (c < 0x80)
				ground(in, to, c);
		}
		return;
	}
	if (c == 0x1b)
		in->state = ESCAPED;
	else if (c == '\r' || c == '\n')
		key(in, to, KEYS_ENTER);
	else if (c == 0x7f || c == 0x08)
		key(in, to, KEYS_BACKSPACE);
	else
		key(in, to, c);
}

static void feed_one(struct input *in, const struct emit *to, unsigned char c)
{
	switch (in->state) {
	case GROUND:
		ground(in, to, c);
		break;
	case ESCAPED:
		in->len = 0;
		in->state = c == '[' ? CSI : c == 'O' ? SS3 : c == 'P' || c == ']' || c == '_' || c == '^' || c == 'X' ? STRING : GROUND;
		if (in->state == GROUND && c == 0x1b) {
			key(in, to, KEYS_ESCAPE);
			in->state = ESCAPED;
		} else if (in->state == GROUND) {
			emit(to, INPUT_OTHER, c);	/* Alt with a key: means nothing here */
		}
		break;
	case CSI:
		if (c == 0x1b) {
			in->state = ESCAPED;
		} else if (in->len == sizeof(in->sequence) - 1) {
			if (c >= 0x40 && c <= 0x7e)
				in->state = GROUND;
		} else {
			in->sequence[in->len++] = (char)c;
			if (c >= 0x40 && c <= 0x7e) {
				in->state = GROUND;
				end_csi(in, to);
			}
		}
		break;
	case SS3:
		in->state = GROUND;
		key(in, to, letter_key((char)c));
		break;
	case STRING:
		if (c == 0x1b)
			in->state = STRING_ESCAPED;
		else if (c == 0x07 || c == 0x9c)
			in->state = GROUND;
		break;
	default:
		in->state = c == '\\' ? GROUND : STRING;
		break;
	}
}

void input_feed(struct input *in, const char *bytes, size_t len, void (*on_event)(const struct input_event *ev, void *arg), void *arg)
{
	struct emit to = { on_event, arg };
	size_t i;

	for (i = 0; i < len; i++)
		feed_one(in, &to, (unsigned char)bytes[i]);
}

int input_pending(const struct input *in)
{
	return in->state == ESCAPED;
}

void input_idle(struct input *in, void (*on_event)(const struct input_event *ev, void *arg), void *arg)
{
	struct emit to = { on_event, arg };

	if (in->state != ESCAPED)
		return;
	in->state = GROUND;
	key(in, &to, KEYS_ESCAPE);
}
