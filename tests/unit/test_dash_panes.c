/* test_dash_panes: panes of the overview, agents, turns, sessions, and what was missed. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/dash_keys.h"

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

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, dash_start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(panes_and_turns), CASE(a_row_of_an_agent), CASE(what_was_missed_is_said), CASE(sessions_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
