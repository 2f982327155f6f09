noinst_LIBRARIES += libui.a
libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) $(SIXEL_CFLAGS) $(UTF8PROC_CFLAGS)
libui_a_SOURCES = \
	ui/arm.c ui/arm.h \
	ui/cells.c ui/cells.h \
	ui/dashboard.c ui/dashboard.h \
	ui/detect.c ui/detect.h \
	ui/input.c ui/input.h \
	ui/keymap.c ui/keymap.h \
	ui/picture.c ui/picture.h \
	ui/sixel.c \
	ui/term.c ui/term.h \
	ui/view_card.c \
	ui/view_help.c \
	ui/view_overview.c
