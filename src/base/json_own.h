/* json_own: what reading and the validator share. */
#ifndef ASSENT_JSON_OWN_H
#define ASSENT_JSON_OWN_H

#include "base/json.h"

/*
 * The next code point of a string's inside, len > 0: how many bytes it takes, escapes and surrogate pairs as one; 0 when it is malformed. Lone surrogates
 * are malformed: they have no UTF-8.
 */
size_t json_char(const char *s, size_t len, uint32_t *ret);

#endif
