/* editor: see editor.h. */
#include "config.h"

#include "ui/editor.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "ui/keymap.h"

enum { CTRL_A = 1, CTRL_D = 4, CTRL_E = 5, CTRL_K = 11, CTRL_U = 21 };

void editor_init(struct editor *e)
{
	*e = (struct editor){ .width = 80 };
	buf_init(&e->text, EDITOR_BYTES_MAX);
}

void editor_release(struct editor *e)
{
	buf_release(&e->text);
}

int editor_set(struct editor *e, const char *text)
{
	buf_clear(&e->text);
	e->scroll = 0;
	e->cursor = strlen(text);
	return buf_puts(&e->text, text);
}

const char *editor_text(const struct editor *e)
{
	return buf_cstr(&e->text);
}

/* Replaces `len` bytes at `from`; what does not fit changes nothing. */
static bool replace(struct editor *e, size_t from, size_t len, const char *with, size_t with_len)
{
	size_t rest = e->text.len - from - len;
	struct buf next;
	bool ok;

	buf_init(&next, EDITOR_BYTES_MAX);
	buf_append(&next, buf_cstr(&e->text), from);
	buf_append(&next, with, with_len);
	buf_append(&next, buf_cstr(&e->text) + from + len, rest);
	ok = !buf_failed(&next);
	if (ok) {
		buf_release(&e->text);
		e->text = next;
		e->cursor = from + with_len;
	} else {
		buf_release(&next);
	}
	return ok;
}

static size_t before(const struct editor *e, size_t pos)
{
	const char *text = editor_text(e);

	while (pos > 0 && ((unsigned char)text[--pos] & 0xc0) == 0x80)
		;
	return pos;
}

static size_t behind(const struct editor *e, size_t pos)
{
	const char *text = editor_text(e);

	if (pos < e->text.len)
		pos++;
	while (pos < e->text.len && ((unsigned char)text[pos] & 0xc0) == 0x80)
		pos++;
	return pos;
}

/* Walks over the glyphs as they are drawn: where each stands, in columns and rows from the start. */
struct walk {
	struct safetext_glyph glyph;
	size_t from, pos;	/* the glyph's bytes */
	int x, y, next_x, next_y;
};

static bool walk_next(const struct editor *e, struct walk *w)
{
	w->from = w->pos;
	if (!safetext_next(editor_text(e), e->text.len, &w->pos, SAFETEXT_PROSE, &w->glyph)) {
		w->x = w->next_x;
		w->y = w->next_y;
		return false;
	}
	w->x = w->next_x;
	w->y = w->next_y;
	if (w->x + w->glyph.cells > e->width && w->x > 0) {
		w->x = 0;
		w->y++;
	}
	w->next_x = w->glyph.newline ? 0 : w->x + w->glyph.cells;
	w->next_y = w->glyph.newline ? w->y + 1 : w->y;
	return true;
}

/* The row and column of a byte. */
static void find_place(const struct editor *e, size_t pos, int *x, int *y)
{
	struct walk w = { 0 };

	while (walk_next(e, &w) && w.pos <= pos)
		;
	*x = w.x;
	*y = w.y;
}

/* The byte nearest to a place on a row; the text's length where there is no such row. */
static size_t find_byte(const struct editor *e, int x, int y)
{
	struct walk w = { 0 };
	size_t best = e->text.len;

	while (walk_next(e, &w)) {
		if (w.y > y)
			break;
		if (w.y == y) {
			best = w.from;
			if (w.x + w.glyph.cells > x || w.glyph.newline)
				return best;
		}
	}
	return w.y == y ? w.from : best;
}

static void move_rows(struct editor *e, int by)
{
	int x, y;

	find_place(e, e->cursor, &x, &y);
	if (y + by >= 0)
		e->cursor = find_byte(e, x, y + by);
}

static size_t line_start(const struct editor *e)
{
	size_t pos = e->cursor;

	while (pos > 0 && editor_text(e)[pos - 1] != '\n')
		pos--;
	return pos;
}

static size_t line_end(const struct editor *e)
{
	return e->cursor + strcspn(editor_text(e) + e->cursor, "\n");
}

static void insert(struct editor *e, uint32_t code)
{
	char utf8[4];

	if (code == KEYS_ENTER || code == '\n')
		replace(e, e->cursor, 0, "\n", 1);
	else if (code == '\t' || (code >= 0x20 && code != 0x7f && code < KEY_SPECIAL))
		replace(e, e->cursor, 0, utf8, utf8_encode(code, utf8));
}

enum editor_result editor_key(struct editor *e, uint32_t code, bool pasted)
{
	size_t from;

	if (pasted) {
		insert(e, code == '\r' ? '\n' : code);
		return EDITOR_GOES_ON;
	}
	switch (code) {
	case CTRL_D: return EDITOR_DONE;
	case KEYS_ESCAPE: return EDITOR_LEFT;
	case KEYS_LEFT: e->cursor = before(e, e->cursor); break;
	case KEYS_RIGHT: e->cursor = behind(e, e->cursor); break;
	case KEYS_UP: move_rows(e, -1); break;
	case KEYS_DOWN: move_rows(e, 1); break;
	case KEYS_HOME: case CTRL_A: e->cursor = line_start(e); break;
	case KEYS_END: case CTRL_E: e->cursor = line_end(e); break;
	case KEYS_BACKSPACE:
		from = before(e, e->cursor);
		replace(e, from, e->cursor - from, "", 0);
		break;
	case KEYS_DELETE:
		replace(e, e->cursor, behind(e, e->cursor) - e->cursor, "", 0);
		break;
	case CTRL_U:
		from = line_start(e);
		replace(e, from, e->cursor - from, "", 0);
		break;
	case CTRL_K:
		replace(e, e->cursor, line_end(e) - e->cursor, "", 0);
		break;
	default: insert(e, code); break;
	}
	return EDITOR_GOES_ON;
}

void editor_draw(struct editor *e, struct cells *c, const struct rect *r)
{
	struct walk w = { 0 };
	int x, y;

	e->width = r->width > 1 ? r->width : 1;
	find_place(e, e->cursor, &x, &y);
	if (y < e->scroll)
		e->scroll = y;
	else if (y >= e->scroll + r->height)
		e->scroll = y - r->height + 1;
	while (walk_next(e, &w))
		if (!w.glyph.newline)
			cells_foreign(c, r, r->x + w.x, r->y + w.y - e->scroll, STYLE_BOLD, SAFETEXT_PROSE, editor_text(e) + w.from, w.pos - w.from);
	c->cursor_x = r->x + (x < r->width ? x : r->width - 1);
	c->cursor_y = r->y + y - e->scroll;
}
