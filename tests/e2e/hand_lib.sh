# hand_lib.sh: what the two scripts share that fill in the demo's form by hand, in a real xterm with sixel. Sourced first.
# shellcheck shell=bash
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/xterm.sh"
if [ "${ASSENT_KIND-}" = sanitize ]; then
	report 0 "a real terminal is driven in the plain build only"
	end_test
fi

start_local --computers 1
computer='' window='' form_log=''
find_computer() { computer=$(session_id computers desk-1); }
wait_until 30 find_computer || { report 1 "a computer runs"; end_test; }
launched() { local_api "/computers/$computer/desktop/launch" -f -d '{"app": "assent-form"}'; }
wait_until 20 launched || { report 1 "the form is started"; end_test; }
find_form() {
	window=$(local_api "/computers/$computer/desktop/windows" | jq -ce 'map(select(.title == "Order form")) | .[0]') && [ "$window" != null ] &&
		form_log=$(find "$local_state" -name form.log | grep .)
}
wait_until 20 find_form || { report 1 "the form is open"; end_test; }
# Where the form draws what is clicked, on the screen.
form_x=$(jq .x <<<"$window") form_y=$(jq .y <<<"$window")
start_gate
add_agent clerk >/dev/null

start_xserver 1200x760
start_xterm 120x35 "$ASSENT_BUILD/assent" --socket "$socket"
somebody() { operator /v1/state | jq -e '.presence | length > 0'; }
wait_until 20 somebody || report 1 "the dashboard is there"

taken() { operator /v1/state | jq -e --arg c "$computer" '.sessions[] | select(.id == $c) | .takeover.attached'; }
handed_back() { operator /v1/state | jq -e --arg c "$computer" '.sessions[] | select(.id == $c) | .takeover == null'; }
# In control the picture begins at column 1, row 2; the screen of 1280x800 is drawn as 960x600 there: 4 of its pixels are 3.
picture_is_large() {
	local got
	local_api "/computers/$computer/desktop/screenshot" -o "$ASSENT_TMP/screen.png"
	convert "$ASSENT_TMP/screen.png" -filter Box -resize 960x600! "$ASSENT_TMP/want.png"
	shoot "$ASSENT_TMP/shot.png"
	convert "$ASSENT_TMP/shot.png" -crop 960x600+10+40 +repage "$ASSENT_TMP/got.png"
	got=$(compare -metric PSNR "$ASSENT_TMP/got.png" "$ASSENT_TMP/want.png" null: 2>&1)
	awk -v p="$got" 'BEGIN { exit !(p == "inf" || p > 24) }'
}
logged() { grep -qxF -- "$1" "$form_log"; }
# The form's own log, without the single keys of a text: what was pressed where, what had the focus, what each field had in the end.
told() {
	awk '/^raw key/ { next } /^text / { split($2, f, "="); if (f[1] != field) { if (last != "") print last; field = f[1] } last = $0; next }
		{ if (last != "") print last; last = field = ""; print } END { if (last != "") print last }' "$form_log"
}
# How many key presses reached it, but for those of the shift key.
keys_told() { grep '^raw key' "$form_log" | grep -cv '^raw key 0xffe1 '; }
