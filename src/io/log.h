/* log: lines for the operator, to standard error or a file; secrets never pass, foreign text is made safe. */
#ifndef ASSENT_LOG_H
#define ASSENT_LOG_H

#include "base/err.h"

/* name stands in front of each line. file NULL: standard error. 0 or ERR_IO. */
int log_open(const char *name, const char *file, struct err *e);
void log_close(void);
/*
 * A text of less than 4 KiB that no line may contain; borrowed while the program runs; at most 8. What looks like a key (msk_...) never
 * passes either.
 */
void log_secret(const char *secret);
/* One line: time, name, text. */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
