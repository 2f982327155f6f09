noinst_LIBRARIES += libgate.a
libgate_a_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
libgate_a_SOURCES = \
	src/gate/agents.c \
	src/gate/alikes.c src/gate/alikes.h \
	src/gate/answer.c src/gate/answer.h \
	src/gate/approvals.c src/gate/approvals.h \
	src/gate/approvals_match.c \
	src/gate/askers.c \
	src/gate/asks.c src/gate/asks.h \
	src/gate/bodies.c src/gate/bodies.h \
	src/gate/budgets.c src/gate/budgets.h \
	src/gate/byhand.c src/gate/byhand.h \
	src/gate/costs.c src/gate/costs.h \
	src/gate/decision.c \
	src/gate/entry.c \
	src/gate/edit.c \
	src/gate/ending.c \
	src/gate/events.c \
	src/gate/executor.c \
	src/gate/facts.c src/gate/facts.h \
	src/gate/facts_ask.c \
	src/gate/facts_record.c \
	src/gate/facts_target.c \
	src/gate/faults.c src/gate/faults.h \
	src/gate/feed.c \
	src/gate/follow.c \
	src/gate/freeze.c \
	src/gate/gate.c src/gate/gate.h \
	src/gate/handback.c \
	src/gate/input.c src/gate/input.h \
	src/gate/intake.c \
	src/gate/judging.c src/gate/judging.h \
	src/gate/kept.c src/gate/kept.h \
	src/gate/lease.c src/gate/lease.h \
	src/gate/letgo.c src/gate/letgo.h \
	src/gate/listeners.c \
	src/gate/origin.c \
	src/gate/logs.c src/gate/logs.h \
	src/gate/logs_load.c \
	src/gate/logscan.c src/gate/logscan.h \
	src/gate/news.c src/gate/news.h \
	src/gate/notes.c \
	src/gate/op_alike.c \
	src/gate/op_budget.c \
	src/gate/op_hand.c \
	src/gate/op_log.c \
	src/gate/op_session.c \
	src/gate/op_policy.c \
	src/gate/operator.c src/gate/operator.h \
	src/gate/operators.c \
	src/gate/pass.c \
	src/gate/patience.c \
	src/gate/peers.c \
	src/gate/pictures.c src/gate/pictures.h \
	src/gate/place.c src/gate/place.h \
	src/gate/presence.c \
	src/gate/rates.c \
	src/gate/running.c \
	src/gate/runs.c src/gate/runs.h \
	src/gate/look.c src/gate/look.h \
	src/gate/screen_after.c \
	src/gate/screen_check.c \
	src/gate/screens.c src/gate/screens.h \
	src/gate/sessions.c src/gate/sessions.h \
	src/gate/sight.c src/gate/sight.h \
	src/gate/snapshot.c \
	src/gate/state.c \
	src/gate/stream.c src/gate/stream.h src/gate/stream_own.h \
	src/gate/stream_open.c \
	src/gate/takeover.c \
	src/gate/view.c \
	src/gate/wallclock.c
