/* test_dashboard: what keys ask for, and when they ask for nothing. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/state.h"
#include "tests/unit/dash_rig.h"
#include "core/likeness.h"

static int start(void **state)
{
	(void)state;
	dash_begin(state_json, 120, 35);
	dash_update(&d, now);
	return 0;
}

static struct dash_request press(uint32_t key)
{
	struct input_event ev = { .type = INPUT_KEY, .code = key };
	struct dash_request q;

	dash_key(&d, &ev, now, &q);
	return q;
}

static void type(const char *text)
{
	struct dash_request q;

	for (; *text; text++) {
		q = press((uint32_t)*text);
		dash_request_release(&q);
	}
}

/* Up and down, until it is selected. */
static void selecting_of(int64_t id)
{
	int i;

	for (i = 0; i < 200 && d.selected != id; i++)
		press(i < 100 ? 'k' : 'j');
	assert_int_equal(d.selected, id);
}

/* The gate has looked, and found nothing risky about the selected action. */
static void look_up(void)
{
	struct model_action *a = dash_selected(&d);
	char facts[80];
	int n = snprintf(facts, sizeof(facts), "{\"action\":%lld,\"version\":%lld}", (long long)a->id, (long long)a->version);

	assert_int_equal(card_ask(&d.card, a, now), a->id);
	card_answer(&d.card, &model, a, 200, facts, (size_t)n, now);
}

/* 41 is a click: it has a picture to be seen on, and what it hits is known. */
static void show_screen(void)
{
	look_up();
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	snprintf(d.screen_sha256, sizeof(d.screen_sha256), "abc");
}

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

/* What a key asks of the gate: "METHOD path body", or "" for nothing; of an open request its memory goes. */
static const char *asked(struct dash_request q)
{
	static char text[600];

	text[0] = '\0';
	if (q.type == REQUEST_CALL)
		snprintf(text, sizeof(text), "%s %s %s", q.method, q.path, q.body);
	else if (q.type != REQUEST_NONE)
		snprintf(text, sizeof(text), "other %d", (int)q.type);
	dash_request_release(&q);
	return text;
}

static void event(const char *type_of_it, const char *json)
{
	assert_int_equal(model_event(&model, type_of_it, json, strlen(json), 0, NULL), 0);
	dash_update(&d, now);
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

/* ---- the log ---- */

static void the_log_decides_nothing(void **state)
{
	static const char keys[] = "adDelxNtA+zLZ";
	size_t i;

	(void)state;
	show_screen();
	frame();
	now += 2000;
	press('f');
	assert_int_equal(d.view, VIEW_LOG);
	assert_string_equal(d.logs.filter.session, "cmp_1");
	frame();
	now += 5000;
	for (i = 0; keys[i]; i++) {
		assert_string_equal(asked(press((uint32_t)keys[i])), "");
		assert_int_equal(d.view, VIEW_LOG);
		assert_int_equal(d.prompt, PROMPT_NONE);
	}
	/* Back at the card: what was not on the screen has to be looked at again. */
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_OVERVIEW);
	now += 5000;
	dash_update(&d, now);
	assert_int_equal(press('a').type, REQUEST_NONE);
	frame();
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_DECIDE);
}

static void the_log_freezes_and_stops(void **state)
{
	(void)state;
	press('f');
	assert_string_equal(asked(press('s')), "POST /v1/freeze {\"agent\":\"clerk\"}");
	press('m');
	assert_string_equal(d.logs.filter.session, "");
	assert_string_equal(asked(press('s')), "");	/* of which of them? */
	press('m');
	assert_string_equal(d.logs.filter.session, "cmp_1");
	press('/');
	type("words");
	press(']' & 0x1f);
	assert_string_equal(asked(press('F')), "POST /v1/freeze {}");
	d.view = VIEW_LOG;
	d.prompt = PROMPT_NONE;
	assert_string_equal(asked(press('F')), "POST /v1/freeze {}");
}

/* Some lines of cmp_1, as if the gate had told them. */
static void fill_log(void)
{
	struct buf body, path;
	int i;

	press('f');
	model_find_session(&model, "cmp_1")->log_lines = 100;
	frame();
	buf_init(&path, 1000);
	buf_init(&body, SIZE_MAX - 1);
	assert_true(logview_ask(&d.logs, LOG_ASK_LINES, now, &path));
	buf_puts(&body, "{\"from\":0,\"first\":0,\"total\":100,\"next\":null,\"lines\":[");
	for (i = 0; i < 100; i++)
		buf_printf(&body, "%s{\"n\":%d,\"wall_ms\":1,\"stream\":\"out\",\"text\":\"line %d\"}", i ? "," : "", i, i);
	buf_puts(&body, "]}");
	logview_answer(&d.logs, LOG_ASK_LINES, 200, buf_cstr(&body), body.len, now);
	buf_release(&path);
	buf_release(&body);
	frame();
}

static const char *wants(enum log_ask what)
{
	static char text[600];
	struct buf path;

	buf_init(&path, 500);
	text[0] = '\0';
	if (logview_ask(&d.logs, what, now, &path))
		snprintf(text, sizeof(text), "%s", path.data);
	d.logs.asked[what].open = false;
	buf_release(&path);
	return text;
}

static void keys_of_the_log(void **state)
{
	size_t end;

	(void)state;
	fill_log();
	assert_true(d.logs.follow);
	end = d.logs.top;
	press('k');
	assert_false(d.logs.follow);
	assert_int_equal(d.logs.top, end - 1);
	press('b');
	assert_true(d.logs.top < end - 20);
	press('g');
	assert_int_equal(d.logs.top, 0);
	press(' ');
	press('j');
	assert_int_equal(d.logs.top, d.logs.rows);
	press('G');
	assert_true(d.logs.follow);
	press('2');
	press('5');
	assert_string_equal(wants(LOG_ASK_LINES), "/v1/sessions/cmp_1/log?from=-1&n=200&stream=out,log,event&dir=up");
	press('0');
	assert_int_equal(d.logs.filter.streams, LOG_ALL);
	press('T');
	press('w');
	assert_false(d.logs.stamps || d.logs.wrap);
	press('h');
	assert_int_equal(d.view, VIEW_HELP);
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_LOG);
	press('q');	/* as one leaves less */
	assert_int_equal(d.view, VIEW_OVERVIEW);
}

static void searching_in_the_log(void **state)
{
	(void)state;
	fill_log();
	press('g');
	press('/');
	type("a/b");
	press('r' & 0x1f);
	press('t' & 0x1f);
	assert_string_equal(asked(press(KEYS_ENTER)), "");
	assert_string_equal(wants(LOG_ASK_SEARCH), "/v1/sessions/cmp_1/log?from=0&n=1&match=a%2Fb&regex=1&case=0");
	press('?');
	press(KEYS_ENTER);	/* the same upwards, as it was looked for: from the foot of the screen */
	assert_true(d.logs.search.up);
	assert_non_null(strstr(wants(LOG_ASK_SEARCH), "&dir=up&match=a%2Fb&regex=1&case=0"));
	d.logs.found = 3;
	press('N');		/* against it: down */
	assert_string_equal(wants(LOG_ASK_SEARCH), "/v1/sessions/cmp_1/log?from=4&n=1&match=a%2Fb&regex=1&case=0");
	press('n');
	assert_string_equal(wants(LOG_ASK_SEARCH), "/v1/sessions/cmp_1/log?from=2&n=1&dir=up&match=a%2Fb&regex=1&case=0");
	press(KEYS_ESCAPE);
	assert_false(d.logs.searching);
	assert_int_equal(d.view, VIEW_LOG);
}

static void copying_and_writing_are_asked_for(void **state)
{
	struct dash_request q;

	(void)state;
	fill_log();
	assert_int_equal(press('y').type, REQUEST_NONE);
	press('g');
	press('v');
	press('j');
	q = press('y');
	assert_int_equal(q.type, REQUEST_COPY);
	assert_string_equal(q.body, "line 0\nline 1\n");
	dash_request_release(&q);
	press('W');
	type("x.log");
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_SAVE_LOG);
	assert_string_equal(q.note, "x.log");
	snprintf(d.saving, sizeof(d.saving), "writing");
	assert_int_equal(press(KEYS_ESCAPE).type, REQUEST_STOP_SAVING);
	assert_int_equal(d.view, VIEW_LOG);
}

static void sessions_are_chosen_by_name(void **state)
{
	(void)state;
	fill_log();
	press('o');
	assert_int_equal(d.prompt, PROMPT_NONE);	/* of one log there is nothing to choose */
	press('m');
	press('o');
	type("build-1 , desk-1");
	press(KEYS_ENTER);
	assert_string_equal(wants(LOG_ASK_LINES), "/v1/log?from=-1&n=200&session=sbx_1%2Ccmp_1&dir=up");
	press('o');
	type("nobody");
	press(KEYS_ENTER);
	assert_non_null(strstr(d.message, "no session is called nobody"));
	assert_string_equal(d.logs.filter.only, "sbx_1,cmp_1");
}

static void the_list_of_sessions_opens_a_log(void **state)
{
	(void)state;
	press('i');
	assert_int_equal(d.view, VIEW_SESSIONS);
	press('j');
	press(KEYS_ENTER);
	assert_int_equal(d.view, VIEW_LOG);
	assert_string_equal(d.logs.filter.session, "sbx_1");
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_SESSIONS);
	assert_string_equal(asked(press('a')), "");
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_OVERVIEW);
}

/* ---- what MIOSA waits for ---- */

#define APPROVAL(id, action) \
	"{\"id\":\"" id "\",\"capability\":\"sandbox.exec\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\",\"status\":\"pending\",\"principal\":\"key:k1\",\"action\":" action "}"

static void a_hash_alone_is_a_row_of_its_own(void **state)
{
	struct dash_request q;

	(void)state;
	event("approval", APPROVAL("apr/1", "null"));
	press('j');
	press('j');
	assert_string_equal(d.approval, "apr/1");
	assert_int_equal(d.selected, 0);
	frame();
	assert_string_equal(asked(press('a')), "");	/* too early */
	now += 2000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_MIOSA);
	type("yes");
	assert_string_equal(asked(press(KEYS_ENTER)), "");
	now += 2000;
	press('a');
	type("0a1b2c3d");
	assert_string_equal(asked(press(KEYS_ENTER)), "POST /v1/approvals/apr%2F1/decide {\"decision\":\"approve\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\"}");
	assert_string_equal(asked(press('d')), "POST /v1/approvals/apr%2F1/decide {\"decision\":\"deny\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\"}");
	assert_string_equal(asked(press('D')), "");
	assert_string_equal(asked(press('e')), "");
	/* A word that is on its way is not said twice. */
	event("approval", "{\"id\":\"apr/1\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\",\"status\":\"pending\",\"decision\":\"deny\",\"action\":null}");
	assert_string_equal(asked(press('d')), "");
	event("approval", APPROVAL("apr/1", "null"));
	frame();
	/* A locked key is asked for a yes, not for a no. */
	d.locked = true;
	now += 2000;
	q = press('a');
	assert_int_equal(q.type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
	d.prompt = PROMPT_NONE;
	assert_string_equal(asked(press('d')), "POST /v1/approvals/apr%2F1/decide {\"decision\":\"deny\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\"}");
	press('k');
	assert_int_equal(d.selected, 42);
	assert_string_equal(d.approval, "");
}

static void what_changes_meanwhile_is_not_approved(void **state)
{
	(void)state;
	event("approval", APPROVAL("apr_1", "null"));
	press('j');
	press('j');
	frame();
	now += 2000;
	press('a');
	event("approval", "{\"id\":\"apr_1\",\"capability\":\"sandbox.exec\",\"fingerprint\":\"sha256:0a1b2c3dFFFF\",\"status\":\"pending\",\"action\":null}");
	type("0a1b2c3d");
	assert_string_equal(asked(press(KEYS_ENTER)), "");
	assert_string_equal(asked(press('a')), "");
	event("approval", "{\"id\":\"apr_1\",\"fingerprint\":\"sha256:0a1b2c3dFFFF\",\"status\":\"consumed\",\"action\":null}");
	frame();
	now += 5000;
	assert_string_equal(asked(press('a')), "");
	assert_string_equal(asked(press('d')), "");
	event("gone", "{\"kind\":\"approval\",\"id\":\"apr_1\"}");
	assert_string_equal(d.approval, "");
}

static void a_matched_one_is_reached_from_its_action(void **state)
{
	(void)state;
	press('m');
	assert_string_equal(d.approval, "");
	event("approval", APPROVAL("apr_1", "41"));
	press('j');
	press('j');
	assert_string_equal(d.approval, "");	/* no row of its own */
	assert_int_equal(d.selected, 42);
	press('k');
	press('m');
	assert_string_equal(d.approval, "apr_1");
	frame();
	now += 2000;
	/* 41 is not risky: what it does is on the screen, and no word is asked. */
	assert_string_equal(asked(press('a')), "POST /v1/approvals/apr_1/decide {\"decision\":\"approve\",\"fingerprint\":\"sha256:0a1b2c3d4e5f\"}");
	press('m');
	assert_int_equal(d.selected, 41);
}

/* ---- the one list ---- */

/* So many commands of an agent that are alike, from this id on. */
static void many_held(int from, int count, const char *agent)
{
	char json[2000];
	int i;

	model_find_session(&model, "sbx_1")->live = true;
	for (i = from; i < from + count; i++) {
		snprintf(json, sizeof(json), ACTION(%d, "held", "%s", "sbx_1", "sandbox", "build-1", "exec", "Runs one shell command in sandbox build-1 (sbx_1).", "exec echo",
						    "POST", "/api/v1/sandboxes/sbx_1/exec", "{\\\"command\\\":\\\"echo\\\"}", ",\"needs_person\":true"),
			 i, agent);
		event("action", json);
	}
}

/* Of a line of the screen: its text, from the left edge of the list on. */
static const char *line_at(int y)
{
	static char text[2000];
	size_t n = 0;
	int x;

	for (x = 0; x < cells.width; x++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", cells_at(&cells, x, y)->text);
	return text;
}

static int line_of(const char *text)
{
	int y;

	for (y = 0; y < cells.height; y++)
		if (strstr(line_at(y), text))
			return y;
	return -1;
}

/* What is alike is one row; it is opened, and closed again, and what is selected stays selected. */
static void rows_of_many_open_and_close(void **state)
{
	(void)state;
	many_held(100, 8, "loud");
	frame();
	assert_int_not_equal(line_of("exec x8 alike"), -1);
	press('u');
	assert_non_null(strstr(d.message, "no row of several"));	/* 41 */
	press('j');
	press('j');
	assert_int_equal(d.selected, 100);
	press(KEYS_RIGHT);
	frame();
	assert_int_equal(d.selected, 100);
	assert_int_equal(line_of("exec x8 alike"), -1);
	press('j');
	press('j');
	assert_int_equal(d.selected, 102);
	press('U');
	frame();
	assert_int_equal(d.selected, 102);
	assert_int_equal(line_of("> 102"), line_of("exec x8 alike"));	/* the row shows the one that would be decided */
	press('U');
	assert_non_null(strstr(d.message, "no row that was opened"));
}

/* Others come and go, above and below: the selected one keeps its line. */
static void nothing_moves_under_the_cursor(void **state)
{
	int line, i;

	(void)state;
	for (i = 0; i < 30; i++)
		many_held(100 + i, 1, i % 2 ? "a" : i % 3 ? "b" : "c");
	for (i = 0; i < 30; i++) {
		char kind[2000];

		/* Of its own kind each, so that each has its row. */
		snprintf(kind, sizeof(kind), "k%d", i);
		free(model_find_action(&model, 100 + i)->kind);
		model_find_action(&model, 100 + i)->kind = strdup(kind);
		model_find_action(&model, 100 + i)->likeness = likeness_of(model_find_action(&model, 100 + i));
	}
	model.changes++;
	frame();
	for (i = 0; i < 20; i++)
		press('j');
	frame();
	assert_int_equal(d.selected, 118);
	line = line_of("> 118");
	assert_int_not_equal(line, -1);
	for (i = 0; i < 8; i++) {
		event("action", i % 2 ? ACTION(105, "denied", "a", "sbx_1", "sandbox", "b", "k5", "p", "s", "POST", "/x", "{}", ",\"needs_person\":false,\"ended_wall_ms\":1")
				      : ACTION(109, "denied", "a", "sbx_1", "sandbox", "b", "k9", "p", "s", "POST", "/x", "{}", ",\"needs_person\":false,\"ended_wall_ms\":1"));
		many_held(200 + i, 1, "late");
		frame();
		assert_int_equal(d.selected, 118);
		assert_int_equal(line_of("> 118"), line);
	}
	assert_int_not_equal(line_of(" more"), -1);
}

static struct dash_request click(int x, int y, uint32_t button)
{
	struct input_event ev = { .type = INPUT_MOUSE, .code = button, .params = { (int)button, x + 1, y + 1 }, .count = 3 };
	struct dash_request q;

	dash_key(&d, &ev, now, &q);
	return q;
}

/* Every cell of every view, with each button: it selects at most. */
static void a_mouse_decides_nothing(void **state)
{
	static const enum dash_view views[] = { VIEW_OVERVIEW, VIEW_CARD, VIEW_AGENTS, VIEW_SESSIONS, VIEW_HELP, VIEW_HISTORY, VIEW_FROZEN };
	static const uint32_t buttons[] = { 0, 1, 2, 64, 65, 3 };
	int64_t first = d.selected;
	size_t i, k;
	int x, y;

	(void)state;
	show_screen();
	many_held(100, 8, "loud");
	for (i = 0; i < ARRAY_LEN(views); i++) {
		for (k = 0; k < ARRAY_LEN(buttons); k++) {
			for (y = -1; y <= cells.height; y += 2) {
				for (x = -1; x <= cells.width; x += 13) {
					d.view = views[i];
					now += 3000;
					frame();
					now += 3000;
					assert_int_equal(click(x, y, buttons[k]).type, REQUEST_NONE);
					assert_int_equal(d.prompt, PROMPT_NONE);
				}
			}
		}
	}
	d.view = VIEW_OVERVIEW;
	d.pane = PANE_NEEDS;
	selecting_of(first);
	frame();
	y = line_of("rm -rf out");
	click(20, y, 0);
	assert_int_equal(d.selected, 42);
	/* What was chosen by a click has to be looked at like anything else. */
	frame();
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_NONE);
}

/* A click is about what stood there when it was drawn, not about what has come there since. */
static void a_click_is_about_what_was_seen(void **state)
{
	int y;

	(void)state;
	frame();
	y = line_of("rm -rf out");
	event("action", ACTION(38, "unknown", "clerk", "cmp_1", "computer", "desk-1", "click", "p", "s", "POST", "/x", "{}", ",\"needs_person\":false,\"ended_wall_ms\":1"));
	dash_update(&d, now);
	click(20, y, 0);
	assert_int_equal(d.selected, 42);
}

static void a_filter_hides_and_calls_all_the_same(void **state)
{
	char text[200];
	int needs, risky, urgent;

	(void)state;
	frame();
	assert_false(dash_notice(&d, now, text, sizeof(text), &needs, &risky, &urgent));
	press('/');
	type("clerk");
	press(KEYS_ENTER);
	frame();
	assert_int_equal(line_of("rm -rf out"), -1);
	assert_int_not_equal(line_of("filter hides 2, 1 risky"), -1);
	event("action", ACTION(50, "held", "x", "sbx_1", "sandbox", "b", "exec", "p", "s", "POST", "/x", "{}", ",\"needs_person\":true,\"risks\":[\"deletes\"]"));
	now += 60000;
	frame();
	assert_true(dash_notice(&d, now, text, sizeof(text), &needs, &risky, &urgent));
	assert_int_equal(risky, 2);
	press(KEYS_ESCAPE);
	frame();
	assert_int_not_equal(line_of("rm -rf out"), -1);
}

/* ---- several together ---- */

/* Selects it, looks at it for long enough, and marks it. */
static void look_and_mark(int64_t id)
{
	int i;

	for (i = 0; i < 50 && d.selected != id; i++)
		press(d.selected < id ? 'j' : 'k');
	assert_int_equal(d.selected, id);
	frame();
	now += 3000;
	press('v');
}

static void several_are_decided_together(void **state)
{
	struct dash_request q;

	(void)state;
	many_held(100, 3, "loud");
	frame();
	press('V');
	assert_int_equal(d.prompt, PROMPT_NONE);
	model_find_action(&model, 101)->waits_for = 100;	/* which is one of them */
	model_find_action(&model, 102)->waits_for = 100;
	look_and_mark(101);
	look_and_mark(100);
	look_and_mark(102);
	assert_int_equal(d.marked_count, 3);
	press('v');			/* out again */
	assert_int_equal(d.marked_count, 2);
	frame();
	now += 3000;
	press('v');
	press('V');
	assert_int_equal(d.prompt, PROMPT_MANY);
	type("3a");
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_DECIDE);
	assert_true(q.decision == DECIDE_APPROVE && !q.with_screen);
	assert_int_equal(q.id, 100);
	assert_int_equal(q.more_count, 2);
	assert_int_equal(q.more[0].id, 101);
	assert_int_equal(q.more[1].id, 102);
	assert_true(q.more[1].decision == DECIDE_APPROVE);
	assert_int_equal(q.more[1].version, 1);
	assert_int_equal(strlen(q.more[1].digest), 64);
	assert_int_equal(d.marked_count, 0);
	dash_request_release(&q);
}

static void their_count_is_typed(void **state)
{
	static const char *const wrong[] = { "", "a", "yes", "3", "2a", "4a", "03a", "3aa", " 3a", "3A", "-3a", "3y" };
	struct dash_request q;
	size_t i;

	(void)state;
	many_held(100, 3, "loud");
	look_and_mark(100);
	look_and_mark(101);
	look_and_mark(102);
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		press('V');
		type(wrong[i]);
		assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
		assert_int_equal(d.marked_count, 3);
	}
	press('V');
	type("3d");
	q = press(KEYS_ENTER);
	assert_true(q.type == REQUEST_DECIDE && q.decision == DECIDE_DENY && q.more_count == 2 && q.more[1].decision == DECIDE_DENY);
	dash_request_release(&q);
}

static void only_what_was_seen_and_is_alike_is_marked(void **state)
{
	(void)state;
	many_held(100, 2, "loud");
	many_held(110, 1, "other");
	frame();
	selecting_of(100);
	frame();
	press('v');				/* too early */
	assert_int_equal(d.marked_count, 0);
	assert_non_null(strstr(d.message, "too early"));
	now += 3000;
	d.seen_id = 0;				/* not to its end */
	press('v');
	assert_int_equal(d.marked_count, 0);
	look_and_mark(100);
	assert_int_equal(d.marked_count, 1);
	look_and_mark(110);
	assert_int_equal(d.marked_count, 1);
	assert_non_null(strstr(d.message, "of another kind"));
	selecting_of(38);
	frame();
	now += 3000;
	press('v');
	assert_int_equal(d.marked_count, 1);	/* no question */
}

static void what_changed_is_not_decided_with_them(void **state)
{
	char json[2000];

	(void)state;
	many_held(100, 3, "loud");
	look_and_mark(100);
	look_and_mark(101);
	look_and_mark(102);
	press('V');
	type("3a");
	snprintf(json, sizeof(json), ACTION(%d, "held", "loud", "sbx_1", "sandbox", "build-1", "exec", "p", "s", "POST", "/x", "{}", ",\"needs_person\":true"), 101);
	model_event(&model, "action", json, strlen(json), 0, NULL);
	model_find_action(&model, 101)->version = 2;
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "changed meanwhile"));
	/* The others are marked still; with their own number they go. */
	assert_int_equal(d.marked_count, 2);
}

static void a_doubtful_one_is_decided_by_itself(void **state)
{
	size_t i;

	(void)state;
	many_held(100, 2, "loud");
	look_and_mark(100);
	look_and_mark(101);
	show_screen();		/* a picture, but of one of them at most */
	for (i = 0; i < 5; i++) {
		struct model_action *a = model_find_action(&model, 101);

		a->has_point = i == 0;
		a->risks[0] = i == 1 ? strdup("deletes") : NULL;
		a->askers = i != 2;
		a->waits_for = i == 3 ? 41 : 0;
		model.gate.live = i != 4;
		press('V');
		type("2a");
		assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
		assert_non_null(strstr(d.message, "by itself; nothing was decided"));
		assert_int_equal(d.marked_count, 2);
		free(a->risks[0]);
		a->risks[0] = NULL;
	}
	model.gate.live = true;
	d.locked = true;
	press('V');
	type("2a");
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
}

/* ---- panes, agents, turns ---- */

static void panes_and_turns(void **state)
{
	static const char turns[] = "{\"turns\":[{\"action\":40,\"turn\":\"13\",\"wall_ms\":5,\"session_name\":\"build-1\",\"what\":\"exec x\",\"result\":\"done\",\"by\":\"ana\"}],"
				    "\"files_written\":[\"/w/a\"],\"hosts\":[\"get.example\"]}";
	struct dash_request q;
	struct buf path;

	(void)state;
	frame();
	press('\t');
	assert_int_equal(d.pane, PANE_AGENTS);
	assert_string_equal(d.pane_agent, "clerk");
	press('j');
	assert_string_equal(d.pane_agent, "builder");
	assert_int_equal(d.selected, 41);	/* the question stays selected, and is what a and d are about */
	q = press('s');
	assert_string_equal(q.body, "{\"agent\":\"builder\"}");
	dash_request_release(&q);
	press('h');
	assert_int_equal(d.view, VIEW_TURNS);
	buf_init(&path, 1000);
	assert_true(turns_wanted(&d, &path));
	assert_string_equal(buf_cstr(&path), "/v1/agents/builder/turns");
	turns_asked(&d);
	assert_false(turns_wanted(&d, &path));
	turns_answer(&d, 200, turns, strlen(turns));
	frame();
	assert_int_not_equal(line_of("get.example"), -1);
	assert_int_not_equal(line_of("exec x"), -1);
	assert_int_equal(press('a').type, REQUEST_NONE);	/* the question is not on the screen */
	now += 5000;
	assert_int_equal(press('d').type, REQUEST_NONE);
	turns_answer(&d, 500, "{", 1);
	frame();
	assert_int_not_equal(line_of("the gate answered 500"), -1);
	press(KEYS_ESCAPE);
	assert_int_equal(d.view, VIEW_OVERVIEW);
	assert_int_equal(d.pane, PANE_AGENTS);
	/* The question was not on the screen meanwhile: it is looked at anew. */
	now += 5000;
	frame();
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "too early"));
	press(KEYS_ESCAPE);
	assert_int_equal(d.pane, PANE_NEEDS);
	press('H');
	assert_int_equal(d.view, VIEW_HISTORY);
	frame();
	assert_int_not_equal(line_of("exec curl x"), -1);
	press('H');
	assert_int_equal(d.view, VIEW_OVERVIEW);
	buf_release(&path);
}

/* A row that is no action: its agent is whom s and + are about, and nothing is armed. */
static void a_row_of_an_agent(void **state)
{
	struct dash_request q;
	int i;

	(void)state;
	event("agent", "{\"name\":\"mailer\",\"at_cap\":\"actions\",\"used\":{\"actions\":200},\"budget\":{\"actions\":200}}");
	frame();
	for (i = 0; i < 10; i++)
		press('j');
	assert_string_equal(d.trouble_agent, "mailer");
	assert_int_equal(d.selected, 0);
	frame();
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(press('d').type, REQUEST_NONE);
	press('+');
	assert_int_equal(d.prompt, PROMPT_CAP);
	assert_string_equal(d.target, "mailer");
	press(KEYS_ESCAPE);
	q = press('s');
	assert_string_equal(q.body, "{\"agent\":\"mailer\"}");
	dash_request_release(&q);
	/* It is gone from the list: nothing else is selected in its place. */
	event("agent", "{\"name\":\"mailer\",\"at_cap\":null}");
	frame();
	assert_int_equal(d.selected, 0);
	press('n');
	assert_int_equal(d.selected, 42);
}

/* As they come and go: found by id, shown in order of arrival. */
static void sessions_are_found(void **state)
{
	char json[200];
	int i;

	(void)state;
	for (i = 0; i < 500; i++) {
		snprintf(json, sizeof(json), "{\"id\":\"s%d\",\"name\":\"n%d\",\"kind\":\"sandbox\",\"streams\":[{\"name\":\"events\",\"state\":\"live\"}]}", i * 7919 % 500, i);
		event("session", json);
	}
	assert_int_equal(model.session_count, 502);
	assert_string_equal(model.sessions[2]->id, "s0");
	assert_string_equal(model.sessions[3]->id, "s419");
	for (i = 0; i < 500; i += 2) {
		snprintf(json, sizeof(json), "{\"kind\":\"session\",\"id\":\"s%d\"}", i);
		event("gone", json);
	}
	assert_int_equal(model.session_count, 252);
	for (i = 0; i < 500; i++) {
		snprintf(json, sizeof(json), "s%d", i);
		assert_true(i % 2 == (model_find_session(&model, json) != NULL));
	}
	event("log", "{\"session\":\"tenant\",\"log_lines\":5}");	/* no session, and not forgotten */
	assert_int_equal(model.gate.tenant_lines, 5);
	event("log", "{\"session\":\"s419\",\"log_lines\":77}");
	assert_int_equal(model_find_session(&model, "s419")->log_lines, 77);
	assert_string_equal(model_find_session(&model, "s419")->name, "n1");
	event("session", "{\"id\":\"s419\",\"name\":\"other\",\"kind\":\"sandbox\",\"streams\":7,\"previews\":{\"a\":1},\"snapshots\":[null,7],\"cost_cents\":null}");
	assert_int_equal(model.session_count, 252);
	assert_string_equal(model_find_session(&model, "s419")->name, "other");
	assert_int_equal(model_find_session(&model, "s419")->stream_count, 0);
	assert_int_equal(model_find_session(&model, "s419")->snapshot_count, 2);
	assert_int_equal(model_snapshot(&model, state_json, strlen(state_json), 1000, 1, NULL), 0);
	assert_int_equal(model.session_count, 2);
	assert_null(model_find_session(&model, "s419"));
	assert_non_null(model_find_session(&model, "cmp_1"));
}

static void what_was_missed_is_said(void **state)
{
	static const char reset[] = "{\"seq\":900,\"missed\":120}";

	(void)state;
	assert_int_equal(model_event(&model, "reset", reset, strlen(reset), 0, NULL), ERR_STATE);
	dash_update(&d, now);
	assert_non_null(strstr(d.message, "you missed 120 changes"));
	d.message[0] = '\0';
	dash_update(&d, now);
	assert_string_equal(d.message, "");
	assert_int_equal(model_event(&model, "log", "{}", 2, 20, NULL), ERR_STATE);	/* 11 to 19 never came */
	dash_update(&d, now);
	assert_non_null(strstr(d.message, "you missed 9 changes"));
}

static bool on_screen(const char *text)
{
	char row[2000];
	int x, y;

	for (y = 0; y < cells.height; y++) {
		row[0] = '\0';
		for (x = 0; x < cells.width; x++)
			strncat(row, cells.grid[y * cells.width + x].text, sizeof(row) - strlen(row) - 1);
		if (strstr(row, text))
			return true;
	}
	return false;
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
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(freezing_needs_no_waiting), CASE(the_chord_freezes_from_everywhere), CASE(unfreezing_asks), CASE(a_frozen_gate_approves_nothing),
		CASE(what_nobody_looked_into_is_asked_twice), CASE(s_stops_the_selected_agent), CASE(a_list_of_agents_decides_nothing), CASE(rules_are_ended_by_their_own_row),
		CASE(a_cap_is_raised_by_a_number), CASE(notes), CASE(an_edit_is_of_the_version_that_was_shown), CASE(a_locked_identity_is_asked_first),
		CASE(allowing_alike_needs_what_a_yes_needs), CASE(a_message_makes_room), CASE(the_editor_hides_what_it_edits), CASE(a_risky_like_wants_its_sessions_name), CASE(next_skips_what_another_reads),
		CASE(what_runs_is_ended_by_k), CASE(what_widens_asks_for_the_key), CASE(control_is_handed_back), CASE(a_snapshot_is_asked_for), CASE(a_note_is_about_what_is_listed),
		CASE(rows_of_many_open_and_close), CASE(nothing_moves_under_the_cursor), CASE(a_mouse_decides_nothing), CASE(a_click_is_about_what_was_seen),
		CASE(a_filter_hides_and_calls_all_the_same), CASE(several_are_decided_together), CASE(their_count_is_typed),
		CASE(only_what_was_seen_and_is_alike_is_marked), CASE(what_changed_is_not_decided_with_them), CASE(a_doubtful_one_is_decided_by_itself),
		CASE(panes_and_turns), CASE(a_row_of_an_agent),
		CASE(the_first_question_is_selected), CASE(yes), CASE(typing_ahead_approves_nothing), CASE(a_paste_decides_nothing),
		CASE(enter_opens_and_never_approves), CASE(no_needs_no_waiting), CASE(no_with_words), CASE(own_phrases), CASE(own_keys_decide_as_the_programs_do), CASE(a_risky_one_wants_its_sessions_name),
		CASE(what_was_not_shown_is_not_approved), CASE(doubts_ask_again), CASE(away_and_dead_approve_nothing), CASE(selection_follows_the_id),
		CASE(faults_are_marked_as_seen), CASE(the_log_decides_nothing), CASE(the_log_freezes_and_stops), CASE(keys_of_the_log), CASE(searching_in_the_log),
		CASE(copying_and_writing_are_asked_for), CASE(sessions_are_chosen_by_name), CASE(the_list_of_sessions_opens_a_log), CASE(a_hash_alone_is_a_row_of_its_own),
		CASE(what_changes_meanwhile_is_not_approved), CASE(a_matched_one_is_reached_from_its_action), CASE(what_was_missed_is_said), CASE(sessions_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
