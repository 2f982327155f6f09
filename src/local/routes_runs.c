/* routes_runs: /runs and /agent-runs. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local/api.h"
#include "local/history.h"
#include "local/runs.h"

enum { TIMEOUT_MS = 600 * 1000, LISTED = 100 };

static bool is_agent(const struct api_call *c)
{
	return strncmp(c->route->template, "/agent-runs", 11) == 0;
}

static void reply(struct api_call *c, int status, const struct run *r, void (*put)(const struct run *r, struct jsonw *w))
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	put(r, &w);
	api_send_data(c, status, &b, &w);
}

static void list(struct api_call *c)
{
	int64_t limit = LISTED;
	struct buf b;
	struct jsonw w;

	if (!api_query_int(c, "limit", 1, LISTED, &limit))
		return;
	api_data(&b, &w);
	runs_list(c->local, is_agent(c), (int)limit, &w);
	api_send_data(c, 200, &b, &w);
}

/* One more name of the target: the same as those before, or it is no target. */
static bool agree(char **id, char *other)
{
	bool same = other && (!*id || strcmp(*id, other) == 0);

	free(*id);
	*id = other;
	return same;
}

/* "target_kind" with "target_id", or "sandbox_id", or "computer_id"; several if they agree. NULL: answered. */
static struct machine *read_target(struct api_call *c)
{
	static const char *const keys[] = { "target_id", "sandbox_id", "computer_id" };
	int kind = json_get(&c->body, c->root, "target_kind");
	bool sandbox = json_str_is(&c->body, kind, "sandbox"), computer = json_str_is(&c->body, kind, "computer"), good = kind == JSON_NONE || sandbox || computer;
	struct machine *m;
	char *id = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++) {
		int v = json_get(&c->body, c->root, keys[i]);

		if (v == JSON_NONE)
			continue;
		good = agree(&id, json_strdup(&c->body, v)) && good;
		sandbox = sandbox || i == 1;
		computer = computer || i == 2;
	}
	m = id ? machine_find(c->local, id) : NULL;
	if (!good || !id || sandbox == computer) {
		api_error(c->req, 422, "VALIDATION_ERROR", "one target must be named: \"target_kind\" (sandbox or computer) with \"target_id\", or \"sandbox_id\", or \"computer_id\"");
		m = NULL;
	} else if (!m || (m->kind == SESSION_COMPUTER) != computer) {
		api_error(c->req, 404, "NOT_FOUND", "there is no such %s: %s", computer ? "computer" : "sandbox", id);
		m = NULL;
	} else if (strcmp(m->state, "running") != 0) {
		api_error(c->req, 409, computer ? "COMPUTER_NOT_RUNNING" : "SANDBOX_NOT_COMMAND_READY", "%s is %s", m->name, m->state);
		m = NULL;
	}
	free(id);
	return m;
}

static bool read_runner(struct api_call *c)
{
	int v = json_get(&c->body, c->root, "runner");

	if (json_str_is(&c->body, v, "custom"))
		return true;
	api_error(c->req, 422, "RUNNER_NOT_AVAILABLE", "\"runner\" must be \"custom\", which runs \"command\": no other runner is here");
	return false;
}

static void begin(struct api_call *c, struct run_spec *spec)
{
	int64_t seconds = TIMEOUT_MS / 1000;
	struct buf script;
	struct run *run;
	struct err e;
	bool bad;
	int r;

	api_optional_int(c, "timeout", &seconds, &bad);
	if (bad)
		return;
	if (seconds < 1 || seconds > RUN_TIMEOUT_MAX_MS / 1000) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"timeout\" must be 1 to %d seconds", RUN_TIMEOUT_MAX_MS / 1000);
		return;
	}
	buf_init(&script, SIZE_MAX - 1);
	if (env_put(c, &script)) {
		buf_puts(&script, spec->command);
		spec->script = buf_cstr(&script);
		spec->timeout_ms = (int)seconds * 1000;
		r = run_start(c->local, spec, &run, &e);
		if (r == 0)
			reply(c, 201, run, run_json);
		else if (r == ERR_TOOBIG)
			api_error(c->req, 409, "TOO_MANY_RUNS", "%s", e.msg);
		else
			api_failed(c->req, r, &e);
	}
	buf_release(&script);
}

static void create(struct api_call *c)
{
	static const char *const fields[] = { "instruction", "prompt", "target_kind", "target_id", "sandbox_id", "computer_id", "runner", "command", "cwd",
					      "timeout", "env", NULL };
	bool agent = is_agent(c);
	const char *key = json_get(&c->body, c->root, "prompt") != JSON_NONE && (agent || json_get(&c->body, c->root, "instruction") == JSON_NONE) ? "prompt" : "instruction";
	struct run_spec spec = { .agent = agent };
	char *instruction = NULL, *command = NULL, *cwd = NULL;

	if (!api_only(c, fields) || !read_runner(c) || !(spec.machine = read_target(c)))
		return;
	if (api_string(c, key, &instruction) && api_string(c, "command", &command) && api_optional_string(c, "cwd", &cwd)) {
		spec.instruction = instruction;
		spec.command = command;
		spec.cwd = cwd;
		begin(c, &spec);
	}
	free(instruction);
	free(command);
	free(cwd);
}

/* NULL: answered with 404. */
static struct run *find(struct api_call *c)
{
	struct run *r = run_find(c->local, is_agent(c), c->ids[0]);

	if (!r)
		api_error(c->req, 404, "NOT_FOUND", "there is no such run");
	return r;
}

static void show_as(struct api_call *c, void (*put)(const struct run *r, struct jsonw *w))
{
	const struct run *r = find(c);

	if (r)
		reply(c, 200, r, put);
}

static void show(struct api_call *c) { show_as(c, run_json); }
static void output(struct api_call *c) { show_as(c, run_output_json); }
static void messages(struct api_call *c) { show_as(c, run_messages_json); }

static void activity(struct api_call *c)
{
	const struct run *r = find(c);

	if (r)
		history_reply(c, run_activity(r));
}

static void cancel(struct api_call *c)
{
	static const char *const none[] = { NULL };
	struct run *r = api_only(c, none) ? find(c) : NULL;

	if (!r)
		return;
	run_cancel(r);
	reply(c, 200, r, run_json);
}

#define RUNS(name) \
	{ HTTP_GET, "/" name, false, false, list }, \
	{ HTTP_POST, "/" name, true, false, create }, \
	{ HTTP_GET, "/" name "/{}", false, false, show }, \
	{ HTTP_GET, "/" name "/{}/command-output", false, false, output }, \
	{ HTTP_GET, "/" name "/{}/messages", false, false, messages }, \
	{ HTTP_GET, "/" name "/{}/activity", false, false, activity }, \
	{ HTTP_GET, "/" name "/{}/events", false, false, activity }, \
	{ HTTP_POST, "/" name "/{}/cancel", true, false, cancel }

const struct api_route routes_runs[] = { RUNS("runs"), RUNS("agent-runs") };
const size_t routes_runs_count = ARRAY_LEN(routes_runs);
