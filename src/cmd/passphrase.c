/* passphrase: asked at the terminal without echo, or read from a descriptor that a script names. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/digest.h"
#include "cmd/cmd.h"

enum { CTRL_C = 3, CTRL_D = 4, CTRL_U = 21, DEL = 127 };

/* One line, byte by byte: what stands behind it is for the next who asks. */
static int read_line(int fd, char *into, size_t size, struct err *e)
{
	size_t len = 0;
	ssize_t n;
	char c = '\0';

	while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
		if (len == size - 1 || c == '\0') {
			wipe(into, size);
			return err_set(e, ERR_INVALID, "descriptor %d: that is no passphrase: too long, or no text", fd);
		}
		into[len++] = c;
	}
	into[len] = '\0';
	return n < 0 ? err_sys(e, ERR_IO, errno, "descriptor %d", fd) : 0;
}

/* Every key by itself, and no signals: the terminal is never left without echo. */
static int type_line(int fd, char *into, size_t size, struct err *e)
{
	size_t len = 0;
	char c;

	for (;;) {
		if (read(fd, &c, 1) != 1 || c == CTRL_C || c == CTRL_D) {
			wipe(into, size);
			return err_set(e, ERR_DENIED, "no passphrase was given");
		}
		if (c == '\n' || c == '\r')
			break;
		if (c == CTRL_U)
			len = 0;
		else if (c == '\b' || c == DEL)
			len -= len > 0;
		else if (len < size - 1 && (unsigned char)c >= ' ')
			into[len++] = c;
	}
	into[len] = '\0';
	return 0;
}

static int ask_terminal(const char *prompt, char *into, size_t size, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC), r;
	struct termios before, quiet;

	if (fd < 0 || tcgetattr(fd, &before) < 0) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_DENIED, "no terminal to ask for the passphrase; a script sets ASSENT_PASSPHRASE_FD");
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	tcsetattr(fd, TCSAFLUSH, &quiet);	/* what was typed before is no passphrase */
	dprintf(fd, "%s: ", prompt);
	r = type_line(fd, into, size, e);
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	close(fd);
	return r;
}

int ask_passphrase(const char *prompt, int fd, char *into, size_t size, struct err *e)
{
	const char *named = getenv("ASSENT_PASSPHRASE_FD");
	char *rest;
	long n;

	if (fd >= 0)
		return read_line(fd, into, size, e);
	if (!named || !named[0])
		return ask_terminal(prompt, into, size, e);
	n = strtol(named, &rest, 10);
	if (*rest || n < 0 || n > 65535)
		return err_set(e, ERR_INVALID, "ASSENT_PASSPHRASE_FD=%s is no descriptor", named);
	return read_line((int)n, into, size, e);
}
