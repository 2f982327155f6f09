/*
 * assent-gate: the part of assent that links libcurl and SQLite: the gate, and the commands that need what only a gate has. assent starts it, with its own
 * arguments, so that the dashboard starts without loading what it never uses.
 */
#include "config.h"

#include <string.h>

#include "cmd/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} table[] = { { "gate", cmd_gate }, { "agent", cmd_agent }, { "tail", cmd_tail }, { "--look-at-record", cmd_look_at_record } };

int main(int argc, char **argv)
{
	int (*run)(int argc, char **argv) = NULL;
	struct err e;
	size_t i;
	int code;

	program_start(argc, argv);
	for (i = 0; argc > 1 && i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].name, argv[1]) == 0)
			run = table[i].run;
	if (!run)
		return complain("", EXIT_USAGE, "this is a part of assent; see assent --help");
	code = settings_load(&e) == 0 || run == cmd_look_at_record ? run(argc - 1, argv + 1) : complain("", EXIT_REFUSED, "%s", e.msg);
	settings_forget();
	return code;
}
