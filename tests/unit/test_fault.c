/* test_fault: what --fault takes and what it does not. */
#include "config.h"

#include "tests/unit/unit.h"

#include "local/fault.h"

static void good_lists(void **state)
{
	static const struct { const char *text; struct faults want; } table[] = {
		{ "drop-every=64", { .drop_every = 64 } },
		{ "dup-ids", { .dup_ids = true } },
		{ "reorder,drop-every=100000", { .reorder = true, .drop_every = 100000 } },
		{ "no-heartbeat,406,429", { .no_heartbeat = true, .not_acceptable = true, .too_many = true } },
	};
	struct faults got;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(fault_parse(table[i].text, &got, &e), 0);
		assert_int_equal(got.drop_every, table[i].want.drop_every);
		assert_int_equal(got.dup_ids, table[i].want.dup_ids);
		assert_int_equal(got.reorder, table[i].want.reorder);
		assert_int_equal(got.no_heartbeat, table[i].want.no_heartbeat);
		assert_int_equal(got.not_acceptable, table[i].want.not_acceptable);
		assert_int_equal(got.too_many, table[i].want.too_many);
	}
}

static void bad_lists(void **state)
{
	static const char *const table[] = {
		"", ",", "dup-ids,", ",dup-ids", "dup-ids,,406", "dup", "dup-idsx", "DUP-IDS", "dup-ids dup", "dup-ids,dup-ids", "drop-every", "drop-every=", "drop-every=0",
		"drop-every=63", "drop-every=-64", "drop-every=+64", "drop-every=64x", "drop-every= 64", "drop-every=9999999999999", "drop-every=64,drop-every=64", "404",
	};
	struct faults got;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++)
		assert_int_equal(fault_parse(table[i], &got, &e), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good_lists), cmocka_unit_test(bad_lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
