noinst_LIBRARIES += libbase.a
libbase_a_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libbase_a_SOURCES = \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/crypto.c src/base/crypto.h \
	src/base/digest.c src/base/digest.h \
	src/base/err.c src/base/err.h \
	src/base/json.c src/base/json.h src/base/json_own.h \
	src/base/json_check.c \
	src/base/json_write.c \
	src/base/nearest.c src/base/nearest.h \
	src/base/utf8.c src/base/utf8.h
