/* cells: see cells.h. */
#include "config.h"

#include "ui/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int cells_init(struct cells *c, int width, int height)
{
	*c = (struct cells){ .width = width, .height = height };
	c->grid = calloc((size_t)width * (size_t)height, sizeof(*c->grid));
	if (!c->grid)
		return ERR_NOMEM;
	cells_clear(c);
	return 0;
}

void cells_release(struct cells *c)
{
	free(c->grid);
	*c = (struct cells){ 0 };
}

static const struct cell nothing = { .text = " ", .width = 1, .style = STYLE_NORMAL, .front = -1, .back = -1 };

void cells_clear(struct cells *c)
{
	int i;

	for (i = 0; i < c->width * c->height; i++)
		c->grid[i] = nothing;
	c->cursor_x = c->cursor_y = -1;
}

struct cell *cells_at(struct cells *c, int x, int y)
{
	return x >= 0 && y >= 0 && x < c->width && y < c->height ? &c->grid[y * c->width + x] : NULL;
}

static void set(struct cell *cell, const char *text, int width, enum style style)
{
	size_t len;

	*cell = nothing;
	cell->width = (uint8_t)width;
	cell->style = (uint8_t)style;
	cell->text[0] = text[0];
	if (text[0] && text[1]) {
		len = strnlen(text, sizeof(cell->text));
		if (len < sizeof(cell->text))
			memcpy(cell->text, text, len);
		else
			cell->text[0] = '\0';
	}
}

/* A wide character that loses a half becomes a blank. */
static void untie(struct cells *c, int x, int y)
{
	struct cell *here = cells_at(c, x, y), *left = cells_at(c, x - 1, y), *right = cells_at(c, x + 1, y);

	if (here && here->width == 0 && left && left->width == 2)
		set(left, " ", 1, (enum style)left->style);
	if (here && here->width == 2 && right && right->width == 0)
		set(right, " ", 1, (enum style)right->style);
}

static bool fits(const struct cells *c, const struct rect *clip, int x, int y, int width)
{
	return x >= 0 && y >= 0 && x + width <= c->width && y < c->height && y >= clip->y && y < clip->y + clip->height && x >= clip->x &&
	       x + width <= clip->x + clip->width;
}

/* One character at x, in a cell that is returned; NULL: it does not fit. */
static struct cell *place(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *text, int width)
{
	struct cell *cell;

	if (!fits(c, clip, x, y, width))
		return NULL;
	cell = &c->grid[y * c->width + x];
	if (cell->width != 1)
		untie(c, x, y);
	if (width == 2)
		untie(c, x + 1, y);
	set(cell, text, width, style);
	if (width == 2)
		set(cell + 1, "", 0, style);
	return cell;
}

/* The same; returns the column behind it. */
static int put_one(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *text, int width)
{
	place(c, clip, x, y, style, text, width);
	return x + width;
}

void cells_fill(struct cells *c, const struct rect *r, enum style style)
{
	int x, y;

	for (y = r->y; y < r->y + r->height; y++)
		for (x = r->x; x < r->x + r->width; x++)
			put_one(c, r, x, y, style, " ", 1);
}

/* A mark is several ASCII characters. */
int cells_glyph(struct cells *c, const struct rect *clip, int x, int y, enum style style, const struct sgr *look, const struct safetext_glyph *g)
{
	struct cell *cell;
	const char *p;
	char one[2] = "";

	if (!g->marked) {
		cell = place(c, clip, x, y, style, g->text, g->cells);
		if (look && cell) {
			cell->front = look->front;
			cell->back = look->back;
			cell->weights = look->weights;
		}
		return x + g->cells;
	}
	for (p = g->text; *p; p++) {
		one[0] = *p;
		x = put_one(c, clip, x, y, STYLE_MARK, one, 1);
	}
	return x;
}

int cells_put(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *text)
{
	/* Our own words go the same way as foreign ones: a name that slipped into them is marked too. */
	struct safetext_glyph g;
	size_t pos = 0, len = strlen(text);

	while (safetext_next(text, len, &pos, SAFETEXT_PROSE, &g)) {
		if (g.marked && strstr(g.text, " spaces>")) {	/* our own words may have a long run of blanks */
			int n = atoi(g.text + 1);

			while (n-- > 0)
				x = put_one(c, clip, x, y, style, " ", 1);
			continue;
		}
		x = cells_glyph(c, clip, x, y, style, NULL, &g);
	}
	return x;
}

int cells_putf(struct cells *c, const struct rect *clip, int x, int y, enum style style, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return cells_put(c, clip, x, y, style, text);
}


int cells_foreign(struct cells *c, const struct rect *clip, int x, int y, enum style style, enum safetext_kind kind, const char *text, size_t len)
{
	int right = clip->x + clip->width;
	struct safetext_glyph g;
	size_t pos = 0;

	while (safetext_next(text, len, &pos, kind, &g)) {
		if (g.newline) {
			g.marked = true;
			g.cells = 2;
			memcpy(g.text, "^J", 3);
		}
		if (x + g.cells > right) {
			/* Cut, and it is seen: the last column says so. */
			return put_one(c, clip, right - 1, y, STYLE_DIM, ">", 1);
		}
		x = cells_glyph(c, clip, x, y, style, NULL, &g);
	}
	return x;
}

int cells_foreign_wrapped(struct cells *c, const struct rect *clip, int y, enum style style, enum safetext_kind kind, const char *text, size_t len)
{
	int x = clip->x, right = clip->x + clip->width, first = y;
	struct safetext_glyph g;
	size_t pos = 0;

	while (safetext_next(text, len, &pos, kind, &g)) {
		if (g.newline) {
			y++;
			x = clip->x;
			continue;
		}
		if (x + g.cells > right && x > clip->x) {
			y++;
			x = clip->x;
		}
		x = cells_glyph(c, clip, x, y, style, NULL, &g);
	}
	return y - first + 1;
}

static bool is_blank(const struct safetext_glyph *g)
{
	return !g->marked && g->text[0] == ' ';
}

/* As wide as the word at pos is, so far as it fits into room; more than room when it does not. */
static int word_width(const char *text, size_t len, size_t pos, enum safetext_kind kind, int room)
{
	struct safetext_glyph g;
	int width = 0;

	while (width <= room && safetext_next(text, len, &pos, kind, &g) && !is_blank(&g))
		width += g.newline ? 2 : g.cells;
	return width;
}

int cells_foreign_flow(struct cells *c, const struct rect *clip, int x, int *y, enum style style, enum safetext_kind kind, const char *text, size_t len)
{
	int right = clip->x + clip->width;
	bool begins = !len || !strchr(",;:.)\"", text[0]);	/* a word does; these end the one before */
	struct safetext_glyph g;
	size_t pos = 0, at = 0;

	while (safetext_next(text, len, &pos, kind, &g)) {
		bool blank = is_blank(&g);

		if (g.newline) {
			g.marked = true;
			g.cells = 2;
			memcpy(g.text, "^J", 3);
		}
		/* A word that fits into a row of its own is not broken. */
		if (x > clip->x && !blank &&
		    (x + g.cells > right || (begins && x + word_width(text, len, at, kind, clip->width) > right && word_width(text, len, at, kind, clip->width) <= clip->width))) {
			(*y)++;
			x = clip->x;
		}
		if (!blank || x < right)
			x = cells_glyph(c, clip, x, *y, style, NULL, &g);
		begins = blank;
		at = pos;
	}
	return x;
}

int cells_foreign_words(struct cells *c, const struct rect *clip, int y, enum style style, enum safetext_kind kind, const char *text, size_t len)
{
	int row = y;

	cells_foreign_flow(c, clip, clip->x, &row, style, kind, text, len);
	return row - y + 1;
}

void cells_line(struct cells *c, int x, int y, int width, const char *title, bool unicode)
{
	struct rect clip = { x, y, width, 1 };
	int i;

	for (i = 0; i < width; i++)
		put_one(c, &clip, x + i, y, STYLE_BORDER, unicode ? "─" : "-", 1);
	if (title && title[0]) {
		i = cells_put(c, &clip, x + 1, y, STYLE_TITLE, " ");
		i = cells_put(c, &clip, i, y, STYLE_TITLE, title);
		cells_put(c, &clip, i, y, STYLE_TITLE, " ");
	}
}

void cells_frame(struct cells *c, const struct rect *r, const char *title, bool unicode)
{
	int right = r->x + r->width - 1, bottom = r->y + r->height - 1, y;

	cells_line(c, r->x, r->y, r->width, NULL, unicode);
	cells_line(c, r->x, bottom, r->width, NULL, unicode);
	for (y = r->y + 1; y < bottom; y++) {
		put_one(c, r, r->x, y, STYLE_BORDER, unicode ? "│" : "|", 1);
		put_one(c, r, right, y, STYLE_BORDER, unicode ? "│" : "|", 1);
	}
	put_one(c, r, r->x, r->y, STYLE_BORDER, unicode ? "┌" : "+", 1);
	put_one(c, r, right, r->y, STYLE_BORDER, unicode ? "┐" : "+", 1);
	put_one(c, r, r->x, bottom, STYLE_BORDER, unicode ? "└" : "+", 1);
	put_one(c, r, right, bottom, STYLE_BORDER, unicode ? "┘" : "+", 1);
	if (title && title[0]) {
		struct rect top = { r->x + 2, r->y, r->width - 4, 1 };
		int x = cells_put(c, &top, r->x + 2, r->y, STYLE_TITLE, " ");

		x = cells_put(c, &top, x, r->y, STYLE_TITLE, title);
		cells_put(c, &top, x, r->y, STYLE_TITLE, " ");
	}
}

static char color_letter(const struct cell *cell)
{
	int color = cell->front >= 0 ? cell->front : cell->back;

	if (color >= 0)
		return color < 16 ? "0123456789abcdef"[color] : '*';
	return cell->weights ? '-' : '.';
}

/* What a row ends with anyway is left out. */
static void end_row(struct buf *out, char usual)
{
	while (out->len > 0 && out->data[out->len - 1] == usual)
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}

static void dump_colors(const struct cells *c, struct buf *out)
{
	int i, n = c->width * c->height;

	for (i = 0; i < n && color_letter(&c->grid[i]) == '.'; i++)
		;
	if (i == n)
		return;
	buf_puts(out, "---\n");
	for (i = 0; i < n; i++) {
		buf_putc(out, color_letter(&c->grid[i]));
		if ((i + 1) % c->width == 0)
			end_row(out, '.');
	}
}

int cells_dump(const struct cells *c, struct buf *out)
{
	static const char letters[STYLE_COUNT + 1] = ".dbBtTARSMyYcgp";
	int x, y;

	for (y = 0; y < c->height; y++) {
		for (x = 0; x < c->width; x++)
			buf_puts(out, c->grid[y * c->width + x].text);
		end_row(out, ' ');
	}
	buf_puts(out, "---\n");
	for (y = 0; y < c->height; y++) {
		for (x = 0; x < c->width; x++)
			buf_putc(out, letters[c->grid[y * c->width + x].style]);
		end_row(out, '.');
	}
	dump_colors(c, out);
	return buf_failed(out) ? ERR_NOMEM : 0;
}
