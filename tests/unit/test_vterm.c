/* test_vterm: the grid through real ncurses in a pty into libvterm: the same cells must stand on that screen; and what leaves it as it was. */
#include "config.h"

#include "tests/unit/unit.h"

#include <pty.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <locale.h>
#include <vterm.h>

#include "base/utf8.h"
#include "tests/unit/state.h"
#include "ui/dashboard.h"
#include "ui/logline.h"
#include "ui/term.h"

enum { COLUMNS = 100, ROWS = 30 };

/* A log with colours, over the grid's first row. */
static void draw_colors(struct cells *cells)
{
	static const char text[] = "\033[31mred\033[0m \033[1;48;5;17mon blue\033[m \033[2J\033]52;c;AA==\007 \033[38;2;255;135;0morange";
	struct logline l = { .text = text, .len = sizeof(text) - 1, .own_colors = true };
	struct rect r = { 0, 0, COLUMNS, 1 };

	cells_fill(cells, &r, STYLE_NORMAL);
	logline_draw(cells, &r, 0, &l);
}

static void draw(struct cells *cells)
{
	struct dashboard d;
	struct model m;

	model_init(&m);
	assert_int_equal(model_snapshot(&m, state_json, strlen(state_json), 1000, 1, NULL), 0);
	free(m.actions[2]->summary);
	m.actions[2]->summary = strdup("wide \xe4\xb8\xad\xe6\x96\x87 and \033[31m \xe2\x80\xae");
	dash_init(&d, &m);
	d.gate_up = true;
	dash_update(&d, 1000);
	assert_int_equal(cells_init(cells, COLUMNS, ROWS), 0);
	dash_draw(&d, cells, 1000, 1795525201000);
	draw_colors(cells);
	dash_release(&d);
	model_release(&m);
}

static _Noreturn void child(void)
{
	struct cells cells;
	struct err e;

	setenv("TERM", "xterm-256color", 1);
	draw(&cells);
	if (term_start(true, &e) < 0)
		_exit(1);
	term_paint(&cells);
	term_write("\033[?1000z", 8);	/* a mark in the stream that no terminal knows: painted up to here */
	sleep(1);
	term_stop();
	_exit(0);
}

/* -1: the terminal's own; -2: any but that of the ground. */
static void check_color(VTermScreen *screen, int x, int front, int back, bool bold)
{
	VTermPos pos = { .row = 0, .col = x };
	VTermScreenCell got;

	vterm_screen_get_cell(screen, pos, &got);
	assert_int_equal(got.attrs.bold, bold);
	if (front == -1)
		assert_true(VTERM_COLOR_IS_DEFAULT_FG(&got.fg));
	else if (front >= 0)
		assert_int_equal(got.fg.indexed.idx, front);
	else
		assert_true(!VTERM_COLOR_IS_DEFAULT_FG(&got.fg) && got.fg.indexed.idx != back);
	if (back == -1)
		assert_true(VTERM_COLOR_IS_DEFAULT_BG(&got.bg));
	else
		assert_int_equal(got.bg.indexed.idx, back);
}

static void same_cells(void **state)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	VTerm *vt = vterm_new(ROWS, COLUMNS);
	VTermScreen *screen = vterm_obtain_screen(vt);
	struct buf bytes;
	struct cells want;
	char piece[4096], *end = NULL;
	int fd, status, x, y;
	pid_t pid;
	ssize_t n;

	(void)state;
	vterm_set_utf8(vt, 1);
	vterm_screen_reset(screen, 1);
	buf_init(&bytes, SIZE_MAX - 1);
	pid = forkpty(&fd, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (pid == 0)
		child();
	while (!end && (n = read(fd, piece, sizeof(piece))) > 0) {
		buf_append(&bytes, piece, (size_t)n);
		end = strstr(bytes.data, "\033[?1000z");
	}
	assert_non_null(end);
	vterm_input_write(vt, bytes.data, (size_t)(end - bytes.data));
	draw(&want);
	for (y = 0; y < ROWS; y++) {
		for (x = 0; x < COLUMNS; x++) {
			const struct cell *c = cells_at(&want, x, y);
			VTermPos pos = { .row = y, .col = x };
			VTermScreenCell got;
			uint32_t cp = ' ';

			if (c->width == 0)
				continue;
			vterm_screen_get_cell(screen, pos, &got);
			utf8_decode(c->text, strlen(c->text), &cp);
			if ((got.chars[0] ? got.chars[0] : ' ') != cp)
				fail_msg("at %d,%d stands U+%04X, not U+%04X", x, y, got.chars[0], cp);
			assert_int_equal(got.width, c->width);
		}
	}
	/* The colours, as the terminal has them; and nothing of the log but colours. */
	check_color(screen, 0, 1, -1, false);
	check_color(screen, 4, -2, 17, true);
	check_color(screen, 10, -2, 17, true);
	check_color(screen, 33, 208, -1, false);
	assert_null(strstr(bytes.data, "\033]52"));
	/* The rest: how it is left. */
	buf_clear(&bytes);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_append(&bytes, piece, (size_t)n);
	assert_non_null(strstr(buf_cstr(&bytes), "\033[?1049l"));	/* the screen before comes back */
	assert_non_null(strstr(buf_cstr(&bytes), "\033[?2004l"));
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(fd);
	buf_release(&bytes);
	cells_release(&want);
	vterm_free(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(same_cells) };

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
