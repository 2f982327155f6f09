/*
 * input: the terminal's bytes to keys, pastes and answers, cut at any byte. Pure.
 * An answer of the terminal that comes late is still an answer, and never a key.
 */
#ifndef ASSENT_UI_INPUT_H
#define ASSENT_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_type {
	INPUT_KEY,		/* code: a code point, or KEYS_*; mods and plain where the terminal told them */
	INPUT_CHORD,		/* a key that only a desktop knows: with Alt or Super, or by its number in kitty's protocol: code and mods */
	INPUT_PASTE,		/* one pasted character in code: text, and no key */
	INPUT_PASTE_END,	/* behind the last one */
	INPUT_FOCUS,		/* code 1 in, 0 out */
	INPUT_STATUS,		/* CSI 0 n: the terminal has drawn what came before */
	INPUT_ATTRIBUTES,	/* CSI ? params c (DA1) */
	INPUT_DEVICE,		/* CSI > params c (DA2) */
	INPUT_VERSION,		/* DCS > | text ST (XTVERSION): text is the terminal's own name of itself */
	INPUT_KITTY,		/* APC G i=31 ; OK ST, to the question for kitty's pictures: code 1; any other word: 0 */
	INPUT_GRAPHICS,		/* CSI ? params S (XTSMGRAPHICS) */
	INPUT_CELL_SIZE,	/* CSI 6 ; height ; width t */
	INPUT_AREA_SIZE,	/* CSI 4 ; height ; width t */
	INPUT_MODE,		/* CSI ? mode ; value $ y */
	INPUT_COLOR,		/* OSC 10 or 11 (code): the terminal's own text or ground: red, green, blue, 0 to 255 */
	INPUT_MOUSE,		/* CSI < button ; column ; row M: pressed or moved; code: the button as the terminal counts, wheel 64 and 65. Cells from 1, or pixels (mode 1016) */
	INPUT_MOUSE_UP,		/* the same with m: released */
	INPUT_KEYBOARD,		/* CSI ? flags u: it has kitty's keyboard protocol */
	INPUT_OTHER,		/* understood as nothing; swallowed */
};

#define INPUT_PARAMS 16

/* Held with a key. */
enum input_mods { INPUT_SHIFT = 1, INPUT_ALT = 2, INPUT_CTRL = 4, INPUT_SUPER = 8 };

struct input_event {
	enum input_type type;
	uint32_t code;
	uint8_t mods;		/* enum input_mods: none is told in the old way but Alt */
	uint32_t plain;		/* of a control character that was told as a key: the key itself; 0 */
	int params[INPUT_PARAMS], count;
	const char *text;	/* of a version; borrowed, NULL else. Foreign: for comparing, not for showing */
};

struct input {
	int state;
	char sequence[128];	/* the sequence or string so far, without what began it */
	size_t len;
	char string;		/* the letter that began it */
	int more;		/* of a character inside of a string: bytes to come, and its first one */
	unsigned char lead;
	int skip;		/* bytes to come that mean nothing */
	unsigned char utf8[4];
	size_t utf8_len;
	bool pasting;
	bool answered;		/* DA1 has come, the last of what is asked at the start: no name of a terminal is on its way */
	bool late;		/* a lone ESC was taken for the Escape key: what it may have begun after all is still no key */
};

void input_init(struct input *in);
/* Feeds bytes; calls back for each event. */
void input_feed(struct input *in, const char *bytes, size_t len, void (*on_event)(const struct input_event *ev, void *arg), void *arg);
/* Nothing came for a while (25 ms): a lone ESC was the Escape key, and a letter behind it a letter, or, while the terminal has not answered all yet, nothing. */
void input_idle(struct input *in, void (*on_event)(const struct input_event *ev, void *arg), void *arg);
/* Is anything waiting for that? */
bool input_pending(const struct input *in);

#endif
