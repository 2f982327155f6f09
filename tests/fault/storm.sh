#!/bin/bash
# F15, F16 and F33 in short; make fault is the long one.
set -u
rounds=240
[ -e "${ASSENT_BUILD:?}/tests/fault/shim.so" ] || rounds=40	# sanitizers: each start takes its time
exec "$ASSENT_SRC/tests/fault/run" $rounds 2>&1
