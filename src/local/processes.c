/* processes: commands that run on in a sandbox without anyone waiting for them: started, listed, signalled, ended. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "local/api.h"

enum { PROCESSES_MAX = 32, LINE_MAX_BYTES = 65536 };

struct process {
	struct process *next;
	struct machine *machine;
	struct server_req *req;		/* who started it, until its pid is known; NULL after */
	int64_t pid;			/* as seen inside; 0 until it is known */
	char *name, *command;
	int64_t started_wall_ms;
	bool ended;
	int status;			/* once it ended */
	struct buf line;
};

/* Somebody waits for a signal to be sent. */
struct kill_call {
	struct server_req *req;		/* NULL: gone */
	int ok_status;
};

static void process_free(struct process *p)
{
	buf_release(&p->line);
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

/* The first line is the shell's own number, which stays the command's; the others are the log's. */
static void take_line(struct process *p)
{
	if (p->pid != 0) {
		machine_log(p->machine, buf_cstr(&p->line), p->line.len);
	} else {
		p->pid = strtoll(buf_cstr(&p->line), NULL, 10);
		answer_started(p);
	}
	buf_clear(&p->line);
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct process *p = arg;
	size_t i;

	(void)stream;
	for (i = 0; i < len; i++) {
		if (data[i] == '\n')
			take_line(p);
		else
			buf_putc(&p->line, data[i]);
	}
}

static void on_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct process *p = arg;
	struct server_req *r = p->req;

	(void)timed_out;
	(void)took_ms;
	p->ended = true;
	p->status = status < 0 ? 255 : status;
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
	struct sandbox_exec_spec spec = { .command = script, .cwd = cwd, .on_output = on_output, .on_exit = on_end };
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
	buf_init(&p->line, LINE_MAX_BYTES);
	spec.arg = p;
	server_set_user(c->req, p, on_starter_gone);
	r = sandbox_exec(c->machine->sandbox, &spec, &e);
	if (r < 0) {
		server_set_user(c->req, NULL, NULL);
		api_failed(c->req, r, &e);
		process_free(p);
		return;
	}
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
	if (!exec_put_env(c, &script) || !exec_read_cwd(c, &cwd)) {
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

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "data");
	jw_begin(&w, '[');
	for (p = c->machine->processes; p; p = p->next)
		if (p->pid != 0)
			put(p, &w);
	jw_end(&w, ']');
	jw_end(&w, '}');
	api_json(c->req, 200, &b);
}

/* The one that the rest of the path names, which must end with `tail`; NULL: answered with 404. */
static struct process *find(struct api_call *c, const char *tail)
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

void processes_show(struct api_call *c)
{
	const struct process *p = find(c, "");
	struct buf b;
	struct jsonw w;

	if (!p)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put(p, &w);
	api_json(c->req, 200, &b);
}

static void no_output(int stream, const char *data, size_t len, void *arg)
{
	(void)stream;
	(void)data;
	(void)len;
	(void)arg;
}

static void on_killed(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct kill_call *k = arg;

	(void)timed_out;
	(void)took_ms;
	if (k->req) {
		server_set_user(k->req, NULL, NULL);
		if (status != 0)
			api_error(k->req, 409, "PROCESS_ENDED", "it has ended already");
		else
			server_reply(k->req, k->ok_status, NULL, "", 0);
	}
	free(k);
}

static void on_killer_gone(struct server_req *r, void *user)
{
	struct kill_call *k = user;

	(void)r;
	k->req = NULL;
}

/* From inside, where its number means it; a command is the leader of a process group. */
static void run_kill(struct api_call *c, const char *script, int ok_status)
{
	struct sandbox_exec_spec spec = { .command = script, .timeout_ms = 10000, .on_output = no_output, .on_exit = on_killed };
	struct kill_call *k = calloc(1, sizeof(*k));
	struct err e;
	int r;

	if (!k)
		abort();
	*k = (struct kill_call){ .req = c->req, .ok_status = ok_status };
	spec.arg = k;
	server_set_user(c->req, k, on_killer_gone);
	r = sandbox_exec(c->machine->sandbox, &spec, &e);
	if (r == 0)
		return;
	server_set_user(c->req, NULL, NULL);
	api_failed(c->req, r, &e);
	free(k);
}

void processes_signal(struct api_call *c)
{
	static const char *const known[] = { "TERM", "KILL", "INT", "HUP", "QUIT", "USR1", "USR2", "STOP", "CONT" };
	const struct process *p = find(c, "/signal");
	char *name, script[96];
	size_t i;

	if (!p || !api_string(c, "signal", &name))
		return;
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(name + (strncmp(name, "SIG", 3) == 0 ? 3 : 0), known[i]) == 0)
			break;
	free(name);
	if (i == ARRAY_LEN(known)) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"signal\" is none of SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGSTOP, SIGCONT");
		return;
	}
	snprintf(script, sizeof(script), "kill -s %s -- -%lld", known[i], (long long)p->pid);
	run_kill(c, script, 200);
}

/* Asked first, killed after 5 s. */
void processes_end(struct api_call *c)
{
	const struct process *p = find(c, "");
	char script[256];

	if (!p)
		return;
	snprintf(script, sizeof(script), "kill -s TERM -- -%lld || exit 1\nfor i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; kill -s 0 -- -%lld || exit 0; done\n"
		 "kill -s KILL -- -%lld; exit 0", (long long)p->pid, (long long)p->pid, (long long)p->pid);
	run_kill(c, script, 204);
}
