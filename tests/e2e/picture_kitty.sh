#!/bin/bash
# Pictures by its own protocol in a real kitty, which draws through OpenGL: in software here. pictures_lib.sh.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
plain_build_only
export LIBGL_ALWAYS_SOFTWARE=1 KITTY_CONFIG_DIRECTORY=$ASSENT_TMP/kitty
start_pictures
dashboard_in kitty --config NONE -o remember_window_size=no -o initial_window_width=120c -o initial_window_height=35c -o font_family='DejaVu Sans Mono' \
	-o font_size=12 -o update_check_interval=0 -o window_margin_width=0 -o window_padding_width=0
wait_until 20 find_window kitty
pictures 10 19 0 0
end_test
