/* unlock: this person's operator key: locked in its file, or unlocked in locked memory for as long as somebody is at the keyboard. */
#ifndef ASSENT_CMD_UNLOCK_H
#define ASSENT_CMD_UNLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/identity.h"

struct unlock {
	char *file;			/* own; NULL without a home directory */
	int64_t lock_ms;
	int64_t key_boot_ms;		/* the last key press, or the unlocking */
	struct identity *identity;	/* NULL while locked */
	struct identity_card card;	/* name "" where there is no identity */
};

/* file NULL: $XDG_CONFIG_HOME/assent/operator.key, else ~/.config/assent/operator.key. Looks whether there is an identity. lock_ms 0: never locks by itself. */
void unlock_init(struct unlock *u, const char *file, int64_t lock_ms);
void unlock_release(struct unlock *u);
bool unlock_has_identity(const struct unlock *u);
/* The passphrase is the caller's, to be wiped. Takes a third of a second. ERR_DENIED: wrong passphrase. */
int unlock_open(struct unlock *u, const char *passphrase, int64_t now_boot_ms, struct err *e);
/* Locks it first, if it is time. */
bool unlock_is_open(struct unlock *u, int64_t now_boot_ms);
/* When it will lock by itself; INT64_MAX: not, or it is locked. */
int64_t unlock_until(const struct unlock *u);
void unlock_key_pressed(struct unlock *u, int64_t now_boot_ms);
void unlock_lock(struct unlock *u);	/* wipes */
/* The body (one object; "" counts as {}) with the signature of this call, into out. target: path with query. ERR_DENIED: it is locked. */
int unlock_sign(struct unlock *u, const char *method, const char *target, const char *body, int64_t now_boot_ms, int64_t now_wall_ms, struct buf *out,
		struct err *e);

#endif
