/* keymap: see keymap.h. */
#include "config.h"

#include "ui/keymap.h"

#include "base/err.h"

#define CTRL(c) ((c) & 0x1f)

static const struct keymap_row rows[] = {
	{ { 'j', KEYS_DOWN }, INTENT_DOWN, "j, Down", NULL, "the next row" },
	{ { 'k', KEYS_UP }, INTENT_UP, "k, Up", NULL, "the row above" },
	{ { ' ', KEYS_PAGE_DOWN, CTRL('f') }, INTENT_PAGE_DOWN, "Space, PgDn", NULL, "scroll the action or the log" },
	{ { 'b', KEYS_PAGE_UP, CTRL('b') }, INTENT_PAGE_UP, "b, PgUp", NULL, "scroll back" },
	{ { 'g', KEYS_HOME }, INTENT_HOME, "g, Home", NULL, "to the start" },
	{ { 'G', KEYS_END }, INTENT_END, "G, End", NULL, "to the end" },
	{ { 'a' }, INTENT_APPROVE, "a", "a approve", "yes: sent once; a risky one asks for its session's name" },
	{ { 'd' }, INTENT_DENY, "d", "d deny", "no: the agent is told not to try again" },
	{ { 'D' }, INTENT_DENY_WORDS, "D", "D words", "no, with words that the agent reads" },
	{ { 'e' }, INTENT_EDIT, "e", "e edit", "change its body; then it is shown again and needs its own yes" },
	{ { 'l' }, INTENT_ALIKE, "l", "l alike", "a yes or no that also holds for the like, for a while" },
	{ { 'n' }, INTENT_NEXT, "n", "n next", "the next question, the most urgent first" },
	{ { 's' }, INTENT_STOP_AGENT, "s", "s stop", "stop its agent; again: its token is revoked" },
	{ { 'F' }, INTENT_FREEZE, "F, Ctrl-] F", "F FREEZE", "nothing is sent any more; lists what runs; F again: go on" },
	{ { KEYS_ENTER }, INTENT_OPEN, "Enter", "Enter card", "the whole action; Enter never approves" },
	{ { KEYS_ESCAPE }, INTENT_BACK, "Esc", NULL, "back" },
	{ { 'x' }, INTENT_SEEN, "x", NULL, "a fault: I have seen it" },
	{ { 'A' }, INTENT_AGENTS, "A", NULL, "all agents, their budgets, and the rules that l made" },
	{ { '+' }, INTENT_RAISE, "+", NULL, "raise the cap of an agent that has reached it" },
	{ { 't' }, INTENT_HAND_BACK, "t", NULL, "hand a computer back, after control of it was taken" },
	{ { 'N' }, INTENT_NOTE, "N", NULL, "a note on the agent, for all operators" },
	{ { 'L' }, INTENT_LOG, "L", NULL, "log of the session, or the tape of all that was sent" },
	{ { 'z' }, INTENT_ZOOM, "z", NULL, "the picture large, and back" },
	{ { 'o' }, INTENT_SAVE_PICTURE, "o", NULL, "write the picture into a PNG file" },
	{ { '?' }, INTENT_HELP, "?", "? keys", "this help" },
	{ { CTRL('l') }, INTENT_REDRAW, "Ctrl-L", NULL, "draw everything anew" },
	{ { 'q', CTRL('c') }, INTENT_QUIT, "q", NULL, "leave; the gate goes on holding" },
	{ { 'Q' }, INTENT_STOP_GATE, "Q", NULL, "leave, and end the gate that this dashboard started" },
};

const struct keymap_row *keymap_rows(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rows);
	return rows;
}

enum intent keymap_find(uint32_t key)
{
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		for (k = 0; k < ARRAY_LEN(rows[i].keys) && rows[i].keys[k]; k++)
			if (rows[i].keys[k] == key)
				return rows[i].intent;
	return INTENT_NONE;
}
