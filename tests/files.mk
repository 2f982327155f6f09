# Tests, benches, fuzzers: each part of the program lists its own.
if TESTS_POSSIBLE
include tests/bench/files.mk
include tests/unit/files-alike.mk
include tests/unit/files-core.mk
include tests/unit/files-gate.mk
include tests/unit/files-bound.mk
include tests/unit/files-intake.mk
include tests/unit/files-identity.mk
include tests/unit/files-local.mk
include tests/unit/files-sandboxes.mk
include tests/unit/files-logs.mk
include tests/unit/files-desktop.mk
include tests/unit/files-ui.mk
include tests/unit/files-picture.mk
include tests/unit/files-target.mk
include tests/unit/files-demo.mk
include tests/unit/files-net.mk
include tests/fault/files.mk
include tests/soak/files.mk
include tests/hostile/files.mk
include tests/robot/files.mk
include tests/unit/files-policy.mk
include tests/unit/files-protocol.mk
include tests/unit/files-streams.mk
endif

include tests/fuzz/files.mk

# What ./check asks: the tests' programs built, and the tests' names.
# After all, and not beside it: two makes would write the same libraries at once.
check-programs: all
	test -z "$(check_PROGRAMS)" || $(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_DATA)
list-tests:
	@echo $(TESTS)
# What a script may start beside the programs themselves: for tests/mutants/run.
list-programs:
	@echo $(check_PROGRAMS)
.PHONY: check-programs list-tests list-programs
AM_TESTS_ENVIRONMENT = ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)'; export ASSENT_SRC ASSENT_BUILD;
# What a test links that says nothing else.
LDADD = libgate.a libui.a liblocal.a libio.a libcore.a libbase.a \
	$(CMOCKA_LIBS) $(VTERM_LIBS) $(NCURSES_LIBS) $(SIXEL_LIBS) $(CURL_LIBS) $(SQLITE_LIBS) $(PNG_LIBS) $(SECCOMP_LIBS) \
	$(XCB_LIBS) $(DBUS_LIBS) $(ZLIB_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS) $(CONFUSE_LIBS) $(PCRE2_LIBS) -lm
