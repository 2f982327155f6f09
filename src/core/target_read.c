/* target_read: see target_read.h. */
#include "config.h"

#include "core/target_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Pixels: no screen is larger, and sums of two stay small. */
#define FAR 1000000.0

static bool number(const struct json_doc *d, int v, int64_t *ret)
{
	double n;

	if (json_double(d, v, &n) < 0 || !(n >= -FAR && n <= FAR))
		return false;
	*ret = (int64_t)n;
	return true;
}

bool target_inside(const struct target_rect *r, int64_t x, int64_t y)
{
	return r->width > 0 && x >= r->x && y >= r->y && x - r->x < r->width && y - r->y < r->height;
}

static bool name_is(const char *key, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(key, *names) == 0)
			return true;
	return false;
}

static void rect_of_list(const struct json_doc *d, int list, struct target_rect *ret)
{
	int64_t n[4];
	int v, i = 0;

	for (v = json_first(d, list); v != JSON_NONE && i < 4 && number(d, v, &n[i]); v = json_next(d, v))
		i++;
	if (i == 4 && v == JSON_NONE)
		*ret = (struct target_rect){ n[0], n[1], n[2], n[3] };
}

static void rect_of_object(const struct json_doc *d, int object, struct target_rect *ret)
{
	struct target_rect r = { 0 };
	int64_t right, bottom;
	bool at = (number(d, json_get(d, object, "x"), &r.x) && number(d, json_get(d, object, "y"), &r.y)) ||
		(number(d, json_get(d, object, "left"), &r.x) && number(d, json_get(d, object, "top"), &r.y));
	bool sized = (number(d, json_get(d, object, "width"), &r.width) && number(d, json_get(d, object, "height"), &r.height)) ||
		(number(d, json_get(d, object, "w"), &r.width) && number(d, json_get(d, object, "h"), &r.height));

	if (at && !sized && number(d, json_get(d, object, "right"), &right) && number(d, json_get(d, object, "bottom"), &bottom)) {
		r.width = right - r.x;
		r.height = bottom - r.y;
		sized = true;
	}
	if (at && sized)
		*ret = r;
}

static void take_state(struct target_node *n, const char *word, bool yes)
{
	if (strcasecmp(word, "showing") == 0 || strcasecmp(word, "visible") == 0) {
		n->showing |= yes && strcasecmp(word, "showing") == 0;
		n->hidden |= !yes;
	} else if (strcasecmp(word, "hidden") == 0 || strcasecmp(word, "minimized") == 0) {
		n->hidden |= yes;
	} else if (strcasecmp(word, "focused") == 0 || strcasecmp(word, "is_focused") == 0) {
		n->focused |= yes;
	}
}

/* A list of words names all that hold: what is not said to be showing is not to be seen ("visible" only says that nobody hid it). */
static void take_states(const struct json_doc *d, int v, struct target_node *n)
{
	bool list = json_type(d, v) == JSON_ARRAY, seen = false;
	int k;

	for (k = json_first(d, v); k != JSON_NONE; k = json_next(d, k)) {
		char *word = json_strdup(d, k);

		if (word && list) {
			take_state(n, word, true);
			seen |= strcasecmp(word, "showing") == 0;
		} else if (word) {
			take_state(n, word, json_bool(d, json_value(d, k), false));
		}
		free(word);
	}
	n->hidden |= list && !seen && json_size(d, v) > 0;
}

void target_node_read(const struct json_doc *d, int object, struct target_node *ret)
{
	static const char *const names[] = { "name", "title", "label", NULL }, *const roles[] = { "role", "role_name", "rolename", NULL };
	static const char *const kids[] = { "children", "nodes", NULL }, *const places[] = { "bounds", "extents", "rect", "bbox", "frame", NULL };
	static const char *const apps[] = { "app", "wm_class", "class", "app_name", NULL }, *const states[] = { "states", "state", NULL };
	static const char *const stackings[] = { "stacking", "z", "z_index", NULL };
	bool inline_place = false;
	int k, v;

	*ret = (struct target_node){ .name = JSON_NONE, .role = JSON_NONE, .children = JSON_NONE, .app = JSON_NONE, .stacking = -1 };
	/* One pass, since children may be long. */
	for (k = json_type(d, object) == JSON_OBJECT ? json_first(d, object) : JSON_NONE; k != JSON_NONE; k = json_next(d, k)) {
		char *key = json_strdup(d, k);

		v = json_value(d, k);
		if (!key)
			continue;
		if (name_is(key, names) && ret->name == JSON_NONE)
			ret->name = v;
		else if (name_is(key, roles) && ret->role == JSON_NONE)
			ret->role = v;
		else if (name_is(key, apps) && ret->app == JSON_NONE)
			ret->app = v;
		else if (name_is(key, kids) && json_type(d, v) == JSON_ARRAY)
			ret->children = v;
		else if (name_is(key, places) && json_type(d, v) == JSON_ARRAY)
			rect_of_list(d, v, &ret->at);
		else if (name_is(key, places))
			rect_of_object(d, v, &ret->at);
		else if (name_is(key, states))
			take_states(d, v, ret);
		else if (name_is(key, stackings))
			number(d, v, &ret->stacking);
		else if (json_type(d, v) == JSON_TRUE || json_type(d, v) == JSON_FALSE)
			take_state(ret, key, json_type(d, v) == JSON_TRUE);
		inline_place |= strcmp(key, "x") == 0;
		free(key);
	}
	if (inline_place && ret->at.width == 0)
		rect_of_object(d, object, &ret->at);
	if (ret->at.width <= 0 || ret->at.height <= 0)
		ret->at = (struct target_rect){ 0 };
}

char *target_text(const struct json_doc *d, int v)
{
	char *text = json_strdup(d, v);
	size_t n = text ? strlen(text) : 0;

	if (!text)
		text = calloc(1, 1);
	if (!text)
		abort();
	if (n > TARGET_TEXT_MAX) {
		for (n = TARGET_TEXT_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
		text[n] = '\0';
	}
	return text;
}

char *target_role(const struct json_doc *d, int v)
{
	char *text = target_text(d, v), *p;
	int64_t n;

	for (p = text; *p; p++)
		*p = (char)(*p == '_' || *p == '-' ? ' ' : *p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	if (strncmp(text, "role ", 5) == 0)
		memmove(text, text + 5, strlen(text + 5) + 1);
	if (!text[0] && json_int(d, v, &n) == 0) {
		free(text);
		text = malloc(32);
		if (!text)
			abort();
		snprintf(text, 32, "role %lld", (long long)n);
	}
	return text;
}
