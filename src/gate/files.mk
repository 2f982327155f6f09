noinst_LIBRARIES += libgate.a
libgate_a_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
libgate_a_SOURCES =
