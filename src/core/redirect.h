/* redirect: where a Location leads, for those who may follow one at all; the gate never does. Pure. */
#ifndef ASSENT_REDIRECT_H
#define ASSENT_REDIRECT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

enum { REDIRECTS_MAX = 5 };	/* one after the other */

/*
 * from: the address that answered, as http_spec.url is. location: the header's value, NULL when absent. The new address into to (appended), without a
 * fragment; *ret_same_origin: scheme, host and port are the same, so that credentials may go along. ERR_INVALID, with one line: empty, not an
 * address, names a user, neither http nor https, or http from https.
 */
int redirect_target(const char *from, const char *location, struct buf *to, bool *ret_same_origin, struct err *e);

#endif
