unit_policy = tests/unit/test_words tests/unit/test_policy
check_PROGRAMS += $(unit_policy)
TESTS += $(unit_policy) tests/e2e/policy.sh
EXTRA_DIST += tests/e2e/policy.sh
