/* doctor: what its files share: one finding after the other, each with what to do. */
#ifndef ASSENT_CMD_DOCTOR_H
#define ASSENT_CMD_DOCTOR_H

#include <stdbool.h>

enum finding {
	FINDING_OK,
	FINDING_NOTE,	/* works, but less than it could; or there is nothing to look at */
	FINDING_BAD,
};

/* what: one word. text: one line, foreign: what was found; and, where it is not well, what to do. */
void doctor_says(const char *what, enum finding f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* doctor_terminal.c: terminal and pictures, by asking the terminal itself (a second at most, where it does not answer). */
void doctor_terminal(void);

#endif
