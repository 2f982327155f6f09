# The gate's tests, on the real programs.
TESTS += tests/e2e/masked.sh tests/e2e/dashboard.sh tests/e2e/gate.sh tests/e2e/gate_crash.sh tests/e2e/gate_local.sh tests/e2e/gate_start.sh tests/e2e/programs.sh
check_PROGRAMS += tests/e2e/upstream
tests_e2e_upstream_SOURCES = tests/e2e/upstream.c
tests_e2e_upstream_LDADD = libbase.a $(ZLIB_LIBS)
EXTRA_DIST += tests/e2e/lib.sh tests/e2e/gate_lib.sh tests/e2e/terminal_lib.sh tests/e2e/gate.sh tests/e2e/gate_crash.sh tests/e2e/gate_local.sh tests/e2e/gate_start.sh tests/e2e/programs.sh
