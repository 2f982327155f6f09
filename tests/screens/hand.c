/* hand: control of a computer, in the states that it can be in; and a command in a sandbox. See screens.h. */
#include "config.h"

#include "tests/screens/screens.h"

#include <stdlib.h>
#include <string.h>

static void take(struct scene *s)
{
	screen_picture(s);
	scene_key(s, 't');
	hand_taken(&s->dash, "0123456789abcdef0123456789abcdef", 0, s->boot_ms);
	s->dash.message[0] = '\0';
}

void screen_hand(struct scene *s)
{
	take(s);
}

void screen_hand_typing(struct scene *s)
{
	take(s);
	scene_key(s, 'i');
}

void screen_hand_far(struct scene *s)
{
	take(s);
	s->dash.hand.out.sent = true;
	s->dash.hand.out.count = 1;
	s->dash.hand.out.items[0] = (struct hand_item){ .verb = "click" };
	s->dash.hand.out.sent_ms = s->boot_ms - HAND_LATE_MS;
}

void screen_hand_keys(struct scene *s)
{
	take(s);
	scene_key(s, 's');
	scene_key(s, 'j');
}

void screen_hand_windows(struct scene *s)
{
	struct hand_window *list = calloc(2, sizeof(*list));

	take(s);
	scene_key(s, 'w');
	strcpy(list[0].title, "Checkout - Hemingway Books - Mozilla Firefox");
	strcpy(list[1].title, "\033[2Jxterm\u202e");
	list[1].focused = true;
	hand_set_windows(&s->dash, list, 2);
}

void screen_hand_clipboard(struct scene *s)
{
	take(s);
	scene_key(s, 'y');
	hand_set_clipboard(&s->dash, "12 High Street\nLeeds\033]0;a\007");
}

void screen_hand_help(struct scene *s)
{
	take(s);
	scene_key(s, '?');
}

void screen_hand_over(struct scene *s)
{
	take(s);
	hand_ended(&s->dash, "nothing was done by hand for too long", s->boot_ms);
}

void screen_hand_back(struct scene *s)
{
	take(s);
	scene_key(s, 't');
	scene_type(s, "the form is filled in; go on");
}

void screen_hand_line(struct scene *s)
{
	take(s);
	scene_key(s, ':');
	scene_type(s, "12 High Street");
}

void screen_hand_paste(struct scene *s)
{
	take(s);
	scene_key(s, 'p');
}

void screen_hand_hold(struct scene *s)
{
	take(s);
	scene_key(s, 's');
	while (s->dash.hand.row < 11)
		scene_key(s, 'j');
	scene_key(s, KEYS_ENTER);
	scene_type(s, "w 3");
}

void screen_run(struct scene *s)
{
	screen_sandbox(s);
	scene_key(s, '!');
	scene_type(s, "git status");
}
