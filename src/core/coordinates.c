/* coordinates: see coordinates.h. */
#include "config.h"

#include "core/coordinates.h"

#include <string.h>

static const char *const names[] = { "pixels", "normalised" };

const char *coordinates_name(enum coordinates c)
{
	return names[c];
}

bool coordinates_read(const char *name, enum coordinates *ret)
{
	int i;

	for (i = 0; i < 2; i++)
		if (strcmp(name, names[i]) == 0)
			*ret = (enum coordinates)i;
	return strcmp(name, names[0]) == 0 || strcmp(name, names[1]) == 0;
}

/* The full number is the last pixel, not the one behind it. */
int coordinates_pixel(enum coordinates c, int n, int pixels)
{
	if (c == COORDINATES_PIXELS || pixels <= 0)
		return n;
	return n == COORDINATES_FULL ? pixels - 1 : (int)((int64_t)n * pixels / COORDINATES_FULL);
}

int coordinates_number(enum coordinates c, int pixel, int pixels)
{
	if (c == COORDINATES_PIXELS || pixels <= 0)
		return pixel;
	return (int)(((2 * (int64_t)pixel + 1) * COORDINATES_FULL + pixels) / (2 * (int64_t)pixels));
}
