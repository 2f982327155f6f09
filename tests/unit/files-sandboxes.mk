check_PROGRAMS += tests/unit/test_trail tests/unit/test_fault
TESTS += tests/unit/test_trail tests/unit/test_fault tests/e2e/local_again.sh
EXTRA_DIST += tests/e2e/local_again.sh
