/* textfile: a small file that a person wrote, read whole. */
#ifndef ASSENT_TEXTFILE_H
#define ASSENT_TEXTFILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * out is initialised here, with max bytes; the caller releases it. ERR_NOTFOUND; ERR_IO; ERR_TOOBIG; ERR_DENIED for one that others could have written: no
 * plain file, not ours and not root's, or writable by everyone.
 */
int textfile_read(const char *path, size_t max, struct buf *out, struct err *e);

#endif
