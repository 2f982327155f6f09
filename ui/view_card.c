/* view_card: the whole action, never cut: the request first, then what the gate knows, then what the agent says, behind its gutter. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ui/card_page.h"

static const struct { const char *state, *words; enum style style; } ends[] = {
	{ "approved", "APPROVED, not sent yet", STYLE_READY }, { "sent", "SENT, no answer yet", STYLE_READY }, { "done", "DONE", STYLE_READY },
	{ "upstream_failed", "FAILED", STYLE_ALERT }, { "not_sent", "NOT SENT", STYLE_ALERT }, { "unknown", "SENT, NO ANSWER: look", STYLE_ALERT },
	{ "denied", "DENIED", STYLE_ALERT }, { "expired", "EXPIRED: nobody decided", STYLE_ALERT }, { "withdrawn", "THE AGENT GAVE UP", STYLE_ALERT },
};

const char *view_state(const char *state)
{
	static const struct { const char *state, *words; } words[] = {
		{ "unknown", "sent, no answer" }, { "withdrawn", "agent gave up" }, { "upstream_failed", "failed" }, { "not_sent", "not sent" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(state, words[i].state) == 0)
			return words[i].words;
	return state;
}

/* What became of it; NULL while it is held. */
static const char *end_words(const struct model_action *a, enum style *ret_style)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (strcmp(a->state, ends[i].state) == 0) {
			*ret_style = ends[i].style;
			return ends[i].words;
		}
	}
	return NULL;
}

/* "EXEC in sandbox build-7" */
static void put_name(struct page *p, enum style style)
{
	char kind[64];
	size_t i;

	snprintf(kind, sizeof(kind), "%s", p->a->kind);
	for (i = 0; kind[i]; i++)
		kind[i] = (char)toupper((unsigned char)kind[i]);
	page_foreign(p, style, SAFETEXT_IDENT, kind);
	if (p->a->session_kind[0]) {
		page_ownf(p, style, " %s ", strcmp(p->a->session_kind, "computer") == 0 ? "on" : "in");
		page_foreign(p, style, SAFETEXT_IDENT, p->a->session_name[0] ? p->a->session_name : p->a->session);
	}
	if (p->wide) {
		page_own(p, style, " by ");
		page_foreign(p, style, SAFETEXT_IDENT, p->a->agent);
	}
}

static void put_risky(struct page *p, enum style style)
{
	if (!p->a->risks[0] && (p->brief || !model_is_risky(p->a)))
		return;
	/* Its words may have to be looked up once more: that it is risky is known. */
	page_own(p, style, p->a->risks[0] || card_risks_now(p->k, p->a) > 0 ? "  RISKY: " : "  RISKY");
	page_risks(p, style);
}

/* Across all of the row: whoever looks sees that it is over. */
static void put_end(struct page *p, const char *words, enum style style)
{
	const struct model_action *a = p->a;
	struct rect line = { p->r.x, p->y, p->r.width, 1 };
	char when[16];

	cells_fill(p->c, &line, style);
	page_ownf(p, style, "%lld %s", (long long)a->id, words);
	if (strcmp(a->state, "done") == 0 || strcmp(a->state, "upstream_failed") == 0) {
		page_own(p, style, ": ");
		page_foreign(p, style, SAFETEXT_PROSE, a->result);
	}
	if (a->decided_by[0]) {
		page_own(p, style, "; by ");
		page_foreign(p, style, SAFETEXT_PROSE, a->decided_by);
	}
	if (a->decided_wall_ms) {
		view_time(a->decided_wall_ms, when);
		page_ownf(p, style, " %s", when);
	}
}

static void put_who(struct page *p, enum style style)
{
	const struct model_agent *g = model_find_agent(p->d->model, p->a->agent);

	page_own(p, style, p->wide ? "  agent " : "  ");
	page_foreign(p, style, SAFETEXT_IDENT, p->a->agent);
	if (g && g->cap_actions > 0)
		page_ownf(p, style, p->wide ? ", turn %lld of %lld" : ", turn %lld/%lld", (long long)g->used_actions, (long long)g->cap_actions);
}

static void leave_out(char *text, const char *what)
{
	char *at = strstr(text, what);

	if (at && what[0])
		memmove(at, at + strlen(what), strlen(at + strlen(what)) + 1);
}

/* The gate's sentence. Where there is little room for it, without what the title and the path tell: the session's kind and id. */
static void put_sentence(struct page *p, enum style style, int room)
{
	const struct model_action *a = p->a;
	char text[600], id[160], name[160];

	if (strlen(a->plain) <= (size_t)room || strlen(a->plain) >= sizeof(text)) {
		page_foreign(p, style, SAFETEXT_PROSE, a->plain);
		return;
	}
	snprintf(text, sizeof(text), "%s", a->plain);
	snprintf(id, sizeof(id), " (%s)", a->session);
	snprintf(name, sizeof(name), "%s %s", a->session_kind, a->session_name);
	if (a->session[0] && strstr(a->path, a->session))
		leave_out(text, id);
	if (a->session_kind[0] && a->session_name[0] && strstr(text, name)) {
		snprintf(name, sizeof(name), "%s ", a->session_kind);
		leave_out(text, name);
	}
	page_foreign(p, style, SAFETEXT_PROSE, text);
}

/* The first row: what it is, or what became of it. In the overview it is the sentence that the gate made. */
static void put_title(struct page *p)
{
	enum style style = model_is_risky(p->a) ? STYLE_RISKY : p->brief ? STYLE_BOLD : STYLE_TITLE;
	enum style end = STYLE_NORMAL;
	const char *words = end_words(p->a, &end);

	if (words && !p->brief) {
		p->one_row = true;
		put_end(p, words, end);
		page_own(p, end, ":  ");
		put_name(p, end);
	} else if (words) {
		put_end(p, words, end);
		page_end(p);
		page_row(p, STYLE_BOLD, p->a->plain);
	} else if (p->brief) {
		page_ownf(p, style, "%lld ", (long long)p->a->id);
		put_sentence(p, style, p->wide ? 600 : 0);
		put_risky(p, style);
		put_who(p, STYLE_NORMAL);
		page_end(p);
	} else {
		p->one_row = true;
		page_ownf(p, style, "%lld ", (long long)p->a->id);
		put_name(p, style);
		put_risky(p, style);
		page_own(p, style, " ");
	}
}

/* By its bytes, which are never fewer than its columns but for marks; those are no risk words. As put_title() puts them. */
static bool has_room_for_risks(const struct page *p)
{
	char id[24];
	size_t n = (size_t)snprintf(id, sizeof(id), " %lld ", (long long)p->a->id) + strlen("  RISKY:  ") + strlen(p->a->kind), i;

	if (p->a->session_kind[0])
		n += strlen(" in ") + strlen(p->a->session_name[0] ? p->a->session_name : p->a->session);
	if (p->wide)
		n += strlen(" by ") + strlen(p->a->agent);

	for (i = 0; i < MODEL_RISKS && p->a->risks[i]; i++)
		n += strlen(page_risk(p, i)) + 2;
	for (i = 0; i < card_risks_now(p->k, p->a); i++)
		n += strlen(p->k->facts.risks[i]) + 2;
	return (int)n - 2 <= p->right - p->left;
}

static struct page page_of(struct dashboard *d, struct cells *c, const struct model_action *a, const struct rect *r)
{
	struct page p = { .d = d, .c = c, .a = a, .k = &d->card, .r = *r, .y = r->y, .brief = d->view != VIEW_CARD };

	p.wide = (p.brief ? r->width : c->width) >= 100;
	p.left = r->x + !p.brief;
	p.right = r->x + r->width - !p.brief;
	p.text = p.left + (p.wide && !p.brief ? 10 : 8);
	p.x = p.from = p.left;
	p.one_row = true;	/* as in the title */
	p.risks_cut = !model_is_held(a) || !has_room_for_risks(&p);
	p.one_row = false;
	return p;
}

void view_card_title(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_action *a = dash_selected(d);
	const char *key = keymap_first(d->keys, KEYMAP_MAIN, INTENT_BACK).text;
	char back[40];
	struct page p;

	cells_line(c, r->x, r->y, r->width, NULL, d->unicode);
	if (!a)
		return;
	p = page_of(d, c, a, r);
	page_own(&p, STYLE_TITLE, " ");
	put_title(&p);
	if (!model_is_held(a))	/* the bar has room for it then */
		return;
	snprintf(back, sizeof(back), " %s back ", key);
	if (p.x + (int)strlen(back) + 1 >= p.right)
		snprintf(back, sizeof(back), " %s ", key);
	if (p.x + (int)strlen(back) <= p.right)
		cells_put(c, r, p.right - 1 - (int)strlen(back), r->y, STYLE_TITLE, back);
}

int view_card(struct dashboard *d, struct cells *c, const struct rect *r, int scroll, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	int bottom = r->y + r->height, rows;
	struct page p;

	card_follow(&d->card, a);
	if (!a)
		return 0;
	card_session(&d->card, model_find_session(d->model, a->session));
	p = page_of(d, c, a, r);
	p.now = now;
	p.y -= scroll;
	p.first = p.y;
	if (p.brief) {
		put_title(&p);
	} else {
		put_sentence(&p, STYLE_BOLD, p.right - p.left);
		page_end(&p);
	}
	card_put_changes(&p);
	page_blank(&p);
	card_put_request(&p);
	if (p.brief) {
		card_put_brief(&p);
	} else {
		card_put_edited(&p);
		card_put_parts(&p);
		card_put_diff(&p);
		card_put_knows(&p);
		card_put_claims(&p);
		card_put_turns(&p);
		card_put_log(&p);
	}
	rows = p.y - (r->y - scroll);
	/* Where there is more than fits, the last row of the whole card says so, and shows nothing else. */
	if (!p.brief && rows > r->height)
		bottom--;
	if (p.request_end <= bottom && !a->body_cut) {
		d->seen_id = a->id;
		d->seen_version = a->version;
	}
	return rows;
}
