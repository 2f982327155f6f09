/* control: see control.h. */
#include "config.h"

#include "local/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/act.h"
#include "local/api.h"
#include "local/exec.h"
#include "local/step.h"
#include "local/when.h"

enum { OUTPUT_MAX = 64 * 1024, COMMAND_MS = 300000 };

enum status { RUNNING, PAUSED, COMPLETED, FAILED, CANCELLED };
static const char *const status_words[] = { "running", "paused", "completed", "failed", "cancelled" };

struct control {
	struct control *next;
	struct machine *machine;
	char id[24], *goal;
	enum status status;
	struct step *steps;
	size_t count, at;		/* at: the next one */
	int max_turns, turns;
	int clicks, types, commands, pictures;
	char error[600];
	int64_t started_ms, finished_ms;	/* wall time */
	struct events *events;
	bool busy;			/* a step is out */
	struct exec *exec;		/* of it */
	struct buf output;
	uv_timer_t timer;		/* the next step, or the end of a wait */
};

/* ---- what is told ---- */

/* data: JSON without its braces; content: the same for people. */
static void tell(struct control *s, const char *type, const struct buf *data, const char *content)
{
	char at[WHEN_SIZE];
	struct events *all = control_agent_events(s->machine);
	struct buf b;
	struct jsonw w;

	when_text(clock_wall_ms(), at);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "type", type);
	jw_kstr(&w, "session_id", s->id);
	jw_kstr(&w, "computer_id", s->machine->id);
	buf_printf(&b, ",\"data\":{%s}", buf_cstr(data));
	jw_kstr(&w, "content", content);
	jw_kstr(&w, "timestamp", at);
	jw_end(&w, '}');
	if (!buf_failed(&b)) {
		events_add(s->events, type, b.data, b.len);
		if (all)
			events_add(all, type, b.data, b.len);
	}
	buf_release(&b);
}

/* With one field. */
static void tell_text(struct control *s, const char *type, const char *key, const char *text)
{
	struct buf data;
	struct jsonw w;

	buf_init(&data, SIZE_MAX - 1);
	jw_init(&w, &data);
	jw_kstr(&w, key, text);
	tell(s, type, &data, text);
	buf_release(&data);
}

static void tell_turn(struct control *s, const char *type)
{
	struct buf data;
	char content[40];

	buf_init(&data, 64);
	buf_printf(&data, "\"turn\":%d", s->turns);
	snprintf(content, sizeof(content), "turn %d", s->turns);
	tell(s, type, &data, content);
	buf_release(&data);
}

static void tell_tenant(const struct control *s, const char *what)
{
	struct buf more;
	char type[64];

	snprintf(type, sizeof(type), "control.session.%s", what);
	buf_init(&more, 512);
	buf_printf(&more, "\"computer_id\":\"%s\",\"status\":\"%s\",\"extension\":\"assent-local\"", s->machine->id, status_words[s->status]);
	api_tenant_event(s->machine->local, type, s->id, &more);
	buf_release(&more);
}

static void tell_call(struct control *s, const struct step *step)
{
	struct buf data;
	struct jsonw w;

	buf_init(&data, SIZE_MAX - 1);
	jw_init(&w, &data);
	jw_kstr(&w, "tool", step->tool);
	jw_key(&w, "input");
	jw_raw(&w, step->input.data, step->input.len);
	tell(s, "tool_call", &data, step->text ? step->text : step->tool);
	buf_release(&data);
}

static void tell_result(struct control *s, const struct step *step, bool success, const char *output, size_t len)
{
	struct buf data, text;
	struct jsonw w;

	buf_init(&data, SIZE_MAX - 1);
	buf_init(&text, SIZE_MAX - 1);
	buf_append(&text, output, len);
	jw_init(&w, &data);
	jw_kstr(&w, "tool", step->tool);
	jw_kbool(&w, "success", success);
	jw_key(&w, "output");
	jw_strn(&w, buf_cstr(&text), text.len);
	tell(s, "tool_result", &data, buf_cstr(&text));
	buf_release(&data);
	buf_release(&text);
}

/* ---- steps ---- */

static void end(struct control *s, enum status status)
{
	s->status = status;
	s->finished_ms = clock_wall_ms();
	uv_timer_stop(&s->timer);
	if (status == COMPLETED)
		tell_text(s, "session_completed", "result", "every step was carried out");
	else if (status == FAILED)
		tell_text(s, "session_failed", "error", s->error);
	tell_text(s, "done", "status", status_words[status]);
	tell_tenant(s, status_words[status]);
	events_finish(s->events);
}

static void on_turn(uv_timer_t *t);

static void next_turn(struct control *s)
{
	uv_timer_start(&s->timer, on_turn, 0, 0);
}

static void step_done(struct control *s, bool success, const char *output, size_t len)
{
	const struct step *step = &s->steps[s->at - 1];

	s->busy = false;
	if (s->status > PAUSED)
		return;		/* cancelled meanwhile */
	tell_result(s, step, success, output, len);
	if (!success) {
		snprintf(s->error, sizeof(s->error), "step %zu (%s) failed: %.*s", s->at, step->tool, (int)(len < 400 ? len : 400), output);
		end(s, FAILED);
		return;
	}
	tell_turn(s, "turn_completed");
	if (s->status == RUNNING)
		next_turn(s);
}

static void on_desktop(int status, bool png, const char *data, size_t len, void *arg)
{
	char size[48];

	if (png)
		len = (size_t)snprintf(size, sizeof(size), "a picture of %zu bytes", len), data = size;
	step_done(arg, status == 200, data, len);
}

static void on_waited(uv_timer_t *t)
{
	step_done(t->data, true, "", 0);
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct control *s = arg;

	(void)stream;
	buf_append(&s->output, data, len < OUTPUT_MAX - s->output.len ? len : OUTPUT_MAX - s->output.len);
}

static void on_command(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct control *s = arg;

	(void)took_ms;
	s->exec = NULL;
	if (status != 0) {
		char why[64];

		snprintf(why, sizeof(why), "exit status %d%s", status, timed_out ? ": its time was over" : "");
		buf_consume(&s->output, s->output.len > OUTPUT_MAX - sizeof(why) ? sizeof(why) : 0);
		buf_printf(&s->output, "%s%s", s->output.len > 0 && s->output.data[s->output.len - 1] != '\n' ? "\n" : "", why);
	}
	step_done(s, status == 0, buf_cstr(&s->output), s->output.len);
}

static void run_command(struct control *s, const struct step *step)
{
	struct exec_spec spec = { .machine = s->machine, .command = step->text, .timeout_ms = COMMAND_MS, .killable = true, .on_data = on_output,
				  .on_end = on_command, .arg = s };
	struct buf script;
	struct err e;
	int r;

	buf_clear(&s->output);
	buf_init(&script, SIZE_MAX - 1);
	buf_printf(&script, "export DISPLAY=:$(cat \"$HOME/.display\")\ncd \"$HOME\"\n%s", step->text);
	spec.script = buf_cstr(&script);
	r = buf_failed(&script) ? err_set(&e, ERR_NOMEM, "out of memory") : exec_start(&spec, &s->exec, &e);
	buf_release(&script);
	if (r < 0)
		step_done(s, false, e.msg, strlen(e.msg));
}

static void carry_out(struct control *s, const struct step *step)
{
	s->busy = true;
	s->clicks += step->kind == STEP_CLICK;
	s->types += step->kind == STEP_TYPE;
	s->commands += step->kind == STEP_RUN;
	s->pictures += step->kind == STEP_SCREENSHOT;
	if (step->kind == STEP_RUN)
		run_command(s, step);
	else if (step->kind == STEP_WAIT)
		uv_timer_start(&s->timer, on_waited, (uint64_t)step->wait_ms, 0);
	else
		act_desktop(s->machine, step->tool, step->input.data, step->input.len, on_desktop, s);
}

static void on_turn(uv_timer_t *t)
{
	struct control *s = t->data;

	if (s->at == s->count) {
		end(s, COMPLETED);
	} else if (s->turns == s->max_turns) {
		snprintf(s->error, sizeof(s->error), "max_turns (%d) are used up, and %zu steps are left", s->max_turns, s->count - s->at);
		end(s, FAILED);
	} else if (strcmp(s->machine->state, "running") != 0) {
		snprintf(s->error, sizeof(s->error), "%s is %s", s->machine->name, s->machine->state);
		end(s, FAILED);
	} else {
		s->turns++;
		tell_turn(s, "turn_started");
		tell_call(s, &s->steps[s->at]);
		carry_out(s, &s->steps[s->at++]);
	}
}

/* ---- sessions ---- */

static void on_closed(uv_handle_t *h)
{
	struct control *s = h->data;

	buf_release(&s->output);
	steps_free(s->steps, s->count);
	free(s->goal);
	free(s);
}

/* Nothing of it is out. */
static void drop(struct control **at)
{
	struct control *s = *at;

	*at = s->next;
	events_close(s->events);
	uv_close((uv_handle_t *)&s->timer, on_closed);
}

static bool make_room(struct machine *m)
{
	struct control **p, **old = NULL;
	int n = 0;

	for (p = &m->local->controls; *p; p = &(*p)->next) {
		if ((*p)->machine != m)
			continue;
		n++;
		if (!old && (*p)->status > PAUSED && !(*p)->busy)
			old = p;
	}
	if (n >= CONTROL_KEPT && old)
		drop(old);
	return n < CONTROL_KEPT || old;
}

int control_new(struct machine *m, const char *goal, int max_turns, struct control **ret, struct err *e)
{
	struct control *s = calloc(1, sizeof(*s)), **last = &m->local->controls;
	char random[17];
	int r = s ? steps_parse(goal, &s->steps, &s->count, e) : err_set(e, ERR_NOMEM, "out of memory");

	if (r == 0 && (!(s->goal = strdup(goal)) || !(s->events = events_new(m->local->loop)) || random_hex(random, 16) < 0))
		r = err_set(e, ERR_NOMEM, "out of memory");
	if (r == 0 && !make_room(m))
		r = err_set(e, ERR_TOOBIG, "%d sessions go on on %s already", CONTROL_KEPT, m->name);
	if (r < 0) {
		if (s) {
			events_close(s->events);
			steps_free(s->steps, s->count);
			free(s->goal);
		}
		free(s);
		return r;
	}
	s->machine = m;
	s->max_turns = max_turns;
	s->started_ms = clock_wall_ms();
	snprintf(s->id, sizeof(s->id), "cua_%s", random);
	buf_init(&s->output, OUTPUT_MAX);
	uv_timer_init(m->local->loop, &s->timer);
	s->timer.data = s;
	while (*last)
		last = &(*last)->next;
	*last = s;
	tell_text(s, "session_started", "goal", goal);
	tell_tenant(s, "started");
	next_turn(s);
	*ret = s;
	return 0;
}

struct control *control_find(const struct local *l, const struct machine *m, const char *id)
{
	struct control *s;

	for (s = l->controls; s && ((m && s->machine != m) || strcmp(s->id, id) != 0); s = s->next)
		;
	return s;
}

static int ended(const struct control *s, struct err *e)
{
	return s->status > PAUSED ? err_set(e, ERR_STATE, "it is %s", status_words[s->status]) : 0;
}

int control_redirect(struct control *s, const char *goal, struct err *e)
{
	char *copy = strdup(goal);
	struct step *steps;
	size_t count, i;
	int r = copy ? ended(s, e) : err_set(e, ERR_NOMEM, "out of memory");

	if (r == 0)
		r = steps_parse(goal, &steps, &count, e);
	if (r < 0) {
		free(copy);
		return r;
	}
	/* The step that is out stays the one before the next. */
	for (i = s->at; i < s->count; i++)
		step_release(&s->steps[i]);
	s->count = s->at;
	steps = realloc(steps, (count + s->count) * sizeof(*steps));
	if (!steps)
		abort();
	memmove(steps + s->count, steps, count * sizeof(*steps));
	memcpy(steps, s->steps, s->count * sizeof(*steps));
	free(s->steps);
	s->steps = steps;
	s->count += count;
	free(s->goal);
	s->goal = copy;
	tell_text(s, "task_changed", "goal", goal);
	return 0;
}

int control_pause(struct control *s, bool pause, struct err *e)
{
	int r = ended(s, e);

	if (r < 0 || (s->status == PAUSED) == pause)
		return r;
	s->status = pause ? PAUSED : RUNNING;
	tell_text(s, pause ? "session_paused" : "session_resumed", "status", status_words[s->status]);
	if (!s->busy && pause)
		uv_timer_stop(&s->timer);
	else if (!s->busy)
		next_turn(s);
	return 0;
}

void control_cancel(struct control *s)
{
	const struct step *step = s->busy ? &s->steps[s->at - 1] : NULL;

	if (s->status > PAUSED)
		return;
	if (s->exec)
		exec_kill(s->exec);
	if (step && step->kind == STEP_WAIT)
		s->busy = false;
	end(s, CANCELLED);
}

struct events *control_events(const struct control *s)
{
	return s->events;
}

struct events *control_agent_events(struct machine *m)
{
	if (!m->agent_events)
		m->agent_events = events_new(m->local->loop);
	return m->agent_events;
}

void control_json(const struct control *s, struct jsonw *w)
{
	char started[WHEN_SIZE], finished[WHEN_SIZE];

	when_text(s->started_ms, started);
	when_text(s->finished_ms, finished);
	jw_begin(w, '{');
	jw_kstr(w, "id", s->id);
	jw_kstr(w, "computer_id", s->machine->id);
	jw_kstr(w, "goal", s->goal);
	jw_kstr(w, "status", status_words[s->status]);
	jw_kstr(w, "model_id", NULL);
	jw_kint(w, "max_turns", s->max_turns);
	jw_kint(w, "turns_used", s->turns);
	jw_kstr(w, "result", s->status == COMPLETED ? "every step was carried out" : NULL);
	jw_kstr(w, "error", s->error[0] ? s->error : NULL);
	jw_kint(w, "actions_total", s->turns);
	jw_kint(w, "actions_exec", s->commands);
	jw_kint(w, "actions_click", s->clicks);
	jw_kint(w, "actions_type", s->types);
	jw_kint(w, "screenshots", s->pictures);
	jw_kstr(w, "started_at", started);
	jw_kstr(w, "finished_at", s->finished_ms > 0 ? finished : NULL);
	jw_end(w, '}');
}

void control_list(const struct machine *m, struct jsonw *w)
{
	const struct control *s;

	jw_begin(w, '[');
	for (s = m->local->controls; s; s = s->next)
		if (s->machine == m)
			control_json(s, w);
	jw_end(w, ']');
}

void control_forget(struct machine *m)
{
	struct control **p = &m->local->controls;

	while (*p) {
		if ((*p)->machine == m) {
			control_cancel(*p);
			drop(p);
		} else {
			p = &(*p)->next;
		}
	}
	events_close(m->agent_events);
	m->agent_events = NULL;
}
