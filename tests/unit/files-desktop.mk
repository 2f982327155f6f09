check_PROGRAMS += tests/unit/test_keyname
TESTS += tests/unit/test_keyname
