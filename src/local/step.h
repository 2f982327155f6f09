/*
 * step: what a session on a computer is told to do, in plain text, one step a line. Pure.
 *
 *	click X,Y [left|middle|right]	double-click X,Y	right-click X,Y		move X,Y
 *	drag X,Y X,Y			scroll up|down|left|right [CLICKS]
 *	type TEXT			key CHORD		screenshot
 *	wait SECONDS			run COMMAND
 */
#ifndef ASSENT_LOCAL_STEP_H
#define ASSENT_LOCAL_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { STEPS_MAX = 1000, STEP_WAIT_MAX_MS = 60000 };
enum step_kind { STEP_CLICK, STEP_TYPE, STEP_POINT, STEP_SCREENSHOT, STEP_WAIT, STEP_RUN };	/* of which there are counts, and the others */

struct step {
	enum step_kind kind;
	const char *tool;	/* the first word; static */
	struct buf input;	/* JSON, for the desktop where it is an operation of it; own */
	char *text;		/* of run: the command; own */
	int wait_ms;		/* of wait */
};

/* One line without its end. ERR_INVALID: it is no step, and why. */
int step_parse(const char *line, size_t len, struct step *ret, struct err *e);
void step_release(struct step *s);
/* The steps of a text; empty lines are none. Own, each to be released. ERR_INVALID with the line's number; also for none, or over STEPS_MAX. */
int steps_parse(const char *text, struct step **ret, size_t *ret_count, struct err *e);
void steps_free(struct step *s, size_t count);

#endif
