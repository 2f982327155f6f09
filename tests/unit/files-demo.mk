# The whole, end to end, in real terminals.
TESTS += tests/e2e/demo.sh tests/e2e/picture_kitty.sh tests/e2e/picture_mlterm.sh tests/e2e/picture_tmux.sh tests/e2e/picture_xterm.sh tests/e2e/xterm_sixel.sh
EXTRA_DIST += tests/e2e/demo.sh tests/e2e/picture_kitty.sh tests/e2e/picture_mlterm.sh tests/e2e/picture_tmux.sh tests/e2e/picture_xterm.sh tests/e2e/xterm_sixel.sh tests/e2e/xterm.sh
