unit_policy = tests/unit/test_words tests/unit/test_policy tests/unit/test_settings
check_PROGRAMS += $(unit_policy)
TESTS += $(unit_policy) tests/unit/policy_docs.sh tests/e2e/policy.sh
EXTRA_DIST += tests/unit/policy_docs.sh tests/e2e/policy.sh docs/POLICY.md examples/policy.conf
