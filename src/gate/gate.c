/* gate: starts and ends the daemon, moves actions, and carries out what time brings. */
#include "config.h"

#include "gate/gate.h"
#include "gate/screens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "core/describe.h"
#include "gate/alikes.h"
#include "gate/answer.h"
#include "gate/approvals.h"
#include "gate/bodies.h"
#include "gate/budgets.h"
#include "gate/byhand.h"
#include "gate/costs.h"
#include "gate/input.h"
#include "gate/kept.h"
#include "gate/letgo.h"
#include "gate/logs.h"
#include "gate/look.h"
#include "gate/pictures.h"
#include "io/failpoint.h"
#include "io/log.h"
#include "io/picstore.h"

enum { RECORD_AGAIN_MS = 1000, LOOK_MS = 1000, LOOK_IDLE_MS = 5000 };

char *gate_strdup(const char *s)
{
	char *own = strdup(s ? s : "");

	if (!own)
		abort();
	return own;
}

void gate_changed(struct gate *g, const struct action *a)
{
	struct agent *agent = gate_agent(g, a->agent);

	events_action(g, a);
	if (agent)
		events_agent(g, agent);
	budgets_changed(g, a);
	approvals_action_moved(g, a);
}

void gate_set_record_error(struct gate *g, const char *message)
{
	if (!message && !g->record_error[0])
		return;
	if (!message) {
		log_line("the journal can be written again");
		g->record_error[0] = '\0';
		events_gate(g);
	} else if (strncmp(message, g->record_error, sizeof(g->record_error) - 1) != 0) {
		if (!g->record_error[0])
			g->record_error_since_wall_ms = clock_wall_ms();
		snprintf(g->record_error, sizeof(g->record_error), "%s", message);
		log_line("%s", message);
		events_gate(g);
	}
}

void gate_tell_held(struct gate *g)
{
	size_t i;

	for (i = 0; i < g->queue.count; i++)
		if (g->queue.items[i]->state == ACTION_HELD)
			events_action(g, g->queue.items[i]);
}

/* From the loop itself: nobody has an action in hand then. */
static void on_trim(uv_timer_t *t)
{
	struct gate *g = t->data;

	queue_trim(&g->queue, clock_boot_ms());
}

/* What waited behind a on its session may be the next now: its card says so. */
static void tell_those_behind(struct gate *g, const struct action *a)
{
	const struct action *other;

	for (other = queue_next_on_session(&g->queue, a, a->id); other; other = queue_next_on_session(&g->queue, a, other->id))
		if (other->state == ACTION_HELD)
			events_action(g, other);
}

int gate_move(struct gate *g, struct action *a, const struct store_move *m, struct err *e)
{
	struct err local;
	int r = store_move(g->store, a, m, &local);

	gate_set_record_error(g, r < 0 ? local.msg : NULL);
	if (r < 0)
		return err_set(e, r, "%s", local.msg);
	gate_moved(g, a, m);
	return 0;
}

bool gate_hold_again(struct gate *g, struct action *a, const char *why)
{
	struct store_move m = { .to = ACTION_HELD, .who = "gate" };

	if (action_set(&a->comes_back, why) < 0)
		abort();
	m.detail = a->comes_back;
	action_undecide(a);
	if (gate_move(g, a, &m, NULL) < 0)
		return false;
	action_set(&a->comes_back, NULL);
	return true;
}

void gate_moved(struct gate *g, struct action *a, const struct store_move *m)
{
	action_move(a, m->to);
	if (m->screen) {
		failpoint(FAILPOINT_PICTURE_ROW);
		action_set_screen(a, SCREEN_DECIDED, m->screen, NULL);
	}
	if (m->to == ACTION_APPROVED || m->to == ACTION_DENIED)
		rates_count(g, a);
	if (action_ended(a->state)) {
		a->ended_boot_ms = clock_boot_ms();
		bodies_tidy(g, a);
		patience_ended(g, a);
		uv_timer_start(&g->trim, on_trim, 0, 0);
	}
	if (m->to == ACTION_DONE && !strstr(a->path, "/desktop/"))	/* what a click changes, its picture shows */
		feed_look(g, a->session);
	log_line("action %lld %s (%s)%s%s", (long long)a->id, action_state_name(a->state), m->who, m->detail && m->detail[0] ? ": " : "", m->detail ? m->detail : "");
	gate_changed(g, a);
	tell_those_behind(g, a);
}

void gate_set_live(struct gate *g, bool live, const char *why)
{
	if (live && g->feed && feed_why(g->feed)[0]) {	/* it answers, and what it answers is of no use */
		live = false;
		why = feed_why(g->feed);
	}
	if (g->live == live && (live || strcmp(g->not_live_why, why) == 0))
		return;
	if (g->live && !live)
		g->not_live_since_wall_ms = clock_wall_ms();
	log_line(live ? "the upstream answers%s" : "the upstream does not answer: %s", why);
	g->live = live;
	snprintf(g->not_live_why, sizeof(g->not_live_why), "%s", why);
	events_gate(g);
}

void gate_after_denial(struct gate *g, struct action *a)
{
	struct proposal p;

	while (queue_needs_new_yes(&g->queue, a, &p))
		gate_hold_again(g, p.action, p.why);
	answer_ended(g, a);
}

static void end_by_gate(struct gate *g, const struct proposal *p)
{
	struct store_move m = { .to = p->to, .who = "gate", .detail = p->why };
	struct action *a = p->action;

	a->ended_wall_ms = clock_wall_ms();
	if (p->to == ACTION_DENIED) {
		a->decided_wall_ms = a->ended_wall_ms;
		a->decided_kind = "gate";
		a->note = gate_strdup(p->why);
	}
	if (gate_move(g, a, &m, NULL) < 0)
		action_undecide(a);
	else if (a->state == ACTION_DENIED)
		gate_after_denial(g, a);
	else
		answer_ended(g, a);
}

static void on_tick(uv_timer_t *t)
{
	gate_pump(t->data);
}

/* The loop's timers stand still while the machine sleeps, and boot time does not: so no wait is long while there is something to wait for. */
static void arm(struct gate *g, int64_t now)
{
	const int64_t others[] = { g->askers_next, budgets_tell(g, now), alikes_tick(g, now), agents_tell_refused(g, now), takeover_tick(g, now), hand_tick(g, now),
				   letgo_next(g, now) };
	int64_t next = queue_next_deadline(&g->queue), wait = LOOK_MS;
	size_t i;

	for (i = 0; i < ARRAY_LEN(others); i++)
		if (others[i] < next)
			next = others[i];
	if (g->record_error[0])
		wait = RECORD_AGAIN_MS;
	else if (next == INT64_MAX)
		wait = LOOK_IDLE_MS;
	else if (next - now < LOOK_MS)
		wait = next > now ? next - now : 1;
	uv_timer_start(&g->tick, on_tick, (uint64_t)wait, 0);
}

void gate_kick(struct gate *g)
{
	if (!g->stopping)
		uv_timer_start(&g->tick, on_tick, 0, 0);
}

bool gate_may_send(struct gate *g)
{
	return freeze_bring_back(g) && takeover_end_held(g);
}

void gate_pump(struct gate *g)
{
	int64_t now = clock_boot_ms();
	struct proposal p;

	if (g->stopping)
		return;
	wallclock_look(g);
	askers_answer_deadlines(g, now);
	patience_look(g, now);
	/* With a journal that cannot be written a proposal would come again and again: the tick tries later. */
	while (!g->record_error[0] && queue_due(&g->queue, now, &p))
		end_by_gate(g, &p);
	if (g->record_error[0] && queue_due(&g->queue, now, &p))
		end_by_gate(g, &p);
	if (gate_may_send(g))
		executor_pump(g);
	input_pump(g);
	arm(g, now);
}

/* What a gate that was killed left behind. */
static int recover(struct gate *g, struct action *a, struct err *e)
{
	int64_t now = clock_boot_ms(), ago = clock_wall_ms() - a->ended_wall_ms;
	struct store_move m = { .who = "gate", .detail = "the gate was restarted" };

	/* Boot times are of another run, perhaps of another boot. Who fetched an answer is not known: a repeat finds it as long as one that
	 * nobody fetched. */
	a->ended_boot_ms = action_ended(a->state) && ago > 0 ? now - ago : now;
	if (a->state == ACTION_SENT) {
		m.to = ACTION_UNKNOWN;
		a->ended_wall_ms = clock_wall_ms();
		free(a->error);
		a->error = gate_strdup("the gate ended after it was sent and before an answer was on disk");
	} else if (a->state == ACTION_APPROVED) {
		m.to = ACTION_HELD;
		action_undecide(a);
	}
	if (a->state == ACTION_SENT || a->state == ACTION_APPROVED) {
		if (store_move(g->store, a, &m, e) < 0)
			return ERR_IO;
		log_line("action %lld was %s: now %s", (long long)a->id, action_state_name(a->state), action_state_name(m.to));
		action_move(a, m.to);
	}
	if (a->answer == ANSWER_COMING) {
		a->answer = ANSWER_UNFINISHED;
		if (store_answer(g->store, a, NULL, 0, "its answer: unfinished, the gate was restarted", e) < 0)
			return ERR_IO;
	}
	if (a->state == ACTION_HELD) {
		a->arrived_boot_ms = now;
		a->expires_boot_ms = now + a->hold_ms;
		a->away_since_boot_ms = now;
		a->deadline_answered = true;	/* its asker lost the connection: it may take its time to come again */
	}
	return 0;
}

static void on_loaded(struct action *a, void *arg)
{
	struct gate *g = arg;

	if (describe(a, "") < 0 || queue_insert(&g->queue, a) < 0)
		abort();
}

static int load(struct gate *g, struct err *e)
{
	size_t i;
	int r;

	r = agents_load(g, e);
	if (r == 0)
		r = freeze_load(g, e);
	if (r == 0)
		r = operators_load(g, e);
	if (r == 0)
		r = notes_load(g, e);
	if (r == 0)
		r = rules_load(g, e);
	if (r == 0)
		r = takeover_load(g, e);
	if (r == 0)
		r = handback_load(g, e);
	if (r == 0)
		r = budgets_load(g, e);
	if (r == 0)
		r = alikes_load(g, e);
	if (r == 0)
		r = store_load(g->store, on_loaded, g, e);
	for (i = 0; r == 0 && i < g->queue.count; i++)
		r = recover(g, g->queue.items[i], e);
	queue_trim(&g->queue, clock_boot_ms());
	if (r == 0)
		r = store_last_id(g->store, &g->queue.last_id, e);
	if (r == 0)
		r = letgo_load(g, e);
	return r;
}

int gate_start(struct gate *g, uv_loop_t *loop, const struct gate_config *c, struct err *e)
{
	char logs_dir[4096];
	const char *path;
	int r;

	*g = (struct gate){ .loop = loop, .config = *c, .live = true, .askers_next = INT64_MAX, .patience_next = INT64_MAX };
	queue_init(&g->queue);
	path = strstr(c->upstream, "://");
	path = path ? strchr(path + 3, '/') : NULL;
	snprintf(g->origin, sizeof(g->origin), "%.*s", path ? (int)(path - c->upstream) : (int)strlen(c->upstream), c->upstream);
	uv_timer_init(loop, &g->tick);
	uv_timer_init(loop, &g->trim);
	rates_init(g);
	kept_init(g);
	g->tick.data = g->trim.data = g;
	presence_start(g);
	g->events = events_new(g);
	if (!g->events)
		return err_set(e, ERR_NOMEM, "out of memory");
	r = store_open(c->state_dir, &g->store, e);
	if (r == 0)
		r = load(g, e);
	if (r == 0)
		r = bodies_start(g, e);
	if (r == 0)
		r = pictures_start(g, e);
	if (r == 0)
		r = listeners_open(g, e);
	if (r < 0)
		return r;
	snprintf(logs_dir, sizeof(logs_dir), "%s/logs", c->state_dir);
	g->logs = logs_new(loop, logs_dir);
	g->http = http_new(loop);
	g->streams_http = http_new(loop);
	g->feed = g->http && g->streams_http && g->logs ? feed_new(g) : NULL;
	g->costs = g->http ? costs_new(g) : NULL;
	g->approvals = g->http ? approvals_new(g) : NULL;
	g->screens = screens_new(g);
	g->sights = sights_new(g);
	if (!g->feed || !g->costs || !g->logs || !g->approvals || !g->screens || !g->sights)
		return err_set(e, ERR_NOMEM, "out of memory");
	gate_pump(g);
	return 0;
}

static void on_closed(void *arg)
{
	(void)arg;
}

void gate_close(struct gate *g)
{
	if (g->stopping)
		return;
	g->stopping = true;
	uv_close((uv_handle_t *)&g->tick, NULL);
	uv_close((uv_handle_t *)&g->trim, NULL);
	rates_close(g);
	kept_close(g);
	presence_close(g);
	if (g->feed)
		feed_close(g->feed);
	if (g->costs)
		costs_close(g->costs);
	if (g->approvals)
		approvals_close(g->approvals);
	if (g->sights)
		sights_close(g->sights);
	logs_close(g->logs);
	listeners_close(g, on_closed);
	if (g->http)
		http_free(g->http, on_closed, g);
	if (g->streams_http)
		http_free(g->streams_http, on_closed, g);
	events_close(g->events);
}

void gate_release(struct gate *g)
{
	while (g->askers)
		asker_free(g->askers);
	executor_release(g);
	snapshots_release(g);
	rules_release(g);
	feed_free(g->feed);
	logs_free(g->logs);
	costs_free(g->costs);
	approvals_free(g->approvals);
	screens_free(g->screens);
	screen_checks_release(g);
	screen_afters_release(g);
	looks_release(g);
	sights_free(g->sights);
	events_free(g->events);
	queue_release(&g->queue);
	agents_release(g);
	alikes_release(g);
	budgets_release(g);
	freeze_release(g);
	operators_release(g);
	notes_release(g);
	takeover_release(g);
	handback_release(g);
	input_release(g);
	letgo_release(g);
	hand_release(g);
	by_hand_release(g);
	running_release(g);
	facts_release(g);
	spool_close(g->spool);
	picstore_close(g->pictures);
	store_close(g->store);
}
