unit_identity = tests/unit/test_signed tests/unit/test_identity tests/unit/test_presence
check_PROGRAMS += $(unit_identity)
TESTS += $(unit_identity) tests/e2e/operators.sh tests/e2e/presence.sh
EXTRA_DIST += tests/e2e/operators.sh tests/e2e/presence.sh
tests_unit_test_identity_SOURCES = tests/unit/test_identity.c src/cmd/unlock.c src/cmd/paths.c

# The key: C1.
check_PROGRAMS += tests/e2e/memgrep
tests_e2e_memgrep_SOURCES = tests/e2e/memgrep.c
tests_e2e_memgrep_LDADD =
TESTS += tests/e2e/key.sh
EXTRA_DIST += tests/e2e/key.sh

# Strong mode; what needs root and several users is run by hand.
TESTS += tests/e2e/operator_group.sh
EXTRA_DIST += tests/e2e/operator_group.sh tests/root/strong_mode.sh
check-root: check-programs
	ASSENT_SHOW=1 ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(abs_top_srcdir)/tests/run' root tests/root/strong_mode.sh tests/unit/test_key tests/e2e/key.sh
.PHONY: check-root
