/*
 * charset: in which charset this process writes to a terminal. Where it is not UTF-8 each byte of UTF-8 is a character of its own, controls
 * among them: what is foreign is printed in ASCII alone there.
 */
#ifndef ASSENT_IO_CHARSET_H
#define ASSENT_IO_CHARSET_H

#include "core/safetext.h"

/* Once, at the start: by LC_ALL, LC_CTYPE or LANG. */
void charset_choose(void);
/* As what foreign text is printed: that kind, or one that marks all that is not ASCII. */
enum safetext_kind charset_kind(enum safetext_kind kind);

#endif
