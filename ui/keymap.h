/* keymap: the tables of keys; the bar, the help screen and the manual page come from them. Pure. */
#ifndef ASSENT_UI_KEYMAP_H
#define ASSENT_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum intent {
	INTENT_NONE, INTENT_DOWN, INTENT_UP, INTENT_NEXT, INTENT_OPEN, INTENT_BACK, INTENT_PAGE_DOWN, INTENT_PAGE_UP, INTENT_HOME, INTENT_END,
	INTENT_APPROVE, INTENT_DENY, INTENT_DENY_WORDS, INTENT_SEEN, INTENT_LOG, INTENT_ZOOM, INTENT_SAVE_PICTURE, INTENT_HELP, INTENT_REDRAW,
	INTENT_QUIT, INTENT_STOP_GATE, INTENT_EDIT, INTENT_ALIKE, INTENT_STOP_AGENT, INTENT_FREEZE, INTENT_AGENTS, INTENT_RAISE, INTENT_NOTE, INTENT_HAND_BACK,
	INTENT_WHOLE_LOG, INTENT_SESSIONS, INTENT_MIOSA,
	/* in the log alone */
	INTENT_SEARCH, INTENT_SEARCH_UP, INTENT_FOUND_NEXT, INTENT_FOUND_BEFORE, INTENT_STREAMS, INTENT_MERGED, INTENT_ONLY, INTENT_STAMPS, INTENT_WRAP,
	INTENT_CHOOSE, INTENT_COPY, INTENT_SAVE_LOG,
};

/* Where a table holds: everywhere but in the log, or there. */
enum keymap_place { KEYMAP_MAIN, KEYMAP_LOG };

/* Keys beyond characters: code points from here on. */
enum {
	KEY_SPECIAL = 0x110000, KEYS_UP, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT, KEYS_PAGE_UP, KEYS_PAGE_DOWN, KEYS_HOME, KEYS_END, KEYS_ENTER, KEYS_ESCAPE,
	KEYS_BACKSPACE, KEYS_DELETE, KEYS_OTHER,
};

struct keymap_row {
	uint32_t keys[6];	/* 0 ends */
	enum intent intent;
	const char *shown;	/* as help names them: "j, Down" */
	const char *bar;	/* in the bar; NULL: not there */
	const char *help;
};

const struct keymap_row *keymap_rows(enum keymap_place place, size_t *ret_count);
enum intent keymap_find(enum keymap_place place, uint32_t key);

#endif
