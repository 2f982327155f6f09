# The demo's form; its agents are scripts. It runs inside a computer, whose limits on memory no sanitizer fits into: so it never has one,
# and takes the one file of ours that it needs as its own.
noinst_PROGRAMS += examples/assent-form
examples_assent_form_SOURCES = examples/form.c examples/form_access.c examples/form_access.h src/base/utf8.c
examples_assent_form_CFLAGS = $(AM_CFLAGS) $(XCB_CFLAGS) $(DBUS_CFLAGS) -fno-sanitize=all
examples_assent_form_LDFLAGS = $(AM_LDFLAGS) -fno-sanitize=all
examples_assent_form_LDADD = $(XCB_LIBS) $(DBUS_LIBS)
