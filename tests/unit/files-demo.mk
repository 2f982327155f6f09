# The whole, end to end, in real terminals.
TESTS += tests/e2e/demo.sh tests/e2e/picture_claims.sh tests/e2e/picture_kitty.sh tests/e2e/picture_mlterm.sh tests/e2e/picture_tmux.sh tests/e2e/picture_xterm.sh tests/e2e/xterm_sixel.sh
EXTRA_DIST += tests/e2e/pictures_lib.sh tests/e2e/picture_tmux_sixel.sh tests/e2e/demo.sh tests/e2e/picture_claims.sh tests/e2e/picture_kitty.sh tests/e2e/picture_mlterm.sh tests/e2e/picture_tmux.sh tests/e2e/picture_xterm.sh tests/e2e/xterm_sixel.sh tests/e2e/xterm.sh

# By hand: Debian 12's tmux has no sixel.
check-tmux-sixel: check-programs
	ASSENT_SHOW=1 ASSENT_SRC='$(abs_top_srcdir)' ASSENT_BUILD='$(abs_top_builddir)' '$(srcdir)/tests/run' plain tests/e2e/picture_tmux_sixel.sh
.PHONY: check-tmux-sixel
