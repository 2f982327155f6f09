/* assent status, assent stop: short calls to the gate that runs. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "core/safetext.h"

/* Sets *ret to the socket's path (own). -1: help was shown; an exit code above 0: wrong. */
static int read_socket(int argc, char **argv, const char *what, char **ret)
{
	static const struct option known[] = {
		{ "state", required_argument, NULL, 's' }, { "socket", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *state = NULL, *socket = NULL;
	char *dir;
	int c;

	*ret = NULL;
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 's': state = optarg; break;
		case 'o': socket = optarg; break;
		case 'h':
			printf("usage: assent %s [--state DIR] [--socket PATH]\n\n%s\n", argv[0], what);
			return -1;
		default: return EXIT_USAGE;
		}
	}
	if (optind < argc)
		return complain(argv[0], EXIT_USAGE, "unknown argument \"%s\"", argv[optind]);
	dir = path_state_dir(state);
	*ret = path_socket(socket, dir);
	free(dir);
	return *ret ? 0 : complain(argv[0], EXIT_USAGE, "no home directory: name --socket");
}

static void put(const char *text, enum safetext_kind kind)
{
	struct buf safe;

	buf_init(&safe, 65536);
	safetext_line(&safe, text ? text : "", text ? strlen(text) : 0, kind);
	fputs(buf_cstr(&safe), stdout);
	buf_release(&safe);
}

static void show(const struct json_doc *d)
{
	static const char *const fields[] = { "base_url", "upstream", "state_dir" };
	int gate = json_get(d, json_root(d), "gate"), actions = json_get(d, json_root(d), "actions"), a, held = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++) {
		char *value = json_strdup(d, json_get(d, gate, fields[i]));

		printf("%-9s ", i == 0 ? "agents at" : i == 1 ? "upstream" : "state");
		put(value, SAFETEXT_PROSE);
		putchar('\n');
		free(value);
	}
	if (!json_bool(d, json_get(d, gate, "live"), true)) {
		char *why = json_strdup(d, json_get(d, gate, "not_live_why"));

		fputs("NOT LIVE  ", stdout);
		put(why, SAFETEXT_PROSE);
		putchar('\n');
		free(why);
	}
	for (a = json_first(d, actions); a != JSON_NONE; a = json_next(d, a))
		held += json_str_is(d, json_get(d, a, "state"), "held");
	printf("held      %d\n", held);
	for (a = json_first(d, actions); a != JSON_NONE; a = json_next(d, a)) {
		char *agent, *summary;
		int64_t id = 0;

		if (!json_str_is(d, json_get(d, a, "state"), "held"))
			continue;
		json_int(d, json_get(d, a, "id"), &id);
		agent = json_strdup(d, json_get(d, a, "agent"));
		summary = json_strdup(d, json_get(d, a, "summary"));
		printf("  %lld ", (long long)id);
		put(agent, SAFETEXT_IDENT);
		fputs(": ", stdout);
		put(summary, SAFETEXT_PROSE);
		putchar('\n');
		free(agent);
		free(summary);
	}
}

int cmd_status(int argc, char **argv)
{
	struct json_doc d;
	struct buf answer;
	struct err e;
	char *socket;
	int status, code = read_socket(argc, argv, "Shows what runs and what waits.", &socket);

	if (code != 0)
		return code < 0 ? EXIT_YES : code;
	buf_init(&answer, SIZE_MAX - 1);
	if (call_gate(socket, "GET", "/v1/state", NULL, &status, &answer, &e) < 0)
		code = complain("status", EXIT_UNREACHABLE, "no gate answers at %s (%s); start one with assent, or assent gate", socket, e.msg);
	else if (status != 200 || json_parse(buf_cstr(&answer), answer.len, &d, &e) < 0)
		code = complain("status", EXIT_UNREACHABLE, "the gate's answer cannot be read");
	else {
		show(&d);
		json_release(&d);
	}
	buf_release(&answer);
	free(socket);
	return code;
}

int cmd_stop(int argc, char **argv)
{
	struct buf answer;
	struct err e;
	char *socket;
	int status, code = read_socket(argc, argv, "Ends the gate in order; held actions stay held on disk.", &socket);

	if (code != 0)
		return code < 0 ? EXIT_YES : code;
	buf_init(&answer, SIZE_MAX - 1);
	if (call_gate(socket, "POST", "/v1/shutdown", "{}", &status, &answer, &e) < 0)
		code = complain("stop", EXIT_UNREACHABLE, "no gate answers at %s (%s)", socket, e.msg);
	buf_release(&answer);
	free(socket);
	return code;
}
