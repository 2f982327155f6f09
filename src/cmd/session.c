/* assent session: what sessions there are, and a person's own hand on them: made, started, stopped, destroyed through the gate; for the rest session_run.c. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/ask.h"
#include "cmd/lines.h"
#include "cmd/session_run.h"
#include "core/httpmsg.h"

enum { WAIT_MS = 60000, LOOK_MS = 100, NAME_MAX_BYTES = 256 };

static const char help[] =
	"usage: assent session list [--json]\n"
	"       assent session show ID [--json]\n"
	"       assent session create sandbox|computer NAME [--template T] [--size S]\n"
	"       assent session start|stop|pause|resume ID\n"
	"       assent session destroy ID [--name NAME]\n"
	"       assent session run ID [--cwd DIR] -- COMMAND...\n"
	"       assent session snapshot ID [--comment TEXT]\n\n"
	"What is changed is a request of your own: in the record, sent once, and waited for.\n"
	"A computer is started, a sandbox paused and resumed; both are stopped and destroyed.\n"
	"run prints what the command prints in the sandbox, and ends with 0 when that did; one word is a line for the shell there.\n\n"
	"  --template T     what the new session is made from\n"
	"  --size S         how large it is, in the substrate's words\n"
	"  --name NAME      the name of what is destroyed for ever; without it the name is asked for\n"
	"  --cwd DIR        where the command runs\n"
	"  --comment TEXT   what the snapshot is for\n"
	"  --json           sessions, or the action, as JSON\n" ASK_HELP;

struct request {
	const char *verb, *id, *name, *template, *size, *cwd, *comment;	/* id: of create, the kind */
	bool json;
};

static int find_session(const struct json_doc *d, const char *id)
{
	int s = json_first(d, json_get(d, json_root(d), "sessions"));

	while (s != JSON_NONE && !json_str_is(d, json_get(d, s, "id"), id))
		s = json_next(d, s);
	return s;
}

static void print_raw(const struct json_doc *d, int v)
{
	size_t len;
	const char *raw = json_raw(d, v, &len);

	print_lines(raw, len);
	putchar('\n');
}

static void print_line(const struct json_doc *d, int s)
{
	print_string(d, s, "id", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, s, "kind", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, s, "state", SAFETEXT_IDENT, 0);
	fputs(json_bool(d, json_get(d, s, "live"), false) ? " live " : " - ", stdout);
	print_string(d, s, "name", SAFETEXT_PROSE, 0);
	if (json_type(d, json_get(d, s, "doing")) == JSON_OBJECT) {
		fputs(": ", stdout);
		print_string(d, json_get(d, s, "doing"), "what", SAFETEXT_PROSE, 0);
	}
	putchar('\n');
}

static void print_each(const struct json_doc *d, int s, const char *list, const char *first, const char *second)
{
	int v;

	for (v = json_first(d, json_get(d, s, list)); v != JSON_NONE; v = json_next(d, v)) {
		printf("%-9.*s ", (int)strlen(list) - 1, list);
		print_string(d, v, "id", SAFETEXT_IDENT, 0);
		putchar(' ');
		print_string(d, v, first, SAFETEXT_PROSE, 0);
		putchar(' ');
		print_string(d, v, second, SAFETEXT_PROSE, 0);
		putchar('\n');
	}
}

static void print_whole(const struct json_doc *d, int s)
{
	int64_t cents = read_number(d, s, "cost_cents", -1);
	int v;

	print_line(d, s);
	if (cents >= 0)
		printf("cost      %lld.%02lld\n", (long long)cents / 100, (long long)cents % 100);
	print_each(d, s, "previews", "url", "");
	print_each(d, s, "snapshots", "status", "comment");
	for (v = json_first(d, json_get(d, s, "streams")); v != JSON_NONE; v = json_next(d, v)) {
		fputs("stream    ", stdout);
		print_string(d, v, "name", SAFETEXT_IDENT, 0);
		putchar(' ');
		print_string(d, v, "state", SAFETEXT_IDENT, 0);
		putchar(' ');
		print_string(d, v, "why", SAFETEXT_PROSE, 0);
		putchar('\n');
	}
}

static int list_sessions(struct ask *ask, bool json)
{
	int code = ask_gate(ask, "GET", "/v1/state", NULL), sessions, s;

	if (code != 0)
		return code;
	sessions = json_get(&ask->doc, json_root(&ask->doc), "sessions");
	if (json)
		print_raw(&ask->doc, sessions);
	for (s = json ? JSON_NONE : json_first(&ask->doc, sessions); s != JSON_NONE; s = json_next(&ask->doc, s))
		print_line(&ask->doc, s);
	return 0;
}

/* ask has the state then. JSON_NONE: why was said, in *ret_code. */
static int get_session(struct ask *ask, const char *id, int *ret_code)
{
	int s = JSON_NONE;

	*ret_code = ask_gate(ask, "GET", "/v1/state", NULL);
	if (*ret_code == 0) {
		s = find_session(&ask->doc, id);
		if (s == JSON_NONE)
			*ret_code = complain("session", EXIT_NO, "there is no session %s; assent session list names them", id);
	}
	return s;
}

static int show_session(struct ask *ask, const char *id, bool json)
{
	int code, s = get_session(ask, id, &code);

	if (s == JSON_NONE)
		return code;
	if (json)
		print_raw(&ask->doc, s);
	else
		print_whole(&ask->doc, s);
	return 0;
}

static bool is_over(const struct json_doc *d, int action)
{
	static const char *const going[] = { "held", "approved", "sent" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(going); i++)
		if (json_str_is(d, json_get(d, action, "state"), going[i]))
			return false;
	return true;
}

/* The action is there: waits until it is over, and says what came of it. */
static int wait_for(struct ask *ask, bool json)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t until = clock_boot_ms() + WAIT_MS, status;
	int action = json_get(&ask->doc, json_root(&ask->doc), "action"), code;
	char path[64];

	snprintf(path, sizeof(path), "/v1/actions/%lld", (long long)read_number(&ask->doc, action, "id", 0));
	while (!is_over(&ask->doc, action) && clock_boot_ms() < until) {
		nanosleep(&pause, NULL);
		code = ask_gate(ask, "GET", path, NULL);
		if (code != 0)
			return code;
		action = json_get(&ask->doc, json_root(&ask->doc), "action");
	}
	status = read_number(&ask->doc, action, "status", 0);
	if (json) {
		print_raw(&ask->doc, action);
	} else {
		printf("%lld ", (long long)read_number(&ask->doc, action, "id", 0));
		print_string(&ask->doc, action, "summary", SAFETEXT_PROSE, 0);
		fputs(": ", stdout);
		print_string(&ask->doc, action, "result", SAFETEXT_PROSE, 0);
		putchar('\n');
	}
	return json_str_is(&ask->doc, json_get(&ask->doc, action, "state"), "done") && status < 300 ? EXIT_YES : EXIT_NO;
}

static int post(struct ask *ask, const char *path, const struct buf *body, bool json)
{
	int code = ask_gate(ask, "POST", path, buf_cstr(body));

	return code == 0 ? wait_for(ask, json) : code;
}

static int create(struct ask *ask, const struct request *q)
{
	struct jsonw w;
	struct buf body;
	int code;

	buf_init(&body, 65536);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", q->id);
	jw_kstr(&w, "name", q->name);
	if (q->template)
		jw_kstr(&w, "template", q->template);
	if (q->size)
		jw_kstr(&w, "size", q->size);
	jw_end(&w, '}');
	code = post(ask, "/v1/sessions", &body, q->json);
	buf_release(&body);
	return code;
}

/* Types the person its name? 0, or an exit code, and why was said. */
static int ask_name(const char *name, const char *kind, char typed[NAME_MAX_BYTES])
{
	if (!isatty(STDIN_FILENO))
		return complain("session", EXIT_USAGE, "destroy needs --name NAME where nobody can be asked");
	fputs("Destroys the ", stdout);
	print_text(kind, SAFETEXT_IDENT, 0);
	putchar(' ');
	print_text(name, SAFETEXT_PROSE, 0);
	fputs(" for ever. Type its name: ", stdout);
	fflush(stdout);
	if (!fgets(typed, NAME_MAX_BYTES, stdin))
		typed[0] = '\0';
	typed[strcspn(typed, "\n")] = '\0';
	return strcmp(typed, name) == 0 ? 0 : complain("session", EXIT_NO, "that is not its name; nothing was done");
}

static int change(struct ask *ask, const struct request *q)
{
	char typed[NAME_MAX_BYTES];
	int code, s = get_session(ask, q->id, &code);
	struct buf path, body;
	struct jsonw w;
	char *name, *kind;

	if (s == JSON_NONE)
		return code;
	name = json_strdup(&ask->doc, json_get(&ask->doc, s, "name"));
	kind = json_strdup(&ask->doc, json_get(&ask->doc, s, "kind"));
	buf_init(&path, 8192);
	buf_init(&body, 65536);
	buf_puts(&path, "/v1/sessions/");
	http_encode(&path, q->id, strlen(q->id), false);
	buf_printf(&path, "/%s", q->verb);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	if (strcmp(q->verb, "destroy") == 0) {
		code = q->name ? 0 : ask_name(name ? name : "", kind ? kind : "", typed);
		jw_kstr(&w, "name", q->name ? q->name : typed);
	}
	jw_end(&w, '}');
	if (code == 0)
		code = post(ask, buf_cstr(&path), &body, q->json);
	buf_release(&path);
	buf_release(&body);
	free(name);
	free(kind);
	return code;
}

static bool is_change(const char *verb)
{
	static const char *const known[] = { "start", "stop", "pause", "resume", "destroy" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i], verb) == 0)
			return true;
	return false;
}

static int run(struct ask *ask, struct request *q, int count, char **words)
{
	bool creates = q->verb && strcmp(q->verb, "create") == 0, destroys = q->verb && strcmp(q->verb, "destroy") == 0;
	bool runs = q->verb && strcmp(q->verb, "run") == 0, snapshots = q->verb && strcmp(q->verb, "snapshot") == 0;

	if ((q->template || q->size) && !creates)
		return complain("session", EXIT_USAGE, "--template and --size belong to create");
	if (q->name && !destroys)
		return complain("session", EXIT_USAGE, "--name belongs to destroy; a new session's name is create's second word");
	if ((q->cwd && !runs) || (q->comment && !snapshots))
		return complain("session", EXIT_USAGE, "--cwd belongs to run, --comment to snapshot");
	if (q->json && (runs || snapshots))
		return complain("session", EXIT_USAGE, "--json belongs to the other verbs");
	if (q->verb && strcmp(q->verb, "list") == 0 && count == 1)
		return list_sessions(ask, q->json);
	q->id = count > 1 ? words[1] : NULL;
	if (creates && count == 3) {
		q->name = words[2];
		return create(ask, q);
	}
	if (runs && count > 2)
		return session_run(ask, q->id, q->cwd, words + 2);
	if (snapshots && count == 2)
		return session_snapshot(ask, q->id, q->comment);
	if (q->verb && count == 2 && strcmp(q->verb, "show") == 0)
		return show_session(ask, q->id, q->json);
	if (q->verb && count == 2 && is_change(q->verb))
		return change(ask, q);
	return complain("session", EXIT_USAGE, "it is: assent session list|show|create|start|stop|pause|resume|destroy|run|snapshot ...; see assent session --help");
}

int cmd_session(int argc, char **argv)
{
	static const struct option known[] = {
		{ "template", required_argument, NULL, 't' }, { "size", required_argument, NULL, 'z' }, { "name", required_argument, NULL, 'n' },
		{ "cwd", required_argument, NULL, 'C' }, { "comment", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' }, ASK_OPTIONS, { 0 },
	};
	struct request q = { 0 };
	struct ask ask;
	int c, code;

	ask_init(&ask, "session");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 't': q.template = optarg; break;
		case 'z': q.size = optarg; break;
		case 'n': q.name = optarg; break;
		case 'C': q.cwd = optarg; break;
		case 'c': q.comment = optarg; break;
		case 'j': q.json = true; break;
		case 'h': fputs(help, stdout); return EXIT_YES;
		case '?': return EXIT_USAGE;
		default: ask_option(&ask, c);
		}
	}
	q.verb = optind < argc ? argv[optind] : NULL;
	code = run(&ask, &q, argc - optind, argv + optind);
	ask_release(&ask);
	return code;
}
