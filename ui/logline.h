/* logline: one line of a log on the screen: its colours as colours, all else of it through core/safetext, what was looked for marked. Pure. */
#ifndef ASSENT_UI_LOGLINE_H
#define ASSENT_UI_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/cells.h"

struct logline {
	const char *text;	/* borrowed */
	size_t len;
	enum style style;
	bool own_colors;	/* its colours count; else it is drawn in the style alone */
	bool wrap;		/* over as many rows as it takes; else cut, and the cut is seen */
	const char *find;	/* marked where it stands; NULL or "" for nothing */
	bool any_case;		/* of ASCII letters */
};

/* From row y on in the clip's columns; rows outside are skipped. Returns the rows that it takes, at least 1. c NULL only counts. */
int logline_draw(struct cells *c, const struct rect *clip, int y, const struct logline *l);
/* The line as it is shown, as one line of safe text without colours: what a clipboard may hold. */
int logline_copy(struct buf *out, const char *text, size_t len);

#endif
