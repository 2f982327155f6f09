/* assent queue: what waits for a person, for scripts and for a look. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/actions.h"
#include "cmd/lines.h"

static const char help[] =
	"usage: assent queue [--json] [--all]\n\n"
	"Lists the actions that need a person: held, and faults that nobody has seen;\n"
	"and what MIOSA itself asks a person for (approval:ID).\n\n"
	"  --all            all that the gate has in hand, also those that ended\n"
	"  --json           as one array of whole actions; an approval of MIOSA's has \"kind\": \"miosa approval\"\n" ASK_HELP;

static bool is_listed(const struct json_doc *d, int action, bool all)
{
	return all || json_bool(d, json_get(d, action, "needs_person"), false);
}

static void show_json(const struct json_doc *d, int actions, int approvals, bool all)
{
	const char *raw;
	size_t len;
	int a, n = 0;

	putchar('[');
	for (a = json_first(d, actions); a != JSON_NONE; a = json_next(d, a)) {
		if (!is_listed(d, a, all))
			continue;
		raw = json_raw(d, a, &len);
		fputs(n++ > 0 ? ",\n" : "", stdout);
		print_lines(raw, len);
	}
	for (a = json_first(d, approvals); a != JSON_NONE; a = json_next(d, a)) {
		fputs(n++ > 0 ? ",\n" : "", stdout);
		approval_print_json(d, a);
	}
	puts("]");
}

static void show_line(const struct json_doc *d, int a, int64_t now)
{
	char left[16] = "";
	int risk, n = 0;

	if (json_str_is(d, json_get(d, a, "state"), "held"))
		format_left(read_number(d, a, "out_boot_ms", now) - now, left);
	printf("%lld ", (long long)read_number(d, a, "id", 0));
	print_string(d, a, "state", SAFETEXT_IDENT, 0);
	printf(" %s%s", left, left[0] ? " " : "");
	print_string(d, a, json_str_is(d, json_get(d, a, "agent"), "") ? "decided_by" : "agent", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, a, "session_name", SAFETEXT_PROSE, 0);
	fputs(": ", stdout);
	print_string(d, a, "summary", SAFETEXT_PROSE, 0);
	for (risk = json_first(d, json_get(d, a, "risks")); risk != JSON_NONE; risk = json_next(d, risk)) {
		char *text = json_strdup(d, risk);

		fputs(n++ == 0 ? " [" : ", ", stdout);
		print_text(text, SAFETEXT_PROSE, 0);
		free(text);
	}
	puts(n > 0 ? "]" : "");
}

int cmd_queue(int argc, char **argv)
{
	static const struct option known[] = { { "json", no_argument, NULL, 'j' }, { "all", no_argument, NULL, 'a' }, ASK_OPTIONS, { 0 } };
	bool json = false, all = false;
	int c, code, a, actions, approvals;
	struct ask ask;

	ask_init(&ask, "queue");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (c == '?')
			return EXIT_USAGE;
		json |= c == 'j';
		all |= c == 'a';
		ask_option(&ask, c);
	}
	if (optind < argc)
		return complain("queue", EXIT_USAGE, "unknown argument \"%s\"", argv[optind]);
	code = ask_gate(&ask, "GET", "/v1/state", NULL);
	if (code == 0) {
		actions = json_get(&ask.doc, json_root(&ask.doc), "actions");
		approvals = json_get(&ask.doc, json_root(&ask.doc), "approvals");
		if (json)
			show_json(&ask.doc, actions, approvals, all);
		for (a = json ? JSON_NONE : json_first(&ask.doc, actions); a != JSON_NONE; a = json_next(&ask.doc, a))
			if (is_listed(&ask.doc, a, all))
				show_line(&ask.doc, a, read_number(&ask.doc, json_root(&ask.doc), "now_boot_ms", 0));
		for (a = json ? JSON_NONE : json_first(&ask.doc, approvals); a != JSON_NONE; a = json_next(&ask.doc, a))
			approval_print(&ask.doc, a);
	}
	ask_release(&ask);
	return code;
}
