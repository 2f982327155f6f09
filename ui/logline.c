/* logline: see logline.h. */
#include "config.h"

#include "ui/logline.h"

#include <string.h>

enum { TAB = 8 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool stands_at(const struct logline *l, size_t at, size_t n)
{
	size_t i;

	if (l->len - at < n)
		return false;
	for (i = 0; i < n; i++)
		if (l->any_case ? lower(l->text[at + i]) != lower(l->find[i]) : l->text[at + i] != l->find[i])
			return false;
	return true;
}

/* One tab is room to the next stop, as whoever wrote it meant; more of them in a row are marked: they could push text out of sight. */
static bool read_tab(const struct logline *l, size_t *pos, int column, struct safetext_glyph *g)
{
	if (l->text[*pos] != '\t' || (*pos + 1 < l->len && l->text[*pos + 1] == '\t') || (*pos > 0 && l->text[*pos - 1] == '\t'))
		return false;
	*g = (struct safetext_glyph){ .cells = TAB - column % TAB };
	memset(g->text, ' ', (size_t)g->cells);
	(*pos)++;
	return true;
}

/* false: none stands there. */
static bool skip_colors(const struct logline *l, size_t *pos, struct sgr *s)
{
	size_t from = *pos, n;

	while (*pos < l->len && l->text[*pos] == '\033' && (n = sgr_read(l->text + *pos, l->len - *pos, s)) > 0)
		*pos += n;
	return *pos > from;
}

/* What can be drawn next; false at the end. */
static bool next(const struct logline *l, size_t *pos, int column, struct safetext_glyph *g)
{
	if (*pos < l->len && read_tab(l, pos, column, g))
		return true;
	if (!safetext_next(l->text, l->len, pos, SAFETEXT_PROSE, g))
		return false;
	if (g->newline) {
		g->newline = false;
		g->marked = true;
		g->cells = 2;
		memcpy(g->text, "^J", 3);
	}
	return true;
}

/* A tab's room is several cells of one blank each. */
static int put(struct cells *c, const struct rect *clip, int x, int y, enum style style, const struct sgr *look, const struct safetext_glyph *g)
{
	struct safetext_glyph blank = { .text = " ", .cells = 1 };
	int i;

	if (!c)
		return x + g->cells;
	if (g->marked || g->text[0] != ' ')
		return cells_glyph(c, clip, x, y, style, look, g);
	for (i = 0; i < g->cells; i++)
		x = cells_glyph(c, clip, x, y, style, look, &blank);
	return x;
}

int logline_draw(struct cells *c, const struct rect *clip, int y, const struct logline *l)
{
	size_t find_len = l->find ? strlen(l->find) : 0, pos = 0, found_to = 0;
	int x = clip->x, right = clip->x + clip->width, rows = 1;
	struct sgr s = SGR_PLAIN, look = SGR_PLAIN;
	struct safetext_glyph g;
	bool hidden = false, found;

	for (;;) {
		/* Text that was to be hidden is shown, as a mark is. */
		if (skip_colors(l, &pos, &s))
			hidden = sgr_look(&s, &look) && l->own_colors;
		if (find_len > 0 && pos < l->len && stands_at(l, pos, find_len))
			found_to = pos + find_len;
		found = pos < found_to;
		if (!next(l, &pos, x - clip->x, &g))
			return rows;
		if (x + g.cells > right) {
			if (!l->wrap) {
				struct safetext_glyph cut = { .text = ">", .cells = 1 };

				if (c)
					cells_glyph(c, clip, right - 1, y, STYLE_DIM, NULL, &cut);
				return rows;
			}
			if (x > clip->x) {
				rows++;
				y++;
				x = clip->x;
			}
		}
		x = put(c, clip, x, y, found ? STYLE_SELECTED : hidden ? STYLE_MARK : l->style, l->own_colors && !found && !hidden ? &look : NULL, &g);
	}
}

int logline_copy(struct buf *out, const char *text, size_t len)
{
	struct logline l = { .text = text, .len = len };
	struct sgr s = SGR_PLAIN;
	struct safetext_glyph g;
	size_t pos = 0, from;
	int r = buf_append(out, "", 0);

	for (;;) {
		skip_colors(&l, &pos, &s);
		from = pos;
		if (r != 0 || !next(&l, &pos, 0, &g))
			return r;
		/* A long row of blanks is told as a count on the screen; here it is what it is. */
		r = g.marked && text[from] == ' ' ? buf_append(out, text + from, pos - from) : buf_puts(out, g.text);
	}
}
