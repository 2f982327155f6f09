/* exec: see exec.h. */
#include "config.h"

#include "local/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"

enum { LINE_MAX_BYTES = 65536, KILL_MS = 10000 };

struct exec {
	struct exec_spec spec;		/* of its strings only the command stays */
	char id[32];
	char *command;
	struct sandbox_exec *running;
	int64_t pid;			/* as seen inside, once it is known; for killable ones */
	bool kill_wanted;
	struct buf line[2];		/* by stream: what has no end yet */
};

static void event(struct exec *x, const char *type, const char *key, const char *text, size_t len, int64_t status, int64_t ms)
{
	bool computer = x->spec.machine->kind == SESSION_COMPUTER;
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "exec_id", x->id);
	if (key) {
		jw_key(&w, key);
		jw_strn(&w, text, len);
	}
	if (status >= 0) {
		if (computer)
			jw_kstr(&w, "command", x->command);
		jw_kint(&w, "exit_code", status);
		jw_kint(&w, "duration_ms", ms);
	}
	if (computer)
		jw_kint(&w, "timestamp", clock_wall_ms());
	jw_end(&w, '}');
	machine_event(x->spec.machine, computer ? "exec" : type, &b);
}

static void give_line(struct exec *x, int stream, const char *text, size_t len)
{
	static const char *const types[] = { "sandbox.exec.stdout", "sandbox.exec.stderr" };

	if (x->spec.machine->kind == SESSION_SANDBOX)
		event(x, types[stream - 1], "line", text, len, -1, 0);
	machine_log(x->spec.machine, stream, x->id, 0, text, len);
	if (x->spec.on_line)
		x->spec.on_line(stream, text, len, x->spec.arg);
}

void exec_put_line(struct buf *out, const char *text, size_t len)
{
	struct jsonw w;

	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_key(&w, "line");
	jw_strn(&w, text, len);
	jw_end(&w, '}');
}

/* From inside, where its number means it; it is the leader of a process group. */
static void send_kill(const struct exec *x)
{
	char script[64];
	struct sandbox_exec_spec spec = { .command = script, .timeout_ms = KILL_MS };
	struct err e;

	snprintf(script, sizeof(script), "kill -s KILL -- -%lld", (long long)x->pid);
	if (sandbox_exec(x->spec.machine->sandbox, &spec, &e) < 0)
		fprintf(stderr, "assent-local: %s of %s cannot be killed: %s\n", x->id, x->spec.machine->name, e.msg);
}

void exec_kill(struct exec *x)
{
	x->kill_wanted = true;
	if (x->pid > 0)
		send_kill(x);
}

/* A killable one says its number first. How much of the data was that. */
static size_t take_pid(struct exec *x, const char *data, size_t len)
{
	const char *end = memchr(data, '\n', len);
	struct buf *line = &x->line[0];

	buf_append(line, data, end ? (size_t)(end - data) : len);
	if (!end)
		return len;
	x->pid = strtoll(buf_cstr(line), NULL, 10);
	buf_clear(line);
	if (x->kill_wanted)
		send_kill(x);
	return (size_t)(end - data) + 1;
}

static void take_lines(struct exec *x, int stream, const char *data, size_t len)
{
	struct buf *line = &x->line[stream - 1];

	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;

		buf_append(line, data, n < LINE_MAX_BYTES - line->len ? n : LINE_MAX_BYTES - line->len);
		if (end) {
			give_line(x, stream, buf_cstr(line), line->len);
			buf_clear(line);
			n++;
		}
		data += n;
		len -= n;
	}
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct exec *x = arg;
	size_t n = stream == 1 && x->spec.killable && x->pid == 0 ? take_pid(x, data, len) : 0;

	data += n;
	len -= n;
	if (x->spec.on_data && len > 0)
		x->spec.on_data(stream, data, len, x->spec.arg);
	take_lines(x, stream, data, len);
}

static void exec_free(struct exec *x)
{
	buf_release(&x->line[0]);
	buf_release(&x->line[1]);
	free(x->command);
	free(x);
}

static void on_exit_status(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct exec *x = arg;
	int i;

	for (i = 0; i < 2; i++)
		if (x->line[i].len > 0)
			give_line(x, i + 1, x->line[i].data, x->line[i].len);
	lifecycle_used(x->spec.machine, -1);
	if (!x->spec.machine->closing)
		event(x, "sandbox.exec.completed", NULL, NULL, 0, status < 0 ? 255 : status, took_ms);
	x->spec.on_end(status, timed_out, took_ms, x->spec.arg);
	exec_free(x);
}

int exec_start(const struct exec_spec *s, struct exec **ret, struct err *e)
{
	struct sandbox_exec_spec spec = { .cwd = s->cwd, .timeout_ms = s->timeout_ms, .on_output = on_output, .on_exit = on_exit_status };
	struct exec *x = calloc(1, sizeof(*x));
	struct buf script;
	int r;

	if (!x || !(x->command = strdup(s->command))) {
		free(x);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	x->spec = *s;
	memcpy(x->id, "exec_", 6);
	random_hex(x->id + 5, 12);
	buf_init(&x->line[0], LINE_MAX_BYTES);
	buf_init(&x->line[1], LINE_MAX_BYTES);
	buf_init(&script, SIZE_MAX - 1);
	buf_printf(&script, "%s%s", s->killable ? "echo $$\n" : "", s->script);
	spec.command = buf_cstr(&script);
	spec.arg = x;
	spec.ret = &x->running;
	r = buf_failed(&script) ? err_set(e, ERR_NOMEM, "out of memory") : sandbox_exec(s->machine->sandbox, &spec, e);
	buf_release(&script);
	if (r < 0) {
		exec_free(x);
		return r;
	}
	lifecycle_used(s->machine, 1);
	event(x, "sandbox.exec.started", "command", x->command, strlen(x->command), -1, 0);
	*ret = x;
	return 0;
}

const char *exec_id(const struct exec *x)
{
	return x->id;
}

void exec_hold(struct exec *x, bool hold)
{
	sandbox_exec_hold(x->running, hold);
}
