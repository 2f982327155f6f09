/* detect: what the terminal can do, from its own answers. Pure. */
#ifndef ASSENT_UI_DETECT_H
#define ASSENT_UI_DETECT_H

#include <stdbool.h>

#include "ui/input.h"

struct detect {
	bool done;		/* the last answer came, or time is over */
	bool sixel;
	bool synchronized;	/* takes a frame as one (mode 2026) */
	bool pixels;		/* says that it can tell where a mouse is in pixels (mode 1016) */
	bool keyboard;		/* has kitty's keyboard protocol */
	bool ground, light;	/* it has told its ground's colour; that is a light one */
	int cell_width, cell_height;	/* pixels; 0 unknown */
	int max_width, max_height;	/* of a sixel picture, pixels; 0 unknown */
	int area_width, area_height;	/* of the text, pixels; 0 unknown */
};

/* What to write at the start to a terminal of this name. DA1 comes last: every terminal answers it, so nothing comes behind. */
const char *detect_query(const char *name);
/* An answer. true when it was one of these. */
bool detect_answer(struct detect *d, const struct input_event *ev);
/* After the answers, or a second without: fills in what follows from the terminal's size. */
void detect_finish(struct detect *d, int columns, int rows, int pixel_width, int pixel_height);

#endif
