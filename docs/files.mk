# Manual pages.
dist_man_MANS += docs/assent.1 docs/assent-gate.1 docs/assent-local.1 docs/assent-operator.1 docs/assent-policy.5 docs/assent.conf.5
# Run by root, to give the gate a user of its own.
dist_pkgdata_SCRIPTS = build-aux/strong-mode
