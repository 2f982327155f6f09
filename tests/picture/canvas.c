/* canvas: see canvas.h. */
#include "config.h"

#include "tests/picture/canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLORS = 1024 };

struct reader { const char *p, *end; };

bool canvas_init(struct canvas *c, int columns, int rows, int cell_width, int cell_height, uint8_t grey)
{
	*c = (struct canvas){ .width = columns * cell_width, .height = rows * cell_height, .cell_width = cell_width, .cell_height = cell_height, .error = "" };
	c->rgb = malloc((size_t)c->width * (size_t)c->height * 3);
	if (c->rgb)
		memset(c->rgb, grey, (size_t)c->width * (size_t)c->height * 3);
	return c->rgb != NULL;
}

void canvas_release(struct canvas *c)
{
	free(c->rgb);
	c->rgb = NULL;
}

static bool wrong(struct canvas *c, const char *why)
{
	c->error = why;
	return false;
}

/* -1: there is none. */
static int number(struct reader *r)
{
	int n = -1;

	while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && n < 1000000)
		n = (n < 0 ? 0 : n) * 10 + (*r->p++ - '0');
	return n;
}

static int numbers(struct reader *r, int *v, int most)
{
	int n = 0;

	while (n < most) {
		v[n++] = number(r);
		if (r->p >= r->end || *r->p != ';')
			break;
		r->p++;
	}
	return n;
}

static void paint(struct canvas *c, int x, int y, const uint8_t *colour)
{
	if (x >= 0 && y >= 0 && x < c->width && y < c->height)
		memcpy(c->rgb + ((size_t)y * (size_t)c->width + (size_t)x) * 3, colour, 3);
}

/* ---- a picture ---- */

struct picture {
	uint8_t colours[COLORS][3];
	bool known[COLORS];
	int color, left, top, x, y, width, height, count;
};

static bool take_color(struct canvas *c, struct picture *pic, struct reader *r)
{
	int v[5], n = numbers(r, v, 5), i;

	if (v[0] < 0 || v[0] >= COLORS || (n != 1 && n != 5))
		return wrong(c, "a colour's number");
	pic->color = v[0];
	if (n == 1)
		return pic->known[v[0]] || c->lenient || wrong(c, "a colour that is not defined");
	if (v[1] != 2 || v[2] > 100 || v[3] > 100 || v[4] > 100 || v[2] < 0 || v[3] < 0 || v[4] < 0)
		return wrong(c, "a colour's parts");
	if (!c->lenient && v[0] != pic->count)
		return wrong(c, "a hole in the palette");
	for (i = 0; i < 3; i++)
		pic->colours[v[0]][i] = (uint8_t)((v[i + 2] * 255 + 50) / 100);
	pic->known[v[0]] = true;
	pic->count++;
	return true;
}

static bool take_sixel(struct canvas *c, struct picture *pic, char sixel, int repeat)
{
	int i, k;

	if (!c->lenient && (pic->x + repeat > pic->width || pic->y >= pic->height))
		return wrong(c, "pixels outside of the picture");
	for (k = 0; k < repeat; k++, pic->x++) {
		for (i = 0; i < 6; i++) {
			if (!((sixel - '?') >> i & 1))
				continue;
			if (!c->lenient && pic->y + i >= pic->height)
				return wrong(c, "pixels below the picture");
			paint(c, pic->left + pic->x, pic->top + pic->y + i, pic->colours[pic->color]);
		}
	}
	return true;
}

static bool take_raster(struct canvas *c, struct picture *pic, struct reader *r)
{
	int v[4];

	if (numbers(r, v, 4) != 4 || v[2] < 1 || v[3] < 1)
		return wrong(c, "a picture's size");
	pic->width = v[2];
	pic->height = v[3];
	return true;
}

/* Behind "ESC P"; takes all up to the end of the string. */
static bool take_picture(struct canvas *c, struct reader *r)
{
	static struct picture pic;
	int parameters[3], repeat = 1;

	pic = (struct picture){ .left = c->column * c->cell_width, .top = c->row * c->cell_height };
	numbers(r, parameters, 3);
	if (r->p >= r->end || *r->p++ != 'q')
		return wrong(c, "a string that is no picture");
	while (r->p < r->end) {
		char ch = *r->p++;
		bool ok = true;

		if (ch == '"') {
			ok = take_raster(c, &pic, r);
		} else if (ch == '#') {
			ok = take_color(c, &pic, r);
		} else if (ch == '!') {
			repeat = number(r);
			ok = repeat > 0 || wrong(c, "a repetition");
			continue;
		} else if (ch == '$') {
			pic.x = 0;
		} else if (ch == '-') {
			pic.x = 0;
			pic.y += 6;
		} else if (ch >= '?' && ch <= '~') {
			ok = take_sixel(c, &pic, ch, repeat);
		} else if (ch == '\033') {
			c->pictures++;
			c->colors_most = pic.count > c->colors_most ? pic.count : c->colors_most;
			return (r->p < r->end && *r->p++ == '\\') || wrong(c, "a picture's end");
		} else {
			ok = (ch == '\n' && c->lenient) || wrong(c, "a character that does not belong into a picture");
		}
		repeat = 1;
		if (!ok)
			return false;
	}
	return wrong(c, "a picture that does not end");
}

/* ---- around pictures ---- */

static void blank(struct canvas *c)
{
	static const uint8_t black[3];
	int x, y;

	for (y = 0; y < c->cell_height; y++)
		for (x = 0; x < c->cell_width; x++)
			paint(c, c->column * c->cell_width + x, c->row * c->cell_height + y, black);
	c->column++;
}

static bool take_sequence(struct canvas *c, struct reader *r)
{
	int v[8], n;

	if (c->lenient && r->p < r->end && strchr("?<=>", *r->p))
		r->p++;
	n = numbers(r, v, 8);
	if (r->p >= r->end)
		return wrong(c, "a sequence that does not end");
	if (*r->p == 'H' && n == 2 && v[0] > 0 && v[1] > 0) {
		c->row = v[0] - 1;
		c->column = v[1] - 1;
	} else if (!(*r->p == 'm' && v[0] == 0) && !c->lenient) {
		return wrong(c, "an unexpected sequence");
	}
	r->p++;
	return true;
}

bool canvas_feed(struct canvas *c, const char *bytes, size_t len)
{
	struct reader r = { bytes, bytes + len };

	while (r.p < r.end) {
		char ch = *r.p++, next = r.p < r.end ? *r.p : '\0';
		bool ok = true;

		if (ch == ' ') {
			blank(c);
		} else if (ch == '\033' && next != '\0') {
			r.p++;
			if (next == 'P')
				ok = take_picture(c, &r);
			else if (next == '[')
				ok = take_sequence(c, &r);
			else if (next == '7')
				c->saved_column = c->column, c->saved_row = c->row;
			else if (next == '8')
				c->column = c->saved_column, c->row = c->saved_row;
			else
				ok = wrong(c, "an unexpected escape");
		} else if (!c->lenient) {
			ok = wrong(c, "an unexpected character");
		}
		if (!ok)
			return false;
	}
	return true;
}
