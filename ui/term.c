/* term: see term.h. */
#include "config.h"

#include "ui/term.h"

#include <curses.h>
#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#undef columns	/* that header names the database's entries so */
#include <unistd.h>
#include <wchar.h>

#include "base/digest.h"
#include "ui/modes.h"
#include "ui/pairs.h"
#include "ui/tty.h"

enum { FIRST_PAIR = 32, FRAME_WORTH = 160, LEAVE_MS = 250 };

static struct {
	SCREEN *screen;
	FILE *memory;		/* what ncurses writes to */
	struct buf frame;	/* what is being painted */
	bool painting, synchronized, away;
	enum theme theme;
	int colors;		/* 8, 16, 256; 0: none are used */
	bool direct;		/* 256 of them, and the terminal wants them as red, green, blue */
	struct pairs pairs;	/* of any colours */
	struct cells given;	/* what ncurses was given last: it is given what differs; width 0: all */
} term;

/* ---- which terminal ---- */

bool term_unicode(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool begins_with(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strncmp(name, *list, strlen(*list)) == 0)
			return true;
	return false;
}

/* Consoles have the lines that are in their font, which nobody can ask for. */
bool term_lines(void)
{
	static const char *const without[] = { "linux", "vt1", "vt2", "vt3", "vt4", "vt5", "ansi", "cons", NULL };
	const char *name = getenv("TERM");

	return term_unicode() && name && !begins_with(name, without);
}

bool term_multiplexed(void)
{
	static const char *const names[] = { "screen", "tmux", NULL };
	const char *name = getenv("TERM");

	return getenv("TMUX") || getenv("STY") || (name && begins_with(name, names));
}

/* What terminfo has, which is read from a file each time. */
struct entry {
	int colors;		/* -1: it does not know that name */
	bool places;		/* text can be put anywhere on the screen */
};

static struct entry probe(const char *name)
{
	struct entry e = { .colors = -1 };
	int status;

	if (setupterm(name, STDOUT_FILENO, &status) == ERR)
		return e;
	e.colors = tigetnum((char *)(uintptr_t)"colors");
	e.colors = e.colors < 2 ? 2 : e.colors;
	e.places = cursor_address != NULL;
	del_curterm(cur_term);
	return e;
}

/*
 * The name to look up. Terminals that follow xterm in all that is used here are often not known where one logs in to. And one that says
 * in COLORTERM that it has millions of colours has the 256 that its plain name does not promise.
 */
static const char *resolve(const char *name, char room[80], struct entry *ret)
{
	static const char *const like_xterm[] = { "xterm", "foot", "alacritty", "wezterm", "contour", "ghostty", "kitty", "konsole", "rio", NULL };
	const char *said = getenv("COLORTERM");
	struct entry more;

	*ret = probe(name);
	if (ret->colors < 0 && begins_with(name, like_xterm)) {
		name = "xterm-256color";
		*ret = probe(name);
	} else if (ret->colors >= 0 && ret->colors < 256 && said && (strcmp(said, "truecolor") == 0 || strcmp(said, "24bit") == 0)) {
		snprintf(room, 80, "%s-256color", name);
		more = probe(room);
		if (more.colors >= 256) {
			name = room;
			*ret = more;
		}
	}
	return name;
}

/* The name under which terminfo knows this terminal, and how many colours it has; NULL where it cannot be used. */
static const char *known_as(char room[80], int *ret_colors, struct err *e)
{
	const char *said = getenv("TERM"), *name;
	struct entry entry;

	if (!said || !said[0]) {
		err_set(e, ERR_IO, "TERM is not set: set it to what your terminal is, as TERM=xterm-256color, or use assent --plain");
		return NULL;
	}
	name = resolve(said, room, &entry);
	*ret_colors = entry.colors;
	if (entry.colors >= 0 && entry.places)
		return name;
	if (entry.colors < 0)
		err_set(e, ERR_IO, "TERM=%s is not known to terminfo: install ncurses-term, try TERM=xterm-256color, or use assent --plain", said);
	else
		err_set(e, ERR_IO, "TERM=%s cannot place text on its screen: use assent --plain", said);
	return NULL;
}

int term_colors(struct err *e)
{
	char room[80];
	int colors;

	return known_as(room, &colors, e) ? colors : ERR_IO;
}

/* ---- bytes ---- */

void term_write(const char *bytes, size_t len)
{
	if (term.painting)
		buf_append(&term.frame, bytes, len);
	else
		tty_write(bytes, len);
}

static void say(const char *bytes)
{
	term_write(bytes, strlen(bytes));
}

/* Moves on what ncurses has written. */
static void collect(void)
{
	int fd = fileno(term.memory);
	off_t at = 0, end = lseek(fd, 0, SEEK_CUR);
	char piece[4096];
	ssize_t n;

	if (end <= 0)
		return;

	while (at < end && (n = pread(fd, piece, end - at < (off_t)sizeof(piece) ? (size_t)(end - at) : sizeof(piece), at)) > 0) {
		term_write(piece, (size_t)n);
		at += n;
	}
	lseek(fd, 0, SEEK_SET);	/* what comes next is written over it */
}

/* ---- start and end ---- */

static void give_all(void)
{
	cells_release(&term.given);
}

/* As ncurses wants it. Small numbers are places in a palette to a terminal with direct colours too, so a pure blue gets a trace of red. */
static int native(int32_t color)
{
	uint32_t rgb = color < 8 ? 0 : color & CELL_RGB ? (uint32_t)color & 0xffffff : theme_rgb((int16_t)color);

	if (!term.direct || color < 8)
		return color;
	return (int)(rgb < 256 ? rgb | 0x010000 : rgb);
}

static void make_pairs(void)
{
	int i;

	give_all();
	for (i = 0; i < STYLE_COUNT && term.colors > 0; i++) {
		struct look look = theme_look(term.theme, (enum style)i, term.colors);

		init_extended_pair(i + 1, native(look.front), native(look.back));
	}
}

static void start_colors(void)
{
	if (term.theme == THEME_MONO || !has_colors() || start_color() == ERR || use_default_colors() == ERR || COLORS < 8) {
		term.theme = THEME_MONO;
		return;
	}
	term.pairs.room = COLOR_PAIRS - FIRST_PAIR < PAIRS_MAX ? COLOR_PAIRS - FIRST_PAIR : PAIRS_MAX;
	term.colors = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
	term.direct = COLORS > 256;
	make_pairs();
}

/* It is not changed here, and to set it back, as ncurses does at the end, would undo what its owner did to it. */
static void leave_palette(void)
{
	char *s = tigetstr((char *)(uintptr_t)"oc");

	if (s && s != (char *)-1)
		*s = '\0';
}

static int open_screen(const char *name, struct err *e)
{
	int fd = memfd_create("assent-screen", MFD_CLOEXEC), columns, rows, unused;

	term.memory = fd < 0 ? NULL : fdopen(fd, "w");
	if (!term.memory)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (tty_open(e) < 0)
		return ERR_IO;
	/* newterm, not initscr: that one ends the program when TERM is unknown. */
	unsetenv("LINES");	/* the terminal knows better */
	unsetenv("COLUMNS");
	term.screen = newterm(name, term.memory, stdin);
	if (!term.screen)
		return err_set(e, ERR_IO, "TERM=%s cannot be used: use assent --plain", name);
	/* Until a program has been away once, ncurses writes out each time that it moves: a call for some bytes, hundreds of them for a frame. */
	endwin();
	lseek(fd, 0, SEEK_SET);
	typeahead(-1);
	leave_palette();
	nonl();
	term_size(&columns, &rows, &unused, &unused);
	resizeterm(rows, columns);
	return 0;
}

int term_start(enum theme theme, struct err *e)
{
	const char *name;
	char room[80];
	int colors;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_IO, "the dashboard needs a terminal; in a script use curl and docs/OPERATOR.md");
	name = known_as(room, &colors, e);
	if (!name)
		return ERR_IO;
	buf_init(&term.frame, SIZE_MAX - 1);
	term.theme = theme;
	if (open_screen(name, e) < 0)
		return ERR_IO;
	start_colors();
	curs_set(0);
	refresh();
	collect();
	term.away = true;
	term_enter();
	return 0;
}

/* All rows: curses begins with the 24 of a terminal that it cannot ask, and xterm would scroll these under a picture that goes beyond them. */
static void say_margins(void)
{
	say("\033[r");
}

void term_enter(void)
{
	tty_raw();
	say_margins();
	if (term.away)
		modes_say(true);
	term.away = false;
	term_forget();
}

void term_leave(void)
{
	if (!term.screen || term.away)
		return;
	if (!tty_flush_for(LEAVE_MS)) {
		/* Cut off somewhere: whatever sequence, string or frame that was in, it ends. */
		tty_drop();
		say(term.synchronized ? "\030\033\\\033[?2026l" : "\030\033\\");
	}
	modes_say(false);
	endwin();
	collect();
	tty_flush_for(LEAVE_MS);
	tty_restore();
	term.away = true;
}

void term_stop(void)
{
	if (!term.screen)
		return;
	term_leave();
	delscreen(term.screen);
	give_all();
	fclose(term.memory);
	tty_close();
	buf_release(&term.frame);
	term.screen = NULL;
}

void term_theme(enum theme theme)
{
	if (term.colors == 0)
		return;
	term.theme = theme;
	make_pairs();
}

void term_synchronized(bool on)
{
	term.synchronized = on;
}

void term_size(int *columns, int *rows, int *pixel_width, int *pixel_height)
{
	tty_size(columns, rows, pixel_width, pixel_height);
	*columns = *columns <= 0 ? 80 : *columns > TERM_COLUMNS_MAX ? TERM_COLUMNS_MAX : *columns;
	*rows = *rows <= 0 ? 24 : *rows > TERM_ROWS_MAX ? TERM_ROWS_MAX : *rows;
}

void term_resize(int columns, int rows)
{
	resizeterm(rows, columns);
	say_margins();
	term_forget();
}

void term_forget(void)
{
	clearok(curscr, TRUE);
	give_all();
}

int term_picture_colors(void)
{
	return term.direct ? 1 << 24 : term.colors == 256 && term.pairs.room < PAIRS_MAX ? 16 : term.colors;
}

/* ---- painting ---- */

static int32_t fold(int32_t color)
{
	return color < 0 || color & CELL_RGB ? color : theme_fold((int16_t)color, term.colors);
}

static int color_pair(const struct cell *cell)
{
	int32_t front = fold(cell->front), back = fold(cell->back);
	bool is_new;
	int i;

	/* A text in the colour that its ground was folded to is none. */
	if (cell->style != STYLE_PICTURE && front == back)
		return cell->style + 1;
	i = pairs_find(&term.pairs, front, back, &is_new);
	if (is_new)
		init_extended_pair(FIRST_PAIR + i, native(front), native(back));
	return i < 0 ? cell->style + 1 : FIRST_PAIR + i;	/* more than any screen has: plain */
}

static attr_t weights_of(uint8_t weights)
{
	return (weights & SGR_BOLD ? A_BOLD : 0) | (weights & SGR_DIM ? A_DIM : 0) | (weights & SGR_ITALIC ? A_ITALIC : 0) |
	       (weights & SGR_UNDERLINE ? A_UNDERLINE : 0) | (weights & SGR_REVERSE ? A_REVERSE : 0);
}

/*
 * ncurses finds rows that moved by their characters alone and has the terminal scroll them, and a picture would go with them. So each row
 * under a picture is written another way: its number, in blanks of two kinds.
 */
static const wchar_t *picture_blank(int x, int y)
{
	return term_unicode() && (y >> (x & 7)) & 1 ? L"\u00a0" : L" ";
}

static void put_cell(int x, int y, const wchar_t *text, attr_t attr, int pair)
{
	cchar_t cc;

	setcchar(&cc, text, attr, 0, &pair);
	mvwadd_wch(newscr, y, x, &cc);
}

/* What the locale has no character for: as many question marks as it is wide, and they look like marks. */
static void put_unknown(int x, int y, int width)
{
	attr_t attr = weights_of(theme_look(term.theme, STYLE_MARK, term.colors).weights);

	for (; width > 0; width--, x++)
		put_cell(x, y, L"?", attr, term.colors > 0 ? STYLE_MARK + 1 : 0);
}

static void look_of(const struct cell *cell, attr_t *attr, int *pair)
{
	*attr = weights_of(theme_look(term.theme, (enum style)cell->style, term.colors).weights) | weights_of(cell->weights);
	*pair = term.colors > 0 ? cell->style + 1 : 0;
	if ((cell->front >= 0 || cell->back >= 0) && term.colors > 0)
		*pair = color_pair(cell);
}

static bool is_ground(const struct cell *cell)
{
	return cell->style == STYLE_PICTURE && cell->front < 0;
}

static void paint_cell(int x, int y, const struct cell *cell)
{
	wchar_t text[8];
	mbstate_t state = { 0 };
	const char *p = cell->text;
	attr_t attr;
	size_t n;
	int pair;

	if (cell->width == 0)
		return;
	n = mbsrtowcs(text, &p, 6, &state);
	if (n == (size_t)-1 || n == 0) {
		put_unknown(x, y, cell->width);
		return;
	}
	text[n < 6 ? n : 6] = L'\0';
	if (is_ground(cell))
		wcscpy(text, picture_blank(x, y));
	look_of(cell, &attr, &pair);
	put_cell(x, y, text, attr, pair);
}

static bool is_plain(const struct cell *cell)
{
	return cell->text[0] > 0 && !cell->text[1] && !is_ground(cell);
}

static bool is_as(const struct cell *a, const struct cell *b)
{
	return a->style == b->style && a->weights == b->weights && a->front == b->front && a->back == b->back;
}

/* Most of what is painted, many at once: ASCII, of which everybody knows how wide it is. Returns the column behind what differs from `then` and is such. */
static int paint_plain(int x, int y, const struct cell *now, const struct cell *then, int width)
{
	static cchar_t run[TERM_COLUMNS_MAX];
	const struct cell *before = NULL;
	cchar_t cc;
	attr_t attr;
	int pair, n;

	for (n = 0; x + n < width && is_plain(&now[n]) && memcmp(&now[n], &then[n], sizeof(*now)) != 0; n++) {
		if (!before || !is_as(before, &now[n])) {
			look_of(&now[n], &attr, &pair);
			setcchar(&cc, L" ", attr, 0, &pair);
		}
		before = &now[n];
		run[n] = cc;
		run[n].chars[0] = before->text[0];
	}
	mvwadd_wchnstr(newscr, y, x, run, n);
	return x + n;
}

/* Row y, where it differs. A wide character takes the place of both its cells; else what a cell looks like may have to do with its place, but not with its neighbours. */
static void give_row(int y, const struct cell *now, const struct cell *then, int width)
{
	int x = 0;

	while (x < width) {
		if (memcmp(&now[x], &then[x], sizeof(now[x])) == 0) {
			x++;
		} else if (is_plain(&now[x]) && then[x].width > 0) {
			x = paint_plain(x, y, &now[x], &then[x], width);
		} else {
			/* Not many at once from the second half of what was wide: ncurses would blank its first half, where something else stands by now. */
			paint_cell(x, y, &now[x]);
			x++;
		}
	}
}

/* Everything differs from what was never given. */
static void give_none(int width, int height)
{
	int i;

	give_all();
	if (cells_init(&term.given, width, height) < 0)
		abort();
	for (i = 0; i < width * height; i++)
		term.given.grid[i].style = STYLE_COUNT;
	werase(newscr);
}

static void give(const struct cells *c)
{
	size_t row = (size_t)c->width * sizeof(*c->grid);
	int y;

	if (term.given.width != c->width || term.given.height != c->height)
		give_none(c->width, c->height);
	for (y = 0; y < c->height; y++) {
		const struct cell *now = &c->grid[y * c->width];
		struct cell *then = &term.given.grid[y * c->width];

		if (memcmp(now, then, row) != 0) {
			give_row(y, now, then, c->width);
			memcpy(then, now, row);
		}
	}
}

void term_paint(const struct cells *c)
{
	if (pairs_renew(&term.pairs))
		give_all();
	give(c);
	curs_set(c->cursor_x >= 0);
	leaveok(newscr, c->cursor_x < 0);
	if (c->cursor_x >= 0)
		wmove(newscr, c->cursor_y, c->cursor_x);
	doupdate();
	term.painting = true;
	collect();
}

/* What is short is there at once, without being told to be. */
void term_painted(void)
{
	bool together = term.synchronized && term.frame.len > FRAME_WORTH;

	term.painting = false;
	if (together)
		say("\033[?2026h");
	term_write(term.frame.data, term.frame.len);
	if (together)
		say("\033[?2026l");
	buf_clear(&term.frame);
}

void term_copy(const char *text, size_t len)
{
	struct buf b;

	/* Base64 alone comes between the two ends: nothing of the text can end it early. */
	buf_init(&b, SIZE_MAX - 1);
	buf_puts(&b, "\033]52;c;");
	base64_encode(&b, text, len);
	buf_puts(&b, "\033\\");
	if (!buf_failed(&b))
		term_write(b.data, b.len);
	buf_release(&b);
}
