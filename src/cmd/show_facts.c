/* show_facts: what the gate found out about a held action, as text. See actions.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/actions.h"

/* One line for each thing that a part of a command does, as far as that can be seen. */
static void show_effect(const struct json_doc *d, int ef)
{
	int64_t files = read_number(d, ef, "files", -1), entries = read_number(d, ef, "entry_count", 0);
	char *resolved = json_strdup(d, json_get(d, ef, "resolved"));
	int below = json_first(d, json_get(d, ef, "entry_files")), v, n = 0;
	int64_t count;

	fputs("            ", stdout);
	print_string(d, ef, "verb", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, ef, "object", SAFETEXT_IDENT, 0);
	if (resolved && resolved[0] && !json_str_is(d, json_get(d, ef, "object"), resolved)) {
		fputs(" = ", stdout);
		print_text(resolved, SAFETEXT_IDENT, 0);
	}
	free(resolved);
	if (json_bool(d, json_get(d, ef, "outside"), false))
		fputs("  OUTSIDE", stdout);
	if (files >= 0)
		printf("  %lld file%s, %lld bytes", (long long)files, files == 1 ? "" : "s", (long long)read_number(d, ef, "bytes", 0));
	if (json_str_is(d, json_get(d, ef, "by_agent"), "all"))
		fputs(", all written by this agent", stdout);
	else if (json_str_is(d, json_get(d, ef, "by_agent"), "none"))
		fputs(", none of them its own", stdout);
	for (v = json_first(d, json_get(d, ef, "entries")); v != JSON_NONE; v = json_next(d, v)) {
		char *name = json_strdup(d, v);

		fputs(n++ == 0 ? ": " : ", ", stdout);
		print_text(name, SAFETEXT_IDENT, 0);
		if (json_int(d, below, &count) == 0)
			printf(" (%lld file%s)", (long long)count, count == 1 ? "" : "s");
		below = json_next(d, below);
		free(name);
	}
	if (entries > n && n > 0)
		printf(" and %lld more", (long long)entries - n);
	if (json_bool(d, json_get(d, ef, "first_time"), false)) {
		fputs("  ", stdout);
		print_string(d, ef, "host", SAFETEXT_IDENT, 0);
		fputs(": the first time for this agent", stdout);
	}
	if (!json_str_is(d, json_get(d, ef, "note"), "")) {
		fputs("  ", stdout);
		print_string(d, ef, "note", SAFETEXT_PROSE, 0);
	}
	putchar('\n');
}

/* What it would hit, or what has the focus that it goes to. */
static void show_found(const struct json_doc *d, int v)
{
	if (json_type(d, v) != JSON_OBJECT)
		return;
	fputs("hits      ", stdout);
	if (json_str_is(d, json_get(d, v, "how"), "accessibility")) {
		print_string(d, v, "role", SAFETEXT_PROSE, 0);
		fputs(" \"", stdout);
		print_string(d, v, "name", SAFETEXT_PROSE, 0);
		fputs("\" in ", stdout);
	} else {
		fputs("control not known, in ", stdout);
	}
	fputs("window \"", stdout);
	print_string(d, v, "window", SAFETEXT_PROSE, 0);
	puts("\"");
}

/* What was found risky, or not found: each in a line. How many. */
static int show_list(const struct json_doc *d, const char *key, const char *label)
{
	int v, n = 0;

	for (v = json_first(d, json_get(d, json_root(d), key)); v != JSON_NONE; v = json_next(d, v), n++) {
		char *word = json_strdup(d, v);

		fputs(label, stdout);
		print_text(word ? word : "", SAFETEXT_PROSE, 0);
		free(word);
		putchar('\n');
	}
	return n;
}

enum shown_facts show_facts(struct ask *ask, const char *id)
{
	static const char *const texts[] = { "unclear" };
	const struct json_doc *d = &ask->doc;
	int part, ef, undo, risky, missing, n = 1;
	char path[64];
	size_t i;

	snprintf(path, sizeof(path), "/v1/actions/%.20s/facts", id);
	if (ask_gate(ask, "GET", path, NULL) != 0) {
		puts("NOT KNOWN what the gate would have looked up");
		return FACTS_NOT_KNOWN;
	}
	for (part = json_first(d, json_get(d, json_root(d), "parts")); part != JSON_NONE; part = json_next(d, part)) {
		printf("part %-4d ", n++);
		if (!json_str_is(d, json_get(d, part, "joiner"), "")) {
			print_string(d, part, "joiner", SAFETEXT_IDENT, 0);
			putchar(' ');
		}
		print_string(d, part, "text", SAFETEXT_IDENT, 0);
		putchar('\n');
		for (ef = json_first(d, json_get(d, part, "effects")); ef != JSON_NONE; ef = json_next(d, ef))
			show_effect(d, ef);
	}
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		char *text = json_strdup(d, json_get(d, json_root(d), texts[i]));

		if (text && text[0]) {
			printf("%-9s ", texts[i]);
			print_text(text, SAFETEXT_PROSE, 0);
			putchar('\n');
		}
		free(text);
	}
	show_found(d, json_get(d, json_root(d), "control"));
	show_found(d, json_get(d, json_root(d), "focus"));
	risky = show_list(d, "risks_now", "risky now ");
	missing = show_list(d, "missing", "NOT KNOWN ");
	undo = json_get(d, json_root(d), "undo");
	fputs("undo      ", stdout);
	if (json_type(d, undo) == JSON_OBJECT) {
		fputs("snapshot ", stdout);
		print_string(d, undo, "snapshot", SAFETEXT_IDENT, 0);
		fputs(", ", stdout);
		print_string(d, undo, "created_at", SAFETEXT_IDENT, 0);
		puts(": files come back, what went out by network does not");
	} else {
		puts(json_bool(d, json_get(d, json_root(d), "snapshot_before"), false) ? "a snapshot is taken before it" : "NO");
	}
	return missing > 0 ? FACTS_NOT_KNOWN : risky > 0 ? FACTS_RISKY : FACTS_QUIET;
}
