/* handinput: see handinput.h. One table of verbs and their fields; each type of field has one reader. */
#include "config.h"

#include "core/handinput.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/nearest.h"
#include "core/httpmsg.h"
#include "core/keyname.h"

enum { FIELDS = 5, DELAY_MAX_MS = 1000, CLICKS_MAX = 100, PLACE_MAX = 65535, NAME_BYTES_MAX = 1024, KEYS_MAX = 8, SIDE_MAX = 65535 };

enum type { NO_FIELD, ACROSS, DOWN, BUTTON, DIRECTION, CLICKS, TEXT, TEXT_OR_NONE, DELAY, KEY, KEYS, WINDOW, WINDOW_IN_PATH, PLACE, SIDE, NAME };

struct field {
	const char *name;
	enum type type;
	bool optional;
};

static const struct verb {
	const char *name;
	struct field fields[FIELDS];
} verbs[] = {
	{ "click", { { "x", ACROSS, false }, { "y", DOWN, false }, { "button", BUTTON, true } } },
	{ "double-click", { { "x", ACROSS, false }, { "y", DOWN, false } } },
	{ "right-click", { { "x", ACROSS, false }, { "y", DOWN, false } } },
	{ "move", { { "x", ACROSS, false }, { "y", DOWN, false } } },
	{ "mouse-down", { { "x", ACROSS, false }, { "y", DOWN, false }, { "button", BUTTON, true } } },
	{ "mouse-up", { { "x", ACROSS, false }, { "y", DOWN, false }, { "button", BUTTON, true } } },
	{ "drag", { { "from_x", ACROSS, false }, { "from_y", DOWN, false }, { "to_x", ACROSS, false }, { "to_y", DOWN, false } } },
	{ "scroll", { { "direction", DIRECTION, false }, { "clicks", CLICKS, true }, { "x", ACROSS, true }, { "y", DOWN, true } } },
	{ "type", { { "text", TEXT, false }, { "delay", DELAY, true } } },
	{ "key", { { "key", KEY, false } } },
	{ "hotkey", { { "keys", KEYS, false } } },
	{ "key-down", { { "key", KEY, false } } },
	{ "key-up", { { "key", KEY, false } } },
	{ "clipboard", { { "text", TEXT_OR_NONE, false } } },
	{ "launch", { { "app", NAME, false } } },
	{ "wallpaper", { { "path", NAME, false } } },
	{ "window/focus", { { "window_id", WINDOW, false } } },
	{ "window/resize", { { "window_id", WINDOW_IN_PATH, false }, { "width", SIDE, false }, { "height", SIDE, false } } },
	{ "window/move", { { "window_id", WINDOW_IN_PATH, false }, { "x", PLACE, false }, { "y", PLACE, false } } },
	{ "window/maximize", { { "window_id", WINDOW_IN_PATH, false } } },
	{ "window/minimize", { { "window_id", WINDOW_IN_PATH, false } } },
	{ "window/close", { { "window_id", WINDOW_IN_PATH, false } } },
};

struct reading {
	const struct json_doc *d;
	const struct hand_screen *screen;
	struct hand_input *out;
	struct jsonw body, record;
	bool typed;		/* something was that is not kept */
};

static void put_int(struct reading *r, const char *name, int64_t n)
{
	jw_kint(&r->body, name, n);
	jw_kint(&r->record, name, n);
}

static void put_text(struct reading *r, const char *name, const char *text)
{
	jw_kstr(&r->body, name, text);
	jw_kstr(&r->record, name, text);
}

static int whole(struct reading *r, const struct field *f, int v, int64_t least, int64_t most, struct err *e)
{
	int64_t n;

	if (json_int(r->d, v, &n) < 0)
		return err_set(e, ERR_INVALID, "\"%s\" is no whole number", f->name);
	if (n < least || n > most)
		return err_set(e, ERR_INVALID, "\"%s\" is %lld: it may be %lld to %lld", f->name, (long long)n, (long long)least, (long long)most);
	put_int(r, f->name, n);
	return 0;
}

/* On the screen. */
static int coordinate(struct reading *r, const struct field *f, int v, int side, const char *way, struct err *e)
{
	bool normalised = r->screen->coordinates == COORDINATES_NORMALISED;
	int64_t n;

	if (json_int(r->d, v, &n) < 0)
		return err_set(e, ERR_INVALID, "\"%s\" is no whole number", f->name);
	if (normalised && (n < 0 || n > COORDINATES_FULL))
		return err_set(e, ERR_INVALID, "\"%s\" is %lld: the screen is 0 to %d across", f->name, (long long)n, COORDINATES_FULL);
	if (!normalised && side > 0 && (n < 0 || n >= side))
		return err_set(e, ERR_INVALID, "\"%s\" is %lld: the screen is %d pixels %s, so 0 to %d", f->name, (long long)n, side, way, side - 1);
	if (n < 0 || n > PLACE_MAX)
		return err_set(e, ERR_INVALID, "\"%s\" is %lld: that is on no screen", f->name, (long long)n);
	put_int(r, f->name, n);
	return 0;
}

static int one_of(struct reading *r, const struct field *f, int v, const char *const *known, size_t count, struct err *e)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!json_str_is(r->d, v, known[i]))
			continue;
		put_text(r, f->name, known[i]);
		if (f->type == BUTTON)
			snprintf(r->out->button, sizeof(r->out->button), "%s", known[i]);
		return 0;
	}
	return err_set(e, ERR_INVALID, "\"%s\" is none of %s, %s, %s%s%s", f->name, known[0], known[1], known[2], count > 3 ? ", " : "", count > 3 ? known[3] : "");
}

static void put_length(struct reading *r, int64_t characters)
{
	jw_kint(&r->record, "characters", characters);
	r->typed = true;
}

static int text(struct reading *r, const struct field *f, int v, struct err *e)
{
	char *own = json_strdup(r->d, v);
	int64_t characters = 0;
	int result = 0;
	size_t len, i;

	if (!own)
		return err_set(e, ERR_INVALID, "\"%s\" is no text, or has a NUL in it", f->name);
	len = strlen(own);
	for (i = 0; i < len; i++)
		characters += ((unsigned char)own[i] & 0xc0) != 0x80;
	if (len == 0 && f->type == TEXT)
		result = err_set(e, ERR_INVALID, "\"%s\" is empty", f->name);
	else if (len > HANDINPUT_TEXT_MAX)
		result = err_set(e, ERR_INVALID, "\"%s\" has %zu bytes: it may have %d at once", f->name, len, HANDINPUT_TEXT_MAX);
	if (result == 0) {
		jw_kstr(&r->body, f->name, own);
		put_length(r, characters);
	}
	wipe(own, len);
	free(own);
	return result;
}

/* Its name, own; NULL: what is wrong was said. *ret_types: pressing it types something. */
static char *key_name(struct reading *r, const char *field, int v, bool *ret_types, struct err *e)
{
	char *name = json_strdup(r->d, v);
	struct keychord chord = { 0 };

	if (!name) {
		err_set(e, ERR_INVALID, "\"%s\" is no name of a key", field);
		return NULL;
	}
	if (keyname_parse(name, &chord, e) < 0) {
		free(name);
		return NULL;
	}
	*ret_types = keyname_types(&chord);
	r->out->keys = chord;
	return name;
}

static int key(struct reading *r, const struct field *f, int v, struct err *e)
{
	bool types;
	char *name = key_name(r, f->name, v, &types, e);

	if (!name)
		return ERR_INVALID;
	jw_kstr(&r->body, f->name, name);
	if (types)
		put_length(r, 1);
	else
		jw_kstr(&r->record, f->name, name);
	free(name);
	return 0;
}

/* All are down at once: together they are one chord. */
static int keys(struct reading *r, const struct field *f, int v, struct err *e)
{
	struct keychord one, all = { 0 };
	char *names[KEYS_MAX] = { NULL };
	bool types;
	int k, n = 0, i, result = 0;

	if (json_type(r->d, v) != JSON_ARRAY || json_size(r->d, v) < 1 || json_size(r->d, v) > KEYS_MAX)
		return err_set(e, ERR_INVALID, "\"%s\" is no list of 1 to %d keys", f->name, KEYS_MAX);
	for (k = json_first(r->d, v); k != JSON_NONE && result == 0; k = json_next(r->d, k)) {
		names[n] = key_name(r, f->name, k, &types, e);
		result = names[n] ? keyname_parse(names[n], &one, e) : ERR_INVALID;
		for (i = 0; result == 0 && i < one.count && all.count < KEYNAME_CHORD_MAX; i++)
			all.keysyms[all.count++] = one.keysyms[i];
		n++;
	}
	types = keyname_types(&all);
	for (k = 0; result == 0 && k < 2; k++) {
		struct jsonw *w = k == 0 ? &r->body : &r->record;

		if (k == 1 && types)
			continue;
		jw_key(w, f->name);
		jw_begin(w, '[');
		for (i = 0; i < n; i++)
			jw_str(w, names[i]);
		jw_end(w, ']');
	}
	if (result == 0 && types)
		put_length(r, 1);
	while (n > 0)
		free(names[--n]);
	return result;
}

/* An id is a text or a number. In a path it is one segment that is no dots. */
static int window(struct reading *r, const struct field *f, int v, struct err *e)
{
	char *id = json_strdup(r->d, v), number[32];
	int64_t n;

	if (f->type == WINDOW && !id && json_int(r->d, v, &n) == 0 && n >= 0) {
		put_int(r, f->name, n);
		return 0;
	}
	if (!id && json_int(r->d, v, &n) == 0 && n >= 0) {
		snprintf(number, sizeof(number), "%lld", (long long)n);
		id = strdup(number);
	}
	if (!id || !id[0] || strlen(id) > 128 || strcmp(id, ".") == 0 || strcmp(id, "..") == 0) {
		free(id);
		return err_set(e, ERR_INVALID, "\"%s\" is no id of a window", f->name);
	}
	if (f->type == WINDOW)
		put_text(r, f->name, id);
	else
		http_encode(&r->out->path, id, strlen(id), false);
	free(id);
	return 0;
}

static int name(struct reading *r, const struct field *f, int v, struct err *e)
{
	char *own = json_strdup(r->d, v);
	bool ok = own && own[0] && strlen(own) <= NAME_BYTES_MAX;

	if (ok)
		put_text(r, f->name, own);
	free(own);
	return ok ? 0 : err_set(e, ERR_INVALID, "\"%s\" is no text of 1 to %d bytes", f->name, NAME_BYTES_MAX);
}

static int read_field(struct reading *r, const struct field *f, int v, struct err *e)
{
	static const char *const buttons[] = { "left", "middle", "right" }, *const directions[] = { "up", "down", "left", "right" };

	switch (f->type) {
	case ACROSS: return coordinate(r, f, v, r->screen->width, "wide", e);
	case DOWN: return coordinate(r, f, v, r->screen->height, "high", e);
	case BUTTON: return one_of(r, f, v, buttons, ARRAY_LEN(buttons), e);
	case DIRECTION: return one_of(r, f, v, directions, ARRAY_LEN(directions), e);
	case CLICKS: return whole(r, f, v, 1, CLICKS_MAX, e);
	case DELAY: return whole(r, f, v, 0, DELAY_MAX_MS, e);
	case PLACE: return whole(r, f, v, -PLACE_MAX, PLACE_MAX, e);
	case SIDE: return whole(r, f, v, 1, SIDE_MAX, e);
	case TEXT:
	case TEXT_OR_NONE: return text(r, f, v, e);
	case KEY: return key(r, f, v, e);
	case KEYS: return keys(r, f, v, e);
	case WINDOW:
	case WINDOW_IN_PATH: return window(r, f, v, e);
	default: return name(r, f, v, e);
	}
}

static const struct verb *find_verb(const char *wanted, struct err *e)
{
	const char *names[ARRAY_LEN(verbs)], *hint;
	size_t i;

	for (i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, wanted) == 0)
			return &verbs[i];
		names[i] = verbs[i].name;
	}
	hint = nearest(wanted, names, ARRAY_LEN(verbs));
	err_set(e, ERR_INVALID, "nothing that a hand does is called \"%.60s\"%s%s%s", wanted, hint ? " (did you mean \"" : "", hint ? hint : "", hint ? "\"?)" : "");
	return NULL;
}

/* Are all members known ones? */
static int check_members(const struct verb *v, const struct json_doc *d, int fields, struct err *e)
{
	const char *names[FIELDS], *hint;
	size_t count = 0, i;
	char *own;
	int k;

	while (count < FIELDS && v->fields[count].type != NO_FIELD) {
		names[count] = v->fields[count].name;
		count++;
	}
	if (fields != JSON_NONE && json_type(d, fields) != JSON_OBJECT)
		return err_set(e, ERR_INVALID, "the fields of %s are no object", v->name);
	for (k = json_first(d, fields); k != JSON_NONE; k = json_next(d, k)) {
		for (i = 0; i < count && !json_str_is(d, k, names[i]); i++)
			;
		if (i < count)
			continue;
		own = json_strdup(d, k);
		hint = own ? nearest(own, names, count) : NULL;
		free(own);
		return err_set(e, ERR_INVALID, "%s has another field than its own%s%s%s", v->name, hint ? " (did you mean \"" : "", hint ? hint : "", hint ? "\"?)" : "");
	}
	return 0;
}

/* "window/close" with its id between the two, else the verb. */
static int read_fields(struct reading *r, const struct verb *verb, int fields, struct err *e)
{
	bool in_path = verb->fields[0].type == WINDOW_IN_PATH;
	const char *tail = in_path ? strchr(verb->name, '/') : NULL;
	int i, v, result = 0;

	buf_append(&r->out->path, verb->name, in_path ? (size_t)(tail + 1 - verb->name) : strlen(verb->name));
	for (i = 0; result == 0 && i < FIELDS && verb->fields[i].type != NO_FIELD; i++) {
		const struct field *f = &verb->fields[i];

		v = json_get(r->d, fields, f->name);
		if (v != JSON_NONE)
			result = read_field(r, f, v, e);
		else if (!f->optional)
			result = err_set(e, ERR_INVALID, "\"%s\" is missing", f->name);
	}
	if (in_path)
		buf_puts(&r->out->path, tail);
	return result;
}

static void read_hold(const char *verb, struct hand_input *in)
{
	const char *way = strrchr(verb, '-');

	if (!way || (strcmp(way, "-down") != 0 && strcmp(way, "-up") != 0))
		return;
	in->hold = way[1] == 'd' ? HAND_PRESSES : HAND_LETS_GO;
	if (in->hold == HAND_PRESSES)
		buf_append(&in->up, in->body.data, in->body.len);
}

int hand_input_read(const char *verb, const struct json_doc *d, int fields, const struct hand_screen *screen, struct hand_input *ret, struct err *e)
{
	struct reading r = { .d = d, .screen = screen, .out = ret };
	const struct verb *v = find_verb(verb, e);
	int result;

	*ret = (struct hand_input){ .button = "left" };
	buf_init(&ret->path, 1024);
	buf_init(&ret->up, 8192);
	buf_init(&ret->body, 8 * HANDINPUT_TEXT_MAX);
	buf_init(&ret->record, 8192);
	if (!v)
		return ERR_INVALID;
	jw_init(&r.body, &ret->body);
	jw_init(&r.record, &ret->record);
	jw_begin(&r.body, '{');
	jw_begin(&r.record, '{');
	result = check_members(v, d, fields, e);
	if (result == 0)
		result = read_fields(&r, v, fields, e);
	jw_end(&r.body, '}');
	jw_end(&r.record, '}');
	if (result == 0 && (json_get(d, fields, "x") == JSON_NONE) != (json_get(d, fields, "y") == JSON_NONE))
		result = err_set(e, ERR_INVALID, "\"x\" and \"y\" come together");
	if (result == 0)
		read_hold(verb, ret);
	if (result == 0 && (buf_failed(&ret->up) || buf_failed(&ret->path) || buf_failed(&ret->body) || buf_failed(&ret->record)))
		result = err_set(e, ERR_NOMEM, "out of memory");
	if (!r.typed)
		buf_release(&ret->record);
	if (result < 0)
		hand_input_release(ret);
	return result;
}

void hand_input_release(struct hand_input *in)
{
	if (in->body.data)
		wipe(in->body.data, in->body.cap);
	if (in->up.data)
		wipe(in->up.data, in->up.cap);
	buf_release(&in->path);
	buf_release(&in->body);
	buf_release(&in->record);
	buf_release(&in->up);
}

bool hand_input_same_key(const struct hand_input *a, const struct hand_input *b)
{
	if (a->keys.count != b->keys.count)
		return false;
	if (a->keys.count == 0)
		return strcmp(a->button, b->button) == 0;
	return memcmp(a->keys.keysyms, b->keys.keysyms, (size_t)a->keys.count * sizeof(a->keys.keysyms[0])) == 0;
}

void hand_input_up(struct hand_input *in, struct hand_input *ret)
{
	*ret = (struct hand_input){ .body = in->up, .record = in->record, .hold = HAND_LETS_GO, .keys = in->keys };
	memcpy(ret->button, in->button, sizeof(ret->button));
	buf_init(&ret->path, 64);
	buf_puts(&ret->path, in->keys.count > 0 ? "key-up" : "mouse-up");
	buf_init(&in->up, in->up.max);
	buf_init(&in->record, in->record.max);
}
