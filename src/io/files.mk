noinst_LIBRARIES += libio.a
libio_a_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(CURL_CFLAGS) $(SQLITE_CFLAGS) $(PNG_CFLAGS) $(SECCOMP_CFLAGS) $(CONFUSE_CFLAGS) $(PCRE2_CFLAGS)
libio_a_SOURCES = \
	src/io/charset.c src/io/charset.h \
	src/io/failpoint.c src/io/failpoint.h \
	src/io/http.c src/io/http.h src/io/http_own.h \
	src/io/http_answer.c \
	src/io/http_lines.c \
	src/io/http_loop.c \
	src/io/http_request.c \
	src/io/identity.c src/io/identity.h \
	src/io/key.c src/io/key.h \
	src/io/log.c src/io/log.h \
	src/io/moment.c src/io/moment.h \
	src/io/pattern.c src/io/pattern.h \
	src/io/picstore.c src/io/picstore.h \
	src/io/png.c src/io/png.h \
	src/io/png_box.c \
	src/io/png_child.c \
	src/io/private.c src/io/private.h \
	src/io/server.c src/io/server.h \
	src/io/server_answer.c \
	src/io/server_body.c \
	src/io/server_conn.c src/io/server_conn.h \
	src/io/server_read.c \
	src/io/sockets.c src/io/sockets.h \
	src/io/spool.c src/io/spool.h \
	src/io/standard.c src/io/standard.h \
	src/io/store.h src/io/store_sqlite.h \
	src/io/store_actions.c \
	src/io/store_agents.c \
	src/io/store_alikes.c \
	src/io/store_answers.c \
	src/io/store_budgets.c \
	src/io/store_decisions.c \
	src/io/store_moves.c \
	src/io/store_screens.c \
	src/io/store_settings.c \
	src/io/store_notes.c \
	src/io/store_operators.c \
	src/io/store_schema.c \
	src/io/store_sqlite.c \
	src/io/settings.c src/io/settings.h \
	src/io/textfile.c src/io/textfile.h \
	src/io/wire.c src/io/wire.h
