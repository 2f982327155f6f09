/* cells: the screen as a grid, before any terminal. Pure. Everything is drawn into it, clipped, and painted from it (term.h). */
#ifndef ASSENT_UI_CELLS_H
#define ASSENT_UI_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/safetext.h"
#include "core/sgr.h"

/* Meanings, not colours; what they look like is theme.h's. */
enum style {
	STYLE_NORMAL, STYLE_DIM, STYLE_BOLD, STYLE_BORDER, STYLE_TITLE, STYLE_TOP, STYLE_ALERT, STYLE_RISKY, STYLE_SELECTED, STYLE_MARK,
	STYLE_READY, STYLE_WAIT, STYLE_CLAIM, STYLE_GOOD, STYLE_PICTURE, STYLE_COUNT
};

struct rect { int x, y, width, height; };

#define CELL_RGB 0x1000000

struct cell {
	char text[21];		/* UTF-8: a character and at most four marks on it; "" behind a wide character */
	uint8_t width;		/* columns: 1, 2, or 0 for what a wide one covers */
	uint8_t style;
	uint8_t weights;	/* enum sgr_weight, of a log's text */
	int32_t front, back;	/* for pictures and logs: colours of the 256, or CELL_RGB with red, green, blue; -1: the style's own */
};

struct cells {
	struct cell *grid;	/* own; rows of width */
	int width, height;
	int cursor_x, cursor_y;	/* -1: hidden */
};

int cells_init(struct cells *c, int width, int height);	/* 0 or ERR_NOMEM */
void cells_release(struct cells *c);
void cells_clear(struct cells *c);	/* every cell blank, the cursor hidden */
struct cell *cells_at(struct cells *c, int x, int y);	/* NULL outside */

/* Our own words; what is foreign in them is marked all the same. Returns the column behind it. */
int cells_put(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *text);
int cells_putf(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Foreign text on one line, through core/safetext; marks in STYLE_MARK. Cut at the clip, and the cut is seen. */
int cells_foreign(struct cells *c, const struct rect *clip, int x, int y, enum style style, enum safetext_kind kind, const char *text, size_t len);
/* The same, wrapped over lines from row y (rows above the clip are skipped). Returns the rows it takes in all. */
int cells_foreign_wrapped(struct cells *c, const struct rect *clip, int y, enum style style, enum safetext_kind kind, const char *text, size_t len);
/*
 * Such text as words that go on at column x of row *y, and over into the clip's columns of the next rows: broken at blanks where that is possible, a
 * line break is marked. Rows outside of the clip are skipped. Returns the column behind it; *y is the row of it.
 */
int cells_foreign_flow(struct cells *c, const struct rect *clip, int x, int *y, enum style style, enum safetext_kind kind, const char *text, size_t len);
/* As cells_foreign_flow(), all of a text from the clip's first column of row y on. Returns the rows it takes, at least one. */
int cells_foreign_words(struct cells *c, const struct rect *clip, int y, enum style style, enum safetext_kind kind, const char *text, size_t len);
/* One glyph of such text, in the looks of a log's own sequences (NULL: the style's alone). Returns the column behind it. */
int cells_glyph(struct cells *c, const struct rect *clip, int x, int y, enum style style, const struct sgr *look, const struct safetext_glyph *g);
void cells_fill(struct cells *c, const struct rect *r, enum style style);	/* with blanks */
/* A frame in the rectangle's edge, with a title in its top edge. */
void cells_frame(struct cells *c, const struct rect *r, const char *title, bool unicode);
/* A line across, with a title in it (NULL or "": none). */
void cells_line(struct cells *c, int x, int y, int width, const char *title, bool unicode);
/* As text, for golden tests: rows, then a layer of style letters (. is the usual one, and left out at a row's end), then one of colours where there are any (0 to f, * for the other 240; - for a weight). */
int cells_dump(const struct cells *c, struct buf *out);

#endif
