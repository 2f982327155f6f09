unit_streams = tests/unit/test_activity
check_PROGRAMS += $(unit_streams)
TESTS += $(unit_streams) tests/e2e/streams.sh
EXTRA_DIST += tests/e2e/streams.sh
