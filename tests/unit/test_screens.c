/*
 * test_screens: every golden screen (tests/screens), one painted over the other by the real ui/term.c, forwards and back, in a pty before libvterm: each
 * cell of each must stand there, in its look. tests/e2e/screens_terminals.sh does the same with tmux and xterm.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <locale.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/screens/looks.h"
#include "tests/screens/screens.h"
#include "ui/term.h"
#include "ui/tty.h"

static const char mark[] = "\033[?1000z";	/* which no terminal knows: painted up to here */

struct kind { const char *term; struct looks looks; };

static const struct kind kinds[] = {
	{ "xterm-256color", { THEME_DARK, 256, NULL } }, { "xterm-256color", { THEME_LIGHT, 256, NULL } }, { "xterm", { THEME_DARK, 8, NULL } },
	{ "xterm-256color", { THEME_MONO, 0, NULL } },
};

/* The n-th screen of a run: all of them, and back to the first. */
static const struct screen *screen_at(size_t n)
{
	return n < screens_count ? &screens[n] : &screens[2 * screens_count - 2 - n];
}

#define RUN (2 * screens_count - 1)

static bool has_size(const struct screen *s, const struct screens_size *size)
{
	return s->columns == 0 || (s->columns == size->columns && s->rows == size->rows);
}

enum spoil { SPOIL_NOTHING, SPOIL_CHARACTER, SPOIL_STYLE };

static void spoil(struct cells *c, enum spoil how)
{
	struct cell *x = cells_at(c, 1, 0);

	if (how == SPOIL_CHARACTER)
		snprintf(x->text, sizeof(x->text), "#");
	else if (how == SPOIL_STYLE)
		x->style = STYLE_GOOD;
}

static _Noreturn void paint_all(const struct kind *k, const struct screens_size *size, enum spoil how)
{
	struct cells cells;
	struct err e;
	size_t n;

	setenv("TERM", k->term, 1);
	unsetenv("COLORTERM");
	if (term_start(k->looks.theme, &e) < 0)
		_exit(1);
	for (n = 0; n < RUN; n++) {
		if (!has_size(screen_at(n), size))
			continue;
		screens_draw(screen_at(n), size->columns, size->rows, &cells);
		if (n == 3)
			spoil(&cells, how);
		term_paint(&cells);
		term_painted();
		term_write(mark, sizeof(mark) - 1);
		tty_flush_for(60000);
		cells_release(&cells);
	}
	term_stop();
	_exit(0);
}

struct pty { int fd; struct buf bytes; size_t taken; };

/* What came up to the next mark, into the terminal. */
static void take_frame(struct pty *p, VTerm *vt)
{
	char piece[16384], *end;
	ssize_t n;

	while (!(end = strstr(buf_cstr(&p->bytes) + p->taken, mark))) {
		n = read(p->fd, piece, sizeof(piece));
		if (n <= 0)
			fail_msg("the painter ended too soon");
		buf_append(&p->bytes, piece, (size_t)n);
	}
	vterm_input_write(vt, p->bytes.data + p->taken, (size_t)(end - p->bytes.data) - p->taken);
	p->taken = (size_t)(end - p->bytes.data) + sizeof(mark) - 1;
}

/* How many screens differ, and the last of them. */
static int run(const struct kind *k, const struct screens_size *size, enum spoil how, char *why, size_t why_size)
{
	struct winsize ws = { .ws_row = (unsigned short)size->rows, .ws_col = (unsigned short)size->columns };
	VTermScreen *screen;
	VTerm *vt = looks_terminal(size->columns, size->rows, &screen);
	struct pty p = { .fd = -1 };
	int differ = 0, status;
	char what[300];
	size_t n;
	pid_t pid = forkpty(&p.fd, NULL, NULL, &ws);

	assert_true(pid >= 0);
	if (pid == 0)
		paint_all(k, size, how);
	buf_init(&p.bytes, SIZE_MAX - 1);
	for (n = 0; n < RUN; n++) {
		struct cells want;

		if (!has_size(screen_at(n), size))
			continue;
		take_frame(&p, vt);
		screens_draw(screen_at(n), size->columns, size->rows, &want);
		if (looks_compare(&k->looks, &want, screen, what, sizeof(what))) {
			differ++;
			snprintf(why, why_size, "%s of %dx%d, TERM=%s, theme %d, %s", screen_at(n)->name, size->columns, size->rows, k->term, (int)k->looks.theme, what);
		}
		cells_release(&want);
	}
	while (read(p.fd, what, sizeof(what)) > 0)
		;	/* it has to leave */
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(p.fd);
	buf_release(&p.bytes);
	vterm_free(vt);
	return differ;
}

/* The first kind of terminal in each size; the others, which differ in what a look is, in two. With sanitizers a part of it, since it takes them long. */
static bool is_run(size_t kind, int size)
{
	const char *build = getenv("ASSENT_KIND");

	if (build && strcmp(build, "sanitize") == 0)
		return size == 1 && kind < 2;
	return kind == 0 || size == 1 || size == 2;
}

static void all_screens(void **state)
{
	char why[600];
	size_t k;
	int i;

	(void)state;
	for (k = 0; k < ARRAY_LEN(kinds); k++)
		for (i = 0; i < SCREENS_SIZES; i++)
			if (is_run(k, i) && run(&kinds[k], &screens_sizes[i], SPOIL_NOTHING, why, sizeof(why)) > 0)
				fail_msg("%s", why);
}

static void a_spoiled_cell_is_seen(void **state)
{
	char why[600];

	(void)state;
	assert_int_equal(run(&kinds[0], &screens_sizes[0], SPOIL_CHARACTER, why, sizeof(why)), 1);
	assert_non_null(strstr(why, "at 1,0: there is U+0023"));
	assert_int_equal(run(&kinds[0], &screens_sizes[0], SPOIL_STYLE, why, sizeof(why)), 1);
	assert_non_null(strstr(why, "at 1,0: U+0061 in style"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_screens), cmocka_unit_test(a_spoiled_cell_is_seen) };

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
