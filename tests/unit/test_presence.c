/* test_presence: who is at a dashboard, and when nobody is. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/presence.h"

#define MINUTE 60000

static void coming_and_going(void **state)
{
	struct presence p;

	(void)state;
	presence_init(&p, 1000);
	assert_true(presence_heard(&p, 7, "ana", 0, 50, 2000, 900));
	assert_int_equal(p.count, 1);
	assert_true(p.list[0].since_wall_ms == 900 && p.list[0].key_boot_ms == 1950);
	assert_false(presence_heard(&p, 7, "ana", 0, 10, 3000, 1900));		/* nothing that others see */
	assert_true(p.list[0].since_wall_ms == 900 && p.list[0].key_boot_ms == 2990);
	assert_true(presence_heard(&p, 7, "ana", 41, 10, 4000, 2900));		/* opened a card */
	assert_true(p.list[0].reads == 41 && p.list[0].reads_since_wall_ms == 2900);
	assert_false(presence_heard(&p, 7, "ana", 41, 10, 5000, 3900));
	assert_true(p.list[0].reads_since_wall_ms == 2900);
	assert_true(presence_heard(&p, 8, "ana", 0, 10, 6000, 4900));		/* a second dashboard of hers */
	assert_true(presence_heard(&p, 8, "ben", 0, 10, 6000, 4900));
	assert_int_equal(p.count, 2);
	assert_true(presence_gone(&p, 7));
	assert_false(presence_gone(&p, 7));
	assert_int_equal(p.count, 1);
	assert_string_equal(p.list[0].name, "ben");
	assert_true(presence_next(&p, 6000) == 6000 + PRESENCE_SILENT_MS);
	assert_false(presence_due(&p, 6000 + PRESENCE_SILENT_MS - 1));
	assert_true(presence_due(&p, 6000 + PRESENCE_SILENT_MS));
	assert_int_equal(p.count, 0);
}

static void nobody_at_the_desk(void **state)
{
	const int64_t start = 5 * MINUTE;
	struct presence p;

	(void)state;
	presence_init(&p, start);
	/* Dashboards of an earlier gate come back within seconds. */
	assert_false(presence_unattended(&p, start + PRESENCE_SILENT_MS - 1));
	assert_true(presence_next(&p, start) == start + PRESENCE_SILENT_MS);
	assert_true(presence_unattended(&p, start + PRESENCE_SILENT_MS));
	assert_true(presence_next(&p, start + PRESENCE_SILENT_MS) == INT64_MAX);
	presence_heard(&p, 7, "ana", 0, 1000, start + 2000, 1);
	assert_false(presence_unattended(&p, start + 1000 + PRESENCE_UNATTENDED_MS - 1));
	assert_true(presence_unattended(&p, start + 1000 + PRESENCE_UNATTENDED_MS));
	/* A dashboard that stands open with nobody before it is nobody. */
	presence_heard(&p, 7, "ana", 0, 11 * MINUTE, start + 11 * MINUTE, 1);
	assert_true(presence_unattended(&p, start + 11 * MINUTE));
	presence_heard(&p, 7, "ana", 0, 1000, start + 12 * MINUTE, 1);
	assert_false(presence_unattended(&p, start + 12 * MINUTE));
	/* Her key counts on when she is gone, and an older one of another's does not make it less. */
	presence_gone(&p, 7);
	presence_heard(&p, 8, "ben", 0, 9 * MINUTE, start + 12 * MINUTE, 1);
	assert_false(presence_unattended(&p, start + 21 * MINUTE));
	assert_true(presence_unattended(&p, start + 22 * MINUTE));
}

static void impossible_keys(void **state)
{
	static const int64_t ago[] = { -1, 2001, INT64_MAX };
	struct presence p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(ago); i++) {
		presence_init(&p, 0);
		presence_heard(&p, 7, "ana", 0, ago[i], 2000, 1);
		assert_true(presence_unattended(&p, PRESENCE_SILENT_MS));
	}
}

static void more_than_there_is_room_for(void **state)
{
	struct presence p;
	char name[80];
	int i;

	(void)state;
	presence_init(&p, 0);
	for (i = 0; i < PRESENCE_MAX + 5; i++)
		assert_int_equal(presence_heard(&p, i + 1, "x", 0, 0, 10, 1), i < PRESENCE_MAX);
	assert_int_equal(p.count, PRESENCE_MAX);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	presence_heard(&p, 1, name, 0, 0, 10, 1);
	assert_int_equal(strlen(p.list[0].name), PRESENCE_NAME_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coming_and_going), cmocka_unit_test(nobody_at_the_desk), cmocka_unit_test(impossible_keys),
		cmocka_unit_test(more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
