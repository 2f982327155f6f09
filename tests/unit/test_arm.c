/* test_arm: when the deciding key works, by a clock of its own. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/arm.h"
#include "ui/echo.h"
#include "ui/flight.h"

static void by_the_terminals_answer(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, true);
	assert_false(arm_ready(&a, 1000000));	/* nothing is selected */
	assert_true(arm_select(&a, 41, 1));
	assert_false(arm_select(&a, 41, 1));	/* arrivals and frames start nothing anew */
	assert_false(arm_ready(&a, 1000000));	/* nothing was drawn */
	arm_answered(&a, 10);			/* an answer to an older question */
	arm_drawn(&a, 100);
	assert_false(arm_ready(&a, 100 + ARM_NO_ANSWER_MS - 1));
	assert_true(arm_ready(&a, 100 + ARM_NO_ANSWER_MS));
	arm_answered(&a, 150);
	assert_false(arm_ready(&a, 150 + ARM_SHOWN_MS - 1));
	assert_true(arm_ready(&a, 150 + ARM_SHOWN_MS));
	arm_drawn(&a, 5000);			/* later frames of the same card */
	arm_answered(&a, 5000);
	assert_true(arm_ready(&a, 5000));
}

/* The machine had no time for us: the key waited, and nobody knows since when. */
static void a_key_that_waited_is_as_old_as_may_be(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, true);
	arm_select(&a, 41, 1);
	arm_drawn(&a, 100);
	arm_answered(&a, 100);
	arm_silent(&a, 100 + ARM_SHOWN_MS - 1);
	assert_false(arm_ready(&a, 100 + ARM_SHOWN_MS));
	assert_false(arm_ready(&a, 1000000));
	arm_silent(&a, 100 + ARM_SHOWN_MS);
	assert_true(arm_ready(&a, 100 + ARM_SHOWN_MS));
	arm_key(&a, 2000);
	assert_false(arm_ready(&a, 2000 + ARM_QUIET_MS));
	arm_silent(&a, 2000 + ARM_QUIET_MS);
	assert_true(arm_ready(&a, 2000 + ARM_QUIET_MS));
}

/* It is late, and so may be what it shows. */
static void a_terminal_that_answers_is_waited_for(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, true);
	a.must_answer = true;
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	assert_false(arm_ready(&a, 1000000));
	assert_true(arm_ready_at(&a) == INT64_MAX);
	arm_answered(&a, 4000);
	assert_false(arm_ready(&a, 4000 + ARM_SHOWN_MS - 1));
	assert_true(arm_ready(&a, 4000 + ARM_SHOWN_MS));
	/* A multiplexer's answers tell nothing, so its time is what was set. */
	arm_init(&a, false);
	a.must_answer = true;
	a.unanswered_ms = 3000;
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	arm_answered(&a, 1);
	assert_false(arm_ready(&a, 2999));
	assert_true(arm_ready(&a, 3000));
}

static void a_no_is_about_what_is_shown(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, true);
	arm_select(&a, 41, 1);
	assert_false(arm_shown(&a, 1000000));
	arm_drawn(&a, 0);
	assert_false(arm_shown(&a, ARM_NO_ANSWER_MS - 1));
	assert_true(arm_shown(&a, ARM_NO_ANSWER_MS));
	arm_answered(&a, 10);
	assert_true(arm_shown(&a, 10));
	a.must_answer = true;
	arm_select(&a, 42, 1);
	arm_drawn(&a, 100);
	assert_false(arm_shown(&a, 1000000));
	/* Under tmux: what it has drawn itself is all that is known. */
	arm_init(&a, false);
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	assert_false(arm_shown(&a, ARM_SHOWN_MS - 1));
	assert_true(arm_shown(&a, ARM_SHOWN_MS));
}

static void an_answer_belongs_to_the_oldest_query(void **state)
{
	struct echo e = { 0 };
	int64_t i;

	(void)state;
	assert_int_equal(echo_answered(&e, 5), 0);	/* nobody asked */
	assert_false(e.answers);
	assert_int_equal(echo_asked(&e, 100), 1);
	assert_int_equal(echo_asked(&e, 200), 2);
	assert_int_equal(echo_round_ms(&e, 150), 50);
	assert_int_equal(echo_answered(&e, 900), 1);
	assert_int_equal(e.round_ms, 800);
	assert_int_equal(echo_limit_ms(&e), 2100);
	assert_int_equal(echo_answered(&e, 1000), 2);
	assert_int_equal(echo_answered(&e, 1001), 0);
	assert_true(e.answers);
	/* What is lost does not put all later answers off for ever. */
	assert_int_equal(echo_asked(&e, 2000), 3);
	assert_false(echo_lost(&e, 12000));
	assert_true(echo_lost(&e, 12001));
	assert_int_equal(echo_asked(&e, 30000), 4);
	assert_false(echo_lost(&e, 30000));
	assert_int_equal(echo_answered(&e, 30010), 4);
	assert_int_equal(e.round_ms, 10);
	/* Nor does it grow. */
	for (i = 0; i < 100; i++)
		assert_int_equal(echo_asked(&e, 40000 + i), 5 + i);
	assert_int_equal(echo_answered(&e, 40200), 5 + 99 - (ECHO_OPEN_MAX - 1));
}

/* One that was lost costs one wait, not one for each picture behind it; and one that is only late puts nothing out of step for longer than itself. */
static void a_picture_waits_for_the_one_before(void **state)
{
	struct echo e = { 0 };
	struct flight f = { 0 };
	int64_t limit;
	int i;

	(void)state;
	assert_int_equal(flight_limit_ms(&f, false, 0), 250);
	flight_sent(&f, echo_asked(&e, 0), 0);
	assert_true(flight_answered(&f, echo_answered(&e, 100), e.open == 0));
	assert_int_equal(f.query, 0);
	limit = flight_limit_ms(&f, e.answers, e.round_ms);
	assert_in_range(limit, 1000, 3000);
	f.took_ms = 60000;
	assert_int_equal(flight_limit_ms(&f, true, 0), 10000);
	flight_sent(&f, echo_asked(&e, 1000), 1000);	/* whose answer is lost */
	flight_given_up(&f);
	assert_int_equal(f.query, 0);
	for (i = 0; i < 5; i++) {
		flight_sent(&f, echo_asked(&e, 4000 + i * 500), 0);
		assert_true(flight_answered(&f, echo_answered(&e, 4100 + i * 500), e.open == 0));
	}
	/* Its number is too high as long as that lasts, and right behind it. */
	echo_asked(&e, 30000);
	assert_int_equal(echo_answered(&e, 30010), e.asked);
	assert_false(flight_answered(&f, e.asked, e.open == 0));
	assert_int_equal(f.behind, 0);
	/* An older answer is none. */
	echo_asked(&e, 31000);
	flight_sent(&f, echo_asked(&e, 31000), 31000);
	assert_false(flight_answered(&f, echo_answered(&e, 31010), e.open == 0));
	assert_true(flight_answered(&f, echo_answered(&e, 31020), e.open == 0));
}

static void a_busy_keyboard_waits(void **state)
{
	struct arm a;
	int64_t t;

	(void)state;
	arm_init(&a, true);
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	arm_answered(&a, 0);
	for (t = 0; t < 10000; t += 100) {
		arm_key(&a, t);
		assert_false(arm_ready(&a, t));
	}
	assert_false(arm_ready(&a, 9900 + ARM_QUIET_MS - 1));
	assert_true(arm_ready(&a, 9900 + ARM_QUIET_MS));
	assert_true(arm_ready_at(&a) == 9900 + ARM_QUIET_MS);
}

static void another_one_starts_anew(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, true);
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	arm_answered(&a, 0);
	assert_true(arm_ready(&a, 1000));
	assert_true(arm_select(&a, 41, 2));	/* the same one came back changed */
	assert_false(arm_ready(&a, 1000));
	arm_drawn(&a, 1000);
	arm_answered(&a, 1000);
	assert_true(arm_ready(&a, 1500));
	assert_true(arm_select(&a, 42, 1));
	assert_false(arm_ready(&a, 1000000));
	assert_false(arm_select(&a, 0, 0));
	assert_false(arm_ready(&a, 1000000));
}

static void a_multiplexers_answer_is_not_believed(void **state)
{
	struct arm a;

	(void)state;
	arm_init(&a, false);
	arm_select(&a, 41, 1);
	arm_drawn(&a, 0);
	arm_answered(&a, 1);
	assert_false(arm_ready(&a, ARM_SHOWN_MS + 1));
	assert_false(arm_ready(&a, ARM_NO_ANSWER_MS - 1));
	assert_true(arm_ready(&a, ARM_NO_ANSWER_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_terminals_answer),
		cmocka_unit_test(a_key_that_waited_is_as_old_as_may_be), cmocka_unit_test(a_terminal_that_answers_is_waited_for), cmocka_unit_test(a_picture_waits_for_the_one_before), cmocka_unit_test(an_answer_belongs_to_the_oldest_query), cmocka_unit_test(a_no_is_about_what_is_shown), cmocka_unit_test(a_busy_keyboard_waits), cmocka_unit_test(another_one_starts_anew),
		cmocka_unit_test(a_multiplexers_answer_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
