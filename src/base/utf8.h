/* utf8: strict decoding (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
#ifndef ASSENT_UTF8_H
#define ASSENT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads one code point. Returns its length in bytes (1 to 4), or 0 when p does not start with a
 * valid sequence (also when it is cut short by len). *ret_cp is set on success only.
 */
size_t utf8_decode(const char *p, size_t len, uint32_t *ret_cp);
/* Writes cp as UTF-8, returns its length; 0 for what is no scalar value. */
size_t utf8_encode(uint32_t cp, char out[4]);
/* All of it, to the last byte? */
bool utf8_valid(const char *p, size_t len);
/* How many bytes at p are valid, up to the first that are not: len where all are. */
size_t utf8_valid_length(const char *p, size_t len);

#endif
