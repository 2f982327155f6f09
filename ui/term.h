/* term: the terminal, through ncurses: the only file that knows it. Cells are painted, what is read are plain bytes. */
#ifndef ASSENT_UI_TERM_H
#define ASSENT_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/cells.h"

/* 0, or ERR_IO with what to do (no terminal, unknown TERM). color false: NO_COLOR. */
int term_start(bool color, struct err *e);
void term_stop(void);	/* leaves the terminal as it was; may be called from a signal's handler in the loop, and twice */
/* After SIGWINCH: the size in cells and pixels (0 unknown). */
void term_size(int *columns, int *rows, int *pixel_width, int *pixel_height);
void term_resize(int columns, int rows);
/* Paints what changed; ncurses finds out what that is. */
void term_paint(const struct cells *c);
/* The next paint writes every cell anew. */
void term_forget(void);
/* Bytes of our own (queries, pictures), after what was painted. */
void term_write(const char *bytes, size_t len);
/* Text for the terminal's own clipboard (OSC 52), if it takes that. */
void term_copy(const char *text, size_t len);
bool term_unicode(void);
/* How many colours a terminal of this name has, as terminfo says; -1: it is not known there. For before term_start(), and without it. */
int term_colors(const char *name);

#endif
