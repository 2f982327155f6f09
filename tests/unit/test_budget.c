/* test_budget: layers of caps, what stands in the way, and the sliding minute at its edges. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/budget.h"

static void layers(void **state)
{
	struct budget_limits l = budget_defaults(), over = budget_unset();

	(void)state;
	assert_true(budget_is_unset(&over));
	assert_int_equal(l.most[BUDGET_ACTIONS], 200);
	assert_int_equal(l.most[BUDGET_PER_MINUTE], 30);
	assert_int_equal(l.most[BUDGET_WAITING], 8);
	assert_int_equal(l.most[BUDGET_READS_PER_MINUTE], 600);
	assert_int_equal(l.most[BUDGET_COST], BUDGET_UNSET);
	over.most[BUDGET_ACTIONS] = 400;
	over.most[BUDGET_WAITING] = 0;
	assert_false(budget_is_unset(&over));
	budget_overlay(&l, &over);
	assert_int_equal(l.most[BUDGET_ACTIONS], 400);
	assert_int_equal(l.most[BUDGET_WAITING], 0);	/* 0 is a cap, and not none */
	assert_int_equal(l.most[BUDGET_PER_MINUTE], 30);
}

static void what_is_in_the_way(void **state)
{
	static const struct { int64_t used[BUDGET_CAPS]; enum budget_for what; enum budget_cap cap; } table[] = {
		{ { 0 }, BUDGET_FOR_ACTION, BUDGET_CAPS },
		{ { 199, 29, 7, 599, 1000000 }, BUDGET_FOR_ACTION, BUDGET_CAPS },
		{ { 199, 29, 7, 599, 1000000 }, BUDGET_FOR_READ, BUDGET_CAPS },
		{ { 200, 0, 0, 0, 0 }, BUDGET_FOR_ACTION, BUDGET_ACTIONS },
		{ { 201, 0, 0, 0, 0 }, BUDGET_FOR_ACTION, BUDGET_ACTIONS },
		{ { 200, 30, 8, 0, 0 }, BUDGET_FOR_READ, BUDGET_CAPS },		/* an agent that may do nothing any more may still look */
		{ { 0, 30, 0, 0, 0 }, BUDGET_FOR_ACTION, BUDGET_PER_MINUTE },
		{ { 0, 0, 8, 0, 0 }, BUDGET_FOR_ACTION, BUDGET_WAITING },
		{ { 0, 0, 0, 600, 0 }, BUDGET_FOR_READ, BUDGET_READS_PER_MINUTE },
		{ { 0, 0, 0, 600, 0 }, BUDGET_FOR_ACTION, BUDGET_CAPS },
		{ { 0, 0, 8, 600, 0 }, BUDGET_FOR_DENIAL, BUDGET_CAPS },	/* it does not wait */
		{ { 200, 0, 0, 0, 0 }, BUDGET_FOR_DENIAL, BUDGET_ACTIONS },
		{ { 0, 30, 0, 0, 0 }, BUDGET_FOR_DENIAL, BUDGET_PER_MINUTE },
	};
	struct budget_limits l = budget_defaults();
	struct budget_use u = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		memcpy(u.n, table[i].used, sizeof(u.n));
		assert_int_equal(budget_in_the_way(&l, &u, table[i].what), table[i].cap);
	}
	l.most[BUDGET_COST] = 500;
	u = (struct budget_use){ .n[BUDGET_COST] = 499 };
	assert_int_equal(budget_in_the_way(&l, &u, BUDGET_FOR_ACTION), BUDGET_CAPS);
	u.n[BUDGET_COST] = 500;
	assert_int_equal(budget_in_the_way(&l, &u, BUDGET_FOR_ACTION), BUDGET_COST);
	u.n[BUDGET_COST] = BUDGET_UNKNOWN;
	assert_int_equal(budget_in_the_way(&l, &u, BUDGET_FOR_ACTION), BUDGET_CAPS);
}

static void names(void **state)
{
	char text[256];
	int i;

	(void)state;
	for (i = 0; i < BUDGET_CAPS; i++) {
		assert_int_equal(budget_cap_of(budget_cap_name((enum budget_cap)i)), i);
		assert_int_equal(budget_cap_of(budget_cap_key((enum budget_cap)i)), i);
	}
	assert_int_equal(budget_cap_of("Actions"), BUDGET_CAPS);
	budget_say(text, BUDGET_PER_MINUTE, 30, "this agent");
	assert_string_equal(text, "The budget of this agent is used up: per-minute=30 (actions a minute). Ask again in a minute, or an operator can raise it.");
}

static void numbers(void **state)
{
	static const struct { enum budget_cap cap; const char *text; int64_t n; } table[] = {
		{ BUDGET_ACTIONS, "0", 0 }, { BUDGET_ACTIONS, "400", 400 }, { BUDGET_ACTIONS, "1000000000", 1000000000 }, { BUDGET_ACTIONS, "1000000001", -1 },
		{ BUDGET_ACTIONS, "", -1 }, { BUDGET_ACTIONS, "-1", -1 }, { BUDGET_ACTIONS, "1.5", -1 }, { BUDGET_ACTIONS, "4 ", -1 }, { BUDGET_ACTIONS, "99999999999", -1 },
		{ BUDGET_COST, "2.50", 250 }, { BUDGET_COST, "2.5", 250 }, { BUDGET_COST, "2", 200 }, { BUDGET_COST, "0.07", 7 }, { BUDGET_COST, "2.", -1 },
		{ BUDGET_COST, "2.505", -1 }, { BUDGET_COST, ".5", -1 }, { BUDGET_COST, "10000000", 1000000000 }, { BUDGET_COST, "10000000.01", -1 },
	};
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		int64_t n = -1;

		assert_int_equal(budget_read(table[i].cap, table[i].text, &n), table[i].n < 0 ? ERR_INVALID : 0);
		assert_int_equal(n, table[i].n);
	}
	budget_write(text, BUDGET_COST, 205);
	assert_string_equal(text, "2.05");
	budget_write(text, BUDGET_WAITING, 205);
	assert_string_equal(text, "205");
}

/* What was counted stays for 60 s, and is gone after 61. */
static void a_minute_slides(void **state)
{
	int64_t t;

	(void)state;
	for (t = 100000; t < 102000; t += 37) {
		struct budget_window w = { 0 };

		assert_int_equal(budget_window_count(&w, t), 0);
		assert_int_equal(budget_window_frees(&w, t), 0);
		budget_window_add(&w, t);
		budget_window_add(&w, t + 30000);
		assert_int_equal(budget_window_count(&w, t + 30000), 2);
		assert_int_equal(budget_window_count(&w, t + 60000), 2);
		assert_in_range(budget_window_frees(&w, t + 60000), 1, 1000);
		assert_int_equal(budget_window_count(&w, t + 60000 + budget_window_frees(&w, t + 60000)), 1);
		assert_int_equal(budget_window_count(&w, t + 90000), 1);
		assert_int_equal(budget_window_count(&w, t + 91000), 0);
	}
}

static void a_long_silence_and_a_clock_that_goes_back(void **state)
{
	struct budget_window w = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 500; i++)
		budget_window_add(&w, 5000000 + i);
	assert_int_equal(budget_window_count(&w, 5000600), 500);
	budget_window_add(&w, 1000);	/* counts as now */
	assert_int_equal(budget_window_count(&w, 5000600), 501);
	assert_int_equal(budget_window_count(&w, 900000000), 0);
	budget_window_add(&w, 900000000);
	assert_int_equal(budget_window_count(&w, 900000000), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers), cmocka_unit_test(what_is_in_the_way), cmocka_unit_test(names), cmocka_unit_test(numbers), cmocka_unit_test(a_minute_slides),
		cmocka_unit_test(a_long_silence_and_a_clock_that_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
