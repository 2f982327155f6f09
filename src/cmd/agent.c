/* assent agent: makes, lists and revokes agents' tokens; by the gate when one runs, else in the journal itself. */
#include "config.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "core/safetext.h"
#include "gate/gate.h"
#include "io/key.h"
#include "io/store.h"

static const char help[] =
	"usage: assent agent add NAME [--answer-within 25s|55s|none]\n"
	"       assent agent list\n"
	"       assent agent revoke NAME\n\n"
	"  --answer-within TIME  how long a request waits before it is answered \"not decided yet\" (25s)\n"
	"  --state DIR           the gate's state folder\n"
	"  --socket PATH         the operator's socket\n";

struct request {
	const char *verb, *name;
	char *state, *socket;
	int64_t answer_within_ms;
};

static int read_time(const char *text, int64_t *ret)
{
	char *rest;
	long n;

	if (strcmp(text, "none") == 0) {
		*ret = 0;
		return 0;
	}
	n = strtol(text, &rest, 10);
	if (rest == text || n <= 0 || n > 3600 || (strcmp(rest, "s") != 0 && strcmp(rest, "") != 0))
		return -1;
	*ret = n * 1000;
	return 0;
}

static void show_token(const char *name, const char *token)
{
	printf("%s\n", token);
	fflush(stdout);
	fprintf(stderr, "This is the token of agent %s; it is shown this once. Give it to the agent as MIOSA_API_KEY.\n", name);
}

static void put_agent(const char *name, int64_t within, const char *rest)
{
	char limit[32] = "none";
	struct buf safe;

	if (within > 0)
		snprintf(limit, sizeof(limit), "%llds", (long long)(within / 1000));
	buf_init(&safe, 4096);
	safetext_line(&safe, name, strlen(name), SAFETEXT_IDENT);
	printf("%-20s answer within %-6s%s\n", buf_cstr(&safe), limit, rest);
	buf_release(&safe);
}

/* ---- by the gate ---- */

static int show_list(const struct buf *answer)
{
	struct json_doc d;
	int a;

	if (json_parse(buf_cstr(answer), answer->len, &d, NULL) < 0)
		return EXIT_UNREACHABLE;
	for (a = json_first(&d, json_get(&d, json_root(&d), "agents")); a != JSON_NONE; a = json_next(&d, a)) {
		char *name = json_strdup(&d, json_get(&d, a, "name")), rest[96];
		int64_t within = 0, waiting = 0, actions = 0;

		json_int(&d, json_get(&d, a, "answer_within_ms"), &within);
		json_int(&d, json_get(&d, a, "waiting"), &waiting);
		json_int(&d, json_get(&d, a, "actions"), &actions);
		snprintf(rest, sizeof(rest), " %lld actions, %lld waiting", (long long)actions, (long long)waiting);
		put_agent(name ? name : "?", within, rest);
		free(name);
	}
	json_release(&d);
	return EXIT_YES;
}

static int show_added(const struct request *q, const struct buf *answer)
{
	struct json_doc d;
	char *token = NULL;

	if (json_parse(buf_cstr(answer), answer->len, &d, NULL) == 0) {
		token = json_strdup(&d, json_get(&d, json_root(&d), "token"));
		json_release(&d);
	}
	if (!token)
		return complain("agent", EXIT_UNREACHABLE, "the gate gave no token");
	show_token(q->name, token);
	free(token);
	return EXIT_YES;
}

static int by_gate(const struct request *q, int *ret_code)
{
	struct buf path, body, answer;
	struct jsonw w;
	struct err e;
	int status, r;

	buf_init(&path, 1024);
	buf_init(&body, 1024);
	buf_init(&answer, SIZE_MAX - 1);
	jw_init(&w, &body);
	if (strcmp(q->verb, "add") == 0) {
		jw_begin(&w, '{');
		jw_kstr(&w, "name", q->name);
		jw_key(&w, "answer_within_ms");
		if (q->answer_within_ms > 0)
			jw_int(&w, q->answer_within_ms);
		else
			jw_null(&w);
		jw_end(&w, '}');
		r = call_gate(q->socket, "POST", "/v1/agents", body.data, &status, &answer, &e);
	} else if (strcmp(q->verb, "list") == 0) {
		r = call_gate(q->socket, "GET", "/v1/state", NULL, &status, &answer, &e);
	} else {
		buf_puts(&path, "/v1/agents/");
		http_encode(&path, q->name, strlen(q->name), false);
		r = call_gate(q->socket, "DELETE", path.data, NULL, &status, &answer, &e);
	}
	if (r == 0 && status >= 300) {
		call_error(&answer, status, &e);
		*ret_code = complain("agent", EXIT_NO, "%s", e.msg);
	} else if (r == 0) {
		*ret_code = strcmp(q->verb, "add") == 0 ? show_added(q, &answer) : strcmp(q->verb, "list") == 0 ? show_list(&answer) : EXIT_YES;
	}
	buf_release(&path);
	buf_release(&body);
	buf_release(&answer);
	return r;
}

/* ---- without a gate ---- */

static void on_agent(const struct store_agent *a, void *arg)
{
	(void)arg;
	put_agent(a->name, a->answer_within_ms, "");
}

static int add_to_store(struct store *s, const struct request *q, const char *who, struct err *e)
{
	char token[96], random[49], hash[DIGEST_HEX + 1];
	struct store_agent a = { .name = q->name, .token_sha256 = hash, .answer_within_ms = q->answer_within_ms, .created_wall_ms = clock_wall_ms() };
	int r;

	if (!agent_name_ok(q->name))
		return err_set(e, ERR_INVALID, "an agent's name has 1 to 40 letters, digits, '.', '_' or '-'");
	if (random_hex(random, 48) < 0)
		return err_set(e, ERR_IO, "no random bytes for a token");
	snprintf(token, sizeof(token), "%s%s", AGENT_TOKEN_PREFIX, random);
	digest_hex(token, strlen(token), hash);
	r = store_add_agent(s, &a, who, e);
	if (r == 0)
		show_token(q->name, token);
	return r;
}

static void on_operator(const struct store_operator *o, void *arg)
{
	(void)o;
	*(bool *)arg = true;
}

/* A gate would ask for a signature; without one there is nobody to look at it. */
static int check_unsigned(struct store *s, struct err *e)
{
	bool enrolled = false;
	int r = store_operators(s, on_operator, &enrolled, e);

	return r == 0 && enrolled ? err_set(e, ERR_DENIED, "adding an agent must be signed by an operator: start the gate first") : r;
}

static int by_store(const struct request *q)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct store *s = NULL;
	char who[80];
	struct err e;
	int r;

	if (pw)
		snprintf(who, sizeof(who), "person:%.64s", pw->pw_name);
	else
		snprintf(who, sizeof(who), "person:uid %u", (unsigned int)geteuid());

	r = path_make_parent(q->state, &e);
	if (r == 0)
		r = store_open(q->state, &s, &e);
	if (r == 0 && strcmp(q->verb, "add") == 0) {
		r = check_unsigned(s, &e);
		if (r == 0)
			r = add_to_store(s, q, who, &e);
	} else if (r == 0 && strcmp(q->verb, "list") == 0) {
		r = store_agents(s, on_agent, NULL, &e);
	} else if (r == 0) {
		r = store_revoke_agent(s, q->name, who, &e);
	}
	if (r == ERR_CONFLICT && !s)
		return complain("agent", EXIT_UNREACHABLE, "a gate has %s but does not answer at %s; name its --socket", q->state, q->socket);
	store_close(s);
	return r < 0 ? complain("agent", EXIT_NO, "%s", e.msg) : EXIT_YES;
}

static int read_request(int argc, char **argv, struct request *q)
{
	static const struct option known[] = {
		{ "answer-within", required_argument, NULL, 'w' }, { "state", required_argument, NULL, 's' },
		{ "socket", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *state = NULL, *socket = NULL;
	int c;

	*q = (struct request){ .answer_within_ms = settings()->answer_within_ms };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'w':
			if (read_time(optarg, &q->answer_within_ms) < 0)
				return complain("agent", EXIT_USAGE, "--answer-within %s: a time like 25s, or none", optarg);
			break;
		case 's': state = optarg; break;
		case 'o': socket = optarg; break;
		case 'h': fputs(help, stdout); return -1;
		default: return EXIT_USAGE;
		}
	}
	q->verb = optind < argc ? argv[optind] : "";
	q->name = optind + 1 < argc ? argv[optind + 1] : NULL;
	if ((strcmp(q->verb, "list") != 0 || q->name) && ((strcmp(q->verb, "add") != 0 && strcmp(q->verb, "revoke") != 0) || !q->name || optind + 2 < argc))
		return complain("agent", EXIT_USAGE, "it is: assent agent add NAME, list, or revoke NAME; see assent agent --help");
	q->state = path_state_dir(state);
	q->socket = path_socket(socket, q->state);
	return q->state && q->socket ? 0 : complain("agent", EXIT_USAGE, "no home directory: name --state and --socket");
}

int cmd_agent(int argc, char **argv)
{
	struct request q;
	int code = read_request(argc, argv, &q);

	if (code == 0 && by_gate(&q, &code) < 0)
		code = by_store(&q);
	free(q.state);
	free(q.socket);
	return code < 0 ? EXIT_YES : code;
}
