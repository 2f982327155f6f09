# The demo's form; its agents are scripts.
noinst_PROGRAMS += examples/assent-form
examples_assent_form_SOURCES = examples/form.c
examples_assent_form_CFLAGS = $(AM_CFLAGS) $(XCB_CFLAGS)
examples_assent_form_LDADD = libbase.a $(XCB_LIBS) $(CRYPTO_LIBS)
