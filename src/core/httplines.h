/*
 * httplines: the lines of a head, of a request or an answer: CR LF alone ends one, no controls, nothing beyond ASCII, nothing folded. Pure.
 */
#ifndef ASSENT_HTTPLINES_H
#define ASSENT_HTTPLINES_H

#include "core/httpmsg.h"

/*
 * The length of the head at the start of data, with its empty line, into *ret: 1; 0 when it is not all there. Line ends and characters are checked on the
 * way, so that a bad head is refused as soon as its bad line came: ERR_INVALID, ERR_TOOBIG.
 */
int http_lines_length(const char *data, size_t len, size_t *ret, struct err *e);
/* "Name: value" taken apart in place. 0 or ERR_INVALID. */
int http_line_field(char *line, struct http_field *ret, struct err *e);
/* A Content-Length. 0 or ERR_INVALID. */
int http_line_number(const char *value, int64_t *ret, struct err *e);
/* Is `word` one of the comma-separated words of the value? */
bool http_line_has(const char *value, const char *word);

#endif
