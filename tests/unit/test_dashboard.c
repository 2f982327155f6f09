/* test_dashboard: what keys ask for, and when they ask for nothing. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/dash_keys.h"

static void the_first_question_is_selected(void **state)
{
	(void)state;
	assert_int_equal(d.selected, 41);
	assert_string_equal(d.session, "cmp_1");
}

static void yes(void **state)
{
	struct dash_request q;

	(void)state;
	show_screen();
	frame();
	q = press('a');
	assert_int_equal(q.type, REQUEST_NONE);	/* too early */
	now += 2000;
	q = press('a');
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_true(q.decision == DECIDE_APPROVE && q.with_screen);
	assert_int_equal(q.id, 41);
	assert_int_equal(q.version, 1);
	assert_int_equal(strlen(q.digest), 64);
}

static void typing_ahead_approves_nothing(void **state)
{
	int i;

	(void)state;
	show_screen();
	frame();
	for (i = 0; i < 1000; i++) {
		now += i % 7 * 50;	/* a key every 0 to 300 ms: never quiet */
		assert_int_equal(press(i % 3 ? 'a' : 'y').type, REQUEST_NONE);
		assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
		assert_int_equal(press(KEYS_ESCAPE).type, REQUEST_NONE);
	}
}

static void a_paste_decides_nothing(void **state)
{
	struct input_event ev = { .type = INPUT_PASTE, .code = 'a' };
	struct dash_request q;

	(void)state;
	show_screen();
	frame();
	now += 5000;
	dash_key(&d, &ev, now, &q);
	assert_int_equal(q.type, REQUEST_NONE);
	ev.code = 'd';
	dash_key(&d, &ev, now, &q);
	assert_int_equal(q.type, REQUEST_NONE);
}

static void enter_opens_and_never_approves(void **state)
{
	(void)state;
	show_screen();
	frame();
	now += 5000;
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	assert_int_equal(d.view, VIEW_CARD);
	frame();
	now += 5000;
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_OVERVIEW);
}

static void no_needs_no_waiting(void **state)
{
	struct dash_request q;

	(void)state;
	frame();
	q = press('d');
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_DENY);
	assert_string_equal(q.note, "");
}

static void no_with_words(void **state)
{
	struct dash_request q;

	(void)state;
	frame();
	assert_int_equal(press('D').type, REQUEST_NONE);
	type("not aD");
	press(KEYS_BACKSPACE);
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_DENY);
	assert_string_equal(q.note, "not a");
	press('D');
	type("3");
	q = press(KEYS_ENTER);
	assert_string_equal(q.note, "Stay inside your workspace.");
	press('D');
	type("x");
	press(KEYS_ESCAPE);
	assert_int_equal(d.prompt, PROMPT_NONE);
}

static void a_risky_one_wants_its_sessions_name(void **state)
{
	struct input_event ev = { .type = INPUT_PASTE };
	struct dash_request q;
	const char *p;

	(void)state;
	model_find_session(&model, "sbx_1")->live = true;
	press('j');
	assert_int_equal(d.selected, 42);
	frame();
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_CONFIRM);
	type("yes");
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	now += 5000;
	press('a');
	for (p = "build-1"; *p; p++) {	/* pasted, it does not count */
		ev.code = (uint32_t)*p;
		dash_key(&d, &ev, now, &q);
	}
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	now += 5000;
	press('a');
	type("build-1");
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_APPROVE);
	assert_int_equal(q.id, 42);
}

static void what_was_not_shown_is_not_approved(void **state)
{
	struct model_action *a = model_find_action(&model, 41);
	struct dash_request q;
	int i;

	(void)state;
	free(a->body);
	a->body = malloc(20001);
	memset(a->body, 'x', 20000);
	a->body[20000] = '\0';
	show_screen();
	frame();
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	press(KEYS_ENTER);
	frame();
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	for (i = 0; i < 40; i++) {
		press(' ');
		frame();
	}
	now += 5000;
	q = press('a');
	assert_int_equal(q.type, REQUEST_DECIDE);
}

static void doubts_ask_again(void **state)
{
	struct dash_request q;

	(void)state;
	look_up();
	frame();	/* no picture */
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "again"));
	now += 5000;
	q = press('a');
	assert_int_equal(q.type, REQUEST_DECIDE);
}

static void away_and_dead_approve_nothing(void **state)
{
	(void)state;
	show_screen();
	model_find_action(&model, 41)->askers = 0;
	frame();
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	model_find_action(&model, 41)->askers = 1;
	d.gate_up = false;
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
}

static void selection_follows_the_id(void **state)
{
	static const char event[] = ACTION(40, "held", "clerk", "cmp_1", "computer", "desk-1", "click", "p", "s", "POST", "/p", "{}", ",\"needs_person\":true");
	static const char decided[] = ACTION(41, "denied", "clerk", "cmp_1", "computer", "desk-1", "click", "p", "s", "POST", "/p", "{}", ",\"needs_person\":false");

	(void)state;
	assert_int_equal(model_event(&model, "action", event, strlen(event), 11, NULL), 0);
	dash_update(&d, now);
	assert_int_equal(d.selected, 41);
	assert_int_equal(model_event(&model, "action", decided, strlen(decided), 12, NULL), 0);
	dash_update(&d, now);
	assert_int_equal(d.selected, 41);	/* nothing is selected by itself */
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(model_event(&model, "action", decided, strlen(decided), 14, NULL), ERR_STATE);	/* 13 is missing */
}

static void faults_are_marked_as_seen(void **state)
{
	struct dash_request q;

	(void)state;
	press('k');
	assert_string_equal(d.trouble_session, "sbx_1");	/* its stream is down since after that */
	press('k');
	assert_int_equal(d.selected, 38);
	q = press('x');
	assert_int_equal(q.type, REQUEST_CALL);
	assert_string_equal(q.path, "/v1/actions/38/seen");
	dash_request_release(&q);
	press('n');
	assert_int_equal(d.selected, 42);	/* risky before oldest */
	assert_int_equal(press('x').type, REQUEST_NONE);
}

static void freezing_needs_no_waiting(void **state)
{
	(void)state;
	assert_string_equal(asked(press('F')), "POST /v1/freeze {}");
	assert_int_equal(d.view, VIEW_FROZEN);
}

static void the_chord_freezes_from_everywhere(void **state)
{
	static const char keys[] = { '\0', 'D', 'N', '?', 'A', 'e', 'l' };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys); i++) {
		d.view = VIEW_OVERVIEW;
		dash_update(&d, now);
		if (keys[i])
			dash_request_release(&(struct dash_request){ .body = press((uint32_t)keys[i]).body });
		type("words");
		assert_int_equal(press(']' & 0x1f).type, REQUEST_NONE);
		assert_string_equal(asked(press('F')), "POST /v1/freeze {}");
		assert_int_equal(d.prompt, PROMPT_NONE);
	}
}

static void unfreezing_asks(void **state)
{
	(void)state;
	event("gate", "{\"live\":true,\"frozen\":{\"by\":\"ana\",\"wall_ms\":1}}");
	assert_int_equal(press('F').type, REQUEST_LOOK);
	type("yes");
	assert_string_equal(asked(press(KEYS_ENTER)), "");
	press('F');
	type("unfreeze");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/unfreeze {}");
	/* The chord only ever freezes. */
	press(']' & 0x1f);
	assert_string_not_equal(asked(press('F')), "POST /v1/unfreeze {}");
	assert_int_equal(d.prompt, PROMPT_UNFREEZE);
}

static void a_frozen_gate_approves_nothing(void **state)
{
	(void)state;
	event("gate", "{\"live\":true,\"frozen\":{\"by\":\"ana\",\"wall_ms\":1}}");
	show_screen();
	frame();
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "frozen"));
}

/* A large body is asked about twice, and can be neither edited nor allowed alike. */
static void what_nobody_looked_into_is_asked_twice(void **state)
{
	struct dash_request q;

	(void)state;
	event("action", "{\"id\":41,\"version\":1,\"state\":\"held\",\"agent\":\"clerk\",\"session\":\"cmp_1\",\"session_name\":\"desk-1\",\"kind\":\"write\",\"digest\":\"1\","
			"\"class\":\"acts\",\"askers\":1,\"opaque\":true,\"body_len\":2000000}");
	frame();
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "nobody has looked into it"));
	press('e');
	assert_int_equal(d.view, VIEW_OVERVIEW);
	now += 2000;
	q = press('a');
	assert_int_equal(q.type, REQUEST_DECIDE);
	dash_request_release(&q);
	press('l');
	assert_false(d.form.allow);
}

static void s_stops_the_selected_agent(void **state)
{
	(void)state;
	assert_string_equal(asked(press('s')), "");	/* what the terminal showed, when it was pressed, was another one */
	assert_int_equal(press('d').type, REQUEST_NONE);
	press('D');
	assert_int_equal(d.prompt, PROMPT_NONE);
	frame();
	assert_string_equal(asked(press('s')), "POST /v1/freeze {\"agent\":\"clerk\"}");
	press('A');
	press('j');
	assert_string_equal(asked(press('s')), "POST /v1/freeze {\"agent\":\"builder\"}");
	event("agent", "{\"name\":\"builder\",\"stopped\":{\"by\":\"ana\",\"wall_ms\":5}}");
	assert_string_equal(asked(press('u')), "POST /v1/unfreeze {\"agent\":\"builder\"}");
	press('k');
	assert_string_equal(asked(press('u')), "");	/* clerk is not stopped */
}

static void a_list_of_agents_decides_nothing(void **state)
{
	(void)state;
	show_screen();
	frame();
	now += 2000;
	press('A');
	now += 2000;
	assert_string_equal(asked(press('a')), "");
	assert_string_equal(asked(press('d')), "");
	assert_string_equal(asked(press('D')), "");
	assert_int_equal(d.prompt, PROMPT_NONE);
}

static void rules_are_ended_by_their_own_row(void **state)
{
	(void)state;
	event("alike", "{\"id\":3,\"verdict\":\"allow\",\"agent\":\"clerk\",\"what\":\"type\",\"uses\":1}");
	press('A');
	assert_string_equal(asked(press('x')), "");
	press('j');
	press('j');
	assert_string_equal(asked(press('x')), "DELETE /v1/alikes/3 {}");
	event("gone", "{\"kind\":\"alike\",\"id\":3}");
	assert_int_equal(model.alike_count, 0);
}

static void a_cap_is_raised_by_a_number(void **state)
{
	(void)state;
	assert_string_equal(asked(press('+')), "");
	assert_int_equal(d.prompt, PROMPT_NONE);	/* nobody is at a cap */
	event("agent", "{\"name\":\"builder\",\"at_cap\":\"actions\",\"used\":{\"actions\":200},\"budget\":{\"actions\":200}}");
	press('+');
	type("4x");
	assert_string_equal(asked(press(KEYS_ENTER)), "");
	press('+');
	type("400");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/budgets {\"kind\":\"agent\",\"name\":\"builder\",\"actions\":400}");
}

static void notes(void **state)
{
	(void)state;
	press('N');
	type("he \"knows\"");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/notes {\"kind\":\"agent\",\"target\":\"clerk\",\"text\":\"he \\\"knows\\\"\"}");
}

static void an_edit_is_of_the_version_that_was_shown(void **state)
{
	struct dash_request q;

	(void)state;
	frame();
	press('e');
	assert_int_equal(d.view, VIEW_EDIT);
	press(KEYS_BACKSPACE);
	type(",\"a\":1}");
	q = press(4);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_EDIT);
	assert_int_equal(q.version, 1);
	assert_string_equal(q.body, "{\"x\":812,\"y\":447,\"a\":1}");
	dash_request_release(&q);
	press('e');
	assert_string_equal(asked(press(4)), "");	/* unchanged: nothing to ask */
	press('e');
	press('x');
	event("action", "{\"id\":41,\"version\":2,\"state\":\"held\",\"agent\":\"clerk\",\"session\":\"cmp_1\",\"digest\":\"1\"}");
	assert_string_equal(asked(press(4)), "");	/* it changed meanwhile */
	assert_int_equal(d.view, VIEW_EDIT);		/* and the words are kept */
	assert_non_null(strchr(editor_text(&d.editor), 'x'));
}

static void a_locked_identity_is_asked_first(void **state)
{
	(void)state;
	d.locked = true;
	show_screen();
	frame();
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
	type("secret");
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_UNLOCK);
	assert_string_equal(d.line, "secret");
	/* Saying no needs no signature. */
	d.prompt = PROMPT_NONE;
	assert_int_equal(press('d').type, REQUEST_DECIDE);
}

static void allowing_alike_needs_what_a_yes_needs(void **state)
{
	struct dash_request q;

	(void)state;
	show_screen();
	frame();
	press('l');
	assert_int_equal(d.view, VIEW_ALIKE);
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_NONE);	/* too early */
	now += 2000;
	frame();
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);	/* what was on the screen meanwhile is the form */
	press(KEYS_ESCAPE);
	frame();
	now += 450;
	assert_int_equal(press('a').type, REQUEST_NONE);
	now += 2000;
	press('l');
	frame();
	now += 2000;
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_APPROVE);
	assert_string_equal(q.alike, "{\"verdict\":\"allow\",\"uses\":10,\"minutes\":15,\"scope\":{\"session\":true,\"text\":false,\"box\":[792,427,40,40]}}");
	dash_request_release(&q);
	press('l');
	press('w');	/* to allow takes no words */
	assert_int_equal(d.prompt, PROMPT_NONE);
	press('R');
	press('w');
	type("not that one");
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);	/* they are the rule's, which is still to be made */
	assert_int_equal(d.view, VIEW_ALIKE);
	q = press(KEYS_ENTER);	/* a no needs no waiting */
	assert_int_equal(q.decision, DECIDE_DENY);
	assert_non_null(strstr(q.alike, "refuse"));
	assert_string_equal(q.note, "not that one");
	dash_request_release(&q);
}

/* The editor stands where the card was: what is shown again when it is left has been shown for no time yet. */
static void the_editor_hides_what_it_edits(void **state)
{
	(void)state;
	show_screen();
	frame();
	now += 2000;
	press('e');
	frame();
	now += 2000;
	press(KEYS_ESCAPE);
	frame();
	now += 450;
	assert_int_equal(press('a').type, REQUEST_NONE);
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_DECIDE);
}

static void a_risky_like_wants_its_sessions_name(void **state)
{
	struct dash_request q;

	(void)state;
	press('j');
	assert_int_equal(d.selected, 42);
	frame();
	now += 2000;
	press('l');
	now += 2000;
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);	/* its session is not live: asked twice */
	now += 2000;
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_CONFIRM);
	type("yes");
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	now += 2000;
	press(KEYS_ENTER);
	type("build-1");
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_int_equal(q.decision, DECIDE_APPROVE);
	assert_non_null(q.alike);
	dash_request_release(&q);
}

static void next_skips_what_another_reads(void **state)
{
	(void)state;
	event("presence", "[{\"name\":\"ben\",\"reads\":42}]");
	press('n');
	assert_int_equal(d.selected, 41);
	event("presence", "[]");
	press('n');
	assert_int_equal(d.selected, 42);
}

static void what_runs_is_ended_by_k(void **state)
{
	struct dash_running *r = calloc(2, sizeof(*r));

	(void)state;
	r[0] = (struct dash_running){ strdup("sbx_1"), strdup("build-1"), strdup("7"), strdup("npm test"), strdup("builder"), strdup("signal delete pause"), 31000 };
	r[1] = (struct dash_running){ strdup("cmp_1"), strdup("desk-1"), strdup("9"), strdup("click"), strdup("clerk"), strdup("control"), 1000 };
	asked(press('F'));
	dash_set_running(&d, r, 2);
	assert_string_equal(asked(press('k')), "POST /v1/running/end {\"session\":\"sbx_1\",\"id\":\"7\",\"how\":\"signal\"}");
	assert_string_equal(asked(press('K')), "POST /v1/running/end {\"session\":\"sbx_1\",\"id\":\"7\",\"how\":\"pause\"}");
	press('j');
	assert_string_equal(asked(press('k')), "");
	assert_string_equal(asked(press('K')), "POST /v1/running/end {\"session\":\"cmp_1\",\"id\":\"9\",\"how\":\"control\"}");
}

/* With a locked key: what widens asks for it, what takes away does not. */
static void what_widens_asks_for_the_key(void **state)
{
	struct dash_running *r = calloc(1, sizeof(*r));

	(void)state;
	d.locked = true;
	event("alike", "{\"id\":3,\"verdict\":\"allow\",\"what\":\"x\"}");
	event("alike", "{\"id\":4,\"verdict\":\"refuse\",\"what\":\"x\"}");
	press('A');
	press('j');
	press('j');
	assert_string_equal(asked(press('x')), "DELETE /v1/alikes/3 {}");
	press('j');
	assert_string_equal(asked(press('x')), "");
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
	press(KEYS_ESCAPE);
	press(KEYS_ESCAPE);
	*r = (struct dash_running){ strdup("cmp_1"), strdup("desk-1"), strdup("9"), strdup("click"), strdup("clerk"), strdup("signal control"), 1000 };
	asked(press('F'));
	dash_set_running(&d, r, 1);
	assert_string_equal(asked(press('k')), "POST /v1/running/end {\"session\":\"cmp_1\",\"id\":\"9\",\"how\":\"signal\"}");
	assert_string_equal(asked(press('K')), "");
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
}

static void control_is_handed_back(void **state)
{
	(void)state;
	event("session", "{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"live\":true,\"takeover\":{\"by\":\"ana\",\"wall_ms\":1}}");
	assert_string_equal(asked(press('t')), "DELETE /v1/takeover/cmp_1 {}");
	/* Somebody works there at a dashboard: not by one key. */
	event("session", "{\"id\":\"cmp_1\",\"kind\":\"computer\",\"name\":\"desk-1\",\"live\":true,\"takeover\":{\"by\":\"ana\",\"wall_ms\":1,\"attached\":true}}");
	assert_string_equal(asked(press('t')), "");
	assert_non_null(strstr(d.message, "ana drives desk-1 at a dashboard; t again ends that"));
	assert_string_equal(asked(press('t')), "DELETE /v1/takeover/cmp_1 {}");
	d.locked = true;
	assert_string_equal(asked(press('t')), "");
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
}

static void a_note_is_about_what_is_listed(void **state)
{
	(void)state;
	d.view = VIEW_SESSIONS;
	snprintf(d.listed, sizeof(d.listed), "sbx_1");
	press('N');
	type("mine");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/notes {\"kind\":\"session\",\"target\":\"sbx_1\",\"text\":\"mine\"}");
	d.view = VIEW_OVERVIEW;
	press('N');
	type("his");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/notes {\"kind\":\"agent\",\"target\":\"clerk\",\"text\":\"his\"}");
}

/* Of where the selected action acts; it costs something, so that it needs the operator. */
static void a_snapshot_is_asked_for(void **state)
{
	(void)state;
	d.selected = 42;
	dash_update(&d, now);
	assert_string_equal(asked(press('S')), "POST /v1/sessions/sbx_1/snapshot {}");
	d.view = VIEW_AGENTS;
	assert_string_equal(asked(press('S')), "");
	d.view = VIEW_CARD;
	d.locked = true;
	assert_string_equal(asked(press('S')), "");
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
}

/* A message leaves the keys that stop everything, and is gone when it is about another key. */
static void a_message_makes_room(void **state)
{
	(void)state;
	frame();
	press('a');
	frame();
	assert_true(on_screen("a was too early for 41: look first"));
	assert_true(on_screen("F FREEZE"));
	assert_true(on_screen("? keys"));
	now += 1000;
	frame();	/* ready: it would be true no longer */
	assert_true(on_screen("41 READY"));
	assert_false(on_screen("too early"));
	press('x');
	frame();
	assert_true(on_screen("41 is no fault"));
	now += 1000;
	press('j');
	assert_string_equal(d.message, "");
}

static void own_phrases(void **state)
{
	static const char *const own[] = { "Not this host.", "Ask ana first." };
	struct dash_request q;

	(void)state;
	d.phrases = own;
	d.phrase_count = ARRAY_LEN(own);
	frame();
	assert_false(on_screen("Ask ana first."));
	press('D');
	frame();
	assert_true(on_screen("1 Not this host."));
	assert_true(on_screen("2 Ask ana first."));
	assert_true(on_screen("(1 to 2: phrases; Enter; Esc)"));
	assert_int_equal(press('3').type, REQUEST_NONE);	/* no phrase: a digit like any other */
	assert_string_equal(d.line, "3");
	frame();
	assert_false(on_screen("2 Ask ana first."));		/* a digit would be typed now */
	press(KEYS_BACKSPACE);
	assert_int_equal(press('2').type, REQUEST_NONE);	/* only Enter sends it */
	assert_string_equal(d.line, "Ask ana first.");
	press('1');
	assert_string_equal(d.line, "Ask ana first.1");
	q = press(KEYS_ENTER);
	assert_true(q.type == REQUEST_DECIDE && q.decision == DECIDE_DENY);
	assert_string_equal(q.note, "Ask ana first.1");
}

static void own_keys_decide_as_the_programs_do(void **state)
{
	static const char *const yes_key[] = { "y" }, *const no_key[] = { "F2" }, *const freeze_key[] = { "%" }, *const up_key[] = { "p" };
	static const struct keymap_own own[] = {
		{ KEYMAP_MAIN, "approve", yes_key, 1 }, { KEYMAP_MAIN, "deny", no_key, 1 }, { KEYMAP_MAIN, "freeze", freeze_key, 1 }, { KEYMAP_MAIN, "up", up_key, 1 },
	};
	struct dash_request q;
	struct keymap *m;
	size_t wrong;

	(void)state;
	assert_int_equal(keymap_make(own, ARRAY_LEN(own), &m, &wrong, NULL), 0);
	d.keys = m;
	show_screen();
	frame();
	assert_true(on_screen("y approve") && on_screen("F2 deny") && !on_screen("a approve"));
	assert_int_equal(press('y').type, REQUEST_NONE);	/* too early, as ever */
	assert_string_equal(d.message, "y was too early for 41: look first");
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(press('d').type, REQUEST_NONE);
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	press(KEYS_ESCAPE);
	frame();
	now += 2000;
	q = press('y');
	assert_true(q.type == REQUEST_DECIDE && q.decision == DECIDE_APPROVE);
	q = press(KEYS_F1 + 1);
	assert_true(q.type == REQUEST_DECIDE && q.decision == DECIDE_DENY);
	press(']' & 0x1f);
	assert_string_equal(asked(press('F')), "POST /v1/freeze {}");
	press(KEYS_ESCAPE);
	assert_string_equal(asked(press('F')), "");
	assert_string_equal(asked(press('%')), "POST /v1/freeze {}");
	press(KEYS_ESCAPE);
	press('?');
	d.scroll = 0;
	frame();
	assert_true(on_screen("%, Ctrl-] F"));
	assert_true(on_screen("p, Up"));
	d.keys = keymap_default();
	keymap_free(m);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, dash_start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(freezing_needs_no_waiting), CASE(the_chord_freezes_from_everywhere), CASE(unfreezing_asks), CASE(a_frozen_gate_approves_nothing),
		CASE(what_nobody_looked_into_is_asked_twice), CASE(s_stops_the_selected_agent), CASE(a_list_of_agents_decides_nothing),
		CASE(rules_are_ended_by_their_own_row), CASE(a_cap_is_raised_by_a_number), CASE(notes), CASE(an_edit_is_of_the_version_that_was_shown),
		CASE(a_locked_identity_is_asked_first), CASE(allowing_alike_needs_what_a_yes_needs), CASE(the_editor_hides_what_it_edits), CASE(a_message_makes_room),
		CASE(a_risky_like_wants_its_sessions_name), CASE(next_skips_what_another_reads), CASE(what_runs_is_ended_by_k), CASE(what_widens_asks_for_the_key),
		CASE(control_is_handed_back), CASE(a_snapshot_is_asked_for), CASE(a_note_is_about_what_is_listed), CASE(the_first_question_is_selected), CASE(yes),
		CASE(typing_ahead_approves_nothing), CASE(a_paste_decides_nothing), CASE(enter_opens_and_never_approves), CASE(no_needs_no_waiting), CASE(no_with_words),
		CASE(own_phrases), CASE(own_keys_decide_as_the_programs_do), CASE(a_risky_one_wants_its_sessions_name), CASE(what_was_not_shown_is_not_approved),
		CASE(doubts_ask_again), CASE(away_and_dead_approve_nothing), CASE(selection_follows_the_id), CASE(faults_are_marked_as_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
