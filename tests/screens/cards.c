/* cards: the card of each kind of action, in the states that it can be in. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tests/screens/screens.h"
#include "tests/unit/card_state.h"
#include "tests/unit/state.h"

enum { BOOT_MS = 1000 };
#define WALL_MS 1795525201000

static void start(struct scene *s)
{
	scene_state(s, card_json, BOOT_MS, WALL_MS);
}

void screen_card_looking(struct scene *s)
{
	start(s);
	scene_card(s, 44, "");
}

void screen_card_exec(struct scene *s)
{
	start(s);
	scene_card(s, 44, card_exec_facts);
	scene_log(s);
	scene_ready(s);
}

void screen_card_exec_end(struct scene *s)
{
	screen_card_exec(s);
	s->dash.scroll = 8;
}

void screen_card_raw(struct scene *s)
{
	screen_card_exec(s);
	s->dash.card.raw = true;
}

void screen_card_click(struct scene *s)
{
	start(s);
	scene_card(s, 41, card_click_facts);
}

void screen_card_click_brief(struct scene *s)
{
	screen_card_click(s);
	s->dash.view = VIEW_OVERVIEW;
}

void screen_card_changed(struct scene *s)
{
	start(s);
	scene_card(s, 41, card_changed_facts);
}

void screen_card_type(struct scene *s)
{
	start(s);
	scene_card(s, 42, "");
}

/* Into a terminal: it is taken apart as a command. */
void screen_card_typed(struct scene *s)
{
	start(s);
	scene_card(s, 42, card_typed_facts);
}

void screen_card_typed_brief(struct scene *s)
{
	screen_card_typed(s);
	s->dash.view = VIEW_OVERVIEW;
}

/* Numbers from 0 to 1000, on a screen that is less wide than the request thinks. */
void screen_card_place(struct scene *s)
{
	start(s);
	scene_event(s, "session", "{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"state\":\"running\",\"width\":640,\"height\":400,\"live\":true,"
		    "\"screen_seq\":1,\"coordinates\":\"normalised\",\"agent\":\"shopper\"}");
	model_find_action(&s->model, 41)->x = 1040;
	scene_card(s, 41, card_click_facts);
}

#define SCREENS(changed) "\"screens\":{\"agent\":null,\"decided\":\"aa\",\"before\":\"bb\",\"after\":\"cc\",\"changed\":" changed "},"

/* Its screen changed between the yes and the moment of sending: a person looks again. */
void screen_card_came_back(struct scene *s)
{
	static const char event[] = CARD_HEAD(41, 2, "held", "shopper", "cmp_1", "computer", "desk-1", "click")
		"\"path\":\"/api/v1/computers/cmp_1/desktop/click\",\"plain\":\"Left click at 812,447 on computer desk-1 (cmp_1).\",\"summary\":\"left click 812,447\","
		"\"screens\":{\"agent\":null,\"decided\":\"aa\",\"before\":\"bb\",\"after\":null,\"changed\":[[760,430,110,36]]},"
		"\"body\":\"{\\\"x\\\":812,\\\"y\\\":447}\",\"body_len\":17,\"x\":812,\"y\":447,\"held_by\":\"default: no rule names it\","
		"\"error\":\"not sent: the screen changed round the target\"}";

	start(s);
	scene_event(s, "action", event);
	scene_card(s, 41, "");
}

/* It was sent, and the screen had settled behind it. */
void screen_card_after(struct scene *s)
{
	static const char event[] = CARD_HEAD(41, 1, "done", "shopper", "cmp_1", "computer", "desk-1", "click")
		"\"path\":\"/api/v1/computers/cmp_1/desktop/click\",\"plain\":\"Left click at 812,447 on computer desk-1 (cmp_1).\",\"summary\":\"left click 812,447\","
		SCREENS("[[760,430,110,36],[0,0,9,9]]")
		"\"body\":\"{\\\"x\\\":812,\\\"y\\\":447}\",\"body_len\":17,\"x\":812,\"y\":447,\"result\":\"done 200, 0.2s\",\"decided_kind\":\"person\","
		"\"decided_by\":\"ana\",\"decided_wall_ms\":1795525200000,\"ended_wall_ms\":1795525200000}";

	screen_card_click(s);
	scene_event(s, "action", event);
	dash_update(&s->dash, s->boot_ms);
}

void screen_card_write(struct scene *s)
{
	start(s);
	scene_card(s, 45, card_write_facts);
}

void screen_card_opaque(struct scene *s)
{
	start(s);
	scene_card(s, 46, "");
}

void screen_card_edited(struct scene *s)
{
	start(s);
	scene_card(s, 47, "");
}

void screen_card_denied(struct scene *s)
{
	start(s);
	scene_card(s, 48, "");
}

/* What was approved stays, with what came of it. */
void screen_card_done(struct scene *s)
{
	screen_card_click(s);
	scene_event(s, "action", card_done_event);
	dash_update(&s->dash, s->boot_ms);
}

/* Words for a no: the phrases stand above the line until something is typed. */
void screen_card_words(struct scene *s)
{
	screen_card_exec(s);
	scene_key(s, 'D');
}

void screen_card_hostile(struct scene *s)
{
	screen_hostile(s);
	s->dash.view = VIEW_CARD;
}
