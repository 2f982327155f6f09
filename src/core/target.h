/*
 * target: which window and which control lie under a point of a computer's screen, or have the focus, by its list of windows and its accessibility tree
 * (AT-SPI as JSON: role, name, bounds, children). Pure. Both are foreign, in no fixed shape, and read tolerantly; but where they leave it open what lies on
 * top, or do not fit together, nothing is named: a wrong name is worse than none.
 */
#ifndef ASSENT_TARGET_H
#define ASSENT_TARGET_H

#include "base/json.h"

#define TARGET_NODES_MAX 20000	/* of a tree; of one with more nothing is said */
#define TARGET_WINDOWS_MAX 256
#define TARGET_TEXT_MAX 400	/* bytes of a title, a name; what is behind is cut, at a character */

struct target_rect { int64_t x, y, width, height; };	/* pixels of the screen; width 0: not known */

struct target {
	char *window, *app;	/* own; window NULL: not known; app NULL: not told */
	struct target_rect window_at;
	int others;		/* more windows that lie there, and it is not known which is on top: window is then a guess */
	bool terminal;		/* what is typed there is run as a command */
	char *role, *name;	/* own; role NULL: no control is known; name "" where it has none */
	struct target_rect control_at;
	const char *why;	/* literal: why no control is known; "" */
};

/* What lies at x,y. windows, tree: documents, or NULL where there is none; why_no_tree (literal) goes into why then. */
void target_at(const struct json_doc *windows, const struct json_doc *tree, const char *why_no_tree, int64_t x, int64_t y, struct target *ret);
/* What has the focus. */
void target_focused(const struct json_doc *windows, const struct json_doc *tree, const char *why_no_tree, struct target *ret);
void target_release(struct target *t);

/* A place as {"x","y"}, as a list of two, or inside "data", "position", "cursor". */
bool target_point(const struct json_doc *d, int64_t *x, int64_t *y);
/* Is a program of this name (a window's class, or the program's) one that runs what is typed into it? */
bool target_is_terminal(const char *app);

#endif
