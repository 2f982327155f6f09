/* card_agent: what the agent says, behind its gutter; what it did before; and the end of the log of where it acts. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/card_page.h"
#include "ui/logline.h"

/* How many turns and lines of the log are shown, by the room that there is. */
enum { HIGH = 40, TURNS_HIGH = 10, TURNS_WIDE = 4, TURNS_NARROW = 2, LOG_HIGH = 10, LOG_WIDE = 3, LOG_NARROW = 2 };

/* The gutter stands on each of its rows: none of them can pass for ours. */
static void put_claim(struct page *p, const char *label, const char *text)
{
	int first = p->y, gutter = p->text - 2;

	if (!text[0])
		return;
	cells_put(p->c, &p->r, p->left, p->y, STYLE_DIM, label);
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[512];

		/* In pieces: a claim may be long, and a row is not. */
		if (n >= sizeof(line)) {
			n = sizeof(line) - 1;
			while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
				n--;
		}
		memcpy(line, text, n);
		line[n] = '\0';
		p->x = p->from = p->text;
		page_foreign(p, STYLE_CLAIM, SAFETEXT_PROSE, line);
		page_end(p);
		text += n + (text[n] == '\n');
	}
	for (; first < p->y; first++)
		cells_put(p->c, &p->r, gutter, first, STYLE_CLAIM, "|");
}

void card_put_claims(struct page *p)
{
	const struct model_action *a = p->a;

	if (!a->title[0] && !a->reason[0] && !a->turn[0])
		return;
	if (p->wide) {
		page_begin_rule(p);
		page_own(p, STYLE_TITLE, " the agent says (nobody checked it) ");
		page_end_rule(p);
	}
	put_claim(p, "says", a->title);
	put_claim(p, "why", a->reason);
	put_claim(p, "turn", a->turn);
}

static void put_turn(struct page *p, const struct card_turn *t)
{
	int width = p->right - p->left, result = p->left + (width >= 110 ? 66 : width * 11 / 20), by = p->left + (width >= 110 ? 88 : width * 15 / 20);
	struct rect what = { p->left, p->r.y, result - 1 - p->left, p->r.height }, how = { result, p->r.y, by - 1 - result, p->r.height };
	char when[16];
	int x;

	view_time(t->wall_ms, when);
	x = cells_putf(p->c, &what, p->left, p->y, STYLE_DIM, "%s %3lld ", when, (long long)t->action);
	cells_foreign(p->c, &what, x + 1, p->y, STYLE_NORMAL, SAFETEXT_PROSE, t->what, strlen(t->what));
	cells_foreign(p->c, &how, result, p->y, strncmp(t->result, "denied", 6) == 0 ? STYLE_RISKY : STYLE_NORMAL, SAFETEXT_PROSE, t->result, strlen(t->result));
	x = cells_foreign(p->c, &p->r, by, p->y, STYLE_DIM, SAFETEXT_PROSE, t->by, strlen(t->by));
	if (t->note[0]) {
		x = cells_put(p->c, &p->r, x, p->y, STYLE_DIM, " \"");
		x = cells_foreign(p->c, &p->r, x, p->y, STYLE_DIM, SAFETEXT_PROSE, t->note, strlen(t->note));
		cells_put(p->c, &p->r, x, p->y, STYLE_DIM, "\"");
	}
	p->y++;
}

void card_put_turns(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	const struct model_agent *g = model_find_agent(p->d->model, p->a->agent);
	size_t most = p->r.height >= HIGH ? TURNS_HIGH : p->wide ? TURNS_WIDE : TURNS_NARROW, i;

	page_begin_rule(p);
	page_own(p, STYLE_TITLE, p->wide ? " last turns of " : " ");
	page_foreign(p, STYLE_TITLE, SAFETEXT_IDENT, p->a->agent);
	if (g && g->cap_actions > 0)
		page_ownf(p, STYLE_TITLE, p->r.width < 70 ? ", %lld/%lld" : ", turn %lld of %lld", (long long)g->used_actions, (long long)g->cap_actions);
	page_ownf(p, STYLE_TITLE, " (%s all)", dash_key_of(p->d, INTENT_TURNS).text);
	if (!p->wide)
		page_digest(p, STYLE_DIM);
	page_own(p, STYLE_TITLE, " ");
	page_end_rule(p);
	if (p->k->has_facts && f->turn_count == 0)
		page_row(p, STYLE_DIM, "it did nothing before, in the last day");
	for (i = f->turn_count > most ? f->turn_count - most : 0; i < f->turn_count; i++)
		put_turn(p, &f->turns[i]);
}

void card_put_log(struct page *p)
{
	const struct dashboard *d = p->d;
	const struct model_session *s = model_find_session(d->model, p->a->session);
	size_t most = p->r.height >= HIGH ? LOG_HIGH : p->wide ? LOG_WIDE : LOG_NARROW, i;
	int rows = p->y - p->first;

	/* The rest is not pushed out of sight for it. */
	if (!p->wide && rows <= p->r.height && rows + 1 + (int)most > p->r.height)
		return;
	if (!s || strcmp(d->session, s->id) != 0 || d->log_count == 0)
		return;
	page_begin_rule(p);
	page_own(p, STYLE_TITLE, " log of ");
	page_foreign(p, STYLE_TITLE, SAFETEXT_IDENT, s->name);
	page_own(p, s->live ? STYLE_TITLE : STYLE_ALERT, s->live ? ", live " : ", NOT LIVE ");
	page_end_rule(p);
	for (i = d->log_count > most ? d->log_count - most : 0; i < d->log_count; i++) {
		const struct log_line *l = &d->log[i];
		struct logline line = { .text = l->text, .len = l->len, .style = view_log_style(l->stream), .own_colors = strcmp(l->stream, "gap") != 0 };
		struct rect text = { p->left + 15, p->r.y, p->right - p->left - 15, p->r.height };
		struct rect stream = { p->left + 9, p->r.y, 5, p->r.height };
		char when[16];

		view_time(l->wall_ms, when);
		cells_put(p->c, &p->r, p->left, p->y, STYLE_DIM, when);
		if (strcmp(l->stream, "out") != 0)
			cells_foreign(p->c, &stream, stream.x, p->y, STYLE_DIM, SAFETEXT_IDENT, l->stream, strlen(l->stream));
		if (page_shows(p))
			logline_draw(p->c, &text, p->y, &line);
		p->y++;
	}
}
