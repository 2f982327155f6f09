/*
 * hand: a person's own hand on a computer: what mouse and keys do while control is taken, as requests to the gate. Pure: clocks are arguments.
 *
 * Two things are kept apart. Pointing: keys are commands, as everywhere (keymap.h, KEYMAP_HAND). Typing: every key goes to the computer, but Ctrl-], which
 * leads back to pointing. A mouse works in both.
 */
#ifndef ASSENT_UI_HAND_H
#define ASSENT_UI_HAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/hand_out.h"
#include "ui/hand_point.h"

#define HAND_CLICK_MS 250	/* so long after a click a second one makes it a double one */
#define HAND_WINDOWS_MAX 64
#define HAND_HOLD_MAX_S 30

/* HAND_OVER: it has ended by itself; nothing is done by any key until Ctrl-] was pressed. */
enum hand_state { HAND_OFF, HAND_ASKED, HAND_ON, HAND_OVER };
enum hand_mode { HAND_POINT, HAND_TYPE, HAND_LABELS, HAND_KEYS, HAND_WINDOWS, HAND_CLIPBOARD, HAND_HELP };

struct hand_window {
	char id[64];	/* as JSON has it: a text or a number */
	char title[200];
	bool focused;
};

struct hand {
	enum hand_state state;
	enum hand_mode mode;
	char session[128], lease[65];
	char why[240];			/* HAND_OVER: why */
	bool back;			/* it is being handed back, with */
	char note[400];
	struct hand_out out;
	int pairs;			/* numbers given to what goes down and up */

	struct hand_pointer pointer;	/* set by the wiring, when the terminal told what it can do, and with its size */

	bool whole;			/* the whole screen is shown, else a part at 1:1 round the focus */
	int focus_x, focus_y;
	bool cross;			/* the crosshair is used */
	int x, y;			/* where it is */
	bool drag;			/* a drag was begun by key, at */
	int drag_x, drag_y;
	struct mark_grid grid;		/* while letters are on the screen */
	bool whole_before;		/* what was shown when they came, and is again when they go */

	/* the mouse */
	bool down, second, swallow;	/* the left button is down; for the second time; its release means nothing */
	int down_x, down_y;
	uint8_t down_mods;
	bool click;			/* a click waits for a second one */
	int64_t click_ms;
	int click_x, click_y;
	uint8_t click_mods;

	struct buf paste;		/* own */
	bool pasting;
	int row;			/* of the menu or the windows */
	struct hand_window *windows;	/* own; NULL: they are asked for */
	size_t window_count;
	char *clipboard;		/* own; NULL: it is asked for */
	int64_t hold_until_ms;		/* 0: no key is held */
	int hold_pair;
	char hold_key[64];
	char theirs[128];		/* the session of which was said that somebody drives it; until then, the same key ends that */
	int64_t theirs_until_ms;
};

void hand_init(struct hand *h);
void hand_clear(struct hand *h);

#endif
