/*
 * plain: the dashboard as lines, for screen readers, braille and terminals that can do little (assent --plain). What comes is told in a line each; a line
 * typed lists, shows or decides. A yes takes two lines, the second of which cannot have been typed ahead: what was typed before its question is dropped.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/actions.h"
#include "cmd/client.h"

enum { LINE_MAX_BYTES = 2000, QUIET_MS = 500 };

static const char words[] =
	"  list                what needs you\n"
	"  show ID             one action, all of it\n"
	"  approve ID          yes; show it first; asks once more\n"
	"  deny ID [WORDS]     no, with words for the agent\n"
	"  respond ID WORDS    no, and the words are the answer\n"
	"  seen ID             a fault: I have seen it\n"
	"  stop AGENT          the agent may do nothing more\n"
	"  freeze              nothing is sent any more; assent unfreeze goes on\n"
	"  quit                leave; the gate goes on holding\n";

/* What was said of an action, so that it is said once. */
struct told {
	struct told *next;
	int64_t id, version;
	bool waits;
};

static struct {
	uv_loop_t loop;
	uv_poll_t input;
	uv_idle_t file;			/* instead of it, where input is a file, which is always ready */
	uv_signal_t signals[2];
	struct client *client;
	struct model model;
	const char *socket;
	struct told *told;
	char line[LINE_MAX_BYTES];
	size_t len;
	bool up, terminal, ending, reading, from_file;
	int64_t shown_id, shown_version;	/* read in full */
	enum shown_facts shown;			/* with what was looked up about it */
	struct {
		int64_t id, version, asked_ms;
		char digest[65], word[128];
	} question;				/* id 0: none is open */
	int code;
} app;

static void prompt(void)
{
	fputs(app.terminal && !app.question.id ? "> " : "", stdout);
	fflush(stdout);
}

static void end(void)
{
	struct told *t, *next;
	size_t i;

	if (app.ending)
		return;
	app.ending = true;
	client_free(app.client);
	uv_close(app.from_file ? (uv_handle_t *)&app.file : (uv_handle_t *)&app.input, NULL);
	for (i = 0; i < ARRAY_LEN(app.signals); i++)
		uv_close((uv_handle_t *)&app.signals[i], NULL);
	for (t = app.told; t; t = next) {
		next = t->next;
		free(t);
	}
}

/* ---- telling ---- */

static void tell_action(const struct model_action *a, int64_t now)
{
	char left[16];
	size_t i;

	printf("%lld ", (long long)a->id);
	print_text(a->agent, SAFETEXT_IDENT, 0);
	fputs(" on ", stdout);
	print_text(a->session_name, SAFETEXT_PROSE, 0);
	fputs(": ", stdout);
	print_text(a->summary, SAFETEXT_PROSE, 0);
	for (i = 0; i < MODEL_RISKS && a->risks[i]; i++) {
		fputs(i == 0 ? ". RISKY: " : ", ", stdout);
		print_text(a->risks[i], SAFETEXT_PROSE, 0);
	}
	if (model_is_held(a)) {
		format_left(a->out_boot_ms - app.model.boot_offset_ms - now, left);
		printf(". %s left%s", left, a->askers == 0 ? "; the agent is away" : "");
	} else {
		fputs(". ", stdout);
		print_text(a->state, SAFETEXT_IDENT, 0);
		if (a->result[0]) {
			fputs(": ", stdout);
			print_text(a->result, SAFETEXT_PROSE, 0);
		}
		if (a->decided_by[0]) {
			fputs(", by ", stdout);
			print_text(a->decided_by, SAFETEXT_PROSE, 0);
		}
	}
	putchar('\n');
}

static struct told *told_of(int64_t id)
{
	struct told *t;

	for (t = app.told; t && t->id != id; t = t->next)
		;
	return t;
}

static void list_all(void)
{
	int64_t now = clock_boot_ms();
	size_t i, n = 0;

	if (!app.model.loaded) {
		puts("the gate has told nothing yet");
		return;
	}
	for (i = 0; i < app.model.action_count; i++) {
		const struct model_action *a = app.model.actions[i];

		if (!a->needs_person)
			continue;
		tell_action(a, now);
		n++;
	}
	if (n == 0)
		puts("nothing needs you");
}

/* A new question, another version of one, or the end of one that was told. */
static void tell_news(const struct model_action *a, int64_t now)
{
	struct told *t = told_of(a->id);
	bool news = a->needs_person ? !t || t->version != a->version || !t->waits : t && t->waits;

	if (!news)
		return;
	if (!t) {
		t = calloc(1, sizeof(*t));
		if (!t)
			abort();
		t->id = a->id;
		t->next = app.told;
		app.told = t;
	}
	fputs(app.terminal ? "\r" : "", stdout);
	fputs(a->needs_person ? "NEEDS YOU " : "", stdout);
	t->version = a->version;
	t->waits = a->needs_person;
	tell_action(a, now);
	if (app.question.id == a->id && (!model_is_held(a) || a->version != app.question.version)) {
		puts("the question about it is withdrawn: it is not what was shown any more");
		app.question.id = 0;
	}
	prompt();
}

static void start_reading(void);

static void on_change(void *arg)
{
	int64_t now = clock_boot_ms();
	static bool began;
	size_t i;

	(void)arg;
	if (!app.model.loaded || app.ending)
		return;
	if (!began) {
		began = true;
		puts("assent: \"help\" tells the words");
		if (app.model.action_count == 0)
			prompt();
	}
	for (i = 0; i < app.model.action_count; i++)
		tell_news(app.model.actions[i], now);
	start_reading();
}

static void on_up(bool up, const char *why, void *arg)
{
	(void)arg;
	if (up == app.up)
		return;
	app.up = up;
	fputs(app.terminal ? "\r" : "", stdout);
	if (up) {
		puts("the gate answers");
	} else {
		fputs("THE GATE DOES NOT ANSWER: ", stdout);
		print_text(why, SAFETEXT_PROSE, 0);
		puts("; nothing can be decided until it does");
	}
	prompt();
	start_reading();
}

/* ---- what is typed ---- */

static void freeze(struct ask *ask)
{
	if (ask_gate(ask, "POST", "/v1/freeze", "{}") == 0)
		puts("FROZEN: nothing is sent any more; assent unfreeze goes on");
}

static void stop_agent(struct ask *ask, const char *name)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "agent", name);
	jw_end(&w, '}');
	if (ask_gate(ask, "POST", "/v1/freeze", buf_cstr(&b)) == 0) {
		fputs("stopped: ", stdout);
		print_text(name, SAFETEXT_IDENT, 0);
		putchar('\n');
	}
	buf_release(&b);
}

static void show(struct ask *ask, const char *id)
{
	const struct model_action *a = model_find_action(&app.model, strtoll(id, NULL, 10));
	int64_t version = a ? a->version : 0;

	if (show_action(ask, id, false, NULL, &app.shown) != 0)
		return;
	app.shown_id = strtoll(id, NULL, 10);
	app.shown_version = version;
}

/* Drops what was typed ahead of the question, so that it cannot be the answer. */
static void ask_for_yes(const struct model_action *a)
{
	bool risky = model_is_risky(a) || app.shown != FACTS_QUIET;

	app.question.id = a->id;
	app.question.version = a->version;
	app.question.asked_ms = clock_boot_ms();
	snprintf(app.question.digest, sizeof(app.question.digest), "%s", a->digest);
	if (risky && a->session_name[0])
		snprintf(app.question.word, sizeof(app.question.word), "%s", a->session_name);
	else
		snprintf(app.question.word, sizeof(app.question.word), "yes %lld", (long long)a->id);
	fputs(!risky ? "" : model_is_risky(a) || app.shown == FACTS_RISKY ? "RISKY. " : "Not all of it could be looked up. ", stdout);
	fputs(risky ? "To send it once, type its session's name, " : "To send it once, type ", stdout);
	print_text(app.question.word, SAFETEXT_IDENT, 0);
	puts("; anything else leaves it held:");
	fflush(stdout);
	tcflush(STDIN_FILENO, TCIFLUSH);
	app.len = 0;
}

static void approve(const char *id)
{
	const struct model_action *a = model_find_action(&app.model, strtoll(id, NULL, 10));

	if (!app.terminal)
		puts("a yes is typed at a terminal; scripts use assent decide");
	else if (!a || !model_is_held(a))
		printf("%s is not held\n", id);
	else if (!app.up)
		puts("the gate does not answer");
	else if (a->has_point)
		printf("%s acts on a point of a screen, which lines cannot show: use the dashboard, or assent show %s --screen FILE and assent decide\n", id, id);
	else if (app.shown_id != a->id || app.shown_version != a->version)
		printf("show %s first: a yes is to what was read\n", id);
	else if (a->askers == 0)
		printf("the agent of %s is away; it can be approved when it is back\n", id);
	else
		ask_for_yes(a);
}

static void answer_question(struct ask *ask, const char *line)
{
	struct decision q = { .verb = "approve" };
	char id[24], version[24];

	snprintf(id, sizeof(id), "%lld", (long long)app.question.id);
	snprintf(version, sizeof(version), "%lld", (long long)app.question.version);
	app.question.id = 0;
	if (strcmp(line, app.question.word) != 0) {
		printf("not approved: %s stays held\n", id);
	} else if (clock_boot_ms() - app.question.asked_ms < QUIET_MS) {
		printf("that came too quickly to be an answer: %s stays held\n", id);
	} else {
		q.id = id;
		q.version = version;
		q.digest = app.question.digest;
		decide_action(ask, &q);
	}
}

static void decide(struct ask *ask, const char *verb, const char *id, const char *note)
{
	struct decision q = { .id = id, .verb = verb, .note = note[0] ? note : NULL };

	if (strcmp(verb, "respond") == 0 && !note[0])
		puts("respond needs words: they are the answer");
	else
		decide_action(ask, &q);
}

static void seen(struct ask *ask, const char *id)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/actions/%.20s/seen", id);
	if (ask_gate(ask, "POST", path, "{}") == 0)
		printf("%s: seen\n", id);
}

static bool is_id(const char *text)
{
	return text[0] && strlen(text) <= 18 && strspn(text, "0123456789") == strlen(text);
}

/* word, first argument, the rest; in place. */
static void take_line(char *line)
{
	char *word = line + strspn(line, " \t"), *first = word + strcspn(word, " \t"), *rest;
	struct ask ask;

	ask_init(&ask, "");
	ask.socket = app.socket;
	if (app.question.id) {
		answer_question(&ask, line);
		ask_release(&ask);
		return;
	}
	if (*first)
		*first++ = '\0';
	first += strspn(first, " \t");
	rest = first + strcspn(first, " \t");
	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	if (!*word)
		;
	else if (strcmp(word, "list") == 0)
		list_all();
	else if (strcmp(word, "help") == 0)
		fputs(words, stdout);
	else if (strcmp(word, "quit") == 0)
		end();
	else if (strcmp(word, "freeze") == 0)
		freeze(&ask);
	else if (strcmp(word, "stop") == 0 && *first)
		stop_agent(&ask, first);
	else if (!is_id(first))
		puts("no such word, or an id is missing; \"help\" tells the words");
	else if (strcmp(word, "show") == 0)
		show(&ask, first);
	else if (strcmp(word, "approve") == 0)
		approve(first);
	else if (strcmp(word, "deny") == 0 || strcmp(word, "respond") == 0)
		decide(&ask, word, first, rest);
	else if (strcmp(word, "seen") == 0)
		seen(&ask, first);
	else
		puts("no such word; \"help\" tells them");
	ask_release(&ask);
}

static void on_input(uv_poll_t *p, int status, int events)
{
	ssize_t n = status < 0 ? 0 : read(STDIN_FILENO, app.line + app.len, sizeof(app.line) - 1 - app.len);
	char *line, *stop;

	(void)p;
	(void)events;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end();
		return;
	}
	app.len += (size_t)n;
	app.line[app.len] = '\0';
	for (line = app.line; !app.ending && (stop = memchr(line, '\n', app.len - (size_t)(line - app.line))) != NULL; line = stop + 1) {
		*stop = '\0';
		take_line(line);
		if (app.len == 0)	/* a question was asked: what came with this line is no answer to it */
			break;
	}
	if (app.len > 0) {
		app.len -= (size_t)(line - app.line);
		memmove(app.line, line, app.len);
	}
	if (app.len == sizeof(app.line) - 1) {
		puts("that line is too long: not read");
		app.len = 0;
	}
	if (!app.ending)
		prompt();
}

static void on_file(uv_idle_t *i)
{
	(void)i;
	on_input(NULL, 0, UV_READABLE);
}

/* Not before it is known what there is: a line that came at once would be about nothing. */
static void start_reading(void)
{
	if (app.reading || app.ending)
		return;
	app.reading = true;
	if (app.from_file)
		uv_idle_start(&app.file, on_file);
	else
		uv_poll_start(&app.input, UV_READABLE | UV_DISCONNECT, on_input);
}

static void on_signal(uv_signal_t *s, int number)
{
	(void)s;
	(void)number;
	app.code = EXIT_NO;
	end();
}

/* ---- what only the dashboard asks for ---- */

static void no_log(const char *session, struct log_line *lines, size_t count, int64_t total, void *arg)
{
	(void)session;
	(void)lines;
	(void)count;
	(void)total;
	(void)arg;
}

int plain_run(const char *socket)
{
	static const int numbers[] = { SIGTERM, SIGHUP };
	static char output[65536];	/* a line in one write: the terminal may echo between two (lines.c) */
	struct client_spec spec = { .loop = &app.loop, .socket = socket, .model = &app.model, .on_change = on_change, .on_up = on_up, .on_log = no_log };
	size_t i;

	setvbuf(stdout, output, _IOLBF, sizeof(output));
	app.socket = socket;
	app.up = true;
	app.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	model_init(&app.model);
	uv_loop_init(&app.loop);
	app.from_file = uv_poll_init(&app.loop, &app.input, STDIN_FILENO) != 0;
	if (app.from_file)
		uv_idle_init(&app.loop, &app.file);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(&app.loop, &app.signals[i]);
		uv_signal_start(&app.signals[i], on_signal, numbers[i]);
	}
	app.client = client_new(&spec);
	if (!app.client)
		abort();
	uv_run(&app.loop, UV_RUN_DEFAULT);
	uv_loop_close(&app.loop);
	model_release(&app.model);
	return app.code;
}
