unit_gate = tests/unit/test_action tests/unit/test_queue tests/unit/test_describe tests/unit/test_store
check_PROGRAMS += $(unit_gate)
TESTS += $(unit_gate)
