# Pictures that are kept with actions, and what is compared with them.
unit_bound = tests/unit/test_pictures tests/unit/test_screendiff tests/unit/test_desktop_state
check_PROGRAMS += $(unit_bound)
TESTS += $(unit_bound)
TESTS += tests/e2e/bound.sh
EXTRA_DIST += tests/e2e/bound.sh

# The same with many cases; by hand.
bound: check-programs
	BOUND_CASES=$${BOUND_CASES:-240} ASSENT_SHOW=1 ASSENT_TEST_SECONDS=3600 ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' $(top_srcdir)/tests/run plain tests/e2e/bound.sh
.PHONY: bound
