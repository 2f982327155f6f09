/* pngwrite: a picture as PNG, quickly: 8-bit RGB, filter Up, zlib level 1. */
#ifndef ASSENT_LOCAL_PNGWRITE_H
#define ASSENT_LOCAL_PNGWRITE_H

#include <stdint.h>

#include "base/buf.h"

/* bgrx: rows of width * 4 bytes, as X gives them. Appends the file. 0 or ERR_NOMEM. */
int pngwrite_bgrx(struct buf *out, const uint8_t *bgrx, int width, int height);

#endif
