/*
 * picstore: PNG files under the SHA-256 of their bytes, of mode 0600 in one folder of mode 0700: STATE/pictures/<sha256>.png. What is the same is there once.
 */
#ifndef ASSENT_PICSTORE_H
#define ASSENT_PICSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct picstore;

/* Makes the folder when it is missing. ERR_IO, ERR_NOMEM. */
int picstore_open(const char *dir, struct picstore **ret, struct err *e);
void picstore_close(struct picstore *p);	/* NULL is fine */
/* File and folder are on the disk when this returns 0; ERR_IO: nothing under that name is to be relied on. sha256: of these bytes, in hex. */
int picstore_put(struct picstore *p, const char *sha256, const void *png, size_t len, struct err *e);
/* ERR_NOTFOUND; ERR_INVALID: its bytes are not those that were put there; ERR_IO, ERR_NOMEM. */
int picstore_get(const struct picstore *p, const char *sha256, struct buf *out, struct err *e);
void picstore_remove(struct picstore *p, const char *sha256);	/* fine when it is not there */
/* Removes all that is not wanted, what was half written too, and counts what stays. Returns how many went. */
int picstore_sweep(struct picstore *p, bool (*wanted)(const char *sha256, void *arg), void *arg);
/* Bytes of all files, since the sweep. */
uint64_t picstore_bytes(const struct picstore *p);

#endif
