unit_alike = tests/unit/test_alike tests/unit/test_budget
check_PROGRAMS += $(unit_alike)
TESTS += $(unit_alike) tests/e2e/alike.sh tests/e2e/budget.sh
EXTRA_DIST += tests/e2e/alike.sh tests/e2e/budget.sh
