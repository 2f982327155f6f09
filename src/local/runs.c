/* runs: see runs.h. */
#include "config.h"

#include "local/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"
#include "local/exec.h"
#include "local/when.h"

enum status { RUNNING, SUCCEEDED, FAILED, CANCELED };
static const char *const status_words[] = { "running", "succeeded", "failed", "canceled" };

struct run {
	struct run *next;	/* an older one */
	struct local *local;
	char id[24], target[48];
	bool agent, computer;
	char *instruction, *command;
	enum status status;
	bool wanted_end;	/* it was canceled; the command has still to end */
	int exit_code, timeout_ms;
	char error[128];
	int64_t created_ms, finished_ms;	/* wall time */
	int64_t sequence;	/* of the newest row of its activity */
	struct events *activity;
	struct exec *exec;	/* NULL: it has ended */
	struct buf output;	/* the first RUN_OUTPUT_MAX bytes, both streams as they came */
	bool truncated;
};

/* One row: payload is JSON without its braces, "" for none. */
static void add_row(struct run *r, const char *type, const char *message, size_t len, const char *payload)
{
	char at[WHEN_SIZE];
	struct buf b;
	struct jsonw w;

	when_text(clock_wall_ms(), at);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, r->agent ? "agent_run_id" : "run_id", r->id);
	jw_kint(&w, "sequence", ++r->sequence);
	jw_kstr(&w, "type", type);
	jw_key(&w, "message");
	jw_strn(&w, message, len);
	buf_printf(&b, ",\"payload\":{%s}", payload);
	jw_kstr(&w, "created_at", at);
	jw_end(&w, '}');
	if (!buf_failed(&b))
		events_add(r->activity, type, b.data, b.len);
	buf_release(&b);
}

static void tell_tenant(const struct run *r, const char *type)
{
	struct buf more;
	char name[48];

	snprintf(name, sizeof(name), "%s.%s", r->agent ? "agent_run" : "run", type);
	buf_init(&more, 512);
	buf_printf(&more, "\"target_kind\":\"%s\",\"target_id\":\"%s\",\"status\":\"%s\",\"extension\":\"assent-local\"", r->computer ? "computer" : "sandbox",
		   r->target, status_words[r->status]);
	api_tenant_event(r->local, name, r->id, &more);
	buf_release(&more);
}

static void on_data(int stream, const char *data, size_t len, void *arg)
{
	struct run *r = arg;
	size_t room = RUN_OUTPUT_MAX - r->output.len;

	(void)stream;
	r->truncated = r->truncated || len > room;
	buf_append(&r->output, data, len < room ? len : room);
}

static void on_line(int stream, const char *text, size_t len, void *arg)
{
	add_row(arg, "command.output", text, len, stream == 1 ? "\"stream\":\"stdout\"" : "\"stream\":\"stderr\"");
}

static void on_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct run *r = arg;
	char message[160], payload[96], type[24];

	r->exec = NULL;
	r->exit_code = status;
	r->finished_ms = clock_wall_ms();
	r->status = r->wanted_end ? CANCELED : status == 0 ? SUCCEEDED : FAILED;
	if (r->status == FAILED && status < 0)
		snprintf(r->error, sizeof(r->error), "the session ended while the command ran");
	else if (r->status == FAILED && timed_out)
		snprintf(r->error, sizeof(r->error), "it ran longer than %d s, and was killed", r->timeout_ms / 1000);
	else if (r->status == FAILED)
		snprintf(r->error, sizeof(r->error), "exit status %d", status);
	snprintf(type, sizeof(type), "run.%s", status_words[r->status]);
	snprintf(message, sizeof(message), "%s", r->error[0] ? r->error : r->status == CANCELED ? "it was canceled" : "exit status 0");
	snprintf(payload, sizeof(payload), "\"exit_code\":%d,\"duration_ms\":%lld", status, (long long)took_ms);
	add_row(r, type, message, strlen(message), payload);
	events_finish(r->activity);
	tell_tenant(r, status_words[r->status]);
}

static void run_free(struct run *r)
{
	events_close(r->activity);
	buf_release(&r->output);
	free(r->instruction);
	free(r->command);
	free(r);
}

/* The oldest that has ended goes when there are too many. */
static bool make_room(struct local *l)
{
	struct run **p, **old = NULL, *gone;
	int n = 0;

	for (p = &l->runs; *p; p = &(*p)->next) {
		n++;
		if (!(*p)->exec)
			old = p;
	}
	if (n < RUNS_KEPT)
		return true;
	if (!old)
		return false;
	gone = *old;
	*old = gone->next;
	run_free(gone);
	return true;
}

int run_start(struct local *l, const struct run_spec *s, struct run **ret, struct err *e)
{
	struct exec_spec exec = { .machine = s->machine, .command = s->command, .script = s->script, .cwd = s->cwd, .timeout_ms = s->timeout_ms, .killable = true,
				  .on_data = on_data, .on_line = on_line, .on_end = on_end };
	struct run *r;
	char random[17];
	int result;

	if (!make_room(l))
		return err_set(e, ERR_TOOBIG, "%d runs go on already", RUNS_KEPT);
	r = calloc(1, sizeof(*r));
	if (!r || !(r->instruction = strdup(s->instruction)) || !(r->command = strdup(s->command)) || !(r->activity = events_new(l->loop)))
		abort();
	r->local = l;
	r->agent = s->agent;
	r->computer = s->machine->kind == SESSION_COMPUTER;
	r->timeout_ms = s->timeout_ms;
	r->created_ms = clock_wall_ms();
	snprintf(r->target, sizeof(r->target), "%s", s->machine->id);
	buf_init(&r->output, RUN_OUTPUT_MAX);
	random_hex(random, 16);
	snprintf(r->id, sizeof(r->id), "run_%s", random);
	exec.arg = r;
	result = exec_start(&exec, &r->exec, e);
	if (result < 0) {
		run_free(r);
		return result;
	}
	r->next = l->runs;
	l->runs = r;
	add_row(r, "run.started", r->command, strlen(r->command), "\"runner\":\"custom\"");
	tell_tenant(r, "started");
	*ret = r;
	return 0;
}

struct run *run_find(const struct local *l, bool agent, const char *id)
{
	struct run *r;

	for (r = l->runs; r && (r->agent != agent || strcmp(r->id, id) != 0); r = r->next)
		;
	return r;
}

void run_cancel(struct run *r)
{
	if (!r->exec)
		return;
	r->wanted_end = true;
	exec_kill(r->exec);
}

struct events *run_activity(const struct run *r)
{
	return r->activity;
}

void run_json(const struct run *r, struct jsonw *w)
{
	char created[WHEN_SIZE], finished[WHEN_SIZE];

	when_text(r->created_ms, created);
	when_text(r->finished_ms, finished);
	jw_begin(w, '{');
	jw_kstr(w, "id", r->id);
	jw_kstr(w, r->agent ? "prompt" : "instruction", r->instruction);
	jw_kstr(w, "target_kind", r->computer ? "computer" : "sandbox");
	jw_kstr(w, "target_id", r->target);
	jw_kstr(w, r->computer ? "computer_id" : "sandbox_id", r->target);
	jw_kstr(w, "runner", "custom");
	jw_kstr(w, "command", r->command);
	jw_kstr(w, "status", status_words[r->status]);
	if (r->finished_ms > 0)
		jw_kint(w, "exit_code", r->exit_code);
	jw_kstr(w, "error", r->error[0] ? r->error : NULL);
	jw_kstr(w, "created_at", created);
	jw_kstr(w, "finished_at", r->finished_ms > 0 ? finished : NULL);
	jw_end(w, '}');
}

void run_output_json(const struct run *r, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_key(w, "output");
	jw_strn(w, buf_cstr(&r->output), r->output.len);
	jw_kbool(w, "truncated", r->truncated);
	if (r->finished_ms > 0)
		jw_kint(w, "exit_code", r->exit_code);
	jw_end(w, '}');
}

static void put_message(const struct run *r, int number, const char *role, const char *content, int64_t at_ms, struct jsonw *w)
{
	char id[40], at[WHEN_SIZE];

	snprintf(id, sizeof(id), "%s_%d", r->id, number);
	when_text(at_ms, at);
	jw_begin(w, '{');
	jw_kstr(w, "id", id);
	jw_kstr(w, r->agent ? "agent_run_id" : "run_id", r->id);
	jw_kstr(w, "role", role);
	jw_kstr(w, "content", content);
	jw_kstr(w, "created_at", at);
	jw_end(w, '}');
}

void run_messages_json(const struct run *r, struct jsonw *w)
{
	char text[200];

	jw_begin(w, '[');
	put_message(r, 1, "user", r->instruction, r->created_ms, w);
	if (r->finished_ms > 0) {
		snprintf(text, sizeof(text), "%s%s%s", status_words[r->status], r->error[0] ? ": " : "", r->error);
		put_message(r, 2, "runner", text, r->finished_ms, w);
	}
	jw_end(w, ']');
}

void runs_list(const struct local *l, bool agent, int limit, struct jsonw *w)
{
	const struct run *r;

	jw_begin(w, '[');
	for (r = l->runs; r && limit > 0; r = r->next) {
		if (r->agent != agent)
			continue;
		run_json(r, w);
		limit--;
	}
	jw_end(w, ']');
}

void runs_close(struct local *l)
{
	struct run *r;

	while ((r = l->runs) != NULL) {
		l->runs = r->next;
		run_free(r);
	}
}
