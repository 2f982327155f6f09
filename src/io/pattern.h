/* pattern: what an operator searches logs for: plain text, or a regular expression of PCRE2. */
#ifndef ASSENT_PATTERN_H
#define ASSENT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

enum { PATTERN_BYTES_MAX = 4096 };

struct pattern;		/* to be used by one thread at a time */

/* 0; ERR_INVALID: the message says at which byte and why; ERR_NOMEM. text is UTF-8. */
int pattern_new(const char *text, size_t len, bool regex, bool ignore_case, struct pattern **ret, struct err *e);
void pattern_free(struct pattern *p);	/* NULL is fine */
/*
 * Is it in this line? Bytes that are no UTF-8 match nothing, and all else does. 1, 0, or ERR_TOOBIG: it takes too many steps, which are bounded, and e says
 * what to do.
 */
int pattern_match(struct pattern *p, const char *line, size_t len, struct err *e);
/*
 * For many lines at once, each between two LF: the first byte from `at` on at which the pattern may be in a line: no line that lies whole before it
 * matches. Most that are found match, not all: ask pattern_match(). -1: none; -2: ask line by line, as for every pattern that looks beyond what it matches.
 */
ssize_t pattern_find(struct pattern *p, const char *lines, size_t len, size_t at);

#endif
