/*
 * kitty: a picture by kitty's protocol, in place of sixel: whole, in its own colours, packed. Pure but for zlib's packer.
 *
 * Two numbers of our own are used in turn: the new picture is there before the old one goes, so nothing is ever half drawn. Cells that are covered have no
 * picture: what is seen of it are parts of the one that was sent. Nothing but our own pixels goes out, never a file as it came.
 */
#ifndef ASSENT_UI_KITTY_H
#define ASSENT_UI_KITTY_H

#include "base/buf.h"
#include "base/err.h"
#include "ui/picture.h"

#define KITTY_PARTS_MAX 16

struct kitty {
	unsigned int first;	/* of two numbers, where there is more than one picture at a time; 0: the usual ones */
	unsigned int shown;	/* the number of the picture that the terminal shows; 0: none */
};

/*
 * Appends the picture: its pixels, then its parts at places of the screen, then the end of the one before, wherever that is. parts: of the picture, in cells; at: where its
 * upper left corner is on the screen. No parts: it is sent and not shown. The text's cursor stays. 0, ERR_INVALID, ERR_NOMEM.
 */
int kitty_put(struct kitty *k, const struct image *im, const struct rect *at, int cell_width, int cell_height, const struct rect *parts, int count, struct buf *out,
	      struct err *e);
/* Appends what takes away all that was shown. */
void kitty_clear(struct kitty *k, struct buf *out);

#endif
