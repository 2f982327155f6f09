/* test_decide: what a key that decides does while something about the action is not known. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/state.h"
#include "tests/unit/dash_rig.h"

static int start(void **state)
{
	(void)state;
	dash_begin(state_json, 120, 35);
	dash_update(&d, now);
	return 0;
}

/* When it has been there long enough to be decided. */
static struct dash_request press(uint32_t key)
{
	struct input_event ev = { .type = INPUT_KEY, .code = key };
	struct dash_request q;

	now += 5000;
	dash_key(&d, &ev, now, &q);
	return q;
}

static void type(const char *text)
{
	for (; *text; text++)
		press((uint32_t)*text);
}

static bool bar_says(const char *text)
{
	struct buf row;
	bool is;
	int x;

	buf_init(&row, SIZE_MAX - 1);
	frame();
	for (x = 0; x < cells.width; x++)
		buf_puts(&row, cells.grid[(cells.height - 1) * cells.width + x].text);
	is = strstr(buf_cstr(&row), text) != NULL;
	buf_release(&row);
	return is;
}

static void ask(void)
{
	now += CARD_AGAIN_MS;
	assert_int_equal(card_ask(&d.card, dash_selected(&d), now), d.selected);
}

/* What the gate found out about the selected action, and what it could not. */
static void facts_come(bool all)
{
	const char *why = all ? "" : ",\"missing\":[\"its windows: timed out\"]";
	char facts[120];
	int n = snprintf(facts, sizeof(facts), "{\"action\":%lld,\"version\":%lld%s}", (long long)d.selected, (long long)dash_selected(&d)->version, why);

	ask();
	card_answer(&d.card, &model, dash_selected(&d), 200, facts, (size_t)n, now);
}

/* The yes asks for the name, which is not typed. */
static void asks_for_name(void)
{
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_CONFIRM);
	assert_true(bar_says("NOT KNOWN WHAT IT HITS: to approve 41 type desk-1 and Enter"));
	press(KEYS_ESCAPE);
	assert_int_equal(d.prompt, PROMPT_NONE);
	now += 10000;	/* no message */
}

static void is_now(const char *json)
{
	assert_int_equal(model_event(&model, "action", json, strlen(json), 0, NULL), 0);
	card_release(&d.card);
	frame();
}

/* As long as it is not known what a click hits it may be risky. */
static void what_is_not_looked_up_takes_the_name(void **state)
{
	static const char gone[] = "no answer";
	struct dash_request q;

	(void)state;
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	frame();
	assert_false(bar_says("a approve: type"));	/* mostly it is there before the key works */
	now += 5000;
	assert_true(bar_says("a approve: type desk-1"));
	asks_for_name();		/* not asked for yet */
	ask();
	asks_for_name();		/* on its way */
	card_answer(&d.card, &model, dash_selected(&d), 0, gone, strlen(gone), now);
	asks_for_name();		/* could not be had */
	facts_come(false);
	asks_for_name();		/* a part of it could not */
	press('a');
	type("desk-1");
	q = press(KEYS_ENTER);
	assert_true(q.type == REQUEST_DECIDE && q.decision == DECIDE_APPROVE && q.id == 41);
	facts_come(true);		/* it is asked for again by itself */
	assert_true(bar_says("a approve ") && !bar_says("a approve: type"));
	assert_int_equal(press('a').type, REQUEST_DECIDE);
}

/* What was found risky stays so while it cannot be looked at again. */
static void a_failure_takes_no_risk_away(void **state)
{
	static const char risky[] = "{\"action\":41,\"version\":1,\"risks_now\":[\"label \\\"send\\\"\"]}";

	(void)state;
	frame();
	ask();
	card_answer(&d.card, &model, dash_selected(&d), 200, risky, strlen(risky), now);
	assert_true(model_is_risky(dash_selected(&d)));
	d.card.again = true;
	facts_come(false);
	assert_true(model_is_risky(dash_selected(&d)));
	facts_come(true);
	assert_false(model_is_risky(dash_selected(&d)));
}

/* No fact makes a command risky that is not so by its request: the person is told, and asked again. */
static void a_command_that_is_not_looked_up_is_a_doubt(void **state)
{
	static const char exec[] = ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "exec", "p", "npm test", "POST", "/p", "{}", ",\"needs_person\":true,\"text\":\"npm test\"");

	(void)state;
	is_now(exec);
	press('v');
	assert_non_null(strstr(d.message, "41: what it touches is still being looked up. It can be marked when that is known"));
	assert_int_equal(d.marked_count, 0);
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_NONE);
	assert_non_null(strstr(d.message, "what it touches is still being looked up. a again to say yes all the same"));
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	facts_come(true);
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	press('v');
	assert_int_equal(d.marked_count, 1);
}

/* A yes after the first of them was read is none to the others. */
static void each_doubt_is_told(void **state)
{
	static const char ahead[] = ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "exec", "p", "npm test", "POST", "/p", "{}",
					   ",\"needs_person\":true,\"text\":\"npm test\",\"waits_for\":40");
	static const char longer[] = ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "exec", "p", "npm test", "POST", "/p", "{}",
					   ",\"needs_person\":true,\"text\":\"npm test\",\"waits_for\":140");

	(void)state;
	is_now(longer);
	assert_int_equal(press('a').type, REQUEST_NONE);
	is_now(ahead);	/* another one, though its words stand in the first's */
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "40 waits before it on this session: it would go ahead. a again"));
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "what it touches is still being looked up. a again"));
	/* Without the one the other was told all the same; and what comes anew is told. */
	facts_come(true);
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	model.gate.live = false;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "does not answer: it may end as not sent. a again"));
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	model.gate.live = true;
}

static void what_has_nothing_to_be_looked_up_does_not_wait(void **state)
{
	static const char pause[] = ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "pause", "p", "s", "POST", "/p", "{}", ",\"needs_person\":true");

	(void)state;
	is_now(pause);
	assert_true(bar_says("a approve "));
	assert_int_equal(press('a').type, REQUEST_DECIDE);
}

/* Its last word is too old: a yes could be taken at any time. A no goes out all the same. */
static void a_gate_that_stands_still_is_given_no_yes(void **state)
{
	static const char *const risks[] = { "", ",\"risks\":[\"deletes\"]" };
	static char exec[] = ACTION(41, "held", "clerk", "cmp_1", "computer", "desk-1", "pause", "p", "s", "POST", "/p", "{}", ",\"needs_person\":true");
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(risks); i++) {
		struct buf json;

		buf_init(&json, 4096);
		buf_printf(&json, "%.*s%s}", (int)strlen(exec) - 1, exec, risks[i]);
		is_now(buf_cstr(&json));
		buf_release(&json);
		now += 10000;
		assert_true(bar_says("41 READY"));
		if (risks[i][0]) {
			press('a');
			type("desk-1");
		}
		d.gate_silent_since_wall_ms = 1;
		assert_int_equal(press(risks[i][0] ? KEYS_ENTER : 'a').type, REQUEST_NONE);
		assert_non_null(strstr(d.message, "the gate does not answer since "));
		now += 10000;
		assert_true(bar_says("41 wait"));
		assert_int_equal(press('d').type, REQUEST_DECIDE);
		d.gate_silent_since_wall_ms = 0;
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, dash_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_not_looked_up_takes_the_name), CASE(a_failure_takes_no_risk_away), CASE(a_command_that_is_not_looked_up_is_a_doubt),
		CASE(each_doubt_is_told),
		CASE(what_has_nothing_to_be_looked_up_does_not_wait), CASE(a_gate_that_stands_still_is_given_no_yes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
