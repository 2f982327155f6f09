/* view_approval: what MIOSA itself waits for, whole: what it tells, which is a hash, and the action here that has this hash, if there is one. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

struct page {
	struct cells *c;
	struct rect r;
	int y;
};

/* Words of our own, and the sentence of an action: broken at blanks. */
static void put_words(struct page *p, int x, enum style style, const char *text)
{
	struct rect clip = { p->r.x + x, p->r.y, p->r.width - x, p->r.height };

	p->y += cells_foreign_words(p->c, &clip, p->y, style, SAFETEXT_PROSE, text, strlen(text));
}

static void put_at(struct page *p, int x, enum style style, enum safetext_kind kind, const char *text)
{
	struct rect clip = { p->r.x + x, p->r.y, p->r.width - x, p->r.height };

	p->y += cells_foreign_wrapped(p->c, &clip, p->y, style, kind, text, strlen(text));
}

static void labelled(struct page *p, const char *label, enum style style, enum safetext_kind kind, const char *text)
{
	if (!text[0])
		return;
	cells_put(p->c, &p->r, p->r.x, p->y, STYLE_DIM, label);
	put_at(p, 13, style, kind, text);
}

/* The parameters, which MIOSA does not tell, but the gate knows. */
static void put_action(struct page *p, const struct model_action *a)
{
	char line[700];

	snprintf(line, sizeof(line), "%lld here has this hash: %.600s", (long long)a->id, a->plain);
	cells_put(p->c, &p->r, p->r.x, p->y, STYLE_DIM, "  action");
	put_words(p, 13, STYLE_BOLD, line);
	snprintf(line, sizeof(line), "%.16s ", a->method);
	cells_put(p->c, &p->r, p->r.x + 13, p->y, STYLE_NORMAL, line);
	put_at(p, 13 + (int)strlen(line), STYLE_NORMAL, SAFETEXT_IDENT, a->path);
	labelled(p, "  query", STYLE_NORMAL, SAFETEXT_IDENT, a->query);
	labelled(p, "  body", STYLE_NORMAL, SAFETEXT_PROSE, a->opaque ? a->body_hex : a->body_base64[0] ? a->body_base64 : a->body);
}

static void put_rest(struct page *p, const struct model_approval *m, const struct model_action *a)
{
	size_t i;

	for (i = 0; a && i < MODEL_RISKS && a->risks[i]; i++)
		labelled(p, "  risky", STYLE_RISKY, SAFETEXT_PROSE, a->risks[i]);
	if (a && a->opaque)
		put_words(p, 2, STYLE_ALERT, "the body is over 1 MiB: this is its start, and nobody has read it");
	labelled(p, "  agent", STYLE_NORMAL, SAFETEXT_IDENT, a ? a->agent : m->agent);
	if (a) {
		labelled(p, "  here it is", STYLE_NORMAL, SAFETEXT_PROSE, a->result[0] ? a->result : view_state(a->state));
	}
	labelled(p, "  id", STYLE_NORMAL, SAFETEXT_IDENT, m->id);
	labelled(p, "  state", STYLE_NORMAL, SAFETEXT_IDENT, m->status);
	labelled(p, "  said", STYLE_WAIT, SAFETEXT_IDENT, m->decision);
	labelled(p, "  asked", STYLE_DIM, SAFETEXT_IDENT, m->inserted_at);
	labelled(p, "  ends", STYLE_DIM, SAFETEXT_IDENT, m->expires_at);
	p->y++;
	put_words(p, 2, STYLE_NORMAL, "MIOSA tells hashes alone. A yes here lets one request of this hash pass.");
}

int view_approval(struct dashboard *d, struct cells *c, const struct rect *r, int scroll)
{
	const struct model_approval *m = approvals_selected(d);
	const struct model_action *a = m && m->action ? model_find_action(d->model, m->action) : NULL;
	struct page p = { .c = c, .r = *r, .y = r->y - scroll };

	if (!m)
		return 0;
	labelled(&p, "MIOSA asks", STYLE_BOLD, SAFETEXT_IDENT, m->capability);
	labelled(&p, "  for", STYLE_NORMAL, SAFETEXT_IDENT, m->principal);
	if (strncmp(m->fingerprint, "sha256:", 7) == 0)
		labelled(&p, "  sha256", STYLE_NORMAL, SAFETEXT_IDENT, approvals_hash(m));
	else
		labelled(&p, "  hash", STYLE_NORMAL, SAFETEXT_IDENT, m->fingerprint);
	if (a) {
		put_action(&p, a);
	} else {
		put_words(&p, 0, STYLE_ALERT, "HASH ONLY: MIOSA shows only hashes, and no action here has this one.");
		put_words(&p, 0, STYLE_ALERT, "Nobody can see what it would do.");
	}
	/* As of an action: what would be done has to have been on the screen. */
	if (p.y <= r->y + r->height)
		d->seen_id = -d->approval_turn;
	put_rest(&p, m, a);
	return p.y - (r->y - scroll);
}
