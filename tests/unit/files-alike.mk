unit_alike = tests/unit/test_budget
check_PROGRAMS += $(unit_alike)
TESTS += $(unit_alike)
