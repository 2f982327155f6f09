/*
 * signed: the text that an operator's signature is over, and a signature's place in the body of a call. Pure.
 *
 *     assent-operator/1
 *     POST /v1/actions/41/decision
 *     1763900000000
 *     decision:<SHA-256 of the value's JSON as it was sent, 64 hex digits>
 *     digest:...
 *
 * One line for each member of the body but "signature" itself, sorted by name. So nothing that a call says can be changed, added or left out.
 */
#ifndef ASSENT_CORE_SIGNED_H
#define ASSENT_CORE_SIGNED_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#define SIGNATURE_BYTES 64
#define SIGNATURE_TEXT 88	/* the same in base64 */
#define SIGNED_WINDOW_MS 120000	/* how far a signature's time may be from the gate's clock */

struct signature {
	char name[65];		/* of the operator */
	int64_t time_ms;	/* since 1970 */
	unsigned char value[SIGNATURE_BYTES];
};

/* target: path with query, as in the request's line. d: the body; one without an object has no members. 0, ERR_INVALID for a member with a name that no
 * call has, ERR_NOMEM. */
int signed_text(struct buf *out, const char *method, const char *target, int64_t time_ms, const struct json_doc *d, struct err *e);
/* The body's member "signature". ERR_NOTFOUND: it has none. ERR_INVALID: not {"operator", "time_ms", "value"}. */
int signed_read(const struct json_doc *d, struct signature *ret, struct err *e);
/* The same body with a signature as its last member. */
int signed_write(struct buf *out, const struct json_doc *d, const struct signature *s, struct err *e);

#endif
