/* test_dashboard: what keys ask for, and when they ask for nothing. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/state.h"
#include "ui/dashboard.h"

static struct model model;
static struct dashboard d;
static struct cells cells;
static int64_t now;

static int start(void **state)
{
	(void)state;
	model_init(&model);
	assert_int_equal(model_snapshot(&model, state_json, strlen(state_json), 1000, 1, NULL), 0);
	dash_init(&d, &model);
	d.gate_up = true;
	cells_init(&cells, 120, 35);
	now = 1000;
	dash_update(&d, now);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	cells_release(&cells);
	dash_release(&d);
	model_release(&model);
	return 0;
}

static void frame(void)
{
	dash_update(&d, now);
	dash_draw(&d, &cells, now, 1);
	arm_drawn(&d.arm, now);
	arm_answered(&d.arm, now);
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
	for (; *text; text++)
		press((uint32_t)*text);
}

/* 41 is a click: it has a picture to be seen on. */
static void show_screen(void)
{
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
	assert_true(q.approve && q.with_screen);
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
	assert_false(q.approve);
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
	assert_false(q.approve);
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
	assert_true(q.approve);
	assert_int_equal(q.id, 42);
}

static void what_was_not_shown_is_not_approved(void **state)
{
	struct model_action *a = model_find_action(&model, 41);
	struct dash_request q;
	int i;

	(void)state;
	show_screen();
	free(a->body);
	a->body = malloc(20001);
	memset(a->body, 'x', 20000);
	a->body[20000] = '\0';
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
	assert_int_equal(d.selected, 38);
	q = press('x');
	assert_int_equal(q.type, REQUEST_SEEN);
	assert_int_equal(q.id, 38);
	press('n');
	assert_int_equal(d.selected, 42);	/* risky before oldest */
	assert_int_equal(press('x').type, REQUEST_NONE);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(the_first_question_is_selected), CASE(yes), CASE(typing_ahead_approves_nothing), CASE(a_paste_decides_nothing),
		CASE(enter_opens_and_never_approves), CASE(no_needs_no_waiting), CASE(no_with_words), CASE(a_risky_one_wants_its_sessions_name),
		CASE(what_was_not_shown_is_not_approved), CASE(doubts_ask_again), CASE(away_and_dead_approve_nothing), CASE(selection_follows_the_id),
		CASE(faults_are_marked_as_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
