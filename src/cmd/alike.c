/* assent alike: the rules that were made from decisions: a list, and revoking. They are made in the dashboard, or with a decision. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ask.h"
#include "cmd/lines.h"

static const char help[] =
	"usage: assent alike list [--json]\n"
	"       assent alike revoke ID\n\n"
	"What is allowed or refused alike (key l of the dashboard): uses, time left, who made it. What is revoked is a person's again.\n\n"
	"  --json           list: as one array\n" ASK_HELP;

static void show(const struct json_doc *d, int r, int64_t now)
{
	int64_t most = read_number(d, r, "uses_max", 0), until = read_number(d, r, "expires_boot_ms", 0);
	char left[16];

	printf("%lld ", (long long)read_number(d, r, "id", 0));
	print_string(d, r, "verdict", SAFETEXT_IDENT, 0);
	printf(" %lld", (long long)read_number(d, r, "uses", 0));
	if (most > 0)
		printf(" of %lld", (long long)most);
	fputs(" used", stdout);
	if (until > 0) {
		format_left(until > now ? until - now : 0, left);
		printf(", %s left", left);
	}
	fputs(", ", stdout);
	print_string(d, r, "made_by", SAFETEXT_PROSE, 0);
	fputs(": ", stdout);
	print_string(d, r, "what", SAFETEXT_PROSE, 0);
	putchar('\n');
}

static int list(struct ask *ask, bool json)
{
	int code = ask_gate(ask, "GET", "/v1/state", NULL), rules, r;
	const struct json_doc *d = &ask->doc;
	const char *raw;
	size_t len;

	if (code != 0)
		return code;
	rules = json_get(d, json_root(d), "alikes");
	if (json) {
		raw = json_raw(d, rules, &len);
		print_lines(raw ? raw : "[]", raw ? len : 2);
		putchar('\n');
		return EXIT_YES;
	}
	for (r = json_first(d, rules); r != JSON_NONE; r = json_next(d, r))
		show(d, r, read_number(d, json_root(d), "now_boot_ms", 0));
	return EXIT_YES;
}

static int revoke(struct ask *ask, const char *id)
{
	char path[64];

	if (id[0] == '\0' || strlen(id) > 18 || id[strspn(id, "0123456789")])
		return complain("alike", EXIT_USAGE, "\"%s\" is no number of a rule; see assent alike list", id);
	snprintf(path, sizeof(path), "/v1/alikes/%s", id);
	return ask_gate(ask, "DELETE", path, NULL);
}

int cmd_alike(int argc, char **argv)
{
	static const struct option known[] = { { "json", no_argument, NULL, 'j' }, ASK_OPTIONS, { 0 } };
	bool json = false;
	struct ask ask;
	int c, count, code;

	ask_init(&ask, "alike");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (c != 'j' && !ask_option(&ask, c))
			return EXIT_USAGE;
		json |= c == 'j';
	}
	count = argc - optind;
	if (count == 1 && strcmp(argv[optind], "list") == 0)
		code = list(&ask, json);
	else if (count == 2 && strcmp(argv[optind], "revoke") == 0)
		code = revoke(&ask, argv[optind + 1]);
	else
		code = complain("alike", EXIT_USAGE, "it is: assent alike list, or revoke ID; see assent alike --help");
	ask_release(&ask);
	return code;
}
