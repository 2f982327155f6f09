/*
 * sixel_lib: libsixel's encoder. It gets places in a palette, so that it neither chooses colours nor looks for the nearest; none of its loaders, its
 * scaling and its dithering is used. See sixel.h.
 */
#include "config.h"

#undef PACKAGE_VERSION	/* its header defines one of its own */
#include <sixel.h>

#include "ui/sixel.h"

static int on_bytes(char *data, int size, void *arg)
{
	return buf_append(arg, data, (size_t)size) < 0 ? -1 : size;
}

int sixel_lib_put(const struct sixel_dense *d, struct buf *out, struct err *e)
{
	sixel_output_t *output = NULL;
	sixel_dither_t *dither = NULL;
	uint8_t colours[PALETTE_MAX * 3];
	SIXELSTATUS r;
	int i;

	for (i = 0; i < d->colors * 3; i++)
		colours[i] = d->rgb[i / 3][i % 3];
	r = sixel_output_new(&output, on_bytes, out, NULL);
	if (SIXEL_SUCCEEDED(r))
		r = sixel_dither_new(&dither, d->colors, NULL);
	if (SIXEL_SUCCEEDED(r)) {
		sixel_dither_set_palette(dither, colours);
		sixel_dither_set_pixelformat(dither, SIXEL_PIXELFORMAT_PAL8);
		sixel_dither_set_diffusion_type(dither, SIXEL_DIFFUSE_NONE);
		sixel_dither_set_optimize_palette(dither, 0);
		r = sixel_encode(d->pixels, d->width, d->height, 1, dither, output);
	}
	sixel_dither_unref(dither);
	sixel_output_unref(output);
	if (SIXEL_FAILED(r) || buf_failed(out))
		return err_set(e, ERR_IO, "the picture cannot be encoded: %s", sixel_helper_format_error(r));
	return 0;
}
