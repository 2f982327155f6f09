/* test_dash_list: the list of what needs a person: rows of many, filters, the mouse, several decided together, and what MIOSA itself waits for. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/dash_keys.h"
#include "core/likeness.h"

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

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, dash_start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(rows_of_many_open_and_close), CASE(nothing_moves_under_the_cursor), CASE(a_mouse_decides_nothing), CASE(a_click_is_about_what_was_seen),
		CASE(a_filter_hides_and_calls_all_the_same), CASE(several_are_decided_together), CASE(their_count_is_typed), CASE(only_what_was_seen_and_is_alike_is_marked),
		CASE(what_changed_is_not_decided_with_them), CASE(a_doubtful_one_is_decided_by_itself), CASE(a_hash_alone_is_a_row_of_its_own),
		CASE(what_changes_meanwhile_is_not_approved), CASE(a_matched_one_is_reached_from_its_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
