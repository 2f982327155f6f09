unit_gate = tests/unit/test_action tests/unit/test_queue tests/unit/test_describe tests/unit/test_store
check_PROGRAMS += $(unit_gate)
TESTS += $(unit_gate)
# Decisions, and what stops things, on the real programs.
TESTS += tests/e2e/decide.sh tests/e2e/freeze.sh tests/e2e/running.sh tests/e2e/takeover.sh tests/e2e/takeover_local.sh tests/e2e/letgo.sh tests/e2e/streamed.sh tests/e2e/approvals.sh tests/e2e/session.sh tests/e2e/commands.sh tests/e2e/doctor.sh tests/e2e/plain.sh tests/e2e/facts.sh tests/e2e/screens.sh tests/e2e/screens_two.sh
check_PROGRAMS += tests/e2e/pairs
tests_e2e_pairs_SOURCES = tests/e2e/pairs.c
EXTRA_DIST += tests/e2e/decide.sh tests/e2e/freeze.sh tests/e2e/running.sh tests/e2e/takeover.sh tests/e2e/takeover_local.sh tests/e2e/letgo.sh tests/e2e/streamed.sh tests/e2e/approvals.sh tests/e2e/session.sh tests/e2e/commands.sh tests/e2e/doctor.sh tests/e2e/plain.sh tests/e2e/facts.sh tests/e2e/screens.sh tests/e2e/screens_two.sh
