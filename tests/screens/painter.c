/*
 * painter: paints all screens of the table, one over the other as the dashboard does it, on the terminal that it runs in; and compares what that
 * terminal says of its screen afterwards.
 *
 *   painter paint COLUMNSxROWS [-s N[c|s]] COMMAND     after each screen the terminal is asked whether it has come so far, then COMMAND is run, with /bin/sh
 *   painter paint COLUMNSxROWS [-s N[c|s]] --print=FILE  ... then it is asked to print its screen (xterm's printer), and waited for in FILE
 *   painter compare COLUMNSxROWS FILE                  FILE: all that was captured, a screen behind the other; each row with a line feed
 *
 * -s: on the n-th screen (from 0) one cell gets another character or another style: to see that the comparison can fail.
 */
#include "config.h"

#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/utf8.h"
#include "tests/screens/looks.h"
#include "tests/screens/screens.h"
#include "ui/term.h"
#include "ui/tty.h"

static int columns, rows;

static bool has_size(const struct screen *s)
{
	return s->columns == 0 || (s->columns == columns && s->rows == rows);
}

/* The answer to CSI 5 n comes when everything before it was drawn. */
static bool drawn(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char c = 0;

	term_write("\033[5n", 4);
	tty_flush_for(20000);
	while (c != 'n')
		if (poll(&p, 1, 20000) <= 0 || read(STDIN_FILENO, &c, 1) != 1)
			return false;
	return true;
}

/* In the middle of the first row, where something always stands. */
static void spoil(struct cells *c, char what)
{
	struct cell *x = cells_at(c, columns / 2, 0);

	if (what == 'c')
		snprintf(x->text, sizeof(x->text), "%s", strcmp(x->text, "#") == 0 ? "%" : "#");
	else
		x->style = x->style == STYLE_GOOD ? STYLE_RISKY : STYLE_GOOD;
}

/* How many lines there are in a file from this place on, and where it ends. */
static int lines_behind(const char *name, long from, long *ret_end)
{
	FILE *f = fopen(name, "r");
	int n = 0, c;

	if (!f)
		return 0;
	if (fseek(f, from, SEEK_SET) == 0)
		while ((c = getc(f)) != EOF)
			n += c == '\n';
	*ret_end = ftell(f);
	fclose(f);
	return n;
}

/* The printer is a process of its own: the next screen comes when all of this one is in the file. */
static bool printed(const char *name)
{
	static long from;	/* behind the screen before */
	long end = 0;
	int tries, n = 0;

	for (tries = 0; tries < 10000 && n < rows; tries++) {
		poll(NULL, 0, 1);
		n = lines_behind(name, from, &end);
	}
	from = end;
	return n == rows;
}

/* With a first byte the printer is opened, and it stays open: one for each screen would be a race inside xterm. */
static bool begin(const char *command)
{
	if (strncmp(command, "--print=", 8) != 0)
		return true;
	term_write("\033[5i\f\033[4i", 9);
	return drawn();
}

/* What is on the terminal now, as it sees it itself, behind what was captured before. */
static bool capture(const char *command)
{
	if (strncmp(command, "--print=", 8) != 0)
		return drawn() && system(command) == 0;
	term_write("\033[i", 3);
	return drawn() && printed(command + 8);
}

static int paint_all(int spoiled, char how, const char *command)
{
	struct cells cells;
	struct err e;
	size_t i;
	int n = 0;

	if (term_start(THEME_DARK, &e) < 0)
		scene_die(e.msg);
	if (!begin(command)) {
		term_stop();
		scene_die("this terminal has no printer");
	}
	for (i = 0; i < screens_count; i++) {
		if (!has_size(&screens[i]))
			continue;
		screens_draw(&screens[i], columns, rows, &cells);
		if (n++ == spoiled)
			spoil(&cells, how);
		term_paint(&cells);
		term_painted();
		cells_release(&cells);
		if (!capture(command)) {
			term_stop();
			fprintf(stderr, "painter: stopped at %s\n", screens[i].name);
			return 1;
		}
	}
	term_stop();
	return 0;
}

static void feed(VTerm *vt, const char *text)
{
	vterm_input_write(vt, text, strlen(text));
}

/*
 * A row as xterm prints it: what is not plain has its look before each character, also where the one before it had the same, and what has none is plain.
 * The second half of a wide character is U+FFFF. Returns how many columns it told of.
 */
static int take_printed(VTerm *vt, const char *p, size_t n)
{
	uint32_t cp;
	int columns_told = 0;
	size_t k;

	for (; n > 0; p += k, n -= k) {
		if (*p == '\033') {
			k = strcspn(p, "m") + 1;
			vterm_input_write(vt, p, k);
			continue;
		}
		k = utf8_decode(p, n, &cp);
		if (k == 0)
			scene_die("xterm printed no UTF-8");
		columns_told += cp != '\r';
		if (cp == 0xffff || cp == '\r')
			continue;
		vterm_input_write(vt, p, k);
		feed(vt, "\033[m");
	}
	return columns_told;
}

/* The rows of one screen. Returns what is behind them; NULL: it ends too soon. l->told is set where xterm printed it. */
static const char *take_screen(const char *p, VTerm *vt, struct looks *l)
{
	static int told[TERM_ROWS_MAX];
	static const char single[] = "\033#5";	/* what xterm begins a row with */
	int y;

	l->told = NULL;
	memset(told, 0, sizeof(told));
	for (y = 0; y < rows && *p; y++) {
		size_t n = strcspn(p, "\n"), skip = sizeof(single) - 1;
		char at[24];

		snprintf(at, sizeof(at), "\033[%d;1H", y + 1);
		feed(vt, at);
		if (strncmp(p, single, skip) == 0) {
			told[y] = take_printed(vt, p + skip, n - skip);
			l->told = told;
		} else {
			vterm_input_write(vt, p, n);	/* tmux goes on with a look from row to row */
		}
		p += n + (p[n] == '\n');
	}
	return y == rows ? p : NULL;
}

static int compare_all(const char *name)
{
	struct looks dark = { THEME_DARK, 256, NULL };
	FILE *f = fopen(name, "r");
	char why[300], *all;
	const char *p;
	size_t len = 0, i;
	int differ = 0, count = 0;
	struct buf b;
	char piece[65536];

	if (!f)
		scene_die(name);
	buf_init(&b, SIZE_MAX - 1);
	while ((len = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_append(&b, piece, len);
	fclose(f);
	p = all = buf_take(&b);
	p += *p == '\f';	/* which opened the printer */
	for (i = 0; i < screens_count && p; i++) {
		VTermScreen *screen;
		struct cells want;
		VTerm *vt;

		if (!has_size(&screens[i]))
			continue;
		vt = looks_terminal(columns, rows, &screen);
		p = take_screen(p, vt, &dark);
		screens_draw(&screens[i], columns, rows, &want);
		if (p && looks_compare(&dark, &want, screen, why, sizeof(why))) {
			printf("%s-%dx%d %s\n", screens[i].name, columns, rows, why);
			differ++;
		}
		count += p != NULL;
		cells_release(&want);
		vterm_free(vt);
	}
	if (!p || *p)
		printf("%s: there are %s screens in it than were painted, %d\n", name, p ? "more" : "fewer", count);
	printf("%d screens compared, %d differ\n", count, differ);
	free(all);
	return !p || differ || count == 0;
}

int main(int argc, char **argv)
{
	int spoiled = -1, at = 3;
	char how = 'c';

	setlocale(LC_ALL, "");
	if (argc < 4 || sscanf(argv[2], "%dx%d", &columns, &rows) != 2)
		scene_die("painter paint|compare COLUMNSxROWS ...");
	if (strcmp(argv[1], "compare") == 0)
		return compare_all(argv[3]);
	if (argc >= 6 && strcmp(argv[3], "-s") == 0) {
		if (sscanf(argv[4], "%d%c", &spoiled, &how) != 2)
			scene_die("-s: a number and a letter");
		at = 5;
	}
	return paint_all(spoiled, how, argv[at]);
}
