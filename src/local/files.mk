noinst_LIBRARIES += liblocal.a
liblocal_a_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(XCB_CFLAGS) $(ZLIB_CFLAGS) $(SECCOMP_CFLAGS)
liblocal_a_SOURCES =
