# What agents are told: docs/GATE.md.
check_PROGRAMS += tests/unit/test_prefer
TESTS += tests/unit/test_prefer tests/e2e/protocol.sh
EXTRA_DIST += tests/e2e/protocol.sh
