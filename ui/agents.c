/* agents: freezing all, stopping one, and the keys of the list of agents and rules and of the list of what still runs. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/httpmsg.h"
#include "ui/dash.h"

static bool is_frozen(const struct dashboard *d)
{
	return d->model->gate.frozen_by && d->model->gate.frozen_by[0];
}

void agents_freeze(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	/* Whoever has control of a computer keeps it in sight. */
	if (d->view != VIEW_HAND) {
		d->view = VIEW_FROZEN;
		d->row = 0;
	}
	if (is_frozen(d)) {
		ret->type = REQUEST_LOOK;	/* what runs, and what changed, before it is asked */
		if (dash_unlocked(d, now))
			dash_prompt_open(d, PROMPT_UNFREEZE);
	} else {
		dash_call(ret, "POST", NULL, "/v1/freeze");
	}
}

void agents_stop(struct dashboard *d, const char *agent, int64_t now, struct dash_request *ret)
{
	const struct model_agent *a = model_find_agent(d->model, agent);

	if (!a) {
		dash_say(d, now, "no agent is selected");
		return;
	}
	if (a->stopped_by[0])
		dash_say(d, now, "%s: its token is revoked", a->name);
	else
		dash_say(d, now, "%s is stopped; %s again revokes its token", a->name, dash_key_of(d, INTENT_STOP_AGENT).text);
	dash_call(ret, "POST", dash_json("agent", a->name, NULL), "/v1/freeze");
}

void agents_snapshot(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	const struct model_action *a = dash_selected(d);
	struct buf id;

	if (!a || !a->session[0]) {
		dash_say(d, now, "no action of a session is selected");
	} else if (dash_unlocked(d, now)) {
		buf_init(&id, 1024);
		if (http_encode(&id, a->session, strlen(a->session), false) == 0) {
			dash_call(ret, "POST", NULL, "/v1/sessions/%s/snapshot", buf_cstr(&id));
			dash_say(d, now, "a snapshot of %.60s is asked for", a->session_name[0] ? a->session_name : a->session);
		}
		buf_release(&id);
	}
}

int agents_rows(const struct dashboard *d)
{
	return (int)(d->model->agent_count + d->model->alike_count);
}

struct model_agent *agents_at(const struct dashboard *d, int row)
{
	return row >= 0 && (size_t)row < d->model->agent_count ? d->model->agents[row] : NULL;
}

struct model_alike *agents_alike_at(const struct dashboard *d, int row)
{
	int i = row - (int)d->model->agent_count;

	return i >= 0 && (size_t)i < d->model->alike_count ? d->model->alikes[i] : NULL;
}

/* The first agent that has reached a cap; NULL for none. */
static struct model_agent *agents_at_cap(const struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->model->agent_count; i++)
		if (d->model->agents[i]->at_cap[0])
			return d->model->agents[i];
	return NULL;
}

static void ask_cap(struct dashboard *d, const struct model_agent *a, int64_t now)
{
	if (!a) {
		dash_say(d, now, "no agent has reached a cap; %s lists them all", dash_key_of(d, INTENT_AGENTS).text);
	} else if (dash_unlocked(d, now)) {
		snprintf(d->target, sizeof(d->target), "%s", a->name);
		dash_prompt_open(d, PROMPT_CAP);
	}
}

/* What is said of both: whose note, whose cap. */
static bool common_key(struct dashboard *d, enum intent intent, const struct model_agent *a, int64_t now, struct dash_request *ret)
{
	if (intent == INTENT_STOP_AGENT) {
		const struct model_action *x = d->view == VIEW_OVERVIEW || d->view == VIEW_CARD ? dash_selected(d) : NULL;

		if (x && model_is_held(x) && !decide_is_shown(d, x, now))
			dash_say(d, now, "too early: %lld was not on the screen yet", (long long)x->id);
		else
			agents_stop(d, a ? a->name : "", now, ret);
	} else if (intent == INTENT_RAISE) {
		ask_cap(d, a, now);
	} else if (intent == INTENT_NOTE) {
		if (a) {
			snprintf(d->target, sizeof(d->target), "%s", a->name);
			d->of_session = false;
			dash_prompt_open(d, PROMPT_NOTE);
		} else {
			dash_say(d, now, "no agent is selected");
		}
	} else {
		return false;
	}
	return true;
}

static bool list_key(struct dashboard *d, uint32_t key, int64_t now, struct dash_request *ret)
{
	const struct model_agent *a = agents_at(d, d->row);
	const struct model_alike *rule = agents_alike_at(d, d->row);

	/* Taking back a refusal widens; ending what is allowed does not. */
	if (key == 'x' && rule && (strcmp(rule->verdict, "allow") == 0 || dash_unlocked(d, now)))
		dash_call(ret, "DELETE", NULL, "/v1/alikes/%lld", (long long)rule->id);
	else if (key == 'u' && a && a->stopped_by[0] && dash_unlocked(d, now))
		dash_call(ret, "POST", dash_json("agent", a->name, NULL), "/v1/unfreeze");
	return key == 'x' || key == 'u';
}

/* k ends what is selected in the mildest way that it has; K pauses its sandbox or takes control of its desktop. */
static bool running_key(struct dashboard *d, uint32_t key, int64_t now, struct dash_request *ret)
{
	static const char *const mild[] = { "signal", "delete" }, *const hard[] = { "pause", "control" };
	const char *const *ways = key == 'k' ? mild : hard;
	const struct dash_running *r = d->row >= 0 && (size_t)d->row < d->running_count ? &d->running[d->row] : NULL;
	size_t i;

	if (key != 'k' && key != 'K')
		return false;
	for (i = 0; r && i < 2; i++) {
		if (!strstr(r->ways, ways[i]))
			continue;
		if (strcmp(ways[i], "control") != 0 || dash_unlocked(d, now))
			dash_call(ret, "POST", dash_json("session", r->session, "id", r->id, "how", ways[i], NULL), "/v1/running/end");
		return true;
	}
	dash_say(d, now, r ? "that cannot be ended in this way" : "nothing is selected");
	return true;
}

bool agents_key(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now, struct dash_request *ret)
{
	int rows = d->view == VIEW_AGENTS ? agents_rows(d) : (int)d->running_count;
	const struct model_agent *a;

	if (d->view != VIEW_AGENTS && d->view != VIEW_FROZEN) {
		a = selecting_agent(d);
		return common_key(d, intent, intent == INTENT_RAISE && (!a || !a->at_cap[0]) ? agents_at_cap(d) : a, now, ret);
	}
	/* k ends what still runs: there it does not move. */
	if (intent == INTENT_DOWN) {
		d->row += d->row < rows - 1;
		return true;
	}
	if (intent == INTENT_UP && (ev->code != 'k' || d->view == VIEW_AGENTS)) {
		d->row -= d->row > 0;
		return true;
	}
	if (d->view == VIEW_FROZEN)
		return running_key(d, ev->code, now, ret);
	return common_key(d, intent, agents_at(d, d->row), now, ret) || list_key(d, ev->code, now, ret);
}
