/*
 * mask: what of an answer an agent could go past the gate with: addresses of live screens, tokens, tickets that open a terminal, keys, passwords
 * of viewers. It is replaced; every other byte stays. Pure.
 *
 * By name, without case, '_' and '-': vnc_url, desktop_url, terminal_url, viewer_url, and what ends with token, ticket, password, secret, api_key,
 * private_key or jwt. By value, under any name: words that begin with msk_, miosa_term_ or sset_, JWTs, and addresses (also a path alone) with a
 * parameter of such a name, or with a password before the host.
 */
#ifndef ASSENT_MASK_H
#define ASSENT_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define MASKED "[masked by assent]"
#define MASK_BYTES_MAX (8 * 1024 * 1024)	/* a longer answer is not looked through, and so not passed on */

/* Is there something in this text which leads past the gate? */
bool mask_is_way_past(const char *value);
/* Does this begin as JSON does? What does not is no answer about things, and has no names. */
bool mask_is_json(const char *text, size_t len);
/* Is this answer to be read as JSON: by its Content-Type (may be NULL), or because it begins so? */
bool mask_reads_json(const char *type, const char *text, size_t len);
/* Appends the answer, masked. *ret_count: how many values were replaced. 0; ERR_INVALID: it cannot be read, so nobody knows; ERR_NOMEM. */
int mask_json(const char *text, size_t len, struct buf *out, int *ret_count, struct err *e);

/*
 * Our own key in what comes back, cut at any byte: as many stars in its place, so that the length stays. Bytes that may be the start of it are held
 * back until it is known.
 */
#define SCRUB_KEY_MAX 4096
struct scrub {
	const char *key;	/* borrowed */
	size_t len, matched;
};
void scrub_init(struct scrub *s, const char *key);	/* "" scrubs nothing */
int scrub_feed(struct scrub *s, const char *data, size_t len, struct buf *out);
int scrub_end(struct scrub *s, struct buf *out);	/* what was held back */

#endif
