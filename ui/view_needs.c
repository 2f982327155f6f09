/* view_needs: the pane NEEDS YOU: one row for each thing, or for several alike; the selected one stays in its line. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/command_parts.h"
#include "ui/dash.h"

/* Where the parts of a row begin: marker, flag, id, agent, what, and on the right what is left. */
struct columns { int id, agent, what, right; bool wide; };

static struct columns columns_of(const struct dashboard *d, const struct rect *r)
{
	int64_t most = d->model->action_count > 0 ? d->model->actions[d->model->action_count - 1]->id : 0;
	struct columns k = { .wide = r->width >= 50 };
	int digits = 2;

	for (; most > 99; most /= 10)
		digits++;
	k.id = r->x + 2;
	k.agent = k.id + digits + 1;
	k.what = k.agent + (k.wide ? 11 : 10);
	k.right = r->x + r->width - (k.wide ? 2 : 1);
	return k;
}

/* What stands on the right: the time left, or the key to press. Returns its first column. */
static int put_right(struct cells *c, const struct rect *r, const struct columns *k, int y, enum style style, const char *text)
{
	int x = k->right - (int)strlen(text);

	cells_put(c, r, x, y, style, text);
	return x;
}

static const char *name_of_session(const struct dashboard *d, const struct model_action *a)
{
	const struct model_session *s = model_find_session(d->model, a->session);

	return s ? s->name : a->session_name;
}

static void put_left(const struct dashboard *d, const struct model_action *a, int64_t now, char out[24])
{
	if (!model_is_held(a))
		snprintf(out, 24, a->needs_person ? "%s seen it" : "", keymap_first(d->keys, KEYMAP_MAIN, INTENT_SEEN).text);
	else if (a->askers == 0)
		snprintf(out, 24, "away");
	else
		view_left(view_left_ms(d, a, now), out, 24);
}

/* What else there is to say of it, before the time: who reads it, what it waits for, that it came back. Returns the room's end. */
static int put_aside(const struct dashboard *d, struct cells *c, const struct rect *r, const struct columns *k, int y, const struct model_action *a, int end)
{
	const struct model_person *reader = dash_reader(d, a->id);
	const struct model_approval *p = model_approval_of(d->model, a->id);
	char text[48] = "";
	int width;

	if (reader)
		snprintf(text, sizeof(text), k->wide ? "%.12s reads" : "%.4s", reader->name);
	else if (a->waits_for && model_is_held(a))
		snprintf(text, sizeof(text), k->wide ? "after %lld" : ">%lld", (long long)a->waits_for);
	else if (a->version > 1 && model_is_held(a) && !a->edited_by[0])
		snprintf(text, sizeof(text), k->wide ? "came back" : "back");
	else if (p && model_is_held(a))
		snprintf(text, sizeof(text), k->wide ? "MIOSA too" : "M");
	width = (int)strlen(text);
	if (width == 0 || end - width - 2 <= k->what)
		return end;
	cells_foreign(c, r, end - width - 2, y, STYLE_DIM, SAFETEXT_PROSE, text, strlen(text));
	return end - width - 2;
}

static void put_fold(const struct dashboard *d, struct cells *c, const struct rect *what, int y, enum style style, const struct model_action *a, size_t count)
{
	const struct model_agent *agent = model_find_agent(d->model, a->agent);
	int x = cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, a->kind, strlen(a->kind));

	x = cells_putf(c, what, x, y, style, what->width >= 20 ? " x%zu alike" : " x%zu", count);
	if (agent && agent->refused > 0 && x + 14 < what->x + what->width)
		cells_putf(c, what, x, y, style, ", %lld refused", (long long)agent->refused);
}

/* A command that has no room: what it runs, "exec: rm, curl|sh". false: it has room, or there is more to it than commands. */
static bool put_commands(struct cells *c, const struct rect *what, int y, enum style style, const struct model_action *a)
{
	struct command_parts parts;
	struct err e;
	struct buf b;
	size_t i, n = 0;

	if (strncmp(a->kind, "exec", 4) != 0 || !a->text[0] || (int)strlen(a->summary) <= what->width || command_parts(a->text, "", &parts, &e) < 0)
		return false;
	buf_init(&b, 65536);
	buf_printf(&b, "%s:", a->kind);
	for (i = 0; i < parts.count; i++) {
		const struct command_part *part = &parts.parts[i];
		int length = (int)strcspn(part->text, " \t\n");

		if (length == 2 && strncmp(part->text, "cd", 2) == 0)
			continue;	/* by itself it does nothing */
		buf_printf(&b, "%s%.*s", strcmp(part->joiner, "|") == 0 ? "|" : n++ ? ", " : " ", length, part->text);
	}
	command_parts_release(&parts);
	cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, buf_cstr(&b), b.len);
	buf_release(&b);
	return true;
}

static void put_what(const struct dashboard *d, struct cells *c, const struct rect *what, int y, enum style style, const struct columns *k, const struct model_action *a)
{
	const char *session, *result;
	int x;

	if (model_is_held(a)) {
		if (k->wide && put_commands(c, what, y, style, a))
			;
		else if (k->wide)
			cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, a->summary, strlen(a->summary));
		else
			cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, a->kind, strlen(a->kind));
		return;
	}
	session = name_of_session(d, a);
	result = a->result[0] ? a->result : view_state(a->state);
	if (!k->wide) {
		cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, result, strlen(result));
		return;
	}
	x = cells_foreign(c, what, what->x, y, style, SAFETEXT_PROSE, a->kind, strlen(a->kind));
	x = cells_put(c, what, x, y, style, ": ");
	x = cells_foreign(c, what, x, y, style, SAFETEXT_PROSE, result, strlen(result));
	x = cells_put(c, what, x, y, style, ", ");
	if (x + (int)strlen(session) < what->x + what->width)
		cells_foreign(c, what, x, y, style, SAFETEXT_IDENT, session, strlen(session));
	else
		cells_put(c, what, x - 2, y, style, "  ");
}

static void draw_action(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct need_row *row, size_t item, bool selected, int64_t now)
{
	const struct model_action *a = d->model->actions[d->needs.items[item].index];
	struct columns k = columns_of(d, r);
	bool held = model_is_held(a), risky = held && model_is_risky(a);
	enum style style = selected ? STYLE_SELECTED : !held && a->needs_person ? STYLE_ALERT : risky ? STYLE_RISKY : STYLE_NORMAL;
	struct rect line = { r->x, y, r->width, 1 }, agent = { k.agent, y, k.what - k.agent - 1, 1 }, what = { k.what, y, 0, 1 };
	char left[24];
	int end;

	put_left(d, a, now, left);
	cells_fill(c, &line, style);
	cells_putf(c, &line, r->x, y, style, "%c%c%*lld", selected ? '>' : ' ', many_is_marked(d, a->id) ? '*' : held ? risky ? '!' : ' ' : a->needs_person ? '?' : '.', k.agent - 1 - k.id, (long long)a->id);
	cells_foreign(c, &agent, agent.x, y, style, SAFETEXT_IDENT, a->agent, strlen(a->agent));
	end = k.right;
	if (held || k.wide)	/* in a narrow list the words of a fault need the room of the key */
		end = put_right(c, &line, &k, y, style, left);
	if (!row->folded)
		end = put_aside(d, c, &line, &k, y, a, end);
	what.width = (held || k.wide ? end - 1 : r->x + r->width) - what.x;
	if (row->folded)
		put_fold(d, c, &what, y, style, a, row->count);
	else
		put_what(d, c, &what, y, style, &k, a);
}

/* What MIOSA waits for, and nobody here knows more of than its hash. */
static void draw_approval(struct cells *c, const struct rect *r, int y, const struct model_approval *p, bool selected)
{
	bool alone = !p->action, wide = r->width >= 50;
	enum style style = selected ? STYLE_SELECTED : alone ? STYLE_RISKY : STYLE_NORMAL;
	struct rect line = { r->x, y, r->width, 1 }, who = { r->x + 8, y, wide ? 9 : 7, 1 }, what;
	char hash[40];

	snprintf(hash, sizeof(hash), wide ? "%s %.8s" : "%s", alone ? wide ? "hash only" : "hash" : "", approvals_hash(p));
	cells_fill(c, &line, style);
	cells_putf(c, &line, r->x, y, style, "%c%cMIOSA", selected ? '>' : ' ', alone ? '!' : ' ');
	cells_foreign(c, &who, who.x, y, style, SAFETEXT_IDENT, p->principal, strlen(p->principal));
	what = (struct rect){ who.x + who.width + 1, y, r->x + r->width - (int)strlen(hash) - 2 - who.x - who.width, 1 };
	cells_foreign(c, &what, what.x, y, style, SAFETEXT_IDENT, p->capability, strlen(p->capability));
	cells_foreign(c, &line, r->x + r->width - (int)strlen(hash), y, style, SAFETEXT_IDENT, hash, strlen(hash));
}

/* An agent at its cap, or one that floods; a session whose stream is down. */
static void draw_trouble(const struct dashboard *d, struct cells *c, const struct rect *r, int y, char flag, const char *name, const char *words, const char *right,
			 bool selected)
{
	struct columns k = columns_of(d, r);
	enum style style = selected ? STYLE_SELECTED : STYLE_ALERT;
	struct rect line = { r->x, y, r->width, 1 }, who = { k.agent, y, k.what - k.agent - 1, 1 }, what = { k.what, y, r->x + r->width - k.what, 1 };

	cells_fill(c, &line, style);
	cells_putf(c, &line, r->x, y, style, "%c%c", selected ? '>' : ' ', flag);
	cells_foreign(c, &who, who.x, y, style, SAFETEXT_IDENT, name, strlen(name));
	if (k.wide && right[0])
		what.width = put_right(c, &line, &k, y, style, right) - 1 - what.x;
	cells_foreign(c, &what, what.x, y, style, SAFETEXT_PROSE, words, strlen(words));
}

static void draw_agent(const struct dashboard *d, struct cells *c, const struct rect *r, int y, const struct model_agent *a, bool selected)
{
	bool wide = r->width >= 50;
	char words[96], raise[24] = "";

	if (!needs_floods(a))
		snprintf(raise, sizeof(raise), "%s raise", keymap_first(d->keys, KEYMAP_MAIN, INTENT_RAISE).text);
	if (needs_floods(a))
		snprintf(words, sizeof(words), wide ? "floods, %lld refused" : "FLOODS %lld", (long long)a->refused);
	else if (strcmp(a->at_cap, "actions") == 0)
		snprintf(words, sizeof(words), wide ? "at its cap, %lld/%lld turns" : "AT CAP %lld/%lld", (long long)a->used_actions, (long long)a->cap_actions);
	else
		snprintf(words, sizeof(words), wide ? "at its cap: %.40s" : "AT CAP", a->at_cap);
	draw_trouble(d, c, r, y, needs_floods(a) ? '!' : '+', a->name, words, raise, selected);
}

static void draw_row(const struct dashboard *d, struct cells *c, const struct rect *r, int y, size_t row, bool selected, int64_t now)
{
	const struct need_row *x = &d->needs.rows[row];
	const struct model *m = d->model;
	size_t item = x->first, i;
	char words[40];

	switch (d->needs.items[item].kind) {
	case NEED_ACTION:
		/* A row of several alike shows the selected one of them; else the first. */
		i = selected ? needs_item_of_action(&d->needs, d->selected) : NEEDS_NONE;
		if (i != NEEDS_NONE)
			item = i;
		draw_action(d, c, r, y, x, item, selected, now);
		break;
	case NEED_APPROVAL:
		draw_approval(c, r, y, m->approvals[d->needs.items[item].index], selected);
		break;
	case NEED_STREAM:
		view_not_live(d, m->sessions[d->needs.items[item].index], words);
		draw_trouble(d, c, r, y, '!', m->sessions[d->needs.items[item].index]->name, words, "", selected);
		break;
	case NEED_AGENT:
		draw_agent(d, c, r, y, m->agents[d->needs.items[item].index], selected);
		break;
	}
}

/* At the foot, where no pane of agents tells it: who was stopped, and what nobody decided. */
static void draw_foot(const struct dashboard *d, struct cells *c, struct rect *in)
{
	const struct model *m = d->model;
	struct rect line = { in->x, in->y + in->height - 1, in->width, 1 };
	int64_t expired = d->desk.expired.id;
	const struct model_agent *stopped = NULL;
	size_t i, count = 0;
	int x;

	for (i = 0; i < m->agent_count; i++) {
		if (m->agents[i]->stopped_by[0]) {
			stopped = m->agents[i];
			count++;
		}
	}
	if (expired && in->height > 3) {
		cells_putf(c, &line, line.x + 1, line.y, STYLE_DIM, "expired:  %lld (nobody decided)", (long long)expired);
		in->height--;
		line.y--;
	}
	if (!stopped || in->height <= 3)
		return;
	x = cells_put(c, &line, line.x + 1, line.y, STYLE_ALERT, "stopped:  ");
	if (count == 1)
		cells_foreign(c, &line, x, line.y, STYLE_ALERT, SAFETEXT_IDENT, stopped->name, strlen(stopped->name));
	else
		cells_putf(c, &line, x, line.y, STYLE_ALERT, "%zu agents (%s: all)", count, keymap_first(d->keys, KEYMAP_MAIN, INTENT_AGENTS).text);
	in->height--;
}

/* The selected one stays in its line while others come and go; it moves when it is chosen out of sight, or nothing is above it. */
static int first_row(struct dashboard *d, int selected, int room)
{
	int rows = (int)d->needs.row_count, top;

	if (selected < 0) {
		top = d->list_top;
		return top < rows ? top : rows > 0 ? rows - 1 : 0;
	}
	top = selected - d->list_line;
	if (top > selected)
		top = selected;
	if (selected - top >= room)
		top = selected - room + 1;
	return top > 0 ? top : 0;
}

/* The row that was chosen: as far as it can, the list stays where it is. */
static void keep_line(struct dashboard *d, int selected)
{
	const struct dash_shown *now = &d->list_cursor;
	struct dash_shown want = { .id = -1 };

	if (selected >= 0) {
		selecting_shown(d, (size_t)selected, &want);
		want.id = d->selected;
	}
	if (want.kind != now->kind || want.id != now->id || strcmp(want.name, now->name) != 0)
		d->list_line = selected >= d->list_top ? selected - d->list_top : 0;
	d->list_cursor = want;
}

/* What the list does not show: in its lower edge, or in the upper one where the lower is that of another pane too. */
static void draw_edges(const struct dashboard *d, struct cells *c, const struct rect *r, const struct rect *in, bool upper)
{
	const struct needs *n = &d->needs;
	size_t risky, risky_below, out;
	int y = upper ? r->y : r->y + r->height - 1, right = r->x + r->width - (upper ? 8 : 2);
	char text[100] = "";

	out = needs_in_rows(n, 0, (size_t)d->list_top, &risky) + needs_in_rows(n, (size_t)(d->list_top + in->height), n->row_count, &risky_below);
	risky += risky_below;
	if (d->filter[0])
		snprintf(text, sizeof(text), n->hidden_risky ? " filter hides %zu, %zu risky " : " filter hides %zu ", n->hidden, n->hidden_risky);
	else if (out)
		snprintf(text, sizeof(text), risky ? " %zu more, %zu risky " : " %zu more ", out, risky);
	cells_put(c, r, right - (int)strlen(text), y, d->filter[0] || risky ? STYLE_ALERT : STYLE_TITLE, text);
}

/* What was decided stays in its row while it is selected, but needs nobody any more. */
static size_t still_needed(const struct dashboard *d, size_t selected_row)
{
	const struct model_action *a = dash_selected(d);

	return d->needs.row_count - (selected_row != NEEDS_NONE && a && !a->needs_person);
}

void view_needs(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now, bool agents)
{
	struct rect in = { r->x + 1, r->y + 1, r->width - 2, r->height - 2 };
	size_t row = selecting_row(d);
	int selected = row == NEEDS_NONE ? -1 : (int)row, i;
	char title[60];

	snprintf(title, sizeof(title), "NEEDS YOU %zu", still_needed(d, row));
	cells_frame(c, r, title, d->unicode);
	cells_put(c, r, r->x + r->width - 7, r->y, STYLE_TITLE, " left ");
	if (!agents)
		draw_foot(d, c, &in);
	if (d->needs.row_count == 0 && d->model->loaded)
		cells_put(c, &in, in.x + 1, in.y, STYLE_DIM, d->needs.hidden ? "nothing has that text" : "nothing waits for you");
	keep_line(d, selected);
	d->list_top = first_row(d, selected, in.height);
	if (selected >= 0)
		d->list_line = selected - d->list_top;
	d->list_at = in;
	d->list_lines = 0;
	for (i = 0; i < in.height && d->list_top + i < (int)d->needs.row_count; i++) {
		draw_row(d, c, &in, in.y + i, (size_t)(d->list_top + i), d->list_top + i == selected, now);
		if (i < DASH_SHOWN) {
			selecting_shown(d, (size_t)(d->list_top + i), &d->list_shown[i]);
			d->list_lines++;
		}
	}
	draw_edges(d, c, r, &in, agents);
}
