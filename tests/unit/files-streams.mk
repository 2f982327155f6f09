unit_streams = tests/unit/test_activity
check_PROGRAMS += $(unit_streams)
TESTS += $(unit_streams) tests/e2e/streams.sh tests/e2e/streams_local.sh tests/e2e/fanout.sh tests/e2e/lists.sh
EXTRA_DIST += tests/e2e/streams.sh tests/e2e/streams_local.sh tests/e2e/fanout.sh tests/e2e/lists.sh
