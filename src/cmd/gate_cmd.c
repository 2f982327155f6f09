/* assent gate: reads the options, hardens the process, runs the loop until it is told to end. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "cmd/cmd.h"
#include "gate/gate.h"
#include "io/http.h"
#include "io/key.h"
#include "io/log.h"

static const char help[] =
	"usage: assent gate [OPTION...]\n\n"
	"  --listen ADDRESS:PORT  where agents ask (127.0.0.1:7717; port 0: any free one)\n"
	"  --allow-host NAME      a name by which agents beyond this machine reach --listen; may be given up to 8 times\n"
	"  --upstream URL         the API (MIOSA_BASE_URL, else MIOSA_ENDPOINT, else https://api.miosa.ai)\n"
	"  --key-file FILE        the API key, in a file of mode 0600\n"
	"  --key-fd N             the API key, from descriptor N (else systemd's credential miosa-key, else MIOSA_API_KEY)\n"
	"  --policy FILE          the rules ($XDG_CONFIG_HOME/assent/policy.conf, else ~/.config/assent/policy.conf, if there is one)\n"
	"  --state DIR            journal and logs ($XDG_STATE_HOME/assent, else ~/.local/state/assent)\n"
	"  --socket PATH          the operator's socket ($XDG_RUNTIME_DIR/assent/operator.sock, else DIR/run/operator.sock)\n"
	"                         (agents of this machine may also ask at agent.sock beside it)\n"
	"  --operator-group GROUP strong mode: the socket is for this group, 0660, and who is in it now may operate\n"
	"  --foreground           stay in the foreground; the log goes to standard error\n"
	"  --log FILE             the log (in the background: DIR/gate.log)\n";

enum { ALLOW_HOSTS_MAX = 8 };

struct options {
	const char *listen, *upstream, *key_file, *policy, *state, *socket, *log;
	const char *group;
	const char *allow_hosts[ALLOW_HOSTS_MAX + 1];
	size_t allow_host_count;
	int key_fd;
	bool foreground;
};

static struct {
	uv_loop_t loop;
	uv_signal_t signals[3];
	struct gate gate;
} run;

static void end(struct gate *g)
{
	size_t i;

	if (g->stopping)
		return;
	for (i = 0; i < ARRAY_LEN(run.signals); i++)
		uv_close((uv_handle_t *)&run.signals[i], NULL);
	gate_close(g);
}

static void on_signal(uv_signal_t *s, int number)
{
	log_line("ends on %s", number == SIGTERM ? "SIGTERM" : number == SIGINT ? "SIGINT" : "SIGHUP");
	end(s->data);
}

/* 1: go on; 0: help was asked; -1: wrong. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "listen", required_argument, NULL, 'l' }, { "upstream", required_argument, NULL, 'u' },
		{ "key-file", required_argument, NULL, 'k' }, { "key-fd", required_argument, NULL, 'K' }, { "state", required_argument, NULL, 's' },
		{ "policy", required_argument, NULL, 'p' }, { "operator-group", required_argument, NULL, 'g' }, { "allow-host", required_argument, NULL, 'a' },
		{ "socket", required_argument, NULL, 'o' }, { "log", required_argument, NULL, 'L' },
		{ "foreground", no_argument, NULL, 'f' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	char *rest;
	int c;

	*o = (struct options){ .listen = settings()->listen ? settings()->listen : "127.0.0.1:7717", .upstream = settings()->upstream,
			       .key_file = settings()->key_file, .key_fd = -1 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'l': o->listen = optarg; break;
		case 'u': o->upstream = optarg; break;
		case 'k': o->key_file = optarg; break;
		case 'K':
			o->key_fd = (int)strtol(optarg, &rest, 10);
			o->key_file = NULL;	/* assent.conf's */
			if (*rest || rest == optarg || o->key_fd < 0)
				return complain("gate", -1, "--key-fd %s: no descriptor", optarg);
			break;
		case 'p': o->policy = optarg; break;
		case 's': o->state = optarg; break;
		case 'o': o->socket = optarg; break;
		case 'L': o->log = optarg; break;
		case 'a':
			if (o->allow_host_count == ALLOW_HOSTS_MAX) {
				complain("gate", EXIT_USAGE, "--allow-host: at most %d names", ALLOW_HOSTS_MAX);
				return -1;
			}
			o->allow_hosts[o->allow_host_count++] = optarg;
			break;
		case 'g': o->group = optarg; break;
		case 'f': o->foreground = true; break;
		case 'h': fputs(help, stdout); return 0;
		default: return -1;
		}
	}
	if (optind < argc) {
		complain("gate", EXIT_USAGE, "unknown argument \"%s\"; see assent gate --help", argv[optind]);
		return -1;
	}
	return 1;
}

/* scheme://host[:port] gets /api/v1; a path of one's own is kept, without a slash at its end. */
static char *normalise_upstream(const char *option)
{
	const char *url = getenv("MIOSA_BASE_URL");
	struct buf b;
	size_t len;

	if (!url || !url[0])
		url = getenv("MIOSA_ENDPOINT");
	if (!url || !url[0])
		url = "https://api.miosa.ai";
	if (option)
		url = option;	/* an empty one is a variable that was not set: nowhere else is guessed */
	len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	buf_init(&b, 2048);
	buf_append(&b, url, len);
	if (strstr(buf_cstr(&b), "://") && !strchr(strstr(buf_cstr(&b), "://") + 3, '/'))
		buf_puts(&b, "/api/v1");
	return buf_failed(&b) ? NULL : buf_take(&b);
}

/* http:// to another machine: the key would cross the network in the open. */
static bool is_open(const char *url)
{
	char host[256];

	if (strncmp(url, "http://", 7) != 0)
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(url[7] == '[' ? strcspn(url + 7, "]/") + 1 : strcspn(url + 7, ":/")), url + 7);
	return !http_is_this_machine(host);
}

static int check_upstream(const char *url, struct err *e)
{
	const char *tail = strlen(url) > 7 ? url + strlen(url) - 7 : "";

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(e, ERR_INVALID, "--upstream %s: neither http:// nor https://", url);
	if (strchr(strstr(url, "://") + 3, '@') || strpbrk(url, "?# "))
		return err_set(e, ERR_INVALID, "--upstream %s: only scheme, host, port and path", url);
	if (is_open(url))
		return err_set(e, ERR_INVALID, "--upstream %s: the key goes by https, or by http to 127.0.0.1, localhost or [::1] alone", url);
	if (strcmp(tail, "/api/v1") != 0)
		return err_set(e, ERR_INVALID, "--upstream %s: its path is not /api/v1", url);
	return 0;
}

/* In the background: the parent waits until the child serves, or shows why it does not. */
static int go_to_background(int *ret_ready)
{
	int pipes[2], null;
	char byte;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return -1;
	if (pid > 0) {
		key_wipe_environment();
		close(pipes[1]);
		if (read(pipes[0], &byte, 1) == 1)
			_exit(EXIT_YES);
		waitpid(pid, &null, 0);
		_exit(WIFEXITED(null) ? WEXITSTATUS(null) : EXIT_REFUSED);
	}
	close(pipes[0]);
	setsid();
	*ret_ready = pipes[1];
	return 0;
}

static void leave_terminal(int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (write(ready, "1", 1) < 0)
		log_line("nobody waited for the start");
	close(ready);
}

static int serve(const struct options *o, const struct gate_config *c, int ready)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct err e;
	size_t i;
	int r;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* SQLite then says "disk I/O error", and nothing is sent */
	uv_loop_init(&run.loop);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(&run.loop, &run.signals[i]);
		run.signals[i].data = &run.gate;
	}
	r = gate_start(&run.gate, &run.loop, c, &e);
	run.gate.stop = end;
	if (r < 0) {
		complain("gate", EXIT_REFUSED, "%s", e.msg);
		end(&run.gate);
	} else {
		for (i = 0; i < ARRAY_LEN(numbers); i++)
			uv_signal_start(&run.signals[i], on_signal, numbers[i]);
		log_line("agents ask at %s; the upstream is %s; state in %s", run.gate.base_url, c->upstream, c->state_dir);
		if (!o->foreground)
			leave_terminal(ready);
	}
	uv_run(&run.loop, UV_RUN_DEFAULT);
	gate_release(&run.gate);
	uv_loop_close(&run.loop);
	return r < 0 ? EXIT_REFUSED : EXIT_YES;
}

static int prepare(const struct options *o, struct gate_config *c, char host[64], struct operator_group *group, struct err *e)
{
	size_t i;
	int r;

	c->upstream = normalise_upstream(o->upstream);
	c->state_dir = path_state_dir(o->state);
	c->policy_asked = o->policy || settings()->policy;
	c->policy_path = path_policy(o->policy);
	c->hold_ms = settings()->hold_ms;
	if (settings()->coordinates)
		coordinates_read(settings()->coordinates, &c->coordinates);
	c->takeover_idle_ms = settings()->takeover_idle_ms;
	c->record_typed = settings()->record_typed;
	c->socket_path = c->state_dir ? path_own_socket(o->socket, c->state_dir) : NULL;
	c->agent_socket_path = c->socket_path ? path_agent_socket(c->socket_path) : NULL;
	if (!c->upstream || !c->agent_socket_path)
		return err_set(e, ERR_INVALID, "no home directory: name --state and --socket");
	r = address_read(o->listen, o->allow_host_count > 0, host, &c->listen_port, e);
	for (i = 0; r == 0 && i < o->allow_host_count; i++)
		r = address_check_name(o->allow_hosts[i], e);
	c->allow_hosts = o->allow_host_count > 0 ? o->allow_hosts : NULL;
	if (r == 0)
		r = address_connections(&c->connections_max, e);
	if (r == 0)
		r = check_upstream(c->upstream, e);
	if (r == 0)
		r = path_make_parent(c->socket_path, e);
	if (r == 0)
		r = path_make_parent(c->state_dir, e);
	if (r == 0 && o->group) {
		r = group_read(o->group, group, e);
		c->group = group;
	}
	c->listen_host = host;
	return r;
}

/* In the process that will serve: the key goes to no child. */
static int load_key(const struct options *o, struct gate_config *c, struct key *key, struct err *e)
{
	const struct key_source from = { .file = o->key_file, .fd = o->key_fd };
	bool from_env;
	int r = key_load(key, &from, &from_env, e);

	if (r < 0)
		return r;
	if (from_env)
		complain("gate", 0, "the API key comes from the environment, where other programs of yours could have read it; use --key-file");
	c->key = key->text;
	c->authorization = key->header;
	log_secret(key->text);
	return 0;
}

int cmd_gate(int argc, char **argv)
{
	struct gate_config c = { 0 };
	struct key key = { 0 };
	char host[64], log[4096];
	struct operator_group group = { 0 };
	struct options o;
	struct err e;
	int code, ready = -1, r = read_options(argc, argv, &o);

	if (r <= 0)
		return r == 0 ? EXIT_YES : EXIT_USAGE;
	key_harden_process();
	r = digest_load(&e);
	if (r == 0)
		r = prepare(&o, &c, host, &group, &e);
	if (r == 0 && !o.foreground && go_to_background(&ready) < 0)
		r = err_sys(&e, ERR_IO, errno, "cannot go to the background");
	if (r == 0)
		r = load_key(&o, &c, &key, &e);
	if (r == 0) {
		snprintf(log, sizeof(log), "%s/gate.log", c.state_dir);
		/* The folder is the store's to make; a log in it waits for that. */
		if (o.log || !o.foreground)
			path_make_parent(o.log ? o.log : log, NULL);
		r = log_open("gate", o.log ? o.log : o.foreground ? NULL : log, &e);
	}
	code = r < 0 ? complain("gate", EXIT_REFUSED, "%s", e.msg) : serve(&o, &c, ready);
	log_close();
	key_release(&key);
	free(group.uids);
	free((char *)(void *)(uintptr_t)c.upstream);
	free((char *)(void *)(uintptr_t)c.state_dir);
	free((char *)(void *)(uintptr_t)c.policy_path);
	free((char *)(void *)(uintptr_t)c.socket_path);
	free((char *)(void *)(uintptr_t)c.agent_socket_path);
	return code;
}
