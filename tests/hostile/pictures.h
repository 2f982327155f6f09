/* pictures: hostile pictures, each made when it is asked for: sizes that lie, bombs, chunks that are wrong, other formats, cut files. */
#ifndef ASSENT_HOSTILE_PICTURES_H
#define ASSENT_HOSTILE_PICTURES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum picture_fate { PICTURE_REFUSED, PICTURE_SHOWN, PICTURE_EITHER };

struct hostile_picture {
	const char *name;
	enum picture_fate fate;
	int width, height;	/* of one that is shown */
	void (*make)(struct buf *b, int arg);
	int arg;
};

extern const struct hostile_picture hostile_pictures[];
extern const size_t hostile_picture_count;

#endif
