/* diff: two texts compared line by line. Pure, and bounded in time and memory: what differs too much is told as all gone and all new. */
#ifndef ASSENT_UI_DIFF_H
#define ASSENT_UI_DIFF_H

#include <stdbool.h>
#include <stddef.h>

enum diff_kind { DIFF_SAME, DIFF_GONE, DIFF_NEW };

struct diff_line {
	enum diff_kind kind;
	bool open;		/* no line break behind it: the text ends there */
	const char *text;	/* borrowed from the text it is of; without its line break */
	size_t len;
	size_t number;		/* from 1, in the new text; of what is gone in the old one */
};

struct diff {
	struct diff_line *lines;	/* own; all lines of both texts, in order */
	size_t count, added, removed;
	bool coarse;			/* they differ too much: what differs is told as one block */
};

/* Both texts have to outlive *ret. 0 or ERR_NOMEM. A line that only lost or got its line break differs. */
int diff_texts(const char *old, size_t old_len, const char *new, size_t new_len, struct diff *ret);
void diff_release(struct diff *d);

#endif
