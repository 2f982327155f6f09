/* spawn_gate: a gate for a dashboard that found none. Like tmux: a process of its own, which outlives the terminal. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/cmd.h"
#include "io/wire.h"

enum { WAIT_MS = 10000, STEP_MS = 20, ARGS_MAX = 24 };

/* The child: a session of its own, nothing of the terminal but standard error, which is a pipe to us. */
static void become_gate(const char *socket, const char *state_dir, const char *const *args, int errors)
{
	const char *argv[ARGS_MAX] = { "assent", "gate", "--foreground", "--socket", socket, "--state", state_dir, "--log" };
	char log[4096], program[4096];
	size_t n = 8;
	int null = open("/dev/null", O_RDWR);

	snprintf(log, sizeof(log), "%s/gate.log", state_dir);
	argv[n++] = log;
	for (; args && *args && n < ARGS_MAX - 1; args++)
		argv[n++] = *args;
	argv[n] = NULL;
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	gate_program(program, sizeof(program));
	execv(program, (char *const *)(void *)argv);
	dprintf(STDERR_FILENO, "%s: %s; it belongs to assent: install it again\n", program, strerror(errno));
	_exit(EXIT_REFUSED);
}

static void read_words(int fd, struct err *e)
{
	char text[4096], *p, *end;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n <= 0) {
		err_set(e, ERR_IO, "the gate ended without a word");
		return;
	}
	/* Warnings may stand before: the last line is why it ended. */
	text[n] = '\0';
	end = text + strlen(text);
	while (end > text && end[-1] == '\n')
		*--end = '\0';
	p = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
	if (strncmp(p, "assent gate: ", 13) == 0)
		p += 13;
	err_set(e, ERR_IO, "%s", p);
}

bool gate_listens(const char *socket_path)
{
	int fd = wire_connect(socket_path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || fd == -EAGAIN;
}

int spawn_gate(const char *socket, const char *state_dir, const char *const *args, struct err *e)
{
	struct timespec step = { 0, STEP_MS * 1000000L };
	int64_t end = clock_boot_ms() + WAIT_MS;
	struct buf answer;
	int pipes[2], status;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(e, ERR_IO, errno, "pipe");
	pid = fork();
	if (pid == 0)
		become_gate(socket, state_dir, args, pipes[1]);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return err_sys(e, ERR_IO, errno, "fork");
	}
	while (clock_boot_ms() < end) {
		int code;

		if (waitpid(pid, &status, WNOHANG) == pid) {
			read_words(pipes[0], e);
			close(pipes[0]);
			return ERR_IO;
		}
		buf_init(&answer, SIZE_MAX - 1);
		code = call_gate(socket, "GET", "/v1/state", NULL, &status, &answer, NULL);
		buf_release(&answer);
		if (code == 0 && status == 200) {
			close(pipes[0]);
			return 0;
		}
		nanosleep(&step, NULL);
	}
	close(pipes[0]);
	return err_set(e, ERR_IO, "the gate did not answer at %s within %d s; see %s/gate.log", socket, WAIT_MS / 1000, state_dir);
}
