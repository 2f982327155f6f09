/* dashboard_args: see dashboard_args.h. */
#include "config.h"

#include "cmd/dashboard_args.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "ui/detect.h"
#include "ui/theme.h"

static const char help[] =
	"usage: assent [OPTION...]\n\n"
	"The dashboard: what waits for you, where it would act, and the keys to decide. Starts a gate where none runs.\n\n"
	"  --socket PATH   the gate's operator socket ($XDG_RUNTIME_DIR/assent/operator.sock, else DIR/run/operator.sock)\n"
	"  --state DIR     the gate's state folder\n"
	"  --upstream URL, --key-file FILE, --listen ADDRESS:PORT   for a gate that is started: see assent gate --help\n"
	"  --picture=auto|sixel|kitty|blocks|none   how screens are drawn (auto: what the terminal answers)\n"
	"  --encoder=own|libsixel   what makes sixel of them (own)\n"
	"  --theme=dark|light|mono   colours for a dark or a light ground, or none (what the terminal says of its ground, else dark)\n"
	"  --plain         as lines, for screen readers and terminals that can do little: lists, shows, decides\n";

int dashboard_args(int argc, char **argv, struct dashboard_args *o)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 'o' }, { "state", required_argument, NULL, 's' }, { "picture", required_argument, NULL, 'p' },
		{ "encoder", required_argument, NULL, 'e' },
		{ "upstream", required_argument, NULL, 'u' }, { "key-file", required_argument, NULL, 'k' }, { "listen", required_argument, NULL, 'l' },
		{ "theme", required_argument, NULL, 't' }, { "plain", no_argument, NULL, 'P' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	enum picture_mode mode;
	enum theme theme;
	int c;

	*o = (struct dashboard_args){ 0 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'o': o->socket = optarg; break;
		case 's': o->state = optarg; break;
		case 'e':
			if (strcmp(optarg, "own") != 0 && strcmp(optarg, "libsixel") != 0)
				return complain("", EXIT_USAGE, "--encoder=%s: one of own, libsixel", optarg);
			o->encoder = strcmp(optarg, "own") == 0 ? ENCODER_OWN : ENCODER_LIBSIXEL;
			break;
		case 'p':
			o->picture = optarg;
			if (!picture_mode_named(optarg, &mode))
				return complain("", EXIT_USAGE, "--picture=%s: one of " PICTURE_MODES, optarg);
			break;
		case 't':
			o->theme = optarg;
			if (!theme_named(optarg, &theme))
				return complain("", EXIT_USAGE, "--theme=%s: one of dark, light, mono", optarg);
			break;
		case 'u': case 'k': case 'l':
			if (o->gate_count + 2 >= ARRAY_LEN(o->gate))
				return complain("", EXIT_USAGE, "too many options for the gate");
			o->gate[o->gate_count++] = c == 'u' ? "--upstream" : c == 'k' ? "--key-file" : "--listen";
			o->gate[o->gate_count++] = optarg;
			break;
		case 'P': o->plain = true; break;
		case 'h': fputs(help, stdout); return EXIT_YES;
		default: return EXIT_USAGE;
		}
	}
	return optind < argc ? complain("", EXIT_USAGE, "unknown argument \"%s\"; see assent --help", argv[optind]) : -1;
}
