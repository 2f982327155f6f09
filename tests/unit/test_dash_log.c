/* test_dash_log: keys in the log and in the list of sessions, and what they never decide. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/dash_keys.h"

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

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, dash_start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(the_log_decides_nothing), CASE(the_log_freezes_and_stops), CASE(keys_of_the_log), CASE(searching_in_the_log), CASE(copying_and_writing_are_asked_for),
		CASE(sessions_are_chosen_by_name), CASE(the_list_of_sessions_opens_a_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
