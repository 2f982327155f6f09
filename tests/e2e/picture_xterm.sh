#!/bin/bash
# Pictures by sixel in a real xterm: pictures_lib.sh.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
plain_build_only
start_pictures
dashboard_in xterm -ti vt340 -tn xterm-256color -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 -geometry 120x35+0+0 -xrm 'XTerm*cursorBlink: false' -e
wait_until 20 find_window XTerm
pictures 10 20 0 0
end_test
