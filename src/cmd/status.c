/* assent status: who is frozen, stopped, at a cap, and what waits: one screen of 40 columns and 23 lines; what is left out is counted. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ask.h"

enum { COLUMNS = 40, HELD_SHOWN = 8, TROUBLES_SHOWN = 4 };

static const char help[] = "usage: assent status\n\nShows what runs, what is stopped and what waits: one screen of 40 columns and 23 lines.\n\n" ASK_HELP;

/* A word, and who did it when; nothing where nobody did. */
static void show_who(const struct json_doc *d, int object, const char *key, const char *before, const char *name, const char *after)
{
	int who = json_get(d, object, key), used = (int)(strlen(before) + strlen(after) + 12);
	char at[8];

	if (json_type(d, who) != JSON_OBJECT)
		return;
	fputs(before, stdout);
	if (name)
		used += print_string(d, object, name, SAFETEXT_IDENT, 16);
	fputs(" by ", stdout);
	print_string(d, who, "by", SAFETEXT_PROSE, COLUMNS - used > 4 ? COLUMNS - used : 4);
	format_clock(read_number(d, who, "wall_ms", 0), at);
	printf(" %s%s\n", at, after);
}

static void show_gate(const struct json_doc *d, int gate)
{
	show_who(d, gate, "frozen", "FROZEN", NULL, ": nothing sent");
	fputs("agents at ", stdout);
	print_string(d, gate, "base_url", SAFETEXT_PROSE, COLUMNS - 10);
	fputs("\nupstream  ", stdout);
	print_string(d, gate, "upstream", SAFETEXT_PROSE, COLUMNS - 10);
	putchar('\n');
	if (!json_bool(d, json_get(d, gate, "live"), true)) {
		fputs("NOT LIVE  ", stdout);
		print_string(d, gate, "not_live_why", SAFETEXT_PROSE, COLUMNS - 10);
		putchar('\n');
	}
	if (json_bool(d, json_get(d, gate, "unattended"), false))
		puts("nobody is at a dashboard");
}

static void show_held_line(const struct json_doc *d, int a, int64_t now)
{
	char left[16], id[24];
	int used;

	format_left(read_number(d, a, "out_boot_ms", now) - now, left);
	snprintf(id, sizeof(id), "%c%lld ", json_size(d, json_get(d, a, "risks")) > 0 ? '!' : ' ', (long long)read_number(d, a, "id", 0));
	used = (int)strlen(id);
	fputs(id, stdout);
	used += print_string(d, a, "agent", SAFETEXT_IDENT, 10);
	putchar(' ');
	used += 1 + print_string(d, a, "summary", SAFETEXT_PROSE, COLUMNS - used - 2 - (int)strlen(left));
	printf("%*s\n", COLUMNS - used, left);
}

/* "12 HELD, 2 risky, first out in 50s" */
static void show_held_count(int held, int risky, int64_t first_left)
{
	char counts[32], risks[32] = "", left[16];

	format_left(first_left, left);
	snprintf(counts, sizeof(counts), "%d HELD", held);
	if (risky > 0)
		snprintf(risks, sizeof(risks), ", %d risky", risky);
	if (held == 0)
		puts(counts);
	else if (strlen(counts) + strlen(risks) + strlen(", first out in ") + strlen(left) <= COLUMNS)
		printf("%s%s, first out in %s\n", counts, risks, left);
	else
		printf("%s%s, first %s\n", counts, risks, left);
}

static void show_actions(const struct json_doc *d, int actions, int64_t now)
{
	int a, held = 0, risky = 0, faults = 0;
	int64_t first = INT64_MAX, left;

	for (a = json_first(d, actions); a != JSON_NONE; a = json_next(d, a)) {
		bool waits = json_str_is(d, json_get(d, a, "state"), "held");

		held += waits;
		risky += waits && json_size(d, json_get(d, a, "risks")) > 0;
		faults += !waits && json_bool(d, json_get(d, a, "needs_person"), false);
		left = read_number(d, a, "out_boot_ms", now) - now;
		if (waits && left < first)
			first = left;
	}
	show_held_count(held, risky, first);
	held = 0;
	for (a = json_first(d, actions); a != JSON_NONE; a = json_next(d, a))
		if (json_str_is(d, json_get(d, a, "state"), "held") && held++ < HELD_SHOWN)
			show_held_line(d, a, now);
	if (held > HELD_SHOWN)
		printf(" %d more: assent queue\n", held - HELD_SHOWN);
	if (faults > 0)
		printf("%d failed or without an answer: look\n", faults);
}

static void show_cap(const struct json_doc *d, int object)
{
	fputs("at cap    ", stdout);
	print_string(d, object, "name", SAFETEXT_IDENT, 14);
	putchar(' ');
	print_string(d, object, "at_cap", SAFETEXT_IDENT, 15);
	putchar('\n');
}

static void show_not_live(const struct json_doc *d, int session)
{
	fputs("not live  ", stdout);
	print_string(d, session, "name", SAFETEXT_PROSE, COLUMNS - 10);
	putchar('\n');
}

/* How many lines an agent or a session has; those that still have room are shown. */
static int show_troubles(const struct json_doc *d, int list, const char *by_whom, const char *before, bool sessions, int room)
{
	int v, n = 0;

	for (v = json_first(d, list); v != JSON_NONE; v = json_next(d, v)) {
		bool who = json_type(d, json_get(d, v, by_whom)) == JSON_OBJECT, cap = json_type(d, json_get(d, v, "at_cap")) == JSON_STRING;
		bool dead = sessions && !json_bool(d, json_get(d, v, "live"), true);

		if (who && n++ < room)
			show_who(d, v, by_whom, before, "name", "");
		if (cap && n++ < room)
			show_cap(d, v);
		if (dead && n++ < room)
			show_not_live(d, v);
	}
	return n;
}

static void show(const struct json_doc *d)
{
	int root = json_root(d), agents = json_get(d, root, "agents"), approvals = json_get(d, root, "approvals"), v, waiting = 0, asked = 0, troubles;

	show_gate(d, json_get(d, root, "gate"));
	show_actions(d, json_get(d, root, "actions"), read_number(d, root, "now_boot_ms", 0));
	for (v = json_first(d, approvals); v != JSON_NONE; v = json_next(d, v))
		asked += json_str_is(d, json_get(d, v, "status"), "pending");
	if (asked > 0)
		printf("MIOSA waits for %d\n", asked);
	for (v = json_first(d, agents); v != JSON_NONE; v = json_next(d, v))
		waiting += read_number(d, v, "waiting", 0) > 0;
	printf("%d agent%s, %d wait\n", json_size(d, agents), json_size(d, agents) == 1 ? "" : "s", waiting);
	troubles = show_troubles(d, agents, "stopped", "stopped   ", false, TROUBLES_SHOWN);
	troubles += show_troubles(d, json_get(d, root, "sessions"), "takeover", "taken     ", true, troubles < TROUBLES_SHOWN ? TROUBLES_SHOWN - troubles : 0);
	if (troubles > TROUBLES_SHOWN)
		printf(" %d more: assent agent, session list\n", troubles - TROUBLES_SHOWN);
}

int cmd_status(int argc, char **argv)
{
	static const struct option known[] = { ASK_OPTIONS, { 0 } };
	struct ask ask;
	int c, code;

	ask_init(&ask, "status");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (!ask_option(&ask, c))
			return EXIT_USAGE;
	}
	if (optind < argc)
		return complain("status", EXIT_USAGE, "unknown argument \"%s\"", argv[optind]);
	code = ask_gate(&ask, "GET", "/v1/state", NULL);
	if (code == 0)
		show(&ask.doc);
	ask_release(&ask);
	return code;
}
