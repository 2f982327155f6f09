/* assent freeze, unfreeze, stop: one word that stops everything, one agent, or the gate itself. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ask.h"

static const char freeze_help[] =
	"usage: assent freeze\n\n"
	"Nothing is sent any more, from now on; what waits stays held, reads go on. Then shows what still runs.\n\n" ASK_HELP;
static const char unfreeze_help[] =
	"usage: assent unfreeze [AGENT]\n\n"
	"Shows what changed since everything was frozen, and asks. With AGENT: lets this one go on.\n\n" ASK_HELP;
static const char stop_help[] =
	"usage: assent stop [AGENT]\n\n"
	"Ends the gate in order; held actions stay held on disk. With AGENT: stops this agent, and the gate goes on: its holds\n"
	"stay, new ones are refused. A second time its token is revoked.\n\n" ASK_HELP;

/* 0, an exit code above 0, or -1: help was shown. ret_agent: the one argument that may stand there; NULL for none. */
static int read_arguments(struct ask *ask, int argc, char **argv, const char *help, const char **ret_agent)
{
	static const struct option known[] = { ASK_OPTIONS, { 0 } };
	int c;

	ask_init(ask, argv[0]);
	*ret_agent = NULL;
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return -1;
		}
		if (!ask_option(ask, c))
			return EXIT_USAGE;
	}
	if (optind < argc)
		*ret_agent = argv[optind++];
	return optind < argc ? complain(argv[0], EXIT_USAGE, "unknown argument \"%s\"", argv[optind]) : 0;
}

static int call_with_agent(struct ask *ask, const char *path, const char *agent)
{
	struct buf body;
	struct jsonw w;
	int code;

	buf_init(&body, 65536);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	if (agent)
		jw_kstr(&w, "agent", agent);
	jw_end(&w, '}');
	code = ask_gate(ask, "POST", path, buf_cstr(&body));
	buf_release(&body);
	return code;
}

static void show_running(const struct json_doc *d)
{
	int list = json_get(d, json_root(d), "running"), v, n = json_size(d, list);
	char age[16];
	int64_t ms;

	printf("%d still running%s\n", n, n > 0 ? ":" : "");
	for (v = json_first(d, list); v != JSON_NONE; v = json_next(d, v)) {
		fputs("  ", stdout);
		print_string(d, v, "session_name", SAFETEXT_PROSE, 0);
		putchar(' ');
		print_string(d, v, "what", SAFETEXT_PROSE, 60);
		ms = read_number(d, v, "for_ms", -1);
		format_left(ms, age);
		printf(" %s\n", ms < 0 ? "" : age);
	}
	for (v = json_first(d, json_get(d, json_root(d), "unasked")); v != JSON_NONE; v = json_next(d, v)) {
		fputs("  not known of ", stdout);
		print_string(d, v, "session_name", SAFETEXT_PROSE, 0);
		fputs(": ", stdout);
		print_string(d, v, "why", SAFETEXT_PROSE, 0);
		putchar('\n');
	}
}

int cmd_freeze(int argc, char **argv)
{
	const char *agent;
	char at[8];
	struct ask ask;
	int frozen, code = read_arguments(&ask, argc, argv, freeze_help, &agent);

	if (code == 0 && agent)
		code = complain("freeze", EXIT_USAGE, "freeze stops everything; one agent is stopped by: assent stop %s", agent);
	if (code == 0)
		code = call_with_agent(&ask, "/v1/freeze", NULL);
	if (code == 0) {
		frozen = json_get(&ask.doc, json_root(&ask.doc), "frozen");
		fputs("FROZEN by ", stdout);
		print_string(&ask.doc, frozen, "by", SAFETEXT_PROSE, 0);
		format_clock(read_number(&ask.doc, frozen, "wall_ms", 0), at);
		printf(" %s: nothing is sent\n", at);
		fflush(stdout);
		/* It is frozen, whatever is not known of the rest. */
		if (ask_gate(&ask, "GET", "/v1/running", NULL) == 0)
			show_running(&ask.doc);
	}
	ask_release(&ask);
	return code < 0 ? EXIT_YES : code;
}

/* Shows what changed; "yes" on standard input, and nothing else, goes on. */
static int ask_person(struct ask *ask)
{
	char line[16] = "", *text;
	int v, code = ask_gate(ask, "GET", "/v1/unfreeze", NULL);

	if (code != 0)
		return code;
	fputs("Frozen by ", stdout);
	print_string(&ask->doc, json_root(&ask->doc), "by", SAFETEXT_PROSE, 0);
	puts(". Since then:");
	for (v = json_first(&ask->doc, json_get(&ask->doc, json_root(&ask->doc), "changed")); v != JSON_NONE; v = json_next(&ask->doc, v)) {
		text = json_strdup(&ask->doc, v);
		fputs("  ", stdout);
		print_text(text, SAFETEXT_PROSE, 0);
		putchar('\n');
		free(text);
	}
	if (json_size(&ask->doc, json_get(&ask->doc, json_root(&ask->doc), "changed")) == 0)
		puts("  nothing that is known");
	fputs("Type yes to unfreeze: ", stdout);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin) || strcmp(line, "yes\n") != 0) {
		putchar('\n');
		return complain("unfreeze", EXIT_NO, "still frozen");
	}
	return 0;
}

int cmd_unfreeze(int argc, char **argv)
{
	const char *agent;
	struct ask ask;
	int code = read_arguments(&ask, argc, argv, unfreeze_help, &agent);

	if (code == 0 && !agent)
		code = ask_person(&ask);
	if (code == 0)
		code = call_with_agent(&ask, "/v1/unfreeze", agent);
	if (code == 0 && agent) {
		print_text(agent, SAFETEXT_IDENT, 0);
		puts(" goes on");
	} else if (code == 0) {
		puts("Unfrozen.");
	}
	ask_release(&ask);
	return code < 0 ? EXIT_YES : code;
}

int cmd_stop(int argc, char **argv)
{
	const char *agent;
	struct ask ask;
	int code = read_arguments(&ask, argc, argv, stop_help, &agent);

	if (code == 0)
		code = agent ? call_with_agent(&ask, "/v1/freeze", agent) : ask_gate(&ask, "POST", "/v1/shutdown", "{}");
	if (code == 0 && agent) {
		print_text(agent, SAFETEXT_IDENT, 0);
		puts(json_bool(&ask.doc, json_get(&ask.doc, json_root(&ask.doc), "revoked"), false) ? ": its token is revoked" :
		     " is stopped; a second time its token is revoked");
	}
	ask_release(&ask);
	return code < 0 ? EXIT_YES : code;
}
