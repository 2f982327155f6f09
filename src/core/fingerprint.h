/*
 * fingerprint: how MIOSA's action authority names a request without its parameters: SHA-256 over canonical JSON (keys in order of their UTF-16 units at every
 * level, no blanks, strings and whole numbers as JavaScript writes them). Pure. A value that could be written in two ways has no canonical form here.
 */
#ifndef ASSENT_FINGERPRINT_H
#define ASSENT_FINGERPRINT_H

#include "base/digest.h"
#include "base/json.h"

#define FINGERPRINT_SIZE (7 + DIGEST_HEX + 1)	/* "sha256:", the digits, and a NUL */

/*
 * Appends v. ERR_UNSUPPORTED, and why: a number with a fraction or an exponent, -0 or one that a double does not hold exactly; a key that JavaScript puts
 * elsewhere ("0", "17", "__proto__"). ERR_NOMEM.
 */
int canonical_json(const struct json_doc *d, int v, struct buf *out, struct err *e);

/* Of a capability as the catalog has it: its name and version. */
void fingerprint_capability(const char *name, const char *version, char out[FINGERPRINT_SIZE]);
int fingerprint_params(const struct json_doc *d, int v, char out[FINGERPRINT_SIZE], struct err *e);	/* as canonical_json() */
/* workspace, invocation: NULL for none. ERR_NOMEM. */
int fingerprint_request(const char *capability, const char *params, const char *workspace, const char *invocation, char out[FINGERPRINT_SIZE]);

#endif
