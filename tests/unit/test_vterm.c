/*
 * test_vterm: the grid through real ncurses in a pty into libvterm: the same cells must stand on that screen, in the colours that each kind of
 * terminal has; frames as one; few bytes for a small change; and what leaves it as it was.
 */
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
#include "ui/theme.h"
#include "ui/tty.h"

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

static void paint(const struct cells *cells)
{
	term_paint(cells);
	term_painted();
	tty_flush_for(5000);
}

static _Noreturn void child(void)
{
	struct cells cells;
	struct err e;

	setenv("TERM", "xterm-256color", 1);
	draw(&cells);
	if (term_start(THEME_DARK, &e) < 0)
		_exit(1);
	paint(&cells);
	term_write("\033[?1000z", 8);	/* a mark in the stream that no terminal knows: painted up to here */
	tty_flush_for(5000);
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

/* ---- what each kind of terminal gets ---- */

static const struct { const char *name, *colorterm; enum theme theme; int colors; bool direct; } kinds[] = {
	{ "xterm-256color", "", THEME_DARK, 256, false }, { "xterm-256color", "", THEME_LIGHT, 256, false }, { "xterm-256color", "truecolor", THEME_DARK, 256, false },
	{ "xterm", "", THEME_DARK, 8, false }, { "xterm", "", THEME_LIGHT, 8, false }, { "xterm", "truecolor", THEME_DARK, 256, false },
	{ "xterm-16color", "", THEME_DARK, 16, false }, { "xterm-direct2", "", THEME_DARK, 256, true }, { "xterm-direct2", "", THEME_LIGHT, 256, true },
	{ "tmux-256color", "", THEME_DARK, 256, false }, { "screen", "", THEME_DARK, 8, false }, { "linux", "", THEME_DARK, 8, false },
	{ "rxvt-88color", "", THEME_DARK, 16, false }, { "foot", "", THEME_DARK, 256, false },
	{ "vt100", "", THEME_DARK, 0, false }, { "xterm-256color", "", THEME_MONO, 0, false }, { "xterm-direct2", "", THEME_MONO, 0, false },
};

enum { PALETTE_ROW = STYLE_COUNT };

/* A row for each style; below one letter in each of some of the 256 colours. */
static void draw_styles(struct cells *c)
{
	struct rect all = { 0, 0, COLUMNS, ROWS };
	int i;

	assert_int_equal(cells_init(c, COLUMNS, ROWS), 0);
	for (i = 0; i < STYLE_COUNT; i++)
		cells_put(c, &all, 0, i, (enum style)i, "text");
	for (i = 0; i < 64; i++) {
		cells_put(c, &all, i, PALETTE_ROW, STYLE_NORMAL, "x");
		cells_at(c, i, PALETTE_ROW)->front = (int16_t)(i * 4 + 3);
	}
}

static _Noreturn void styles_child(size_t kind)
{
	struct cells cells;
	struct err e;

	setenv("TERM", kinds[kind].name, 1);
	setenv("COLORTERM", kinds[kind].colorterm, 1);
	draw_styles(&cells);
	if (term_start(kinds[kind].theme, &e) < 0)
		_exit(1);
	paint(&cells);
	term_stop();
	_exit(0);
}

/* Runs it in a pty; all that it writes into *bytes. */
static void run(void (*in_pty)(size_t n), size_t n, struct buf *bytes)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	char piece[4096];
	int fd, status;
	ssize_t got;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	assert_true(pid >= 0);
	if (pid == 0)
		in_pty(n);
	buf_init(bytes, SIZE_MAX - 1);
	while ((got = read(fd, piece, sizeof(piece))) > 0)
		buf_append(bytes, piece, (size_t)got);
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("child %zu ended with %x: %s", n, (unsigned int)status, buf_cstr(bytes));
	close(fd);
}

/* The screen as it was before the end of it. */
static VTerm *screen_of(const struct buf *bytes, VTermScreen **ret)
{
	const char *end = strstr(buf_cstr(bytes), "\033[?2004l");
	VTerm *vt = vterm_new(ROWS, COLUMNS);

	vterm_set_utf8(vt, 1);
	*ret = vterm_obtain_screen(vt);
	vterm_screen_enable_altscreen(*ret, 1);
	vterm_screen_reset(*ret, 1);
	/* Whoever reads late does not get it: it is not waited for. */
	vterm_input_write(vt, bytes->data, end ? (size_t)(end - bytes->data) : bytes->len);
	return vt;
}

static bool same_color(const VTermColor *got, int16_t want, bool ground, bool direct)
{
	if (want < 0)
		return ground ? VTERM_COLOR_IS_DEFAULT_BG(got) : VTERM_COLOR_IS_DEFAULT_FG(got);
	if (direct && want >= 8)	/* all but a trace of red */
		return VTERM_COLOR_IS_RGB(got) && (((uint32_t)got->rgb.red << 16 | (uint32_t)got->rgb.green << 8 | got->rgb.blue) | 0x010000) == (theme_rgb(want) | 0x010000);
	return VTERM_COLOR_IS_INDEXED(got) && got->indexed.idx == want;
}

static void check_styles(VTermScreen *screen, size_t kind)
{
	int i;

	for (i = 0; i < STYLE_COUNT + 64; i++) {
		struct look look = theme_look(kinds[kind].theme, i < STYLE_COUNT ? (enum style)i : STYLE_NORMAL, kinds[kind].colors);
		VTermPos pos = { .row = i < STYLE_COUNT ? i : PALETTE_ROW, .col = i < STYLE_COUNT ? 0 : i - STYLE_COUNT };
		VTermScreenCell got;

		if (i >= STYLE_COUNT && kinds[kind].colors > 0)
			look.front = theme_fold((int16_t)((i - STYLE_COUNT) * 4 + 3), kinds[kind].colors);
		if (kinds[kind].colors == 0)
			look.front = look.back = -1;
		vterm_screen_get_cell(screen, pos, &got);
		if (!same_color(&got.fg, look.front, false, kinds[kind].direct) || !same_color(&got.bg, look.back, true, kinds[kind].direct))
			fail_msg("%s, COLORTERM=%s, theme %d: style %d has other colours than %d on %d: %d", kinds[kind].name, kinds[kind].colorterm,
				 (int)kinds[kind].theme, i, look.front, look.back, got.fg.indexed.idx);
		if (kinds[kind].colors == 0 && i < STYLE_COUNT)
			assert_int_equal(got.attrs.reverse, (theme_look(THEME_MONO, (enum style)i, 0).weights & SGR_REVERSE) != 0);
	}
}

static bool has_colors(const char *bytes)
{
	const char *p;

	for (p = bytes; (p = strstr(p, "\033[")) != NULL; p++) {
		size_t n = strspn(p + 2, "0123456789;:");
		const char *q = p + 2, *end = q + n;

		for (; *end == 'm' && q < end; q += strcspn(q, ";m") + 1)
			if ((*q >= '3' && *q <= '4' && q[1] >= '0' && q[1] <= '9') || strtol(q, NULL, 10) >= 90)
				return true;
	}
	return false;
}

static void colors_of_each_kind(void **state)
{
	VTermScreen *screen;
	struct buf bytes;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		VTerm *vt;

		run(styles_child, i, &bytes);
		vt = screen_of(&bytes, &screen);
		check_styles(screen, i);
		if (has_colors(bytes.data) != (kinds[i].colors > 0))
			fail_msg("%s, theme %d: colours are %s", kinds[i].name, (int)kinds[i].theme, kinds[i].colors > 0 ? "missing" : "written");
		vterm_free(vt);
		buf_release(&bytes);
	}
}

/* ---- frame after frame ---- */

enum { SCRIBBLES = 120 };

/* Here and there something else, wide and narrow, so that characters lose their halves; a colour of its own now and then. */
static void scribble(struct cells *c, uint32_t *seed)
{
	static const char *const texts[] = { " ", "a", "xyz", "\xe4\xb8\xad", "\xe4\xb8\xad\xe6\x96\x87", "\xc3\xa9", "b\xe4\xb8\xad" };
	struct rect all = { 0, 0, COLUMNS, ROWS };
	int i, x, y;

	for (i = 0; i < 60; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		x = (int)(*seed >> 8) % COLUMNS;
		y = (int)(*seed >> 16) % ROWS;
		cells_put(c, &all, x, y, (enum style)((*seed >> 4) % STYLE_PICTURE), texts[(*seed >> 20) % ARRAY_LEN(texts)]);
		if (cells_at(c, x, y)->width == 1 && (*seed >> 27) % 4 == 0)
			cells_at(c, x, y)->front = (int16_t)((*seed >> 12) % 256);
	}
}

static _Noreturn void scribbling_child(size_t n)
{
	struct cells cells;
	uint32_t seed = 1;
	struct err e;
	int i;

	(void)n;
	setenv("TERM", "xterm-256color", 1);
	if (cells_init(&cells, COLUMNS, ROWS) < 0 || term_start(THEME_DARK, &e) < 0)
		_exit(1);
	for (i = 0; i < SCRIBBLES; i++) {
		scribble(&cells, &seed);
		if (i == SCRIBBLES / 2)
			term_theme(THEME_LIGHT);
		if (i == SCRIBBLES / 3)
			term_forget();
		paint(&cells);
	}
	term_stop();
	_exit(0);
}

/* ncurses is given what differs: after many frames the screen is the last one, all of it. */
static void frame_after_frame(void **state)
{
	VTermScreen *screen;
	struct cells want;
	struct buf bytes;
	uint32_t seed = 1;
	VTerm *vt;
	int i, x, y;

	(void)state;
	run(scribbling_child, 0, &bytes);
	vt = screen_of(&bytes, &screen);
	assert_int_equal(cells_init(&want, COLUMNS, ROWS), 0);
	for (i = 0; i < SCRIBBLES; i++)
		scribble(&want, &seed);
	for (y = 0; y < ROWS; y++) {
		for (x = 0; x < COLUMNS; x++) {
			const struct cell *c = cells_at(&want, x, y);
			struct look look = theme_look(THEME_LIGHT, (enum style)c->style, 256);
			int16_t front = c->front >= 0 ? (int16_t)c->front : look.front;
			VTermPos pos = { .row = y, .col = x };
			VTermScreenCell got;
			uint32_t cp = ' ';

			if (c->width == 0)
				continue;
			vterm_screen_get_cell(screen, pos, &got);
			utf8_decode(c->text, strlen(c->text), &cp);
			if ((got.chars[0] ? got.chars[0] : ' ') != cp || got.width != c->width)
				fail_msg("at %d,%d stands U+%04X, not U+%04X", x, y, got.chars[0], cp);
			if (cp != ' ' && !same_color(&got.fg, front, false, false))
				fail_msg("at %d,%d is colour %d, not %d", x, y, got.fg.indexed.idx, front);
		}
	}
	vterm_free(vt);
	cells_release(&want);
	buf_release(&bytes);
}

/* ---- what is written ---- */

static void mark(const char *name)
{
	term_write(name, strlen(name));
	tty_flush_for(5000);
}

/* A frame; one with a changed line; one with nothing new; one in another theme; away and back; and again without frames as one. */
static _Noreturn void frames_child(size_t synchronized)
{
	struct rect all = { 0, 0, COLUMNS, ROWS };
	struct cells cells;
	struct err e;

	setenv("TERM", "xterm-256color", 1);
	draw_styles(&cells);
	if (term_start(THEME_DARK, &e) < 0)
		_exit(1);
	if (synchronized)
		term_synchronized(true);
	term_mouse(true);
	mark("<whole>");
	paint(&cells);
	mark("<line>");
	cells_put(&cells, &all, 40, 5, STYLE_NORMAL, "done 0.2s");
	paint(&cells);
	mark("<same>");
	paint(&cells);
	mark("<light>");
	term_theme(THEME_LIGHT);
	paint(&cells);
	mark("<away>");
	term_leave();
	term_leave();
	mark("<back>");
	term_enter();
	paint(&cells);
	mark("<end>");
	term_stop();
	term_stop();
	_exit(0);
}

/* What was written between a mark and the next. */
static void between(const struct buf *bytes, const char *from, const char *to, struct buf *ret)
{
	const char *a = strstr(bytes->data, from), *b = to ? strstr(bytes->data, to) : bytes->data + bytes->len;

	assert_true(a && b && a < b);
	a += strlen(from);
	buf_init(ret, SIZE_MAX - 1);
	buf_append(ret, a, (size_t)(b - a));
	buf_append(ret, "", 0);
}

static int count(const char *bytes, const char *what)
{
	int n = 0;

	for (; (bytes = strstr(bytes, what)) != NULL; bytes++)
		n++;
	return n;
}

static void frames(void **state)
{
	struct buf bytes, part;
	int synchronized;

	(void)state;
	for (synchronized = 0; synchronized < 2; synchronized++) {
		run(frames_child, (size_t)synchronized, &bytes);
		between(&bytes, "<whole>", "<line>", &part);
		assert_int_equal(strncmp(part.data, "\033[?2026h", 8) == 0, synchronized);
		assert_int_equal(strcmp(part.data + part.len - 8, "\033[?2026l") == 0, synchronized);
		buf_release(&part);
		between(&bytes, "<line>", "<same>", &part);
		assert_non_null(strstr(part.data, "done 0.2s"));
		assert_true(part.len < 32);	/* the text, and where it stands */
		buf_release(&part);
		between(&bytes, "<same>", "<light>", &part);
		assert_int_equal(part.len, 0);
		buf_release(&part);
		between(&bytes, "<light>", "<away>", &part);
		assert_non_null(strstr(part.data, "38;5;124m"));	/* what is risky */
		assert_null(strstr(part.data, "\033[2J"));		/* and nothing is cleared for it */
		buf_release(&part);
		between(&bytes, "<away>", "<back>", &part);
		assert_int_equal(count(part.data, "\033[?2004l"), 1);
		assert_int_equal(count(part.data, "\033[?1000l\033[?1006l"), 1);
		assert_int_equal(count(part.data, "\033[?1049l"), 1);
		assert_int_equal(count(part.data, "\033[?25h") + count(part.data, "\033[?12l\033[?25h"), 2);
		buf_release(&part);
		between(&bytes, "<back>", "<end>", &part);
		assert_int_equal(count(part.data, "\033[?2004h"), 1);
		assert_int_equal(count(part.data, "\033[?1006h\033[?1000h"), 1);
		assert_int_equal(count(part.data, "\033[?1049h"), 1);
		assert_int_equal(count(part.data, "\033[?25l"), 1);
		assert_non_null(strstr(part.data, "done 0.2s"));
		buf_release(&part);
		between(&bytes, "<end>", NULL, &part);
		assert_int_equal(count(part.data, "\033[?1049l"), 1);
		buf_release(&part);
		assert_int_equal(count(bytes.data, "\033[?2026h"), count(bytes.data, "\033[?2026l"));
		assert_int_equal(count(bytes.data, "\033[?2026h") > 0, synchronized);
		buf_release(&bytes);
	}
}

/* A locale that is no UTF-8. */
static _Noreturn void ascii_child(size_t n)
{
	struct rect all = { 0, 0, COLUMNS, ROWS };
	struct cells cells;
	struct err e;

	(void)n;
	setlocale(LC_ALL, "C");
	setenv("TERM", "xterm-256color", 1);
	assert_int_equal(cells_init(&cells, COLUMNS, ROWS), 0);
	cells_put(&cells, &all, 0, 0, STYLE_NORMAL, "abcdefgh");
	if (term_start(THEME_DARK, &e) < 0)
		_exit(1);
	paint(&cells);
	cells_put(&cells, &all, 1, 0, STYLE_NORMAL, "\xe4\xb8\xad\xc3\xa9");
	paint(&cells);
	term_stop();
	_exit(0);
}

static void what_a_locale_lacks(void **state)
{
	VTermScreenCell got;
	VTermScreen *screen;
	struct buf bytes;
	VTerm *vt;
	size_t i;

	(void)state;
	run(ascii_child, 0, &bytes);
	for (i = 0; i < bytes.len; i++)
		assert_true((unsigned char)bytes.data[i] < 0x80);
	vt = screen_of(&bytes, &screen);
	for (i = 0; i < 8; i++) {
		vterm_screen_get_cell(screen, (VTermPos){ .row = 0, .col = (int)i }, &got);
		assert_int_equal(got.chars[0], "a???efgh"[i]);
		assert_true(same_color(&got.bg, i >= 1 && i <= 3 ? theme_look(THEME_DARK, STYLE_MARK, 256).back : -1, true, false));
	}
	vterm_free(vt);
	buf_release(&bytes);
}

/* ---- what it cannot be shown on ---- */

static _Noreturn void refused_child(size_t n)
{
	static const char *const names[] = { "dumb", "", "no-such-terminal", "unknown" };
	struct err e = { "" };

	setenv("TERM", names[n], 1);
	if (term_start(THEME_DARK, &e) == 0)
		_exit(1);
	printf("%s\n", e.msg);
	fflush(stdout);
	_exit(0);
}

static void refused(void **state)
{
	static const char *const words[] = { "TERM=dumb cannot place text on its screen: use assent --plain", "TERM is not set: ", "TERM=no-such-terminal is not known to terminfo: ",
					     "TERM=unknown is not known to terminfo: " };
	struct buf bytes;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		run(refused_child, i, &bytes);
		if (strncmp(bytes.data, words[i], strlen(words[i])) != 0 || !strstr(bytes.data, "--plain"))
			fail_msg("\"%s\", not \"%s\"", bytes.data, words[i]);
		assert_null(strchr(bytes.data, '\033'));
		buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(same_cells), cmocka_unit_test(colors_of_each_kind), cmocka_unit_test(frame_after_frame), cmocka_unit_test(frames), cmocka_unit_test(what_a_locale_lacks), cmocka_unit_test(refused) };

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
