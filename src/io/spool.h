/*
 * spool: bodies that are too long for memory, as files of mode 0600 in one folder of mode 0700.
 *
 * Reading and writing go through the page cache; what waits for the disk is spooled_sync() alone, which is for a worker.
 */
#ifndef ASSENT_SPOOL_H
#define ASSENT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct spool;			/* the folder */
struct spooled;			/* one body: an open file */

/* Makes the folder when it is missing. ERR_IO, ERR_NOMEM. */
int spool_open(const char *dir, struct spool **ret, struct err *e);
void spool_close(struct spool *s);	/* NULL is fine; bodies must be closed before */
/* A new, empty body under a name of its own. ERR_IO, ERR_NOMEM. */
int spool_create(struct spool *s, struct spooled **ret, struct err *e);
/* A body that was kept, to be read. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. */
int spool_find(struct spool *s, const char *name, struct spooled **ret, struct err *e);
void spool_remove(struct spool *s, const char *name);	/* fine when it is not there */
/* Removes all that is not wanted: what a gate that was killed left behind. Returns how many. */
int spool_sweep(struct spool *s, bool (*wanted)(const char *name, void *arg), void *arg);

/* ERR_IO: it is not all there, and the body is of no use. */
int spooled_append(struct spooled *f, const void *data, size_t len, struct err *e);
/* The bytes at `at`, or fewer; 0 at the end, -1 when they cannot be read. */
ssize_t spooled_read(const struct spooled *f, uint64_t at, void *out, size_t max);
/* File and folder are on the disk. Blocks; may be called from another thread. 0 or ERR_IO. */
int spooled_sync(const struct spooled *f);
/* Its name in the folder, borrowed; and how many bytes it has. */
const char *spooled_name(const struct spooled *f);
uint64_t spooled_len(const struct spooled *f);
void spooled_close(struct spooled *f);		/* the file stays; NULL is fine */
void spooled_discard(struct spooled *f);	/* the file goes too; NULL is fine */

#endif
