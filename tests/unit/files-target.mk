unit_target = tests/unit/test_target
check_PROGRAMS += $(unit_target)
TESTS += $(unit_target)
tests_unit_test_target_LDADD = libcore.a libbase.a -lcmocka -lm
TESTS += tests/e2e/target.sh
EXTRA_DIST += tests/e2e/target.sh
