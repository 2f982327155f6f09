/* floor_frame: the least ncurses program that fills a screen: a frame, text in every row, some of it bold. The floor of a first frame. */
#include "config.h"

#include <curses.h>
#include <locale.h>

int main(void)
{
	int y;

	setlocale(LC_ALL, "");
	initscr();
	for (y = 1; y < LINES - 1; y++) {
		attrset(y % 3 ? A_NORMAL : A_BOLD);
		mvprintw(y, 1, "%4d  left click 812,447 on computer desk-1, held by default: no rule names it, waits for a person", y);
	}
	attrset(A_NORMAL);
	box(stdscr, 0, 0);
	mvaddstr(LINES - 1, 2, "FLOOR");
	refresh();
	getch();
	endwin();
	return 0;
}
