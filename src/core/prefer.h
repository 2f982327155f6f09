/* prefer: what a client would like, in its Prefer fields (RFC 7240). Pure. */
#ifndef ASSENT_PREFER_H
#define ASSENT_PREFER_H

#include "core/httpmsg.h"

/* Is the preference among them, compared without case, and without a value? What stands in quotes or behind a semicolon is none. */
bool prefer_has(const struct http_head *h, const char *preference);

#endif
