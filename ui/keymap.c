/* keymap: see keymap.h. */
#include "config.h"

#include "ui/keymap.h"

#include <stdio.h>

#include "base/utf8.h"

#define CTRL(c) ((c) & 0x1f)

static const struct keymap_row main_rows[] = {
	{ { 'j', KEYS_DOWN }, INTENT_DOWN, "j, Down", NULL, "the next row" },
	{ { 'k', KEYS_UP }, INTENT_UP, "k, Up", NULL, "the row above" },
	{ { ' ', KEYS_PAGE_DOWN, CTRL('f') }, INTENT_PAGE_DOWN, "Space, PgDn", NULL, "scroll the action or the log" },
	{ { 'b', KEYS_PAGE_UP, CTRL('b') }, INTENT_PAGE_UP, "b, PgUp", NULL, "scroll back" },
	{ { 'g', KEYS_HOME }, INTENT_HOME, "g, Home", NULL, "to the start" },
	{ { 'G', KEYS_END }, INTENT_END, "G, End", NULL, "to the end" },
	{ { 'a' }, INTENT_APPROVE, "a", "a approve", "yes: sent once; a risky one asks for its session's name" },
	{ { 'S' }, INTENT_SNAPSHOT, "S", "S snapshot", "a snapshot of its session, so that what it would do can be undone" },
	{ { 'd' }, INTENT_DENY, "d", "d deny", "no: the agent is told not to try again" },
	{ { 'D' }, INTENT_DENY_WORDS, "D", "D +words", "no, with words that the agent reads" },
	{ { 'e' }, INTENT_EDIT, "e", "e edit", "change its body; then it is shown again and needs its own yes" },
	{ { 'l' }, INTENT_ALIKE, "l", "l alike", "a yes or no that also holds for the like, for a while" },
	{ { 'n' }, INTENT_NEXT, "n", "n next", "the next question, the most urgent first" },
	{ { KEYS_ENTER }, INTENT_OPEN, "Enter", "Enter card", "the whole action; Enter never approves" },
	{ { 't' }, INTENT_CONTROL, "t", "t control", "take control of a computer, with mouse and keyboard; or hand it back" },
	{ { 's' }, INTENT_STOP_AGENT, "s", "s stop", "stop its agent; again: its token is revoked" },
	{ { 'F' }, INTENT_FREEZE, "F, Ctrl-] F", "F FREEZE", "nothing is sent any more; lists what runs; again: go on" },
	{ { KEYS_ESCAPE }, INTENT_BACK, "Esc", "Esc back", "back" },
	{ { '\t' }, INTENT_PANE, "Tab", NULL, "to the next pane: what needs you, agents, tape; a click does it too, and decides nothing" },
	{ { 'u', KEYS_RIGHT }, INTENT_UNFOLD, "u, Right", NULL, "a row of several alike: show each of them" },
	{ { 'U', KEYS_LEFT }, INTENT_FOLD, "U, Left", NULL, "fold them into one row again" },
	{ { 'v' }, INTENT_MARK, "v", NULL, "mark this one, once you have seen all of it, to be decided with others of its kind" },
	{ { 'V' }, INTENT_DECIDE_MARKED, "V", NULL, "decide all that are marked: their number is typed" },
	{ { '/' }, INTENT_FILTER, "/", NULL, "list only what has this text; Esc: all again" },
	{ { 'r' }, INTENT_RAW, "r", NULL, "the request's own bytes, or laid out" },
	{ { 'x' }, INTENT_SEEN, "x", NULL, "a fault: I have seen it" },
	{ { 'A' }, INTENT_AGENTS, "A", NULL, "all agents, their budgets, and the rules made from decisions" },
	{ { 'h' }, INTENT_TURNS, "h", NULL, "all that its agent did in a day, what it wrote, which hosts it reached" },
	{ { 'H' }, INTENT_HISTORY, "H", NULL, "all that was sent or refused, from the newest back" },
	{ { '+' }, INTENT_RAISE, "+", NULL, "raise the cap of an agent that has reached it" },
	{ { '!' }, INTENT_RUN, "!", NULL, "run a command of your own in a sandbox" },
	{ { 'N' }, INTENT_NOTE, "N", NULL, "a note on the agent, or on the session that is listed, for all operators" },
	{ { 'L' }, INTENT_LOG, "L", NULL, "log of the session, or the tape of all that was sent" },
	{ { 'f' }, INTENT_WHOLE_LOG, "f", NULL, "the session's whole log, which has keys of its own" },
	{ { 'i' }, INTENT_SESSIONS, "i", NULL, "all sessions, and what is known of each" },
	{ { 'm' }, INTENT_MIOSA, "m", NULL, "what MIOSA itself waits for with this action" },
	{ { 'M' }, INTENT_MUTE, "M", NULL, "no notices for 15 min, and again" },
	{ { 'z' }, INTENT_ZOOM, "z", NULL, "the picture large, and back" },
	{ { '=' }, INTENT_CLOSER, "=", NULL, "a part of the picture, larger: 2x to 8x" },
	{ { '-' }, INTENT_FARTHER, "-", NULL, "more of the picture, up to all of it" },
	{ { '#' }, INTENT_ACTUAL, "#", NULL, "a part of the picture at 1:1, and back" },
	{ { KEYS_SHIFT_UP, KEYS_SHIFT_DOWN, KEYS_SHIFT_LEFT, KEYS_SHIFT_RIGHT }, INTENT_PAN, "Shift-Up ...", NULL, "to another part of the picture: each arrow with Shift" },
	{ { 'c' }, INTENT_COMPARE, "c", NULL, "the screen as it was decided on, before and behind an action, what changed outlined; and as it is" },
	{ { 'o' }, INTENT_SAVE_PICTURE, "o", NULL, "write the picture into a PNG file" },
	{ { '?' }, INTENT_HELP, "?", "? keys", "this help" },
	{ { CTRL('l') }, INTENT_REDRAW, "Ctrl-L", NULL, "draw everything anew" },
	{ { CTRL('z') }, INTENT_SUSPEND, "Ctrl-Z", NULL, "to the shell for a while; fg comes back, from the log too" },
	{ { 'q', CTRL('c') }, INTENT_QUIT, "q", NULL, "leave; the gate goes on holding" },
	{ { 'Q' }, INTENT_STOP_GATE, "Q", NULL, "leave, and end the gate that this dashboard started" },
};

static const struct keymap_row log_rows[] = {
	{ { 'j', KEYS_DOWN }, INTENT_DOWN, "j, Down", NULL, "a row down" },
	{ { 'k', KEYS_UP }, INTENT_UP, "k, Up", NULL, "a row up; what is new is not followed any more" },
	{ { ' ', KEYS_PAGE_DOWN, CTRL('f') }, INTENT_PAGE_DOWN, "Space, PgDn", NULL, "a page down" },
	{ { 'b', KEYS_PAGE_UP, CTRL('b') }, INTENT_PAGE_UP, "b, PgUp", NULL, "a page up" },
	{ { 'g', KEYS_HOME }, INTENT_HOME, "g, Home", NULL, "the oldest line that is kept" },
	{ { 'G', KEYS_END }, INTENT_END, "G, End", "G follow", "the newest line, and follow what comes" },
	{ { '/' }, INTENT_SEARCH, "/", "/ search", "look for a text below; Ctrl-R: a regular expression, Ctrl-T: any case" },
	{ { '?' }, INTENT_SEARCH_UP, "?", NULL, "look for it above" },
	{ { 'n' }, INTENT_FOUND_NEXT, "n", "n next", "the next place, in the same direction" },
	{ { 'N' }, INTENT_FOUND_BEFORE, "N", NULL, "the next place in the other direction" },
	{ { '1', '2', '3', '4', '5', '0' }, INTENT_STREAMS, "1 to 5, 0", "1-5 streams", "with or without out, err, log, event, gap; 0: all of them" },
	{ { 'F' }, INTENT_FREEZE, "F, Ctrl-] F", "F FREEZE", "nothing is sent any more, as everywhere" },
	{ { 'm' }, INTENT_MERGED, "m", "m merged", "the log of all sessions, and back" },
	{ { 'o' }, INTENT_ONLY, "o", NULL, "of all sessions only these" },
	{ { 'v' }, INTENT_CHOOSE, "v", "v choose", "choose lines from here on: move, then copy them" },
	{ { 'y' }, INTENT_COPY, "y", "y copy", "copy what is chosen, or the line that was found, to the terminal's clipboard" },
	{ { 'W' }, INTENT_SAVE_LOG, "W", "W write", "write the log, as it is filtered, into a new file" },
	{ { 'T' }, INTENT_STAMPS, "T", "T time", "with or without time and stream" },
	{ { 'w' }, INTENT_WRAP, "w", "w wrap", "long lines over several rows, or cut" },
	{ { 's' }, INTENT_STOP_AGENT, "s", "s stop", "stop the agent of this session; again: its token is revoked" },
	{ { 'h' }, INTENT_HELP, "h", "h keys", "this help" },
	{ { KEYS_ESCAPE, 'q' }, INTENT_BACK, "Esc, q", NULL, "back; first it ends a search, a choice, or the writing of a file" },
	{ { CTRL('l') }, INTENT_REDRAW, "Ctrl-L", NULL, "draw everything anew" },
	{ { CTRL('c') }, INTENT_QUIT, "Ctrl-C", NULL, "leave; the gate goes on holding" },
};

static const struct keymap_row hand_rows[] = {
	{ { KEYS_ENTER, ' ' }, INTENT_CLICK, "Enter, Space", "Enter click", "click with the left button, where the crosshair is; a mouse needs none" },
	{ { 'g' }, INTENT_LABELS, "g", "g letters", "letters over the screen: two choose a box, a third a place in it; Enter: its middle" },
	{ { KEYS_LEFT }, INTENT_LEFT, "Left", NULL, "the crosshair a step to the left; with Shift a pixel" },
	{ { KEYS_RIGHT }, INTENT_RIGHT, "Right", NULL, "a step to the right" },
	{ { KEYS_UP }, INTENT_UP, "Up", NULL, "a step up" },
	{ { KEYS_DOWN }, INTENT_DOWN, "Down", NULL, "a step down" },
	{ { 'h' }, INTENT_FINE_LEFT, "h", NULL, "a pixel to the left" },
	{ { 'j' }, INTENT_FINE_DOWN, "j", NULL, "a pixel down" },
	{ { 'k' }, INTENT_FINE_UP, "k", NULL, "a pixel up" },
	{ { 'l' }, INTENT_FINE_RIGHT, "l", NULL, "a pixel to the right" },
	{ { '2' }, INTENT_DOUBLE, "2", NULL, "click twice" },
	{ { 'r' }, INTENT_RIGHT_CLICK, "r", NULL, "click with the right button" },
	{ { 'm' }, INTENT_MIDDLE_CLICK, "m", NULL, "click with the middle button" },
	{ { 'v' }, INTENT_DRAG, "v", NULL, "begin to drag here; again: drag it to here" },
	{ { 'u', KEYS_PAGE_UP }, INTENT_WHEEL_UP, "u, PgUp", NULL, "turn the wheel up" },
	{ { 'n', KEYS_PAGE_DOWN }, INTENT_WHEEL_DOWN, "n, PgDn", NULL, "turn the wheel down" },
	{ { '<' }, INTENT_WHEEL_LEFT, "<", NULL, "turn the wheel to the left" },
	{ { '>' }, INTENT_WHEEL_RIGHT, ">", NULL, "turn the wheel to the right" },
	{ { 'i' }, INTENT_TYPE, "i", "i type", "type: each key is the computer's, until Ctrl-]; a paste is one text" },
	{ { ':' }, INTENT_LINE, ":", ": line", "write a line here, for slow links; Enter types it, an empty one is Return; a paste is typed at once" },
	{ { 's' }, INTENT_SPECIAL, "s", "s keys", "keys that a terminal does not pass on, and keys that are held" },
	{ { 'w' }, INTENT_WINDOWS, "w", "w windows", "its windows; Enter brings one to the front" },
	{ { 'p' }, INTENT_PUT_CLIPBOARD, "p", NULL, "put a text into its clipboard: paste it, or type it" },
	{ { 'y' }, INTENT_CLIPBOARD, "y", NULL, "show its clipboard; again: copy it to the terminal's" },
	{ { 'z' }, INTENT_ZOOM, "z", "z zoom", "the whole screen, or a part of it pixel by pixel" },
	{ { 't' }, INTENT_CONTROL, "t", "t hand back", "hand it back, with words for its agent" },
	{ { 'F' }, INTENT_FREEZE, "F, Ctrl-] F", NULL, "nothing is sent any more, as everywhere" },
	{ { KEYS_ESCAPE }, INTENT_BACK, "Esc", NULL, "out of a list, the letters or a drag" },
	{ { '?' }, INTENT_HELP, "?", "? keys", "this help" },
	{ { CTRL('l') }, INTENT_REDRAW, "Ctrl-L", NULL, "draw everything anew" },
	{ { CTRL('z') }, INTENT_SUSPEND, "Ctrl-Z", NULL, "to the shell for a while, which gives control up" },
};

static const struct keymap defaults = {
	{ [KEYMAP_MAIN] = main_rows, [KEYMAP_LOG] = log_rows, [KEYMAP_HAND] = hand_rows },
	{ [KEYMAP_MAIN] = ARRAY_LEN(main_rows), [KEYMAP_LOG] = ARRAY_LEN(log_rows), [KEYMAP_HAND] = ARRAY_LEN(hand_rows) },
};

/* What assent.conf calls them. */
static const char *const actions[] = {
	[INTENT_DOWN] = "down", [INTENT_UP] = "up", [INTENT_NEXT] = "next", [INTENT_OPEN] = "open", [INTENT_BACK] = "back",
	[INTENT_PAGE_DOWN] = "page_down", [INTENT_PAGE_UP] = "page_up", [INTENT_HOME] = "home", [INTENT_END] = "end",
	[INTENT_APPROVE] = "approve", [INTENT_DENY] = "deny", [INTENT_DENY_WORDS] = "deny_words", [INTENT_SEEN] = "seen", [INTENT_LOG] = "log",
	[INTENT_ZOOM] = "zoom", [INTENT_SAVE_PICTURE] = "save_picture", [INTENT_HELP] = "help", [INTENT_REDRAW] = "redraw", [INTENT_SUSPEND] = "suspend",
	[INTENT_QUIT] = "quit", [INTENT_STOP_GATE] = "stop_gate", [INTENT_EDIT] = "edit", [INTENT_ALIKE] = "alike",
	[INTENT_STOP_AGENT] = "stop_agent", [INTENT_FREEZE] = "freeze", [INTENT_AGENTS] = "agents", [INTENT_RAISE] = "raise",
	[INTENT_SNAPSHOT] = "snapshot", [INTENT_NOTE] = "note", [INTENT_CONTROL] = "control", [INTENT_RUN] = "run", [INTENT_WHOLE_LOG] = "whole_log", [INTENT_SESSIONS] = "sessions",
	[INTENT_MIOSA] = "miosa", [INTENT_PANE] = "pane", [INTENT_UNFOLD] = "unfold", [INTENT_FOLD] = "fold", [INTENT_MARK] = "mark",
	[INTENT_DECIDE_MARKED] = "decide_marked", [INTENT_FILTER] = "filter", [INTENT_TURNS] = "turns", [INTENT_HISTORY] = "history", [INTENT_MUTE] = "mute", [INTENT_RAW] = "raw",
	[INTENT_CLOSER] = "closer", [INTENT_FARTHER] = "farther", [INTENT_ACTUAL] = "actual_size", [INTENT_PAN] = "pan", [INTENT_COMPARE] = "compare",
	[INTENT_SEARCH] = "search", [INTENT_SEARCH_UP] = "search_up", [INTENT_FOUND_NEXT] = "found_next",
	[INTENT_FOUND_BEFORE] = "found_before", [INTENT_STREAMS] = "streams", [INTENT_MERGED] = "merged", [INTENT_ONLY] = "only",
	[INTENT_STAMPS] = "stamps", [INTENT_WRAP] = "wrap", [INTENT_CHOOSE] = "choose", [INTENT_COPY] = "copy", [INTENT_SAVE_LOG] = "save_log",
	[INTENT_LEFT] = "left", [INTENT_RIGHT] = "right", [INTENT_FINE_LEFT] = "fine_left", [INTENT_FINE_DOWN] = "fine_down", [INTENT_FINE_UP] = "fine_up",
	[INTENT_FINE_RIGHT] = "fine_right", [INTENT_LABELS] = "letters", [INTENT_CLICK] = "click", [INTENT_DOUBLE] = "double_click", [INTENT_RIGHT_CLICK] = "right_click",
	[INTENT_MIDDLE_CLICK] = "middle_click", [INTENT_DRAG] = "drag", [INTENT_WHEEL_UP] = "wheel_up", [INTENT_WHEEL_DOWN] = "wheel_down",
	[INTENT_WHEEL_LEFT] = "wheel_left", [INTENT_WHEEL_RIGHT] = "wheel_right", [INTENT_TYPE] = "type", [INTENT_LINE] = "line", [INTENT_SPECIAL] = "special_keys",
	[INTENT_WINDOWS] = "windows", [INTENT_PUT_CLIPBOARD] = "put_clipboard", [INTENT_CLIPBOARD] = "clipboard",
};

const struct keymap *keymap_default(void)
{
	return &defaults;
}

const char *keymap_action(enum intent intent)
{
	return (size_t)intent < ARRAY_LEN(actions) ? actions[intent] : NULL;
}

enum intent keymap_find(const struct keymap *m, enum keymap_place place, uint32_t key)
{
	const struct keymap_row *rows = m->rows[place];
	size_t i, k;

	for (i = 0; i < m->count[place]; i++)
		for (k = 0; k < KEYMAP_KEYS_MAX && rows[i].keys[k]; k++)
			if (rows[i].keys[k] == key)
				return rows[i].intent;
	return INTENT_NONE;
}

struct keymap_name keymap_name(uint32_t key)
{
	static const char *const special[] = {
		[KEYS_UP - KEY_SPECIAL] = "Up", [KEYS_DOWN - KEY_SPECIAL] = "Down", [KEYS_LEFT - KEY_SPECIAL] = "Left", [KEYS_RIGHT - KEY_SPECIAL] = "Right",
		[KEYS_PAGE_UP - KEY_SPECIAL] = "PgUp", [KEYS_PAGE_DOWN - KEY_SPECIAL] = "PgDn", [KEYS_HOME - KEY_SPECIAL] = "Home",
		[KEYS_END - KEY_SPECIAL] = "End", [KEYS_ENTER - KEY_SPECIAL] = "Enter", [KEYS_ESCAPE - KEY_SPECIAL] = "Esc",
		[KEYS_BACKSPACE - KEY_SPECIAL] = "Backspace", [KEYS_DELETE - KEY_SPECIAL] = "Delete",
		[KEYS_INSERT - KEY_SPECIAL] = "Insert", [KEYS_MENU - KEY_SPECIAL] = "Menu",
		[KEYS_SHIFT_UP - KEY_SPECIAL] = "Shift-Up", [KEYS_SHIFT_DOWN - KEY_SPECIAL] = "Shift-Down", [KEYS_SHIFT_LEFT - KEY_SPECIAL] = "Shift-Left",
		[KEYS_SHIFT_RIGHT - KEY_SPECIAL] = "Shift-Right",
	};
	struct keymap_name n = { "" };

	if (key >= KEYS_F1 && key <= KEYS_F12)
		snprintf(n.text, sizeof(n.text), "F%d", (int)(key - KEYS_F1) + 1);
	else if (key >= KEY_SPECIAL)
		snprintf(n.text, sizeof(n.text), "%s", key - KEY_SPECIAL < ARRAY_LEN(special) && special[key - KEY_SPECIAL] ? special[key - KEY_SPECIAL] : "");
	else if (key == ' ' || key == '\t')
		snprintf(n.text, sizeof(n.text), "%s", key == ' ' ? "Space" : "Tab");
	else if (key < ' ')
		snprintf(n.text, sizeof(n.text), "Ctrl-%c", (char)(key | 0x40));
	else
		utf8_encode(key, n.text);
	return n;
}

struct keymap_name keymap_first(const struct keymap *m, enum keymap_place place, enum intent intent)
{
	size_t i;

	for (i = 0; i < m->count[place]; i++)
		if (m->rows[place][i].intent == intent)
			return keymap_name(m->rows[place][i].keys[0]);
	return (struct keymap_name){ "" };
}
