/* assent-local: real sandboxes and computers on this machine, behind the API's own paths. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "io/standard.h"
#include "local/api.h"
#include "local/exec_ticket.h"
#include "local/fallback.h"
#include "local/fault.h"
#include "local/accessible.h"
#include "local/guest.h"
#include "local/probe.h"
#include "local/runs.h"
#include "local/sandbox.h"

enum { BODY_MAX = 64 * 1024 * 1024, REAP_MS = 3000 };

static const char help[] =
	"usage: assent-local [OPTION...]\n\n"
	"Serves the MIOSA API with real sandboxes and computers on this machine. The token is in DIR/token.\n\n"
	"  --listen ADDRESS:PORT  127.0.0.1:7718; port 0: any free one\n"
	"  --port-file FILE       the port is written there once it listens\n"
	"  --state DIR            $XDG_STATE_HOME/assent-local, else ~/.local/state/assent-local\n"
	"  --sandboxes N          made at the start, named build-1 and so on\n"
	"  --computers N          made at the start, named desk-1 and so on\n"
	"  --size WxH             of the computers' screens (1280x800)\n"
	"  --apps DIR             seen inside as /opt/apps\n"
	"  --no-namespaces        use Landlock and seccomp even where namespaces work\n"
	"  --probe                only say what works here, a line for sandboxes and one for computers; status 1 where less than all does\n"
	"  --fault LIST           for tests: drop-every=BYTES,dup-ids,reorder,no-heartbeat,406,429\n\n"
	"Sandboxes and computers that DIR has come back; --sandboxes and --computers make what is missing to that number.\n";

static struct {
	uv_loop_t loop;
	uv_signal_t signals[4];
	struct local local;
	char state[4096], apps[4096];
	bool ending;
} run;

static int complain(const char *message)
{
	fprintf(stderr, "assent-local: %s\n", message);
	return 4;
}

static void end(void)
{
	size_t i;

	if (run.ending)
		return;
	run.ending = true;
	while (run.local.machines)
		machine_remove(run.local.machines, false);
	exec_tickets_close(&run.local);
	lifecycle_end(&run.local);
	runs_close(&run.local);
	events_close(run.local.tenant);
	authority_close(run.local.authority);
	run.local.authority = NULL;
	server_close(run.local.server, NULL, NULL);
	for (i = 0; i < ARRAY_LEN(run.signals); i++)
		uv_close((uv_handle_t *)&run.signals[i], NULL);
}

static void on_signal(uv_signal_t *s, int number)
{
	int status;

	(void)s;
	if (number != SIGCHLD) {
		end();
		return;
	}
	/* Supervisors, drivers, and what bubblewrap left to us. */
	while (waitpid(-1, &status, WNOHANG) > 0)
		;
}

static int read_number(const char *text, int most, int *ret)
{
	char *rest;
	long n = strtol(text, &rest, 10);

	if (!*text || *rest || n < 0 || n > most)
		return -1;
	*ret = (int)n;
	return 0;
}

static int read_listen(const char *text, struct local_config *c)
{
	const char *colon = strrchr(text, ':');

	if (colon && strncmp(text, "127.0.0.1:", 10) != 0 && strncmp(text, "localhost:", 10) != 0)
		return -1;
	c->host = "127.0.0.1";
	return read_number(colon ? colon + 1 : text, 65535, &c->port);
}

/* For a person, and for `assent doctor`. The exit code. */
static int say_what_works(void)
{
	char why[1024];
	bool namespaces = probe_namespaces(why, sizeof(why)), computers;

	puts(namespaces ? "sandboxes by namespaces" : why);
	if (!namespaces)
		puts(fallback_available() ? "sandboxes by Landlock and seccomp instead" : "no Landlock here either: no sandboxes");
	computers = computer_available(why, sizeof(why));
	puts(computers ? "computers: Xvfb, a window manager and a terminal are installed" : why);
	return namespaces && computers ? 0 : 1;
}

/* 0: go on; else the exit code plus one. */
static int read_options(int argc, char **argv, struct local_config *c, const char **port_file)
{
	static const struct option known[] = {
		{ "listen", required_argument, NULL, 'l' }, { "port-file", required_argument, NULL, 'p' }, { "state", required_argument, NULL, 's' },
		{ "sandboxes", required_argument, NULL, 'S' }, { "computers", required_argument, NULL, 'C' }, { "size", required_argument, NULL, 'z' },
		{ "apps", required_argument, NULL, 'a' }, { "no-namespaces", no_argument, NULL, 'n' }, { "fault", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { "probe", no_argument, NULL, 'P' }, { 0 },
	};
	const char *wants = "";
	char rest;
	int ch, bad = 0, at = 0;
	struct err e;

	*c = (struct local_config){ .host = "127.0.0.1", .port = 7718, .width = 1280, .height = 800 };
	while ((ch = getopt_long(argc, argv, "hV", known, &at)) != -1) {
		switch (ch) {
		case 'l':
			wants = "127.0.0.1:PORT, as it listens on this machine only";
			bad |= read_listen(optarg, c);
			break;
		case 'p': *port_file = optarg; break;
		case 's': c->state_dir = optarg; break;
		case 'S':
			wants = "a number from 0 to 64";
			bad |= read_number(optarg, 64, &c->sandboxes);
			break;
		case 'C':
			wants = "a number from 0 to 16";
			bad |= read_number(optarg, 16, &c->computers);
			break;
		case 'z':
			wants = "WIDTHxHEIGHT, from 320x200 to 4096x4096";
			bad |= sscanf(optarg, "%dx%d%c", &c->width, &c->height, &rest) != 2 || c->width < 320 || c->width > 4096 || c->height < 200 || c->height > 4096;
			break;
		case 'a': c->apps_dir = optarg; break;
		case 'n': c->no_namespaces = true; break;
		case 'f':
			if (fault_parse(optarg, &faults, &e) < 0) {
				fprintf(stderr, "assent-local: --fault: %s\n", e.msg);
				return 3;
			}
			break;
		case 'h': fputs(help, stdout); return 1;
		case 'V': puts("assent-local " PACKAGE_VERSION); return 1;
		case 'P': return say_what_works() + 1;
		default: return 3;
		}
		if (bad) {
			fprintf(stderr, "assent-local: --%s %s: it takes %s; see --help\n", known[at].name, optarg, wants);
			return 3;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "assent-local: unknown argument \"%s\"; see --help\n", argv[optind]);
		return 3;
	}
	return 0;
}

static int make_state(struct local_config *c, struct err *e)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char path[4096], *p;

	if (c->state_dir)
		snprintf(path, sizeof(path), "%s", c->state_dir);
	else if (xdg && xdg[0] == '/')
		snprintf(path, sizeof(path), "%s/assent-local", xdg);
	else
		snprintf(path, sizeof(path), "%s/.local/state/assent-local", home ? home : "");
	for (p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_sys(e, ERR_IO, errno, "%s", path);
		*p = '/';
	}
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (!realpath(path, run.state) || access(run.state, W_OK) < 0)
		return err_sys(e, ERR_IO, errno, "state directory %s", path);
	c->state_dir = run.state;
	if (c->apps_dir && !realpath(c->apps_dir, run.apps))
		return err_sys(e, ERR_IO, errno, "--apps %s", c->apps_dir);
	if (c->apps_dir)
		c->apps_dir = run.apps;
	return 0;
}

/* Made on the first start; 0600. */
static int load_token(struct local *l, struct err *e)
{
	char path[4200], random[49];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/token", l->config.state_dir);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, l->token, sizeof(l->token) - 1);
		close(fd);
		if (n > 0)
			l->token[strcspn(l->token, "\n")] = '\0';
		return n > 20 ? 0 : err_set(e, ERR_INVALID, "%s: no token in it; remove the file", path);
	}
	if (random_hex(random, 48) < 0)
		return err_set(e, ERR_IO, "no random bytes for a token");
	snprintf(l->token, sizeof(l->token), "msk_u_local_%s", random);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || dprintf(fd, "%s\n", l->token) < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	close(fd);
	return 0;
}

static int choose_isolation(struct local *l, struct err *e)
{
	if (l->config.no_namespaces)
		snprintf(l->isolation_why, sizeof(l->isolation_why), "namespaces are not used: --no-namespaces");
	else if (probe_namespaces(l->isolation_why, sizeof(l->isolation_why)))
		return 0;
	l->isolation = ISOLATION_LANDLOCK;
	fprintf(stderr, "assent-local: %s\nassent-local: falling back to Landlock and seccomp\n", l->isolation_why);
	if (geteuid() != 0)
		fprintf(stderr, "assent-local: a computer's programs then reach the unix sockets of this user, a gate's too: start it as root, which "
				"gives them a uid of their own, or give agents sandboxes only\n");
	return fallback_available() ? 0 : err_set(e, ERR_UNSUPPORTED, "this kernel has no Landlock either: there is nothing to isolate with");
}

/* Bubblewrap is given a way to every folder; in the fall-back the sandbox's uid goes there by itself. */
static int check_reach(const struct local *l, struct err *e)
{
	const char *folders[] = { l->config.state_dir, l->config.apps_dir };
	size_t i;

	for (i = 0; l->isolation == ISOLATION_LANDLOCK && i < ARRAY_LEN(folders); i++)
		if (folders[i] && !sandbox_reaches(folders[i]))
			return err_set(e, ERR_DENIED, "%.200s: uid %u, which sandboxes have in the fall-back, cannot get there; give --state and --apps "
				       "folders that everyone may pass through, as /var/tmp/assent-local", folders[i], (unsigned int)sandbox_uid());
	return 0;
}

static int write_port(const char *file, int port, struct err *e)
{
	char part[4200];
	FILE *f;

	snprintf(part, sizeof(part), "%s.new", file);
	f = fopen(part, "w");
	if (!f || fprintf(f, "%d\n", port) < 0 || fclose(f) != 0 || rename(part, file) < 0)
		return err_sys(e, ERR_IO, errno, "%s", file);
	return 0;
}

static int count(const struct local *l, enum session_kind kind)
{
	const struct machine *m;
	int n = 0;

	for (m = l->machines; m; m = m->next)
		n += m->kind == kind;
	return n;
}

static int make_missing(struct local *l, enum session_kind kind, int wanted, struct err *e)
{
	char why[600];
	int i = count(l, kind);

	if (kind == SESSION_COMPUTER && i < wanted && !computer_available(why, sizeof(why)))
		return err_set(e, ERR_UNSUPPORTED, "%.500s", why);
	for (; i < wanted; i++)
		if (!machine_new(l, kind, NULL, e))
			return ERR_IO;
	return 0;
}

/* Two on one state folder would run each machine twice. Released by the kernel when we end, however that is. */
static int lock_state(const struct local *l, struct err *e)
{
	char path[4200];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", l->config.state_dir);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;	/* open to the end */
	close(fd);
	return err_set(e, ERR_CONFLICT, "another assent-local runs on %s; end it, or give another --state", l->config.state_dir);
}

static int open_tenant(struct local *l, struct err *e)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/tenant", l->config.state_dir);
	l->tenant = events_open(l->loop, path, e);
	return l->tenant ? 0 : ERR_IO;
}

static int start(const char *port_file, struct err *e)
{
	struct local *l = &run.local;
	struct server_config server = { .loop = &run.loop, .host = l->config.host, .port = l->config.port, .body_max = BODY_MAX,
					.check_sender = true, .on_request = api_request, .arg = l };
	int r;

	l->loop = &run.loop;
	lifecycle_begin(l);
	r = make_state(&l->config, e);
	if (r == 0)
		r = lock_state(l, e);
	if (r == 0)
		r = digest_load(e);
	if (r == 0)
		r = load_token(l, e);
	if (r == 0)
		r = authority_open(l->config.state_dir, &l->authority, e);
	if (r == 0)
		r = open_tenant(l, e);
	if (r == 0)
		r = choose_isolation(l, e);
	if (r == 0)
		r = check_reach(l, e);
	if (r == 0)
		r = server_listen(&server, &l->server, e);
	if (r == 0)
		machines_load(l);
	if (r == 0)
		r = make_missing(l, SESSION_COMPUTER, l->config.computers, e);
	if (r == 0)
		r = make_missing(l, SESSION_SANDBOX, l->config.sandboxes, e);
	if (r == 0 && port_file)
		r = write_port(port_file, server_port(l->server), e);
	return r;
}

/* All that was started is gone before we are: the ends of what was killed are waited for, for a moment. */
static void reap_all(void)
{
	int64_t end_ms = clock_boot_ms() + REAP_MS;
	pid_t pid;

	while (((pid = waitpid(-1, NULL, WNOHANG)) > 0 || (pid == 0 && clock_boot_ms() < end_ms)))
		if (pid == 0)
			usleep(2000);
}

int main(int argc, char **argv)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	const char *port_file = NULL;
	struct err e;
	size_t i;
	int r;

	if (argc == 3 && strcmp(argv[1], "--guest") == 0)
		return guest_main(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "--driver") == 0)
		return driver_main(atoi(argv[2]));
	if (argc == 2 && strcmp(argv[1], "--accessible") == 0)
		return accessible_main();
	standard_open();
	r = read_options(argc, argv, &run.local.config, &port_file);
	if (r != 0)
		return r - 1;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	uv_loop_init(&run.loop);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(&run.loop, &run.signals[i]);
		uv_signal_start(&run.signals[i], on_signal, numbers[i]);
	}
	r = start(port_file, &e);
	if (r < 0) {
		complain(e.msg);
		end();
	} else {
		printf("assent-local: http://127.0.0.1:%d/api/v1, token in %s/token, isolation: %s\n", server_port(run.local.server),
		       run.local.config.state_dir, run.local.isolation == ISOLATION_NAMESPACES ? "namespaces" : "landlock");
		fflush(stdout);
	}
	uv_run(&run.loop, UV_RUN_DEFAULT);
	uv_loop_close(&run.loop);
	reap_all();
	return r < 0 ? 4 : 0;
}
