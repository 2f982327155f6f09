/* sandbox_exec: the commands of a sandbox: their pipes, their time, their end. See sandbox.h. */
#include "config.h"

#include "local/sandbox_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { AFTER_EXIT_MS = 100, DRAIN_MAX = 1024 * 1024, SUPERVISOR_LATE_MS = 5000, INPUT_MAX = 256 * 1024 };

struct stream {
	uv_pipe_t pipe;
	struct sandbox_exec *exec;
	int number;
	bool ended;
};

struct sandbox_exec {
	struct sandbox_exec *next;
	struct sandbox *sandbox;
	struct sandbox_exec_spec spec;
	uint32_t id;
	struct stream streams[2];
	uv_pipe_t input;	/* where it has one */
	uv_timer_t after;	/* for a background process that keeps the pipes open */
	int handles, open_streams, status;
	bool exited, timed_out, finished, held;
	int64_t start_ms;
};

static void on_exec_handle_closed(uv_handle_t *h)
{
	struct sandbox_exec *x = h->data;

	if (--x->handles == 0)
		free(x);
}

static void finish_exec(struct sandbox_exec *x)
{
	struct sandbox_exec **p = &x->sandbox->execs;
	int i;

	if (x->finished)
		return;
	x->finished = true;
	while (*p != x)
		p = &(*p)->next;
	*p = x->next;
	for (i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&x->streams[i].pipe, on_exec_handle_closed);
	if (x->spec.input)
		uv_close((uv_handle_t *)&x->input, on_exec_handle_closed);
	uv_close((uv_handle_t *)&x->after, on_exec_handle_closed);
	if (x->spec.on_exit)
		x->spec.on_exit(x->status, x->timed_out, clock_boot_ms() - x->start_ms, x->spec.arg);
}

static void give(const struct sandbox_exec *x, int stream, const char *data, size_t len)
{
	if (x->spec.on_output)
		x->spec.on_output(stream, data, len, x->spec.arg);
}

/* What stands in the pipes still counts; a background process that goes on writing does not. */
static void drain(struct sandbox_exec *x)
{
	size_t total = 0;
	uv_os_fd_t fd;
	ssize_t n;
	int i;

	for (i = 0; i < 2; i++) {
		if (uv_fileno((uv_handle_t *)&x->streams[i].pipe, &fd) < 0)
			continue;
		while (total < DRAIN_MAX && (n = read(fd, x->sandbox->buffer, sizeof(x->sandbox->buffer))) > 0) {
			total += (size_t)n;
			give(x, i + 1, x->sandbox->buffer, (size_t)n);
		}
	}
}

static void on_after(uv_timer_t *t)
{
	struct sandbox_exec *x = t->data;

	drain(x);
	finish_exec(x);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct sandbox_exec *x = h->data;

	(void)hint;
	*ret = uv_buf_init(x->sandbox->buffer, sizeof(x->sandbox->buffer));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct stream *s = (struct stream *)stream;
	struct sandbox_exec *x = s->exec;

	if (x->finished || n == 0)
		return;
	if (n > 0) {
		give(x, s->number, buf->base, (size_t)n);
		return;
	}
	uv_read_stop(stream);
	s->ended = true;
	if (--x->open_streams == 0 && x->exited)
		finish_exec(x);
}

static void open_stream(struct sandbox_exec *x, int i, int fd)
{
	struct stream *s = &x->streams[i];

	s->exec = x;
	s->number = i + 1;
	uv_pipe_init(x->sandbox->spec.loop, &s->pipe, 0);
	s->pipe.data = x;
	uv_pipe_open(&s->pipe, fd);
	uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read);
	x->open_streams++;
	x->handles++;
}

void sandbox_exec_hold(struct sandbox_exec *x, bool hold)
{
	int i;

	if (x->finished || x->held == hold)
		return;
	x->held = hold;
	for (i = 0; i < 2; i++) {
		uv_stream_t *stream = (uv_stream_t *)&x->streams[i].pipe;

		if (hold)
			uv_read_stop(stream);
		else if (!x->streams[i].ended)
			uv_read_start(stream, on_alloc, on_read);
	}
}

/* Without namespaces the folders have other names outside than the API says. */
static void put_cwd(const struct sandbox *s, const char *cwd, char *out, size_t size)
{
	static const char *const inside[] = { "/workspace", "/home/user" };
	const char *const outside[] = { s->spec.workspace, s->spec.home };
	size_t i, n;

	snprintf(out, size, "%s", cwd ? cwd : "");
	for (i = 0; cwd && s->spec.isolation != ISOLATION_NAMESPACES && i < ARRAY_LEN(inside); i++) {
		n = strlen(inside[i]);
		if (strncmp(cwd, inside[i], n) == 0 && (cwd[n] == '/' || cwd[n] == '\0'))
			snprintf(out, size, "%s%s", outside[i], cwd + n);
	}
}

/* [0] and [2] are ours to read, [5] to write; the others are the command's. */
static int make_pipes(int pipes[6], bool input, struct err *e)
{
	int i, n;

	for (i = 0; i < (input ? 3 : 2); i++) {
		if (pipe2(pipes + (ptrdiff_t)2 * i, O_CLOEXEC | O_NONBLOCK) < 0) {
			int wrong = errno;

			for (n = 0; n < 2 * i; n++)
				close(pipes[n]);
			return err_sys(e, ERR_IO, wrong, "pipe");
		}
		/* The command's own ends block: only ours do not. */
		fcntl(pipes[2 * i + (i < 2)], F_SETFL, 0);
	}
	return 0;
}

int sandbox_exec(struct sandbox *s, const struct sandbox_exec_spec *spec, struct err *e)
{
	struct guest_packet *p = sandbox_packet();
	int pipes[6], far[3];
	struct sandbox_exec *x;
	char folder[8192];
	size_t cwd, len;

	if (spec->cwd && strlen(spec->cwd) >= sizeof(folder) / 2)
		return err_set(e, ERR_TOOBIG, "the folder's name is longer than %zu bytes", sizeof(folder) / 2 - 1);
	if (!s || s->ended)
		return err_set(e, ERR_STATE, "it is not running");
	put_cwd(s, spec->cwd, folder, sizeof(folder));
	cwd = strlen(folder);
	len = cwd + strlen(spec->command);

	if (len > GUEST_TEXT_MAX)
		return err_set(e, ERR_TOOBIG, "the command is longer than %d bytes", GUEST_TEXT_MAX);
	x = calloc(1, sizeof(*x));
	if (!x)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (make_pipes(pipes, spec->input, e) < 0) {
		free(x);
		return ERR_IO;
	}
	*x = (struct sandbox_exec){ .sandbox = s, .spec = *spec, .id = ++s->last_id, .next = s->execs, .start_ms = clock_boot_ms(), .status = -1 };
	s->execs = x;
	open_stream(x, 0, pipes[0]);
	open_stream(x, 1, pipes[2]);
	if (spec->input) {
		uv_pipe_init(s->spec.loop, &x->input, 0);
		x->input.data = x;
		uv_pipe_open(&x->input, pipes[5]);
		x->handles++;
	}
	uv_timer_init(s->spec.loop, &x->after);
	x->after.data = x;
	x->handles++;
	p->type = GUEST_EXEC;
	p->id = x->id;
	p->value = spec->timeout_ms;
	p->flag = (uint32_t)cwd;
	memcpy(p->text, folder, cwd);
	memcpy(p->text + cwd, spec->command, len - cwd);
	far[0] = pipes[1];
	far[1] = pipes[3];
	far[2] = pipes[4];
	if (sandbox_send(s, p, len, far, spec->input ? 3 : 2) < 0)
		uv_timer_start(&x->after, on_after, 0, 0);	/* the supervisor is going: on_exit says -1 */
	else if (spec->timeout_ms > 0)
		uv_timer_start(&x->after, on_after, (uint64_t)spec->timeout_ms + SUPERVISOR_LATE_MS, 0);	/* it does not answer */
	if (spec->ret)
		*spec->ret = x;
	close(pipes[1]);
	close(pipes[3]);
	if (spec->input)
		close(pipes[4]);
	return 0;
}

struct input {
	uv_write_t write;
	char data[];
};

static void on_input_written(uv_write_t *w, int status)
{
	(void)status;	/* it closed its input: the next one who writes is told */
	free(w);
}

int sandbox_exec_write(struct sandbox_exec *x, const char *data, size_t len, struct err *e)
{
	struct input *in;
	uv_buf_t buf;

	if (!x->spec.input || x->finished || !uv_is_writable((uv_stream_t *)&x->input))
		return err_set(e, ERR_STATE, "its standard input is closed");
	if (uv_stream_get_write_queue_size((uv_stream_t *)&x->input) + len > INPUT_MAX)
		return err_set(e, ERR_TOOBIG, "more than %d bytes wait to be read by it", INPUT_MAX);
	in = malloc(sizeof(*in) + len);
	if (!in)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(in->data, data, len);
	buf = uv_buf_init(in->data, (unsigned int)len);
	if (uv_write(&in->write, (uv_stream_t *)&x->input, &buf, 1, on_input_written) < 0) {
		free(in);
		return err_set(e, ERR_STATE, "its standard input is closed");
	}
	return 0;
}

void sandbox_exec_end_all(struct sandbox *s)
{
	while (s->execs)
		finish_exec(s->execs);
}

void sandbox_exec_exited(struct sandbox *s, const struct guest_packet *p)
{
	struct sandbox_exec *x = s->execs;

	while (x && x->id != p->id)
		x = x->next;
	if (!x)
		return;
	x->exited = true;
	x->status = p->value;
	x->timed_out = p->flag != 0;
	if (x->open_streams == 0)
		finish_exec(x);
	else
		uv_timer_start(&x->after, on_after, AFTER_EXIT_MS, 0);
}
