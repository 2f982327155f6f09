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
#include "ui/term.h"

enum { COLUMNS = 100, ROWS = 30 };

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
