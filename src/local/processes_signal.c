/* processes_signal: signals to processes: what is asked for, and the end of one. See processes_own.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local/processes_own.h"

/* Somebody waits for a signal to be sent. */
struct kill_call {
	struct server_req *req;		/* NULL: gone */
	int ok_status;
};

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
	struct sandbox_exec_spec spec = { .command = script, .timeout_ms = 10000, .on_exit = on_killed };
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
	const struct process *p = process_named(c, "/signal");
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
	const struct process *p = process_named(c, "");
	char script[256];

	if (!p)
		return;
	snprintf(script, sizeof(script), "kill -s TERM -- -%lld || exit 1\nfor i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; kill -s 0 -- -%lld || exit 0; done\n"
		 "kill -s KILL -- -%lld; exit 0", (long long)p->pid, (long long)p->pid, (long long)p->pid);
	run_kill(c, script, 204);
}
