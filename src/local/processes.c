/* processes: commands that run on in a sandbox without anyone waiting for them: started, listed, read, written to. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "local/exec.h"
#include "local/processes_own.h"
#include "local/trail.h"

enum { PROCESSES_MAX = 32, LINE_MAX_BYTES = 65536, TAIL = 200, TAIL_MAX = 10000 };

static void process_free(struct process *p)
{
	buf_release(&p->line[0]);
	buf_release(&p->line[1]);
	events_close(p->output);
	free(p->name);
	free(p->command);
	free(p);
}

void processes_free(struct machine *m)
{
	struct process *p;

	while ((p = m->processes) != NULL) {
		m->processes = p->next;
		process_free(p);
	}
}

static void put(const struct process *p, struct jsonw *w)
{
	time_t t = (time_t)(p->started_wall_ms / 1000);
	struct tm tm;
	char at[40];

	gmtime_r(&t, &tm);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jw_begin(w, '{');
	jw_kint(w, "pid", p->pid);
	jw_kstr(w, "name", p->name);
	jw_kstr(w, "command", p->command);
	jw_kstr(w, "status", p->ended ? "exited" : "running");
	jw_kstr(w, "started_at", at);
	if (p->ended)
		jw_kint(w, "exit_code", p->status);
	jw_end(w, '}');
}

static void answer_started(struct process *p)
{
	struct server_req *r = p->req;
	struct buf b;
	struct jsonw w;

	if (!r)
		return;
	p->req = NULL;
	server_set_user(r, NULL, NULL);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put(p, &w);
	api_json(r, 201, &b);
}

/* On the sandbox's own stream. */
static void tell(const struct process *p, const char *type)
{
	struct buf b;
	struct jsonw w;

	if (p->machine->closing)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "pid", p->pid);
	jw_kstr(&w, "cmd", p->command);
	if (p->ended)
		jw_kint(&w, "exit_code", p->status);
	jw_end(&w, '}');
	machine_event(p->machine, type, &b);
}

static void give_line(struct process *p, int stream, const char *text, size_t len)
{
	struct buf b;

	machine_log(p->machine, stream, NULL, p->pid, text, len);
	buf_init(&b, SIZE_MAX - 1);
	exec_put_line(&b, text, len);
	events_add(p->output, stream == 2 ? "stderr" : "stdout", buf_cstr(&b), b.len);
	buf_release(&b);
}

/* The first line is the shell's own number, which stays the command's; the others are the log's. */
static void take_line(struct process *p, int stream)
{
	struct buf *line = &p->line[stream - 1];

	if (p->pid != 0 || stream == 2) {
		give_line(p, stream, buf_cstr(line), line->len);
	} else {
		p->pid = strtoll(buf_cstr(line), NULL, 10);
		tell(p, "process.started");
		answer_started(p);
	}
	buf_clear(line);
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct process *p = arg;
	struct buf *line = &p->line[stream - 1];

	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;

		buf_append(line, data, n < LINE_MAX_BYTES - line->len ? n : LINE_MAX_BYTES - line->len);
		if (end) {
			take_line(p, stream);
			n++;
		}
		data += n;
		len -= n;
	}
}

static void on_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct process *p = arg;
	struct server_req *r;
	char data[48];
	int i;

	(void)timed_out;
	(void)took_ms;
	for (i = 0; i < 2; i++)
		if (p->line[i].len > 0)
			take_line(p, i + 1);
	lifecycle_used(p->machine, -1);
	p->running = NULL;
	p->ended = true;
	p->status = status < 0 ? 255 : status;
	tell(p, "process.stopped");
	snprintf(data, sizeof(data), "{\"exit_code\":%d}", p->status);
	events_add(p->output, "exit", data, strlen(data));
	events_finish(p->output);
	r = p->req;
	if (r) {
		p->req = NULL;
		server_set_user(r, NULL, NULL);
		api_error(r, 502, "SANDBOX_GONE", "the command could not be started");
	}
}

static void on_starter_gone(struct server_req *r, void *user)
{
	struct process *p = user;

	(void)r;
	p->req = NULL;
}

/* Those that ended stay in the list until there is need for room. */
static bool make_room(struct machine *m)
{
	struct process **p, *old;
	int n = 0;

	for (p = &m->processes; *p; p = &(*p)->next)
		n++;
	if (n < PROCESSES_MAX)
		return true;
	for (p = &m->processes; *p && !(*p)->ended; p = &(*p)->next)
		;
	old = *p;
	if (!old)
		return false;
	*p = old->next;
	process_free(old);
	return true;
}

static void run(struct api_call *c, char *command, const char *script, const char *cwd)
{
	struct sandbox_exec_spec spec = { .command = script, .cwd = cwd, .input = true, .on_output = on_output, .on_exit = on_end };
	struct process *p = calloc(1, sizeof(*p)), **end = &c->machine->processes;
	struct err e;
	int r;

	if (!p)
		abort();
	p->machine = c->machine;
	p->req = c->req;
	p->command = command;
	p->name = json_strdup(&c->body, json_get(&c->body, c->root, "name"));
	p->started_wall_ms = clock_wall_ms();
	buf_init(&p->line[0], LINE_MAX_BYTES);
	buf_init(&p->line[1], LINE_MAX_BYTES);
	p->output = events_new(c->local->loop);
	if (!p->output)
		abort();
	spec.arg = p;
	spec.ret = &p->running;
	server_set_user(c->req, p, on_starter_gone);
	r = sandbox_exec(c->machine->sandbox, &spec, &e);
	if (r < 0) {
		server_set_user(c->req, NULL, NULL);
		api_failed(c->req, r, &e);
		process_free(p);
		return;
	}
	lifecycle_used(c->machine, 1);
	while (*end)
		end = &(*end)->next;
	*end = p;
}

void processes_start(struct api_call *c)
{
	char *command, *cwd;
	struct buf script;

	if (!api_string(c, "command", &command))
		return;
	buf_init(&script, SIZE_MAX - 1);
	buf_puts(&script, "echo $$\n");
	if (!env_put(c, &script) || !exec_read_cwd(c, &cwd)) {
		free(command);
	} else if (!make_room(c->machine)) {
		api_error(c->req, 409, "TOO_MANY_PROCESSES", "%d processes run in %s already", PROCESSES_MAX, c->machine->name);
		free(command);
		free(cwd);
	} else {
		buf_puts(&script, command);
		run(c, command, buf_cstr(&script), cwd);
		free(cwd);
	}
	buf_release(&script);
}

void processes_list(struct api_call *c)
{
	const struct process *p;
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	jw_begin(&w, '[');
	for (p = c->machine->processes; p; p = p->next)
		if (p->pid != 0)
			put(p, &w);
	jw_end(&w, ']');
	api_send_data(c, 200, &b, &w);
}

struct process *process_named(struct api_call *c, const char *tail)
{
	char *end;
	int64_t pid = strtoll(c->rest + 1, &end, 10);
	struct process *p;

	for (p = c->machine->processes; p && p->pid != pid; p = p->next)
		;
	if (p && pid > 0 && strcmp(end, tail) == 0)
		return p;
	api_error(c->req, 404, "NOT_FOUND", "there is no such process in %s", c->machine->name);
	return NULL;
}

static void show(struct api_call *c)
{
	const struct process *p = process_named(c, "");
	struct buf b;
	struct jsonw w;

	if (!p)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put(p, &w);
	api_json(c->req, 200, &b);
}

static void show_stream(struct api_call *c, const char *tail)
{
	const struct process *p = process_named(c, tail);

	if (p)
		events_subscribe_all(p->output, c->req);
}

/* {"data":[{"stream","line"}]}: the newest lines. */
static void show_output(struct api_call *c, const char *tail)
{
	const struct process *p = process_named(c, tail);
	const struct trail *t = p ? events_trail(p->output) : NULL;
	int64_t skip = TAIL;
	struct trail_event event;
	struct buf b, kept;
	const char *line, *end;
	uint64_t at, next;
	struct jsonw w;

	if (!p || !api_query_int(c, "tail", 1, INT32_MAX, &skip))
		return;
	skip = -(skip < TAIL_MAX ? skip : TAIL_MAX);
	buf_init(&kept, SIZE_MAX - 1);
	for (at = trail_first(t); at < trail_end(t) && trail_read(t, at, SIZE_MAX, &kept, &next, NULL) == 0; at = next)
		;
	for (line = kept.data; line && (line = memchr(line, '\n', kept.len - (size_t)(line - kept.data))) != NULL; line++)
		skip++;
	if (p->ended)
		skip--;	/* its end is no line */
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "data");
	jw_begin(&w, '[');
	for (line = kept.data; line && (end = memchr(line, '\n', kept.len - (size_t)(line - kept.data))) != NULL; line = end + 1) {
		if (skip-- > 0 || !trail_parse(line, (size_t)(end - line), &event) || strcmp(event.type, "exit") == 0)
			continue;
		jw_begin(&w, '{');
		jw_kstr(&w, "stream", event.type);
		w.comma = true;
		buf_putc(&b, ',');
		buf_append(&b, event.json + 1, event.len - 1);	/* {"line": ...}, its own bracket and all that follows */
		w.comma = true;
	}
	jw_end(&w, ']');
	jw_end(&w, '}');
	buf_release(&kept);
	api_json(c->req, 200, &b);
}

/* Below /processes/: the one, or what is told of it. */
void processes_get(struct api_call *c)
{
	const char *what = strchr(c->rest + 1, '/');

	if (what && strcmp(what, "/stream") == 0)
		show_stream(c, what);
	else if (what && strcmp(what, "/logs") == 0)
		show_output(c, what);
	else
		show(c);
}

static void write_input(struct api_call *c)
{
	const struct process *p = process_named(c, "/stdin");
	struct buf data;
	struct err e;
	int r;

	if (!p)
		return;
	buf_init(&data, SIZE_MAX - 1);
	if (json_str(&c->body, json_get(&c->body, c->root, "data"), &data) < 0) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"data\" must be a string");
	} else {
		r = p->running ? sandbox_exec_write(p->running, buf_cstr(&data), data.len, &e) : err_set(&e, ERR_STATE, "it has ended already");
		if (r == 0)
			server_reply(c->req, 204, NULL, "", 0);
		else if (r == ERR_STATE)
			api_error(c->req, 409, "PROCESS_ENDED", "%s", e.msg);
		else
			api_failed(c->req, r, &e);
	}
	buf_release(&data);
}

void processes_post(struct api_call *c)
{
	const char *what = strchr(c->rest + 1, '/');

	if (what && strcmp(what, "/stdin") == 0)
		write_input(c);
	else
		processes_signal(c);
}
