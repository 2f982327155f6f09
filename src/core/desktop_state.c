/* desktop_state: see desktop_state.h. */
#include "config.h"

#include "core/desktop_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/miosa_envelope.h"

enum desktop_lands desktop_lands_of(const char *kind)
{
	static const struct { const char *kind; enum desktop_lands lands; } table[] = {
		{ "click", LANDS_AT_CURSOR }, { "double click", LANDS_AT_CURSOR }, { "right click", LANDS_AT_CURSOR }, { "drag", LANDS_AT_CURSOR },
		{ "mouse down", LANDS_AT_CURSOR }, { "mouse up", LANDS_AT_CURSOR }, { "scroll", LANDS_AT_CURSOR }, { "move", LANDS_AT_CURSOR },
		{ "type", LANDS_AT_FOCUS }, { "key", LANDS_AT_FOCUS }, { "hotkey", LANDS_AT_FOCUS }, { "key down", LANDS_AT_FOCUS }, { "key up", LANDS_AT_FOCUS },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].kind, kind) == 0)
			return table[i].lands;
	return LANDS_NOWHERE;
}

/* What an answer says before its body is looked at. */
static enum desktop_known known_by(int status)
{
	if (status == 404 || status == 405 || status == 406 || status == 410 || status == 501)
		return DESKTOP_ABSENT;
	return status >= 200 && status < 300 ? DESKTOP_KNOWN : DESKTOP_NOT_KNOWN;
}

/* A whole number, also one with a fraction; of pixels. false for anything else. */
static bool number(const struct json_doc *d, int v, const char *key, int *ret)
{
	double n;

	if (json_double(d, json_get(d, v, key), &n) < 0 || n < -1e6 || n > 1e6)
		return false;
	*ret = (int)n;
	return true;
}

static void take_focused(struct desktop_state *s, const struct json_doc *d, int v)
{
	struct digest_ctx *h = digest_new();
	char *title = json_strdup(d, json_get(d, v, "title"));
	const char *id;
	size_t len;

	if (!h)
		abort();
	id = json_raw(d, json_get(d, v, "id"), &len);
	if (id)
		digest_update(h, id, len);
	digest_update(h, "\n", 1);
	if (title)
		digest_update(h, title, strlen(title));
	digest_final_hex(h, s->window);
	free(title);
	s->at = (struct screen_rect){ 0 };
	if (!number(d, v, "x", &s->at.x) || !number(d, v, "y", &s->at.y) || !number(d, v, "width", &s->at.width) || !number(d, v, "height", &s->at.height))
		s->at = (struct screen_rect){ 0 };
}

void desktop_read_windows(struct desktop_state *s, int status, const char *body, size_t len)
{
	struct json_doc d;
	int list, v;

	s->window[0] = '\0';
	s->at = (struct screen_rect){ 0 };
	s->focus = known_by(status);
	if (s->focus != DESKTOP_KNOWN)
		return;
	if (json_parse(body, len, &d, NULL) < 0) {
		s->focus = DESKTOP_NOT_KNOWN;
		return;
	}
	list = miosa_list(&d, "windows");
	if (list == JSON_NONE)
		s->focus = DESKTOP_ABSENT;
	for (v = json_first(&d, list); v != JSON_NONE; v = json_next(&d, v))
		if (json_bool(&d, json_get(&d, v, "is_focused"), json_bool(&d, json_get(&d, v, "focused"), false)))
			take_focused(s, &d, v);
	json_release(&d);
}

void desktop_read_cursor(struct desktop_state *s, int status, const char *body, size_t len)
{
	struct json_doc d;

	s->cursor = known_by(status);
	if (s->cursor != DESKTOP_KNOWN)
		return;
	if (json_parse(body, len, &d, NULL) < 0) {
		s->cursor = DESKTOP_NOT_KNOWN;
		return;
	}
	if (!number(&d, miosa_object(&d), "x", &s->x) || !number(&d, miosa_object(&d), "y", &s->y))
		s->cursor = DESKTOP_ABSENT;
	json_release(&d);
}

const char *desktop_focus_differs(const struct desktop_state *was, const struct desktop_state *now)
{
	if (was->focus == DESKTOP_NOT_KNOWN)
		return "which window had the focus when it was looked at is not known";
	if (now->focus == DESKTOP_NOT_KNOWN)
		return "which window has the focus is not known";
	if (was->focus != now->focus || strcmp(was->window, now->window) != 0)
		return "another window has the focus, or its title changed";
	return memcmp(&was->at, &now->at, sizeof(was->at)) == 0 ? NULL : "the focused window was moved, or has another size";
}

const char *desktop_cursor_differs(const struct desktop_state *was, const struct desktop_state *now)
{
	if (was->cursor == DESKTOP_NOT_KNOWN)
		return "where the cursor was when it was looked at is not known";
	if (now->cursor == DESKTOP_NOT_KNOWN)
		return "where the cursor is is not known";
	if (was->cursor != now->cursor)
		return "the substrate tells of the cursor, and did not, or the reverse";
	return was->cursor == DESKTOP_ABSENT || (was->x == now->x && was->y == now->y) ? NULL : "the cursor is elsewhere";
}
