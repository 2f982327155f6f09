# Fuzz targets. Each is replayed over its corpus in ./check; `make fuzz` runs it under libFuzzer for FUZZ_SECONDS each.
fuzz_replays = tests/fuzz/replay_sse
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
EXTRA_DIST += tests/corpus

tests_fuzz_replay_sse_SOURCES = tests/fuzz/fuzz_sse.c tests/fuzz/replay.c
tests_fuzz_replay_sse_LDADD = libcore.a libbase.a

FUZZ_SECONDS = 60
FUZZ_CC = clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. -I$(srcdir)/src -I$(srcdir)
fuzz_sse_sources = $(srcdir)/tests/fuzz/fuzz_sse.c $(srcdir)/src/core/sse.c $(srcdir)/src/base/buf.c $(srcdir)/src/base/utf8.c

fuzz:
	@command -v clang >/dev/null || { echo 'not run: apt-get install clang'; exit 1; }
	@mkdir -p tests/fuzz/found-sse
	$(FUZZ_CC) -o tests/fuzz/fuzz_sse $(fuzz_sse_sources)
	tests/fuzz/fuzz_sse -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=tests/fuzz/crash- tests/fuzz/found-sse $(srcdir)/tests/corpus/sse
.PHONY: fuzz
