/* overview: the overview with little and with much to do, what goes wrong on it, and the lines that are typed over it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "core/likeness.h"
#include "tests/screens/screens.h"
#include "tests/unit/card_state.h"
#include "tests/unit/forty.h"
#include "tests/unit/state.h"

enum { BOOT_MS = 1000 };
#define WALL_MS 1795525201000

void screen_small(struct scene *s)
{
	scene_state(s, state_json, BOOT_MS, WALL_MS);
	scene_select(s, 41);
}

void screen_forty(struct scene *s)
{
	char json[300];
	size_t i;

	scene_state(s, forty_start, FORTY_BOOT_MS, FORTY_WALL_MS);
	for (i = 0; i < ARRAY_LEN(forty_events); i++)
		scene_event(s, forty_events[i].type, forty_events[i].json);
	for (i = 0; i < 32; i++) {
		snprintf(json, sizeof(json), "{\"name\":\"worker-%zu\",\"connections\":%d,\"session\":\"\"}", i, i < 27);
		scene_event(s, "agent", json);
	}
	scene_event(s, "alike", "{\"id\":31,\"verdict\":\"allow\",\"agent\":\"builder-2\",\"what\":\"write by builder-2 in build-2, src/\",\"uses\":4,\"uses_max\":10,"
				"\"expires_boot_ms\":749000,\"made_by\":\"ana\"}");
	snprintf(s->dash.person, sizeof(s->dash.person), "ana");
	dash_update(&s->dash, s->boot_ms);
	scene_card(s, 41, card_click_facts);
	s->dash.view = VIEW_OVERVIEW;
	scene_ready(s);
}

/* One row of eight opened, two of them marked, the others filtered away; the pane of agents has the keys. */
void screen_forty_opened(struct scene *s)
{
	int64_t id;

	screen_forty(s);
	s->dash.open[s->dash.open_count++] = model_find_action(&s->model, 45)->likeness;
	snprintf(s->dash.filter, sizeof(s->dash.filter), "scrap");
	s->dash.pane = PANE_AGENTS;
	snprintf(s->dash.pane_agent, sizeof(s->dash.pane_agent), "scraper");
	for (id = 45; id <= 46; id++) {
		int64_t now = s->boot_ms;

		s->dash.selected = s->dash.seen_id = id;
		s->dash.seen_version = 1;
		dash_update(&s->dash, now);
		arm_drawn(&s->dash.arm, now);
		arm_answered(&s->dash.arm, now);
		s->boot_ms += 3000 * (id - 44);	/* each time the keyboard was quiet */
		scene_key(s, 'v');
		s->boot_ms = now;
	}
	if (s->dash.marked_count != 2)
		scene_die("two should be marked");
	s->dash.message[0] = '\0';
}

void screen_forty_away(struct scene *s)
{
	screen_forty(s);
	scene_select(s, 38);
	snprintf(s->dash.desk.away, sizeof(s->dash.desk.away), "away 49m: 12 held, 9 expired, 3 gave up, 210 by rule, 1 gap");
	notices_toggle(&s->dash.notices, s->boot_ms - 60000);
	s->model.gate.unattended = true;
}

/* The second agent is selected, in its own pane. */
void screen_forty_agents(struct scene *s)
{
	screen_forty(s);
	s->dash.pane = PANE_AGENTS;
	snprintf(s->dash.pane_agent, sizeof(s->dash.pane_agent), "clerk-2");
}

void screen_forty_log(struct scene *s)
{
	screen_forty(s);
	scene_log(s);
	s->dash.show_log = true;
}

void screen_zoom(struct scene *s)
{
	screen_picture(s);
	s->dash.zoom = true;
}

/* A command is selected: what its sandbox printed stands where a picture would. */
void screen_sandbox(struct scene *s)
{
	scene_state(s, card_json, BOOT_MS, WALL_MS);
	scene_card(s, 44, card_exec_facts);
	s->dash.view = VIEW_OVERVIEW;
	scene_log(s);
}

/* What was decided stays, and is none of those that need somebody. */
void screen_decided(struct scene *s)
{
	screen_forty(s);
	scene_event(s, "action", "{\"id\":41,\"version\":1,\"state\":\"done\",\"agent\":\"shopper\",\"session\":\"desk-1\",\"session_name\":\"desk-1\",\"session_kind\":\"computer\","
				 "\"kind\":\"click\",\"class\":\"acts\",\"method\":\"POST\",\"path\":\"/api/v1/computers/desk-1/desktop/click\",\"summary\":\"left click 812,447\","
				 "\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\","
				 "\"plain\":\"Left click at 812,447 on computer desk-1.\",\"body\":\"{\\\"x\\\":812,\\\"y\\\":447}\",\"body_len\":17,\"x\":812,\"y\":447,"
				 "\"arrived_wall_ms\":1795525227000,\"ended_wall_ms\":1795525469000,\"decided_wall_ms\":1795525468000,\"needs_person\":false,"
				 "\"result\":\"done, 0.2s\",\"decided_kind\":\"person\",\"decided_by\":\"ana\"}");
}

/* A terminal with sixel: the picture's place is left free for it. */
void screen_picture(struct scene *s)
{
	screen_forty(s);
	s->dash.pixels = true;
	s->dash.screen.width = 1280;
	s->dash.screen.height = 800;
	s->dash.screen.rgb = calloc((size_t)1280 * 800, 3);
	s->dash.screen_wall_ms = s->wall_ms;
}

/* Half blocks, and a picture that is not as it is there any more: at its age, in red. */
void screen_blocks(struct scene *s)
{
	screen_picture(s);
	s->dash.pixels = false;
	s->dash.blocks = true;
	s->dash.screen_wall_ms = s->wall_ms - 11000;
}

/* Read some seconds ago: no alarm yet. */
void screen_picture_aged(struct scene *s)
{
	screen_picture(s);
	s->dash.screen_wall_ms = s->wall_ms - 3000;
}

void screen_picture_bad(struct scene *s)
{
	screen_small(s);
	snprintf(s->dash.screen_error, sizeof(s->dash.screen_error), "bad picture: the file ends too soon");
}

void screen_not_live(struct scene *s)
{
	screen_small(s);
	s->model.gate.live = false;
	s->model.gate.not_live_since_wall_ms = 1795525190000;
	free(s->model.gate.why);
	s->model.gate.why = strdup("connection \033[31mrefused");
}

void screen_no_gate(struct scene *s)
{
	screen_not_live(s);
	s->dash.gate_up = false;
	s->dash.gate_down_since_wall_ms = 1795525195000;
}

void screen_nobody(struct scene *s)
{
	scene_state(s, "{\"seq\":1,\"now_boot_ms\":1000,\"now_wall_ms\":1795525201000,\"gate\":{\"base_url\":\"http://127.0.0.1:7717/api/v1\",\"live\":true,\"upstream_name\":\"local\"},"
		       "\"agents\":[],\"sessions\":[],\"actions\":[]}", BOOT_MS, WALL_MS);
}

/* The tokens are revoked, and what their agents asked for is still there. */
void screen_revoked(struct scene *s)
{
	screen_small(s);
	scene_event(s, "gate", "{\"live\":true,\"upstream_name\":\"local\",\"base_url\":\"http://127.0.0.1:41091/api/v1\"}");
	scene_event(s, "gone", "{\"kind\":\"agent\",\"id\":\"clerk\"}");
	scene_event(s, "gone", "{\"kind\":\"agent\",\"id\":\"builder\"}");
	dash_update(&s->dash, s->boot_ms);
}

/* Everything that a gate may tell at once: frozen, a stopped agent, one at its cap, rules, another person. */
void screen_frozen(struct scene *s)
{
	scene_state(s, state_json, BOOT_MS, WALL_MS);
	scene_event(s, "gate", "{\"live\":true,\"upstream_name\":\"local\",\"signing\":\"unsigned\",\"by_rule_per_minute\":14,\"frozen\":{\"by\":\"ana\",\"wall_ms\":1795525190000},"
			       "\"policy\":{\"file\":\"/x/policy.conf\",\"error\":\"policy.conf:3:7: unknown key\"}}");
	scene_event(s, "agent", "{\"name\":\"clerk\",\"session\":\"cmp_1\",\"waiting\":1,\"refused\":3,\"stopped\":{\"by\":\"ana\",\"wall_ms\":1},\"used\":{\"actions\":12},\"budget\":{\"actions\":200}}");
	scene_event(s, "agent", "{\"name\":\"builder\",\"session\":\"sbx_1\",\"waiting\":1,\"at_cap\":\"actions\",\"used\":{\"actions\":120},\"budget\":{\"actions\":120}}");
	scene_event(s, "alike", "{\"id\":3,\"verdict\":\"allow\",\"agent\":\"clerk\",\"what\":\"type by clerk in desk-1, text without Return\",\"uses\":4,\"uses_max\":10,"
				"\"expires_boot_ms\":481000,\"made_by\":\"ana\"}");
	scene_event(s, "session", "{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"label\":\"shop\",\"live\":true,\"width\":1280,\"height\":800,\"takeover\":{\"by\":\"ana\",\"wall_ms\":1}}");
	scene_event(s, "presence", "[{\"name\":\"ben\",\"reads\":42}]");
	scene_event(s, "note", "{\"id\":1,\"kind\":\"agent\",\"target\":\"builder\",\"text\":\"new since Monday\",\"by\":\"ben\",\"wall_ms\":1}");
	dash_update(&s->dash, s->boot_ms);
}

void screen_hostile(struct scene *s)
{
	size_t i, k;

	scene_state(s, state_json, BOOT_MS, WALL_MS);
	for (i = 0; i < s->model.action_count; i++) {
		struct model_action *a = s->model.actions[i];
		char **fields[] = { &a->agent, &a->session_name, &a->summary, &a->plain, &a->path, &a->body, &a->title, &a->result, &a->note, &a->decided_by, &a->text };

		for (k = 0; k < ARRAY_LEN(fields); k++) {
			free(*fields[k]);
			*fields[k] = strdup("\033[2J\033]0;x\007\r\b\xc2\x9b" "1m\xe2\x80\xae" "gnp.\xff");
		}
		a->agent_hash = likeness_hash(a->agent);
		a->likeness = likeness_of(a);
	}
}

/* ---- lines that are typed ---- */

void screen_many(struct scene *s)
{
	screen_forty_opened(s);
	s->dash.filter[0] = '\0';
	s->dash.pane = PANE_NEEDS;
	s->dash.prompt = PROMPT_MANY;
	scene_type(s, "2");
}

void screen_filter(struct scene *s)
{
	screen_forty(s);
	scene_key(s, '/');
	scene_type(s, "build");
}

void screen_words(struct scene *s)
{
	screen_forty(s);
	scene_key(s, 'D');
	scene_type(s, "not the cache; say first what it is good for");
}

void screen_confirm(struct scene *s)
{
	screen_forty(s);
	s->dash.prompt = PROMPT_CONFIRM;
	s->dash.typed_id = 41;
	s->dash.typed_version = 1;
	scene_type(s, "desk");
}

void screen_passphrase(struct scene *s)
{
	screen_frozen(s);
	s->dash.prompt = PROMPT_PASSPHRASE;
	scene_type(s, "secret");
}

void screen_note(struct scene *s)
{
	screen_forty(s);
	scene_key(s, 'N');
	scene_type(s, "new since Monday");
}

void screen_cap(struct scene *s)
{
	screen_forty(s);
	s->dash.prompt = PROMPT_CAP;
	snprintf(s->dash.target, sizeof(s->dash.target), "mailer");
	scene_type(s, "250");
}

void screen_unfreeze(struct scene *s)
{
	screen_frozen(s);
	s->dash.prompt = PROMPT_UNFREEZE;
	scene_type(s, "unfr");
}
