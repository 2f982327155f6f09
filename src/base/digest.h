/* digest: SHA-256 and constant-time comparison, by libcrypto (base/crypto.h); random bytes, hex and base64. */
#ifndef ASSENT_DIGEST_H
#define ASSENT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define DIGEST_BYTES 32
#define DIGEST_HEX (2 * DIGEST_BYTES)

struct digest_ctx;		/* opaque; SHA-256 in progress */

/* For a program that cannot do without: has libcrypto loaded now. 0, or ERR_NOTFOUND with the reason. Else it is loaded when it is needed first. */
int digest_load(struct err *e);
struct digest_ctx *digest_new(void);	/* NULL when out of memory */
void digest_update(struct digest_ctx *d, const void *data, size_t len);
/* Writes 64 lower-case hex digits and a NUL, and frees d. */
void digest_final_hex(struct digest_ctx *d, char hex[DIGEST_HEX + 1]);
void digest_hex(const void *data, size_t len, char hex[DIGEST_HEX + 1]);

bool bytes_equal_ct(const void *a, const void *b, size_t len);	/* constant time */
int random_bytes(void *out, size_t len);	/* 0 or ERR_IO; never less random than asked */
int random_hex(char *out, size_t digits);	/* digits hex digits and a NUL */
void wipe(void *p, size_t len);			/* not optimised away */

int base64_encode(struct buf *out, const void *data, size_t len);
int base64_decode(struct buf *out, const char *text, size_t len);	/* strict, RFC 4648 4; ERR_INVALID */

#endif
