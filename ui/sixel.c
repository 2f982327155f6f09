/* sixel: libsixel's encoder on pixels that we decoded, scaled and bounded; none of its loaders. See picture.h. */
#include "config.h"

#undef PACKAGE_VERSION	/* its header defines one of its own */
#include <sixel.h>
#include <string.h>

#include "ui/picture.h"

enum { COLOURS = 128 };

static int on_bytes(char *data, int size, void *arg)
{
	return buf_append(arg, data, (size_t)size) < 0 ? -1 : size;
}

int picture_sixel(const struct image *im, struct buf *out, struct err *e)
{
	sixel_output_t *output = NULL;
	sixel_dither_t *dither = NULL;
	SIXELSTATUS r;

	/* Heights that are no multiple of six are filled by the encoder; fewer than six rows it does not take well. */
	if (im->height < 6 || im->width < 1)
		return err_set(e, ERR_INVALID, "too small for sixel");
	r = sixel_output_new(&output, on_bytes, out, NULL);
	if (SIXEL_SUCCEEDED(r))
		r = sixel_dither_new(&dither, COLOURS, NULL);
	if (SIXEL_SUCCEEDED(r))
		r = sixel_dither_initialize(dither, im->rgb, im->width, im->height, SIXEL_PIXELFORMAT_RGB888, SIXEL_LARGE_NORM, SIXEL_REP_AVERAGE_COLORS,
					    SIXEL_QUALITY_LOW);
	if (SIXEL_SUCCEEDED(r)) {
		sixel_dither_set_diffusion_type(dither, SIXEL_DIFFUSE_NONE);
		sixel_dither_set_optimize_palette(dither, 1);
		r = sixel_encode(im->rgb, im->width, im->height, 3, dither, output);
	}
	sixel_dither_unref(dither);
	sixel_output_unref(output);
	if (SIXEL_FAILED(r) || buf_failed(out))
		return err_set(e, ERR_IO, "the picture cannot be encoded: %s", sixel_helper_format_error(r));
	return 0;
}
