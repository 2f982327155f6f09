/*
 * policy: which line decides about an action. See policy.h.
 *
 * The body is read once, when the first line asks. What cannot be read, or does not split, is never allowed by a line that would have to look
 * into it; and where a line that holds or denies would have to, no line behind it may allow.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "core/describe.h"
#include "core/desktop_state.h"
#include "core/policy.h"
#include "core/risks.h"

enum { NAME_SHOWN = 60, WHY_SIZE = 200 };

#define ON(bit) (1U << (bit))

/* What is known of the body so far. */
struct look {
	const struct action *a;
	const char *label;
	const struct policy_moment *now;
	bool looked;
	char unreadable[160];	/* why it cannot be read; "" when it can */
	struct json_doc doc;
	int root;		/* JSON_NONE: no body */
	bool split;
	char unsplit[160];	/* why it has no command that splits; "" when it has */
	struct words command;
	const struct policy_rule *unclear;	/* a line that may have held or denied it: none behind it may allow */
};

enum fit {
	FITS,
	OTHER,			/* it is another request */
	UNCLEAR,		/* what the line would have to look at cannot be read */
};

/* ---- the body ---- */

static bool is_json(const char *type)
{
	static const char *const types[] = { "application/json", "application/json;charset=utf-8", "application/json; charset=utf-8" };
	size_t i;

	for (i = 0; type && i < ARRAY_LEN(types); i++)
		if (strcasecmp(types[i], type) == 0)
			return true;
	return !type;
}

static bool is_hidden(const struct action *a)
{
	size_t i;

	for (i = 0; i < ACTION_RISKS && a->risks[i]; i++)
		if (strcmp(a->risks[i], RISK_HIDDEN) == 0)
			return true;
	return false;
}

static void look_into(struct look *l)
{
	const struct action *a = l->a;
	struct err e;

	if (l->looked)
		return;
	l->looked = true;
	l->root = JSON_NONE;
	if (action_is_opaque(a))
		snprintf(l->unreadable, sizeof(l->unreadable), "the body is longer than 1 MiB");
	else if (!is_json(a->headers[HEADER_CONTENT_TYPE]))
		snprintf(l->unreadable, sizeof(l->unreadable), "the body says that it is no JSON");
	else if (a->headers[HEADER_REMOTE_PATH])
		snprintf(l->unreadable, sizeof(l->unreadable), "a header says more than the body (x-remote-path)");
	else if (a->body_len > 0 && json_parse(a->body, a->body_len, &l->doc, &e) < 0)
		snprintf(l->unreadable, sizeof(l->unreadable), "the body cannot be read: %.120s", e.msg);
	else if (a->body_len > 0 && json_type(&l->doc, json_root(&l->doc)) != JSON_OBJECT)
		snprintf(l->unreadable, sizeof(l->unreadable), "the body is no object");
	else if (is_hidden(a))
		snprintf(l->unreadable, sizeof(l->unreadable), "the body cannot be inspected");
	else if (a->body_len > 0)
		l->root = json_root(&l->doc);
}

static int field(const struct look *l, const char *name)
{
	int v = json_get(&l->doc, l->root, name);

	return json_type(&l->doc, v) == JSON_NULL ? JSON_NONE : v;
}

/* The command's words; why not, in l->unsplit. */
static void split_command(struct look *l)
{
	char *text;
	struct err e;

	if (l->split)
		return;
	l->split = true;
	text = json_strdup(&l->doc, field(l, "command"));
	if (!text)
		snprintf(l->unsplit, sizeof(l->unsplit), "the body has no command that is one text");
	else if (words_split(text, strlen(text), &l->command, &e) < 0)
		snprintf(l->unsplit, sizeof(l->unsplit), "the command does not split into words: %.100s", e.msg);
	free(text);
}

static const char *const folders[] = { "cwd", "working_dir", "dir" };

static bool is_folder(const struct look *l, int key)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(folders); i++)
		if (json_str_is(&l->doc, key, folders[i]))
			return true;
	return false;
}

static bool is_coordinate(const struct look *l, int key)
{
	struct buf name;
	bool is;

	buf_init(&name, 64);
	is = json_str(&l->doc, key, &name) == 0 && describe_is_coordinate(buf_cstr(&name));
	buf_release(&name);
	return is;
}

static bool names_field(const struct look *l, const struct policy_rule *r, int k)
{
	const struct json_doc *d = &l->doc;

	return (r->command.count > 0 && json_str_is(d, k, "command")) || (r->timeout >= 0 && json_str_is(d, k, "timeout")) || (r->cwd && is_folder(l, k)) ||
	       (r->typed && json_str_is(d, k, "text")) || (r->key_count > 0 && (json_str_is(d, k, "key") || json_str_is(d, k, "keys"))) ||
	       (r->has_box && is_coordinate(l, k));
}

/* A field that the line does not name; JSON_NONE when it names all that say something. */
static int unnamed_field(const struct look *l, const struct policy_rule *r)
{
	int k = json_first(&l->doc, l->root);

	while (k != JSON_NONE && (json_type(&l->doc, json_value(&l->doc, k)) == JSON_NULL || names_field(l, r, k)))
		k = json_next(&l->doc, k);
	return k;
}

static enum fit cwd_fits(const struct look *l, const char *cwd)
{
	bool same = false, other = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(folders); i++) {
		int v = field(l, folders[i]);

		if (v != JSON_NONE && json_type(&l->doc, v) != JSON_STRING)
			return UNCLEAR;
		same |= v != JSON_NONE && json_str_is(&l->doc, v, cwd);
		other |= v != JSON_NONE && !json_str_is(&l->doc, v, cwd);
	}
	return same && other ? UNCLEAR : same ? FITS : OTHER;	/* of two that differ nobody knows which counts */
}

static enum fit timeout_fits(const struct look *l, int most)
{
	double seconds = 0;
	int v = field(l, "timeout");

	if (v == JSON_NONE)
		return FITS;
	return json_double(&l->doc, v, &seconds) < 0 || seconds < 0 ? UNCLEAR : seconds <= most ? FITS : OTHER;
}

static enum fit text_fits(const struct look *l, const char *typed)
{
	int v = field(l, "text");

	if (v == JSON_NONE)
		return strcmp(l->a->kind, "type") == 0 ? UNCLEAR : OTHER;
	return json_type(&l->doc, v) != JSON_STRING ? UNCLEAR : json_str_is(&l->doc, v, typed) ? FITS : OTHER;
}

static bool add_chord(const struct look *l, int v, struct keychord *chord)
{
	char *text = json_strdup(&l->doc, v);
	struct keychord more;
	bool ok = text && keyname_parse(text, &more, NULL) == 0 && chord->count + more.count <= KEYNAME_CHORD_MAX;

	if (ok) {
		memcpy(chord->keysyms + chord->count, more.keysyms, (size_t)more.count * sizeof(more.keysyms[0]));
		chord->count += more.count;
	}
	free(text);
	return ok;
}

/* The keys that are pressed, whatever they are called. */
static bool read_chord(const struct look *l, struct keychord *ret)
{
	int key = field(l, "key"), keys = field(l, "keys"), v;

	*ret = (struct keychord){ 0 };
	if ((key == JSON_NONE) == (keys == JSON_NONE))
		return false;
	if (json_type(&l->doc, keys) != JSON_ARRAY)
		return add_chord(l, key != JSON_NONE ? key : keys, ret);
	for (v = json_first(&l->doc, keys); v != JSON_NONE; v = json_next(&l->doc, v))
		if (!add_chord(l, v, ret))
			return false;
	return ret->count > 0;
}

/* The last key is the same, and so are the others in any order. */
static bool same_chord(const struct keychord *a, const struct keychord *b)
{
	bool used[KEYNAME_CHORD_MAX] = { false };
	int i, k;

	if (a->count != b->count || a->keysyms[a->count - 1] != b->keysyms[b->count - 1])
		return false;
	for (i = 0; i < a->count - 1; i++) {
		for (k = 0; k < b->count - 1 && (used[k] || b->keysyms[k] != a->keysyms[i]); k++)
			;
		if (k == b->count - 1)
			return false;
		used[k] = true;
	}
	return true;
}

/* Does it press keys, by its kind or by what stands in it? */
static bool presses_keys(const struct look *l)
{
	return field(l, "key") != JSON_NONE || field(l, "keys") != JSON_NONE ||
	       (desktop_lands_of(l->a->kind) == LANDS_AT_FOCUS && strcmp(l->a->kind, "type") != 0);
}

static enum fit key_fits(const struct look *l, const struct policy_rule *r)
{
	struct keychord chord;
	size_t i;

	if (!read_chord(l, &chord))
		return presses_keys(l) ? UNCLEAR : OTHER;
	for (i = 0; i < r->key_count; i++)
		if (same_chord(&r->keys[i], &chord))
			return FITS;
	return OTHER;
}

static bool inside(const struct policy_rule *r, int x, int y)
{
	return x >= r->x && x < r->x + r->width && y >= r->y && y < r->y + r->height;
}

/* Half a pixel may be rounded across the edge: it is in no box. */
static bool has_fractions(const struct look *l)
{
	int k;

	for (k = json_first(&l->doc, l->root); k != JSON_NONE; k = json_next(&l->doc, k)) {
		double d = 0;

		if (is_coordinate(l, k) && (json_double(&l->doc, json_value(&l->doc, k), &d) < 0 || d != (double)(int64_t)d))
			return true;
	}
	return false;
}

/* What names no point acts where the cursor is, and that may be anywhere. */
static enum fit box_fits(struct look *l, const struct policy_rule *r)
{
	const struct action *a = l->a;

	if (!a->has_point && desktop_lands_of(a->kind) == LANDS_AT_CURSOR)
		return UNCLEAR;
	if (!a->has_point || !inside(r, a->x, a->y) || (a->has_second && !inside(r, a->x2, a->y2)))
		return a->has_point && has_fractions(l) ? UNCLEAR : OTHER;
	return has_fractions(l) ? UNCLEAR : FITS;
}

/* ---- one line ---- */

static bool has_name(const struct policy_names *names, const char *name)
{
	size_t i;

	for (i = 0; name && i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static bool time_fits(const struct policy_rule *r, const struct policy_moment *now)
{
	if (r->until && now->date > r->until)
		return false;
	if (!r->has_time)
		return true;
	return r->from < r->to ? now->minute >= r->from && now->minute < r->to : now->minute >= r->from || now->minute < r->to;
}

static bool path_fits(const struct policy_rule *r, const struct action *a)
{
	static const char prefix[] = "/api/v1";
	int literal;

	return strncmp(a->path, prefix, sizeof(prefix) - 1) == 0 && classify_fits(r->path, a->path + sizeof(prefix) - 1, &literal) &&
	       (!r->query || strcmp(r->query, a->query) == 0);
}

/* All that stands outside the body. */
static bool outside_fits(const struct look *l, const struct policy_rule *r)
{
	const struct action *a = l->a;

	return (r->kinds.count == 0 || has_name(&r->kinds, a->kind)) && (!r->classes || (r->classes & ON(a->class))) &&
	       (!r->methods || (r->methods & ON(a->method))) && (r->agents.count == 0 || has_name(&r->agents, a->agent)) &&
	       (r->sessions.count == 0 || (a->session[0] && (has_name(&r->sessions, a->session) || has_name(&r->sessions, l->label)))) &&
	       time_fits(r, l->now) && (!r->path || path_fits(r, a));
}

/* Such a line names all of the body; one with a box alone says nothing of the rest. */
static bool names_what(const struct policy_rule *r)
{
	return r->command.count > 0 || r->cwd || r->typed || r->key_count > 0;
}

static bool looks_inside(const struct policy_rule *r)
{
	return names_what(r) || r->has_box;
}

/* One key of a line more: what is another request stays one, whatever else is unclear about it. */
static enum fit narrow(enum fit so_far, enum fit next, const char *words, const char **why)
{
	if (so_far == OTHER || next == OTHER)
		return OTHER;
	if (next == UNCLEAR && so_far == FITS)
		*why = words;
	return so_far == UNCLEAR ? UNCLEAR : next;
}

static enum fit body_fits(struct look *l, const struct policy_rule *r, const char **why)
{
	enum fit fit = FITS;

	if (!looks_inside(r))
		return FITS;
	look_into(l);
	if (l->unreadable[0]) {
		*why = l->unreadable;
		return UNCLEAR;
	}
	if (r->command.count > 0) {
		split_command(l);
		if (l->unsplit[0]) {
			*why = l->unsplit;
			return UNCLEAR;
		}
		if (!words_equal(&r->command, &l->command))
			return OTHER;
	}
	if (r->timeout >= 0)
		fit = narrow(fit, timeout_fits(l, r->timeout), "its timeout is no number", why);
	if (r->cwd)
		fit = narrow(fit, cwd_fits(l, r->cwd), "its folder is in no known form", why);
	if (r->typed)
		fit = narrow(fit, text_fits(l, r->typed), "its text is in no known form", why);
	if (r->key_count > 0)
		fit = narrow(fit, key_fits(l, r), "its keys are in no known form", why);
	if (r->has_box)
		fit = narrow(fit, box_fits(l, r), l->a->has_point ? "a coordinate is no whole number" : "it names no point, and acts where the cursor is", why);
	return fit;
}

/* Kinds that run a shell's command: without one that splits, no line allows them. */
static bool runs_command(const struct action *a)
{
	static const char *const kinds[] = { "exec", "start process", "exec on a host", "job on a host" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(a->kind, kinds[i]) == 0)
			return true;
	return false;
}

/* What an allow line asks for besides. Says why when it is not so. */
static bool may_allow(struct look *l, const struct policy_rule *r, char *why, size_t size)
{
	const struct action *a = l->a;
	const char *name;
	size_t len;
	int k;

	why[0] = '\0';
	if (runs_command(a)) {
		look_into(l);
		if (!l->unreadable[0])
			split_command(l);
		snprintf(why, size, "%s", l->unreadable[0] ? l->unreadable : l->unsplit);
	}
	if (why[0])
		return false;
	if (a->class == CLASS_UNKNOWN) {
		snprintf(why, size, "assent does not know this request");
	} else if (classify_gives_authority(a->method, a->path)) {
		snprintf(why, size, "what gives authority is a person's to approve");
	} else if (a->query[0] && !r->query && (r->path || looks_inside(r))) {
		snprintf(why, size, "the request has a query, which the line does not name");
	} else if (names_what(r) && (k = unnamed_field(l, r)) != JSON_NONE) {
		name = json_raw(&l->doc, k, &len);
		snprintf(why, size, "the body has the field %.*s, which the line does not name", len < NAME_SHOWN ? (int)len : NAME_SHOWN, name);
	}
	return !why[0];
}

/* Does the line decide? near: where to say why an allow line that comes near does not. */
static bool decides(struct look *l, const struct policy_rule *r, char *near, size_t size)
{
	const char *body_why = "";
	enum fit fit;

	if (!outside_fits(l, r))
		return false;
	fit = body_fits(l, r, &body_why);
	if (fit == UNCLEAR && r->verdict != POLICY_ALLOW && !l->unclear) {
		l->unclear = r;
		snprintf(near, size, "whether line %d names it cannot be told: %s", r->line, body_why);
	} else if (fit == UNCLEAR && !near[0]) {
		snprintf(near, size, "line %d does not allow it: %s", r->line, body_why);
	} else if (fit == FITS && r->verdict == POLICY_ALLOW) {
		char why[WHY_SIZE];

		if (l->unclear)
			return false;
		if (may_allow(l, r, why, sizeof(why)))
			return true;
		if (!near[0])
			snprintf(near, size, "line %d does not allow it: %s", r->line, why);
		return false;
	}
	return fit == FITS;
}

void policy_judge(const struct policy *p, const struct action *a, const char *label, const struct policy_moment *now, struct policy_found *ret)
{
	struct look l = { .a = a, .label = label, .now = now, .root = JSON_NONE };
	size_t i;

	*ret = (struct policy_found){ .verdict = POLICY_HOLD };
	for (i = 0; p && i < p->rule_count && !ret->rule; i++)
		if (decides(&l, &p->rules[i], ret->why, sizeof(ret->why)))
			ret->rule = &p->rules[i];
	if (ret->rule) {
		ret->verdict = ret->rule->verdict;
		snprintf(ret->why, sizeof(ret->why), "line %d names it", ret->rule->line);
	} else if (!ret->why[0]) {
		snprintf(ret->why, sizeof(ret->why), "no line names it");
	}
	json_release(&l.doc);
	words_release(&l.command);
}

bool policy_reveals(const struct policy *p, const struct action *a, const char *label, const struct policy_moment *now)
{
	struct policy_found f;

	policy_judge(p, a, label, now, &f);
	return f.rule && f.rule->reveal;
}

void policy_held_by(const struct policy *p, const struct policy_found *f, struct buf *out)
{
	if (f->rule)
		buf_printf(out, "%s:%d: %s", p->name, f->rule->line, f->rule->text);
	else if (strncmp(f->why, "no ", 3) == 0)
		buf_puts(out, ACTION_HELD_BY_DEFAULT);
	else
		buf_printf(out, "%s (%s: %s)", ACTION_HELD_BY_DEFAULT, p->name, f->why);
}
