/* assent tail: a session's lines as they come, or any event stream as it is. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/lines.h"
#include "cmd/tail.h"
#include "io/charset.h"
#include "io/key.h"

static const char help[] =
	"usage: assent tail SESSION [--json]\n"
	"       assent tail --url URL [--last-id ID] [--json] [--key | --key-file FILE]\n\n"
	"Prints the last 10 lines of a session (its id or its name) and then what comes, also after the gate was started again.\n"
	"With --url: reads an event stream without a gate, and shows each event, comment and error, to find out what a server sends.\n\n"
	"  --json           one JSON object a line\n"
	"  --url URL        https, or http to this machine; opened again when it breaks off\n"
	"  --last-id ID     begin behind this event, as if it had been read\n"
	"  --key            send the API key that assent gate takes (assent.conf, systemd's credential miosa-key, MIOSA_API_KEY)\n"
	"  --key-file FILE  send the API key of this file (mode 0600). Without these two, no key is sent\n"
	"  --state DIR      the gate's state folder\n"
	"  --socket PATH    the operator's socket\n\n"
	"Ctrl-C ends it with status 0, as does a session that is gone and a stream that says so (204).\n";

struct options {
	const char *session, *url, *last_id, *key_file, *state, *socket;
	bool json, key;
};

/* ---- what the followers use ---- */

void tail_end(struct tail *t, int code)
{
	if (t->ended)
		return;
	t->ended = true;
	t->code = code;
	uv_stop(&t->loop);
}

/* A reader that went away is the way of head(1) to say that it has enough. */
static void check_output(struct tail *t)
{
	if (!ferror(stdout) || t->ended)
		return;
	if (errno == EPIPE)
		tail_end(t, EXIT_YES);
	else
		tail_end(t, complain("tail", EXIT_NO, "standard output: %s", strerror(errno)));
}

void tail_print(struct tail *t, const struct buf *line)
{
	if (t->ended)
		return;
	print_lines(buf_cstr(line), line->len);
	putchar('\n');
	check_output(t);
}

void tail_flush(struct tail *t)
{
	fflush(stdout);
	check_output(t);
}

void tail_put_time(struct buf *out, int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	char text[16];
	struct tm tm;

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%H:%M:%S ", &tm) > 0)
		buf_puts(out, text);
}

void tail_put_text(struct buf *out, const char *text, size_t len)
{
	safetext_line(out, text, len, charset_kind(SAFETEXT_PROSE));
}

/* ---- the command ---- */

static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' }, { "url", required_argument, NULL, 'u' }, { "last-id", required_argument, NULL, 'l' }, { "key", no_argument, NULL, 'k' },
		{ "key-file", required_argument, NULL, 'f' }, { "state", required_argument, NULL, 's' }, { "socket", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *p;
	int c;

	*o = (struct options){ 0 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'j': o->json = true; break;
		case 'u': o->url = optarg; break;
		case 'l': o->last_id = optarg; break;
		case 'k': o->key = true; break;
		case 'f': o->key_file = optarg; break;
		case 's': o->state = optarg; break;
		case 'o': o->socket = optarg; break;
		case 'h': fputs(help, stdout); return -1;
		default: return EXIT_USAGE;
		}
	}
	if (optind < argc)
		o->session = argv[optind++];
	if (optind < argc)
		return complain("tail", EXIT_USAGE, "unknown argument \"%s\"", argv[optind]);
	if (!o->session == !o->url)
		return complain("tail", EXIT_USAGE, "name one session, or one address with --url");
	if (!o->url && (o->last_id || o->key || o->key_file))
		return complain("tail", EXIT_USAGE, "--last-id, --key and --key-file go with --url");
	if (o->key && o->key_file)
		return complain("tail", EXIT_USAGE, "--key and --key-file: name one of them");
	for (p = o->last_id ? o->last_id : ""; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return complain("tail", EXIT_USAGE, "--last-id: an id with control characters cannot be sent");
	return 0;
}

static void on_signal(uv_signal_t *s, int number)
{
	(void)number;
	tail_end(s->data, EXIT_YES);
}

static void begin(struct tail *t)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	uv_loop_init(&t->loop);
	uv_timer_init(&t->loop, &t->retry);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(&t->loop, &t->signals[i]);
		t->signals[i].data = t;
		uv_signal_start(&t->signals[i], on_signal, numbers[i]);
	}
}

static void end(struct tail *t)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(t->signals); i++)
		uv_close((uv_handle_t *)&t->signals[i], NULL);
	uv_close((uv_handle_t *)&t->retry, NULL);
	uv_run(&t->loop, UV_RUN_DEFAULT);
	uv_loop_close(&t->loop);
	fflush(stdout);
}

static int follow_session(const struct options *o)
{
	char *dir = path_state_dir(o->state), *socket = path_socket(o->socket, dir);
	struct tail t = { .json = o->json };
	struct session_tail *s;

	free(dir);
	if (!socket)
		return complain("tail", EXIT_USAGE, "no home directory: name --socket");
	begin(&t);
	s = session_tail_new(&t, socket, o->session);
	if (!s)
		tail_end(&t, complain("tail", EXIT_REFUSED, "out of memory"));
	if (!t.ended)
		uv_run(&t.loop, UV_RUN_DEFAULT);
	session_tail_close(s);
	end(&t);
	session_tail_free(s);
	free(socket);
	return t.code;
}

static int follow_url(const struct options *o)
{
	const struct key_source from = { .file = o->key ? settings()->key_file : o->key_file, .fd = -1 };
	struct tail t = { .json = o->json };
	struct key key = { 0 };
	bool from_env = false;
	struct url_tail *u;
	struct err e;

	key_harden_process();
	if (!o->key && !o->key_file)
		key_wipe_environment();
	else if (key_load(&key, &from, &from_env, &e) < 0)
		return complain("tail", EXIT_REFUSED, "%s", e.msg);
	begin(&t);
	u = url_tail_new(&t, o->url, o->last_id, key.header);
	if (!u)
		tail_end(&t, complain("tail", EXIT_REFUSED, "out of memory"));
	if (!t.ended)
		uv_run(&t.loop, UV_RUN_DEFAULT);
	url_tail_close(u);
	end(&t);
	url_tail_free(u);
	if (key.header)
		key_release(&key);
	return t.code;
}

int cmd_tail(int argc, char **argv)
{
	struct options o;
	int code = read_options(&o, argc, argv);

	if (code != 0)
		return code < 0 ? EXIT_YES : code;
	return o.url ? follow_url(&o) : follow_session(&o);
}
