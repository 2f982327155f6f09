# Long runs: make soak (SOAK_SECONDS=1800). A few seconds of it are part of ./check.
TESTS += tests/soak/soak.sh
EXTRA_DIST += tests/soak/soak.sh
SOAK_SECONDS = 1800
soak: all
	SOAK_SECONDS=$(SOAK_SECONDS) ASSENT_SHOW=1 ASSENT_TEST_SECONDS=$$(($(SOAK_SECONDS) + 900)) ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' \
		'$(srcdir)/tests/run' soak tests/soak/soak.sh
.PHONY: soak
