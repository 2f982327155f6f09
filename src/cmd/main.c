/* assent: finds the subcommand and calls it. Those without a function are the other program's: gate_program.c. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cmd/cmd.h"

static const struct command table[] = {
	{ "gate", "[OPTION...]", "hold what agents ask for, send what is approved", NULL },
	{ "agent", "add NAME | list | revoke NAME", "tokens for agents", NULL },
	{ "operator", "init | list | enrol | revoke", "whose signature counts", cmd_operator },
	{ "policy", "check FILE | test METHOD PATH | ...", "the rules: check, test, reload, show", cmd_policy },
	{ "budget", "NAME [KEY=VALUE...]", "how much an agent may ask for", cmd_budget },
	{ "alike", "list | revoke ID", "rules made from decisions", cmd_alike },
	{ "queue", "[--json] [--all]", "what waits for a person", cmd_queue },
	{ "show", "ID [--json] [--screen FILE]", "one action, all of it", cmd_show },
	{ "decide", "ID approve|deny|edit|respond", "one decision, for scripts", cmd_decide },
	{ "session", "list | show ID | create ... | ...", "what there is, and your own hand on it", cmd_session },
	{ "freeze", "", "nothing is sent any more", cmd_freeze },
	{ "unfreeze", "[AGENT]", "go on; shows what changed, and asks", cmd_unfreeze },
	{ "status", "", "what is stopped and what waits, in 40 columns", cmd_status },
	{ "stop", "[AGENT]", "stop an agent; without one, end the gate", cmd_stop },
	{ "tail", "SESSION | --url URL [--json]", "the lines of a session, or any event stream, live", NULL },
	{ "doctor", "[--json]", "is all well here? says what to do where it is not", cmd_doctor },
	{ "completion", "bash | zsh | fish", "what the shell completes with", cmd_completion },
};

const struct command *commands(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}

static void usage(FILE *to)
{
	size_t i;

	fputs("usage: assent [OPTION...]              the dashboard; starts a gate where none runs\n"
	      "       assent COMMAND [ARGUMENT...]\n\n", to);
	for (i = 0; i < ARRAY_LEN(table); i++)
		fprintf(to, "  %-10s %-30s %s\n", table[i].name, table[i].arguments, table[i].help);
	fputs("\nassent COMMAND --help tells more of each; the dashboard's options are in man assent.\n", to);
}

/* A mistake in a file keeps nobody from stopping things. */
static bool is_urgent(const char *command)
{
	return strcmp(command, "freeze") == 0 || strcmp(command, "stop") == 0;
}

/* doctor tells of that mistake as of others; what a shell completes with has nothing to do with it. */
static bool tells_itself(const char *command)
{
	return strcmp(command, "doctor") == 0 || strcmp(command, "completion") == 0;
}

static bool is_the_other_programs(const char *command)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (!table[i].run && strcmp(table[i].name, command) == 0)
			return true;
	return false;
}

static int run(int argc, char **argv)
{
	const char *names[ARRAY_LEN(table)], *hint;
	size_t i;

	if (argc < 2 || argv[1][0] == '-')
		return cmd_dashboard(argc, argv);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (strcmp(table[i].name, argv[1]) == 0)
			return table[i].run(argc - 1, argv + 1);
		names[i] = table[i].name;
	}
	hint = nearest(argv[1], names, ARRAY_LEN(names));
	complain("", EXIT_USAGE, "unknown command \"%s\"%s%s%s; see assent --help", argv[1], hint ? " (did you mean \"" : "", hint ? hint : "",
		 hint ? "\"?)" : "");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const char *command;
	struct err e;
	int code;

	program_start(argc, argv);
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)) {
		usage(stdout);
		return EXIT_YES;
	}
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
		puts("assent " PACKAGE_VERSION);
		return EXIT_YES;
	}
	command = argc > 1 ? argv[1] : "";
	if (is_the_other_programs(command))
		return gate_program_exec(argv);
	code = settings_load(&e) == 0 || tells_itself(command) ? EXIT_YES : complain("", EXIT_REFUSED, "%s", e.msg);
	if (code == EXIT_YES || is_urgent(command))
		code = run(argc, argv);
	settings_forget();
	return code;
}
