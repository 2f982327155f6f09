/* card_hits: what an action on a screen would hit, as the gate found it: the window, the control, where the focus is, what its numbers mean, whether the screen is as
 * the agent saw it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/coordinates.h"
#include "core/desktop_state.h"
#include "ui/card_page.h"

bool card_looks(struct page *p)
{
	if (p->k->has_facts)
		return false;
	page_own(p, p->k->why[0] ? STYLE_ALERT : STYLE_WAIT, p->k->why[0] ? "not known" : "looking ...");
	return true;
}

static void put_quoted(struct page *p, enum style style, const char *text)
{
	page_own(p, STYLE_NORMAL, " \"");
	page_foreign(p, style, SAFETEXT_PROSE, text);
	page_own(p, STYLE_NORMAL, "\"");
}

static void put_window(struct page *p, const struct card_found *f)
{
	page_own(p, STYLE_NORMAL, "window");
	put_quoted(p, f->by_tree ? STYLE_NORMAL : STYLE_BOLD, f->window);
	if (f->others > 0)
		page_ownf(p, STYLE_ALERT, " or one of %lld more that lie there", (long long)f->others);
}

/* The control in its window; the window alone; nothing. */
static void put_found(struct page *p, const struct card_found *f)
{
	const struct card_facts *facts = &p->k->facts;

	if (f->there && f->by_tree) {
		page_foreign(p, STYLE_NORMAL, SAFETEXT_PROSE, f->role);
		if (f->name[0])
			put_quoted(p, facts->risk_count > 0 ? STYLE_RISKY : STYLE_BOLD, f->name);
		else
			page_own(p, STYLE_WAIT, " without a name");
		if (f->window[0]) {
			page_own(p, STYLE_NORMAL, p->wide ? " in " : ", ");
			put_window(p, f);
		}
		return;
	}
	if (f->there) {
		put_window(p, f);
		page_own(p, STYLE_WAIT, "; control not known");
	} else {
		page_own(p, STYLE_WAIT, "window and control not known");
	}
	if (!p->brief && facts->control_why[0]) {
		page_own(p, STYLE_DIM, ": ");
		page_foreign(p, STYLE_DIM, SAFETEXT_PROSE, facts->control_why);
	}
}

bool card_is_typing(const struct model_action *a)
{
	return desktop_lands_of(a->kind) == LANDS_AT_FOCUS;
}

bool card_has_target(const struct model_action *a)
{
	return a->has_point || card_is_typing(a) || (strcmp(a->session_kind, "computer") == 0 && (strstr(a->kind, "click") || strstr(a->kind, "scroll") || strstr(a->kind, "mouse")));
}

static void put_risks_now(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	size_t i;

	page_own(p, STYLE_RISKY, "RISKY: ");
	for (i = 0; i < f->risk_count; i++) {
		page_own(p, STYLE_RISKY, i ? ", " : "");
		page_foreign(p, STYLE_RISKY, SAFETEXT_PROSE, f->risks[i]);
	}
}

static void put_hits(struct page *p)
{
	const struct card_facts *f = &p->k->facts;

	if (card_looks(p))
		return;
	if (p->brief && f->risk_count > 0) {
		put_risks_now(p);
		page_own(p, STYLE_NORMAL, "  ");
	}
	put_found(p, card_is_typing(p->a) ? &f->focus : &f->control);
	if (f->missing[0]) {
		page_own(p, STYLE_ALERT, "  could not be looked up: ");
		page_foreign(p, STYLE_ALERT, SAFETEXT_PROSE, f->missing);
	}
}

/* What its numbers mean there. */
static enum coordinates meaning(const struct page *p)
{
	const struct model_session *s = model_find_session(p->d->model, p->a->session);
	enum coordinates c = COORDINATES_PIXELS;

	if (s)
		coordinates_read(s->coordinates, &c);
	return c;
}

/* What its numbers mean, and where that is; that it names no place. */
static void put_place(struct page *p)
{
	const struct model_action *a = p->a;
	const struct model_session *s = model_find_session(p->d->model, a->session);
	const struct card_facts *f = &p->k->facts;
	enum coordinates c = meaning(p);
	int width = s ? (int)s->width : 0, height = s ? (int)s->height : 0, x, y;

	if (!a->has_point && f->has_cursor) {
		page_ownf(p, STYLE_WAIT, "it names none: the cursor is at %lld,%lld", (long long)f->cursor_x, (long long)f->cursor_y);
		return;
	}
	if (!a->has_point) {
		page_own(p, STYLE_WAIT, "it names none");
		return;
	}
	x = coordinates_pixel(c, (int)a->x, width);
	y = coordinates_pixel(c, (int)a->y, height);
	if (c == COORDINATES_PIXELS)
		page_ownf(p, STYLE_NORMAL, "pixels of a screen of %dx%d", width, height);
	else
		page_ownf(p, STYLE_NORMAL, "0 to 1000 across a screen of %dx%d: pixel %d,%d", width, height, x, y);
	if (width > 0 && (x < 0 || y < 0 || x >= width || y >= height))
		page_own(p, STYLE_RISKY, "; that is OUTSIDE of it");
}

/* Is there still what the agent saw when it asked? */
static void put_screen(struct page *p)
{
	const struct card_facts *f = &p->k->facts;
	bool brief = p->brief && !p->wide;
	char span[24];

	if (card_looks(p)) {
		;
	} else if (!f->has_screen) {
		page_own(p, STYLE_WAIT, "the agent has not looked at this screen, so far as is known");
	} else if (!f->screen_known) {
		page_own(p, STYLE_WAIT, "not known whether it changed since the agent looked: ");
		page_foreign(p, STYLE_WAIT, SAFETEXT_PROSE, f->screen_why);
	} else {
		page_own(p, f->screen_same ? STYLE_NORMAL : STYLE_RISKY, f->screen_same ? brief ? "same as" : "same round there as the agent saw" :
			 brief ? "CHANGED since" : "CHANGED round there since the agent saw it");
		if (f->saw_ms_before >= 0) {
			page_span(f->saw_ms_before, span);
			page_ownf(p, STYLE_NORMAL, brief && p->x + (int)strlen(span) + (int)strlen("  before it asked") > p->right ? " %s before" : " %s before it asked", span);
		}
	}
}

/* What changed on its screen since somebody decided, or by it; on the picture it is outlined. */
void card_put_changed(struct page *p)
{
	const struct model_action *a = p->a;
	const char *key = keymap_first(p->d->keys, KEYMAP_MAIN, INTENT_COMPARE).text;
	bool held = model_is_held(a);

	if (!a->screen_decided[0] && !a->screen_before[0] && !a->screen_after[0])
		return;
	page_begin(p, "screens");
	if (held && a->changed_count > 0)
		page_ownf(p, STYLE_RISKY, "CHANGED in %zu place%s since the yes, outlined", a->changed_count, a->changed_count == 1 ? "" : "s");
	else if (a->screen_after[0] && a->changed_count > 0)
		page_ownf(p, STYLE_NORMAL, "changed in %zu place%s by then, outlined", a->changed_count, a->changed_count == 1 ? "" : "s");
	else if (a->screen_after[0])
		page_own(p, STYLE_NORMAL, "nothing changed by then");
	else
		page_own(p, STYLE_NORMAL, "kept");
	page_ownf(p, STYLE_DIM, p->wide ? "; %s shows it as it was, and as it is" : "; %s: as it was", key);
	page_end(p);
}

void card_put_hits(struct page *p)
{
	const struct model_action *a = p->a;

	if (!card_has_target(a))
		return;
	page_begin(p, card_is_typing(a) ? "goes to" : "hits");
	put_hits(p);
	page_end(p);
	page_begin(p, "place");
	put_place(p);
	page_end(p);
	if (p->k->has_facts && p->k->facts.part_count > 0 && strcmp(a->kind, "type") == 0) {
		page_begin(p, "as a");
		page_own(p, STYLE_RISKY, "command: a terminal has the focus. exec in a sandbox would be safer, and says what came of it");
		page_end(p);
	}
	if (a->has_point) {
		page_begin(p, "screen");
		put_screen(p);
		page_end(p);
	}
}

void card_put_hits_brief(struct page *p)
{
	if (!card_has_target(p->a))
		return;
	page_begin(p, card_is_typing(p->a) ? "goes to" : "hits");
	put_hits(p);
	if (p->a->has_point && meaning(p) != COORDINATES_PIXELS) {
		page_own(p, STYLE_DIM, "   place ");
		put_place(p);
	}
	if (p->a->has_point && p->wide) {
		page_end(p);
		page_begin(p, "screen");
	} else if (p->a->has_point) {
		page_own(p, STYLE_DIM, "   screen ");
	}
	if (p->a->has_point)
		put_screen(p);
	page_end(p);
}
