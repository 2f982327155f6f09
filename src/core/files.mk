noinst_LIBRARIES += libcore.a
libcore_a_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
libcore_a_SOURCES = \
	src/core/action.c src/core/action.h \
	src/core/activity.c src/core/activity.h \
	src/core/alike.c src/core/alike.h \
	src/core/alike_spec.c \
	src/core/budget.c src/core/budget.h \
	src/core/capability.c src/core/capability.h \
	src/core/classify.c src/core/classify.h \
	src/core/classify_table.c \
	src/core/command_effects.c src/core/command_effects.h \
	src/core/command_parts.c src/core/command_parts.h \
	src/core/coordinates.c src/core/coordinates.h \
	src/core/describe.c src/core/describe.h \
	src/core/desktop_state.c src/core/desktop_state.h \
	src/core/fingerprint.c src/core/fingerprint.h \
	src/core/httpanswer.c src/core/httpanswer.h \
	src/core/httpchunks.c \
	src/core/httplines.c src/core/httplines.h \
	src/core/httpmsg.c src/core/httpmsg.h \
	src/core/httppath.c \
	src/core/handinput.c src/core/handinput.h \
	src/core/keyname.c src/core/keyname.h \
	src/core/logblock.c src/core/logblock.h \
	src/core/logids.c src/core/logids.h \
	src/core/mask.c src/core/mask.h \
	src/core/mask_stream.c src/core/mask_stream.h \
	src/core/miosa_authority.c src/core/miosa_authority.h \
	src/core/miosa_envelope.c src/core/miosa_envelope.h \
	src/core/miosa_error.c \
	src/core/miosa_event.c src/core/miosa_event.h \
	src/core/miosa_object.c src/core/miosa_object.h \
	src/core/miosa_screenshot.c src/core/miosa_screenshot.h \
	src/core/likeness.c src/core/likeness.h \
	src/core/model.c src/core/model.h src/core/model_own.h \
	src/core/model_action.c \
	src/core/model_alike.c \
	src/core/model_fields.c \
	src/core/model_find.c \
	src/core/model_parts.c \
	src/core/model_found.c src/core/model_found.h \
	src/core/model_screens.c \
	src/core/model_ended.c src/core/model_ended.h \
	src/core/override.c src/core/override.h \
	src/core/patience.c src/core/patience.h \
	src/core/policy.c src/core/policy.h \
	src/core/policy_keys.c \
	src/core/policy_match.c \
	src/core/policy_parse.c src/core/policy_read.h \
	src/core/policy_probe.c \
	src/core/prefer.c src/core/prefer.h \
	src/core/presence.c src/core/presence.h \
	src/core/queue.c src/core/queue.h \
	src/core/reconnect.c src/core/reconnect.h \
	src/core/recent.c src/core/recent.h \
	src/core/redirect.c src/core/redirect.h \
	src/core/risks.c src/core/risks.h \
	src/core/screendiff.c src/core/screendiff.h \
	src/core/safetext.c src/core/safetext.h \
	src/core/sgr.c src/core/sgr.h \
	src/core/signed.c src/core/signed.h \
	src/core/sse.c src/core/sse.h \
	src/core/target.c src/core/target.h \
	src/core/target_read.c src/core/target_read.h \
	src/core/words.c src/core/words.h
