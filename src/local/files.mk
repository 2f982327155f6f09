noinst_LIBRARIES += liblocal.a
liblocal_a_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(XCB_CFLAGS) $(DBUS_CFLAGS) $(ZLIB_CFLAGS) $(SECCOMP_CFLAGS)
liblocal_a_SOURCES = \
	src/local/accessible.c src/local/accessible.h \
	src/local/act.c src/local/act.h \
	src/local/api.c src/local/api.h \
	src/local/authority.c src/local/authority.h src/local/authority_own.h \
	src/local/authority_file.c \
	src/local/catalog.c src/local/catalog.h \
	src/local/computer.c \
	src/local/control.c src/local/control.h \
	src/local/copytree.c src/local/copytree.h \
	src/local/deployment.c src/local/deployment.h \
	src/local/desktop.c src/local/desktop.h src/local/desktop_own.h \
	src/local/desktop_clipboard.c \
	src/local/desktop_windows.c \
	src/local/driver.c src/local/driver.h src/local/driver_own.h \
	src/local/driver_child.c \
	src/local/driver_input.c \
	src/local/driver_screen.c \
	src/local/env.c \
	src/local/events.c src/local/events.h \
	src/local/exec.c src/local/exec.h \
	src/local/exec_ticket.c src/local/exec_ticket.h \
	src/local/fallback.c src/local/fallback.h \
	src/local/fault.c src/local/fault.h \
	src/local/feed.c src/local/feed.h \
	src/local/files.c src/local/files.h \
	src/local/files_change.c \
	src/local/guest.c src/local/guest.h \
	src/local/history.c src/local/history.h \
	src/local/lifecycle.c \
	src/local/machine.c \
	src/local/machine_keep.c \
	src/local/multipart.c src/local/multipart.h \
	src/local/pngwrite.c src/local/pngwrite.h \
	src/local/preview.c \
	src/local/probe.c src/local/probe.h \
	src/local/processes.c src/local/processes_own.h \
	src/local/processes_signal.c \
	src/local/relay.c src/local/relay.h \
	src/local/repeats.c src/local/repeats.h \
	src/local/routes_actions.c \
	src/local/routes_computer.c \
	src/local/routes_control.c \
	src/local/routes_desktop.c \
	src/local/routes_exec.c \
	src/local/routes_files.c \
	src/local/routes_runs.c \
	src/local/routes_sandbox.c \
	src/local/routes_snapshots.c \
	src/local/routes_tree.c \
	src/local/routes_workspace.c \
	src/local/runs.c src/local/runs.h \
	src/local/sandbox.c src/local/sandbox.h src/local/sandbox_own.h \
	src/local/sandbox_enter.c \
	src/local/sandbox_exec.c \
	src/local/snapshots.c src/local/snapshots.h src/local/snapshots_own.h \
	src/local/snapshots_copy.c \
	src/local/step.c src/local/step.h \
	src/local/tickets.c src/local/tickets.h \
	src/local/trail.c src/local/trail.h \
	src/local/watch.c src/local/watch.h src/local/watch_own.h \
	src/local/watch_folders.c \
	src/local/watch_readers.c \
	src/local/when.c src/local/when.h
