/* approvals: what MIOSA itself waits for, selected in place of an action; a yes to it is as much a person's own as one to an action. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/httpmsg.h"
#include "ui/dash.h"

enum { WORD = 8 };	/* digits of a fingerprint to be typed */

const struct model_approval *approvals_selected(const struct dashboard *d)
{
	return d->approval[0] ? model_find_approval(d->model, d->approval) : NULL;
}

void approvals_select(struct dashboard *d, const char *id)
{
	const struct model_approval *p = id[0] ? model_find_approval(d->model, id) : NULL;

	if (!p && !d->approval[0])
		return;
	d->approval_turn++;
	snprintf(d->approval, sizeof(d->approval), "%s", p ? p->id : "");
	snprintf(d->approval_print, sizeof(d->approval_print), "%s", p ? p->fingerprint : "");
	d->seen_id = 0;
	d->scroll = 0;
	if (p) {
		d->selected = 0;
		d->trouble_agent[0] = d->trouble_session[0] = '\0';
	}
}

void approvals_toggle(struct dashboard *d, int64_t now)
{
	const struct model_approval *p = approvals_selected(d);

	if (p && p->action && model_find_action(d->model, p->action)) {
		d->selected = p->action;
		approvals_select(d, "");
		return;
	}
	p = d->selected ? model_approval_of(d->model, d->selected) : NULL;
	if (p)
		approvals_select(d, p->id);
	else
		dash_say(d, now, "MIOSA waits for nothing with this action");
}

/* "sha256:0a1b..." without what all of them begin with. */
const char *approvals_hash(const struct model_approval *p)
{
	const char *colon = strchr(p->fingerprint, ':');

	return colon ? colon + 1 : p->fingerprint;
}

bool approvals_word(const struct dashboard *d, const struct model_approval *p, char out[128])
{
	const struct model_action *a = p->action ? model_find_action(d->model, p->action) : NULL;

	out[0] = '\0';
	if (!a)	/* nobody can see what it is: at least its hash has to be looked at */
		snprintf(out, 128, "%.*s", WORD, p->fingerprint[0] ? approvals_hash(p) : p->id);
	else if (model_is_risky(a))
		snprintf(out, 128, "%s", a->session_name[0] ? a->session_name : a->kind);
	return out[0] != '\0';
}

static void decide(const struct model_approval *p, const char *decision, struct dash_request *ret)
{
	struct buf id;

	buf_init(&id, 380);
	if (http_encode(&id, p->id, strlen(p->id), false) == 0)
		dash_call(ret, "POST", dash_json("decision", decision, "fingerprint", p->fingerprint, NULL), "/v1/approvals/%s/decide", buf_cstr(&id));
	buf_release(&id);
}

static bool may_approve(struct dashboard *d, const struct model_approval *p, int64_t now)
{
	if (!decide_gate_answers(d, now))
		return false;
	if (d->model->gate.frozen_by && d->model->gate.frozen_by[0])
		dash_say(d, now, "all is frozen: nothing can be approved until %s lets things go on", dash_key_of(d, INTENT_FREEZE).text);
	else if (d->seen_id != -d->approval_turn)
		dash_say(d, now, "not all of it was shown: Enter, then Space to its end");
	else if (!arm_ready(&d->arm, now))
		dash_say(d, now, "%s was too early for %.60s: look first", dash_key_of(d, INTENT_APPROVE).text, p->id);
	else
		return dash_unlocked(d, now);
	return false;
}

void approvals_key(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret)
{
	const struct model_approval *p = approvals_selected(d);
	char word[128];

	if (!model_is_pending(p)) {
		dash_say(d, now, "%.60s is %.40s already", p->id, p->decision[0] ? "decided" : p->status);
	} else if (d->arm.id != -d->approval_turn || !arm_shown(&d->arm, now)) {
		dash_say(d, now, "too early: %.60s was not on the screen yet", p->id);
	} else if (intent == INTENT_DENY) {
		decide(p, "deny", ret);
	} else if (intent != INTENT_APPROVE) {
		dash_say(d, now, "MIOSA takes a yes (%s) or a no (%s) here, no words and no other body", dash_key_of(d, INTENT_APPROVE).text,
			 dash_key_of(d, INTENT_DENY).text);
	} else if (may_approve(d, p, now)) {
		if (approvals_word(d, p, word))
			dash_prompt_open(d, PROMPT_MIOSA);
		else
			decide(p, "approve", ret);
	}
}

void approvals_confirmed(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	const struct model_approval *p = approvals_selected(d);
	char word[128];

	if (!p || !model_is_pending(p))
		dash_say(d, now, "it was decided meanwhile");
	else if (approvals_word(d, p, word) && strcmp(d->line, word) != 0)
		dash_say(d, now, "that is not the word: nothing was decided");
	else if (d->seen_id != -d->approval_turn)
		dash_say(d, now, "%.60s changed meanwhile: look again", p->id);
	else if (decide_gate_answers(d, now))
		decide(p, "approve", ret);
}
