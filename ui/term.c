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
#include "ui/pairs.h"
#include "ui/tty.h"

enum { FIRST_PAIR = 32, FRAME_WORTH = 160, LEAVE_MS = 250 };

static struct {
	SCREEN *screen;
	FILE *memory;		/* what ncurses writes to */
	struct buf frame;	/* what is being painted */
	bool painting, synchronized, mouse, focus, away;
	struct term_hand hand;
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
	char piece[16384];
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

/* Cells, not pixels; presses and the wheel; in the way that has only printable bytes, which is asked for first. */
static void say_mouse(bool on)
{
	say(on ? "\033[?1016l\033[?1006h\033[?1000h" : "\033[?1000l\033[?1006l");
}

static void say_focus(bool on)
{
	say(on ? "\033[?1004h" : "\033[?1004l");
}

/* Kitty's keys are a stack: what was pushed is popped. The kinds of mouse are one choice to a terminal, so the end of one is the end of all. */
static void say_hand(bool on)
{
	const struct term_hand *h = &term.hand;

	if (term.mouse && !h->mouse)
		say(on ? "\033[?1000l" : "\033[?1000h");
	else if (term.mouse)
		say(h->moves ? on ? "\033[?1003h" : "\033[?1003l" : on ? "\033[?1002h" : "\033[?1002l");
	if (term.mouse && h->mouse && h->pixels)
		say(on ? "\033[?1016h" : "\033[?1016l\033[?1006h");
	if (term.mouse && h->mouse && !on)
		say("\033[?1000h");
	say(on ? "\033[?1036h" : "\033[?1036l");
	if (h->keyboard)
		say(on ? "\033[>1u" : "\033[<u");
	if (h->other_keys)
		say(on ? "\033[>4;2m" : "\033[>4m");
}

static void say_modes(bool on)
{
	if (term.hand.on && !on)
		say_hand(false);
	say(on ? "\033[?2004h" : "\033[?2004l");
	if (term.mouse)
		say_mouse(on);
	if (term.focus)
		say_focus(on);
	if (term.hand.on && on)
		say_hand(true);
}

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
		say_modes(true);
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
	say_modes(false);
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

void term_mouse(bool on)
{
	if (term.mouse == on)
		return;
	if (!term.away)
		say_mouse(on);
	term.mouse = on;
}

void term_focus(bool on)
{
	if (term.focus == on)
		return;
	if (!term.away)
		say_focus(on);
	term.focus = on;
}

void term_hand(const struct term_hand *h)
{
	if (h->on == term.hand.on && h->mouse == term.hand.mouse && h->moves == term.hand.moves && h->pixels == term.hand.pixels && h->keyboard == term.hand.keyboard &&
	    h->other_keys == term.hand.other_keys)
		return;
	if (term.hand.on && !term.away)
		say_hand(false);
	term.hand = *h;
	if (h->on && !term.away)
		say_hand(true);
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
	mvadd_wch(y, x, &cc);
}

/* What the locale has no character for: as many question marks as it is wide, and they look like marks. */
static void put_unknown(int x, int y, int width)
{
	attr_t attr = weights_of(theme_look(term.theme, STYLE_MARK, term.colors).weights);

	for (; width > 0; width--, x++)
		put_cell(x, y, L"?", attr, term.colors > 0 ? STYLE_MARK + 1 : 0);
}

static void paint_cell(int x, int y, const struct cell *cell)
{
	attr_t attr = weights_of(theme_look(term.theme, (enum style)cell->style, term.colors).weights);
	int pair = term.colors > 0 ? cell->style + 1 : 0;
	wchar_t text[8];
	mbstate_t state = { 0 };
	const char *p = cell->text;
	size_t n;

	if (cell->width == 0)
		return;
	n = mbsrtowcs(text, &p, 6, &state);
	if (n == (size_t)-1 || n == 0) {
		put_unknown(x, y, cell->width);
		return;
	}
	text[n < 6 ? n : 6] = L'\0';
	if (cell->style == STYLE_PICTURE && cell->front < 0)
		wcscpy(text, picture_blank(x, y));
	attr |= weights_of(cell->weights);
	if ((cell->front >= 0 || cell->back >= 0) && term.colors > 0)
		pair = color_pair(cell);
	put_cell(x, y, text, attr, pair);
}

/* What it looks like may have to do with its place, but not with its neighbours: a wide character takes the place of both its cells. */
static void give(const struct cells *c)
{
	bool all = term.given.width != c->width || term.given.height != c->height;
	size_t row = (size_t)c->width * sizeof(*c->grid);
	int x, y;

	if (all) {
		give_all();
		if (cells_init(&term.given, c->width, c->height) < 0)
			abort();
	}
	for (y = 0; y < c->height; y++) {
		const struct cell *now = &c->grid[y * c->width];
		struct cell *then = &term.given.grid[y * c->width];

		if (!all && memcmp(now, then, row) == 0)
			continue;
		for (x = 0; x < c->width; x++)
			if (all || memcmp(&now[x], &then[x], sizeof(now[x])) != 0)
				paint_cell(x, y, &now[x]);
		memcpy(then, now, row);
	}
}

void term_paint(const struct cells *c)
{
	if (pairs_renew(&term.pairs))
		give_all();
	give(c);
	curs_set(c->cursor_x >= 0);
	if (c->cursor_x >= 0)
		move(c->cursor_y, c->cursor_x);
	refresh();
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
