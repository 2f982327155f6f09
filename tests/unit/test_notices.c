/* test_notices: when the person is called, and when not. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/notices.h"

static struct need items[300];
static struct needs list = { .items = items };
static struct notices n;
static int64_t now;

static int start(void **state)
{
	(void)state;
	notices_init(&n);
	list.count = 0;
	list.held = list.risky = list.faults = list.approvals = list.agents = list.streams = 0;
	now = 1000000;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	notices_release(&n);
	return 0;
}

/* A question that has so many seconds left. */
static void held(int64_t id, int seconds, bool risky)
{
	items[list.count++] = (struct need){ .kind = NEED_ACTION, .id = id, .held = true, .risky = risky, .out_boot_ms = now + seconds * 1000 };
	list.held++;
	list.risky += risky;
}

static void gone(size_t i)
{
	list.held--;
	list.risky -= items[i].risky;
	memmove(items + i, items + i + 1, (--list.count - i) * sizeof(*items));
}

static unsigned int look(int seconds_later)
{
	now += seconds_later * 1000;
	return notices_look(&n, &list, now, now);
}

static void from_nothing_to_something(void **state)
{
	(void)state;
	assert_int_equal(look(0), 0);
	held(1, 600, false);
	assert_int_equal(look(1), NOTICE_FIRST);
	assert_int_equal(look(1), 0);
	held(2, 600, false);		/* one more is no news */
	assert_int_equal(look(60), 0);
	gone(0);
	gone(0);
	assert_int_equal(look(1), 0);
	list.faults = 1;		/* whatever needs a person */
	assert_int_equal(look(60), NOTICE_FIRST);
}

static void what_was_there_at_the_start_is_no_news(void **state)
{
	(void)state;
	held(1, 30, true);
	assert_int_equal(look(0), 0);
	assert_int_equal(look(60), 0);
	held(2, 600, true);
	assert_int_equal(look(1), NOTICE_RISKY);
}

static void a_risky_one_comes(void **state)
{
	(void)state;
	held(1, 600, false);
	look(0);
	held(2, 600, true);
	assert_int_equal(look(1), NOTICE_RISKY);
	assert_int_equal(look(31), 0);
	gone(1);
	held(3, 600, true);
	assert_int_equal(look(31), NOTICE_RISKY);
}

static void sixty_seconds_are_left(void **state)
{
	(void)state;
	held(1, 100, false);
	held(2, 200, false);
	held(3, 101, false);
	look(0);
	assert_int_equal(look(39), 0);
	assert_int_equal(look(1), NOTICE_URGENT);	/* exactly 60 s */
	assert_int_equal(look(1), 0);			/* 3 too: within 30 s of the last */
	assert_int_equal(notices_next_ms(&n), now - 1000 + NOTICES_EVERY_MS);
	assert_int_equal(look(28), 0);
	assert_int_equal(look(1), NOTICE_URGENT);
	assert_int_equal(look(31), 0);			/* each once */
	assert_int_equal(look(39), NOTICE_URGENT);
	assert_true(notices_next_ms(&n) == INT64_MAX);
}

static void at_most_one_in_thirty_seconds(void **state)
{
	int i, told = 0;

	(void)state;
	look(0);
	for (i = 1; i <= 300; i++) {
		if (list.count > 0)
			gone(0);
		held(i, 600, true);
		told += look(1) != 0;
	}
	assert_int_equal(told, 10);
}

static void nothing_is_told_that_was_seen_to(void **state)
{
	(void)state;
	look(0);
	held(1, 600, false);
	assert_int_equal(look(1), NOTICE_FIRST);
	held(2, 600, true);
	assert_int_equal(look(1), 0);	/* waits */
	gone(0);
	gone(0);
	assert_int_equal(look(31), 0);
	assert_true(notices_next_ms(&n) == INT64_MAX);
}

static void muted(void **state)
{
	(void)state;
	look(0);
	notices_toggle(&n, now);
	assert_true(notices_muted(&n, now));
	held(1, 6000, true);
	assert_int_equal(look(1), 0);
	assert_int_equal(look(899), 0);		/* what came meanwhile is not told after it */
	assert_false(notices_muted(&n, now));
	held(2, 6000, true);
	assert_int_equal(look(1), NOTICE_RISKY);
	notices_toggle(&n, now);
	notices_toggle(&n, now);
	assert_false(notices_muted(&n, now));
}

static void the_words_are_counts(void **state)
{
	char text[120];

	(void)state;
	held(1, 600, false);
	assert_int_equal(notices_text(&list, now, text, sizeof(text)), 0);
	assert_string_equal(text, "assent: 1 needs you");
	held(2, 60, true);
	held(3, 61, true);
	list.faults = 1;
	list.agents = 1;
	assert_int_equal(notices_text(&list, now, text, sizeof(text)), 1);
	assert_string_equal(text, "assent: 5 need you, 2 risky, 1 with at most 60 s left");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(from_nothing_to_something), CASE(what_was_there_at_the_start_is_no_news), CASE(a_risky_one_comes), CASE(sixty_seconds_are_left),
		CASE(at_most_one_in_thirty_seconds), CASE(nothing_is_told_that_was_seen_to), CASE(muted), CASE(the_words_are_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
