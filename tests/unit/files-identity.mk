unit_identity = tests/unit/test_signed tests/unit/test_identity
check_PROGRAMS += $(unit_identity)
TESTS += $(unit_identity) tests/e2e/operators.sh
EXTRA_DIST += tests/e2e/operators.sh
tests_unit_test_identity_SOURCES = tests/unit/test_identity.c src/cmd/unlock.c src/cmd/paths.c
