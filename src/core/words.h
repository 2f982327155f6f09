/*
 * words: a shell command split into its words, where every shell would find exactly these and do nothing besides. Pure.
 *
 * It does not follow the shell's rules, it refuses what they are needed for: whatever may join commands, redirect, substitute, expand or escape
 * makes the command one that does not split. The rough splitter of risks.c is the opposite: it splits everything, to find words that warn.
 */
#ifndef ASSENT_WORDS_H
#define ASSENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct words {
	char **items;	/* own; none of them has a NUL in it */
	size_t count;
};

/*
 * 0; ERR_INVALID for a command that does not split cleanly, with what is in the way and where; ERR_NOMEM. On failure *ret is empty.
 *
 * Outside quotes: ; & | < > $ ` \ ( ) { } * ? [ ] ~ # ! and every control character but space and tab are in the way. In single quotes all
 * is as it stands. In double quotes $ ` \ ! still act: they are in the way. So is a command without a word, one that is no UTF-8, one that begins with a word of the
 * shell's own (if, time, ...), and one that begins with a quoted NAME=VALUE, which is a program and no variable, or with NAME+=VALUE, which is either.
 */
int words_split(const char *text, size_t len, struct words *ret, struct err *e);
void words_release(struct words *w);
bool words_equal(const struct words *a, const struct words *b);	/* as many, and each the same */

#endif
