/* card_facts: the answer of GET /v1/actions/{id}/facts, read for the card. Pure. All strings are foreign text. */
#ifndef ASSENT_UI_CARD_FACTS_H
#define ASSENT_UI_CARD_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CARD_PARTS 64
#define CARD_EFFECTS 64		/* of one part */
#define CARD_ENTRIES 8
#define CARD_TURNS 12
#define CARD_LIKES 5
#define CARD_ORDER 16
#define CARD_READERS 8
#define CARD_RISKS 20

struct card_effect {
	char *verb, *object, *resolved, *by_agent, *actions, *why, *host, *note;
	char *entries[CARD_ENTRIES];	/* NULL behind the last */
	int64_t entry_files[CARD_ENTRIES];	/* below it; -1: it is no folder, or that is not known */
	int64_t entry_count, files, bytes, from_part;	/* files, bytes: -1 when that is not known */
	bool outside, known, first_time;
};

struct card_part {
	char *text, *joiner;
	struct card_effect *effects;	/* own */
	size_t count;
};

struct card_like {
	char *state, *by, *note;
	int64_t action;
};

struct card_turn {
	char *turn, *session_name, *what, *result, *by, *note;
	int64_t action, wall_ms;
};

/* What lies somewhere on a screen, or has the focus. */
struct card_found {
	bool there;		/* a window is known, or a control */
	bool by_tree;		/* a control is; else its role and name are "" */
	char *role, *name, *window;
	int64_t others;		/* windows that may be the one instead */
	int64_t bounds[4];	/* pixels of the screen: x, y, width, height; width 0: not known */
};

struct card_facts {
	int64_t action, version, at_wall_ms;
	struct card_part *parts;	/* own */
	size_t part_count;
	char *unclear;
	bool has_write, write_exists;
	char *write_path, *write_old, *write_why;	/* write_old NULL: there is no text to compare with, and write_why says why */
	int64_t write_bytes;				/* of the file as it is */
	char *undo, *undo_made;				/* "": no snapshot */
	bool snapshot_before;
	int64_t order[CARD_ORDER];
	size_t order_count;
	char *running;					/* "": nothing that is known */
	int64_t running_for_ms;
	struct { char *name; int64_t for_ms; } readers[CARD_READERS];
	size_t reader_count;
	struct card_found control, focus;
	char *control_why;				/* why no control is known; "" */
	bool has_cursor;
	int64_t cursor_x, cursor_y;
	char *risks[CARD_RISKS];			/* found now */
	size_t risk_count;
	char *missing;					/* the first of what was asked for about it and not had; "" */
	bool has_screen, screen_known, screen_same;	/* no screen: the agent has not looked, or that is not known */
	char *screen_why;				/* why it is not known whether it is the same; "" */
	int64_t saw_ms_before;				/* how long before it asked the agent had looked; -1 not known */
	int64_t approved_before, denied_before;
	struct card_like likes[CARD_LIKES];
	size_t like_count;
	struct card_turn turns[CARD_TURNS];		/* the newest, in order */
	size_t turn_count;
};

/* 0; ERR_INVALID (no JSON, or no facts), ERR_NOMEM: *ret is empty then. What is more than the numbers above is left out but counted by the gate. */
int card_facts_read(const char *json, size_t len, struct card_facts *ret, struct err *e);
void card_facts_release(struct card_facts *f);

#endif
