/* detect: see detect.h. */
#include "config.h"

#include "ui/detect.h"

#include <string.h>

#include "ui/theme.h"

enum { COLORS_MAX = 128, SIDE_MAX = 4096 };

bool picture_mode_named(const char *name, enum picture_mode *ret)
{
	static const char *const names[] = { "auto", "sixel", "kitty", "blocks", "none" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum picture_mode)i;
			return true;
		}
	}
	return false;
}

/* ---- what is asked ---- */

/* A console, or a terminal of glass, would print what it does not know; so may one that nobody has named. */
static bool is_old(const char *name)
{
	return !name || !name[0] || strncmp(name, "linux", 5) == 0 || strncmp(name, "vt", 2) == 0 || strncmp(name, "ansi", 4) == 0;
}

#define ASK_SIZES "\033[16t\033[14t\033[?2;1;0S"
#define ASK_REST "\033[>q\033[>c\033[?1;1;0S\033[?2;4;0S\033[?2026$p\033[?1016$p\033[?u\033]11;?\033\\"
/* One pixel that is only looked at, and never shown. */
#define ASK_KITTY "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\"

const char *detect_query(const char *name, bool multiplexer)
{
	if (is_old(name))
		return "\033[c";
	/* tmux and screen take such a string for a title. */
	return multiplexer ? ASK_SIZES ASK_REST "\033[c" : ASK_SIZES ASK_REST ASK_KITTY "\033[c";
}

const char *detect_again(struct detect *d, const char *name)
{
	if (is_old(name))
		return "";
	memset(&d->told, 0, sizeof(d->told));
	return ASK_SIZES "\033[c";
}

const char *detect_more_colors(const struct detect *d)
{
	return d->sixel && d->colors > 0 && d->colors < COLORS_MAX ? "\033[?1;3;256S" : NULL;
}

/* ---- what is answered ---- */

static void set(struct size *s, const struct input_event *ev)
{
	*s = (struct size){ .height = ev->count > 1 ? ev->params[1] : 0, .width = ev->count > 2 ? ev->params[2] : 0 };
}

/* CSI ? item ; status ; value S. One that does not know the item may answer with another. */
static void graphics(struct detect *d, const struct input_event *ev)
{
	if (ev->count < 3 || ev->params[1] != 0)
		return;
	if (ev->params[0] == 1 && ev->count == 3) {
		d->colors = ev->params[2];
	} else if (ev->params[0] == 2 && ev->count >= 4) {
		struct size s = { ev->params[2], ev->params[3] };

		if (!d->told.geometry)
			d->told.graphics = s;
		else
			d->max = s;
		d->told.geometry = true;
	}
}

static void known(struct detect *d, const struct terminal *t)
{
	if (!d->terminal || d->terminal == terminal_unknown())
		d->terminal = t;
}

bool detect_answer(struct detect *d, const struct input_event *ev)
{
	int i;

	switch (ev->type) {
	case INPUT_CELL_SIZE:
		set(&d->told.cell, ev);
		return true;
	case INPUT_AREA_SIZE:
		set(&d->told.area, ev);
		return true;
	case INPUT_GRAPHICS:
		graphics(d, ev);
		return true;
	case INPUT_ATTRIBUTES:
		/* The first number is the terminal's kind; 4 behind it is sixel. */
		d->sixel = false;
		for (i = 1; i < ev->count; i++)
			if (ev->params[i] == 4)
				d->sixel = true;
		d->done = true;
		return true;
	case INPUT_DEVICE:
		known(d, terminal_by_device(ev->params[0]));
		return true;
	case INPUT_VERSION:
		known(d, terminal_by_version(ev->text));
		return true;
	case INPUT_KITTY:
		d->kitty = ev->code == 1;
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

/* ---- what follows ---- */

static bool take_cell(struct detect *d, int width, int height)
{
	if (width < 3 || height < 6 || width > 100 || height > 200)
		return false;
	d->cell_width = width;
	d->cell_height = height;
	return true;
}

/* What it has room for now is the size of its text, unless it is cut off at the most that it takes. */
static struct size uncut(const struct detect *d)
{
	struct size s = d->told.graphics;

	if (d->max.width == 0 || s.width >= d->max.width)
		s.width = 0;
	if (d->max.height == 0 || s.height >= d->max.height)
		s.height = 0;
	return s;
}

void detect_finish(struct detect *d, int columns, int rows, int pixel_width, int pixel_height)
{
	struct size room = uncut(d);

	d->done = true;
	d->cell_width = d->cell_height = 0;
	if (columns < 1 || rows < 1 || take_cell(d, d->told.cell.width, d->told.cell.height) ||
	    take_cell(d, d->told.area.width / columns, d->told.area.height / rows))
		return;
	/* The kernel's numbers may have the window's border in them: they are the last, for each side. */
	take_cell(d, (room.width ? room.width : pixel_width) / columns, (room.height ? room.height : pixel_height) / rows);
}

static int least(int a, int b)
{
	return a == 0 ? b : b == 0 || a < b ? a : b;
}

static enum picture_backend choose(const struct detect *d, enum picture_mode mode, bool blocks)
{
	const struct terminal *t = d->terminal ? d->terminal : terminal_unknown();
	/* Without the size of a cell a picture cannot be put where it belongs. */
	bool sixel = d->sixel && d->cell_width > 0, kitty = d->kitty && d->cell_width > 0;

	if (mode == PICTURE_NONE)
		return BACKEND_NONE;
	if (mode == PICTURE_SIXEL || (mode == PICTURE_AUTO && sixel && !(kitty && t->kitty)))
		return BACKEND_SIXEL;
	if (mode == PICTURE_KITTY || (mode == PICTURE_AUTO && kitty))
		return BACKEND_KITTY;
	return blocks ? BACKEND_BLOCKS : BACKEND_NONE;
}

void detect_policy(struct detect *d, enum picture_mode mode, bool blocks, struct picture_policy *ret)
{
	const struct terminal *t = d->terminal ? d->terminal : terminal_unknown();

	*ret = (struct picture_policy){ .backend = choose(d, mode, blocks), .colors = COLORS_MAX, .height_multiple = 1 };
	if (ret->backend != BACKEND_SIXEL && ret->backend != BACKEND_KITTY)
		return;
	if (d->cell_width == 0) {
		d->cell_width = 10;	/* the most common one */
		d->cell_height = 20;
	}
	ret->max_width = ret->max_height = SIDE_MAX;
	if (ret->backend == BACKEND_KITTY)
		return;
	if (d->colors >= 2 && d->colors < COLORS_MAX)
		ret->colors = d->colors;
	ret->deltas = t->deltas;
	ret->height_multiple = t->height_multiple;
	ret->max_images_between_keyframes = t->between_keyframes;
	/* The second answer is the most that it takes, and a larger picture is not shown at all; with one answer alone that one is safe. */
	ret->max_width = least(SIDE_MAX, d->max.width ? d->max.width : d->told.graphics.width ? d->told.graphics.width : t->max_side);
	ret->max_height = least(SIDE_MAX, d->max.height ? d->max.height : d->told.graphics.height ? d->told.graphics.height : t->max_side);
}
