/* nearest: which known word was meant by one that nobody knows. */
#ifndef ASSENT_NEAREST_H
#define ASSENT_NEAREST_H

#include <stddef.h>

/* The known word fewest letters away, two at most; NULL when none is that near. */
const char *nearest(const char *wrong, const char *const *known, size_t count);

#endif
