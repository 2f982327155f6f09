/* console: see console.h. */
#include "config.h"

#include "cmd/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/echo.h"
#include "ui/term.h"
#include "ui/tty.h"

enum { FRAME_MS = 20, PACE_MAX_MS = 1000, ESCAPE_MS = 30, SETTLE_MS = 50, SETTLE_MAX_MS = 250, LATE_MAX_MS = 1000, ASK_BYTES = 4096 };

static struct {
	struct console_spec spec;
	uv_poll_t in, out;
	uv_timer_t escape, settle;
	uv_signal_t signals[6];
	struct input input;
	struct echo echo;
	size_t asked_at;	/* bytes that were written when the last query was */
	int64_t resized_ms;	/* the first of some changes of size; 0: none is looked at */
	bool open, waiting, ending;
} con;

static const int numbers[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT };

/* ---- to the terminal ---- */

static void on_writable(uv_poll_t *p, int status, int events);

static void gone(void)
{
	con.ending = true;
	con.spec.on_end();
}

static void flush(void)
{
	if (!tty_flush())
		gone();
	else if (tty_queued() > 0 && !con.waiting)
		con.waiting = uv_poll_start(&con.out, UV_WRITABLE, on_writable) == 0;
}

static void on_writable(uv_poll_t *p, int status, int events)
{
	(void)events;
	if (status < 0 || !tty_flush()) {
		gone();
	} else if (tty_queued() == 0) {
		uv_poll_stop(p);
		con.waiting = false;
		con.spec.on_ready();
	}
}

int64_t console_ask(void)
{
	con.asked_at = tty_written() + tty_queued();
	term_write("\033[5n", 4);
	flush();
	return echo_asked(&con.echo, clock_boot_ms());
}

bool console_answers(void)
{
	return con.echo.answers;
}

bool console_all_answered(void)
{
	return con.echo.open == 0;
}

int64_t console_round_ms(void)
{
	return con.echo.round_ms;
}

int64_t console_limit_ms(void)
{
	return echo_limit_ms(&con.echo);
}

bool console_busy(void)
{
	return con.waiting;
}

int64_t console_pace_ms(void)
{
	int64_t ms = con.echo.answers ? echo_round_ms(&con.echo, clock_boot_ms()) / 4 : 0;

	return ms < FRAME_MS ? FRAME_MS : ms > PACE_MAX_MS ? PACE_MAX_MS : ms;
}

/* Now and then a frame asks how far the terminal is; where it never says, this tells nothing, and costs nothing. */
int64_t console_frame(bool ask)
{
	term_painted();
	if (ask || echo_lost(&con.echo, clock_boot_ms()) || (con.echo.answers && con.echo.open == 0 && tty_written() + tty_queued() - con.asked_at > ASK_BYTES))
		return console_ask();
	flush();
	return 0;
}

/* ---- from the terminal ---- */

static void on_event(const struct input_event *ev, void *arg)
{
	int64_t number;

	(void)arg;
	if (!con.open)
		return;
	if (ev->type != INPUT_STATUS) {
		con.spec.on_event(ev);
		return;
	}
	number = echo_answered(&con.echo, clock_boot_ms());
	if (number > 0)
		con.spec.on_answer(number);
}

static void on_escape(uv_timer_t *t)
{
	(void)t;
	input_idle(&con.input, on_event, NULL);
}

static void on_input(uv_poll_t *p, int status, int events)
{
	char bytes[4096];
	ssize_t n;

	(void)p;
	(void)events;
	n = status < 0 ? 0 : read(tty_in(), bytes, sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		gone();	/* nothing was decided by that */
		return;
	}
	uv_timer_stop(&con.escape);
	input_feed(&con.input, bytes, (size_t)n, on_event, NULL);
	if (con.open && input_pending(&con.input))
		uv_timer_start(&con.escape, on_escape, ESCAPE_MS, 0);
}

bool console_silent(void)
{
	struct pollfd p = { .fd = tty_in(), .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

/* ---- its size ---- */

static void on_settled(uv_timer_t *t)
{
	(void)t;
	con.resized_ms = 0;
	con.spec.on_ready();
}

/* A window that is being dragged changes often: it is drawn when it rests, and now and then meanwhile. */
static void resized(void)
{
	int64_t now = clock_boot_ms();

	if (con.resized_ms == 0)
		con.resized_ms = now;
	if (now - con.resized_ms < SETTLE_MAX_MS || !uv_is_active((uv_handle_t *)&con.settle))
		uv_timer_start(&con.settle, on_settled, SETTLE_MS, 0);
}

bool console_fit(struct cells *c, int *pixel_width, int *pixel_height)
{
	int columns, rows, width = *pixel_width, height = *pixel_height;

	if (con.resized_ms != 0)
		return false;
	term_size(&columns, &rows, pixel_width, pixel_height);
	if (columns == c->width && rows == c->height)
		return *pixel_width != width || *pixel_height != height;	/* another font */
	cells_release(c);
	if (cells_init(c, columns, rows) < 0)
		abort();
	term_resize(columns, rows);
	return true;
}

/* ---- away and back ---- */

static void resumed(void)
{
	tcflush(tty_in(), TCIFLUSH);
	input_init(&con.input);
	uv_timer_stop(&con.escape);
	con.echo.open = 0;	/* whose answers were flushed */
	term_enter();
	flush();
	con.spec.on_resumed();
}

static void on_signal(uv_signal_t *s, int number);

/* group: all that the shell has started with us, as the terminal's own Ctrl-Z would. Where nobody could continue us the kernel ignores it. */
static void suspend(bool group)
{
	uv_signal_t *stop = &con.signals[4], *cont = &con.signals[5];

	con.spec.on_leaving();
	term_leave();
	/* Their handlers are away meanwhile: it stops here, and it goes on here. */
	uv_signal_stop(stop);
	uv_signal_stop(cont);
	if (group)
		kill(0, SIGTSTP);
	else
		raise(SIGTSTP);
	uv_signal_start(stop, on_signal, SIGTSTP);
	uv_signal_start(cont, on_signal, SIGCONT);
	resumed();
}

void console_suspend(void)
{
	suspend(true);
}

static void on_signal(uv_signal_t *s, int number)
{
	(void)s;
	switch (number) {
	case SIGWINCH: resized(); break;
	case SIGTSTP: suspend(false); break;
	case SIGCONT: resumed(); break;	/* stopped by a signal that cannot be caught */
	default: gone(); break;
	}
}

/* ---- start and end ---- */

int console_open(const struct console_spec *spec, enum theme theme, struct err *e)
{
	size_t i;

	con.spec = *spec;
	if (term_start(theme, e) < 0)
		return ERR_IO;
	input_init(&con.input);
	uv_timer_init(spec->loop, &con.escape);
	uv_timer_init(spec->loop, &con.settle);
	uv_poll_init(spec->loop, &con.in, tty_in());
	uv_poll_init(spec->loop, &con.out, tty_out());
	uv_poll_start(&con.in, UV_READABLE | UV_DISCONNECT, on_input);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(spec->loop, &con.signals[i]);
		uv_signal_start(&con.signals[i], on_signal, numbers[i]);
	}
	con.open = true;
	return 0;
}

void console_close(void)
{
	size_t i;

	if (!con.open)
		return;
	con.open = false;
	uv_close((uv_handle_t *)&con.in, NULL);
	uv_close((uv_handle_t *)&con.out, NULL);
	uv_close((uv_handle_t *)&con.escape, NULL);
	uv_close((uv_handle_t *)&con.settle, NULL);
	for (i = 0; i < ARRAY_LEN(numbers); i++)
		uv_close((uv_handle_t *)&con.signals[i], NULL);
}

static void on_late(const struct input_event *ev, void *arg)
{
	(void)arg;
	if (ev->type == INPUT_STATUS)
		echo_answered(&con.echo, clock_boot_ms());
}

/* Answers that are still on their way are no words for the shell. */
static void await_answers(void)
{
	struct pollfd p = { .fd = tty_in(), .events = POLLIN };
	int64_t limit = console_limit_ms(), end = clock_boot_ms() + (limit < LATE_MAX_MS ? limit : LATE_MAX_MS), left;
	char bytes[512];
	ssize_t n;

	while (con.echo.open > 0 && (left = end - clock_boot_ms()) > 0 && poll(&p, 1, (int)left) > 0) {
		n = read(tty_in(), bytes, sizeof(bytes));
		if (n <= 0)
			break;
		input_feed(&con.input, bytes, (size_t)n, on_late, NULL);
	}
}

void console_leave(void)
{
	if (!con.ending && con.echo.open > 0)
		await_answers();
	term_stop();
}
