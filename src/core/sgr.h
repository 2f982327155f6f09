/*
 * sgr: the one kind of terminal sequence that a log may use: colours and weights (ESC [ ... m). Pure.
 *
 * Understood: 0, 1 to 9, 22 to 29, 30 to 37, 38, 39, 40 to 47, 48, 49, 90 to 97, 100 to 107; 38 and 48 as ;5;N, ;2;R;G;B, and with colons.
 * A sequence with anything else in it is none: nothing of it counts, and its ESC is marked by core/safetext as any other.
 */
#ifndef ASSENT_SGR_H
#define ASSENT_SGR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SGR_BYTES_MAX 128	/* of one sequence */

enum sgr_weight {
	SGR_BOLD = 1, SGR_DIM = 2, SGR_ITALIC = 4, SGR_UNDERLINE = 8, SGR_REVERSE = 16, SGR_CONCEALED = 32, SGR_STRUCK = 64,	/* blinking is not kept */
};

struct sgr {
	int16_t front, back;	/* of the 256 colours; -1: the terminal's own. An RGB colour is the nearest of them */
	uint8_t weights;	/* enum sgr_weight */
};

#define SGR_PLAIN ((struct sgr){ .front = -1, .back = -1 })

/* The length of the sequence that text begins with, and *s as it makes it; 0, and *s untouched, when there is none that is understood. */
size_t sgr_read(const char *text, size_t len, struct sgr *s);
/*
 * How it can be drawn so that it is seen on any terminal, light or dark: without REVERSE, the colours swapped instead; a colour as dark or as
 * light as the terminal's own ground may be is left to the terminal. true when it would have been hidden (concealed, or in the colour
 * of its ground): *ret is plain then, and the caller marks the text.
 */
bool sgr_look(const struct sgr *s, struct sgr *ret);

#endif
