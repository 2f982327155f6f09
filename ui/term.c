/* term: see term.h. Styles get their looks here: for colour, and for terminals without. */
#include "config.h"

#include "ui/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#undef columns	/* that header names the database's entries so */
#include <unistd.h>
#include <wchar.h>

#include "base/digest.h"

enum { FIRST_PAIR = 32, PAIRS = 4096 };

static struct {
	SCREEN *screen;
	bool color, deep;	/* deep: 256 colours and pairs enough */
	int pairs, pair_room;	/* for pairs of any colours: how many are made, how many there may be */
	int16_t front[PAIRS], back[PAIRS];
} term;

static const struct { attr_t attr; short front, back; attr_t mono; } looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = { A_NORMAL, -1, -1, A_NORMAL }, [STYLE_DIM] = { A_DIM, -1, -1, A_DIM }, [STYLE_BOLD] = { A_BOLD, -1, -1, A_BOLD },
	[STYLE_BORDER] = { A_DIM, -1, -1, A_DIM }, [STYLE_TITLE] = { A_BOLD, -1, -1, A_BOLD },
	[STYLE_TOP] = { A_NORMAL, COLOR_WHITE, COLOR_BLUE, A_REVERSE }, [STYLE_ALERT] = { A_BOLD, COLOR_WHITE, COLOR_RED, A_REVERSE | A_BOLD },
	[STYLE_RISKY] = { A_BOLD, COLOR_RED, -1, A_BOLD }, [STYLE_SELECTED] = { A_NORMAL, COLOR_BLACK, COLOR_CYAN, A_REVERSE },
	[STYLE_MARK] = { A_BOLD, COLOR_RED, COLOR_YELLOW, A_REVERSE }, [STYLE_READY] = { A_NORMAL, COLOR_BLACK, COLOR_GREEN, A_REVERSE | A_BOLD },
	[STYLE_WAIT] = { A_NORMAL, COLOR_YELLOW, -1, A_UNDERLINE }, [STYLE_CLAIM] = { A_NORMAL, COLOR_MAGENTA, -1, A_NORMAL },
	[STYLE_GOOD] = { A_NORMAL, COLOR_GREEN, -1, A_NORMAL },
	/* A pair of its own: so that ncurses sees a change when text takes a picture's place, and writes it. */
	[STYLE_PICTURE] = { A_NORMAL, COLOR_BLACK, -1, A_NORMAL },
};

bool term_unicode(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int term_colors(const char *name)
{
	int colors, status;

	if (setupterm(name, STDOUT_FILENO, &status) == ERR)
		return -1;
	colors = tigetnum((char *)(uintptr_t)"colors");
	del_curterm(cur_term);
	return colors < 2 ? 2 : colors;
}

int term_start(bool color, struct err *e)
{
	/* Pastes are marked; of the mouse presses and the wheel are told, in the way that has only printable bytes, which is asked for first. */
	static const char on[] = "\033[?2004h\033[?1006h\033[?1000h";
	int i;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_IO, "the dashboard needs a terminal; in a script use curl and docs/OPERATOR.md");
	/* newterm, not initscr: that one ends the program when TERM is unknown. */
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen)
		return err_set(e, ERR_IO, "TERM=%s is not known to terminfo; try TERM=xterm, or install ncurses-term", getenv("TERM") ? getenv("TERM") : "");
	raw();
	noecho();
	nonl();
	curs_set(0);
	typeahead(-1);
	term.color = color && has_colors();
	if (term.color) {
		start_color();
		use_default_colors();
		for (i = 0; i < STYLE_COUNT; i++)
			init_pair((short)(i + 1), looks[i].front, looks[i].back);
		term.pair_room = COLOR_PAIRS - FIRST_PAIR < PAIRS ? COLOR_PAIRS - FIRST_PAIR : PAIRS;
		term.deep = COLORS >= 256 && term.pair_room == PAIRS;
	}
	term_write(on, sizeof(on) - 1);
	return 0;
}

void term_stop(void)
{
	static const char off[] = "\033[?1000l\033[?1006l\033[?2004l";

	if (!term.screen)
		return;
	term_write(off, sizeof(off) - 1);
	curs_set(1);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
}

void term_size(int *columns, int *rows, int *pixel_width, int *pixel_height)
{
	struct winsize w = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	*columns = w.ws_col > 0 ? w.ws_col : 80;
	*rows = w.ws_row > 0 ? w.ws_row : 24;
	*pixel_width = w.ws_xpixel;
	*pixel_height = w.ws_ypixel;
}

void term_resize(int columns, int rows)
{
	resizeterm(rows, columns);
	clearok(curscr, TRUE);
}

void term_forget(void)
{
	clearok(curscr, TRUE);
}

/* A pair for two of the 256 colours; made when it is first asked for. */
static int pair_of(int16_t front, int16_t back, int otherwise)
{
	int i, n = term.pairs;

	for (i = n - 1; i >= 0 && i >= n - 64; i--)	/* neighbours are mostly alike */
		if (term.front[i] == front && term.back[i] == back)
			return FIRST_PAIR + i;
	for (i = 0; i < n; i++)
		if (term.front[i] == front && term.back[i] == back)
			return FIRST_PAIR + i;
	if (n >= term.pair_room)
		return otherwise;	/* more than any screen has: plain */
	term.front[n] = front;
	term.back[n] = back;
	init_extended_pair(FIRST_PAIR + n, front, back);
	term.pairs++;
	return FIRST_PAIR + n;
}

/* The colour, or the one of the first 8 or 16 that comes near it, where the terminal has no more. */
static int16_t fold(int16_t color)
{
	int cube = color - 16, high = color >= 244 ? 7 : 0;

	if (color < COLORS || color < 0)
		return color;
	if (color < 16)
		return (int16_t)(color - 8);
	if (color >= 232)
		return (int16_t)high;
	return (int16_t)((cube / 36 > 2) | (cube / 6 % 6 > 2) << 1 | (cube % 6 > 2) << 2);
}

static int color_pair(const struct cell *cell)
{
	int16_t front = fold(cell->front), back = fold(cell->back);
	int plain = cell->style + 1;

	/* A picture in eight colours is none; a text in the colour that its ground was folded to neither. */
	if ((cell->style == STYLE_PICTURE && !term.deep) || (cell->style != STYLE_PICTURE && front == back))
		return plain;
	return pair_of(front, back, plain);
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

static void paint_cell(int x, int y, const struct cell *cell)
{
	attr_t attr = term.color ? looks[cell->style].attr : looks[cell->style].mono;
	int pair = term.color ? cell->style + 1 : 0;
	wchar_t text[8];
	mbstate_t state = { 0 };
	const char *p = cell->text;
	cchar_t cc;
	size_t n;

	if (cell->width == 0)
		return;
	n = mbsrtowcs(text, &p, 6, &state);
	if (n == (size_t)-1 || n == 0)
		wcscpy(text, L"?");
	else
		text[n < 6 ? n : 6] = L'\0';
	if (cell->style == STYLE_PICTURE && cell->front < 0)
		wcscpy(text, picture_blank(x, y));
	attr |= weights_of(cell->weights);
	if ((cell->front >= 0 || cell->back >= 0) && term.color)
		pair = color_pair(cell);
	setcchar(&cc, text, attr, 0, &pair);
	mvadd_wch(y, x, &cc);
}

void term_paint(const struct cells *c)
{
	int x, y;

	/* Pairs of pictures that are gone are forgotten, before they are too many. */
	if (term.pairs > term.pair_room / 2)
		term.pairs = 0;
	for (y = 0; y < c->height; y++)
		for (x = 0; x < c->width; x++)
			paint_cell(x, y, &c->grid[y * c->width + x]);
	curs_set(c->cursor_x >= 0);
	if (c->cursor_x >= 0)
		move(c->cursor_y, c->cursor_x);
	refresh();
}

void term_write(const char *bytes, size_t len)
{
	fflush(stdout);
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

			poll(&p, 1, 1000);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
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
