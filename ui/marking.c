/* marking: what is to be drawn onto the picture for the selected action: out of its request and of what the gate found out about it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "core/coordinates.h"
#include "ui/card_page.h"

enum { BODY_MAX = 4096, FAR = 1 << 20 };

static int near_zero(int64_t n)
{
	return n < -FAR ? -FAR : n > FAR ? FAR : (int)n;
}

static bool kind_is(const struct model_action *a, const char *kind)
{
	return strcmp(a->kind, kind) == 0;
}

/* The way a wheel turns, and how many clicks. */
static void read_scroll(const struct json_doc *d, struct picture_mark *m, int64_t id)
{
	static const struct { const char *word; int x, y; } ways[] = { { "up", 0, -1 }, { "down", 0, 1 }, { "left", -1, 0 }, { "right", 1, 0 } };
	int root = json_root(d), way = json_get(d, root, "direction");
	int64_t clicks = 3;
	size_t i;

	if (json_int(d, json_get(d, root, "clicks"), &clicks) < 0)
		json_int(d, json_get(d, root, "amount"), &clicks);
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		if (!json_str_is(d, way, ways[i].word))
			continue;
		m->x2 = ways[i].x;
		m->y2 = ways[i].y;
		snprintf(m->label, sizeof(m->label), "%lld scroll %s %d", (long long)id, ways[i].word, near_zero(clicks));
	}
}

static void read_button(const struct json_doc *d, struct picture_mark *m, const struct model_action *a)
{
	static const char *const buttons[] = { "right", "middle" };
	const char *word = strcmp(a->kind, "right click") == 0 ? "" : "left ";
	int button = json_get(d, json_root(d), "button");
	char other[16];
	size_t i;

	for (i = 0; i < ARRAY_LEN(buttons); i++) {
		if (!json_str_is(d, button, buttons[i]))
			continue;
		snprintf(other, sizeof(other), "%s ", buttons[i]);
		word = other;
	}
	snprintf(m->label, sizeof(m->label), "%lld %s%.20s", (long long)a->id, word, a->kind);
}

static bool has_button(const struct model_action *a)
{
	return strstr(a->kind, "click") || kind_is(a, "mouse down") || kind_is(a, "mouse up");
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void choose_shape(const struct model_action *a, struct picture_mark *m)
{
	struct json_doc d = { 0 };

	if (a->body_len > 0 && a->body_len < BODY_MAX && !a->opaque && json_parse(a->body, strlen(a->body), &d, NULL) < 0)
		d = (struct json_doc){ 0 };
	snprintf(m->label, sizeof(m->label), "%lld %.30s", (long long)a->id, a->kind);
	if (kind_is(a, "type")) {
		m->shape = MARK_FRAME;
		snprintf(m->label, sizeof(m->label), "%lld type %zu", (long long)a->id, characters(a->text));
	} else if (card_is_typing(a)) {
		m->shape = MARK_FRAME;
		snprintf(m->label, sizeof(m->label), "%lld %.8s %.24s", (long long)a->id, a->kind, a->text);
	} else if (a->has_second) {
		m->shape = MARK_ARROW;
	} else if (kind_is(a, "scroll")) {
		m->shape = MARK_SCROLL;
		read_scroll(&d, m, a->id);
	} else {
		m->shape = kind_is(a, "double click") ? MARK_DOUBLE : MARK_CROSS;
		if (has_button(a))
			read_button(&d, m, a);
	}
	json_release(&d);
}

/* What the numbers of its actions are, in pixels of the screen. */
static void place(const struct dashboard *d, const struct model_action *a, struct picture_mark *m)
{
	const struct model_session *s = model_find_session(d->model, a->session);
	int width = d->screen.rgb ? d->screen.width : s ? near_zero(s->width) : 0, height = d->screen.rgb ? d->screen.height : s ? near_zero(s->height) : 0;
	enum coordinates c = COORDINATES_PIXELS;

	if (s)
		coordinates_read(s->coordinates, &c);
	m->point = a->has_point && (c == COORDINATES_PIXELS || (width > 0 && height > 0));
	m->x = coordinates_pixel(c, near_zero(a->x), width);
	m->y = coordinates_pixel(c, near_zero(a->y), height);
	m->x2 = coordinates_pixel(c, near_zero(a->x2), width);
	m->y2 = coordinates_pixel(c, near_zero(a->y2), height);
}

static struct rect bounds_of(const struct card_found *f)
{
	return (struct rect){ near_zero(f->bounds[0]), near_zero(f->bounds[1]), near_zero(f->bounds[2]), near_zero(f->bounds[3]) };
}

/* The control that it would hit; where it goes when it names no place: as the gate found it. */
static void place_by_facts(const struct card_facts *f, bool typing, struct picture_mark *m)
{
	if (f->control.there && f->control.by_tree)
		m->frame = bounds_of(&f->control);
	if (m->point)
		return;
	m->cursor = f->has_cursor;
	m->cursor_x = near_zero(f->cursor_x);
	m->cursor_y = near_zero(f->cursor_y);
	if (!typing && f->has_cursor) {
		m->point = true;
		m->x = m->cursor_x;
		m->y = m->cursor_y;
	}
	if (typing && f->focus.there)
		m->frame = bounds_of(&f->focus);
}

/* What changed on the screen since somebody looked: on the kept pictures, and on the screen of one that came back because of it. */
static void outline(const struct dashboard *d, const struct model_action *a, struct picture_mark *m)
{
	size_t i;

	for (i = 0; i < a->changed_count && (d->still.shown != STILL_NONE || model_is_held(a)); i++) {
		const struct model_rect *r = &a->changed[i];
		struct rect one = { near_zero(r->x), near_zero(r->y), near_zero(r->width), near_zero(r->height) };

		mark_add_changed(m, &one);
	}
}

struct picture_mark dash_mark(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);
	bool typing = a && card_is_typing(a);
	struct picture_mark m = { 0 };

	if (d->view == VIEW_HAND)
		return hand_mark(d);
	if (!a || strcmp(a->session, d->session) != 0)
		return m;
	outline(d, a, &m);
	if (!card_has_target(a))
		return m;
	place(d, a, &m);
	if (card_is_of(&d->card, a) && d->card.has_facts)
		place_by_facts(&d->card.facts, typing, &m);
	/* What came of it is not to be covered; it is looked for round the target all the same. */
	if (d->still.shown != STILL_AFTER)
		choose_shape(a, &m);
	return m;
}
