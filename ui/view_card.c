/* view_card: the whole action, never cut: the request first, then what the gate knows, then what the agent says, behind its gutter. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "ui/dash.h"

/* Rows are drawn from row - scroll on; what is outside the rectangle is only counted. */
struct page {
	struct dashboard *d;
	struct cells *c;
	struct rect r;
	int y;		/* the next row, in screen rows; may be above or below the rectangle */
	int request_end;	/* the row behind the request */
	bool brief;	/* in the overview: the same request, whole, but less around it */
};

static void row(struct page *p, enum style style, const char *text)
{
	cells_put(p->c, &p->r, p->r.x, p->y++, style, text);
}

static void foreign_n(struct page *p, enum style style, enum safetext_kind kind, const char *text, size_t len, int indent)
{
	struct rect clip = { p->r.x + indent, p->r.y, p->r.width - indent, p->r.height };

	p->y += cells_foreign_wrapped(p->c, &clip, p->y, style, kind, text, len);
}

static void foreign(struct page *p, enum style style, enum safetext_kind kind, const char *text, int indent)
{
	foreign_n(p, style, kind, text, strlen(text), indent);
}

static void labelled(struct page *p, const char *label, enum style style, enum safetext_kind kind, const char *text)
{
	cells_put(p->c, &p->r, p->r.x, p->y, STYLE_DIM, label);
	foreign(p, style, kind, text, 10);
}

static void put_text(struct page *p, const struct model_action *a)
{
	struct safetext_counts n;
	char line[200];

	if (!a->text[0] || p->brief)
		return;
	safetext_count(a->text, strlen(a->text), &n);
	p->y++;
	snprintf(line, sizeof(line), "%s  %zu bytes, %s%s%s%sall of it follows", strncmp(a->kind, "exec", 4) == 0 ? "COMMAND" : "TEXT", n.bytes,
		 n.non_ascii || n.controls || n.invalid ? "" : "all plain ASCII, ", n.non_ascii ? "some not ASCII, " : "",
		 n.controls ? "CONTROL CHARACTERS, " : "", n.invisible || n.invalid ? "INVISIBLE OR BROKEN ONES, " : "");
	row(p, n.controls || n.invisible || n.invalid ? STYLE_ALERT : STYLE_TITLE, line);
	foreign(p, STYLE_BOLD, strncmp(a->kind, "exec", 4) == 0 ? SAFETEXT_IDENT : SAFETEXT_PROSE, a->text, 2);
}

/* One row each; in the overview one behind the other. */
static void put_headers(struct page *p, const struct model_action *a)
{
	struct buf all;
	size_t i;

	buf_init(&all, SIZE_MAX - 1);
	for (i = 0; i < MODEL_HEADERS && a->headers[i]; i++) {
		if (i > 0)
			buf_puts(&all, p->brief ? "   " : "\n");
		buf_puts(&all, a->headers[i]);
	}
	if (all.len > 0)
		foreign(p, STYLE_DIM, SAFETEXT_IDENT, all.data, 2);
	buf_release(&all);
}

static void put_request(struct page *p, const struct model_action *a)
{
	const char *encoded = a->opaque ? a->body_hex : a->body_base64, *what = "";
	struct safetext_counts n;
	char line[200];

	safetext_count(a->body, strlen(a->body), &n);
	if (a->opaque)
		what = ", OPAQUE: its start in hexadecimal";
	else if (encoded[0])
		what = ", NOT TEXT: base64 of its start";
	else if (n.controls || n.invisible)
		what = ", WITH UNUSUAL CHARACTERS";
	snprintf(line, sizeof(line), "REQUEST  body of %lld bytes%s", (long long)a->body_len, what);
	p->y += !p->brief;
	if (!p->brief || what[0])
		row(p, what[0] ? STYLE_ALERT : STYLE_TITLE, line);
	snprintf(line, sizeof(line), "  %.40s ", a->method);
	cells_put(p->c, &p->r, p->r.x, p->y, STYLE_NORMAL, line);
	foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, a->path, 2 + (int)strlen(a->method) + 1);
	if (a->query[0])
		labelled(p, "  query", STYLE_NORMAL, SAFETEXT_IDENT, a->query);
	put_headers(p, a);
	if (a->body_len > 0)
		foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, encoded[0] ? encoded : a->body, 2);
	snprintf(line, sizeof(line), "  sha256 %.64s", a->digest);
	if (!p->brief)
		row(p, STYLE_DIM, line);
	p->request_end = p->y;
}

/* What a person changed: the bytes that differ, between what stands alike before and behind them. */
static void put_edited(struct page *p, const struct model_action *a)
{
	const char *old = a->original, *new = a->body;
	size_t old_len = strlen(old), new_len = strlen(new), head = 0, tail = 0;
	char line[200];

	if (!a->edited_by[0])
		return;
	while (head < old_len && head < new_len && old[head] == new[head])
		head++;
	while (head > 0 && ((unsigned char)old[head] & 0xc0) == 0x80)
		head--;	/* whole characters */
	while (tail < old_len - head && tail < new_len - head && old[old_len - 1 - tail] == new[new_len - 1 - tail])
		tail++;
	while (tail > 0 && ((unsigned char)old[old_len - tail] & 0xc0) == 0x80)
		tail--;
	snprintf(line, sizeof(line), "  EDITED by %.64s, from byte %zu of the body:", a->edited_by, head);
	row(p, STYLE_ALERT, line);
	cells_put(p->c, &p->r, p->r.x + 2, p->y, STYLE_RISKY, old_len - head - tail > 0 ? "-" : "- nothing");
	foreign_n(p, STYLE_RISKY, SAFETEXT_PROSE, old + head, old_len - head - tail, 4);
	cells_put(p->c, &p->r, p->r.x + 2, p->y, STYLE_GOOD, new_len - head - tail > 0 ? "+" : "+ nothing");
	foreign_n(p, STYLE_GOOD, SAFETEXT_PROSE, new + head, new_len - head - tail, 4);
}

static void put_approvals(struct page *p, const struct model_action *a)
{
	char line[400];
	size_t i, n = 0;

	if (a->require < 2)
		return;
	for (i = 0; i < MODEL_APPROVERS && a->approved_by[i]; i++)
		n++;
	snprintf(line, sizeof(line), "  %zu of %lld approved%s%.64s%s", n, (long long)a->require, n ? ": " : "", n ? a->approved_by[0] : "",
		 model_is_held(a) && n ? ", needs another person" : "");
	row(p, STYLE_WAIT, line);
}

/* What operators wrote about its agent or its session. */
static void put_notes(struct page *p, const struct model_action *a)
{
	size_t i;

	for (i = 0; i < p->d->model->note_count; i++) {
		const struct model_note *n = p->d->model->notes[i];

		if (strcmp(n->target, strcmp(n->kind, "agent") == 0 ? a->agent : a->session) != 0)
			continue;
		cells_foreign(p->c, &(struct rect){ p->r.x + 2, p->r.y, 7, p->r.height }, p->r.x + 2, p->y, STYLE_DIM, SAFETEXT_PROSE, n->by, strlen(n->by));
		labelled(p, "", STYLE_NORMAL, SAFETEXT_PROSE, n->text);
	}
}

/* What is seen of a session that is not live is the past; and what MIOSA itself still waits for. */
static void put_around(struct page *p, const struct model_action *a)
{
	const struct model_session *s = model_find_session(p->d->model, a->session);
	const struct model_approval *m = model_approval_of(p->d->model, a->id);
	char since[40], line[100];

	if (s && !s->live) {
		view_not_live_since(s, since);
		snprintf(line, sizeof(line), " its session is %s: you see the past", since);
		row(p, STYLE_ALERT, line);
	}
	if (m) {
		snprintf(line, sizeof(line), "waits too: %.60s; m shows it", m->id);
		labelled(p, " MIOSA", STYLE_WAIT, SAFETEXT_PROSE, line);
	}
}

static void put_state(struct page *p, const struct model_action *a, int64_t now)
{
	int64_t left = (a->expires_boot_ms - (now + p->d->model->boot_offset_ms)) / 1000;
	char line[400];
	size_t i;

	p->y++;
	row(p, STYLE_TITLE, "WHAT THE GATE KNOWS");
	if (model_is_held(a)) {
		snprintf(line, sizeof(line), "  held: %.80s; %lldm%02llds left%s", a->held_by, (long long)(left < 0 ? 0 : left / 60),
			 (long long)(left < 0 ? 0 : left % 60), a->askers == 0 ? "; AGENT AWAY" : "");
	} else {
		snprintf(line, sizeof(line), "  %.100s%s%.64s", a->result[0] ? a->result : a->state, a->decided_by[0] ? ", decided by " : "", a->decided_by);
		if (a->signed_by[0])
			snprintf(line + strlen(line), sizeof(line) - strlen(line), ", signed by %.64s", a->signed_by);
	}
	row(p, STYLE_NORMAL, line);
	put_around(p, a);
	if (a->origin[0])
		labelled(p, "  from", STYLE_NORMAL, SAFETEXT_PROSE, a->origin);
	if (a->error[0])
		labelled(p, "  error", STYLE_ALERT, SAFETEXT_PROSE, a->error);
	if (a->note[0])
		labelled(p, "  words", STYLE_NORMAL, SAFETEXT_PROSE, a->note);
	for (i = 0; i < MODEL_RISKS && a->risks[i]; i++)
		labelled(p, i == 0 ? "  risky" : "", STYLE_RISKY, SAFETEXT_PROSE, a->risks[i]);
	if (a->opaque)
		row(p, STYLE_ALERT, "  the body is over 1 MiB: nobody has read it, and no rule has");
	put_edited(p, a);
	put_approvals(p, a);
	put_notes(p, a);
	if (a->waits_for) {
		snprintf(line, sizeof(line), "  %lld waits before it on this session", (long long)a->waits_for);
		row(p, STYLE_ALERT, line);
	}
	if (a->same_as) {
		snprintf(line, sizeof(line), "  same as %lld, which ended %lld s before", (long long)a->same_as, (long long)a->same_as_ms_ago / 1000);
		row(p, STYLE_ALERT, line);
	}
	row(p, STYLE_NORMAL, "  undo: NO (this version takes no snapshots)");
}

/* One row each in the overview: how it ended or what is risky, and what the agent calls it. */
static void put_brief(struct page *p, const struct model_action *a)
{
	char line[600] = "";
	size_t i, n = 0;

	for (i = 0; i < MODEL_RISKS && a->risks[i] && n < sizeof(line) - 100; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%.60s", i ? ", " : "", a->risks[i]);
	if (!model_is_held(a))
		snprintf(line, sizeof(line), "%.100s%s%.200s", a->result[0] ? a->result : a->state, a->error[0] ? ": " : "", a->error);
	put_around(p, a);
	if (line[0])
		labelled(p, model_is_held(a) ? " risky" : " now", model_is_held(a) ? STYLE_RISKY : STYLE_BOLD, SAFETEXT_PROSE, line);
	if (a->title[0])
		labelled(p, " says   |", STYLE_CLAIM, SAFETEXT_PROSE, a->title);
}

static void put_claims(struct page *p, const struct model_action *a)
{
	static const char *const labels[] = { "says |", "why  |", "turn |" };
	const char *texts[] = { a->title, a->reason, a->turn };
	size_t i;

	p->y++;
	row(p, STYLE_TITLE, "WHAT THE AGENT SAYS (nobody checked it)");
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		int first = p->y;

		if (!texts[i][0])
			continue;
		labelled(p, "  ", STYLE_CLAIM, SAFETEXT_PROSE, texts[i]);
		/* The gutter stands on each of its rows: none of them can pass for ours. */
		for (; first < p->y; first++)
			cells_put(p->c, &p->r, p->r.x + 2, first, STYLE_CLAIM, first == p->y - 1 || texts[i][0] ? labels[i] : "     |");
	}
}

int view_card(struct dashboard *d, struct cells *c, const struct rect *r, int scroll, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	struct page p = { .d = d, .c = c, .r = *r, .y = r->y - scroll, .brief = d->view != VIEW_CARD };
	char line[200];

	if (!a)
		return 0;
	snprintf(line, sizeof(line), "%lld %.40s by %.60s%s", (long long)a->id, a->kind, a->agent, model_is_risky(a) ? "   RISKY" : "");
	row(&p, model_is_risky(a) ? STYLE_RISKY : STYLE_BOLD, line);
	foreign(&p, STYLE_BOLD, SAFETEXT_PROSE, a->plain, 0);
	put_text(&p, a);
	put_request(&p, a);
	if (p.request_end <= r->y + r->height) {
		d->seen_id = a->id;
		d->seen_version = a->version;
	}
	if (p.brief) {
		put_brief(&p, a);
	} else {
		put_state(&p, a, now);
		put_claims(&p, a);
	}
	return p.y - (r->y - scroll);
}
