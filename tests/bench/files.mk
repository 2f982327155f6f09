# Speed and size against named peers and floors: make bench.
bench_programs = tests/bench/bench_picture tests/bench/bench_live tests/bench/bench_origin tests/bench/bench_decide tests/bench/bench_commit tests/bench/bench_frame \
	tests/bench/bench_logs tests/bench/bench_policy tests/bench/bench_held tests/bench/bench_sse tests/bench/floor_frame tests/bench/bench_pty \
	tests/bench/load_streams tests/bench/floor_streams tests/bench/probe_streams
EXTRA_PROGRAMS += $(bench_programs)
tests_bench_bench_picture_SOURCES = tests/bench/bench_picture.c $(canvas) $(bench_common)
tests_bench_bench_live_SOURCES = tests/bench/bench_live.c tests/bench/wire.c tests/bench/wire.h $(bench_common)
tests_bench_bench_origin_SOURCES = tests/bench/bench_origin.c
bench_common = tests/bench/common.c tests/bench/common.h
tests_bench_bench_decide_SOURCES = tests/bench/bench_decide.c tests/bench/wire.c tests/bench/wire.h $(bench_common)
tests_bench_bench_commit_SOURCES = tests/bench/bench_commit.c $(bench_common)
tests_bench_bench_held_SOURCES = tests/bench/bench_held.c tests/bench/wire.c tests/bench/wire.h $(bench_common)
tests_bench_bench_frame_SOURCES = tests/bench/bench_frame.c
tests_bench_bench_logs_SOURCES = tests/bench/bench_logs.c $(bench_common)
tests_bench_bench_policy_SOURCES = tests/bench/bench_policy.c
tests_bench_bench_sse_SOURCES = tests/bench/bench_sse.c $(bench_common)
tests_bench_bench_pty_SOURCES = tests/bench/bench_pty.c tests/bench/wire.c tests/bench/wire.h $(bench_common)
tests_bench_floor_frame_SOURCES = tests/bench/floor_frame.c
tests_bench_load_streams_SOURCES = tests/bench/load_streams.c $(bench_common)
tests_bench_floor_streams_SOURCES = tests/bench/floor_streams.c $(bench_common)
tests_bench_probe_streams_SOURCES = tests/bench/probe_streams.c tests/bench/wire.c tests/bench/wire.h $(bench_common)
bench: all $(bench_programs)
	ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(srcdir)/tests/bench/run'
.PHONY: bench
