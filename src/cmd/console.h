/*
 * console: the terminal on the loop: what it sends and takes, its size, its going away and coming back, and whether it keeps up.
 *
 * Nothing waits for it. What it has not taken stands in the queue, and no frame is drawn while something does.
 */
#ifndef ASSENT_CONSOLE_H
#define ASSENT_CONSOLE_H

#include <uv.h>

#include "base/err.h"
#include "ui/cells.h"
#include "ui/input.h"
#include "ui/theme.h"

struct console_spec {
	uv_loop_t *loop;
	void (*on_event)(const struct input_event *ev);	/* all but the answers to console_ask() */
	void (*on_answer)(int64_t number);		/* an answer to the query of that number */
	void (*on_ready)(void);		/* it takes a frame again, or has another size */
	void (*on_leaving)(void);	/* it is about to be somebody else's */
	void (*on_resumed)(void);	/* it was somebody else's for a while: what it shows is not known, and what was typed was not for us */
	void (*on_end)(void);		/* it is gone, or we are told to end */
};

int console_open(const struct console_spec *spec, enum theme theme, struct err *e);
void console_close(void);	/* no more events; then the loop runs out */
void console_leave(void);	/* behind the loop: leaves the terminal as it was */
/* Asks the terminal behind all that was written. Returns the number of the query. */
int64_t console_ask(void);
/* It has answered such a query before: so it always does. */
bool console_answers(void);
bool console_all_answered(void);	/* no query is open */
int64_t console_round_ms(void);		/* there and back, as last seen */
int64_t console_limit_ms(void);	/* how long an answer is waited for */
/* No frame now: on_ready() comes. */
bool console_busy(void);
/* The least time between two frames that nobody pressed a key for: over a slow link it grows. */
int64_t console_pace_ms(void);
/* Nothing waits to be read: all that was typed has been told. */
bool console_silent(void);
/* What was painted and written since goes out; ask: and the terminal is asked behind it. Returns the number of the query; 0: none. */
int64_t console_frame(bool ask);
/* New cells where the size has changed; true then, and where only its pixels have. */
bool console_fit(struct cells *c, int *pixel_width, int *pixel_height);
/* As Ctrl-Z does everywhere; comes back when it is continued. */
void console_suspend(void);

#endif
