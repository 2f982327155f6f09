/*
 * logwindow: the part of a log that the dashboard has: some thousand lines round what is on the screen, however long the log is. Pure.
 *
 * Of the numbers from `low` up to `high` all is known: what passes the filter stands in `lines`, in order; what does not is left out.
 */
#ifndef ASSENT_UI_LOGWINDOW_H
#define ASSENT_UI_LOGWINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOGWINDOW_LINES_MAX 4000
#define LOGWINDOW_BYTES_MAX (8 * 1024 * 1024)

struct log_line {
	int64_t n, wall_ms;
	char *stream, *session;		/* own; session "" in the log of one */
	char *text;			/* own; len bytes, any of them */
	size_t len;
	int rows, columns;		/* that it takes when it is wrapped at so many columns; columns 0: not measured */
};

/* An answer of the operator API's log routes. */
struct log_page {
	int64_t from, first, total;	/* as it says; first: the oldest number that is kept */
	int64_t next;			/* where to go on; -1: the end was reached, or it does not say */
	struct log_line *lines;		/* own, by rising number */
	size_t count;
};

int log_page_read(const char *json, size_t len, struct log_page *ret, struct err *e);	/* 0, ERR_INVALID, ERR_NOMEM */
void log_page_release(struct log_page *p);
void log_lines_free(struct log_line *lines, size_t count);	/* and the array */

struct logwindow {
	struct log_line *lines;	/* own */
	size_t count, cap, bytes;
	int64_t low, high;	/* equal: nothing is known */
	int64_t first, total;	/* of the log, as the last answer says */
};

void logwindow_release(struct logwindow *w);
/* Empty, and to be filled from number `at` in both directions. */
void logwindow_reset(struct logwindow *w, int64_t at);
/* Lines numbered low or more and below high, all that there are between: put behind or before what is known, to which they must be next. How many stand before now. */
size_t logwindow_put(struct logwindow *w, struct log_page *p, int64_t low, int64_t high);
/* Drops lines of the side that has more, seen from line `here`, until it is small enough; returns how many went at the front. */
size_t logwindow_trim(struct logwindow *w, size_t here);
/* The line of number n, or the first behind it; count when there is none. */
size_t logwindow_find(const struct logwindow *w, int64_t n);

#endif
