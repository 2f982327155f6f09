/*
 * canvas: a terminal's pixels, and a small decoder of what reaches them: sixel pictures, where the cursor stands, blanks. For tests and benches; our
 * encoders' output has to be exactly of this kind.
 */
#ifndef ASSENT_TESTS_CANVAS_H
#define ASSENT_TESTS_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct canvas {
	uint8_t *rgb;		/* own */
	int width, height;	/* pixels */
	int cell_width, cell_height;
	int column, row, saved_column, saved_row;	/* from 0 */
	bool lenient;		/* of other programs: sequences that mean nothing here are left out */
	/* of all pictures so far */
	int pictures, colors_most;
	const char *error;	/* "" */
};

/* All of it in one colour. false: out of memory. */
bool canvas_init(struct canvas *c, int columns, int rows, int cell_width, int cell_height, uint8_t grey);
void canvas_release(struct canvas *c);
/* false, and why in c->error, when something in it is not as it has to be. */
bool canvas_feed(struct canvas *c, const char *bytes, size_t len);

#endif
