/* target_read: what target.c and target_read.c share: members of foreign objects, by all the names they go by. */
#ifndef ASSENT_TARGET_READ_H
#define ASSENT_TARGET_READ_H

#include "core/target.h"

/* A node of a tree, or a window of a list: its members, unread. */
struct target_node {
	int name, role, children, app;
	struct target_rect at;		/* width 0: it has none */
	bool hidden, showing, focused;	/* showing: it says so; hidden: it says that it is not */
	int64_t stacking;		/* -1: not told; higher ones lie above lower ones */
};

void target_node_read(const struct json_doc *d, int object, struct target_node *ret);	/* every field is set, whatever the object is */
/* A string, bounded; own, "" for none. */
char *target_text(const struct json_doc *d, int v);
/* The role in small letters and blanks, without "role" before it; own. */
char *target_role(const struct json_doc *d, int v);
bool target_inside(const struct target_rect *r, int64_t x, int64_t y);	/* is the point in it? Nothing is in one without width */

#endif
