/* assent show: one action, all of it, and the screen that it would act on. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/actions.h"
#include "cmd/lines.h"
#include "core/httpmsg.h"
#include "core/miosa_screenshot.h"
#include "io/png.h"

static const char help[] =
	"usage: assent show ID [--json] [--screen FILE]\n\n"
	"Shows one action: what it would do, every byte of its request, what was decided, and what is kept of its answer.\n\n"
	"  --json           the action as JSON\n"
	"  --screen FILE    also writes the picture of its computer's screen, as it is now, to FILE (PNG)\n" ASK_HELP;

static void row(const struct json_doc *d, int a, const char *label, const char *key, enum safetext_kind kind)
{
	char *text = json_strdup(d, json_get(d, a, key));

	if (text && text[0]) {
		printf("%-9s ", label);
		print_text(text, kind, 0);
		putchar('\n');
	}
	free(text);
}

/* Each line of a text behind a bar. */
static void block(const char *text, enum safetext_kind kind)
{
	const char *end;
	char *line;

	for (; text; text = *end ? end + 1 : NULL) {
		end = strchrnul(text, '\n');
		line = strndup(text, (size_t)(end - text));
		fputs("  | ", stdout);
		print_text(line, kind, 0);
		putchar('\n');
		free(line);
	}
}

static void show_request(const struct json_doc *d, int a)
{
	char *query = json_strdup(d, json_get(d, a, "query")), *body = json_strdup(d, json_get(d, a, "body"));
	int h, v;

	fputs("request   ", stdout);
	print_string(d, a, "method", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, a, "path", SAFETEXT_IDENT, 0);
	if (query && query[0]) {
		putchar('?');
		print_text(query, SAFETEXT_IDENT, 0);
	}
	putchar('\n');
	for (h = json_first(d, json_get(d, a, "headers")); h != JSON_NONE; h = json_next(d, h)) {
		char *name = json_strdup(d, json_first(d, h)), *value;

		v = json_next(d, json_first(d, h));
		value = json_strdup(d, v);
		fputs("header    ", stdout);
		print_text(name, SAFETEXT_IDENT, 0);
		fputs(": ", stdout);
		print_text(value, SAFETEXT_IDENT, 0);
		putchar('\n');
		free(name);
		free(value);
	}
	printf("body      %lld bytes%s\n", (long long)read_number(d, a, "body_len", 0), body ? "" : ", no text: see assent show --json");
	if (body && body[0])
		block(body, SAFETEXT_IDENT);
	row(d, a, "digest", "digest", SAFETEXT_IDENT);
	free(query);
	free(body);
}

static void show_edit(const struct json_doc *d, int a)
{
	int edited = json_get(d, a, "edited");
	char *original;

	if (json_type(d, edited) != JSON_OBJECT)
		return;
	fputs("edited    by ", stdout);
	print_string(d, edited, "by", SAFETEXT_PROSE, 0);
	puts("; the agent asked:");
	original = json_strdup(d, json_get(d, edited, "original"));
	block(original ? original : "", SAFETEXT_IDENT);
	free(original);
}

static void show_approvals(const struct json_doc *d, int a)
{
	int64_t require = read_number(d, a, "require", 1);
	int v, list = json_get(d, a, "approvals");
	char at[8];

	if (require < 2)
		return;
	printf("approvals %d of %lld", json_size(d, list), (long long)require);
	for (v = json_first(d, list); v != JSON_NONE; v = json_next(d, v)) {
		putchar(' ');
		print_string(d, v, "by", SAFETEXT_PROSE, 0);
		format_clock(read_number(d, v, "wall_ms", 0), at);
		printf(" %s", at);
	}
	putchar('\n');
}

static void show(const struct json_doc *d, int a, int64_t now)
{
	int risk, n = 0;
	char left[16];

	printf("%lld ", (long long)read_number(d, a, "id", 0));
	print_string(d, a, "state", SAFETEXT_IDENT, 0);
	printf(", version %lld\n", (long long)read_number(d, a, "version", 0));
	print_string(d, a, "plain", SAFETEXT_PROSE, 0);
	putchar('\n');
	for (risk = json_first(d, json_get(d, a, "risks")); risk != JSON_NONE; risk = json_next(d, risk)) {
		char *text = json_strdup(d, risk);

		fputs(n++ == 0 ? "RISKY     " : ", ", stdout);
		print_text(text, SAFETEXT_PROSE, 0);
		free(text);
	}
	if (n > 0)
		putchar('\n');
	show_request(d, a);
	show_edit(d, a);
	row(d, a, "agent", "agent", SAFETEXT_IDENT);
	row(d, a, "session", "session_name", SAFETEXT_PROSE);
	row(d, a, "held by", "held_by", SAFETEXT_PROSE);
	if (json_str_is(d, json_get(d, a, "state"), "held")) {
		format_left(read_number(d, a, "out_boot_ms", now) - now, left);
		printf("left      %s%s%s\n", left, json_str_is(d, json_get(d, a, "out_by"), "hold") ? "" : ", the agent gives up then",
		       read_number(d, a, "askers", 0) == 0 ? ", the agent is away" : "");
	}
	show_approvals(d, a);
	row(d, a, "decision", "decision", SAFETEXT_IDENT);
	row(d, a, "by", "decided_by", SAFETEXT_PROSE);
	row(d, a, "words", "note", SAFETEXT_PROSE);
	row(d, a, "result", "result", SAFETEXT_PROSE);
	row(d, a, "error", "error", SAFETEXT_PROSE);
	row(d, a, "says |", "title", SAFETEXT_PROSE);
	row(d, a, "says |", "reason", SAFETEXT_PROSE);
}

/* What is kept of the substrate's answer; a whole one that is too long is not. */
static int show_answer(struct ask *ask, int a, const char *id)
{
	int answer = json_get(&ask->doc, a, "answer"), code;
	int64_t len = read_number(&ask->doc, answer, "len", 0), kept = read_number(&ask->doc, answer, "kept", 0);
	char path[64];

	if (json_type(&ask->doc, answer) != JSON_OBJECT)
		return 0;
	printf("answer    %lld bytes", (long long)len);
	if (!json_str_is(&ask->doc, json_get(&ask->doc, answer, "end"), "whole")) {
		fputs(", ", stdout);
		print_string(&ask->doc, answer, "end", SAFETEXT_IDENT, 0);
	}
	if (kept < len)
		printf(kept > 0 ? ", the first %lld are kept" : ", not kept", (long long)kept);
	if (kept == 0) {
		putchar('\n');
		return 0;
	}
	snprintf(path, sizeof(path), "/v1/actions/%.20s/answer", id);
	code = ask_gate(ask, "GET", path, NULL);
	if (code == 0 && memchr(buf_cstr(&ask->answer), '\0', ask->answer.len)) {
		puts(", no text");
	} else if (code == 0) {
		putchar('\n');
		block(buf_cstr(&ask->answer), SAFETEXT_PROSE);
	}
	return code;
}

/* Never over a file that is there, nor through a link. */
static int save_screen(struct ask *ask, const char *session, const char *file)
{
	struct buf path, png;
	struct err e;
	int code, fd;

	buf_init(&path, 4096);
	buf_puts(&path, "/api/v1/computers/");
	http_encode(&path, session, strlen(session), false);
	buf_puts(&path, "/desktop/screenshot");
	code = ask_gate(ask, "GET", buf_cstr(&path), NULL);
	buf_release(&path);
	if (code != 0)
		return code;
	buf_init(&png, PNG_BYTES_MAX);
	if (miosa_screenshot(buf_cstr(&ask->answer), ask->answer.len, 200, &png, &e) < 0) {
		code = complain("show", EXIT_NO, "the screen of computer %s: %s", session, e.msg);
	} else {
		fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, png.data, png.len) != (ssize_t)png.len)
			code = complain("show", EXIT_NO, "%s: %s", file, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	buf_release(&png);
	return code;
}

int show_action(struct ask *ask, const char *id, bool json, const char *file, enum shown_facts *ret_facts)
{
	enum shown_facts facts = FACTS_QUIET;
	char path[64], *session;
	const char *raw;
	int64_t now = 0;
	bool is_held;
	size_t len;
	int code, a;

	/* Its time left is counted by the gate's clock. */
	code = json ? 0 : ask_gate(ask, "GET", "/v1/state", NULL);
	if (code == 0 && !json)
		now = read_number(&ask->doc, json_root(&ask->doc), "now_boot_ms", 0);
	snprintf(path, sizeof(path), "/v1/actions/%.20s", id);
	if (code == 0)
		code = ask_gate(ask, "GET", path, NULL);
	if (code != 0)
		return code;
	a = json_get(&ask->doc, json_root(&ask->doc), "action");
	raw = json_raw(&ask->doc, a, &len);
	session = json_str_is(&ask->doc, json_get(&ask->doc, a, "session_kind"), "computer") ? json_strdup(&ask->doc, json_get(&ask->doc, a, "session")) : NULL;
	if (json) {
		print_lines(raw, len);
		putchar('\n');
	} else {
		show(&ask->doc, a, now);
		is_held = json_str_is(&ask->doc, json_get(&ask->doc, a, "state"), "held");
		code = show_answer(ask, a, id);
		if (code == 0 && is_held)
			facts = show_facts(ask, id);
	}
	if (code == 0 && file)
		code = session ? save_screen(ask, session, file) : complain("show", EXIT_NO, "action %s acts on no computer: there is no screen", id);
	free(session);
	if (ret_facts)
		*ret_facts = facts;
	return code;
}

int cmd_show(int argc, char **argv)
{
	static const struct option known[] = { { "json", no_argument, NULL, 'j' }, { "screen", required_argument, NULL, 'p' }, ASK_OPTIONS, { 0 } };
	const char *file = NULL;
	bool json = false;
	struct ask ask;
	int c, code;

	ask_init(&ask, "show");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (c == '?')
			return EXIT_USAGE;
		json |= c == 'j';
		if (c == 'p')
			file = optarg;
		ask_option(&ask, c);
	}
	if (optind + 1 != argc || strspn(argv[optind], "0123456789") != strlen(argv[optind]) || strlen(argv[optind]) > 18)
		return complain("show", EXIT_USAGE, "it is: assent show ID; assent queue lists the ids");
	code = show_action(&ask, argv[optind], json, file, NULL);
	ask_release(&ask);
	return code;
}
