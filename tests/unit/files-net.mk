check_PROGRAMS += tests/unit/test_http
TESTS += tests/unit/test_http
tests_unit_test_http_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(UV_CFLAGS)
tests_unit_test_http_LDADD = libio.a libcore.a libbase.a $(CMOCKA_LIBS) $(CURL_LIBS) $(UV_LIBS)
tests_unit_test_http_SOURCES = tests/unit/test_http.c tests/unit/scripted.c tests/unit/scripted.h

check_PROGRAMS += tests/unit/test_wire
TESTS += tests/unit/test_wire
tests_unit_test_wire_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(UV_CFLAGS)
tests_unit_test_wire_LDADD = libio.a libcore.a libbase.a $(CMOCKA_LIBS) $(UV_LIBS)
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c tests/unit/scripted.c tests/unit/scripted.h

check_PROGRAMS += tests/unit/test_key tests/unit/test_log
TESTS += tests/unit/test_key tests/unit/test_log

check_PROGRAMS += tests/unit/test_http_tls
TESTS += tests/unit/test_http_tls
tests_unit_test_http_tls_LDADD = libio.a libcore.a libbase.a $(CMOCKA_LIBS) $(CURL_LIBS) $(UV_LIBS) -lssl $(CRYPTO_LIBS)

TESTS += tests/e2e/tail.sh
EXTRA_DIST += tests/e2e/tail.sh
