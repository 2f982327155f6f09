/* card_parts: a command in parts and what each of them touches, as the gate found it; and a write against the file as it is. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/card_page.h"

enum {
	AROUND = 3,	/* lines alike that are shown before and behind a difference */
	OBJECT = 15,	/* columns that are kept for what is touched */
};

bool card_has_parts(const struct model_action *a)
{
	return a->text[0] && (strncmp(a->kind, "exec", 4) == 0 || strcmp(a->kind, "start process") == 0) && strcmp(a->kind, "exec python") != 0;
}

/* When it was looked at; that it is being looked at; why it is not known. */
static void put_when(struct page *p)
{
	char when[16];

	if (p->k->has_facts) {
		view_time(p->k->facts.at_wall_ms, when);
		page_ownf(p, STYLE_DIM, "files as they were at %s", when);
	} else if (p->k->why[0]) {
		page_own(p, STYLE_ALERT, "not known: ");
		page_foreign(p, STYLE_ALERT, SAFETEXT_PROSE, p->k->why);
	} else {
		page_own(p, STYLE_WAIT, "looking ...");
	}
}

/* "and && and |" */
static void put_joiners(struct page *p, const struct card_facts *f)
{
	size_t i, k, n = 0;

	for (i = 1; i < f->part_count; i++) {
		for (k = 1; k < i && strcmp(f->parts[k].joiner, f->parts[i].joiner) != 0; k++)
			;
		if (k < i)
			continue;
		page_own(p, STYLE_NORMAL, n++ == 0 ? ", joined by " : " and ");
		page_foreign(p, STYLE_BOLD, SAFETEXT_IDENT, f->parts[i].joiner);
	}
}

/* Whose the files are that would be touched. */
static void put_writers(struct page *p, const struct card_effect *ef)
{
	if (strcmp(ef->by_agent, "all") == 0 && !p->wide) {
		page_own(p, STYLE_NORMAL, "all by this agent");
	} else if (strcmp(ef->by_agent, "all") == 0) {
		page_own(p, STYLE_NORMAL, "all written by ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, p->a->agent);
		if (ef->actions[0]) {
			page_own(p, STYLE_DIM, " (actions ");
			page_foreign(p, STYLE_DIM, SAFETEXT_IDENT, ef->actions);
			page_own(p, STYLE_DIM, ")");
		}
	} else if (strcmp(ef->by_agent, "none") == 0) {
		page_own(p, STYLE_RISKY, "none its own");
	}
}

/* What it means, where that is not what stands there: a path that leads elsewhere. */
static bool leads_elsewhere(const struct card_effect *ef)
{
	return ef->resolved[0] && strcmp(ef->resolved, ef->object) != 0 && (ef->outside || strstr(ef->object, "..") || ef->object[0] == '~');
}

static void put_place(struct page *p, const struct card_effect *ef)
{
	bool listed = !p->wide && ef->entries[0] && ef->entry_count <= CARD_ENTRIES;	/* then each of them tells what it is, and how much */
	const char *comma = "";
	char size[24];
	int n = 0;

	if (leads_elsewhere(ef) && !(listed && ef->outside)) {
		page_own(p, STYLE_DIM, "= ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, ef->resolved);
		comma = ": ";
	}
	if (ef->outside) {
		page_own(p, STYLE_NORMAL, comma);
		page_own(p, STYLE_RISKY, "OUTSIDE");
		comma = ", ";
	}
	if (ef->known && ef->files >= 0) {
		page_size(ef->bytes, size);
		if (ef->entries[0]) {	/* of a pattern: what it means now */
			page_ownf(p, STYLE_NORMAL, "%s%lld entr%s", comma, (long long)ef->entry_count, ef->entry_count == 1 ? "y" : "ies");
			comma = ", ";
		}
		if (!listed)
			page_ownf(p, STYLE_NORMAL, "%s%lld file%s, %s%s", comma, (long long)ef->files, ef->files == 1 ? "" : "s", size, ef->by_agent[0] ? ", " : "");
		else
			page_own(p, STYLE_NORMAL, ef->by_agent[0] ? comma : "");
		put_writers(p, ef);
	} else if (ef->why[0]) {
		page_ownf(p, STYLE_WAIT, "%snot known: ", comma);
		page_foreign(p, STYLE_WAIT, SAFETEXT_PROSE, ef->why);
	}
	for (; n < CARD_ENTRIES && ef->entries[n]; n++) {
		page_own(p, STYLE_NORMAL, n == 0 ? ": " : "  ");
		page_foreign(p, STYLE_NORMAL, SAFETEXT_IDENT, ef->entries[n]);
		if (ef->entry_files[n] >= 0)
			page_ownf(p, STYLE_NORMAL, " (%lld file%s)", (long long)ef->entry_files[n], ef->entry_files[n] == 1 ? "" : "s");
	}
	if (n > 0 && ef->entry_count > n)
		page_ownf(p, STYLE_NORMAL, "  and %lld more", (long long)ef->entry_count - n);
}

static void put_effect(struct page *p, const struct card_effect *ef, int verb, int object)
{
	bool net = ef->host[0] != '\0', bad = strcmp(ef->verb, "DELETES") == 0 || ef->outside || ef->first_time || ef->note[0];
	int first = p->y;

	p->x = p->from = verb;
	page_foreign(p, bad ? STYLE_RISKY : STYLE_BOLD, SAFETEXT_IDENT, ef->verb);
	p->x = p->from = object;
	page_foreign(p, STYLE_BOLD, SAFETEXT_IDENT, net ? ef->host : ef->object);
	if (net) {
		page_own(p, ef->first_time ? STYLE_RISKY : STYLE_NORMAL, ef->first_time ? ": first time for this agent" : ": not the first time");
	} else if (!ef->from_part) {
		/* In a column of its own, where the object leaves it. */
		p->x = p->y == first && p->x + 2 < object + OBJECT ? object + OBJECT : p->x + 2;
		put_place(p, ef);
	}
	if (ef->note[0]) {
		page_own(p, STYLE_RISKY, ": ");
		page_foreign(p, STYLE_RISKY, SAFETEXT_PROSE, ef->note);
	}
	page_end(p);
}

/* The text of a part is short here: the command stands above, whole. */
static void put_part(struct page *p, size_t i)
{
	const struct card_part *part = &p->k->facts.parts[i];
	int width = p->right - p->left, text = p->left + (p->wide ? 5 : 2), verb = p->left + (p->wide ? 33 : width >= 70 ? 14 : 10), object = verb + (p->wide ? 10 : 8);
	struct rect short_text = { text, p->r.y, (part->count ? verb - 1 : p->right) - text, p->r.height };
	int first = p->y;
	size_t k;

	cells_putf(p->c, &p->r, p->left, first, STYLE_DIM, p->wide ? "%3zu" : "%zu", i + 1);
	cells_foreign(p->c, &short_text, text, first, STYLE_NORMAL, SAFETEXT_IDENT, part->text, strlen(part->text));
	for (k = 0; k < part->count; k++)
		put_effect(p, &part->effects[k], verb, object);
	if (part->count == 0)
		p->y++;
}

/* Where there is little room the heading is left out, and when it was looked at stands beside a first part that touches nothing. */
static bool put_beside(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	char when[16], text[40];
	int x;

	if (p->wide || !p->k->has_facts || f->part_count < 2 || f->parts[0].count > 0)
		return false;
	view_time(f->at_wall_ms, when);
	snprintf(text, sizeof(text), "files as they were at %s", when);
	x = p->right - (int)strlen(text);
	if (p->left + 2 + (int)strlen(f->parts[0].text) >= x)
		return false;
	cells_put(p->c, &p->r, x, p->y, STYLE_DIM, text);
	return true;
}

void card_put_parts(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	size_t i;

	/* Of a text that is typed only what goes into a terminal has any, and that is known when it is looked at. */
	bool typed = strcmp(p->a->kind, "type") == 0 && p->k->has_facts && f->part_count > 0;

	if (!typed && (!card_has_parts(p->a) || (!p->k->has_facts && !model_is_held(p->a))))
		return;
	if (typed || !put_beside(p)) {
		page_begin(p, "parts");
		if (p->k->has_facts) {
			page_ownf(p, STYLE_NORMAL, "%zu", f->part_count);
			put_joiners(p, f);
			page_own(p, STYLE_NORMAL, "   ");
		}
		if (typed)
			page_own(p, STYLE_DIM, "files were not looked up");
		else
			put_when(p);
		page_end(p);
	}
	if (!p->k->has_facts)
		return;
	for (i = 0; i < f->part_count; i++)
		put_part(p, i);
	if (f->unclear[0]) {
		page_begin(p, "unclear");
		page_own(p, STYLE_RISKY, "it may do more: ");
		page_foreign(p, STYLE_RISKY, SAFETEXT_PROSE, f->unclear);
		page_end(p);
	}
}

/* ---- a write ---- */

static bool is_near(const struct diff *d, size_t i)
{
	size_t from = i > AROUND ? i - AROUND : 0, k;

	for (k = from; k < d->count && k <= i + AROUND; k++)
		if (d->lines[k].kind != DIFF_SAME)
			return true;
	return false;
}

static void put_line(struct page *p, const struct diff_line *l)
{
	static const enum style styles[] = { [DIFF_SAME] = STYLE_DIM, [DIFF_GONE] = STYLE_RISKY, [DIFF_NEW] = STYLE_GOOD };

	cells_putf(p->c, &p->r, p->left, p->y, STYLE_DIM, "%6zu", l->number);
	cells_put(p->c, &p->r, p->left + 7, p->y, styles[l->kind], l->kind == DIFF_SAME ? " " : l->kind == DIFF_GONE ? "-" : "+");
	page_text(p, p->left + 9, p->right, styles[l->kind], SAFETEXT_PROSE, l->text, l->len);
	if (l->open) {
		cells_put(p->c, &p->r, p->left + 9, p->y, STYLE_MARK, "no line break at the end");
		p->y++;
	}
}

static void put_lines(struct page *p)
{
	const struct diff *d = &p->k->diff;
	size_t i, alike = 0;

	for (i = 0; i <= d->count; i++) {
		if (i < d->count && !is_near(d, i)) {
			alike++;
			continue;
		}
		if (alike > 0)
			cells_putf(p->c, &p->r, p->left + 7, p->y++, STYLE_DIM, "... %zu line%s alike", alike, alike == 1 ? "" : "s");
		alike = 0;
		if (i < d->count)
			put_line(p, &d->lines[i]);
	}
}

void card_put_changes(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	char size[24];

	if (!card_is_write(p->a) || (!p->k->has_facts && !model_is_held(p->a)))
		return;
	/* One row, whatever comes: the request below does not move when it is known. */
	page_begin(p, "changes");
	p->one_row = true;
	if (p->k->has_diff) {
		if (!f->write_exists)
			page_own(p, STYLE_BOLD, "a new file");
		else if (p->k->diff.added + p->k->diff.removed == 0)
			page_own(p, STYLE_BOLD, "nothing: the file is the same");
		else
			page_ownf(p, STYLE_BOLD, p->brief ? "+%zu -%zu lines" : "+%zu -%zu lines, shown behind the request", p->k->diff.added, p->k->diff.removed);
		page_own(p, STYLE_NORMAL, "   ");
	} else if (p->k->has_facts) {
		page_size(f->write_bytes, size);
		page_own(p, STYLE_WAIT, f->write_exists ? "a file that is there" : "not known what is there");
		if (f->write_exists)
			page_ownf(p, STYLE_WAIT, ", %s", size);
		page_own(p, STYLE_WAIT, "; not compared: ");
		page_foreign(p, STYLE_WAIT, SAFETEXT_PROSE, f->write_why[0] ? f->write_why : "what is written is no text");
		page_own(p, STYLE_NORMAL, "   ");
	}
	put_when(p);
	p->one_row = false;
	page_end(p);
}

void card_put_diff(struct page *p)
{
	const struct card_facts *f = &p->k->facts;

	if (!card_is_write(p->a) || !p->k->has_diff || !f->write_exists || p->k->diff.added + p->k->diff.removed == 0)
		return;
	page_begin_rule(p);
	page_own(p, STYLE_TITLE, " difference to the file as it is: ");
	page_foreign(p, STYLE_TITLE, SAFETEXT_IDENT, f->write_path);
	page_own(p, STYLE_TITLE, p->k->diff.coarse ? " (too different for a comparison line by line) " : " ");
	page_end_rule(p);
	put_lines(p);
}
