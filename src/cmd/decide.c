/*
 * assent decide: one decision by a script or a hand. An approve names version and digest, which say what was looked at; on a computer it also names
 * the picture that was looked at (assent show --screen takes it). It never takes one itself: a picture that nobody saw would be a lie in the record.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "cmd/actions.h"
#include "core/miosa_screenshot.h"

enum { BODY_MAX = 1024 * 1024, SCREEN_MAX = 16 * 1024 * 1024, BOX = 64 };

static const char help[] =
	"usage: assent decide ID approve --version N --digest SHA256 [--screen FILE] [--ahead] [--note TEXT]\n"
	"       assent decide ID deny [--note TEXT]\n"
	"       assent decide ID edit --body FILE\n"
	"       assent decide ID respond --note TEXT\n"
	"       assent decide approval:ID approve --digest FINGERPRINT\n"
	"       assent decide approval:ID deny\n\n"
	"  --version N      the version that was looked at; approve needs it, the others take the one of now\n"
	"  --digest SHA256  the same for the digest; of an approval of MIOSA's, its fingerprint as assent queue prints it\n"
	"  --screen FILE    the picture that was looked at, where the action has coordinates: assent show ID --screen FILE\n"
	"  --ahead          although an earlier action on its session waits\n"
	"  --note TEXT      words for the agent; of respond, the answer\n"
	"  --body FILE      the new body; it is held as a new version, which an approve confirms\n" ASK_HELP;

/* A whole file, not larger than max. */
static int read_file(const char *path, struct buf *into, int64_t *ret_wall_ms)
{
	FILE *f = fopen(path, "re");
	char piece[65536];
	struct stat st;
	size_t n;
	int r = 0;

	if (!f || fstat(fileno(f), &st) < 0)
		r = complain("decide", EXIT_NO, "%s: %s", path, strerror(errno));
	while (r == 0 && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		if (buf_append(into, piece, n) < 0)
			r = complain("decide", EXIT_NO, "%s: over %zu bytes", path, into->max);
	if (r == 0 && ferror(f))
		r = complain("decide", EXIT_NO, "%s: %s", path, strerror(errno));
	if (r == 0 && ret_wall_ms)
		*ret_wall_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	if (f)
		fclose(f);
	return r;
}

/* The picture's hash, when it was taken, and the box round the target. */
static int put_screen(const struct decision *q, const struct json_doc *d, int action, struct jsonw *w)
{
	int64_t x = read_number(d, action, "x", 0), y = read_number(d, action, "y", 0), taken = 0;
	char hex[DIGEST_HEX + 1];
	struct buf picture;
	int code;

	buf_init(&picture, SCREEN_MAX);
	code = read_file(q->screen, &picture, &taken);
	if (code == 0 && !miosa_is_png(buf_cstr(&picture), picture.len))
		code = complain("decide", EXIT_NO, "%s: no PNG; assent show %s --screen FILE takes one", q->screen, q->id);
	if (code == 0) {
		digest_hex(picture.data, picture.len, hex);
		jw_key(w, "screen");
		jw_begin(w, '{');
		jw_kstr(w, "sha256", hex);
		jw_kint(w, "taken_at", taken);
		jw_key(w, "box");
		jw_begin(w, '[');
		jw_int(w, x > BOX / 2 ? x - BOX / 2 : 0);
		jw_int(w, y > BOX / 2 ? y - BOX / 2 : 0);
		jw_int(w, BOX);
		jw_int(w, BOX);
		jw_end(w, ']');
		jw_end(w, '}');
	}
	buf_release(&picture);
	return code;
}

/* What the gate is asked. Version and digest: those that were named, else those of now. */
static int put_request(const struct decision *q, const struct json_doc *d, int action, struct buf *out)
{
	char *digest = q->digest ? NULL : json_strdup(d, json_get(d, action, "digest"));
	struct buf body;
	struct jsonw w;
	int code = 0;

	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_kint(&w, "version", q->version ? strtoll(q->version, NULL, 10) : read_number(d, action, "version", 0));
	jw_kstr(&w, "digest", q->digest ? q->digest : digest);
	jw_kstr(&w, "decision", q->verb);
	if (q->ahead)
		jw_kbool(&w, "ahead", true);
	if (q->note)
		jw_kstr(&w, "note", q->note);
	if (q->screen)
		code = put_screen(q, d, action, &w);
	if (code == 0 && q->body) {
		buf_init(&body, BODY_MAX);
		code = read_file(q->body, &body, NULL);
		jw_key(&w, "body");
		jw_strn(&w, buf_cstr(&body), body.len);
		buf_release(&body);
	}
	jw_end(&w, '}');
	free(digest);
	return code;
}

void print_outcome(const struct json_doc *d, int a)
{
	int approvals = json_size(d, json_get(d, a, "approvals"));

	printf("%lld ", (long long)read_number(d, a, "id", 0));
	print_string(d, a, "state", SAFETEXT_IDENT, 0);
	if (json_str_is(d, json_get(d, a, "state"), "held")) {
		printf(", version %lld, digest ", (long long)read_number(d, a, "version", 0));
		print_string(d, a, "digest", SAFETEXT_IDENT, 0);
		if (approvals > 0)
			printf(", approved by %d of %lld", approvals, (long long)read_number(d, a, "require", 1));
	}
	putchar('\n');
}

int decide_action(struct ask *ask, const struct decision *q)
{
	char path[64];
	struct buf body;
	int code;

	snprintf(path, sizeof(path), "/v1/actions/%.20s", q->id);
	code = ask_gate(ask, "GET", path, NULL);
	if (code != 0)
		return code;
	buf_init(&body, SIZE_MAX - 1);
	code = put_request(q, &ask->doc, json_get(&ask->doc, json_root(&ask->doc), "action"), &body);
	snprintf(path, sizeof(path), "/v1/actions/%.20s/decision", q->id);
	if (code == 0)
		code = ask_gate(ask, "POST", path, buf_cstr(&body));
	if (code == 0)
		print_outcome(&ask->doc, json_root(&ask->doc));
	buf_release(&body);
	return code;
}

/* 0, or EXIT_USAGE, and why was said. */
static int check(const struct decision *q)
{
	bool approve = strcmp(q->verb, "approve") == 0, edit = strcmp(q->verb, "edit") == 0, respond = strcmp(q->verb, "respond") == 0;

	if (strspn(q->id, "0123456789") != strlen(q->id) || !q->id[0] || strlen(q->id) > 18)
		return complain("decide", EXIT_USAGE, "\"%s\" is no action's id; assent queue lists them", q->id);
	if (!approve && !edit && !respond && strcmp(q->verb, "deny") != 0)
		return complain("decide", EXIT_USAGE, "\"%s\" is none of approve, deny, edit, respond", q->verb);
	if (approve && (!q->digest || !q->version))
		return complain("decide", EXIT_USAGE, "approve needs --version and --digest: what was looked at; assent show %s prints them", q->id);
	if (q->version && (strspn(q->version, "0123456789") != strlen(q->version) || !q->version[0] || strlen(q->version) > 9))
		return complain("decide", EXIT_USAGE, "--version %s: a number", q->version);
	if (edit != (q->body != NULL))
		return complain("decide", EXIT_USAGE, edit ? "edit needs --body FILE" : "--body belongs to edit");
	if (respond && !q->note)
		return complain("decide", EXIT_USAGE, "respond needs --note TEXT: it is the answer");
	if (!approve && (q->screen || q->ahead))
		return complain("decide", EXIT_USAGE, "--screen and --ahead belong to approve");
	return 0;
}

int cmd_decide(int argc, char **argv)
{
	static const struct option known[] = {
		{ "digest", required_argument, NULL, 'd' }, { "version", required_argument, NULL, 'v' }, { "note", required_argument, NULL, 'n' },
		{ "body", required_argument, NULL, 'b' }, { "screen", required_argument, NULL, 'p' }, { "ahead", no_argument, NULL, 'a' },
		ASK_OPTIONS, { 0 },
	};
	struct decision q = { 0 };
	struct ask ask;
	int c, code;

	ask_init(&ask, "decide");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'd': q.digest = optarg; break;
		case 'v': q.version = optarg; break;
		case 'n': q.note = optarg; break;
		case 'b': q.body = optarg; break;
		case 'p': q.screen = optarg; break;
		case 'a': q.ahead = true; break;
		case 'h': fputs(help, stdout); return EXIT_YES;
		case '?': return EXIT_USAGE;
		default: ask_option(&ask, c);
		}
	}
	if (optind + 2 != argc)
		return complain("decide", EXIT_USAGE, "it is: assent decide ID approve|deny|edit|respond; see assent decide --help");
	q.id = argv[optind];
	q.verb = argv[optind + 1];
	if (approval_is(q.id)) {
		code = approval_decide(&ask, &q);
	} else {
		code = check(&q);
		if (code == 0)
			code = decide_action(&ask, &q);
	}
	ask_release(&ask);
	return code;
}
