# Speed and size against named peers: make bench.
EXTRA_PROGRAMS += tests/bench/bench_picture
tests_bench_bench_picture_SOURCES = tests/bench/bench_picture.c
bench: all tests/bench/bench_picture
	ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(srcdir)/tests/bench/run'
.PHONY: bench
