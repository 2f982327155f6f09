/* describe: sentences and coordinates. See describe.h. */
#include "config.h"

#include "core/describe.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/risks.h"

/* Bytes of a text in a row of a list, and in a sentence. */
enum { SHORT = 60, LONG = 4096 };

struct parsed {
	struct json_doc doc;
	int root;
};

static char *get_text(const struct parsed *p, const char *key)
{
	return json_strdup(&p->doc, json_get(&p->doc, p->root, key));
}

static bool get_number(const struct parsed *p, const char *key, int *ret)
{
	double d;

	if (json_double(&p->doc, json_get(&p->doc, p->root, key), &d) < 0 || d < -1e6 || d > 1e6)
		return false;
	*ret = (int)d;
	return true;
}

/* One coordinate, by all the names that SDKs give it. */
enum axis { AXIS_X, AXIS_Y, AXIS_X2, AXIS_Y2, AXES };
enum { AXIS_NAMES = 4 };

static const char *axis_name(enum axis axis, int i)
{
	static const char *const names[AXES][AXIS_NAMES] = {
		[AXIS_X] = { "x", "start_x", "from_x", "x1" }, [AXIS_Y] = { "y", "start_y", "from_y", "y1" },
		[AXIS_X2] = { "end_x", "to_x", "x2", NULL }, [AXIS_Y2] = { "end_y", "to_y", "y2", NULL },
	};

	return i < AXIS_NAMES ? names[axis][i] : NULL;
}

bool describe_is_coordinate(const char *field)
{
	const char *name;
	int axis, i;

	for (axis = 0; axis < AXES; axis++)
		for (i = 0; (name = axis_name((enum axis)axis, i)) != NULL; i++)
			if (strcmp(name, field) == 0)
				return true;
	return false;
}

/* False when there is none. *ret_hidden is set when it is no number that can be shown, or there twice with two values. */
static bool get_axis(const struct parsed *p, enum axis axis, int *ret, bool *ret_hidden)
{
	bool found = false;
	const char *name;
	int i, n;

	for (i = 0; (name = axis_name(axis, i)) != NULL; i++) {
		if (json_get(&p->doc, p->root, name) == JSON_NONE)
			continue;
		if (!get_number(p, name, &n) || (found && n != *ret)) {
			*ret_hidden = true;
			continue;
		}
		*ret = n;
		found = true;
	}
	return found;
}

/* A coordinate with a fraction: where it acts is for the substrate to say. */
static bool has_fraction(const struct parsed *p)
{
	const char *name;
	double d;
	int axis, i;

	for (axis = 0; axis < AXES; axis++)
		for (i = 0; (name = axis_name((enum axis)axis, i)) != NULL; i++)
			if (json_double(&p->doc, json_get(&p->doc, p->root, name), &d) == 0 && d >= -1e6 && d <= 1e6 && d != (int)d)
				return true;
	return false;
}

/* Returns whether there are coordinates that nobody could be shown rightly. *ret_odd: one is no place on a screen, or between two. */
static bool find_points(struct action *a, const struct parsed *p, bool *ret_odd)
{
	bool hidden = false, y, y2;

	if (a->session_kind != SESSION_COMPUTER || !strstr(a->path, "/desktop/"))
		return false;
	y = get_axis(p, AXIS_Y, &a->y, &hidden);
	a->has_point = get_axis(p, AXIS_X, &a->x, &hidden) && y;
	y2 = get_axis(p, AXIS_Y2, &a->y2, &hidden);
	a->has_second = get_axis(p, AXIS_X2, &a->x2, &hidden) && y2 && a->has_point;
	*ret_odd = has_fraction(p) || (a->has_point && (a->x < 0 || a->y < 0)) || (a->has_second && (a->x2 < 0 || a->y2 < 0));
	return hidden;
}

/* A text, or a list of texts with `between` between them. NULL when there is none. */
static char *get_joined(const struct parsed *p, const char *key, char between)
{
	int v = json_get(&p->doc, p->root, key), k;
	struct buf b;

	if (json_type(&p->doc, v) != JSON_ARRAY)
		return json_strdup(&p->doc, v);
	if (json_size(&p->doc, v) == 0)
		return NULL;
	buf_init(&b, DESCRIBE_BODY_MAX);
	for (k = json_first(&p->doc, v); k != JSON_NONE; k = json_next(&p->doc, k)) {
		if (b.len > 0)
			buf_putc(&b, between);
		json_str(&p->doc, k, &b);
	}
	return buf_take(&b);
}

static bool kind_is(const struct action *a, const char *kind)
{
	return strcmp(a->kind, kind) == 0;
}

/* The first line, short, for a row of a list. */
static void put_short(struct buf *out, const char *text, size_t max)
{
	size_t n = strcspn(text, "\r\n");
	bool cut = text[n] != '\0';

	if (n > max) {
		n = max;
		cut = true;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	buf_append(out, text, n);
	if (cut)
		buf_puts(out, "...");
}

/* The text that matters: what is typed, pressed or run. */
static char *find_text(const struct action *a, const struct parsed *p)
{
	static const char *const fields[] = { "command", "code", "text", "app", "content" };
	char *text = NULL;
	size_t i;

	if (strstr(a->kind, "key")) {
		text = get_joined(p, "keys", '+');
		return text ? text : get_joined(p, "key", '+');
	}
	if (kind_is(a, "exec python"))
		text = get_text(p, "code");
	for (i = 0; !text && i < ARRAY_LEN(fields); i++)
		text = get_joined(p, fields[i], ' ');
	return text;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* How much a person typed by hand, where that alone is kept (core/handinput.h); -1: it is no such thing. An agent's own word for it counts for nothing. */
static int64_t characters_kept(const struct action *a, const struct parsed *p)
{
	int64_t n;

	return json_int(&p->doc, json_get(&p->doc, p->root, "characters"), &n) == 0 && action_is_input(a) ? n : -1;
}

static const char *button_word(const struct parsed *p)
{
	int v = json_get(&p->doc, p->root, "button");

	return json_str_is(&p->doc, v, "right") ? "right " : json_str_is(&p->doc, v, "middle") ? "middle " : "left ";
}

static void put_request(const struct action *a, struct buf *out, size_t max)
{
	buf_printf(out, " %s ", http_method_name(a->method));
	put_short(out, a->path, max);
}

static void summarise(const struct action *a, const struct parsed *p, struct buf *out)
{
	char *path;

	if (kind_is(a, "click"))
		buf_printf(out, "%sclick", button_word(p));
	else
		buf_puts(out, a->kind);
	if (a->has_second)
		buf_printf(out, " %d,%d to %d,%d", a->x, a->y, a->x2, a->y2);
	else if (a->has_point)
		buf_printf(out, " %d,%d", a->x, a->y);
	if (characters_kept(a, p) >= 0) {
		buf_printf(out, " %lld character%s", (long long)characters_kept(a, p), characters_kept(a, p) == 1 ? "" : "s");
	} else if (kind_is(a, "type") && a->text) {
		buf_printf(out, " %zu characters", characters(a->text));
	} else if (a->text && !kind_is(a, "write")) {
		buf_putc(out, ' ');
		put_short(out, a->text, SHORT);
	}
	path = get_text(p, "path");
	if (path && !a->has_point) {
		buf_putc(out, ' ');
		put_short(out, path, SHORT);
	}
	free(path);
	if (kind_is(a, "write files"))
		buf_printf(out, " %d files", json_size(&p->doc, json_get(&p->doc, p->root, "files")));
	if (kind_is(a, "unknown"))
		put_request(a, out, SHORT);
}

static void put_where(const struct action *a, const char *session_name, struct buf *out)
{
	if (a->session_kind == SESSION_NONE)
		return;
	buf_printf(out, " %s %s %s", a->session_kind == SESSION_COMPUTER ? "on" : "in",
		   a->session_kind == SESSION_COMPUTER ? "computer" : "sandbox", session_name[0] ? session_name : a->session);
	if (session_name[0])
		buf_printf(out, " (%s)", a->session);
}

static void put_exec(const struct action *a, const struct parsed *p, const char *session_name, struct buf *out)
{
	static const char *const folders[] = { "cwd", "working_dir", "dir" };
	char *cwd = NULL;
	size_t i;
	int seconds;

	for (i = 0; !cwd && i < ARRAY_LEN(folders); i++)
		cwd = get_text(p, folders[i]);
	buf_puts(out, kind_is(a, "exec python") ? "Runs Python code" : "Runs one shell command");
	put_where(a, session_name, out);
	if (cwd) {
		buf_puts(out, ", in ");
		put_short(out, cwd, LONG);
	}
	if (get_number(p, "timeout", &seconds))
		buf_printf(out, ", for at most %d s", seconds);
	buf_putc(out, '.');
	free(cwd);
}

static void put_other(const struct action *a, const struct parsed *p, const char *session_name, struct buf *out)
{
	char *path = get_text(p, "path");
	int n;

	if (kind_is(a, "click")) {
		buf_printf(out, "%s click", json_str_is(&p->doc, json_get(&p->doc, p->root, "button"), "right") ? "Right" :
			   json_str_is(&p->doc, json_get(&p->doc, p->root, "button"), "middle") ? "Middle" : "Left");
	} else if (kind_is(a, "type")) {
		buf_printf(out, "Types %lld characters", characters_kept(a, p) >= 0 ? (long long)characters_kept(a, p) : a->text ? (long long)characters(a->text) : 0);
	} else if (kind_is(a, "key") || kind_is(a, "hotkey")) {
		buf_puts(out, "Presses ");
		put_short(out, a->text ? a->text : "a key", LONG);
	} else if (kind_is(a, "write")) {
		buf_puts(out, "Writes the file ");
		put_short(out, path ? path : "named in the body", LONG);
	} else if (kind_is(a, "write files")) {
		n = json_size(&p->doc, json_get(&p->doc, p->root, "files"));
		buf_printf(out, "Writes %d file%s", n, n == 1 ? "" : "s");
	} else if (kind_is(a, "expose") && get_number(p, "port", &n)) {
		buf_printf(out, "Makes port %d reachable from outside", n);
	} else if (kind_is(a, "deploy")) {
		buf_puts(out, "Publishes ");
		put_short(out, path ? path : "the workspace", LONG);
	} else if (kind_is(a, "unknown")) {
		buf_puts(out, "A request that assent does not know:");
		put_request(a, out, LONG);
	} else {
		buf_putc(out, (char)(a->kind[0] >= 'a' && a->kind[0] <= 'z' ? a->kind[0] - 'a' + 'A' : a->kind[0]));
		buf_puts(out, a->kind + 1);
	}
	if (a->has_second)
		buf_printf(out, " from %d,%d to %d,%d", a->x, a->y, a->x2, a->y2);
	else if (a->has_point)
		buf_printf(out, " at %d,%d", a->x, a->y);
	put_where(a, session_name, out);
	buf_putc(out, '.');
	free(path);
}

int describe(struct action *a, const char *session_name)
{
	struct parsed p = { .root = JSON_NONE };
	struct buf plain, summary;
	bool hidden, odd = false;
	int r;

	if (a->body_len > 0 && a->body_len <= DESCRIBE_BODY_MAX && json_parse(a->body, a->body_len, &p.doc, NULL) == 0)
		p.root = json_root(&p.doc);
	hidden = find_points(a, &p, &odd);
	free(a->text);
	a->text = find_text(a, &p);
	r = risks_find(a, &p.doc, p.root, hidden, odd);
	buf_init(&plain, 16384);
	buf_init(&summary, 1024);
	summarise(a, &p, &summary);
	if (strncmp(a->kind, "exec", 4) == 0)
		put_exec(a, &p, session_name, &plain);
	else
		put_other(a, &p, session_name, &plain);
	json_release(&p.doc);
	free(a->plain);
	free(a->summary);
	a->plain = buf_take(&plain);
	a->summary = buf_take(&summary);
	return a->plain && a->summary ? r : ERR_NOMEM;
}
