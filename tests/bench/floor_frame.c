/*
 * floor_frame: the least ncurses program that fills a screen: a frame, text in every row, some of it bold. The floor of a first frame; and of a key's
 * answer: j and k select another row, and all are drawn anew.
 */
#include "config.h"

#include <curses.h>
#include <locale.h>

static void draw(int selected)
{
	int y;

	for (y = 1; y < LINES - 1; y++) {
		attrset(y == selected ? A_REVERSE : y % 3 ? A_NORMAL : A_BOLD);
		mvprintw(y, 1, "%4d  left click 812,447 on computer desk-1, held by default: no rule names it, waits for a person", y);
	}
	attrset(A_NORMAL);
	box(stdscr, 0, 0);
	mvaddstr(LINES - 1, 2, "FLOOR");
	refresh();
}

int main(void)
{
	int selected = 0, key;

	setlocale(LC_ALL, "");
	initscr();
	noecho();
	draw(selected);
	while ((key = getch()) == 'j' || key == 'k') {
		selected = key == 'j' ? selected % (LINES - 2) + 1 : selected > 1 ? selected - 1 : LINES - 2;
		draw(selected);
	}
	endwin();
	return 0;
}
