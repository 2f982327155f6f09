# What agents are told: docs/GATE.md.
check_PROGRAMS += tests/unit/test_prefer tests/unit/test_mask_stream
TESTS += tests/unit/test_prefer tests/unit/test_mask_stream tests/e2e/protocol.sh
EXTRA_DIST += tests/e2e/protocol.sh
