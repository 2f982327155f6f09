# pictures.sh: pictures to sixel, beside other programs that do it, on the ten screens of the corpus. Sourced by tests/bench/run.
# shellcheck shell=bash

# encode_row NAME START COMMAND...: CPU of the command, and without what the program's mere start costs (START: it says its version); and its picture. Sets net.
encode_row() {
	local name=$1 start=$2 all begin
	shift 2
	all=$(cpu_of "$@") begin=$(cpu_of $start)
	net=$(calc "printf \"%.1f\", $all - $begin")
	"$@" >encoded.six 2>/dev/null
	printf '  %-18s %6.1f ms, without its start %6.1f; %s' "$name" "$all" "$net" "$("$bench/bench_picture" psnr 960 600 "$screen" encoded.six)"
}

# peer_row ARGUMENTS: assent beside it.
peer_row() {
	encode_row "$@"
	echo "; assent takes $(ratio "$ours" "$net") of it"
}

bench_pictures() {
	local screens=$ASSENT_SRC/tests/corpus/screens screen ours net
	screen=$screens/desk-07.png
	echo "== A whole picture, 1280x800 to 960x600 (budget: half of chafa's CPU, aim 0.3; 41 dB). Likeness is to the screen scaled by area average"
	echo "  by parts: $("$bench/bench_picture" full 960 600 "$screen")"
	encode_row assent "$bench/bench_picture" "$bench/bench_picture" once 960 600 "$screen"
	echo
	ours=$net
	have chafa && peer_row chafa 'chafa --version' chafa -f sixels -s 120x75 --font-ratio 1/1 "$screen"
	have img2sixel libsixel-bin && peer_row img2sixel 'img2sixel -V' img2sixel -w 960 -h 600 "$screen" &&
		peer_row 'img2sixel -d none' 'img2sixel -V' img2sixel -d none -w 960 -h 600 "$screen"
	have convert imagemagick && peer_row ImageMagick 'convert -version' convert "$screen" -filter Box -resize '960x600!' +dither -colors 256 sixel:-
	echo "== The changes of ten screens (budget: a typed word 2 %, the median 20 % of a whole picture's bytes)"
	"$bench/bench_picture" frames 960 600 "$screens"/desk-0?.png
	echo "== Five pictures a second for ten seconds, decoded by the boxed child"
	echo "  $("$bench/bench_picture" live 960 600 "$screens"/desk-0?.png)"
}

# Behind the real substrate, at rest between two: for each a letter is typed on the desktop.
bench_live() {
	local port=${LOCAL_URL#http://127.0.0.1:}
	echo "== From a letter on a desktop of assent-local to the last byte of its picture ($LETTERS letters; ms)"
	read -r p50 p95 most size < <("$bench/bench_live" "$LETTERS" "${port%%/*}:$(<"$local_state/token"):$computer" "$ASSENT_BUILD/assent" --socket "$socket") &&
		echo "  p50 $p50  p95 $p95  most $most; $size bytes"
	local_api "/computers/$computer/desktop/screenshot" -o screen.png
	echo "  of that the picture at the substrate: $(for i in 1 2 3 4 5; do curl -s -o /dev/null -w '%{time_total}\n' -H "Authorization: Bearer $(<"$local_state/token")" \
		"$LOCAL_URL/computers/$computer/desktop/screenshot"; done | sort -n | sed -n 3p) s"
}
