/* decide: the keys that decide about the selected action, and what stands in their way. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/desktop_state.h"
#include "ui/dash.h"

enum { EARLY_TOLD_MS = 1000 };

void decide_ask(const struct model_action *a, enum dash_decision decision, struct dash_request *ret)
{
	*ret = (struct dash_request){ .type = REQUEST_DECIDE, .id = a->id, .version = a->version, .decision = decision,
				      .with_screen = (a->has_point || desktop_lands_of(a->kind) != LANDS_NOWHERE) && decision != DECIDE_EDIT };
	snprintf(ret->digest, sizeof(ret->digest), "%s", a->digest);
}

unsigned decide_doubts(const struct dashboard *d, const struct model_action *a)
{
	const struct model_session *s = model_find_session(d->model, a->session);
	unsigned doubts = 0;

	if (!d->model->gate.live)
		doubts |= DOUBT_UPSTREAM;
	else if (s && !s->live)
		doubts |= DOUBT_SESSION;
	if (a->has_point && (d->screen_error[0] || !d->screen.rgb))
		doubts |= DOUBT_PICTURE;
	else if (a->has_point && card_screen_changed(&d->card, a))
		doubts |= DOUBT_SCREEN;
	if (a->opaque)
		doubts |= DOUBT_OPAQUE;
	if (a->waits_for)
		doubts |= DOUBT_ORDER;
	return doubts;
}

void decide_doubt_text(const struct dashboard *d, const struct model_action *a, unsigned doubts, char *why, size_t size)
{
	unsigned first = doubts & -doubts;

	why[0] = '\0';
	if (first == DOUBT_UPSTREAM)
		snprintf(why, size, "%s does not answer: it may end as not sent", d->model->gate.upstream_name);
	else if (first == DOUBT_SESSION)
		snprintf(why, size, "its session is not live: you see the past");
	else if (first == DOUBT_PICTURE)
		snprintf(why, size, "there is no picture of where it would act");
	else if (first == DOUBT_SCREEN)
		snprintf(why, size, "the screen changed round there since the agent saw it");
	else if (first == DOUBT_OPAQUE)
		snprintf(why, size, "its body is over 1 MiB: nobody has looked into it");
	else if (first == DOUBT_ORDER)
		snprintf(why, size, "%lld waits before it on this session: it would go ahead", (long long)a->waits_for);
	else if (first == DOUBT_FACTS)
		card_lacks(&d->card, a, why, size);
}

/* Between a key that selects and the frame that shows it, arming is about the one before. */
bool decide_is_shown(const struct dashboard *d, const struct model_action *a, int64_t now)
{
	return d->arm.id == a->id && d->arm.version == a->version && arm_shown(&d->arm, now);
}

/* Beside READY it would be true no longer. */
static void until_ready(struct dashboard *d, int64_t now)
{
	int64_t at = arm_ready_at(&d->arm);

	if (at < now + EARLY_TOLD_MS)
		at = now + EARLY_TOLD_MS;
	if (at < d->message_until_ms)
		d->message_until_ms = at;
}

bool decide_gate_answers(struct dashboard *d, int64_t now)
{
	char since[16];

	if (d->gate_up && !d->gate_silent_since_wall_ms)
		return true;
	if (d->gate_up) {
		view_time(d->gate_silent_since_wall_ms, since);
		dash_say(d, now, "the gate does not answer since %s: nothing was approved", since);
	} else {
		dash_say(d, now, "the gate does not answer: nothing can be decided");
	}
	return false;
}

/*
 * The first doubt about a that was not told yet, and from now on it is. One after the other: the bar has room for one, and whoever says yes has read each.
 * One that went, or says something else now, is told again.
 */
static bool tell_doubt(struct dashboard *d, const struct model_action *a, char *why, size_t size)
{
	char told[sizeof(d->again_told)] = "\n", text[160], line[164];	/* a whole line: "4 waits" stands in "14 waits" */
	unsigned doubts = decide_doubts(d, a), bit;
	size_t len = 1;
	bool found = false, known;

	if (!a->opaque && !card_asks_name(&d->card, a))
		doubts |= DOUBT_FACTS;
	if (d->again_id != a->id || d->again_version != a->version)
		d->again_told[0] = '\0';
	d->again_id = a->id;
	d->again_version = a->version;
	for (bit = 1; bit <= DOUBT_FACTS; bit <<= 1) {
		decide_doubt_text(d, a, doubts & bit, text, sizeof(text));
		snprintf(line, sizeof(line), "\n%s\n", text);
		known = strstr(d->again_told, line) != NULL;
		if (!text[0] || (!known && found))
			continue;
		if (!known) {
			found = true;
			snprintf(why, size, "%s", text);
		}
		len += (size_t)snprintf(told + len, sizeof(told) - len, "%s", line + 1);
	}
	memcpy(d->again_told, told, sizeof(told));
	return found;
}

/* May a yes be said now? Says why not; for a doubt it has to be asked once more. */
static bool may_approve(struct dashboard *d, const struct model_action *a, int64_t now)
{
	char why[160];

	if (a->askers == 0) {
		dash_say(d, now, "agent %s is away: nothing to say yes to until it is back", a->agent);
		return false;
	}
	if (!decide_gate_answers(d, now))
		return false;
	if (d->model->gate.frozen_by && d->model->gate.frozen_by[0]) {
		dash_say(d, now, "all is frozen: nothing can be approved until %s lets things go on", dash_key_of(d, INTENT_FREEZE).text);
		return false;
	}
	if (d->seen_id != a->id || d->seen_version != a->version) {
		dash_say(d, now, "not all of it was shown: Enter, then Space to its end");
		return false;
	}
	if (!decide_is_shown(d, a, now) || !arm_ready(&d->arm, now)) {
		dash_say(d, now, "%s was too early for %lld: look first", dash_key_of(d, INTENT_APPROVE).text, (long long)a->id);
		until_ready(d, now);
		return false;
	}
	if (stills_any(d) && a->has_point) {
		dash_say(d, now, "the picture is one of before: %s shows the screen as it is", dash_key_of(d, INTENT_COMPARE).text);
		return false;
	}
	if (tell_doubt(d, a, why, sizeof(why))) {
		dash_say(d, now, "%s. %s again to say yes all the same", why, dash_key_of(d, INTENT_APPROVE).text);
		return false;
	}
	return dash_unlocked(d, now);
}

static void approve(struct dashboard *d, const struct model_action *a, int64_t now, struct dash_request *ret)
{
	if (!may_approve(d, a, now))
		return;
	if (card_asks_name(&d->card, a)) {
		dash_prompt_open(d, PROMPT_CONFIRM);
		return;
	}
	decide_ask(a, DECIDE_APPROVE, ret);
	ret->ahead = a->waits_for != 0;
}

static void edit(struct dashboard *d, const struct model_action *a, int64_t now)
{
	if (a->opaque || a->body_base64[0]) {
		dash_say(d, now, "the body of %lld is no text that could be edited", (long long)a->id);
	} else if (dash_unlocked(d, now)) {
		editor_set(&d->editor, a->body);
		d->edit_id = a->id;
		d->edit_version = a->version;
		d->view = VIEW_EDIT;
	}
}

void decide_key(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret)
{
	struct model_action *a = dash_selected(d);

	if (!a) {
		dash_say(d, now, "nothing is selected");
	} else if (intent == INTENT_SEEN) {
		if (a->needs_person && !model_is_held(a))
			dash_call(ret, "POST", NULL, "/v1/actions/%lld/seen", (long long)a->id);
		else
			dash_say(d, now, "%lld is no fault", (long long)a->id);
	} else if (!model_is_held(a)) {
		dash_say(d, now, "%lld is over already: %s", (long long)a->id, view_state(a->state));
	} else if (!decide_is_shown(d, a, now)) {
		/* Pressed while the terminal still showed another one: over a slow link, or faster than it draws. */
		dash_say(d, now, "too early: %lld was not on the screen yet", (long long)a->id);
		until_ready(d, now);
	} else if (intent == INTENT_APPROVE) {
		approve(d, a, now, ret);
	} else if (intent == INTENT_DENY) {
		decide_ask(a, DECIDE_DENY, ret);
	} else if (intent == INTENT_EDIT) {
		edit(d, a, now);
	} else if (intent == INTENT_ALIKE) {
		alike_form_open(&d->form, a);
		d->form.looked_at = arm_ready(&d->arm, now);
		d->view = VIEW_ALIKE;
	} else {
		dash_prompt_open(d, PROMPT_WORDS);
	}
}

void decide_edited(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	const struct model_action *a = model_find_action(d->model, d->edit_id);
	enum editor_result r = editor_key(&d->editor, ev->code, ev->type == INPUT_PASTE);

	if (r == EDITOR_GOES_ON)
		return;
	if (r == EDITOR_DONE && (!a || !model_is_held(a) || a->version != d->edit_version)) {
		/* The text stays: it can still be read, and copied. */
		dash_say(d, now, "%lld changed meanwhile: Esc leaves, and nothing was edited", (long long)d->edit_id);
		return;
	}
	d->view = VIEW_CARD;
	if (r == EDITOR_LEFT || strcmp(editor_text(&d->editor), a->body) == 0) {
		dash_say(d, now, "nothing was edited");
		return;
	}
	decide_ask(a, DECIDE_EDIT, ret);
	ret->body = strdup(editor_text(&d->editor));
	dash_say(d, now, "edited: look at what it is now, and confirm it with %s", dash_key_of(d, INTENT_APPROVE).text);
}

void decide_with_alike(struct dashboard *d, const struct model_action *a, struct dash_request *ret)
{
	decide_ask(a, d->form.allow ? DECIDE_APPROVE : DECIDE_DENY, ret);
	ret->alike = alike_form_json(&d->form);
	/* The words of this no are the rule's. */
	if (!d->form.allow)
		snprintf(ret->note, sizeof(ret->note), "%s", d->form.words);
	ret->ahead = d->form.allow && a->waits_for != 0;
	d->view = VIEW_OVERVIEW;
}

/* An allowing rule comes with a yes, which needs all that a yes needs; a refusing one with a no. */
void decide_alike(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	struct model_action *a = dash_selected(d);
	enum alike_form_result r = ev->type == INPUT_KEY ? alike_form_key(&d->form, ev->code) : ALIKE_FORM_GOES_ON;

	if (r == ALIKE_FORM_GOES_ON)
		return;
	if (r == ALIKE_FORM_LEFT) {
		arm_select(&d->arm, 0, 0);	/* the action is shown anew */
		d->view = VIEW_OVERVIEW;
		return;
	}
	if (r == ALIKE_FORM_WORDS) {
		dash_prompt_open(d, PROMPT_WORDS);
		d->typed_id = d->form.id;
		snprintf(d->line, sizeof(d->line), "%s", d->form.words);
		return;
	}
	if (!a || a->id != d->form.id || a->version != d->form.version || !model_is_held(a)) {
		dash_say(d, now, "%lld changed meanwhile: Esc leaves, and no rule was made", (long long)d->form.id);
		return;
	}
	if (d->form.allow && !d->form.looked_at) {
		dash_say(d, now, "too early: Esc, and look at %lld first", (long long)a->id);
		return;
	}
	if (d->form.allow && !may_approve(d, a, now))
		return;
	if (d->form.allow && card_asks_name(&d->card, a))
		dash_prompt_open(d, PROMPT_CONFIRM);
	else
		decide_with_alike(d, a, ret);
}
