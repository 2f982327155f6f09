/*
 * picture_stream: a picture that changes, in one place of a terminal: what the terminal was sent of it, and what it is to be sent. Pure.
 *
 * Colours keep their places in one palette from one picture to the next. What has changed goes out as rectangles of whole cells; all of it, with a palette
 * made anew, when it is the first one (a key picture), when that was asked for, and when its colours have become others.
 */
#ifndef ASSENT_UI_PICTURE_STREAM_H
#define ASSENT_UI_PICTURE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/picture.h"
#include "ui/quant.h"
#include "ui/sixel.h"

#define PICTURE_PARTS_MAX 48

struct picture_stream {
	/* where */
	struct rect at;			/* cells */
	int cell_width, cell_height;	/* pixels */
	int columns, rows;		/* of cells that have pixels of it */
	/* what */
	struct image image;		/* own; as it is to be shown */
	uint8_t *changed;		/* own; for each row: not mapped yet */
	uint8_t *wanted, *sent;		/* own; places in the palette */
	uint8_t *flags;			/* own; of the cells: STREAM_* in picture_stream.c */
	struct palette palette;
	size_t odd;			/* pixels that the palette has no near colour for, when it was made */
	int images;			/* that were sent since, and for, the last whole picture */
	bool mixed;			/* more than that was sent, or should have been */
	bool blank, whole;		/* what stands there is not known, and goes first; the next one is to be whole */
};

/* What was appended: each part can be written alone, with something else before and behind it. */
struct picture_parts {
	size_t ends[PICTURE_PARTS_MAX];	/* in bytes from the first one's begin */
	int count;
	bool whole;
};

void picture_stream_release(struct picture_stream *s);
/* What stands there is not known any more: the next picture begins with blanks, and is whole. */
void picture_stream_forget(struct picture_stream *s);
/* The next picture is whole: what the terminal has put together from many is replaced by one. */
void picture_stream_renew(struct picture_stream *s);
/* The terminal keeps more than one picture of it, and should it drop the last whole one there would be holes; or some pixels wait for a better palette. */
bool picture_stream_is_mixed(const struct picture_stream *s);
/*
 * The picture as it is to be shown, from the upper left corner of those cells on, copied. 0, ERR_NOMEM, or ERR_INVALID (it is larger than its cells, or less
 * than SIXEL_HEIGHT_MIN high in its last row of cells: see picture_fit()).
 */
int picture_stream_set(struct picture_stream *s, const struct rect *at, int cell_width, int cell_height, const struct image *im);
/*
 * Appends what the terminal has to be sent, and takes it for sent. covered: of each cell of `at`, row by row: something else stands there; NULL: of none.
 * 0 (also when there is nothing), ERR_NOMEM, ERR_IO.
 */
int picture_stream_put(struct picture_stream *s, const struct picture_policy *policy, enum encoder encoder, const uint8_t *covered, struct buf *out,
		       struct picture_parts *ret, struct err *e);
/* The height that a picture of so many pixels is to be made with, for such cells: never 1 to 5 in the last row. 0: none. */
int picture_fit(int height, int cell_height, int multiple);

#endif
