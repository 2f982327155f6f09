/*
 * facts_target: what an action on a computer's screen would hit, as the gate finds it now: the window and the control at its place, or those that have the
 * focus, and the cursor where it names no place. What is found feeds risk words that are shown, and no rule sees. See facts.h.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/desktop_state.h"
#include "core/miosa_envelope.h"
#include "core/risks.h"
#include "core/target.h"
#include "gate/facts.h"
#include "gate/place.h"

enum { WINDOWS_MAX = 1024 * 1024, TREE_MAX = 4 * 1024 * 1024, CURSOR_MAX = 4096, FOUND_MAX = ACTION_RISKS + 2 };

/* An answer of the substrate: what it is, or why there is none. */
struct answer {
	struct buf text;
	struct json_doc doc;
	bool there, failed;	/* failed: there may be one, and it was not had */
	char why[160];
};

struct facts_target {
	bool typing;		/* it goes where the focus is; else to a place */
	struct answer windows, tree, cursor;
	bool has_cursor, has_place;
	int64_t cursor_x, cursor_y;
	struct target at, focus;
	char label[80];		/* the risk word in a label */
	const char *risks[FOUND_MAX + 1];
	size_t risk_count;
};

/* ---- asking ---- */

static void take(struct answer *to, int status, const char *body, size_t len, const char *error)
{
	struct miosa_error e;

	if (status == 404 || status == 405 || status == 501) {
		snprintf(to->why, sizeof(to->why), "the computer offers none");
	} else if (status != 200) {
		miosa_error(body, len, status, NULL, -1, &e);
		snprintf(to->why, sizeof(to->why), "%.150s", status ? e.message : error);
		to->failed = true;
	} else {
		buf_append(&to->text, body, len);
		to->there = !buf_failed(&to->text) && json_parse(to->text.data, to->text.len, &to->doc, NULL) == 0;
		if (!to->there)
			snprintf(to->why, sizeof(to->why), "the answer cannot be read");
		to->failed = !to->there;
	}
}

static void on_windows(struct facts *f, int status, const char *body, size_t len, const char *error)
{
	take(&f->target->windows, status, body, len, error);
}

static void on_tree(struct facts *f, int status, const char *body, size_t len, const char *error)
{
	take(&f->target->tree, status, body, len, error);
}

static void on_cursor(struct facts *f, int status, const char *body, size_t len, const char *error)
{
	take(&f->target->cursor, status, body, len, error);
}

static bool is_typing(const struct action *a)
{
	return desktop_lands_of(a->kind) == LANDS_AT_FOCUS;
}

/* What goes where the cursor is, when it names no place. */
static bool is_pointing(const struct action *a)
{
	return a->has_point || desktop_lands_of(a->kind) == LANDS_AT_CURSOR;
}

void facts_ask_target(struct facts *f, const struct action *a)
{
	struct facts_target *t;

	if (a->session_kind != SESSION_COMPUTER || !(is_typing(a) || is_pointing(a)))
		return;
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	f->target = t;
	t->typing = is_typing(a);
	buf_init(&t->windows.text, WINDOWS_MAX);
	buf_init(&t->tree.text, TREE_MAX);
	buf_init(&t->cursor.text, CURSOR_MAX);
	facts_ask_desktop(f, a, "windows", WINDOWS_MAX, on_windows);
	facts_ask_desktop(f, a, "accessibility-tree", TREE_MAX, on_tree);
	if (!a->has_point)
		facts_ask_desktop(f, a, "cursor", CURSOR_MAX, on_cursor);
}

void facts_target_free(struct facts_target *t)
{
	if (!t)
		return;
	json_release(&t->windows.doc);
	json_release(&t->tree.doc);
	json_release(&t->cursor.doc);
	buf_release(&t->windows.text);
	buf_release(&t->tree.text);
	buf_release(&t->cursor.text);
	target_release(&t->at);
	target_release(&t->focus);
	free(t);
}

/* ---- judging ---- */

static void add_risk(struct facts_target *t, const char *word)
{
	size_t i;

	for (i = 0; i < t->risk_count; i++)
		if (strcmp(t->risks[i], word) == 0)
			return;
	if (t->risk_count < FOUND_MAX)
		t->risks[t->risk_count++] = word;
}

static bool outside(int x, int y, const struct place *p)
{
	return p->width > 0 && p->height > 0 && (x < 0 || y < 0 || x >= p->width || y >= p->height);
}

/* A key or a click that presses what has the focus or lies there: its label counts. What is typed into a field does not press it. */
static void judge_label(struct facts_target *t, const struct action *a, const struct target *found)
{
	const char *word = found->role && strcmp(a->kind, "type") != 0 ? risks_in_label(found->name) : NULL;

	if (!word)
		return;
	snprintf(t->label, sizeof(t->label), "label \"%.60s\"", word);
	add_risk(t, t->label);
}

static void judge(struct facts *f, const struct action *a)
{
	const struct place place = gate_place(f->gate, a);
	struct facts_target *t = f->target;
	const char *words[ACTION_RISKS];
	size_t i;

	judge_label(t, a, t->typing ? &t->focus : &t->at);
	if (a->has_point && (outside(place.x, place.y, &place) || (a->has_second && outside(place.x2, place.y2, &place))))
		add_risk(t, "outside the screen");
	if (strcmp(a->kind, "type") != 0 || !t->focus.terminal || !a->text)
		return;
	add_risk(t, "typed into a terminal");
	if (risks_of_command(a->text, words) < 0 || command_parts(a->text, "", &f->parts, NULL) < 0)
		abort();
	for (i = 0; i < ACTION_RISKS && words[i]; i++)
		add_risk(t, words[i]);
}

void facts_target_find(struct facts *f, const struct action *a)
{
	const struct place place = gate_place(f->gate, a);
	struct facts_target *t = f->target;
	const struct json_doc *windows = t->windows.there ? &t->windows.doc : NULL, *tree = t->tree.there ? &t->tree.doc : NULL;
	int64_t x = place.x, y = place.y;

	t->has_cursor = t->cursor.there && place.known && target_point(&t->cursor.doc, &t->cursor_x, &t->cursor_y);
	if (t->has_cursor) {
		x = t->cursor_x = coordinates_pixel(f->gate->config.coordinates, (int)t->cursor_x, place.width);
		y = t->cursor_y = coordinates_pixel(f->gate->config.coordinates, (int)t->cursor_y, place.height);
	}
	t->has_place = !t->typing && (a->has_point || t->has_cursor) && place.known;
	if (t->typing)
		target_focused(windows, tree, t->tree.why, &t->focus);
	else if (t->has_place)
		target_at(windows, tree, t->tree.why, x, y, &t->at);
	judge(f, a);
}

/* ---- telling ---- */

static void put_rect(const struct target_rect *r, struct jsonw *w)
{
	jw_key(w, "bounds");
	if (r->width == 0) {
		jw_null(w);
		return;
	}
	jw_begin(w, '[');
	jw_int(w, r->x);
	jw_int(w, r->y);
	jw_int(w, r->width);
	jw_int(w, r->height);
	jw_end(w, ']');
}

/* The control where one is known, else the window alone. */
static void put_found(const char *key, const struct target *t, struct jsonw *w)
{
	jw_key(w, key);
	if (!t->role && !t->window) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "role", t->role ? t->role : "");
	jw_kstr(w, "name", t->role ? t->name : "");
	jw_kstr(w, "window", t->window);
	jw_kstr(w, "app", t->app);
	jw_kint(w, "others", t->others);
	jw_kbool(w, "terminal", t->terminal);
	jw_kstr(w, "how", t->role ? "accessibility" : "windows");
	put_rect(t->role ? &t->control_at : &t->window_at, w);
	jw_end(w, '}');
}

static void put_failed(const char *what, const struct answer *k, struct jsonw *w)
{
	char text[200];

	if (!k->failed)
		return;
	snprintf(text, sizeof(text), "%s: %.150s", what, k->why);
	jw_str(w, text);
}

/* What was asked for and not had: with it another control might be named, or another risk. That a computer offers none is no such thing. */
static void put_missing(const struct facts *f, const struct action *a, struct jsonw *w)
{
	const struct facts_target *t = f->target;

	jw_key(w, "missing");
	jw_begin(w, '[');
	if (t) {
		put_failed("its windows", &t->windows, w);
		put_failed("its controls", &t->tree, w);
		if (!t->typing)
			put_failed("its cursor", &t->cursor, w);
		if (a->has_point && !gate_place(f->gate, a).known)
			jw_str(w, "the size of its screen");
	}
	jw_end(w, ']');
}

void facts_put_target(const struct facts *f, const struct action *a, struct jsonw *w)
{
	static const struct facts_target none;
	const struct facts_target *t = f->target ? f->target : &none;
	const struct target *found = t->typing ? &t->focus : &t->at;
	size_t i;

	jw_kstr(w, "window", t->at.window);
	put_found("control", &t->at, w);
	put_found("focus", &t->focus, w);
	jw_kstr(w, "control_why", !f->target || found->role ? "" : t->typing || t->has_place ? found->why : "it is not known where it acts");
	jw_key(w, "cursor");
	if (t->has_cursor) {
		jw_begin(w, '[');
		jw_int(w, t->cursor_x);
		jw_int(w, t->cursor_y);
		jw_end(w, ']');
	} else {
		jw_null(w);
	}
	jw_key(w, "risks_now");
	jw_begin(w, '[');
	for (i = 0; i < t->risk_count; i++)
		jw_str(w, t->risks[i]);
	jw_end(w, ']');
	put_missing(f, a, w);
}
