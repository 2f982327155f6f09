/* computer: the X server, the window manager and a terminal inside a computer's sandbox, and the driver that reaches them. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/accessible.h"
#include "local/api.h"

enum { POLL_MS = 10, TRIES = 1500 };

static const struct { const char *program, *package; } needed[] = {
	{ "/usr/bin/Xvfb", "xvfb" }, { "/usr/bin/blackbox", "blackbox" }, { "/usr/bin/xterm", "xterm" },
};

bool computer_available(char *why, size_t size)
{
	struct buf b;
	size_t i;
	bool all = true;

	buf_init(&b, 512);
	for (i = 0; i < ARRAY_LEN(needed); i++) {
		if (access(needed[i].program, X_OK) == 0)
			continue;
		buf_printf(&b, " %s", needed[i].package);
		all = false;
	}
	snprintf(why, size, "computers need programs that are missing; run: apt-get install -y --no-install-recommends%s", buf_cstr(&b));
	buf_release(&b);
	return all;
}

static int write_file(const char *dir, const char *name, const void *data, size_t len, mode_t mode, struct err *e)
{
	char path[4300];
	int fd, r = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len || (geteuid() == 0 && fchown(fd, sandbox_uid(), sandbox_uid()) < 0))
		r = err_sys(e, ERR_IO, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	return r;
}

/* One entry for any address and any display: family 65535, empty address, empty number, the protocol's name, the cookie. */
static int write_cookie(const char *dir, const uint8_t cookie[16], struct err *e)
{
	static const char name[] = "MIT-MAGIC-COOKIE-1";
	char text[2 + 2 + 2 + 2 + sizeof(name) - 1 + 2 + 16] = { (char)0xff, (char)0xff, 0, 0, 0, 0, 0, sizeof(name) - 1 };

	memcpy(text + 8, name, sizeof(name) - 1);
	text[8 + sizeof(name) - 1] = 0;
	text[8 + sizeof(name)] = 16;
	memcpy(text + 8 + sizeof(name) + 1, cookie, 16);
	return write_file(dir, "cookie", text, sizeof(text), 0600, e);
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	machine_log(arg, stream, NULL, 0, data, len > 0 && data[len - 1] == '\n' ? len - 1 : len);
}

static void on_command_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct machine *m = arg;
	struct buf last;

	(void)timed_out;
	(void)took_ms;
	if (m->closing || !m->sandbox)
		return;
	machine_set_state(m, "error");
	buf_init(&last, 65536);
	machine_log_text(m, 1, &last);
	fprintf(stderr, "assent-local: the desktop of %s ended (status %d): %.*s\n", m->name, status, (int)strcspn(buf_cstr(&last), "\n"), buf_cstr(&last));
	buf_release(&last);
}

static void on_ready(int width, int height, void *arg)
{
	struct machine *m = arg;

	m->width = width;
	m->height = height;
	machine_set_state(m, "running");
	machine_tenant_event(m, "computer.running");
}

static void on_damage(const char *json, size_t len, void *arg)
{
	struct machine *m = arg;

	events_add(m->events, "screen.changed", json, len);
}

static void try_driver(uv_timer_t *t);

/* The driver ended: a grabbed display, or none yet. It is started anew; if the X server is gone for good, on_exit says so. */
static void on_driver_end(void *arg)
{
	struct machine *m = arg;

	driver_stop(m->driver);
	m->driver = NULL;
	if (!m->closing && strcmp(m->state, "error") != 0 && strcmp(m->state, "stopped") != 0)
		uv_timer_start(&m->timer, try_driver, 100, 0);
}

/* The display's number, once the X server has written its whole line. */
static int read_display(const struct machine *m)
{
	struct buf b;
	int n = -1;

	buf_init(&b, 64);
	if (files_read(&m->files, "/home/user/.display", &b, NULL) == 0 && b.len > 1 && b.data[b.len - 1] == '\n')
		n = atoi(b.data);
	buf_release(&b);
	return n;
}

static void try_driver(uv_timer_t *t)
{
	struct machine *m = t->data;
	struct driver_spec spec = { .loop = m->local->loop, .on_ready = on_ready, .on_damage = on_damage, .on_end = on_driver_end, .arg = m };
	char path[64], folder[4200], cookie[4300];
	int display = read_display(m), fd;
	struct err e;

	if (display < 0 && ++m->tries > TRIES) {
		machine_set_state(m, "error");
		return;
	}
	if (display < 0) {
		uv_timer_start(t, try_driver, POLL_MS, 0);
		return;
	}
	snprintf(cookie, sizeof(cookie), "%s/auth/cookie", m->dir);
	fd = open(cookie, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, spec.cookie, 16, 8 + 18 + 2) != 16)
		memset(spec.cookie, 0, 16);	/* the server will refuse it, and the log tells */
	if (fd >= 0)
		close(fd);
	/* A descriptor instead of the folder's name: a socket's path has only 108 bytes. The driver inherits it. */
	snprintf(folder, sizeof(folder), m->local->isolation == ISOLATION_NAMESPACES ? "%s/x11" : "/tmp/.X11-unix", m->dir);
	fd = open(folder, O_PATH | O_DIRECTORY);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/X%d", fd, display);
	spec.socket_path = path;
	if (fd < 0 || driver_start(&spec, &m->driver, &e) < 0)
		machine_set_state(m, "error");
	if (fd >= 0)
		close(fd);
}

int computer_start(struct machine *m, struct err *e)
{
	static const char rc[] = "session.screen0.toolbar.placement: BottomCenter\nsession.screen0.toolbar.widthPercent: 100\n"
				 "session.screen0.strftimeFormat: %H:%M\nsession.focusModel: ClickToFocus\nsession.screen0.focusNewWindows: True\n";
	static const char gtk[] = "[Settings]\ngtk-cursor-blink=0\n";
	struct sandbox_exec_spec exec = { .on_output = on_output, .on_exit = on_command_end, .arg = m };
	bool spaces = m->local->isolation == ISOLATION_NAMESPACES;
	char command[1800], auth[4200];
	uint8_t cookie[16];
	int r;

	if (random_bytes(cookie, sizeof(cookie)) < 0)
		return err_set(e, ERR_IO, "no random bytes");
	snprintf(auth, sizeof(auth), "%s/auth", m->dir);
	files_delete(&m->files, "/home/user/.display", NULL);	/* of the display that was there before a restart */
	r = write_cookie(auth, cookie, e);
	if (r == 0)
		r = files_write(&m->files, "/home/user/.blackboxrc", rc, sizeof(rc) - 1, e);
	if (r == 0)
		r = files_write(&m->files, "/home/user/.config/gtk-3.0/settings.ini", gtk, sizeof(gtk) - 1, e);
	if (r < 0)
		return r;
	snprintf(command, sizeof(command),
		 "cd \"$HOME\"; rm -f .display; Xvfb %s -displayfd 3 -screen 0 %dx%dx24 -nolisten tcp %s -noreset -extension GLX -dpi 96 "
		 "-auth \"$XAUTHORITY\" 3>.display & x=$!\n"
		 "until [ -s .display ]; do kill -0 $x || exit 1; sleep 0.01; done\n"
		 "export DISPLAY=:$(cat .display)\n"
		 "rm -f \"$HOME/.accessibility\"; [ -z \"${AT_SPI_BUS_ADDRESS-}\" ] || " ACCESSIBLE_DAEMON " --config-file=" ACCESSIBLE_CONFIG
		 " --nofork --nopidfile --address=\"$AT_SPI_BUS_ADDRESS\" >/dev/null 2>&1 &\n"
		 "blackbox -rc \"$HOME/.blackboxrc\" >/dev/null 2>&1 & sleep 0.1\n"
		 "xterm -fa 'DejaVu Sans Mono' -fs 10 -geometry 64x14+%d+%d >/dev/null 2>&1 & wait $x",
		 spaces ? ":0" : "", m->width, m->height, spaces ? "-nolisten local" : "", m->width > 900 ? m->width - 620 : 40, m->height > 600 ? m->height - 380 : 40);
	exec.command = command;
	r = sandbox_exec(m->sandbox, &exec, e);
	if (r == 0)
		uv_timer_start(&m->timer, try_driver, POLL_MS, 0);
	return r;
}
