#!/bin/bash
# Pictures by sixel in a real mlterm: pictures_lib.sh.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
plain_build_only
start_pictures
dashboard_in mlterm -O none -s -g 120x35 -e
wait_until 20 find_window mlterm
pictures 10 19 2 2
end_test
