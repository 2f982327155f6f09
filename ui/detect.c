/* detect: see detect.h. */
#include "config.h"

#include "ui/detect.h"

#include <string.h>

#include "ui/theme.h"

/* A console, or a terminal of glass, would print what it does not know. */
static bool is_old(const char *name)
{
	return strncmp(name, "linux", 5) == 0 || strncmp(name, "vt", 2) == 0 || strncmp(name, "ansi", 4) == 0;
}

const char *detect_query(const char *name)
{
	return is_old(name) ? "\033[c" : "\033[16t\033[14t\033[?2;1;0S\033[?2026$p\033[?1016$p\033[?u\033]11;?\033\\\033[c";
}

bool detect_answer(struct detect *d, const struct input_event *ev)
{
	int i;

	switch (ev->type) {
	case INPUT_CELL_SIZE:
		d->cell_height = ev->count > 1 ? ev->params[1] : 0;
		d->cell_width = ev->count > 2 ? ev->params[2] : 0;
		return true;
	case INPUT_AREA_SIZE:
		d->area_height = ev->count > 1 ? ev->params[1] : 0;
		d->area_width = ev->count > 2 ? ev->params[2] : 0;
		return true;
	case INPUT_GRAPHICS:
		if (ev->count >= 4 && ev->params[0] == 2 && ev->params[1] == 0) {
			d->max_width = ev->params[2];
			d->max_height = ev->params[3];
		}
		return true;
	case INPUT_ATTRIBUTES:
		/* The first number is the terminal's kind; 4 behind it is sixel. */
		for (i = 1; i < ev->count; i++)
			if (ev->params[i] == 4)
				d->sixel = true;
		d->done = true;
		return true;
	case INPUT_MODE:
		if (ev->count == 2 && ev->params[0] == 2026)
			d->synchronized = ev->params[1] == 1 || ev->params[1] == 2;
		if (ev->count == 2 && ev->params[0] == 1016)
			d->pixels = ev->params[1] == 1 || ev->params[1] == 2;
		return true;
	case INPUT_KEYBOARD:
		d->keyboard = true;
		return true;
	case INPUT_COLOR:
		if (ev->code == 11) {
			d->ground = true;
			d->light = theme_is_light(ev->params[0], ev->params[1], ev->params[2]);
		}
		return true;
	default:
		return false;
	}
}

void detect_finish(struct detect *d, int columns, int rows, int pixel_width, int pixel_height)
{
	d->done = true;
	if (d->cell_width <= 0 || d->cell_height <= 0) {
		int width = pixel_width > 0 ? pixel_width : d->area_width, height = pixel_height > 0 ? pixel_height : d->area_height;

		d->cell_width = columns > 0 ? width / columns : 0;
		d->cell_height = rows > 0 ? height / rows : 0;
	}
	/* Without the size of a cell a picture cannot be put where it belongs. */
	if (d->cell_width < 3 || d->cell_height < 6 || d->cell_width > 100 || d->cell_height > 200)
		d->sixel = false;
}
