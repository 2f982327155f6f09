/* kitty: see kitty.h. */
#include "config.h"

#include "ui/kitty.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/digest.h"

enum { FIRST = 0xa55e01, CHUNK = 4096, SIDE_MAX = 8192 };

/* As base64, in pieces of a size that every terminal takes. Each but the first repeats only that more comes, and that nothing is to be answered. */
static int put_pixels(unsigned int id, const struct image *im, const struct buf *packed, struct buf *out)
{
	size_t at, n;
	struct buf text;

	buf_init(&text, SIZE_MAX - 1);
	base64_encode(&text, packed->data, packed->len);
	for (at = 0; at < text.len; at += n) {
		n = text.len - at < CHUNK ? text.len - at : CHUNK;
		if (at == 0)
			buf_printf(out, "\033_Ga=t,q=2,f=24,t=d,o=z,i=%u,s=%d,v=%d,m=%d;", id, im->width, im->height, n < text.len);
		else
			buf_printf(out, "\033_Gq=2,m=%d;", at + n < text.len);
		buf_append(out, text.data + at, n);
		buf_puts(out, "\033\\");
	}
	n = text.len;
	buf_release(&text);
	return n > 0 && !buf_failed(out) ? 0 : ERR_NOMEM;
}

static int pack(const struct image *im, struct buf *packed)
{
	uLong len = (uLong)im->width * (uLong)im->height * 3;
	uLongf room = compressBound(len);
	Bytef *bytes = malloc(room);
	int r = bytes && compress2(bytes, &room, im->rgb, len, 1) == Z_OK ? buf_append(packed, bytes, room) : ERR_NOMEM;

	free(bytes);
	return r;
}

static void put_part(unsigned int id, int number, const struct image *im, const struct rect *at, int cell_width, int cell_height, const struct rect *part, struct buf *out)
{
	int x = part->x * cell_width, y = part->y * cell_height, width = part->width * cell_width, height = part->height * cell_height;

	if (x + width > im->width)
		width = im->width - x;
	if (y + height > im->height)
		height = im->height - y;
	if (width > 0 && height > 0)
		buf_printf(out, "\033[%d;%dH\033_Ga=p,q=2,C=1,i=%u,p=%d,x=%d,y=%d,w=%d,h=%d;\033\\", at->y + part->y + 1, at->x + part->x + 1, id, number, x, y, width, height);
}

static void end(unsigned int id, struct buf *out)
{
	buf_printf(out, "\033_Ga=d,q=2,d=I,i=%u;\033\\", id);
}

int kitty_put(struct kitty *k, const struct image *im, const struct rect *at, int cell_width, int cell_height, const struct rect *parts, int count, struct buf *out,
	      struct err *e)
{
	unsigned int first = k->first ? k->first : FIRST, id = k->shown == first ? first + 1 : first;
	struct buf packed;
	int i, r;

	if (im->width < 1 || im->height < 1 || im->width > SIDE_MAX || im->height > SIDE_MAX || count > KITTY_PARTS_MAX)
		return err_set(e, ERR_INVALID, "a picture of %dx%d cannot be shown", im->width, im->height);
	buf_init(&packed, SIZE_MAX - 1);
	r = pack(im, &packed);
	if (r == 0)
		r = put_pixels(id, im, &packed, out);
	buf_release(&packed);
	if (r < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	buf_puts(out, "\0337");
	for (i = 0; i < count; i++)
		put_part(id, i + 1, im, at, cell_width, cell_height, &parts[i], out);
	buf_puts(out, "\0338");
	if (k->shown)
		end(k->shown, out);
	k->shown = id;
	return buf_failed(out) ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}

void kitty_clear(struct kitty *k, struct buf *out)
{
	if (k->shown)
		end(k->shown, out);
	k->shown = 0;
}
