/*
 * judging: the order in which a new action is looked at: frozen, its agent stopped, a person in control of its computer, denied by a rule, the budgets,
 * refused or allowed alike, allowed or held by a rule, and then what a person decides. What is refused here is answered at once and makes no action: a flood must not fill the disk.
 */
#include "config.h"

#include "gate/judging.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/alikes.h"
#include "gate/budgets.h"
#include "io/failpoint.h"
#include "io/moment.h"

static void refuse(struct judgement *ret, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void refuse(struct judgement *ret, const char *code, const char *fmt, ...)
{
	va_list ap;

	ret->verdict = JUDGED_REFUSE;
	ret->code = code;
	va_start(ap, fmt);
	vsnprintf(ret->message, sizeof(ret->message), fmt, ap);
	va_end(ap);
}

static void ask_policy(const struct gate *g, const struct action *a, struct policy_found *ret)
{
	const struct policy_moment now = policy_moment_now();

	policy_judge(g->policy, a, gate_label(g, a->session), &now, ret);
}

static void name_rule(const struct gate *g, const struct policy_rule *r, struct judgement *ret)
{
	ret->kind = "rule";
	snprintf(ret->by, sizeof(ret->by), "%.255s:%d", g->policy->name, r->line);
}

static void deny(const struct gate *g, const struct policy_rule *r, struct judgement *ret)
{
	ret->verdict = JUDGED_DENY;
	name_rule(g, r, ret);
	if (r->because)
		snprintf(ret->message, sizeof(ret->message), "%s", r->because);
	else
		snprintf(ret->message, sizeof(ret->message), "Denied by a rule (%s). Do not retry; say what you need.", ret->by);
}

static void allow_or_hold(const struct gate *g, const struct policy_rule *r, bool needs_person, struct judgement *ret)
{
	if (r->verdict != POLICY_ALLOW || needs_person)
		return;
	ret->verdict = JUDGED_ALLOW;
	name_rule(g, r, ret);
}

/* Had one of the last so many actions of its agent that were sent to its session a snapshot before it? What is not in memory any more had none. */
static bool had_snapshot(const struct gate *g, const struct action *a, int among)
{
	size_t i;

	for (i = g->queue.count; i-- > 0 && among > 0;) {
		const struct action *k = g->queue.items[i];

		if (k == a || !k->sent_wall_ms || strcmp(k->agent, a->agent) != 0 || strcmp(k->session, a->session) != 0)
			continue;
		if (k->snapshot_before)
			return true;
		among--;
	}
	return false;
}

/* What the rule asks for, whoever decides in the end. */
static void note_rule(const struct gate *g, const struct policy_found *f, bool asks_to_hold, struct action *a)
{
	const struct policy_rule *r = f->rule;
	struct buf b;

	buf_init(&b, 2 * POLICY_LINE_MAX);
	policy_held_by(g->policy, f, &b);
	if (r && r->verdict == POLICY_ALLOW && action_is_opaque(a))
		buf_puts(&b, "; a body over 1 MiB needs a person all the same");
	else if (r && r->verdict == POLICY_ALLOW && asks_to_hold)
		buf_puts(&b, "; the agent itself asks for a person");
	if (action_set(&a->held_by, buf_cstr(&b)) < 0)
		abort();
	buf_release(&b);
	a->hold_ms = r && r->expires_ms ? r->expires_ms : g->config.hold_ms;
	a->require = r ? r->require : 1;
	a->deny_unattended = r && r->deny_unattended;
	a->snapshot_before = r && r->snapshot && !had_snapshot(g, a, r->snapshot - 1);
	a->screen_rule = r ? r->screen : (struct screen_rule)SCREEN_RULE_DEFAULT;
	a->reveal = r && r->reveal;
}

/* Of a rule made from a decision: its name, which use it is, and the words of a refusal. */
static void decide_alike(const struct alike *r, struct judgement *ret)
{
	ret->verdict = r->verdict == ALIKE_ALLOW ? JUDGED_ALLOW : JUDGED_DENY;
	ret->kind = "alike";
	ret->alike = r->id;
	snprintf(ret->by, sizeof(ret->by), "%lld", (long long)r->id);
	if (r->uses_max > 0)
		snprintf(ret->detail, sizeof(ret->detail), "use %lld of %lld", (long long)r->uses + 1, (long long)r->uses_max);
	else
		snprintf(ret->detail, sizeof(ret->detail), "use %lld", (long long)r->uses + 1);
	if (r->verdict == ALIKE_REFUSE && r->words[0])
		snprintf(ret->message, sizeof(ret->message), "%s", r->words);
	else if (r->verdict == ALIKE_REFUSE)
		snprintf(ret->message, sizeof(ret->message), "A person (%.64s) denied the like of this before. Do not retry; say what you need.", r->made_by);
}

/* Once the budget is used up a denial makes no action any more. */
static void deny_in_budget(const struct gate *g, const struct policy_rule *r, bool has_room, struct judgement *ret)
{
	deny(g, r, ret);
	if (has_room)
		return;
	ret->verdict = JUDGED_REFUSE;
	ret->code = "action_denied";
}

void judge(struct gate *g, const struct agent *agent, struct action *a, bool asks_to_hold, struct judgement *ret)
{
	const struct takeover *t = a->session_kind == SESSION_COMPUTER ? takeover_of(g, a->session) : NULL;
	struct budget_refusal budget;
	struct policy_found rules;
	const struct alike *alike;

	*ret = (struct judgement){ .verdict = JUDGED_HOLD };
	ask_policy(g, a, &rules);
	note_rule(g, &rules, asks_to_hold, a);
	if (g->frozen.by)
		refuse(ret, "gate_frozen", "A person (%.64s) froze everything: nothing new is taken. Do not retry; wait for a person.", g->frozen.by);
	else if (agent->stopped_by)
		refuse(ret, "agent_stopped", "A person (%.64s) stopped this agent: nothing new of it is taken. Do not retry; wait for a person.",
		       agent->stopped_by);
	else if (t)
		refuse(ret, TAKEOVER_ACTIVE, "A person (%.64s) has control of this computer; ask again when it was handed back.", t->by);
	else if (rules.verdict == POLICY_DENY)
		deny_in_budget(g, rules.rule, budgets_have_room(g, agent->name, a->session, BUDGET_FOR_DENIAL, &budget), ret);
	else if (!budgets_have_room(g, agent->name, a->session, BUDGET_FOR_ACTION, &budget))
		refuse(ret, "budget_exhausted", "%s", budget.message);
	else if ((alike = alikes_find(g, a, asks_to_hold)) != NULL)
		decide_alike(alike, ret);
	else if (rules.rule)
		allow_or_hold(g, rules.rule, asks_to_hold || action_is_opaque(a), ret);
}

bool judge_edited(const struct gate *g, struct action *edited, struct judgement *ret)
{
	const struct alike *alike = alikes_find(g, edited, true);
	struct policy_found rules;

	*ret = (struct judgement){ .verdict = JUDGED_HOLD };
	ask_policy(g, edited, &rules);
	note_rule(g, &rules, false, edited);
	if (rules.verdict == POLICY_DENY)
		deny(g, rules.rule, ret);
	else if (alike)
		decide_alike(alike, ret);
	return ret->verdict == JUDGED_DENY;
}

bool judge_reveals(const struct gate *g, enum http_method method, const char *target, const char *agent)
{
	const struct policy_moment now = policy_moment_now();
	struct action *a;
	bool yes;

	if (!g->policy || policy_probe(http_method_name(method), target, "", agent, &a, NULL) < 0)
		return false;
	yes = policy_reveals(g->policy, a, gate_label(g, a->session), &now);
	action_free(a);
	return yes;
}

void judge_record(const struct judgement *j, const struct action *a, struct buf *out)
{
	buf_puts(out, j->detail);
	if (j->verdict == JUDGED_DENY)
		buf_printf(out, "%s%s", j->detail[0] ? ": " : "", j->message);
	else if (a->has_point)
		buf_printf(out, "%snot compared with the screen", j->detail[0] ? ", " : "");
}

void judge_carry_out(struct gate *g, struct action *a, const struct judgement *j)
{
	struct store_move m = { .to = j->verdict == JUDGED_DENY ? ACTION_DENIED : ACTION_APPROVED };
	struct buf detail;
	char who[320];

	if (j->verdict != JUDGED_DENY && j->verdict != JUDGED_ALLOW)
		return;
	snprintf(who, sizeof(who), "%s:%s", j->kind, j->by);
	m.who = who;
	buf_init(&detail, 4096);
	judge_record(j, a, &detail);
	m.detail = buf_cstr(&detail);
	m.alike = j->alike;
	a->decided_by = gate_strdup(j->by);
	a->decided_kind = j->kind;
	a->decided_wall_ms = clock_wall_ms();
	if (j->verdict == JUDGED_DENY) {
		a->note = gate_strdup(j->message);
		a->ended_wall_ms = a->decided_wall_ms;
	}
	failpoint(5);
	if (gate_move(g, a, &m, NULL) < 0) {
		action_undecide(a);
	} else {
		if (j->alike)
			alikes_used(g, j->alike, a);
		if (j->verdict == JUDGED_DENY)
			gate_after_denial(g, a);
	}
	buf_release(&detail);
}
