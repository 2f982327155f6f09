/* form_access: the form tells over AT-SPI what it shows, as any program of a toolkit does: who looks at the screen through a program is told a button's name. */
#ifndef ASSENT_FORM_ACCESS_H
#define ASSENT_FORM_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

enum access_role { ACCESS_FRAME = 23, ACCESS_LABEL = 29, ACCESS_LIST = 31, ACCESS_PANEL = 39, ACCESS_BUTTON = 43, ACCESS_APPLICATION = 75, ACCESS_ENTRY = 79 };

struct access_control {
	enum access_role role;
	const char *name;	/* borrowed, UTF-8 */
	int x, y, width, height;	/* in the window */
	bool focused;
};

#define ACCESS_CONTROLS_MAX 32

struct access_source {
	const char *title;
	int width, height;
	void (*origin)(int *x, int *y);		/* of the window, on the screen */
	size_t (*controls)(struct access_control *ret);	/* at most ACCESS_CONTROLS_MAX */
};

/* Joins the bus of AT_SPI_BUS_ADDRESS. A descriptor to be polled; -1: there is none, and nothing is told. s is borrowed for good. */
int access_open(const struct access_source *s);
/* Answers what was asked. */
void access_handle(void);

#endif
