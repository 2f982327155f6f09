/*
 * tty: the terminal as a file: its modes, its size, and what is to be written, in a queue. Nothing here waits for a terminal that has stopped
 * reading, but tty_flush_for(), and that no longer than it is told.
 */
#ifndef ASSENT_UI_TTY_H
#define ASSENT_UI_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int tty_open(struct err *e);	/* 0, or ERR_IO: no terminal */
void tty_close(void);
void tty_raw(void);		/* each key at once, as it is; neither end waits */
void tty_restore(void);		/* the modes that it had */
void tty_write(const char *bytes, size_t len);	/* to the queue's end; before tty_open() at once, and waiting */
bool tty_flush(void);		/* writes what it takes now; false: it is gone */
bool tty_flush_for(int64_t ms);	/* writes for so long; false: not all of it */
void tty_drop(void);		/* empties the queue */
size_t tty_queued(void);	/* bytes that it has not taken */
size_t tty_written(void);	/* bytes that it has taken in all */
int tty_out(void);		/* to wait until it takes more */
int tty_in(void);		/* to read from */
void tty_size(int *columns, int *rows, int *pixel_width, int *pixel_height);	/* 0: not known */

#endif
