/* when: a moment as text, as the API writes it: ISO 8601, UTC, with milliseconds. */
#ifndef ASSENT_LOCAL_WHEN_H
#define ASSENT_LOCAL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

enum { WHEN_SIZE = 32 };

/* ISO 8601 in UTC. */
void when_text(int64_t wall_ms, char out[WHEN_SIZE]);
/* With or without a fraction of a second. */
bool when_read(const char *text, int64_t *ret_wall_ms);

#endif
