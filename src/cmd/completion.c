/*
 * assent completion: what the shell completes with, as a script for it. The words come from the table of commands; options are those that a command's own
 * --help names at that moment, and names those that the gate knows: so nothing here can be out of date.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static const char help[] =
	"usage: assent completion bash|zsh|fish\n\n"
	"Prints what makes the shell complete commands, options, ids and names:\n\n"
	"  bash   assent completion bash >~/.local/share/bash-completion/completions/assent\n"
	"  zsh    assent completion zsh >DIR/_assent, with DIR in $fpath\n"
	"  fish   assent completion fish >~/.config/fish/completions/assent.fish\n";

/*
 * Words behind a command: of a subcommand, or what the gate lists. The same lines of shell for all three. What a substrate calls its sessions and its
 * approvals is foreign, and bash expands the words that it completes with: of what is listed only plain names are offered.
 */
static const char words[] =
	"_assent_listed() {\n"
	"	assent \"$@\" 2>/dev/null | cut -d' ' -f1 | grep -xE '(approval:)?[A-Za-z0-9_][A-Za-z0-9._-]*'\n"
	"}\n"
	"_assent_words() {\n"
	"	case $1 in -*) set -- --plain 0 ;; esac\n"
	"	case $1 in\n"
	"	decide) [ \"$2\" -gt 1 ] && echo 'approve deny edit respond' || _assent_listed queue ;;\n"
	"	show) _assent_listed queue --all ;;\n"
	"	agent) [ \"$2\" -gt 1 ] && _assent_listed agent list || echo 'add list revoke' ;;\n"
	"	stop|unfreeze|budget) _assent_listed agent list ;;\n"
	"	session) [ \"$2\" -gt 1 ] && _assent_listed session list || echo 'list show create start stop pause resume destroy run snapshot' ;;\n"
	"	tail) _assent_listed session list ;;\n"
	"	operator) [ \"$2\" -gt 1 ] && _assent_listed operator list || echo 'init list enrol revoke' ;;\n"
	"	policy) echo 'check test reload show' ;;\n"
	"	alike) [ \"$2\" -gt 1 ] && _assent_listed alike list || echo 'list revoke' ;;\n"
	"	completion) echo 'bash zsh fish' ;;\n"
	"	esac\n"
	"	assent \"$1\" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*'\n"
	"}\n";

static void put_names(const char *between)
{
	size_t count, i;
	const struct command *c = commands(&count);

	for (i = 0; i < count; i++)
		printf("%s%s", i > 0 ? between : "", c[i].name);
}

static void put_bash(void)
{
	printf("# bash completion for assent\n%s", words);
	fputs("_assent() {\n"
	      "	local word=${COMP_WORDS[COMP_CWORD]}\n"
	      "	if [ \"$COMP_CWORD\" -eq 1 ] && [ \"${word#-}\" = \"$word\" ]; then\n"
	      "		COMPREPLY=($(compgen -W '", stdout);
	put_names(" ");
	fputs("' -- \"$word\"))\n"
	      "	else\n"
	      "		COMPREPLY=($(compgen -W \"$(_assent_words \"${COMP_WORDS[1]}\" $((COMP_CWORD - 1)))\" -- \"$word\"))\n"
	      "	fi\n"
	      "}\n"
	      "complete -o default -F _assent assent\n", stdout);
}

static void put_zsh(void)
{
	size_t count, i;
	const struct command *c = commands(&count);

	printf("#compdef assent\n%s", words);
	fputs("_assent() {\n"
	      "	if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
	      "		local -a names=(", stdout);
	for (i = 0; i < count; i++)
		printf("\n\t\t\t'%s:%s'", c[i].name, c[i].help);
	fputs(")\n"
	      "		_describe command names\n"
	      "	else\n"
	      "		compadd -- ${(f)\"$(_assent_words $words[2] $((CURRENT - 2)) | tr ' ' '\\n')\"}\n"
	      "		_files\n"
	      "	fi\n"
	      "}\n"
	      "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _assent \"$@\"; else compdef _assent assent; fi\n", stdout);
}

/* fish has no functions of sh: it asks sh. */
static void put_fish(void)
{
	size_t count, i;
	const struct command *c = commands(&count);

	fputs("# fish completion for assent\nset -g __assent_words '", stdout);
	for (const char *p = words; *p; p++)
		printf(*p == '\'' ? "\\'" : *p == '\\' ? "\\\\" : "%c", *p);
	fputs("'\nfunction __assent_complete\n"
	      "	set -l given (commandline -opc) --plain\n"
	      "	sh -c \"$__assent_words\"'_assent_words \"$1\" \"$2\"' sh $given[2] (math (count $given) - 2) | tr ' ' '\\n'\n"
	      "end\n", stdout);
	for (i = 0; i < count; i++)
		printf("complete -c assent -n __fish_use_subcommand -f -a %s -d '%s'\n", c[i].name, c[i].help);
	puts("complete -c assent -n 'not __fish_use_subcommand; or string match -q -- \"-*\" (commandline -ct)' -a '(__assent_complete)'");
}

int cmd_completion(int argc, char **argv)
{
	static const struct option known[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c != 'h')
			return EXIT_USAGE;
		fputs(help, stdout);
		return EXIT_YES;
	}
	if (argc != optind + 1)
		return complain("completion", EXIT_USAGE, "name one shell: bash, zsh or fish");
	if (strcmp(argv[optind], "bash") == 0)
		put_bash();
	else if (strcmp(argv[optind], "zsh") == 0)
		put_zsh();
	else if (strcmp(argv[optind], "fish") == 0)
		put_fish();
	else
		return complain("completion", EXIT_USAGE, "no completion for \"%s\": bash, zsh or fish", argv[optind]);
	return EXIT_YES;
}
