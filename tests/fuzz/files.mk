# Fuzz targets. Each is replayed over its corpus in ./check; tests/fuzz/run (make fuzz) lets libFuzzer loose on them.
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
tests_fuzz_replay_policy_LDADD = libcore.a libbase.a $(UTF8PROC_LIBS) -lm

tests_fuzz_replay_classify_SOURCES = tests/fuzz/fuzz_classify.c tests/fuzz/replay.c
tests_fuzz_replay_classify_LDADD = libcore.a libbase.a
tests_fuzz_replay_answer_SOURCES = tests/fuzz/fuzz_answer.c tests/fuzz/replay.c
tests_fuzz_replay_answer_LDADD = libcore.a libbase.a -lm
tests_fuzz_replay_head_SOURCES = tests/fuzz/fuzz_head.c tests/fuzz/replay.c tests/fuzz/answerer.c tests/fuzz/answerer.h
tests_fuzz_replay_head_LDADD = libio.a libcore.a libbase.a $(CURL_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS) -lm
tests_fuzz_replay_command_SOURCES = tests/fuzz/fuzz_command.c tests/fuzz/replay.c
tests_fuzz_replay_command_LDADD = libcore.a libbase.a

tests_fuzz_replay_input_SOURCES = tests/fuzz/fuzz_input.c tests/fuzz/replay.c
tests_fuzz_replay_input_LDADD = libui.a libcore.a libbase.a $(UTF8PROC_LIBS)

tests_fuzz_replay_target_SOURCES = tests/fuzz/fuzz_target.c tests/fuzz/replay.c
tests_fuzz_replay_target_LDADD = libcore.a libbase.a -lm

tests_fuzz_replay_picture_SOURCES = tests/fuzz/fuzz_picture.c tests/fuzz/replay.c tests/picture/canvas.c tests/picture/canvas.h
tests_fuzz_replay_picture_LDADD = libui.a libcore.a libbase.a $(SIXEL_LIBS) $(UTF8PROC_LIBS)

tests_fuzz_replay_wire_SOURCES = tests/fuzz/fuzz_wire.c tests/fuzz/replay.c tests/fuzz/answerer.c tests/fuzz/answerer.h
tests_fuzz_replay_wire_LDADD = libio.a libcore.a libbase.a $(UV_LIBS)
