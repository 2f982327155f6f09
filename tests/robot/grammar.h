/*
 * grammar: what a program may write to a terminal: text without anything that acts or hides, and the few sequences that ncurses and the dashboard
 * itself use. Whatever else comes is a fault. Written anew from the promise D1, without core/safetext.
 */
#ifndef ASSENT_ROBOT_GRAMMAR_H
#define ASSENT_ROBOT_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#define GRAMMAR_TOLD 20

struct grammar {
	int columns, rows;	/* no cursor goes beyond */
	size_t offset, faults, pictures, bells;
	char told[GRAMMAR_TOLD][160];	/* the first of them: what, at which byte */

	int state;		/* private from here on */
	char sequence[256];
	size_t len;
	unsigned char utf8[4];
	size_t utf8_len;
	int marks;		/* on the last base */
};

void grammar_init(struct grammar *g, int columns, int rows);
void grammar_feed(struct grammar *g, const char *bytes, size_t len);

#endif
