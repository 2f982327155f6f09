/* terminal: see terminal.h. */
#include "config.h"

#include "tests/robot/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "base/clock.h"
#include "base/utf8.h"

/* What is on its way, in order. */
struct piece {
	struct piece *next;
	int64_t due_ms;
	size_t len;
	char bytes[];
};

struct queue {
	struct piece *first, **last;
};

struct terminal {
	struct terminal_spec spec;
	VTerm *vt;
	VTermScreen *screen;
	struct grammar grammar;
	struct queue out, in;	/* to the screen, to the program */
	FILE *capture;
	int fd, status;
	pid_t pid;
	int64_t drawn_ms;
	bool ended, silent;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "terminal: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void put(struct queue *q, int64_t due_ms, const char *bytes, size_t len)
{
	struct piece *p = malloc(sizeof(*p) + len);

	if (!p)
		die("memory");
	p->next = NULL;
	p->due_ms = due_ms;
	p->len = len;
	memcpy(p->bytes, bytes, len);
	*q->last = p;
	q->last = &p->next;
}

static void drop_first(struct queue *q)
{
	struct piece *p = q->first;

	q->first = p->next;
	if (!q->first)
		q->last = &q->first;
	free(p);
}

static void on_answer(const char *bytes, size_t len, void *arg)
{
	struct terminal *t = arg;

	if (!t->silent)
		put(&t->in, clock_boot_ms() + t->spec.delay_ms, bytes, len);
}

struct terminal *terminal_open(const struct terminal_spec *spec)
{
	struct winsize size = { .ws_row = (unsigned short)spec->rows, .ws_col = (unsigned short)spec->columns };
	struct terminal *t = calloc(1, sizeof(*t));

	if (!t)
		die("memory");
	t->spec = *spec;
	t->out.last = &t->out.first;
	t->in.last = &t->in.first;
	t->vt = vterm_new(spec->rows, spec->columns);
	vterm_set_utf8(t->vt, 1);
	vterm_output_set_callback(t->vt, on_answer, t);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	grammar_init(&t->grammar, spec->columns, spec->rows);
	if (spec->capture && !(t->capture = fopen(spec->capture, "ae")))
		die(spec->capture);
	if (t->capture)
		setvbuf(t->capture, NULL, _IONBF, 0);
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid < 0)
		die("forkpty");
	if (t->pid == 0) {
		setenv("TERM", spec->name ? spec->name : "xterm-256color", 1);
		execv(spec->argv[0], spec->argv);
		_exit(127);
	}
	return t;
}

static void draw(struct terminal *t, const struct piece *p)
{
	t->drawn_ms = clock_boot_ms();
	vterm_input_write(t->vt, p->bytes, p->len);
	vterm_screen_flush_damage(t->screen);
	if (t->spec.on_screen)
		t->spec.on_screen(t, t->spec.arg);
}

static void take(struct terminal *t)
{
	char bytes[16384];
	ssize_t n = read(t->fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {	/* EIO: nobody has the other side open any more */
		t->ended = true;
		return;
	}
	if (t->capture)
		fwrite(bytes, 1, (size_t)n, t->capture);
	grammar_feed(&t->grammar, bytes, (size_t)n);
	put(&t->out, clock_boot_ms() + t->spec.delay_ms, bytes, (size_t)n);
}

static void deliver_typed(struct terminal *t)
{
	while (t->in.first && t->in.first->due_ms <= clock_boot_ms()) {
		if (!t->ended && write(t->fd, t->in.first->bytes, t->in.first->len) < 0 && errno != EIO)
			die("write");
		drop_first(&t->in);
	}
}

static void deliver(struct terminal *t)
{
	while (t->out.first && t->out.first->due_ms <= clock_boot_ms()) {
		draw(t, t->out.first);
		drop_first(&t->out);
	}
	deliver_typed(t);
}

bool terminal_run(struct terminal *t, int ms)
{
	int64_t end = clock_boot_ms() + ms, now;

	do {
		struct pollfd p = { .fd = t->ended ? -1 : t->fd, .events = POLLIN };
		int64_t wait;

		deliver(t);
		if (t->ended && !t->out.first)
			return false;
		now = clock_boot_ms();
		wait = end - now;
		if (t->out.first && t->out.first->due_ms - now < wait)
			wait = t->out.first->due_ms - now;
		if (t->in.first && t->in.first->due_ms - now < wait)
			wait = t->in.first->due_ms - now;
		if (poll(&p, 1, wait > 0 ? (int)wait : 0) > 0)
			take(t);
	} while (clock_boot_ms() < end);
	deliver(t);
	return !t->ended || t->out.first;
}

void terminal_type(struct terminal *t, const char *bytes, size_t len)
{
	put(&t->in, clock_boot_ms() + t->spec.delay_ms, bytes, len);
}

void terminal_row(const struct terminal *t, int y, char *into, size_t size)
{
	size_t len = 0, end = 0;
	int x, i;

	for (x = 0; x < t->spec.columns && len + 32 < size; x++) {
		VTermPos pos = { .row = y, .col = x };
		VTermScreenCell cell;

		vterm_screen_get_cell(t->screen, pos, &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue;	/* the right half of a wide one */
		if (cell.chars[0] == 0) {
			into[len++] = ' ';
			continue;
		}
		for (i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			len += utf8_encode(cell.chars[i], into + len);
		if (cell.chars[0] != ' ')
			end = len;
	}
	into[end] = '\0';
}

bool terminal_shows(const struct terminal *t, const char *text)
{
	char row[4096];
	int y;

	for (y = 0; y < t->spec.rows; y++) {
		terminal_row(t, y, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

void terminal_tell_size(struct terminal *t, int columns, int rows)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	/* What it writes for the size before is still on its way. */
	if (columns > t->grammar.columns)
		t->grammar.columns = columns;
	if (rows > t->grammar.rows)
		t->grammar.rows = rows;
	ioctl(t->fd, TIOCSWINSZ, &size);
}

void terminal_resize(struct terminal *t, int columns, int rows)
{
	t->spec.columns = t->grammar.columns = columns;
	t->spec.rows = t->grammar.rows = rows;
	vterm_set_size(t->vt, rows, columns);
	terminal_tell_size(t, columns, rows);
}

void terminal_stall(struct terminal *t, int ms)
{
	int64_t end = clock_boot_ms() + ms;

	for (; clock_boot_ms() < end; poll(NULL, 0, 5))
		deliver_typed(t);
}

void terminal_signal(struct terminal *t, int number)
{
	pid_t pid = tcgetpgrp(t->fd);

	kill(pid > 0 ? pid : t->pid, number);
}

int terminal_rows(const struct terminal *t) { return t->spec.rows; }
int terminal_columns(const struct terminal *t) { return t->spec.columns; }
int64_t terminal_drawn_ms(const struct terminal *t) { return t->drawn_ms; }
pid_t terminal_pid(const struct terminal *t) { return t->pid; }
void terminal_be_silent(struct terminal *t) { t->silent = true; }
const struct grammar *terminal_grammar(const struct terminal *t) { return &t->grammar; }

int terminal_close(struct terminal *t)
{
	int status = 0, i;

	/* It gets the time to put the terminal back. */
	for (i = 0; i < 100 && waitpid(t->pid, &status, WNOHANG) == 0; i++) {
		if (i == (t->ended ? 20 : 0))
			kill(t->pid, SIGTERM);
		terminal_run(t, 50);
	}
	if (i == 100) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, &status, 0);
	}
	close(t->fd);
	if (t->capture)
		fclose(t->capture);
	while (t->out.first)
		drop_first(&t->out);
	while (t->in.first)
		drop_first(&t->in);
	vterm_free(t->vt);
	free(t);
	return status;
}
