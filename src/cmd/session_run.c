/* session_run: see session_run.h. What a command prints is read from what the gate keeps of its answer, as it comes. */
#include "config.h"

#include "cmd/session_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/lines.h"
#include "core/httpmsg.h"
#include "core/miosa_event.h"
#include "core/sse.h"

enum { LOOK_MS = 100, EVENT_MAX = 1024 * 1024 };

/* A command that runs. */
struct running {
	struct ask *ask;
	int64_t action, kept;	/* kept: bytes of its answer that were printed */
	struct sse sse;
	struct miosa_event event;
	int64_t exit_code;
};

/* A word as the shell takes it for one. */
static void put_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";

	if (word[0] && word[strspn(word, plain)] == '\0') {
		buf_puts(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *word);
	}
	buf_putc(out, '\'');
}

static void put_command(struct buf *out, char *const *words)
{
	size_t i;

	if (!words[1])
		buf_puts(out, words[0]);
	for (i = 0; words[1] && words[i]; i++) {
		if (i > 0)
			buf_putc(out, ' ');
		put_word(out, words[i]);
	}
}

static void put_path(struct buf *path, const char *id, const char *verb)
{
	buf_puts(path, "/v1/sessions/");
	http_encode(path, id, strlen(id), false);
	buf_printf(path, "/%s", verb);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct running *r = arg;
	struct miosa_event *e = &r->event;

	miosa_event_read(e, ev->type, ev->data, ev->data_len);
	if (e->kind == MIOSA_EXEC_ENDED && e->exit_code != MIOSA_NO_CODE) {
		r->exit_code = e->exit_code;
	} else if (((e->kind == MIOSA_OUT || e->kind == MIOSA_ERR) && e->has_text) || e->kind == MIOSA_ERROR) {
		print_lines(e->text, e->text_len);
		putchar('\n');
		fflush(stdout);
	}
}

/* What came since the last look. */
static int print_new(struct running *r, int64_t kept)
{
	char path[64];
	int code;

	if (kept <= r->kept)
		return 0;
	snprintf(path, sizeof(path), "/v1/actions/%lld/answer", (long long)r->action);
	code = ask_gate(r->ask, "GET", path, NULL);
	if (code == 0 && r->ask->answer.len > (size_t)r->kept) {
		sse_feed(&r->sse, r->ask->answer.data + r->kept, r->ask->answer.len - (size_t)r->kept);
		r->kept = (int64_t)r->ask->answer.len;
	}
	return code;
}

/* How it ended, for the exit code, and a word where that is not all well. */
static int tell_end(const struct running *r, const struct json_doc *d, int action)
{
	char *result = json_strdup(d, json_get(d, action, "result"));
	int64_t len = read_number(d, json_get(d, action, "answer"), "len", 0);
	int code = EXIT_YES;

	if (len > r->kept)
		complain("session", 0, "%lld of %lld bytes of its answer are kept; the log of the session has the rest", (long long)r->kept, (long long)len);
	if (r->exit_code != MIOSA_NO_CODE && r->exit_code != 0)
		code = complain("session", EXIT_NO, "the command ended with %lld", (long long)r->exit_code);
	else if (r->exit_code == MIOSA_NO_CODE)
		code = complain("session", EXIT_NO, "action %lld: %s; how the command ended is not known", (long long)r->action, result ? result : "");
	free(result);
	return code;
}

static int follow(struct running *r)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	struct ask *ask = r->ask;
	char path[64];

	snprintf(path, sizeof(path), "/v1/actions/%lld", (long long)r->action);
	for (;;) {
		int code = ask_gate(ask, "GET", path, NULL), action, answer;
		bool over;

		if (code != 0)
			return code;
		action = json_get(&ask->doc, json_root(&ask->doc), "action");
		answer = json_get(&ask->doc, action, "answer");
		over = !json_str_is(&ask->doc, json_get(&ask->doc, action, "state"), "sent") && !json_str_is(&ask->doc, json_get(&ask->doc, answer, "end"), "coming");
		code = print_new(r, read_number(&ask->doc, answer, "kept", 0));
		if (code == 0 && over)
			code = ask_gate(ask, "GET", path, NULL);
		if (code != 0)
			return code;
		if (over)
			return tell_end(r, &ask->doc, json_get(&ask->doc, json_root(&ask->doc), "action"));
		nanosleep(&pause, NULL);
	}
}

int session_run(struct ask *ask, const char *id, const char *cwd, char *const *words)
{
	struct running r = { .ask = ask, .exit_code = MIOSA_NO_CODE };
	struct buf path, body, command;
	struct jsonw w;
	int code;

	buf_init(&path, 8192);
	buf_init(&body, SIZE_MAX - 1);
	buf_init(&command, SIZE_MAX - 1);
	put_path(&path, id, "run");
	put_command(&command, words);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "command", buf_cstr(&command));
	if (cwd)
		jw_kstr(&w, "cwd", cwd);
	jw_end(&w, '}');
	code = ask_gate(ask, "POST", buf_cstr(&path), buf_cstr(&body));
	if (code == 0) {
		r.action = read_number(&ask->doc, json_root(&ask->doc), "action", 0);
		sse_init(&r.sse, EVENT_MAX, on_event, &r);
		miosa_event_init(&r.event);
		code = follow(&r);
		miosa_event_release(&r.event);
		sse_release(&r.sse);
	}
	buf_release(&path);
	buf_release(&body);
	buf_release(&command);
	return code;
}

int session_snapshot(struct ask *ask, const char *id, const char *comment)
{
	struct buf path, body;
	struct jsonw w;
	int code, root;

	buf_init(&path, 8192);
	buf_init(&body, SIZE_MAX - 1);
	put_path(&path, id, "snapshot");
	jw_init(&w, &body);
	jw_begin(&w, '{');
	if (comment)
		jw_kstr(&w, "comment", comment);
	jw_end(&w, '}');
	code = ask_gate(ask, "POST", buf_cstr(&path), buf_cstr(&body));
	buf_release(&path);
	buf_release(&body);
	if (code != 0)
		return code;
	root = json_root(&ask->doc);
	printf("%lld snapshot: ", (long long)read_number(&ask->doc, root, "action", 0));
	print_string(&ask->doc, root, "state", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(&ask->doc, root, "snapshot", SAFETEXT_IDENT, 0);
	putchar('\n');
	return json_str_is(&ask->doc, json_get(&ask->doc, root, "state"), "done") && json_type(&ask->doc, json_get(&ask->doc, root, "snapshot")) == JSON_STRING ?
	       EXIT_YES : EXIT_NO;
}
