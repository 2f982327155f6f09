/* looks: what must stand on a terminal for a grid of cells, worked out anew from ui/theme's table; and what stands there, as libvterm has it. */
#ifndef ASSENT_TESTS_LOOKS_H
#define ASSENT_TESTS_LOOKS_H

#include <vterm.h>

#include "ui/cells.h"
#include "ui/theme.h"

/* In this theme, with so many colours: 256, 16, 8 or 0. */
struct looks {
	enum theme theme;
	int colors;
	/*
	 * Of xterm's printer: for how many columns of each row it told a look, since it leaves out blanks that were erased up to a row's end. Of other blanks
	 * only what can be seen is compared: erasing keeps no weight. NULL: everything is told.
	 */
	const int *told;
};

VTerm *looks_terminal(int columns, int rows, VTermScreen **ret);
/* The first cell that is not as it must be: 0 and "" when all are; else 1 and where, what and how. */
int looks_compare(const struct looks *l, const struct cells *want, VTermScreen *screen, char *why, size_t size);

#endif
