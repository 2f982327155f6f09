/* theme: what each meaning (enum style) looks like, in the one table there is, and which colours a terminal has for it. Pure. */
#ifndef ASSENT_UI_THEME_H
#define ASSENT_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/cells.h"

/* For a dark ground, for a light one; without any colour. The ground itself stays the terminal's own. */
enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_COUNT };

struct look {
	uint8_t weights;	/* enum sgr_weight */
	int16_t front, back;	/* of the 256 colours; -1: the terminal's own */
};

/* dark, light, mono; false: none of them. */
bool theme_named(const char *name, enum theme *ret);
/* How it looks with so many colours: with fewer than 256 only 0 to 7 are used. */
struct look theme_look(enum theme theme, enum style style, int colors);
/* One of the 256 colours, as the nearest of the first `colors`: all of them with 256 and more, else the 16 or the 8. */
int16_t theme_fold(int16_t color, int colors);
/* The colour as it is shown, 0xRRGGBB; of the first 16 as most terminals have them. */
uint32_t theme_rgb(int16_t color);
/* Is this ground a light one? Parts are 0 to 255. */
bool theme_is_light(int red, int green, int blue);

#endif
