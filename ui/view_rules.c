/* view_rules: the rules that were made from decisions, in the list of agents: each in a line, and the selected one whole. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

enum {
	LINE_USES = 3,		/* so many of the last uses stand on a line, where there is room */
	USE_COLUMNS = 14,	/* ", 12345 12:59": none is cut */
};

static long long minutes_left(const struct dashboard *d, const struct model_alike *a, int64_t now)
{
	int64_t left = a->expires_boot_ms - (now + d->model->boot_offset_ms);

	return left < 0 ? 0 : (long long)left / 60000;
}

void view_rule_line(const struct dashboard *d, struct cells *c, const struct rect *r, const struct model_alike *a, int64_t now, enum style style)
{
	bool wide = r->width >= 98;
	struct rect what = { r->x + 7, r->y, r->width - (wide ? 52 : 35), 1 };
	size_t i;
	int x;

	cells_putf(c, r, r->x + 1, r->y, style, "%4lld ", (long long)a->id);
	x = cells_put(c, &what, what.x, r->y, style, strcmp(a->verdict, "allow") == 0 ? "allow " : "refuse ");
	cells_foreign(c, &what, x, r->y, style, SAFETEXT_PROSE, a->what, strlen(a->what));
	x = cells_putf(c, r, what.x + what.width + 1, r->y, style, "%lld", (long long)a->uses);
	if (a->uses_max > 0)
		x = cells_putf(c, r, x, r->y, style, wide ? " of %lld" : "/%lld", (long long)a->uses_max);
	x = cells_put(c, r, x, r->y, style, " used");
	if (a->expires_boot_ms > 0)
		x = cells_putf(c, r, x, r->y, style, wide ? ", %lldm left" : ", %lldm", minutes_left(d, a, now));
	for (i = 0; i < a->last_count && i < (wide ? LINE_USES : 1); i++)
		x = cells_putf(c, r, x, r->y, style, i ? " %lld" : ", last %lld", (long long)a->last[i].action);
	x = cells_put(c, r, x, r->y, style, ", ");
	cells_foreign(c, r, x, r->y, style, SAFETEXT_PROSE, a->made_by, strlen(a->made_by));
}

/* How often it was used, what ends it, and who made it; its last uses. Returns the row behind it. */
static int put_uses(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_alike *a, int64_t now)
{
	char when[16];
	size_t i;
	int x;

	x = cells_putf(c, r, r->x, y, STYLE_NORMAL, "%lld", (long long)a->uses);
	x = a->uses_max > 0 ? cells_putf(c, r, x, y, STYLE_NORMAL, " of %lld uses", (long long)a->uses_max) : cells_put(c, r, x, y, STYLE_NORMAL, " uses, no limit");
	x = a->expires_boot_ms > 0 ? cells_putf(c, r, x, y, STYLE_NORMAL, "; %lldm left", minutes_left(d, a, now)) : cells_put(c, r, x, y, STYLE_NORMAL, "; no end by time");
	x = cells_put(c, r, x, y, STYLE_NORMAL, "; made ");
	if (a->made_wall_ms > 0) {
		view_time(a->made_wall_ms, when);
		x = cells_putf(c, r, x, y, STYLE_NORMAL, "%s ", when);
	}
	x = cells_put(c, r, x, y, STYLE_NORMAL, "by ");
	cells_foreign(c, r, x, y++, STYLE_NORMAL, SAFETEXT_PROSE, a->made_by, strlen(a->made_by));
	x = cells_put(c, r, r->x, y, STYLE_DIM, a->last_count ? "last used by " : "not used yet");
	for (i = 0; i < a->last_count && x + USE_COLUMNS <= r->x + r->width; i++) {
		view_time(a->last[i].wall_ms, when);
		x = cells_putf(c, r, x, y, STYLE_NORMAL, i ? ", %lld %.5s" : "%lld %.5s", (long long)a->last[i].action, when);
	}
	return y + 1;
}

int view_whole_rule(const struct dashboard *d, struct cells *c, const struct rect *r, const struct model_alike *a, int64_t now)
{
	struct rect nowhere = { r->x + 1, r->y, r->width - 2, 0 }, in = nowhere;
	int last = r->y + r->height - 2, most = r->height - 7, what, words = 0, y;
	char title[40];

	if (!a)
		return last;
	what = cells_foreign_words(c, &nowhere, r->y, STYLE_NORMAL, SAFETEXT_PROSE, a->what, strlen(a->what));
	if (a->words[0])
		words = cells_foreign_words(c, &nowhere, r->y, STYLE_NORMAL, SAFETEXT_PROSE, a->words, strlen(a->words)) + 1;
	in.height = what + words + 3 < most ? what + words + 3 : most;
	in.y = last - in.height;
	snprintf(title, sizeof(title), "%lld %s", (long long)a->id, strcmp(a->verdict, "allow") == 0 ? "allows alike" : "refuses alike");
	cells_line(c, r->x, in.y, r->width, title, d->unicode);
	y = in.y + 1;
	y += cells_foreign_words(c, &in, y, STYLE_NORMAL, SAFETEXT_PROSE, a->what, strlen(a->what));
	y = put_uses(d, c, &in, y, a, now);
	if (words) {
		cells_put(c, &in, in.x, y++, STYLE_DIM, "its agent is told:");
		cells_foreign_words(c, &in, y, STYLE_NORMAL, SAFETEXT_PROSE, a->words, strlen(a->words));
	}
	return in.y;
}
