# Fuzz targets. Each is replayed over its corpus in ./check; `make fuzz` runs it under libFuzzer for FUZZ_SECONDS each.
fuzz_replays = tests/fuzz/replay_sse tests/fuzz/replay_http tests/fuzz/replay_json tests/fuzz/replay_text tests/fuzz/replay_policy \
	tests/fuzz/replay_classify tests/fuzz/replay_answer tests/fuzz/replay_head tests/fuzz/replay_command tests/fuzz/replay_input \
	tests/fuzz/replay_target tests/fuzz/replay_picture tests/fuzz/replay_wire
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
EXTRA_DIST += tests/corpus

tests_fuzz_replay_sse_SOURCES = tests/fuzz/fuzz_sse.c tests/fuzz/replay.c
tests_fuzz_replay_sse_LDADD = libcore.a libbase.a
tests_fuzz_replay_http_SOURCES = tests/fuzz/fuzz_http.c tests/fuzz/replay.c
tests_fuzz_replay_http_LDADD = libcore.a libbase.a
tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c
tests_fuzz_replay_json_LDADD = libbase.a -lm
tests_fuzz_replay_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/replay.c
tests_fuzz_replay_text_LDADD = libui.a libcore.a libbase.a $(UTF8PROC_LIBS)

tests_fuzz_replay_policy_SOURCES = tests/fuzz/fuzz_policy.c tests/fuzz/replay.c
tests_fuzz_replay_policy_LDADD = libcore.a libbase.a $(UTF8PROC_LIBS) $(CRYPTO_LIBS) -lm

tests_fuzz_replay_classify_SOURCES = tests/fuzz/fuzz_classify.c tests/fuzz/replay.c
tests_fuzz_replay_classify_LDADD = libcore.a libbase.a
tests_fuzz_replay_answer_SOURCES = tests/fuzz/fuzz_answer.c tests/fuzz/replay.c
tests_fuzz_replay_answer_LDADD = libcore.a libbase.a -lm
tests_fuzz_replay_head_SOURCES = tests/fuzz/fuzz_head.c tests/fuzz/replay.c
tests_fuzz_replay_head_LDADD = libio.a libcore.a libbase.a $(CURL_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS) $(CRYPTO_LIBS) -lm
tests_fuzz_replay_command_SOURCES = tests/fuzz/fuzz_command.c tests/fuzz/replay.c
tests_fuzz_replay_command_LDADD = libcore.a libbase.a

tests_fuzz_replay_input_SOURCES = tests/fuzz/fuzz_input.c tests/fuzz/replay.c
tests_fuzz_replay_input_LDADD = libui.a libcore.a libbase.a $(UTF8PROC_LIBS)

tests_fuzz_replay_target_SOURCES = tests/fuzz/fuzz_target.c tests/fuzz/replay.c
tests_fuzz_replay_target_LDADD = libcore.a libbase.a -lm

tests_fuzz_replay_picture_SOURCES = tests/fuzz/fuzz_picture.c tests/fuzz/replay.c tests/picture/canvas.c tests/picture/canvas.h
tests_fuzz_replay_picture_LDADD = libui.a libcore.a libbase.a $(SIXEL_LIBS) $(UTF8PROC_LIBS)

tests_fuzz_replay_wire_SOURCES = tests/fuzz/fuzz_wire.c tests/fuzz/replay.c
tests_fuzz_replay_wire_LDADD = libio.a libcore.a libbase.a $(UV_LIBS)

FUZZ_SECONDS = 60
FUZZ_CC = clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. -I$(srcdir)/src -I$(srcdir) $(SIXEL_CFLAGS)
fuzz_sources = $(srcdir)/src/base/buf.c $(srcdir)/src/base/err.c $(srcdir)/src/base/utf8.c $(srcdir)/src/base/json.c $(srcdir)/src/base/json_check.c $(srcdir)/src/base/json_write.c $(srcdir)/src/core/sse.c \
	$(srcdir)/src/core/httpmsg.c $(srcdir)/src/core/httppath.c $(srcdir)/src/core/httpchunks.c $(srcdir)/src/core/httpanswer.c $(srcdir)/src/core/httplines.c $(srcdir)/src/core/override.c $(srcdir)/src/core/classify.c \
	$(srcdir)/src/core/classify_table.c $(srcdir)/src/core/mask.c $(srcdir)/src/core/mask_stream.c $(srcdir)/src/core/safetext.c $(srcdir)/ui/input.c \
	$(srcdir)/src/base/digest.c $(srcdir)/src/base/nearest.c $(srcdir)/src/core/action.c $(srcdir)/src/core/describe.c $(srcdir)/src/core/keyname.c \
	$(srcdir)/src/core/risks.c $(srcdir)/src/core/words.c $(srcdir)/src/core/policy.c $(srcdir)/src/core/policy_keys.c \
	$(srcdir)/src/core/policy_match.c $(srcdir)/src/core/policy_parse.c $(srcdir)/src/core/policy_probe.c $(srcdir)/src/core/budget.c $(srcdir)/src/base/clock.c \
	$(srcdir)/src/core/command_parts.c $(srcdir)/src/core/command_effects.c $(srcdir)/src/core/sgr.c $(srcdir)/src/core/target.c $(srcdir)/src/core/target_read.c $(srcdir)/src/core/miosa_envelope.c $(srcdir)/ui/cells.c $(srcdir)/ui/logline.c \
	$(srcdir)/src/io/http.c $(srcdir)/src/io/http_answer.c $(srcdir)/src/io/http_lines.c $(srcdir)/src/io/http_loop.c $(srcdir)/src/io/http_request.c $(srcdir)/src/io/sockets.c $(srcdir)/src/io/wire.c $(srcdir)/tests/picture/canvas.c $(srcdir)/ui/picture.c $(srcdir)/ui/picture_stream.c $(srcdir)/ui/quant.c \
	$(srcdir)/ui/rects.c $(srcdir)/ui/sixel.c $(srcdir)/ui/sixel_band.c $(srcdir)/ui/sixel_lib.c $(srcdir)/ui/mark.c $(srcdir)/ui/mark_font.c

fuzz:
	@command -v clang >/dev/null || { echo 'not run: apt-get install clang'; exit 1; }
	@for name in sse http json text policy classify answer head command input target picture wire; do \
		mkdir -p tests/fuzz/found-$$name && \
		$(FUZZ_CC) -o tests/fuzz/fuzz_$$name $(srcdir)/tests/fuzz/fuzz_$$name.c $(fuzz_sources) $(UTF8PROC_LIBS) $(CRYPTO_LIBS) $(CURL_LIBS) $(UV_LIBS) $(SIXEL_LIBS) -lm && \
		tests/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=tests/fuzz/crash-$$name- \
			tests/fuzz/found-$$name $(srcdir)/tests/corpus/$$name || exit 1; \
	done
.PHONY: fuzz
