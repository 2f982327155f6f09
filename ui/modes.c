/* modes: see modes.h; term_mouse(), term_focus() and term_hand() are term.h's. */
#include "config.h"

#include "ui/modes.h"

#include <string.h>

#include "ui/term.h"

static struct {
	bool said;		/* the terminal has been told of those that are wanted */
	bool mouse, focus;
	struct term_hand hand;
} modes;

static void say(const char *bytes)
{
	term_write(bytes, strlen(bytes));
}

/* Cells, not pixels; presses and the wheel; in the way that has only printable bytes, which is asked for first. */
static void say_mouse(bool on)
{
	say(on ? "\033[?1016l\033[?1006h\033[?1000h" : "\033[?1000l\033[?1006l");
}

static void say_focus(bool on)
{
	say(on ? "\033[?1004h" : "\033[?1004l");
}

/* Kitty's keys are a stack: what was pushed is popped. The kinds of mouse are one choice to a terminal, so the end of one is the end of all. */
static void say_hand(bool on)
{
	const struct term_hand *h = &modes.hand;

	if (modes.mouse && !h->mouse)
		say(on ? "\033[?1000l" : "\033[?1000h");
	else if (modes.mouse)
		say(h->moves ? on ? "\033[?1003h" : "\033[?1003l" : on ? "\033[?1002h" : "\033[?1002l");
	if (modes.mouse && h->mouse && h->pixels)
		say(on ? "\033[?1016h" : "\033[?1016l\033[?1006h");
	if (modes.mouse && h->mouse && !on)
		say("\033[?1000h");
	say(on ? "\033[?1036h" : "\033[?1036l");
	if (h->keyboard)
		say(on ? "\033[>1u" : "\033[<u");
	if (h->other_keys)
		say(on ? "\033[>4;2m" : "\033[>4m");
}

void modes_say(bool on)
{
	modes.said = on;
	if (modes.hand.on && !on)
		say_hand(false);
	say(on ? "\033[?2004h" : "\033[?2004l");
	if (modes.mouse)
		say_mouse(on);
	if (modes.focus)
		say_focus(on);
	if (modes.hand.on && on)
		say_hand(true);
}

void term_mouse(bool on)
{
	if (modes.mouse == on)
		return;
	if (modes.said)
		say_mouse(on);
	modes.mouse = on;
}

void term_focus(bool on)
{
	if (modes.focus == on)
		return;
	if (modes.said)
		say_focus(on);
	modes.focus = on;
}

void term_hand(const struct term_hand *h)
{
	if (h->on == modes.hand.on && h->mouse == modes.hand.mouse && h->moves == modes.hand.moves && h->pixels == modes.hand.pixels && h->keyboard == modes.hand.keyboard &&
	    h->other_keys == modes.hand.other_keys)
		return;
	if (modes.hand.on && modes.said)
		say_hand(false);
	modes.hand = *h;
	if (h->on && modes.said)
		say_hand(true);
}
