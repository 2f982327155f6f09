# Pictures that are kept with actions, and what is compared with them.
unit_bound = tests/unit/test_pictures tests/unit/test_screendiff
check_PROGRAMS += $(unit_bound)
TESTS += $(unit_bound)
