/* prefer: what a client would like, in its Prefer fields (RFC 7240). Pure. */
#ifndef ASSENT_PREFER_H
#define ASSENT_PREFER_H

#include "core/httpmsg.h"

/* Is the preference among them, compared without case, and without a value? What stands in quotes or behind a semicolon is none. */
bool prefer_has(const struct http_head *h, const char *preference);
/* "wait=N": how long the client says that it waits, in ms. 0: it does not say, or not in whole seconds from 1 to 86400; the first one counts. */
int64_t prefer_wait_ms(const struct http_head *h);

#endif
