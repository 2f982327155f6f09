/* lines: text that a command passes on as it came, as JSON or rules. */
#ifndef ASSENT_CMD_LINES_H
#define ASSENT_CMD_LINES_H

#include <stddef.h>

/* On standard output: into a file or a pipe byte for byte; on a terminal through core/safetext, line by line. */
void print_lines(const char *text, size_t len);

#endif
