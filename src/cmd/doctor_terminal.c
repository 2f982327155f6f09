/* doctor_terminal: can the dashboard be shown here, and how are pictures drawn? The terminal itself is asked. */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/doctor.h"
#include "ui/dashboard.h"
#include "ui/detect.h"
#include "ui/term.h"

enum { ANSWER_MS = 1000 };

static void on_event(const struct input_event *ev, void *arg)
{
	detect_answer(arg, ev);
}

/* The terminal's answers; what else is typed meanwhile is lost. false: none came. */
static bool ask_terminal(struct detect *d)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t end = clock_boot_ms() + ANSWER_MS, left;
	struct termios was, raw;
	struct input in;
	const char *query;
	char bytes[512];
	ssize_t n;

	if (tcgetattr(STDIN_FILENO, &was) < 0)
		return false;
	raw = was;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	input_init(&in);
	query = detect_query(getenv("TERM"), term_multiplexed());
	term_write(query, strlen(query));
	while (!d->done && (left = end - clock_boot_ms()) > 0 && poll(&p, 1, (int)left) > 0) {
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		input_feed(&in, bytes, (size_t)n, on_event, d);
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	return d->done;
}

static void judge_pictures(void)
{
	int columns, rows, pixel_width, pixel_height;
	const char *blocks = term_unicode() ? "half blocks" : "none";
	struct picture_policy policy;
	struct detect d = { 0 };
	bool answered = ask_terminal(&d);

	term_size(&columns, &rows, &pixel_width, &pixel_height);
	detect_finish(&d, columns, rows, pixel_width, pixel_height);
	detect_policy(&d, PICTURE_AUTO, term_unicode(), &policy);
	if (policy.backend == BACKEND_SIXEL)
		doctor_says("pictures", FINDING_OK, "sixel in %s, cells of %dx%d pixels, at most %dx%d; %s", d.terminal ? d.terminal->name : terminal_unknown()->name,
			    d.cell_width, d.cell_height, policy.max_width, policy.max_height, policy.deltas ? "what changes is sent alone" : "each picture is sent whole");
	else if (policy.backend == BACKEND_KITTY)
		doctor_says("pictures", FINDING_OK, "kitty's protocol in %s, cells of %dx%d pixels", d.terminal ? d.terminal->name : terminal_unknown()->name,
			    d.cell_width, d.cell_height);
	else if (!answered)
		doctor_says("pictures", FINDING_NOTE, "%s: the terminal answered nothing within a second; --picture=sixel if it can show it", blocks);
	else if (term_multiplexed())
		doctor_says("pictures", FINDING_NOTE, "%s: this tmux passes no sixel on; a terminal with sixel, without tmux, shows real pictures", blocks);
	else
		doctor_says("pictures", FINDING_NOTE, "%s: the terminal says that it has no sixel; xterm -ti vt340, foot, WezTerm and mlterm have it", blocks);
}

void doctor_terminal(void)
{
	const char *name = getenv("TERM");
	int columns, rows, pixel_width, pixel_height, colors;
	struct err e;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		doctor_says("terminal", FINDING_NOTE, "not looked at: input and output are no terminal");
		return;
	}
	colors = term_colors(&e);
	term_size(&columns, &rows, &pixel_width, &pixel_height);
	if (colors < 0)
		doctor_says("terminal", FINDING_BAD, "%s", e.msg);
	else if (columns < DASH_MIN_COLUMNS || rows < DASH_MIN_ROWS)
		doctor_says("terminal", FINDING_BAD, "%s, %dx%d: the dashboard needs %dx%d; make the window larger", name, columns, rows,
			    DASH_MIN_COLUMNS, DASH_MIN_ROWS);
	else if (!term_unicode())
		doctor_says("terminal", FINDING_NOTE, "%s, %dx%d, %d colours; the locale is not UTF-8: no pictures, and other scripts as question marks; "
			    "LC_ALL=C.UTF-8 changes that", name, columns, rows, colors);
	else
		doctor_says("terminal", FINDING_OK, "%s, %dx%d, %d colours, UTF-8%s", name, columns, rows, colors,
			    getenv("NO_COLOR") && getenv("NO_COLOR")[0] ? "; NO_COLOR is set: none are used" : "");
	if (colors >= 0)
		judge_pictures();
}
