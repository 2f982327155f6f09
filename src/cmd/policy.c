/* assent policy: checks a file of rules, asks what it says of a request, has the gate load it anew, shows what the gate goes by. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/lines.h"
#include "core/policy.h"
#include "core/safetext.h"
#include "io/charset.h"
#include "io/moment.h"
#include "io/textfile.h"

static const char help[] =
	"usage: assent policy check FILE\n"
	"       assent policy test METHOD PATH [BODY] [--agent NAME] [--policy FILE]\n"
	"       assent policy reload\n"
	"       assent policy show\n\n"
	"  check   reads FILE and says what is wrong with it, if anything is\n"
	"  test    what the rules say of a request, which line says it, and why; asks no gate. Status 0: allowed; 1: held or denied\n"
	"  reload  has the gate load its file anew; a bad one changes nothing\n"
	"  show    the rules that the gate goes by\n\n"
	"  --agent NAME    as if this agent asked\n"
	"  --policy FILE   the rules ($XDG_CONFIG_HOME/assent/policy.conf, else ~/.config/assent/policy.conf)\n"
	"  --json          for programs (check, test, reload)\n"
	"  --state DIR, --socket PATH   of the gate (reload, show)\n";

struct request {
	const char *verb, *agent, *file, *state, *socket;
	char *const *args;
	int count;
	bool json;
};

static void put_line(const char *text)
{
	struct buf safe;

	buf_init(&safe, 65536);
	safetext_line(&safe, text, strlen(text), charset_kind(SAFETEXT_PROSE));
	puts(buf_cstr(&safe));
	buf_release(&safe);
}

static void put_json(struct buf *b)
{
	puts(buf_cstr(b));
	buf_release(b);
}

int policy_read_file(const char *path, struct policy **ret, struct err *e)
{
	struct buf text;
	int r = textfile_read(path, POLICY_FILE_MAX, &text, e);

	*ret = NULL;
	if (r == 0)
		r = policy_parse(path, buf_cstr(&text), text.len, ret, e);
	buf_release(&text);
	return r;
}

static int check(const struct request *q)
{
	struct policy *p;
	struct err e = { "" };
	int r = policy_read_file(q->args[0], &p, &e);
	struct jsonw w;
	struct buf b;

	if (q->json) {
		buf_init(&b, 65536);
		jw_init(&w, &b);
		jw_begin(&w, '{');
		jw_kstr(&w, "file", q->args[0]);
		jw_kint(&w, "rules", p ? (int64_t)p->rule_count : 0);
		jw_kint(&w, "budgets", p ? (int64_t)p->budget_count : 0);
		jw_kint(&w, "require", p ? p->require_most : 0);
		jw_kstr(&w, "error", r < 0 ? e.msg : NULL);
		jw_end(&w, '}');
		put_json(&b);
	} else if (r < 0) {
		complain("policy", 0, "%s", e.msg);
	} else {
		printf("good: %zu rules, %zu budgets\n", p->rule_count, p->budget_count);
		if (p->require_most > 1)
			printf("line %d needs %d enrolled operators\n", p->require_line, p->require_most);
	}
	policy_free(p);
	return r < 0 ? EXIT_NO : EXIT_YES;
}

static void show_found(const struct request *q, const struct policy *p, const struct action *a, const struct policy_found *f)
{
	const char *verdict = a->class == CLASS_READ ? "pass" : policy_verdict_name(f->verdict);
	struct buf rule, b;
	struct jsonw w;

	buf_init(&rule, 2 * POLICY_LINE_MAX);
	buf_init(&b, 65536);
	policy_held_by(p, f, &rule);
	if (q->json) {
		jw_init(&w, &b);
		jw_begin(&w, '{');
		jw_kstr(&w, "verdict", verdict);
		jw_kstr(&w, "rule", f->rule ? buf_cstr(&rule) : NULL);
		jw_kstr(&w, "why", f->why);
		jw_kstr(&w, "kind", a->kind);
		jw_kstr(&w, "class", action_class_name(a->class));
		jw_kstr(&w, "session", a->session);
		jw_end(&w, '}');
		put_json(&b);
	} else {
		buf_printf(&b, "%s  %s (class %s)%s%s: %s", verdict, a->kind, action_class_name(a->class),
			   a->session[0] ? ", session " : "", a->session, a->class == CLASS_READ ? "reads are not judged" : f->why);
		put_line(buf_cstr(&b));
		if (f->rule)
			put_line(buf_cstr(&rule));
		buf_release(&b);
	}
	buf_release(&rule);
}

static int test(const struct request *q)
{
	char *path = path_policy(q->file);
	const struct policy_moment now = policy_moment_now();
	struct policy_found found;
	struct policy *p = NULL;
	struct action *a;
	struct err e;
	int r = path ? policy_read_file(path, &p, &e) : err_set(&e, ERR_INVALID, "no home directory: name --policy FILE"), code;

	free(path);
	if (r == ERR_NOTFOUND && !q->file && !settings()->policy)
		r = 0;		/* as the gate: everything but reads is held */
	if (r < 0)
		return complain("policy", EXIT_NO, "%s", e.msg);
	if (policy_probe(q->args[0], q->args[1], q->count > 2 ? q->args[2] : "", q->agent ? q->agent : "", &a, &e) < 0) {
		policy_free(p);
		return complain("policy", EXIT_USAGE, "%s", e.msg);
	}
	policy_judge(p, a, NULL, &now, &found);
	show_found(q, p, a, &found);
	code = a->class == CLASS_READ || found.verdict == POLICY_ALLOW ? EXIT_YES : EXIT_NO;
	action_free(a);
	policy_free(p);
	return code;
}

static int ask_gate(const struct request *q, const char *method, const char *path, const char *body, struct buf *answer)
{
	char *dir = path_state_dir(q->state), *socket = path_socket(q->socket, dir);
	int status = 0, code = EXIT_YES;
	struct err e;

	buf_init(answer, SIZE_MAX - 1);
	if (!socket) {
		code = complain("policy", EXIT_USAGE, "no home directory: name --socket");
	} else if (call_gate(socket, method, path, body, &status, answer, &e) < 0) {
		code = complain("policy", EXIT_UNREACHABLE, "no gate answers at %s (%s)", socket, e.msg);
	} else if (status != 200) {
		call_error(answer, status, &e);
		code = complain("policy", EXIT_NO, "%s", e.msg);
	}
	free(socket);
	free(dir);
	return code;
}

static int reload(const struct request *q)
{
	struct buf answer;
	int code = ask_gate(q, "POST", "/v1/policy/reload", "{}", &answer);
	int64_t rules = 0;
	struct json_doc d;

	if (code == EXIT_YES && q->json) {
		puts(buf_cstr(&answer));
	} else if (code == EXIT_YES && json_parse(buf_cstr(&answer), answer.len, &d, NULL) == 0) {
		json_int(&d, json_get(&d, json_root(&d), "rules"), &rules);
		printf("loaded: %lld lines\n", (long long)rules);
		json_release(&d);
	}
	buf_release(&answer);
	return code;
}

static int show(const struct request *q)
{
	struct buf answer;
	int code = ask_gate(q, "GET", "/v1/policy", NULL, &answer);

	if (code == EXIT_YES && answer.len == 0)
		puts("# no rules: everything but reads is held");
	else if (code == EXIT_YES)
		print_lines(answer.data, answer.len);
	buf_release(&answer);
	return code;
}

static const struct {
	const char *name;
	int least, most;
	int (*run)(const struct request *q);
} verbs[] = { { "check", 1, 1, check }, { "test", 2, 3, test }, { "reload", 0, 0, reload }, { "show", 0, 0, show } };

int cmd_policy(int argc, char **argv)
{
	static const struct option known[] = {
		{ "agent", required_argument, NULL, 'a' }, { "policy", required_argument, NULL, 'p' }, { "json", no_argument, NULL, 'j' },
		{ "state", required_argument, NULL, 's' }, { "socket", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	struct request q = { 0 };
	size_t i;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'a': q.agent = optarg; break;
		case 'p': q.file = optarg; break;
		case 'j': q.json = true; break;
		case 's': q.state = optarg; break;
		case 'o': q.socket = optarg; break;
		case 'h': fputs(help, stdout); return EXIT_YES;
		default: return EXIT_USAGE;
		}
	}
	q.verb = optind < argc ? argv[optind] : "";
	q.args = argv + optind + 1;
	q.count = argc - optind - 1;
	for (i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, q.verb) == 0 && q.count >= verbs[i].least && q.count <= verbs[i].most)
			return verbs[i].run(&q);
	return complain("policy", EXIT_USAGE, "it is: assent policy check FILE, test METHOD PATH [BODY], reload, or show; see assent policy --help");
}
