/* assent operator: makes this person's key, and says whose signatures the gate takes. */
#include "config.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/lines.h"
#include "core/httpmsg.h"
#include "io/identity.h"
#include "io/key.h"

static const char help[] =
	"usage: assent operator init [--name NAME] [--passphrase-fd N]\n"
	"       assent operator list [--json]\n"
	"       assent operator enrol PUBLIC-KEY --name NAME | FILE\n"
	"       assent operator revoke NAME\n\n"
	"  --name NAME         of the operator (init: your account's name)\n"
	"  --passphrase-fd N   the passphrase is the first line of descriptor N\n"
	"  --json              as the gate tells it\n"
	"  --state DIR         the gate's state folder\n"
	"  --socket PATH       the operator's socket\n";

struct request {
	const char *verb, *what, *name;
	char *socket;
	int passphrase_fd;
	bool json;
};

/* What the gate answered, or why there is no answer. EXIT_YES when it did as asked. */
static int outcome(int r, int status, const struct buf *answer, struct err *e)
{
	if (r < 0)
		return complain("operator", EXIT_UNREACHABLE, "no gate answers: %s", e->msg);
	if (status < 300)
		return EXIT_YES;
	call_error(answer, status, e);
	return complain("operator", EXIT_NO, "%s", e->msg);
}

/* One call, signed where the gate asks for it. */
static int ask(const struct request *q, const char *method, const char *path, const char *body, struct buf *answer)
{
	struct err e;
	int status, r;

	buf_init(answer, SIZE_MAX - 1);
	r = call_gate(q->socket, method, path, body, &status, answer, &e);
	return outcome(r, status, answer, &e);
}

static void put_enrolment(struct buf *body, const char *name, const char *public_key)
{
	struct jsonw w;

	buf_init(body, 4096);
	jw_init(&w, body);
	jw_begin(&w, '{');
	jw_kstr(&w, "name", name);
	jw_kstr(&w, "public_key", public_key);
	jw_end(&w, '}');
}

/* ---- init ---- */

/* Twice at a terminal, once from a script. */
static int ask_new(const struct request *q, char *passphrase, size_t size, struct err *e)
{
	char again[IDENTITY_PASSPHRASE_MAX + 1];
	bool script = q->passphrase_fd >= 0 || getenv("ASSENT_PASSPHRASE_FD");
	int r = ask_passphrase("New passphrase of the operator's key", q->passphrase_fd, passphrase, size, e);

	if (r < 0 || script)
		return r;
	r = ask_passphrase("The same again", -1, again, sizeof(again), e);
	if (r == 0 && strcmp(passphrase, again) != 0)
		r = err_set(e, ERR_INVALID, "the two passphrases differ");
	wipe(again, sizeof(again));
	return r;
}

static int make(const struct request *q, const char *file, struct identity_card *card, struct err *e)
{
	const struct passwd *pw = q->name ? NULL : getpwuid(geteuid());
	const char *name = q->name ? q->name : pw ? pw->pw_name : NULL;
	char passphrase[IDENTITY_PASSPHRASE_MAX + 2];
	int r;

	if (!name)
		return err_set(e, ERR_INVALID, "your account has no name: give one with --name");
	if (access(file, F_OK) == 0)
		return err_set(e, ERR_CONFLICT, "%s is there already; to enrol it in this gate: assent operator enrol %s", file, file);
	r = path_make_parent(file, e);
	if (r == 0)
		r = ask_new(q, passphrase, sizeof(passphrase), e);
	if (r == 0)
		r = identity_make(file, name, passphrase, IDENTITY_COST, card, e);
	wipe(passphrase, sizeof(passphrase));
	return r;
}

/* The first is enrolled at once; another needs the signature of one who is. */
static int enrol_new(const struct request *q, const struct identity_card *card)
{
	struct buf body, answer;
	struct err e;
	int status, r, code = EXIT_YES;

	put_enrolment(&body, card->name, card->public_key);
	buf_init(&answer, SIZE_MAX - 1);
	r = call_gate_unsigned(q->socket, "POST", "/v1/operators", buf_cstr(&body), &status, &answer, &e);
	if (r < 0)
		fprintf(stderr, "No gate answers at %s. When one runs: assent operator enrol '%s' --name %s\n", q->socket, card->public_key, card->name);
	else if (status == 403)
		fprintf(stderr, "This gate has operators. Ask one of them to run: assent operator enrol '%s' --name %s\n", card->public_key, card->name);
	else if (status >= 300)
		code = outcome(r, status, &answer, &e);
	else
		fprintf(stderr, "You are the FIRST OPERATOR of this gate, and nobody had to sign for that: look at \"assent operator list\" that you are the\n"
				"only one. From now on all that widens what agents may do must be signed: approving, editing, unfreezing, agents, operators,\n"
				"budgets, rules. Denying, stopping and freezing need no signature.\n");
	buf_release(&body);
	buf_release(&answer);
	return code;
}

static int init(const struct request *q)
{
	char *file = path_config("operator.key");
	struct identity_card card;
	struct err e;
	int code;

	if (!file)
		return complain("operator", EXIT_USAGE, "no home directory: set XDG_CONFIG_HOME");
	if (make(q, file, &card, &e) < 0) {
		code = complain("operator", EXIT_NO, "%s", e.msg);
	} else {
		printf("%s %s\n", card.name, card.public_key);
		fflush(stdout);
		fprintf(stderr, "The key is in %s, sealed by the passphrase. Nobody can open it without: there is no way round a lost one.\n", file);
		code = enrol_new(q, &card);
	}
	free(file);
	return code;
}

/* ---- list, enrol, revoke ---- */

static int list(const struct request *q)
{
	struct buf answer;
	struct json_doc d;
	int code = ask(q, "GET", "/v1/operators", NULL, &answer), o;

	if (code == EXIT_YES && q->json) {
		print_lines(answer.data, answer.len);
		putchar('\n');
	} else if (code == EXIT_YES && json_parse(buf_cstr(&answer), answer.len, &d, NULL) == 0) {
		for (o = json_first(&d, json_get(&d, json_root(&d), "operators")); o != JSON_NONE; o = json_next(&d, o)) {
			char *name = json_strdup(&d, json_get(&d, o, "name")), *key = json_strdup(&d, json_get(&d, o, "public_key"));

			/* From a gate that takes no other names. */
			if (name && key && identity_name_ok(name) && identity_public_ok(key))
				printf("%-20s %s\n", name, key);
			free(name);
			free(key);
		}
		json_release(&d);
	}
	buf_release(&answer);
	return code;
}

static int enrol(const struct request *q)
{
	struct identity_card card = { 0 };
	struct buf body, answer;
	struct err e;
	int code;

	if (identity_public_ok(q->what))
		snprintf(card.public_key, sizeof(card.public_key), "%s", q->what);
	else if (identity_card_of(q->what, &card, &e) < 0)
		return complain("operator", EXIT_USAGE, "%s is no public key of 44 characters, nor a key's file: %s", q->what, e.msg);
	if (!q->name && !card.name[0])
		return complain("operator", EXIT_USAGE, "whose key is it? Add --name NAME");
	put_enrolment(&body, q->name ? q->name : card.name, card.public_key);
	code = ask(q, "POST", "/v1/operators", buf_cstr(&body), &answer);
	buf_release(&body);
	buf_release(&answer);
	return code;
}

static int end_enrolment(const struct request *q)
{
	struct buf path, answer;
	int code;

	buf_init(&path, 4096);
	buf_puts(&path, "/v1/operators/");
	http_encode(&path, q->what, strlen(q->what), false);
	code = ask(q, "DELETE", buf_cstr(&path), NULL, &answer);
	buf_release(&path);
	buf_release(&answer);
	return code;
}

static const struct {
	const char *verb;
	bool wants;		/* an argument */
	int (*run)(const struct request *q);
} verbs[] = { { "init", false, init }, { "list", false, list }, { "enrol", true, enrol }, { "revoke", true, end_enrolment } };

/* 0; 1: help was asked; -1: wrong. */
static int read_request(int argc, char **argv, struct request *q, size_t *ret_verb)
{
	static const struct option known[] = {
		{ "name", required_argument, NULL, 'n' }, { "passphrase-fd", required_argument, NULL, 'p' }, { "json", no_argument, NULL, 'j' },
		{ "state", required_argument, NULL, 's' }, { "socket", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *state = NULL, *socket = NULL;
	char *folder, *rest;
	int c;

	*q = (struct request){ .passphrase_fd = -1 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'n': q->name = optarg; break;
		case 'p':
			q->passphrase_fd = (int)strtol(optarg, &rest, 10);
			if (*rest || rest == optarg || q->passphrase_fd < 0)
				return complain("operator", -1, "--passphrase-fd %s: no descriptor", optarg);
			break;
		case 'j': q->json = true; break;
		case 's': state = optarg; break;
		case 'o': socket = optarg; break;
		case 'h': fputs(help, stdout); return 1;
		default: return -1;
		}
	}
	q->verb = optind < argc ? argv[optind] : "";
	q->what = optind + 1 < argc ? argv[optind + 1] : NULL;
	for (*ret_verb = 0; *ret_verb < ARRAY_LEN(verbs) && strcmp(verbs[*ret_verb].verb, q->verb) != 0; ++*ret_verb)
		;
	if (*ret_verb == ARRAY_LEN(verbs) || verbs[*ret_verb].wants != (q->what != NULL) || optind + 2 < argc)
		return complain("operator", -1, "it is: assent operator init, list, enrol KEY, or revoke NAME; see assent operator --help");
	folder = path_state_dir(state);
	q->socket = path_socket(socket, folder);
	free(folder);
	return q->socket ? 0 : complain("operator", -1, "no home directory: name --state and --socket");
}

int cmd_operator(int argc, char **argv)
{
	struct request q;
	size_t verb = 0;
	int r = read_request(argc, argv, &q, &verb), code;

	if (r != 0)
		return r > 0 ? EXIT_YES : EXIT_USAGE;
	key_harden_process();
	code = verbs[verb].run(&q);
	free(q.socket);
	return code;
}
