/* exec: commands in a session, whole or as a stream; each leaves its events and log lines. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "local/api.h"
#include "local/feed.h"

enum { OUTPUT_MAX = 1024 * 1024, LINE_MAX_BYTES = 65536, TIMEOUT_MS = 30000, TIMEOUT_MAX_MS = 300000 };

struct exec {
	struct machine *machine;
	struct server_req *req;		/* who waits for the whole; NULL once gone */
	struct feed *feed;		/* who reads the stream; NULL once gone */
	char id[32];
	char *command;
	struct sandbox_exec *running;
	bool stream;
	struct buf out[2], line[2];	/* by stream; line: what has no end yet */
};

static void event(struct exec *x, const char *type, const char *key, const char *text, size_t len, int64_t status, int64_t ms)
{
	bool computer = x->machine->kind == SESSION_COMPUTER;
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
	jw_end(&w, '}');
	machine_event(x->machine, computer ? "exec" : type, &b);
}

static void give_line(struct exec *x, int stream, const char *text, size_t len)
{
	static const char *const types[] = { "sandbox.exec.stdout", "sandbox.exec.stderr" };
	struct buf b;
	struct jsonw w;

	if (x->machine->kind == SESSION_SANDBOX)
		event(x, types[stream], "line", text, len, -1, 0);
	machine_log(x->machine, stream + 1, text, len);
	if (!x->feed)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "line");
	jw_strn(&w, text, len);
	jw_end(&w, '}');
	/* A slow reader: the command waits for it, not our memory. */
	if (feed_event(x->feed, stream == 0 ? "stdout" : "stderr", NULL, buf_cstr(&b), b.len) && feed_full(x->feed))
		sandbox_exec_hold(x->running, true);
	buf_release(&b);
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct exec *x = arg;
	struct buf *line = &x->line[stream - 1];
	const char *end;

	if (!x->stream)
		buf_append(&x->out[stream - 1], data, len < OUTPUT_MAX - x->out[stream - 1].len ? len : OUTPUT_MAX - x->out[stream - 1].len);
	while (len > 0) {
		size_t n;

		end = memchr(data, '\n', len);
		n = end ? (size_t)(end - data) : len;
		buf_append(line, data, n < LINE_MAX_BYTES - line->len ? n : LINE_MAX_BYTES - line->len);
		if (end) {
			give_line(x, stream - 1, buf_cstr(line), line->len);
			buf_clear(line);
			n++;
		}
		data += n;
		len -= n;
	}
}

static void reply_whole(struct exec *x, int status, bool timed_out, int64_t ms)
{
	struct buf b, both;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	buf_init(&both, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	if (x->machine->kind == SESSION_COMPUTER) {
		buf_append(&both, buf_cstr(&x->out[0]), x->out[0].len);
		buf_append(&both, buf_cstr(&x->out[1]), x->out[1].len);
		jw_key(&w, "output");
		jw_strn(&w, buf_cstr(&both), both.len);
		jw_kbool(&w, "success", status == 0);
	}
	jw_key(&w, "stdout");
	jw_strn(&w, buf_cstr(&x->out[0]), x->out[0].len);
	jw_key(&w, "stderr");
	jw_strn(&w, buf_cstr(&x->out[1]), x->out[1].len);
	jw_kint(&w, "exit_code", status);
	jw_kint(&w, "duration_ms", ms);
	if (timed_out)
		jw_kbool(&w, "timed_out", true);
	jw_end(&w, '}');
	buf_release(&both);
	api_json(x->req, 200, &b);
}

static void end_stream(struct exec *x, int status)
{
	struct feed *f = x->feed;
	char data[48];

	snprintf(data, sizeof(data), "{\"exit_code\":%d}", status);
	if (feed_event(f, "exit", NULL, data, strlen(data)))
		feed_end(f, true);
}

static void exec_free(struct exec *x)
{
	int i;

	for (i = 0; i < 2; i++) {
		buf_release(&x->out[i]);
		buf_release(&x->line[i]);
	}
	free(x->command);
	free(x);
}

static void on_command_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct exec *x = arg;
	int i;

	for (i = 0; i < 2; i++)
		if (x->line[i].len > 0)
			give_line(x, i, x->line[i].data, x->line[i].len);
	if (!x->machine->closing)
		event(x, "sandbox.exec.completed", NULL, NULL, 0, status < 0 ? 255 : status, took_ms);
	if (x->feed)
		end_stream(x, status);
	if (x->req) {
		server_set_user(x->req, NULL, NULL);
		if (status < 0)
			api_error(x->req, 502, "SANDBOX_GONE", "the session ended while the command ran");
		else
			reply_whole(x, status, timed_out, took_ms);
	}
	exec_free(x);
}

/* The asker leaves: the command goes on, as in a VM. */
static void on_gone(struct server_req *r, void *user)
{
	struct exec *x = user;

	(void)r;
	x->req = NULL;
}

static void on_reader_ready(void *arg)
{
	struct exec *x = arg;

	sandbox_exec_hold(x->running, false);
}

static void on_reader_gone(void *arg)
{
	struct exec *x = arg;

	x->feed = NULL;
	if (x->running)
		sandbox_exec_hold(x->running, false);
}

bool exec_put_env(struct api_call *c, struct buf *out)
{
	int env = json_get(&c->body, c->root, "env"), key;
	bool good = env == JSON_NONE || json_type(&c->body, env) == JSON_NULL || json_type(&c->body, env) == JSON_OBJECT;

	for (key = good ? json_first(&c->body, env) : JSON_NONE; good && key != JSON_NONE; key = json_next(&c->body, key)) {
		char *name = json_strdup(&c->body, key), *value = json_strdup(&c->body, json_value(&c->body, key)), *p;

		good = name && value && name[0] && !strchr("0123456789", name[0]) &&
		       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
		if (good) {
			buf_printf(out, "export %s='", name);
			for (p = value; *p; p++)
				*p == '\'' ? buf_puts(out, "'\\''") : buf_putc(out, *p);
			buf_puts(out, "'\n");
		}
		free(name);
		free(value);
	}
	if (!good)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"env\" must be an object of names and strings");
	return good;
}

/* "timeout" in seconds, or "timeout_ms". */
static bool read_timeout(struct api_call *c, int64_t *ret_ms)
{
	bool bad, exact = api_optional_int(c, "timeout_ms", ret_ms, &bad);
	int64_t seconds;

	if (bad)
		return false;
	if (!exact && api_optional_int(c, "timeout", &seconds, &bad))
		*ret_ms = seconds > TIMEOUT_MAX_MS || seconds < 1 ? 0 : seconds * 1000;
	if (bad)
		return false;
	if (*ret_ms < 1 || *ret_ms > TIMEOUT_MAX_MS) {
		api_error(c->req, 422, "VALIDATION_ERROR", "the time limit must be more than 0 and at most %d seconds", TIMEOUT_MAX_MS / 1000);
		return false;
	}
	return true;
}

bool exec_read_cwd(struct api_call *c, char **ret)
{
	const char *key = c->machine->kind == SESSION_COMPUTER ? "working_dir" : "cwd";
	int v = json_get(&c->body, c->root, key);

	*ret = NULL;
	return v == JSON_NONE || json_type(&c->body, v) == JSON_NULL || api_string(c, key, ret);
}

static void start(struct api_call *c, bool stream)
{
	struct sandbox_exec_spec spec = { .on_output = on_output, .on_exit = on_command_end };
	int64_t ms = TIMEOUT_MS;
	char *command, *cwd;
	struct buf script;
	struct exec *x;
	struct err e;
	int i, r;

	if (!read_timeout(c, &ms) || !api_string(c, "command", &command))
		return;
	buf_init(&script, SIZE_MAX - 1);
	if (!exec_put_env(c, &script) || !exec_read_cwd(c, &cwd)) {
		buf_release(&script);
		free(command);
		return;
	}
	buf_puts(&script, command);
	x = calloc(1, sizeof(*x));
	if (!x || buf_failed(&script)) {
		api_error(c->req, 500, "INTERNAL_ERROR", "out of memory");
		buf_release(&script);
		free(x);
		free(command);
		free(cwd);
		return;
	}
	x->command = command;
	x->machine = c->machine;
	x->stream = stream;
	memcpy(x->id, "exec_", 6);
	random_hex(x->id + 5, 12);
	for (i = 0; i < 2; i++) {
		buf_init(&x->out[i], OUTPUT_MAX);
		buf_init(&x->line[i], LINE_MAX_BYTES);
	}
	spec.command = buf_cstr(&script);
	spec.cwd = cwd;
	spec.timeout_ms = (int)ms;
	spec.arg = x;
	spec.ret = &x->running;
	r = sandbox_exec(c->machine->sandbox, &spec, &e);
	free(cwd);
	buf_release(&script);
	if (r < 0) {
		api_failed(c->req, r, &e);
		exec_free(x);
		return;
	}
	event(x, "sandbox.exec.started", "command", x->command, strlen(x->command), -1, 0);
	if (stream) {
		x->feed = feed_begin(c->local->loop, c->req, on_reader_ready, on_reader_gone, x);
	} else {
		x->req = c->req;
		server_set_user(c->req, x, on_gone);
	}
}

void exec_route(struct api_call *c)
{
	start(c, false);
}

void exec_stream_route(struct api_call *c)
{
	/* Refused before the command is started, not after. */
	if (!feed_refused(c->req))
		start(c, true);
}
