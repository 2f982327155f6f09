noinst_LIBRARIES += libui.a
libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) $(SIXEL_CFLAGS) $(UTF8PROC_CFLAGS)
libui_a_SOURCES = \
	ui/agents.c \
	ui/alike_form.c ui/alike_form.h \
	ui/approvals.c \
	ui/arm.c ui/arm.h \
	ui/blocks.c ui/blocks.h \
	ui/card.c ui/card.h \
	ui/card_agent.c \
	ui/card_body.c \
	ui/card_facts.c ui/card_facts.h \
	ui/card_hits.c \
	ui/card_knows.c \
	ui/card_lacks.c \
	ui/card_page.c ui/card_page.h \
	ui/card_parts.c \
	ui/card_request.c \
	ui/cells.c ui/cells.h \
	ui/dash.h \
	ui/dashboard.c ui/dashboard.h \
	ui/decide.c \
	ui/desk.c ui/desk.h \
	ui/detect.c ui/detect.h \
	ui/diff.c ui/diff.h \
	ui/draw.c \
	ui/echo.c ui/echo.h \
	ui/flight.c ui/flight.h \
	ui/editor.c ui/editor.h \
	ui/hand.c ui/hand.h ui/hand_own.h \
	ui/hand_act.c \
	ui/hand_cross.c \
	ui/hand_lists.c \
	ui/hand_mouse.c \
	ui/hand_name.c ui/hand_name.h \
	ui/hand_out.c ui/hand_out.h \
	ui/hand_point.c ui/hand_point.h \
	ui/input.c ui/input.h \
	ui/keybind.c \
	ui/keymap.c ui/keymap.h \
	ui/kitty.c ui/kitty.h \
	ui/letters.c ui/letters.h \
	ui/live.c ui/live.h \
	ui/log_keys.c \
	ui/logline.c ui/logline.h \
	ui/logmove.c \
	ui/logview.c ui/logview.h \
	ui/logwindow.c ui/logwindow.h \
	ui/looking.c \
	ui/many.c \
	ui/mark.c ui/mark.h \
	ui/mark_font.c ui/mark_font.h \
	ui/marking.c \
	ui/needs.c ui/needs.h \
	ui/needs_ask.c \
	ui/notices.c ui/notices.h \
	ui/pairs.c ui/pairs.h \
	ui/picture.c ui/picture.h \
	ui/picture_stream.c ui/picture_stream.h \
	ui/prompt.c \
	ui/quant.c ui/quant.h \
	ui/rects.c ui/rects.h \
	ui/run.c \
	ui/scale.c ui/scale.h \
	ui/screen_title.c \
	ui/selecting.c \
	ui/sixel.c ui/sixel.h \
	ui/sixel_band.c \
	ui/sixel_lib.c \
	ui/stills.c \
	ui/modes.c ui/modes.h \
	ui/term.c ui/term.h \
	ui/terminals.c ui/terminals.h \
	ui/theme.c ui/theme.h \
	ui/tty.c ui/tty.h \
	ui/turns.c ui/turns.h \
	ui/view_agents.c \
	ui/view_approval.c \
	ui/view_bar.c \
	ui/view_card.c \
	ui/view_crop.c \
	ui/view_edit.c \
	ui/view_hand.c \
	ui/view_help.c \
	ui/view_log.c \
	ui/view_needs.c \
	ui/view_overview.c \
	ui/view_rules.c \
	ui/view_sessions.c \
	ui/view_tape.c \
	ui/view_top.c \
	ui/view_turns.c
