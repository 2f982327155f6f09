/* test_live: when a picture is read again. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/live.h"

static void at_once_and_when_told(void **state)
{
	struct live l = { .seq = 0 };

	(void)state;
	assert_int_equal(live_due_ms(&l, "cmp_1", 4, false, 1000), 0);
	live_asked(&l, "cmp_1", 4, 1000);
	live_came(&l, true);
	assert_int_equal(live_due_ms(&l, "cmp_1", 5, false, 1000), LIVE_LEAST_MS);
	assert_int_equal(live_due_ms(&l, "cmp_1", 5, false, 1000 + LIVE_LEAST_MS), 0);
	/* Another computer: at once, whatever there was. */
	assert_int_equal(live_due_ms(&l, "cmp_2", 5, false, 1001), 0);
}

static void ever_more_seldom(void **state)
{
	struct live l = { .seq = 0 };
	int64_t now = 1000, due, before = 0;
	int i;

	(void)state;
	live_asked(&l, "cmp_1", 1, now);
	live_came(&l, true);
	for (i = 0; i < 20; i++) {
		due = live_due_ms(&l, "cmp_1", 1, false, now);
		assert_true(due >= before && due >= LIVE_OFTEN_MS && due <= LIVE_SELDOM_MS);
		before = due;
		now += due;
		assert_int_equal(live_due_ms(&l, "cmp_1", 1, false, now), 0);
		live_asked(&l, "cmp_1", 1, now);
		live_came(&l, false);
	}
	assert_int_equal(live_due_ms(&l, "cmp_1", 1, false, now), LIVE_SELDOM_MS);
	assert_int_equal(live_due_ms(&l, "cmp_1", 1, true, now), LIVE_ACTIVE_MS);
	/* What was told and read is no reason to look more often: those events work. */
	live_asked(&l, "cmp_1", 2, now);
	live_came(&l, true);
	assert_int_equal(live_due_ms(&l, "cmp_1", 2, false, now), LIVE_SELDOM_MS);
	/* A change that nobody told of is. */
	live_asked(&l, "cmp_1", 2, now);
	live_came(&l, true);
	assert_int_equal(live_due_ms(&l, "cmp_1", 2, false, now), LIVE_OFTEN_MS);
	live_failed(&l);
	assert_int_equal(live_due_ms(&l, "cmp_1", 2, false, now), LIVE_AGAIN_MS);
}

/* With one tick of the clock or the next, and never between them. */
static void with_the_clock(void **state)
{
	struct live l = { .seq = 0 };
	int64_t now = 1000, asked = now;

	(void)state;
	live_asked(&l, "cmp_1", 1, now);
	live_failed(&l);
	for (; live_due_ms(&l, "cmp_1", 1, false, now) > 0; now += LIVE_TICK_MS + 7)
		assert_true(live_due_ms(&l, "cmp_1", 1, false, now) >= LIVE_TICK_MS);
	assert_int_equal(now - asked, 2 * (LIVE_TICK_MS + 7));
	live_asked(&l, "cmp_1", 1, asked = now);
	for (now += 300; live_due_ms(&l, "cmp_1", 1, false, now) > 0; now += LIVE_TICK_MS)
		assert_true(live_due_ms(&l, "cmp_1", 1, false, now) >= LIVE_TICK_MS);
	assert_true(now - asked >= LIVE_AGAIN_MS - LIVE_TICK_MS / 2 && now - asked <= LIVE_AGAIN_MS + LIVE_TICK_MS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(with_the_clock), cmocka_unit_test(at_once_and_when_told), cmocka_unit_test(ever_more_seldom) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
