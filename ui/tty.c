/* tty: see tty.h. */
#include "config.h"

#include "ui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

/* A description of the terminal of our own: that it does not wait is not for the shell, whose the other one is too. */
struct end {
	int fd;
	int flags;	/* of the shared one, where it could not be opened anew; -1 */
};

static struct {
	struct end in, out;
	struct termios was;
	struct buf queue;	/* to be written from `sent` on */
	size_t sent, written;
} tty = { .in = { -1, -1 }, .out = { -1, -1 } };

static int open_end(struct end *end, int number, const char *path, int mode, struct err *e)
{
	end->fd = open(path, mode | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (end->fd >= 0)
		return 0;
	end->fd = fcntl(number, F_DUPFD_CLOEXEC, 3);
	end->flags = end->fd < 0 ? -1 : fcntl(end->fd, F_GETFL);
	return end->flags < 0 ? err_sys(e, ERR_IO, errno, "the terminal") : 0;
}

static void set_waits(const struct end *end, bool waits)
{
	if (end->flags >= 0)
		fcntl(end->fd, F_SETFL, waits ? end->flags : end->flags | O_NONBLOCK);
}

int tty_open(struct err *e)
{
	if (tcgetattr(STDIN_FILENO, &tty.was) < 0)
		return err_sys(e, ERR_IO, errno, "the terminal");
	if (open_end(&tty.in, STDIN_FILENO, "/proc/self/fd/0", O_RDONLY, e) < 0 || open_end(&tty.out, STDOUT_FILENO, "/proc/self/fd/1", O_WRONLY, e) < 0)
		return ERR_IO;
	buf_init(&tty.queue, SIZE_MAX - 1);
	return 0;
}

void tty_close(void)
{
	close(tty.in.fd);
	close(tty.out.fd);
	tty.in.fd = tty.out.fd = -1;
	buf_release(&tty.queue);
}

/* Not TCSADRAIN: it would wait for a terminal that does not read. */
static void set_modes(const struct termios *t)
{
	while (tcsetattr(STDIN_FILENO, TCSANOW, t) < 0 && errno == EINTR)
		;
}

void tty_raw(void)
{
	struct termios raw = tty.was;

	cfmakeraw(&raw);
	set_modes(&raw);
	set_waits(&tty.in, false);
	set_waits(&tty.out, false);
}

void tty_restore(void)
{
	set_modes(&tty.was);
	set_waits(&tty.in, true);
	set_waits(&tty.out, true);
}

static void write_now(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

void tty_write(const char *bytes, size_t len)
{
	if (tty.out.fd >= 0)
		buf_append(&tty.queue, bytes, len);
	else
		write_now(bytes, len);
}

bool tty_flush(void)
{
	while (tty_queued() > 0) {
		ssize_t n = write(tty.out.fd, tty.queue.data + tty.sent, tty_queued());

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		tty.sent += (size_t)n;
		tty.written += (size_t)n;
	}
	tty_drop();
	return true;
}

bool tty_flush_for(int64_t ms)
{
	struct pollfd p = { .fd = tty.out.fd, .events = POLLOUT };
	int64_t end = clock_boot_ms() + ms, left;

	while (tty_flush() && tty_queued() > 0 && (left = end - clock_boot_ms()) > 0)
		poll(&p, 1, (int)left);
	return tty_queued() == 0;
}

void tty_drop(void)
{
	buf_clear(&tty.queue);
	tty.sent = 0;
}

size_t tty_queued(void)
{
	return tty.queue.len - tty.sent;
}

size_t tty_written(void)
{
	return tty.written;
}

int tty_out(void)
{
	return tty.out.fd;
}

int tty_in(void)
{
	return tty.in.fd;
}

void tty_size(int *columns, int *rows, int *pixel_width, int *pixel_height)
{
	struct winsize w = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	*columns = w.ws_col;
	*rows = w.ws_row;
	*pixel_width = w.ws_xpixel;
	*pixel_height = w.ws_ypixel;
}
