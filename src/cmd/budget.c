/* assent budget: how much an agent, or all on a session, may ask for, and how much was used; or another cap. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ask.h"
#include "cmd/lines.h"
#include "core/budget.h"

static const char help[] =
	"usage: assent budget NAME [KEY=VALUE...]\n"
	"       assent budget --session ID [KEY=VALUE...]\n\n"
	"Shows what an agent has used of its budget, or changes the caps that are named, and then shows it.\n\n"
	"  actions=N            in all\n"
	"  per-minute=N         actions in any minute\n"
	"  waiting=N            held at the same time\n"
	"  reads-per-minute=N\n"
	"  max-cost=N.NN        of sandboxes, as the substrate tells it\n"
	"  KEY=default          as before an operator said something: the policy's line, else the default\n\n"
	"  --session ID     of all agents on this session\n"
	"  --json           as the gate tells it\n" ASK_HELP;

/* One cap into the body. */
static int put_cap(struct jsonw *w, const char *word)
{
	const char *value = strchr(word, '=');
	char name[32];
	enum budget_cap cap;
	int64_t most;

	snprintf(name, sizeof(name), "%.*s", value ? (int)(value - word) : 0, word);
	cap = budget_cap_of(name);
	if (!value || cap == BUDGET_CAPS)
		return complain("budget", EXIT_USAGE, "\"%s\": it is actions=N, per-minute=N, waiting=N, reads-per-minute=N or max-cost=N.NN", word);
	jw_key(w, budget_cap_key(cap));
	if (strcmp(value + 1, "default") == 0)
		jw_null(w);
	else if (budget_read(cap, value + 1, &most) == 0)
		jw_int(w, most);
	else
		return complain("budget", EXIT_USAGE, "\"%s\": that is no number of it", word);
	return 0;
}

static int change(struct ask *ask, bool of_session, const char *name, char *const *words, int count)
{
	struct jsonw w;
	struct buf body;
	int i, code = 0;

	buf_init(&body, 65536);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", of_session ? "session" : "agent");
	jw_kstr(&w, "name", name);
	for (i = 0; i < count && code == 0; i++)
		code = put_cap(&w, words[i]);
	jw_end(&w, '}');
	if (code == 0)
		code = ask_gate(ask, "POST", "/v1/budgets", buf_cstr(&body));
	buf_release(&body);
	return code;
}

/* The agent or session of this name in the state. */
static int find(const struct json_doc *d, bool of_session, const char *name)
{
	int v = json_first(d, json_get(d, json_root(d), of_session ? "sessions" : "agents"));

	while (v != JSON_NONE && !json_str_is(d, json_get(d, v, of_session ? "id" : "name"), name))
		v = json_next(d, v);
	return v;
}

static void show(const struct json_doc *d, int object, bool json)
{
	int budget = json_get(d, object, "budget"), used = json_get(d, object, "used"), i;
	char number[32];
	const char *raw;
	size_t len;

	if (json) {
		raw = json_raw(d, object, &len);
		print_lines(raw, len);
		putchar('\n');
		return;
	}
	for (i = 0; i < BUDGET_CAPS; i++) {
		enum budget_cap cap = (enum budget_cap)i;
		int64_t n = read_number(d, used, budget_cap_key(cap), -1), most = read_number(d, budget, budget_cap_key(cap), BUDGET_UNSET);

		if (n >= 0)
			budget_write(number, cap, n);
		printf("%-17s %s of ", budget_cap_name(cap), n < 0 ? "?" : number);
		if (most != BUDGET_UNSET)
			budget_write(number, cap, most);
		puts(most == BUDGET_UNSET ? "any" : number);
	}
	if (json_type(d, json_get(d, object, "at_cap")) == JSON_STRING) {
		fputs("AT CAP: ", stdout);
		print_string(d, object, "at_cap", SAFETEXT_IDENT, 0);
		putchar('\n');
	}
}

int cmd_budget(int argc, char **argv)
{
	static const struct option known[] = { { "json", no_argument, NULL, 'j' }, { "session", required_argument, NULL, 'i' }, ASK_OPTIONS, { 0 } };
	const char *name = NULL;
	bool json = false, of_session;
	struct ask ask;
	int c, code = 0, object;

	ask_init(&ask, "budget");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (c == 'i')
			name = optarg;
		else if (c == 'j')
			json = true;
		else if (!ask_option(&ask, c))
			return EXIT_USAGE;
	}
	of_session = name != NULL;
	if (!name && optind < argc)
		name = argv[optind++];
	if (!name)
		return complain("budget", EXIT_USAGE, "whose? It is: assent budget NAME [KEY=VALUE...]; see assent budget --help");
	if (optind < argc)
		code = change(&ask, of_session, name, argv + optind, argc - optind);
	if (code == 0)
		code = ask_gate(&ask, "GET", "/v1/state", NULL);
	object = code == 0 ? find(&ask.doc, of_session, name) : JSON_NONE;
	if (object != JSON_NONE)
		show(&ask.doc, object, json);
	else if (code == 0)
		code = complain("budget", EXIT_NO, "there is no %s \"%s\"", of_session ? "session" : "agent", name);
	ask_release(&ask);
	return code;
}
