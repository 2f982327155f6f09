/* detect: what the terminal can do, from its own answers, and what pictures it therefore gets. Pure. */
#ifndef ASSENT_UI_DETECT_H
#define ASSENT_UI_DETECT_H

#include <stdbool.h>

#include "ui/input.h"
#include "ui/picture.h"
#include "ui/terminals.h"

/* --picture: AUTO leaves it to the answers, all else is asked for. */
enum picture_mode { PICTURE_AUTO, PICTURE_SIXEL, PICTURE_KITTY, PICTURE_BLOCKS, PICTURE_NONE };
#define PICTURE_MODES "auto, sixel, kitty, blocks, none"
/* false: none of them. */
bool picture_mode_named(const char *name, enum picture_mode *ret);

struct size { int width, height; };	/* pixels; 0 unknown */

struct detect {
	bool done;		/* the last answer came, or time is over */
	bool sixel, kitty;	/* it has said that it has these pictures */
	bool synchronized;	/* takes a frame as one (mode 2026) */
	bool pixels;		/* says that it can tell where a mouse is in pixels (mode 1016) */
	bool keyboard;		/* has kitty's keyboard protocol */
	bool ground, light;	/* it has told its ground's colour; that is a light one */
	int cell_width, cell_height;	/* pixels; 0 unknown; by detect_finish() */
	int colors;		/* colour registers; 0 unknown */
	struct size max;	/* of a sixel picture */
	const struct terminal *terminal;	/* NULL: as long as nothing is known of it */
	struct {		/* as it was told */
		struct size cell, area, graphics;	/* graphics: what it has room for now */
		bool geometry;	/* one answer of that kind came: the next one is the most that it ever takes */
	} told;
};

/* What to write at the start to a terminal of this name (NULL: TERM is not set). DA1 comes last: every terminal answers it, so nothing comes behind. */
const char *detect_query(const char *name, bool multiplexer);
/* Its window has changed: what to write to get the sizes anew, which forgets the old answers; "" for one that would print it. */
const char *detect_again(struct detect *d, const char *name);
/* What to write, once, to a terminal with sixel that has few colours now but may have more; NULL for all others. */
const char *detect_more_colors(const struct detect *d);
/* An answer. true when it was one of these. */
bool detect_answer(struct detect *d, const struct input_event *ev);
/* After the answers, or a second without: the size of a cell, by the best method there is. The pixels are the kernel's, 0 unknown. */
void detect_finish(struct detect *d, int columns, int rows, int pixel_width, int pixel_height);
/* What pictures it gets. blocks: half blocks can be drawn there. For sixel that was asked for the size of a cell is taken for 10x20 where nothing tells it. */
void detect_policy(struct detect *d, enum picture_mode mode, bool blocks, struct picture_policy *ret);

#endif
