# Requests with a flaw: their tables, and what sends them.
TESTS += tests/e2e/hostile.sh tests/e2e/bodies.sh tests/e2e/listen.sh
check_PROGRAMS += tests/hostile/hostile
tests_hostile_hostile_SOURCES = tests/hostile/hostile.c
tests_hostile_hostile_LDADD = libcore.a libbase.a
EXTRA_DIST += tests/e2e/hostile.sh tests/e2e/bodies.sh tests/e2e/listen.sh tests/hostile/README tests/hostile/00-late.txt \
	tests/hostile/01-lines.txt tests/hostile/02-request-line.txt tests/hostile/03-headers.txt tests/hostile/04-host.txt \
	tests/hostile/05-lengths.txt tests/hostile/06-chunks.txt tests/hostile/07-behind.txt tests/hostile/08-upgrade.txt \
	tests/hostile/09-override.txt tests/hostile/10-paths.txt tests/hostile/11-pages.txt tests/hostile/12-limits.txt \
	tests/hostile/13-tokens.txt
