# Manual pages.
dist_man_MANS += docs/assent.1 docs/assent-local.1 docs/assent-operator.1
