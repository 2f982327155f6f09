# Faults: a gate under load that dies again and again, and a disk, a clock and a network that fail on request.
check_PROGRAMS += tests/fault/storm
TESTS += tests/fault/storm.sh tests/fault/power.sh tests/fault/clock.sh tests/fault/disk.sh tests/fault/net.sh tests/fault/stream.sh tests/fault/processes.sh
tests_fault_storm_SOURCES = tests/fault/storm.c tests/fault/storm.h tests/fault/load.c tests/fault/checker.c tests/fault/wire.c
tests_fault_storm_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) -pthread
tests_fault_storm_LDADD = libio.a libcore.a libbase.a $(SQLITE_LIBS) $(UTF8PROC_LIBS) -lm -lpthread
check_PROGRAMS += tests/fault/tls
tests_fault_tls_SOURCES = tests/fault/tls.c
tests_fault_tls_LDADD = -lssl $(CRYPTO_LIBS)

# Preloaded, so a shared library; not under sanitizers, whose own has to come first.
if !SANITIZE
check_DATA = tests/fault/shim.so
CLEANFILES += tests/fault/shim.so
tests/fault/shim.so: $(srcdir)/tests/fault/shim.c
	$(AM_V_CCLD)$(MKDIR_P) tests/fault && $(CC) -std=gnu11 -O2 -g -Wall -Wextra -fPIC -shared -o $@ $(srcdir)/tests/fault/shim.c -ldl
endif
EXTRA_DIST += tests/fault/shim.c tests/fault/run tests/fault/storm.sh tests/fault/shim.sh tests/fault/power.sh tests/fault/clock.sh tests/fault/disk.sh tests/fault/net.sh \
	tests/fault/stream.sh tests/fault/processes.sh

ROUNDS = 10000
fault: check-programs
	ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(srcdir)/tests/fault/run' $(ROUNDS)
.PHONY: fault
