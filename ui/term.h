/*
 * term: the terminal, through ncurses: the only file that knows it. Cells are painted, what is read are plain bytes.
 *
 * ncurses writes into memory; what is to reach the terminal stands in a queue, from which tty_flush() (tty.h) writes as much as it takes.
 */
#ifndef ASSENT_UI_TERM_H
#define ASSENT_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/cells.h"
#include "ui/theme.h"

/* 0, or ERR_IO with what to do (no terminal, unknown TERM, one that cannot place text). */
int term_start(enum theme theme, struct err *e);
void term_stop(void);	/* leaves the terminal as it was; may be called twice */
/* For a while, as for a shell: the terminal is as it was; and again as term_start() made it, the next paint writes everything. */
void term_leave(void);
void term_enter(void);
/* Another theme from the next paint on; where there are no colours it stays THEME_MONO. */
void term_theme(enum theme theme);
/* The terminal takes a frame as one (mode 2026). */
void term_synchronized(bool on);
/* Presses and the wheel are told (INPUT_MOUSE), or not. Selecting text needs Shift while they are. */
void term_mouse(bool on);
/* That its window has the keyboard is told, and that it has not any more (INPUT_FOCUS), or neither. */
void term_focus(bool on);
/* For control of a computer: every move of the mouse is told, or those with a button down, with releases, in pixels or cells; Alt is told; and what is held with any key. */
struct term_hand {
	bool on, mouse, moves, pixels;	/* mouse: else it is the terminal's own, to paste with */
	bool keyboard, other_keys;	/* kitty's protocol; xterm's own way */
};
void term_hand(const struct term_hand *h);
/* The size in cells and pixels (0 unknown); in cells at most TERM_COLUMNS_MAX and TERM_ROWS_MAX: what is beyond stays empty. */
#define TERM_COLUMNS_MAX 1000
#define TERM_ROWS_MAX 500
void term_size(int *columns, int *rows, int *pixel_width, int *pixel_height);
void term_resize(int columns, int rows);
/* A frame: paints what changed (ncurses finds out what that is), then bytes of our own (pictures), then its end. */
void term_paint(const struct cells *c);
void term_painted(void);
/* The next paint writes every cell anew. */
void term_forget(void);
/* Bytes of our own, behind what is in the queue; before term_start() at once, and waiting. */
void term_write(const char *bytes, size_t len);
/* Text for the terminal's own clipboard (OSC 52), if it takes that. */
void term_copy(const char *text, size_t len);
bool term_multiplexed(void);	/* tmux or screen: they answer for themselves, and say nothing of the terminal behind them */
bool term_unicode(void);	/* the locale has it */
bool term_lines(void);		/* and lines and blocks can be drawn with it */
int term_picture_colors(void);	/* for blocks_draw(): as many as there are for pictures in cells */
/* How many colours TERM has, as terminfo says; or ERR_IO, as term_start(). For before that, and without it. */
int term_colors(struct err *e);

#endif
