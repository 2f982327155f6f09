/* private: files that are ours alone, and memory for secrets. */
#ifndef ASSENT_IO_PRIVATE_H
#define ASSENT_IO_PRIVATE_H

#include <stddef.h>

#include "base/err.h"

/*
 * Reads a text of less than `size` bytes into `into` and ends it with a NUL. `what` stands before the file's name in each message, as "key file".
 * ERR_NOTFOUND: there is none. ERR_DENIED: a link, another user's, or open to others. ERR_INVALID: no regular file, too long, or a NUL in it. ERR_IO.
 */
int private_read(const char *what, const char *file, char *into, size_t size, struct err *e);
/* The same for a credential that systemd put there for us: it may be root's, and readable by our group (that is how it shows what it lets us read). */
int private_read_credential(const char *what, const char *file, char *into, size_t size, struct err *e);
/* The same from a descriptor, which is read to its end: whose it is, is for those to know who opened it. */
int private_read_fd(const char *what, int fd, char *into, size_t size, struct err *e);
/*
 * A new file of mode 0600, whole and on disk, or none. ERR_CONFLICT: there is one already, which is never written over. ERR_IO.
 */
int private_write(const char *what, const char *file, const char *text, size_t len, struct err *e);

/* Zeroed pages that do not go to swap (where locking is permitted), into no core file and to no child. NULL when out of memory. */
void *locked_new(size_t size);
void locked_free(void *p, size_t size);	/* wipes; NULL is fine */

#endif
