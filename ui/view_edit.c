/* view_edit: the editor of a body, and the form of a rule that is made from a decision. */
#include "config.h"

#include <string.h>

#include "ui/dash.h"

enum { FORM_COLUMN = 26 };

void view_edit(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_action *a = model_find_action(d->model, d->edit_id);
	struct rect in = { r->x, r->y + 2, r->width, r->height - 4 };

	cells_putf(c, r, r->x, r->y, STYLE_TITLE, "EDIT THE BODY OF %lld, version %lld", (long long)d->edit_id, (long long)d->edit_version);
	editor_draw(&d->editor, c, &in);
	if (!a || !model_is_held(a) || a->version != d->edit_version)
		cells_put(c, r, r->x, r->y + 1, STYLE_ALERT, "it changed meanwhile: this text can not be sent any more");
	view_hints(c, r, "Ctrl-D done, then %s%s   Esc as it was   Ctrl-] F FREEZE", dash_key_of(d, INTENT_APPROVE).text, r->width < 70 ? "" : " sends it");
}

/* What stands beside a key, over as many rows as it takes. Returns those. */
static int put_words(struct cells *c, const struct rect *r, int y, enum style style, const char *text)
{
	struct rect in = { r->x + FORM_COLUMN, r->y, r->width - FORM_COLUMN, r->height - 1 };

	return cells_foreign_words(c, &in, y, style, SAFETEXT_PROSE, text, strlen(text));
}

void view_alike(struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct alike_form *f = &d->form;
	const struct model_action *a = model_find_action(d->model, f->id);
	int y = r->y, x;

	if (!a)
		return;
	x = cells_putf(c, r, r->x, y, STYLE_TITLE, "%s %lld AND ITS LIKE: ", f->allow ? "ALLOW" : "REFUSE", (long long)f->id);
	cells_foreign(c, r, x, y, STYLE_TITLE, SAFETEXT_PROSE, a->summary, strlen(a->summary));
	y += 2;
	cells_put(c, r, r->x, y, STYLE_NORMAL, "  A allow, R refuse       ");
	y += put_words(c, r, y, STYLE_NORMAL, f->allow ? "allow" : f->may_allow ? "refuse" :
		       "refuse (what costs money, ends a session, tells a secret or is not known is never allowed alike)");
	if (!f->allow) {
		cells_put(c, r, r->x, y, STYLE_NORMAL, "  w what it is told       ");
		y += put_words(c, r, y, f->words[0] ? STYLE_NORMAL : STYLE_DIM, f->words[0] ? f->words : "what a no without words tells");
	}
	x = cells_put(c, r, r->x, y, STYLE_NORMAL, "  within agent            ");
	cells_foreign(c, r, x, y++, STYLE_NORMAL, SAFETEXT_IDENT, a->agent, strlen(a->agent));
	x = cells_put(c, r, r->x, y, STYLE_NORMAL, "  s this session          ");
	if (f->session)
		cells_foreign(c, r, x, y, STYLE_NORMAL, SAFETEXT_IDENT, a->session_name, strlen(a->session_name));
	else
		cells_put(c, r, x, y, STYLE_WAIT, "any session of this agent");
	y++;
	if (f->has_point && f->box > 0)
		cells_putf(c, r, r->x, y++, STYLE_NORMAL, "  b box                   within %d pixels of %lld,%lld", f->box, (long long)f->x, (long long)f->y);
	else if (f->has_point)
		cells_put(c, r, r->x, y++, STYLE_WAIT, "  b box                   anywhere on the screen");
	if (f->has_text)
		cells_put(c, r, r->x, y++, f->text ? STYLE_WAIT : STYLE_NORMAL,
			  f->text ? "  t text                  any text without Return" : "  t text                  this very text");
	if (f->uses > 0)
		cells_putf(c, r, r->x, y++, STYLE_NORMAL, "  + - uses                %d", f->uses);
	else
		cells_put(c, r, r->x, y++, STYLE_WAIT, "  + - uses                no limit");
	if (f->minutes > 0)
		cells_putf(c, r, r->x, y++, STYLE_NORMAL, "  < > minutes             %d", f->minutes);
	else
		cells_put(c, r, r->x, y++, STYLE_WAIT, "  < > minutes             no limit");
	y++;
	cells_put(c, r, r->x, y, STYLE_TITLE, "  in the last day: ");
	put_words(c, r, y, STYLE_NORMAL, f->preview[0] ? f->preview : "...");
	view_hints(c, r, f->allow ? "Enter: decide, make it a rule   Esc: no   Ctrl-] F FREEZE" : "Enter: decide, make it a rule   w words   Esc: no   Ctrl-] F FREEZE");
}
