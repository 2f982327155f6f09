/* view_turns: all that one agent did in the last day, over all its sessions; the files that it wrote and the hosts that it reached. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/httpmsg.h"
#include "ui/dash.h"

void turns_open(struct dashboard *d, int64_t now)
{
	const struct model_agent *a = selecting_agent(d);

	if (d->view == VIEW_TURNS) {
		d->view = d->before_turns;
		return;
	}
	if (!a) {
		dash_say(d, now, "no agent is selected");
		return;
	}
	if (strcmp(d->turns_of, a->name) != 0)
		turns_release(&d->turns);
	snprintf(d->turns_of, sizeof(d->turns_of), "%s", a->name);
	d->turns_at = -1;
	d->turns_error[0] = '\0';
	d->before_turns = d->view;
	d->view = VIEW_TURNS;
	d->scroll = 1000000;	/* the newest, which is drawn last */
}

bool turns_key(struct dashboard *d, enum intent intent)
{
	if (intent != INTENT_TURNS)
		return false;
	d->view = d->before_turns;
	d->scroll = 0;
	return true;
}

static int64_t actions_of(const struct dashboard *d)
{
	const struct model_agent *a = model_find_agent(d->model, d->turns_of);

	return a ? a->actions : 0;
}

bool turns_wanted(const struct dashboard *d, struct buf *path)
{
	if (d->view != VIEW_TURNS || d->turns_at == actions_of(d))
		return false;
	buf_puts(path, "/v1/agents/");
	return http_encode(path, d->turns_of, strlen(d->turns_of), false) == 0 && buf_puts(path, "/turns") == 0;
}

void turns_asked(struct dashboard *d)
{
	d->turns_at = actions_of(d);
}

void turns_answer(struct dashboard *d, int status, const char *body, size_t len)
{
	struct err e = { "" };

	if (status == 200 && turns_read(&d->turns, body, len, &e) == 0)
		d->turns_error[0] = '\0';
	else if (status == 200)
		snprintf(d->turns_error, sizeof(d->turns_error), "%s", e.msg);
	else if (status == 0)
		snprintf(d->turns_error, sizeof(d->turns_error), "the gate gave no answer: %.*s", (int)(len < 150 ? len : 150), body);
	else
		snprintf(d->turns_error, sizeof(d->turns_error), "the gate answered %d", status);
}

static int put_turn(struct cells *c, const struct rect *r, int y, const struct turn *t)
{
	bool wide = r->width >= 98, narrow = r->width < 70;	/* then without the seconds */
	struct rect number = { r->x + (narrow ? 7 : 10), y, narrow ? 3 : 5, 1 }, where = { number.x + number.width + 1, y, narrow ? 8 : 10, 1 };
	struct rect what = { where.x + where.width + 1, y, 0, 1 }, result = { r->x + r->width - (wide ? 44 : narrow ? 17 : 26), y, wide ? 18 : narrow ? 8 : 14, 1 };
	struct rect by = { result.x + result.width + 1, y, r->x + r->width - result.x - result.width - 1, 1 };
	char when[16];
	int x;

	if (y < r->y || y >= r->y + r->height)
		return y + 1;
	what.width = result.x - 1 - what.x;
	view_time(t->wall_ms, when);
	cells_putf(c, r, r->x + 1, y, STYLE_DIM, narrow ? "%.5s" : "%s", when);
	cells_foreign(c, &number, number.x, y, STYLE_CLAIM, SAFETEXT_IDENT, t->turn, strlen(t->turn));
	cells_foreign(c, &where, where.x, y, STYLE_NORMAL, SAFETEXT_IDENT, t->session_name, strlen(t->session_name));
	cells_foreign(c, &what, what.x, y, STYLE_NORMAL, SAFETEXT_PROSE, t->what, strlen(t->what));
	cells_foreign(c, &result, result.x, y, STYLE_NORMAL, SAFETEXT_PROSE, t->result, strlen(t->result));
	x = cells_foreign(c, &by, by.x, y, STYLE_DIM, SAFETEXT_PROSE, t->by, strlen(t->by));
	if (t->note[0] && x + 12 < by.x + by.width) {
		x = cells_put(c, &by, x, y, STYLE_DIM, " \"");
		x = cells_foreign(c, &by, x, y, STYLE_DIM, SAFETEXT_PROSE, t->note, strlen(t->note));
		cells_put(c, &by, x, y, STYLE_DIM, "\"");
	}
	return y + 1;
}

static int put_texts(struct cells *c, const struct rect *r, int y, const char *title, char *const *list, size_t count, const char *none)
{
	size_t i;

	cells_putf(c, r, r->x, y++, STYLE_TITLE, "%s %zu", title, count);
	for (i = 0; i < count; i++)
		y += cells_foreign_words(c, &(struct rect){ r->x + 1, r->y, r->width - 1, r->height }, y, STYLE_NORMAL, SAFETEXT_IDENT, list[i], strlen(list[i]));
	if (count == 0)
		cells_put(c, r, r->x + 1, y++, STYLE_DIM, none);
	return y;
}

/* All rows, from row y on; rows outside of the rectangle are not drawn. Returns the row behind them. */
static int put_all(const struct dashboard *d, struct cells *c, const struct rect *r, int y)
{
	const struct turns *t = &d->turns;
	size_t i;

	y = put_texts(c, r, y, "FILES WRITTEN BY NAME", t->files, t->file_count, "none that the gate saw: commands write too");
	y = put_texts(c, r, y + 1, "HOSTS REACHED", t->hosts, t->host_count, "none that the gate saw named");
	cells_putf(c, r, r->x, ++y, STYLE_TITLE, "TURNS OF THE LAST DAY %zu, as the agent counts them", t->count);
	y++;
	for (i = 0; i < t->count; i++)
		y = put_turn(c, r, y, &t->list[i]);
	return y;
}

void view_turns(struct dashboard *d, struct cells *c, const struct rect *r)
{
	struct rect in = { r->x, r->y + 1, r->width, r->height - 2 }, nowhere = { 0, 0, r->width, 0 };
	int x;

	x = cells_put(c, r, r->x, r->y, STYLE_TITLE, "AGENT ");
	cells_foreign(c, r, x, r->y, STYLE_TITLE, SAFETEXT_IDENT, d->turns_of, strlen(d->turns_of));
	d->card_room = in.height;
	d->card_rows = put_all(d, c, &nowhere, 0);
	if (d->scroll > d->card_rows - in.height)
		d->scroll = d->card_rows > in.height ? d->card_rows - in.height : 0;
	if (d->turns_error[0])
		cells_foreign(c, &in, in.x + 1, in.y, STYLE_ALERT, SAFETEXT_PROSE, d->turns_error, strlen(d->turns_error));
	else
		put_all(d, c, &in, in.y - d->scroll);
	view_hints(c, r, "Space %s scroll   %s stop it   %s note   %s %s ends   %s %s a row   %s FREEZE   Esc back", dash_key_of(d, INTENT_PAGE_UP).text,
		   dash_key_of(d, INTENT_STOP_AGENT).text, dash_key_of(d, INTENT_NOTE).text, dash_key_of(d, INTENT_HOME).text, dash_key_of(d, INTENT_END).text,
		   dash_key_of(d, INTENT_DOWN).text, dash_key_of(d, INTENT_UP).text, dash_key_of(d, INTENT_FREEZE).text);
}
