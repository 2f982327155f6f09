/*
 * identity: an operator's Ed25519 key. Its secret lies in a file of mode 0600, sealed by a passphrase (docs/assent-operator.1 tells its form), and
 * in locked memory while it is unlocked.
 */
#ifndef ASSENT_IO_IDENTITY_H
#define ASSENT_IO_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/signed.h"

#define IDENTITY_PUBLIC_BYTES 32
#define IDENTITY_PUBLIC_TEXT 44		/* the same in base64 */
#define IDENTITY_COST 17		/* scrypt's N is 2^17: 128 MiB and a third of a second for each guess */
#define IDENTITY_COST_MIN 14
#define IDENTITY_PASSPHRASE_MIN 8	/* bytes */
#define IDENTITY_PASSPHRASE_MAX 1024

struct identity;		/* opaque; unlocked */

/* Who the key is, as it stands in the file for all to see. */
struct identity_card {
	char name[65], public_key[IDENTITY_PUBLIC_TEXT + 1];
};

/* A name of 1 to 40 letters, digits, '.', '_' or '-'. */
bool identity_name_ok(const char *name);
/*
 * Makes a key and its file. cost: IDENTITY_COST; where there is not so much memory, as much less as is needed.
 * ERR_INVALID: name or passphrase. ERR_CONFLICT: the file is there. ERR_IO, ERR_NOMEM.
 */
int identity_make(const char *file, const char *name, const char *passphrase, int cost, struct identity_card *ret, struct err *e);
/* Without the passphrase. ERR_NOTFOUND, ERR_DENIED (not ours alone), ERR_INVALID, ERR_IO. */
int identity_card_of(const char *file, struct identity_card *ret, struct err *e);
/* ERR_DENIED also for a wrong passphrase, and for a file of which anything was changed: which of the two cannot be told. */
int identity_open(const char *file, const char *passphrase, struct identity **ret, struct err *e);
/* Borrowed until it is closed. */
const struct identity_card *identity_card(const struct identity *i);
/* 0 or ERR_NOMEM. */
int identity_sign(const struct identity *i, const void *text, size_t len, unsigned char value[SIGNATURE_BYTES], struct err *e);
void identity_close(struct identity *i);	/* wipes; NULL is fine */

/* public_key: base64. false also for what is no key. */
bool identity_verify(const char *public_key, const void *text, size_t len, const unsigned char value[SIGNATURE_BYTES]);
bool identity_public_ok(const char *public_key);	/* is it a key, as identity_verify() takes one? */

#endif
