/* test_local_step: the lines that a session on a computer carries out, and those that it refuses. */
#include "config.h"

#include "tests/unit/unit.h"

#include "local/step.h"

static void lines(void **state)
{
	static const struct { const char *line, *input; enum step_kind kind; } good[] = {
		{ "click 100,200", "{\"x\":100,\"y\":200}", STEP_CLICK }, { "  click   1,2  right ", "{\"x\":1,\"y\":2,\"button\":\"right\"}", STEP_CLICK },
		{ "double-click 0,0", "{\"x\":0,\"y\":0}", STEP_CLICK }, { "right-click 5,6", "{\"x\":5,\"y\":6}", STEP_CLICK },
		{ "move 65535,1", "{\"x\":65535,\"y\":1}", STEP_POINT },
		{ "drag 1,2 3,4", "{\"from_x\":1,\"from_y\":2,\"to_x\":3,\"to_y\":4}", STEP_POINT },
		{ "scroll down", "{\"direction\":\"down\",\"clicks\":3}", STEP_POINT }, { "scroll up 100", "{\"direction\":\"up\",\"clicks\":100}", STEP_POINT },
		{ "type a \"b\"  c ", "{\"text\":\"a \\\"b\\\"  c \"}", STEP_TYPE }, { "type  x", "{\"text\":\" x\"}", STEP_TYPE },
		{ "key ctrl+shift+t", "{\"key\":\"ctrl+shift+t\"}", STEP_TYPE }, { "screenshot", "{}", STEP_SCREENSHOT },
		{ "wait 0", "{\"ms\":0}", STEP_WAIT }, { "wait 1.5", "{\"ms\":1500}", STEP_WAIT }, { "wait 60", "{\"ms\":60000}", STEP_WAIT },
		{ "run echo 'a' | cat", "{\"command\":\"echo 'a' | cat\"}", STEP_RUN },
	};
	static const char *const bad[] = {
		"", "open the browser", "Click 1,2", "clicks 1,2", "click", "click 1", "click 1,", "click ,2", "click 1,2x", "click 1, 2", "click -1,2", "click 1,65536",
		"click 99999999999999999999,1", "click 1,2 upper", "click 1,2 left twice", "double-click 1,2 left", "drag 1,2", "drag 1,2 3,4 5,6", "scroll", "scroll in",
		"scroll up 0", "scroll up 101", "scroll up 3 4", "type", "type ", "key", "key nokey", "screenshot now", "wait", "wait x", "wait -1", "wait 61", "wait 1.2.3",
		"wait .", "wait 1e1", "wait 0000000000000000000001", "run", "run ",
	};
	struct step s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		if (step_parse(good[i].line, strlen(good[i].line), &s, &e) < 0)
			fail_msg("\"%s\": %s", good[i].line, e.msg);
		if (strcmp(buf_cstr(&s.input), good[i].input) != 0 || s.kind != good[i].kind)
			fail_msg("\"%s\": %s", good[i].line, buf_cstr(&s.input));
		step_release(&s);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (step_parse(bad[i], strlen(bad[i]), &s, &e) != ERR_INVALID)
			fail_msg("\"%s\" is a step", bad[i]);
}

static void texts(void **state)
{
	static const struct { const char *text, *want; } bad[] = {
		{ "", "no step" }, { "\n \r\n", "no step" }, { "wait 1\n\nbuy milk\nwait 1", "line 3" }, { "click 1,2\nclick 1,2 3", "line 2" },
	};
	struct step *steps;
	char *many;
	struct err e;
	size_t count, i;

	(void)state;
	assert_int_equal(steps_parse("wait 1\r\n\n  \nrun true\nkey Return", &steps, &count, &e), 0);
	assert_int_equal(count, 3);
	assert_string_equal(steps[1].text, "true");
	steps_free(steps, count);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (steps_parse(bad[i].text, &steps, &count, &e) != ERR_INVALID || !strstr(e.msg, bad[i].want))
			fail_msg("row %zu: %s", i, e.msg);
	many = calloc(STEPS_MAX + 1, 7);
	for (i = 0; i < STEPS_MAX; i++)
		memcpy(many + 7 * i, "wait 0\n", 7);
	assert_int_equal(steps_parse(many, &steps, &count, &e), 0);
	steps_free(steps, count);
	memcpy(many + 7 * i, "wait 0", 7);
	assert_int_equal(steps_parse(many, &steps, &count, &e), ERR_INVALID);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(texts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
