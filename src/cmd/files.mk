# The programs. assent is the dashboard and the commands, without libcurl and SQLite; assent-gate is the gate and the commands that need these, and
# assent starts it (docs/ARCHITECTURE.md). assent needs no X library; assent-local needs no terminal library.
bin_PROGRAMS += assent assent-local
libexec_PROGRAMS += assent-gate

cmd_shared = \
	src/cmd/call.c \
	src/cmd/cmd.h \
	src/cmd/lines.c src/cmd/lines.h \
	src/cmd/passphrase.c \
	src/cmd/paths.c \
	src/cmd/start.c \
	src/cmd/unlock.c src/cmd/unlock.h

assent_gate_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
assent_gate_SOURCES = $(cmd_shared) \
	src/cmd/address.c \
	src/cmd/agent.c \
	src/cmd/doctor_record.c \
	src/cmd/gate_cmd.c \
	src/cmd/gate_main.c \
	src/cmd/group.c \
	src/cmd/tail.c src/cmd/tail.h \
	src/cmd/tail_session.c \
	src/cmd/tail_url.c
assent_gate_LDADD = libgate.a libui.a libio.a libcore.a libbase.a \
	$(CURL_LIBS) $(SQLITE_LIBS) $(PNG_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) \
	$(UV_LIBS) $(UTF8PROC_LIBS) $(CONFUSE_LIBS) $(PCRE2_LIBS)

assent_CPPFLAGS = $(AM_CPPFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
assent_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
assent_SOURCES = $(cmd_shared) \
	src/cmd/actions.h \
	src/cmd/alike.c \
	src/cmd/approval.c \
	src/cmd/ask.c src/cmd/ask.h \
	src/cmd/budget.c \
	src/cmd/client.c src/cmd/client.h src/cmd/client_own.h \
	src/cmd/client_hand.c \
	src/cmd/client_log.c \
	src/cmd/client_post.c \
	src/cmd/completion.c \
	src/cmd/console.c src/cmd/console.h \
	src/cmd/dashboard.c \
	src/cmd/dashboard_args.c src/cmd/dashboard_args.h \
	src/cmd/decide.c \
	src/cmd/doctor.c \
	src/cmd/doctor_terminal.c src/cmd/doctor.h \
	src/cmd/freeze.c \
	src/cmd/gate_program.c \
	src/cmd/hand.c src/cmd/hand.h \
	src/cmd/logsave.c src/cmd/logsave.h \
	src/cmd/main.c \
	src/cmd/notice.c src/cmd/notice.h \
	src/cmd/operator.c \
	src/cmd/plain.c \
	src/cmd/policy.c \
	src/cmd/pictures.c src/cmd/pictures.h \
	src/cmd/inset.c src/cmd/inset.h src/cmd/pixels.c src/cmd/pixels.h \
	src/cmd/queue.c \
	src/cmd/reading.c src/cmd/reading.h \
	src/cmd/sending.c src/cmd/sending.h \
	src/cmd/session.c \
	src/cmd/session_run.c src/cmd/session_run.h \
	src/cmd/show.c \
	src/cmd/show_facts.c \
	src/cmd/spawn_gate.c \
	src/cmd/status.c
assent_LDADD = libui.a libio.a libcore.a libbase.a \
	$(NCURSES_LIBS) $(SIXEL_LIBS) $(PNG_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) \
	$(UV_LIBS) $(UTF8PROC_LIBS) $(CONFUSE_LIBS) $(PCRE2_LIBS)

# What shells complete with: the program says it itself.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = completions/assent
nodist_zshcompletion_DATA = completions/_assent
nodist_fishcompletion_DATA = completions/assent.fish
CLEANFILES += completions/assent completions/_assent completions/assent.fish
completions/assent: assent$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./assent$(EXEEXT) completion bash >$@
completions/_assent: assent$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./assent$(EXEEXT) completion zsh >$@
completions/assent.fish: assent$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./assent$(EXEEXT) completion fish >$@

assent_local_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
assent_local_SOURCES = src/cmd/assent_local.c
assent_local_LDADD = liblocal.a libio.a libcore.a libbase.a \
	$(XCB_LIBS) $(DBUS_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS)
