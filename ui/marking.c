/* marking: what is to be drawn onto the picture for the selected action: out of its request and of what the gate found out about it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "ui/dash.h"

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

static bool is_typing(const struct model_action *a)
{
	return kind_is(a, "type") || kind_is(a, "key") || kind_is(a, "hotkey") || kind_is(a, "key down") || kind_is(a, "key up");
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
	} else if (is_typing(a)) {
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

struct picture_mark dash_mark(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);
	struct picture_mark m = { 0 };

	if (!a || strcmp(a->session, d->session) != 0 || (!a->has_point && !is_typing(a) && !has_button(a) && !kind_is(a, "scroll")))
		return m;
	m.point = a->has_point;
	m.x = near_zero(a->x);
	m.y = near_zero(a->y);
	m.x2 = near_zero(a->x2);
	m.y2 = near_zero(a->y2);
	choose_shape(a, &m);
	return m;
}
