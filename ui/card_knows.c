/* card_knows: what the gate knows of an action besides its request: who holds it, how long, what was before, what waits, what may be undone. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/card_page.h"

static void put_labelled(struct page *p, const char *label, enum style style, enum safetext_kind kind, const char *text)
{
	page_begin(p, label);
	page_foreign(p, style, kind, text);
	page_end(p);
}

/* What is seen of a session that is not live is the past; and what MIOSA itself still waits for. */
static void put_around(struct page *p)
{
	const struct model_session *s = model_find_session(p->d->model, p->a->session);
	const struct model_approval *m = model_approval_of(p->d->model, p->a->id);
	char since[40];

	if (s && !s->live) {
		view_not_live_since(s, since);
		page_begin(p, "past");
		page_ownf(p, STYLE_ALERT, "its session is %s: you see the past", since);
		page_end(p);
	}
	if (m) {
		page_begin(p, "MIOSA");
		page_own(p, STYLE_WAIT, "waits too: ");
		page_foreign(p, STYLE_WAIT, SAFETEXT_IDENT, m->id);
		page_ownf(p, STYLE_WAIT, "; %s shows it", keymap_first(p->d->keys, KEYMAP_MAIN, INTENT_MIOSA).text);
		page_end(p);
	}
}

/* The time left, and whether anybody is there for the answer. */
static void put_waits(struct page *p)
{
	const struct model_action *a = p->a;
	int64_t now = p->now + p->d->model->boot_offset_ms;
	char waits[24], left[24], away[24];
	const char *also, *asked;
	bool gives_up;

	page_span(now - a->arrived_boot_ms, waits);
	page_span(a->out_boot_ms - now, left);
	/* What follows is parted from what stands before it where that ends: no row begins with the mark. */
	gives_up = strcmp(a->out_by, "hold") != 0 && a->out_by[0] && (p->wide || !p->brief);
	asked = a->joined > 0 ? ";" : "";
	also = a->askers > 0 && p->brief ? asked : ";";
	page_ownf(p, STYLE_NORMAL, "waits %s, ", waits);
	page_ownf(p, a->out_boot_ms - now < 60000 ? STYLE_RISKY : STYLE_NORMAL, "%s left%s", left, gives_up ? "" : also);
	if (gives_up)
		page_ownf(p, STYLE_NORMAL, " (%sagent gives up%s)%s", p->wide ? "the " : "", p->wide ? " then" : "", also);
	if (a->askers > 0) {
		if (!p->brief)
			page_ownf(p, STYLE_NORMAL, " agent on the line%s", asked);
	} else if (a->away_since_boot_ms > 0) {
		page_span(now - a->away_since_boot_ms, away);
		page_ownf(p, STYLE_ALERT, " AGENT AWAY %s%s", away, asked);
	} else {
		page_ownf(p, STYLE_ALERT, " AGENT AWAY%s", asked);
	}
	if (a->joined > 0)
		page_ownf(p, STYLE_DIM, " asked %lld times", (long long)a->joined + 1);
}

/* Whose rule holds it; where there is little room no more than that none does. */
static void put_holder(struct page *p)
{
	static const char none[] = "default";
	const char *by = p->a->held_by;

	if (!by[0])
		return;
	page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, !p->wide && strncmp(by, none, sizeof(none) - 1) == 0 ? none : by);
	page_own(p, STYLE_NORMAL, "   ");
}

static void put_held(struct page *p)
{
	page_begin(p, "held by");
	put_holder(p);
	put_waits(p);
	page_end(p);
}

static void put_ended(struct page *p)
{
	const struct model_action *a = p->a;
	char when[16];

	page_begin(p, a->ended_wall_ms ? "ended" : "now");
	page_foreign(p, STYLE_BOLD, SAFETEXT_PROSE, a->result[0] ? a->result : view_state(a->state));
	if (a->decided_by[0]) {
		page_own(p, STYLE_NORMAL, ", decided by ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, a->decided_by);
	}
	if (a->decided_wall_ms) {
		view_time(a->decided_wall_ms, when);
		page_ownf(p, STYLE_NORMAL, " at %s", when);
	}
	if (a->signed_by[0]) {
		page_own(p, STYLE_NORMAL, ", signed by ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, a->signed_by);
	}
	page_end(p);
}

static void put_approvals(struct page *p)
{
	char when[16];
	size_t i, n = 0;

	if (p->a->require < 2)
		return;
	while (n < MODEL_APPROVERS && p->a->approved_by[n])
		n++;
	page_begin(p, "persons");
	page_ownf(p, STYLE_WAIT, "%zu of %lld approved", n, (long long)p->a->require);
	for (i = 0; i < n; i++) {
		page_own(p, STYLE_WAIT, i == 0 ? ": " : ", ");
		page_foreign(p, STYLE_WAIT, SAFETEXT_PROSE, p->a->approved_by[i]);
		view_time(p->a->approved_wall_ms[i], when);
		page_ownf(p, STYLE_WAIT, " %.5s", when);
	}
	if (model_is_held(p->a))
		page_own(p, STYLE_WAIT, "; needs another person");
	page_end(p);
}

/* What operators wrote about its agent or its session. */
static void put_notes(struct page *p)
{
	size_t i;

	for (i = 0; i < p->d->model->note_count; i++) {
		const struct model_note *n = p->d->model->notes[i];

		if (strcmp(n->target, strcmp(n->kind, "agent") == 0 ? p->a->agent : p->a->session) != 0)
			continue;
		page_begin(p, "note");
		page_foreign(p, STYLE_DIM, SAFETEXT_PROSE, n->by);
		page_own(p, STYLE_DIM, ": ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, n->text);
		page_end(p);
	}
}

static void put_likes(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	size_t i, n = 0;

	for (i = 0; i < f->like_count; i++) {
		if (strcmp(f->likes[i].state, "denied") != 0)
			continue;
		page_ownf(p, STYLE_NORMAL, "%s%lld ", n++ ? ", " : ": ", (long long)f->likes[i].action);
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, f->likes[i].by);
		if (f->likes[i].note[0]) {
			page_own(p, STYLE_NORMAL, " \"");
			page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, f->likes[i].note);
			page_own(p, STYLE_NORMAL, "\"");
		}
	}
}

static void put_alike(struct page *p)
{
	const struct card_facts *f = &p->k->facts;

	page_begin(p, "alike");
	if (!card_looks(p)) {
		if (f->denied_before)
			page_ownf(p, STYLE_RISKY, "%lld denied", (long long)f->denied_before);
		else
			page_own(p, STYLE_NORMAL, "none denied");
		put_likes(p);
		if (f->approved_before)
			page_ownf(p, STYLE_NORMAL, "; %lld approved", (long long)f->approved_before);
		else
			page_own(p, STYLE_NORMAL, "; none approved");
		page_own(p, STYLE_DIM, p->wide ? ", in the last day" : ", in 24 h");
	}
	page_end(p);
}

/* The snapshot's time, as "2026-11-24T12:59:40Z" tells it; 0: it tells none. */
static int64_t wall_of(const char *utc)
{
	struct tm tm = { 0 };
	const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm);

	return end && (*end == 'Z' || *end == '.') ? (int64_t)timegm(&tm) * 1000 : 0;
}

/* Which one, from when, and what the agent did since. */
static void put_snapshot(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	int64_t made = wall_of(f->undo_made);
	char when[16], ago[24];
	size_t i;

	page_own(p, STYLE_NORMAL, p->wide ? "snapshot " : "");
	page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, f->undo);
	if (!made) {
		page_own(p, STYLE_NORMAL, " of ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, f->undo_made);
		return;
	}
	view_time(made, when);
	page_span(p->d->wall_ms + p->d->model->wall_offset_ms - made, ago);
	page_ownf(p, STYLE_NORMAL, ", %s, %s ago", when, ago);
	for (i = 0; i < f->turn_count && f->turns[i].wall_ms < made; i++)
		;
	if (!p->brief && i < f->turn_count)
		page_ownf(p, STYLE_NORMAL, ", before %lld", (long long)f->turns[i].action);
}

static void put_undo_words(struct page *p)
{
	const struct card_facts *f = &p->k->facts;

	if (card_looks(p))
		return;
	if (!f->undo[0] && !f->snapshot_before) {
		page_own(p, STYLE_RISKY, "NO");
		page_own(p, STYLE_NORMAL, " (no snapshot)");
		return;
	}
	if (f->snapshot_before)
		page_own(p, STYLE_NORMAL, "a snapshot is taken before it");
	else
		put_snapshot(p);
	if (p->brief)
		return;
	page_own(p, STYLE_DIM, p->wide ? ": files come back, what went out by network does not" : ": files yes, network no");
}

static void put_undo(struct page *p)
{
	page_begin(p, "undo");
	put_undo_words(p);
	page_end(p);
}

/* Who else has this card open, and for how long where that was told. */
static void put_reader_names(struct page *p)
{
	const struct dashboard *d = p->d;
	const struct card_facts *f = &p->k->facts;
	char span[24];
	size_t i, k, n = 0;

	for (i = 0; i < d->model->person_count; i++) {
		const struct model_person *who = d->model->persons[i];

		if (who->reads != p->a->id || strcmp(who->name, d->person) == 0)
			continue;
		page_own(p, STYLE_WAIT, n++ ? "; " : "");
		page_foreign(p, STYLE_WAIT, SAFETEXT_PROSE, who->name);
		for (k = 0; k < f->reader_count; k++) {
			if (strcmp(f->readers[k].name, who->name) != 0)
				continue;
			page_span(f->readers[k].for_ms + p->now - p->k->facts_boot_ms, span);
			page_ownf(p, STYLE_WAIT, ", for %s", span);
		}
	}
	if (n == 0)
		page_own(p, STYLE_DIM, "nobody else");
}

/* What waits before it, and what runs there now: both by the events, so that they are never of a while ago. And who reads it too. */
static void put_order(struct page *p)
{
	const struct model_action *a = p->a;
	const struct model_session *s = model_find_session(p->d->model, a->session);
	const struct card_facts *f = &p->k->facts;
	char when[16];
	size_t i;

	page_begin(p, "order");
	if (a->waits_for) {
		page_ownf(p, STYLE_ALERT, "%lld", (long long)a->waits_for);
		for (i = 0; p->k->has_facts && i < f->order_count; i++)
			if (f->order[i] != a->waits_for)
				page_ownf(p, STYLE_ALERT, ", %lld", (long long)f->order[i]);
		page_own(p, STYLE_ALERT, p->wide ? " waits before it on this session" : " waits before it");
	} else {
		page_own(p, STYLE_NORMAL, p->wide ? "nothing waits before it" : "nothing before it");
	}
	page_own(p, STYLE_NORMAL, "   runs there: ");
	if (s && s->doing[0]) {
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, s->doing);
		view_time(s->doing_since_wall_ms, when);
		page_ownf(p, STYLE_DIM, " since %s", when);
	} else {
		page_own(p, STYLE_NORMAL, "nothing known");
	}
	if (p->wide) {
		page_end(p);
		page_begin(p, "readers");
	} else {
		page_own(p, STYLE_DIM, "   readers ");
	}
	put_reader_names(p);
	page_end(p);
}

static void put_risks(struct page *p)
{
	if ((!p->a->risks[0] && card_risks_now(p->k, p->a) == 0) || !p->risks_cut)
		return;
	page_begin(p, "risky");
	page_risks(p, STYLE_RISKY);
	page_end(p);
}

static void put_same(struct page *p)
{
	char span[24];

	if (!p->a->same_as)
		return;
	page_span(p->a->same_as_ms_ago, span);
	page_begin(p, "same as");
	page_ownf(p, STYLE_ALERT, "%lld, which ended %s before it came", (long long)p->a->same_as, span);
	page_end(p);
}

void card_put_knows(struct page *p)
{
	const struct model_action *a = p->a;
	bool held = model_is_held(a);

	if (p->wide) {
		page_begin_rule(p);
		page_own(p, STYLE_TITLE, " what the gate knows ");
		page_end_rule(p);
	}
	card_put_hits(p);
	card_put_changed(p);
	put_risks(p);
	if (held)
		put_held(p);
	else
		put_ended(p);
	put_around(p);
	put_same(p);
	if (a->error[0])
		put_labelled(p, "error", STYLE_ALERT, SAFETEXT_PROSE, a->error);
	if (a->note[0])
		put_labelled(p, "words", STYLE_NORMAL, SAFETEXT_PROSE, a->note);
	put_approvals(p);
	if (held || p->k->has_facts) {
		put_alike(p);
		put_undo(p);
	}
	if (held)
		put_order(p);
	put_notes(p);
	if (a->origin[0])
		put_labelled(p, "from", STYLE_NORMAL, SAFETEXT_PROSE, a->origin);
}

/* Some rows in the overview: where it would act or how it ended, whether it can be undone, and what the agent calls it. */
/* What the agent says, at the end of this row: a short line of plain letters, behind which nothing stands that it could be taken for. */
static bool goes_here(const struct page *p, const char *title)
{
	size_t i;

	for (i = 0; title[i] >= ' ' && title[i] < 0x7f; i++)
		;
	return !title[i] && p->x + (int)strlen("   says | ") + (int)i <= p->right;
}

void card_put_brief(struct page *p)
{
	const struct model_action *a = p->a;

	put_around(p);
	if (a->error[0])
		put_labelled(p, "error", STYLE_ALERT, SAFETEXT_PROSE, a->error);
	if (!model_is_held(a)) {
		put_ended(p);
		card_put_changed(p);
		return;
	}
	card_put_changed(p);
	card_put_hits_brief(p);
	page_begin(p, "held");
	put_holder(p);
	put_waits(p);
	if (a->waits_for)
		page_ownf(p, STYLE_ALERT, "; %lld waits before it", (long long)a->waits_for);
	page_own(p, STYLE_DIM, "   undo ");
	put_undo_words(p);
	if (a->title[0] && goes_here(p, a->title)) {
		page_own(p, STYLE_DIM, "   says | ");
		page_foreign(p, STYLE_CLAIM, SAFETEXT_PROSE, a->title);
		page_end(p);
		return;
	}
	page_end(p);
	if (a->title[0])
		put_labelled(p, "says  |", STYLE_CLAIM, SAFETEXT_PROSE, a->title);
}
