/* card_page: see card_page.h. */
#include "config.h"

#include "ui/card_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool page_shows(const struct page *p)
{
	return p->y >= p->r.y && p->y < p->r.y + p->r.height;
}

void page_foreign(struct page *p, enum style style, enum safetext_kind kind, const char *text)
{
	struct rect clip = { p->from, p->r.y, p->right - p->from, p->r.height };

	if (p->one_row && p->x >= p->right)
		cells_put(p->c, &p->r, p->right - 1, p->y, STYLE_DIM, ">");
	else if (p->one_row)
		p->x = cells_foreign(p->c, &clip, p->x, p->y, style, kind, text, strlen(text));
	else
		p->x = cells_foreign_flow(p->c, &clip, p->x, &p->y, style, kind, text, strlen(text));
}

/* Our own words go the same way: a name that slipped into them is marked too. */
void page_own(struct page *p, enum style style, const char *text)
{
	page_foreign(p, style, SAFETEXT_PROSE, text);
}

void page_ownf(struct page *p, enum style style, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_own(p, style, text);
}

void page_begin(struct page *p, const char *label)
{
	cells_put(p->c, &p->r, p->left, p->y, STYLE_DIM, label);
	p->x = p->from = p->text;
}

void page_end(struct page *p)
{
	p->y++;
	p->x = p->from = p->left;
}

void page_row(struct page *p, enum style style, const char *text)
{
	p->x = p->from = p->left;
	page_own(p, style, text);
	page_end(p);
}

void page_blank(struct page *p)
{
	p->y += p->wide && !p->brief;
}

void page_text(struct page *p, int x, int right, enum style style, enum safetext_kind kind, const char *text, size_t len)
{
	struct rect clip = { x, p->r.y, right - x, p->r.height };

	p->y += cells_foreign_wrapped(p->c, &clip, p->y, style, kind, text, len);
}

void page_begin_rule(struct page *p)
{
	if (page_shows(p))
		cells_line(p->c, p->r.x, p->y, p->r.width, NULL, p->d->unicode);
	p->x = p->from = p->left;
	p->one_row = true;
}

void page_end_rule(struct page *p)
{
	p->one_row = false;
	page_end(p);
}

const char *page_risk(const struct page *p, size_t i)
{
	return !p->wide && p->one_row && strcmp(p->a->risks[i], "outside /workspace") == 0 ? "outside" : p->a->risks[i];
}

/* In one piece, so that a comma does not begin a row. */
void page_risks(struct page *p, enum style style)
{
	struct buf b;
	size_t i;

	buf_init(&b, 65536);
	for (i = 0; i < MODEL_RISKS && p->a->risks[i]; i++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", page_risk(p, i));
	/* In the overview a row that becomes longer would move what is being read: there they stand in a row of their own. */
	for (i = 0; !p->brief && i < card_risks_now(p->k, p->a); i++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", p->k->facts.risks[i]);
	page_foreign(p, style, SAFETEXT_PROSE, buf_cstr(&b));
	buf_release(&b);
}

void page_digest(struct page *p, enum style style)
{
	const char *digest = p->a->digest;

	page_ownf(p, style, "  sha256 %.12s %.4s v%lld", digest, strlen(digest) > 60 ? digest + 60 : "", (long long)p->a->version);
}

void page_span(int64_t ms, char out[24])
{
	long long s = ms < 0 ? 0 : (long long)ms / 1000;

	if (s < 60)
		snprintf(out, 24, "%llds", s);
	else if (s < 3600)
		snprintf(out, 24, "%lldm%02llds", s / 60, s % 60);
	else
		snprintf(out, 24, "%lldh%02lldm", s / 3600, s / 60 % 60);
}

void page_size(int64_t bytes, char out[24])
{
	if (bytes < 10 * 1024)
		snprintf(out, 24, "%lld B", (long long)bytes);
	else if (bytes < 10 * 1024 * 1024)
		snprintf(out, 24, "%lld KiB", (long long)bytes / 1024);
	else
		snprintf(out, 24, "%lld MiB", (long long)bytes / (1024 * 1024));
}
