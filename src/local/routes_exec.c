/* routes_exec: commands over HTTP: the whole output in the answer, or as a stream, at once or by a ticket. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "local/api.h"
#include "local/exec.h"
#include "local/exec_ticket.h"
#include "local/feed.h"

#define PYTHON "/usr/bin/python3"

enum { OUTPUT_MAX = 1024 * 1024, TIMEOUT_MS = 30000, TIMEOUT_MAX_MS = 300000 };

/* Who waits for a command. */
struct call {
	struct server_req *req;		/* for the whole; NULL once gone */
	struct feed *feed;		/* for the stream; NULL once gone */
	struct exec *exec;
	bool computer;
	struct buf out[2];		/* by stream */
};

static void on_data(int stream, const char *data, size_t len, void *arg)
{
	struct buf *out = &((struct call *)arg)->out[stream - 1];

	buf_append(out, data, len < OUTPUT_MAX - out->len ? len : OUTPUT_MAX - out->len);
}

/* A slow reader: the command waits for it, not our memory. */
static void on_line(int stream, const char *text, size_t len, void *arg)
{
	struct call *x = arg;
	struct buf b;

	if (!x->feed)
		return;
	buf_init(&b, SIZE_MAX - 1);
	exec_put_line(&b, text, len);
	if (feed_event(x->feed, stream == 1 ? "stdout" : "stderr", NULL, buf_cstr(&b), b.len) && feed_full(x->feed))
		exec_hold(x->exec, true);
	buf_release(&b);
}

static void reply_whole(const struct call *x, int status, bool timed_out, int64_t ms)
{
	struct buf b, both;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	buf_init(&both, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	if (x->computer) {
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

static void end_stream(struct call *x, int status)
{
	struct feed *f = x->feed;
	char data[48];

	snprintf(data, sizeof(data), "{\"exit_code\":%d}", status);
	if (feed_event(f, "exit", NULL, data, strlen(data)))
		feed_end(f, true);
}

static void call_free(struct call *x)
{
	buf_release(&x->out[0]);
	buf_release(&x->out[1]);
	free(x);
}

static void on_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct call *x = arg;

	x->exec = NULL;
	if (x->feed)
		end_stream(x, status);
	if (x->req) {
		server_set_user(x->req, NULL, NULL);
		if (status < 0)
			api_error(x->req, 502, "SANDBOX_GONE", "the session ended while the command ran");
		else
			reply_whole(x, status, timed_out, took_ms);
	}
	call_free(x);
}

/* The asker leaves: the command goes on, as in a VM. */
static void on_gone(struct server_req *r, void *user)
{
	struct call *x = user;

	(void)r;
	x->req = NULL;
}

static void on_reader_ready(void *arg)
{
	struct call *x = arg;

	if (x->exec)
		exec_hold(x->exec, false);
}

static void on_reader_gone(void *arg)
{
	struct call *x = arg;

	x->feed = NULL;
	on_reader_ready(x);
}

/* "timeout" in seconds, or "timeout_ms"; *ret_ms stays where there is neither. False: answered with 422. */
static bool exec_read_timeout(struct api_call *c, int64_t *ret_ms)
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

static void start_call(struct api_call *c, struct exec_spec *spec, bool stream)
{
	struct call *x = calloc(1, sizeof(*x));
	struct err e;
	int r;

	if (!x)
		abort();
	x->computer = c->machine->kind == SESSION_COMPUTER;
	buf_init(&x->out[0], OUTPUT_MAX);
	buf_init(&x->out[1], OUTPUT_MAX);
	spec->on_data = stream ? NULL : on_data;
	spec->on_line = stream ? on_line : NULL;
	spec->on_end = on_end;
	spec->arg = x;
	r = exec_start(spec, &x->exec, &e);
	if (r < 0) {
		api_failed(c->req, r, &e);
		call_free(x);
	} else if (stream) {
		x->feed = feed_begin(c->local->loop, c->req, on_reader_ready, on_reader_gone, x);
	} else {
		x->req = c->req;
		server_set_user(c->req, x, on_gone);
	}
}

static void start_ticket(struct api_call *c, struct exec_spec *spec)
{
	char ticket[TICKET_SIZE];
	int64_t until_ms;
	struct buf b;
	struct err e;
	int r = exec_ticket_start(c->local, spec, ticket, &until_ms, &e);

	if (r < 0) {
		api_failed(c->req, r, &e);
		return;
	}
	buf_init(&b, 1024);
	buf_printf(&b, "{\"ticket\":\"%s\",\"expires_at\":%lld,\"stream_url\":\"/api/v1/computers/%s/exec/stream/events?ticket=%s\"}", ticket,
		   (long long)(until_ms / 1000), c->machine->id, ticket);
	api_json(c->req, 202, &b);
	wipe(ticket, sizeof(ticket));
}

enum how { WHOLE, STREAM, TICKET };

/* command: what is told and, behind the variables, run. */
static void start(struct api_call *c, const char *command, enum how how)
{
	struct exec_spec spec = { .machine = c->machine, .command = command };
	int64_t ms = TIMEOUT_MS;
	char *cwd = NULL;
	struct buf script;

	buf_init(&script, SIZE_MAX - 1);
	if (exec_read_timeout(c, &ms) && env_put(c, &script) && exec_read_cwd(c, &cwd)) {
		buf_puts(&script, command);
		spec.script = buf_cstr(&script);
		spec.cwd = cwd;
		spec.timeout_ms = (int)ms;
		if (buf_failed(&script))
			api_error(c->req, 500, "INTERNAL_ERROR", "out of memory");
		else if (how == TICKET)
			start_ticket(c, &spec);
		else
			start_call(c, &spec, how == STREAM);
	}
	free(cwd);
	buf_release(&script);
}

static void run(struct api_call *c, enum how how)
{
	char *command;

	/* Refused before the command is started, not after. */
	if ((how == STREAM && feed_refused(c->req)) || !api_string(c, "command", &command))
		return;
	start(c, command, how);
	free(command);
}

static void exec_stream(struct api_call *c) { run(c, STREAM); }
static void exec_any(struct api_call *c) { run(c, c->machine->kind == SESSION_COMPUTER && api_wants_stream(c) ? STREAM : WHOLE); }

/* "shell": who runs the command; ours is /bin/sh. */
static void exec_by_ticket(struct api_call *c)
{
	static const char *const shells[] = { "/bin/sh", "/bin/bash", "/bin/dash", "sh", "bash", "dash" };
	char *shell, *command = NULL;
	struct buf line;
	size_t i = 0;

	if (!api_optional_string(c, "shell", &shell))
		return;
	while (shell && i < ARRAY_LEN(shells) && strcmp(shells[i], shell) != 0)
		i++;
	buf_init(&line, SIZE_MAX - 1);
	if (shell && i == ARRAY_LEN(shells)) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"shell\" must be /bin/sh, /bin/bash or /bin/dash");
	} else if (!shell) {
		run(c, TICKET);
	} else if (api_string(c, "command", &command)) {
		buf_printf(&line, "exec %s -c ", shell);
		env_put_quoted(&line, command);
		start(c, buf_cstr(&line), TICKET);
	}
	buf_release(&line);
	free(command);
	free(shell);
}

static void exec_python(struct api_call *c)
{
	char *code = json_strdup(&c->body, json_get(&c->body, c->root, "code"));
	struct buf command;

	if (!code)
		code = json_strdup(&c->body, json_get(&c->body, c->root, "command"));
	if (!code) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"code\" must be a string");
	} else if (access(PYTHON, X_OK) < 0) {
		api_error(c->req, 501, "NOT_IMPLEMENTED", "this machine has no " PYTHON "; run: apt-get install -y --no-install-recommends python3-minimal");
	} else {
		buf_init(&command, SIZE_MAX - 1);
		buf_puts(&command, PYTHON " -c ");
		env_put_quoted(&command, code);
		start(c, buf_cstr(&command), WHOLE);
		buf_release(&command);
	}
	free(code);
}

static void watch_ticket(struct api_call *c)
{
	char *ticket = api_query(c, "ticket");

	if (!ticket || !exec_ticket_watch(c->local, c->machine, ticket, c->req))
		api_error(c->req, 404, "NOT_FOUND", "there is no such ticket here, or it was used, or 60 s are over");
	free(ticket);
}

const struct api_route routes_exec[] = {
	{ HTTP_POST, "/sandboxes/{}/exec", true, true, exec_any },
	{ HTTP_POST, "/sandboxes/{}/exec/stream", true, true, exec_stream },
	{ HTTP_POST, "/computers/{}/exec", true, true, exec_any },
	{ HTTP_POST, "/computers/{}/exec/python", true, true, exec_python },
	{ HTTP_POST, "/computers/{}/exec/stream", true, true, exec_by_ticket },
	{ HTTP_GET, "/computers/{}/exec/stream/events", false, false, watch_ticket },
};
const size_t routes_exec_count = ARRAY_LEN(routes_exec);
