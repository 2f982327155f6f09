check_PROGRAMS += tests/unit/test_keyname tests/unit/test_handinput
TESTS += tests/unit/test_keyname tests/unit/test_handinput
