# Manual pages.
dist_man_MANS += docs/assent.1 docs/assent-local.1 docs/assent-operator.1
# Run by root, to give the gate a user of its own.
dist_pkgdata_SCRIPTS = build-aux/strong-mode
