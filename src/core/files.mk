noinst_LIBRARIES += libcore.a
libcore_a_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
libcore_a_SOURCES =
