unit_picture = tests/unit/test_kitty tests/unit/test_picture tests/unit/test_png
check_PROGRAMS += $(unit_picture)
TESTS += $(unit_picture)
