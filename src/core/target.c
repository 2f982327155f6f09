/* target: see target.h. */
#include "config.h"

#include "core/target.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/miosa_envelope.h"
#include "core/target_read.h"

/* How far a window's frame may reach over what the list of windows tells of it: borders to the sides, a title above. */
enum { BORDER = 48, TITLE = 96, UNWRAP = 4 };

/* ---- windows ---- */

struct window {
	struct target_node node;
	char *title;	/* own */
};

struct windows {
	struct window list[TARGET_WINDOWS_MAX];
	size_t count;
};

static void read_windows(const struct json_doc *d, struct windows *ret)
{
	int v;

	ret->count = 0;
	for (v = d ? json_first(d, miosa_list(d, "windows")) : JSON_NONE; v != JSON_NONE && ret->count < TARGET_WINDOWS_MAX; v = json_next(d, v)) {
		struct window *w = &ret->list[ret->count];

		target_node_read(d, v, &w->node);
		if (w->node.at.width == 0 || w->node.hidden)
			continue;
		w->node.focused |= json_bool(d, json_get(d, v, "active"), false);
		w->title = target_text(d, w->node.name);
		ret->count++;
	}
}

static void windows_release(struct windows *l)
{
	while (l->count > 0)
		free(l->list[--l->count].title);
}

static bool is_listed(const struct windows *l, const char *title)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (strcmp(l->list[i].title, title) == 0)
			return true;
	return false;
}

/* Which lies on top: that is told, or it has the focus; else the smallest, as a guess. */
static const struct window *top_at(const struct windows *l, int64_t x, int64_t y, int *ret_others)
{
	const struct window *best = NULL;
	bool told = true, focused = false;
	int there = 0;
	size_t i;

	for (i = 0; i < l->count; i++)
		if (target_inside(&l->list[i].node.at, x, y))
			told &= l->list[i].node.stacking >= 0;
	for (i = 0; i < l->count; i++) {
		const struct window *w = &l->list[i];
		const struct target_node *n = &w->node;

		if (!target_inside(&n->at, x, y))
			continue;
		there++;
		if (!best || (told ? n->stacking > best->node.stacking : !focused && (n->focused || n->at.width * n->at.height < best->node.at.width * best->node.at.height)))
			best = w;
		focused |= n->focused;
	}
	*ret_others = told || focused || there == 0 ? 0 : there - 1;
	return best;
}

bool target_is_terminal(const char *app)
{
	static const char *const words[] = { "term", "konsole", "kitty", "alacritty", "wezterm", "ghostty", "rxvt", "tilix", "guake", "yakuake", "sakura", "foot",
					     "st", "hyper", "rio", "tabby", "cmd", "powershell", "console" };
	size_t i, n = app ? strlen(app) : 0, m;

	for (i = 0; n > 0 && i < ARRAY_LEN(words); i++) {
		m = strlen(words[i]);
		/* Short names as they are; longer ones inside of others: "XTerm", "gnome-terminal-server", "org.wezfurlong.wezterm". */
		if (strcasecmp(app, words[i]) == 0 || (m >= 4 && strcmp(words[i], "foot") != 0 && strcasestr(app, words[i])))
			return true;
	}
	return false;
}

static void take_window(struct target *t, const struct json_doc *d, const struct window *w)
{
	char *app = target_text(d, w->node.app);

	t->window = strdup(w->title);
	if (!t->window)
		abort();
	t->window_at = w->node.at;
	t->terminal = target_is_terminal(app[0] ? app : w->title);
	if (app[0])
		t->app = app;
	else
		free(app);
}

/* ---- the tree ---- */

struct found {
	int role, name, text;	/* values; text: of what lies in it, for one that has no name of its own */
	struct target_rect at;
	bool menu;
};

struct walk {
	const struct json_doc *d;
	const struct windows *windows;
	const struct target *of;	/* its window */
	bool focus;		/* looked for: what has the focus; else what lies at x,y */
	int64_t x, y;
	int nodes;
	int tops;		/* windows of the tree that could be the one */
	bool elsewhere;		/* it could be, but its place is not that of the window */
	bool over;		/* something may hang over it, which does not say whether it is to be seen */
	bool twice;		/* more than one has the focus */
	bool has, popup;	/* best is there; it is of what hangs over the window */
	struct found best;
};

static const char *const menus[] = { "menu", "popup menu", "menu item", "check menu item", "radio menu item", NULL };
static const char *const outers[] = { "desktop frame", "desktop", "application", NULL };
static const char *const frames[] = { "frame", "window", "dialog", "alert", "file chooser", "color chooser", "font chooser", NULL };
/* What is pressed or filled in, whatever is drawn inside of it. */
static const char *const actives[] = {
	"push button", "button", "toggle button", "check box", "checkbox", "radio button", "link", "list item", "page tab", "tab", "combo box", "entry", "text box",
	"textbox", "password text", "spin button", "slider", "table cell", "tree item", "icon", "terminal", "menu item", "check menu item", "radio menu item",
	"scroll bar", NULL,
};

static bool role_is(const char *role, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(role, *list) == 0)
			return true;
	return false;
}

/* The root of a tree that may stand inside of other things. */
static int unwrapped(const struct json_doc *d)
{
	static const char *const wrappers[] = { "data", "tree", "root", "desktop", "accessibility_tree", "accessibilityTree" };
	int v = json_root(d), next = v, i;
	size_t k;

	for (i = 0; i < UNWRAP && next != JSON_NONE && json_get(d, v, "children") == JSON_NONE && json_get(d, v, "role") == JSON_NONE; i++) {
		for (k = 0, next = JSON_NONE; next == JSON_NONE && k < ARRAY_LEN(wrappers); k++)
			next = json_get(d, v, wrappers[k]);
		v = next != JSON_NONE ? next : v;
	}
	return v;
}

static bool look(struct walk *w, int v, const struct found *outer, bool only_menus, struct found *ret);

/* Of what lies side by side the later one lies above; a menu above all. */
static bool look_below(struct walk *w, const struct target_node *n, const struct found *outer, bool only_menus, struct found *ret)
{
	bool has = false;
	struct found one;
	int k;

	for (k = json_first(w->d, n->children); k != JSON_NONE && w->nodes <= TARGET_NODES_MAX; k = json_next(w->d, k)) {
		if (!look(w, k, outer, only_menus, &one))
			continue;
		w->twice |= w->focus && has;
		if (!has || one.menu || !ret->menu)
			*ret = one;
		has = true;
	}
	return has;
}

/*
 * What is found at this node or below it. outer: what is pressed or filled in round it, which words and pictures in it do not take the place of; NULL for
 * none. only_menus: it lies inside of something that is not there, so that it is cut off, as what is scrolled out of a list is; an open menu reaches out of
 * everything that it hangs on.
 */
static bool look(struct walk *w, int v, const struct found *outer, bool only_menus, struct found *ret)
{
	bool hit, menu, active, tab;
	struct target_node n;
	struct found own;
	char *role;

	w->nodes++;
	target_node_read(w->d, v, &n);
	if (n.hidden)
		return false;
	role = target_role(w->d, n.role);
	menu = role_is(role, menus);
	active = role_is(role, actives);
	tab = strcmp(role, "page tab") == 0;	/* its page lies in it, but beside the tab */
	free(role);
	hit = (w->focus ? n.focused : target_inside(&n.at, w->x, w->y)) && (menu || !only_menus);
	if (hit && menu)
		only_menus = false;
	else if (!w->focus && n.at.width > 0 && !hit && !tab)
		only_menus = true;
	own = (struct found){ n.role, n.name, JSON_NONE, n.at, menu };
	if (look_below(w, &n, hit && active ? &own : outer, only_menus, ret))
		return true;
	if (!hit)
		return false;
	*ret = own;
	if (!active && outer) {
		*ret = *outer;
		ret->text = n.name;
	}
	return true;
}

/* A window of the tree. What is in no list of windows hangs over one: a menu that is open, the list of a combo box. */
static void take_top(struct walk *w, const struct target_node *n)
{
	const struct target_rect *at = &w->of->window_at;
	bool inside = target_inside(&n->at, w->x, w->y), popup = false, has;
	char *name = target_text(w->d, n->name), *role = target_role(w->d, n->role);
	struct found one;

	if (n->hidden || strcmp(role, "tool tip") == 0 || (!w->focus && !inside)) {
		;
	} else if (w->of->window && strcmp(name, w->of->window) != 0 && is_listed(w->windows, name)) {
		;	/* another one */
	} else if (w->of->window && strcmp(name, w->of->window) != 0 && !n->showing && !w->focus) {
		w->over = true;
	} else {
		popup = w->of->window && strcmp(name, w->of->window) != 0;
		if (!popup)
			w->tops++;
		if (!popup && w->of->window && n->at.width > 0 &&
		    (llabs(n->at.x - at->x) > BORDER || llabs(n->at.y - at->y) > TITLE)) {
			w->elsewhere = true;
		} else {
			has = look_below(w, n, NULL, false, &one);
			w->twice |= w->focus && has && w->has;
			if (has && (popup || !w->popup)) {
				w->best = one;
				w->has = true;
				w->popup = popup;
			}
		}
	}
	free(name);
	free(role);
}

static void find_tops(struct walk *w, int v)
{
	struct target_node n;
	char *role;
	int k;

	if (++w->nodes > TARGET_NODES_MAX)
		return;
	target_node_read(w->d, v, &n);
	role = target_role(w->d, n.role);
	if (!role_is(role, outers) && (n.at.width > 0 || role_is(role, frames)))
		take_top(w, &n);
	else
		for (k = json_first(w->d, json_type(w->d, v) == JSON_ARRAY ? v : n.children); k != JSON_NONE; k = json_next(w->d, k))
			find_tops(w, k);
	free(role);
}

static void take_control(struct target *t, const struct walk *w)
{
	static const char *const words[] = { "push ", "toggle " };	/* a person calls both a button */
	size_t i;
	char *role = target_role(w->d, w->best.role);

	t->role = role[0] ? role : strdup("control");
	if (!t->role)
		abort();
	if (!role[0])
		free(role);
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(t->role, words[i], strlen(words[i])) == 0)
			memmove(t->role, t->role + strlen(words[i]), strlen(t->role + strlen(words[i])) + 1);
	t->name = target_text(w->d, w->best.name);
	if (!t->name[0]) {
		free(t->name);
		t->name = target_text(w->d, w->best.text);
	}
	t->control_at = w->best.at;
	t->terminal |= strcmp(t->role, "terminal") == 0;
}

static void find_control(struct walk *w, struct target *t, const char *why_no_tree)
{
	t->why = "";
	if (!w->d)
		t->why = why_no_tree;
	else if (t->others > 0)
		t->why = "several windows lie there, and it is not told which is on top";
	else if (w->windows->count > 0 && !t->window)
		t->why = w->focus ? "no window has the focus" : "no window lies there";
	if (t->why[0])
		return;
	find_tops(w, unwrapped(w->d));
	if (w->nodes > TARGET_NODES_MAX)
		t->why = "the accessibility tree is too large";
	else if (w->tops > 1)
		t->why = "the accessibility tree has more than one such window";
	else if (w->elsewhere)
		t->why = "the accessibility tree has its window in another place";
	else if (w->over && !w->popup)
		t->why = "something may hang over the window there";
	else if (w->twice)
		t->why = "more than one control says that it has the focus";
	else if (w->has)
		take_control(t, w);
	else
		t->why = w->tops == 0 ? "its window is not in the accessibility tree" : w->focus ? "no control says that it has the focus" :
			"the accessibility tree has no control there";
}

void target_at(const struct json_doc *windows, const struct json_doc *tree, const char *why_no_tree, int64_t x, int64_t y, struct target *ret)
{
	struct windows *l = malloc(sizeof(*l));
	struct walk w = { .d = tree, .windows = l, .of = ret, .x = x, .y = y };
	const struct window *top;

	if (!l)
		abort();
	*ret = (struct target){ 0 };
	read_windows(windows, l);
	top = top_at(l, x, y, &ret->others);
	if (top)
		take_window(ret, windows, top);
	find_control(&w, ret, why_no_tree);
	windows_release(l);
	free(l);
}

void target_focused(const struct json_doc *windows, const struct json_doc *tree, const char *why_no_tree, struct target *ret)
{
	struct windows *l = malloc(sizeof(*l));
	struct walk w = { .d = tree, .windows = l, .of = ret, .focus = true };
	const struct window *focused = NULL;
	size_t i;

	if (!l)
		abort();
	*ret = (struct target){ 0 };
	read_windows(windows, l);
	for (i = 0; i < l->count; i++) {
		if (!l->list[i].node.focused)
			continue;
		ret->others += focused != NULL;
		focused = &l->list[i];
	}
	if (focused)
		take_window(ret, windows, focused);
	find_control(&w, ret, why_no_tree);
	windows_release(l);
	free(l);
}

void target_release(struct target *t)
{
	free(t->window);
	free(t->app);
	free(t->role);
	free(t->name);
	*t = (struct target){ 0 };
}

bool target_point(const struct json_doc *d, int64_t *x, int64_t *y)
{
	static const char *const wrappers[] = { "data", "position", "cursor" };
	int v = json_root(d), a = JSON_NONE, b = JSON_NONE, i;
	double dx, dy;
	size_t k;

	for (i = 0; i < UNWRAP && json_get(d, v, "x") == JSON_NONE; i++)
		for (k = 0; k < ARRAY_LEN(wrappers); k++)
			if (json_get(d, v, wrappers[k]) != JSON_NONE)
				v = json_get(d, v, wrappers[k]);
	if (json_type(d, v) == JSON_ARRAY && json_size(d, v) == 2) {
		a = json_first(d, v);
		b = json_next(d, a);
	} else {
		a = json_get(d, v, "x");
		b = json_get(d, v, "y");
	}
	if (json_double(d, a, &dx) < 0 || json_double(d, b, &dy) < 0 || !(dx >= -1e6 && dx <= 1e6 && dy >= -1e6 && dy <= 1e6))
		return false;
	*x = (int64_t)dx;
	*y = (int64_t)dy;
	return true;
}
