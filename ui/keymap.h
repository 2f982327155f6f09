/*
 * keymap: the tables of keys; the bar, the help screen, the names in assent.conf and the manual pages come from them. Pure.
 * A keymap is the tables as they are in force: those of the program, or with keys of one's own.
 */
#ifndef ASSENT_UI_KEYMAP_H
#define ASSENT_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum intent {
	INTENT_NONE, INTENT_DOWN, INTENT_UP, INTENT_NEXT, INTENT_OPEN, INTENT_BACK, INTENT_PAGE_DOWN, INTENT_PAGE_UP, INTENT_HOME, INTENT_END,
	INTENT_APPROVE, INTENT_DENY, INTENT_DENY_WORDS, INTENT_SEEN, INTENT_LOG, INTENT_ZOOM, INTENT_SAVE_PICTURE, INTENT_HELP, INTENT_REDRAW,
	INTENT_QUIT, INTENT_STOP_GATE, INTENT_EDIT, INTENT_ALIKE, INTENT_STOP_AGENT, INTENT_FREEZE, INTENT_AGENTS, INTENT_RAISE, INTENT_NOTE, INTENT_CONTROL, INTENT_RUN,
	INTENT_WHOLE_LOG, INTENT_SESSIONS, INTENT_MIOSA, INTENT_PANE, INTENT_UNFOLD, INTENT_FOLD, INTENT_MARK, INTENT_DECIDE_MARKED, INTENT_FILTER,
	INTENT_SNAPSHOT, INTENT_TURNS, INTENT_HISTORY, INTENT_MUTE, INTENT_RAW, INTENT_SUSPEND, INTENT_CLOSER,
	INTENT_FARTHER, INTENT_ACTUAL, INTENT_PAN, INTENT_COMPARE,
	/* in the log alone */
	INTENT_SEARCH, INTENT_SEARCH_UP, INTENT_FOUND_NEXT, INTENT_FOUND_BEFORE, INTENT_STREAMS, INTENT_MERGED, INTENT_ONLY, INTENT_STAMPS, INTENT_WRAP,
	INTENT_CHOOSE, INTENT_COPY, INTENT_SAVE_LOG,
	/* in control of a computer alone */
	INTENT_LEFT, INTENT_RIGHT, INTENT_FINE_LEFT, INTENT_FINE_DOWN, INTENT_FINE_UP, INTENT_FINE_RIGHT, INTENT_LABELS, INTENT_CLICK, INTENT_DOUBLE,
	INTENT_RIGHT_CLICK, INTENT_MIDDLE_CLICK, INTENT_DRAG, INTENT_WHEEL_UP, INTENT_WHEEL_DOWN, INTENT_WHEEL_LEFT, INTENT_WHEEL_RIGHT, INTENT_TYPE, INTENT_LINE,
	INTENT_SPECIAL, INTENT_WINDOWS, INTENT_PUT_CLIPBOARD, INTENT_CLIPBOARD, INTENT_LAST = INTENT_CLIPBOARD,
};

/* Where a table holds: in the log, in control of a computer, and everywhere else. */
enum keymap_place { KEYMAP_MAIN, KEYMAP_LOG, KEYMAP_HAND, KEYMAP_PLACES };

/* Keys beyond characters: code points from here on. */
enum {
	KEY_SPECIAL = 0x110000, KEYS_UP, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT, KEYS_PAGE_UP, KEYS_PAGE_DOWN, KEYS_HOME, KEYS_END, KEYS_ENTER, KEYS_ESCAPE,
	KEYS_BACKSPACE, KEYS_DELETE, KEYS_OTHER, KEYS_F1, KEYS_F12 = KEYS_F1 + 11, KEYS_INSERT, KEYS_MENU,
	KEYS_SHIFT_UP, KEYS_SHIFT_DOWN, KEYS_SHIFT_LEFT, KEYS_SHIFT_RIGHT,
};

#define KEYMAP_KEYS_MAX 10

struct keymap_row {
	uint32_t keys[KEYMAP_KEYS_MAX];	/* 0 ends */
	enum intent intent;
	const char *shown;	/* as help names them: "j, Down" */
	const char *bar;	/* in the bar: the first key, a blank, a word; NULL: not there */
	const char *help;
};

struct keymap {
	const struct keymap_row *rows[KEYMAP_PLACES];
	size_t count[KEYMAP_PLACES];
};

struct keymap_name {
	char text[16];
};

const struct keymap *keymap_default(void);	/* the program's own */
enum intent keymap_find(const struct keymap *m, enum keymap_place place, uint32_t key);	/* INTENT_NONE: it does nothing there */
/* How a key is called: "a", "Space", "Ctrl-L", "F2"; "," for Comma. */
struct keymap_name keymap_name(uint32_t key);
/* What to press for this; "" where the table has no such row. */
struct keymap_name keymap_first(const struct keymap *m, enum keymap_place place, enum intent intent);
/* What assent.conf calls it: "approve". */
const char *keymap_action(enum intent intent);

/*
 * keybind.c: keys of one's own, in place of the program's; arrows, Enter, Esc, Space and the like stay where they are in any case. *ret: own, or NULL.
 * ERR_INVALID with what is wrong, and *ret_wrong: which of them it is.
 */
struct keymap_own {
	enum keymap_place place;
	const char *action;
	const char *const *keys;	/* names */
	size_t count;
};
int keymap_make(const struct keymap_own *own, size_t count, struct keymap **ret, size_t *ret_wrong, struct err *e);
void keymap_free(struct keymap *m);

#endif
