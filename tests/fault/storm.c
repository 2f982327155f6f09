/* storm: rounds of load and sudden death. See storm.h. usage: storm --help */
#include "config.h"

#include "tests/fault/storm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "core/action.h"

/* Points: FP1 to FP14, then FPD. */
enum { BATCH = 20, START_MS = 60000, POINT_WAIT_MS = 100, PROGRESS_MS = 5000, POINTS = 16, PATHS = 400, ENVIRONMENT = 256, BLOCK = 4096, FAULT = 48, EXIT_NO_START = 4, FEW = 40 };

static const char help[] =
	"usage: storm --gate PROGRAM --upstream PROGRAM --dir DIR [--rounds N] [--seed N] [--most-ms N]\n"
	"             [--shim LIBRARY --power | --shim LIBRARY --calls]\n\n"
	"  --gate      the assent program\n"
	"  --upstream  tests/e2e/upstream\n"
	"  --dir       an empty folder for all that is written; kept when a round fails\n"
	"  --rounds    kills (60)\n"
	"  --seed      of all that is chosen; what the machine's timing chooses it cannot repeat (from the clock)\n"
	"  --most-ms   the longest life of a gate under load (40)\n"
	"  --shim      tests/fault/shim.so\n"
	"  --power     each kill is a loss of power, and what was not synced is gone\n"
	"  --calls     in each round another write or sync of the journal fails, or is the gate's last: the first, the second ...\n";

static struct {
	const char *gate, *upstream, *dir, *shim;
	int rounds, most_ms;
	bool power, calls;
	uint64_t seed;
	char state[PATHS], copy[PATHS], up[PATHS], socket[PATHS], key[PATHS], log[PATHS], shadow[PATHS];
	int port;		/* the gate's */
	char upstream_url[64], listen[64];
	pid_t gate_pid, upstream_pid;
	struct rng rng;
	struct tally tally;
	struct load load;
	struct checker checker;
	int64_t starts, start_us, start_us_most;
	int64_t by_point[POINTS], by_call, at_random, disk_errors, no_start;
} run;

static void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("storm: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	if (run.gate_pid > 0)
		kill(run.gate_pid, SIGKILL);
	if (run.upstream_pid > 0)
		kill(run.upstream_pid, SIGKILL);
	exit(1);
}

static void pause_us(int64_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static void make_dir(char path[PATHS], const char *name)
{
	snprintf(path, PATHS, "%s/%s", run.dir, name);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		die("%s: %s", path, strerror(errno));
}

/* more: NULL-terminated NAME=VALUE, besides our own environment. Other threads run: nothing is allocated behind fork(). */
static pid_t spawn(const char *const *argv, const char *const *more)
{
	const char *env[ENVIRONMENT] = { NULL };
	size_t n = 0, i;
	pid_t pid;
	int log;

	for (; *more && n < ENVIRONMENT - 1; more++)
		env[n++] = *more;
	for (i = 0; environ[i] && n < ENVIRONMENT - 1; i++)
		env[n++] = environ[i];
	pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log = open(run.log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execve(argv[0], (char *const *)(void *)(uintptr_t)argv, (char *const *)(void *)(uintptr_t)env);
	_exit(127);
}

/* Below the ports that clients get: one of those could connect to itself while the gate is dead. */
static int free_port(void)
{
	int port = 15000 + (int)(getpid() % 15000), tries;

	for (tries = 0; tries < 200; tries++, port++) {
		struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
		bool ok;

		setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		ok = bind(s, (struct sockaddr *)&a, sizeof(a)) == 0;
		close(s);
		if (ok)
			return port;
	}
	die("no free port");
}

static void start_upstream(void)
{
	const char *argv[] = { run.upstream, run.up, NULL }, *env[] = { NULL };
	char path[PATHS + 16], text[16] = "";
	int64_t end = clock_boot_ms() + START_MS;
	FILE *f;

	run.upstream_pid = spawn(argv, env);
	snprintf(path, sizeof(path), "%s/port", run.up);
	while (text[0] == '\0') {
		if (clock_boot_ms() > end)
			die("the upstream does not start; see %s", run.log);
		pause_us(1000);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (!fgets(text, sizeof(text), f))
			text[0] = '\0';
		fclose(f);
	}
	snprintf(run.upstream_url, sizeof(run.upstream_url), "http://127.0.0.1:%d", atoi(text));
}

/* Until it takes decisions. fault: FAILPOINT=..., SHIM_FAIL=... or "" for none. false: it died before. */
static bool start_gate(const char *fault)
{
	const char *argv[] = { run.gate, "gate", "--foreground", "--listen", run.listen, "--upstream", run.upstream_url, "--key-file", run.key,
			       "--state", run.state, "--socket", run.socket, NULL };
	char preload[PATHS + 32], state[PATHS + 32], shadow[PATHS + 32];
	const char *env[] = { fault[0] ? fault : "FAILPOINT=", NULL, NULL, NULL, NULL };
	int64_t began = clock_boot_us(), end = began / 1000 + START_MS, took;
	int fd = -1, status;

	if (run.shim) {
		snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", run.shim);
		snprintf(state, sizeof(state), "SHIM_STATE=%s", run.state);
		snprintf(shadow, sizeof(shadow), "SHIM_SHADOW=%s", run.shadow);
		env[1] = preload;
		env[2] = state;
		env[3] = run.power ? shadow : NULL;
	}
	run.gate_pid = spawn(argv, env);
	while ((fd = wire_unix(run.socket)) < 0) {
		if (waitpid(run.gate_pid, &status, WNOHANG) == run.gate_pid) {
			run.gate_pid = 0;
			if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && fault[0])
				return false;
			if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_START && run.calls && fault[0]) {
				run.no_start++;
				return false;
			}
			die("the gate does not start (status %d); see %s", status, run.log);
		}
		if (clock_boot_ms() > end)
			die("the gate does not answer; see %s", run.log);
		pause_us(300);
	}
	close(fd);
	took = clock_boot_us() - began;
	run.starts++;
	run.start_us += took;
	if (took > run.start_us_most)
		run.start_us_most = took;
	return true;
}

static void reap_gate(int expected)
{
	int status = 0;

	if (run.gate_pid > 0)
		waitpid(run.gate_pid, &status, 0);
	run.gate_pid = 0;
	if (expected == SIGKILL ? !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) : status != 0)
		die("seed %llu: the gate ended by itself (status 0x%x); see %s and %s", (unsigned long long)run.seed, (unsigned int)status, run.log, run.dir);
}

/* One gate in three dies at a point of its own choosing, one in ten meets a bad disk first. */
static void choose_fault(char text[FAULT])
{
	static const char *const what[] = { "eio", "enospc", "kill" };
	uint32_t dice = rng_below(&run.rng, 30), point = 1 + rng_below(&run.rng, 15);
	int n = (int)run.tally.rounds;
	char name[8];

	text[0] = '\0';
	snprintf(name, sizeof(name), point == 15 ? "D" : "%u", point);
	if (run.calls)
		snprintf(text, FAULT, "SHIM_FAIL=%s:%s:%d", n % 2 ? "sync" : "write", what[n / 2 % 3], n / 6 + 1);
	else if (dice < 10)
		snprintf(text, FAULT, "FAILPOINT=FP%s:kill:%u", name, 1 + rng_below(&run.rng, 8));
	else if (dice < 13)
		snprintf(text, FAULT, "FAILPOINT=FP%s:%s:%u", name, what[rng_below(&run.rng, 2)], 1 + rng_below(&run.rng, 8));
}

static bool has_died(void)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)run.gate_pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == run.gate_pid;
}

static void read_whole(const char *path, struct buf *into)
{
	char more[65536];
	FILE *f = fopen(path, "r");
	size_t n;

	buf_init(into, SIZE_MAX - 1);
	while (f && (n = fread(more, 1, sizeof(more), f)) > 0)
		buf_append(into, more, n);
	if (f)
		fclose(f);
}

static void write_whole(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(buf_cstr(b), 1, b->len, f) != b->len || fclose(f) != 0)
		die("%s: %s", path, strerror(errno));
}

/* A body in a file of its own is written once: as it was synced, or, never synced, cut anywhere. */
static void lose_bodies(void)
{
	char folder[PATHS + 16];
	struct dirent *f;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/bodies", run.state);
	d = opendir(folder);
	while (d && (f = readdir(d)) != NULL) {
		char path[2 * PATHS], kept[2 * PATHS];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
		snprintf(kept, sizeof(kept), "%s/bodies%%%s", run.shadow, f->d_name);
		if (f->d_name[0] != '.' && access(kept, F_OK) < 0 && stat(path, &st) == 0 && truncate(path, rng_below(&run.rng, (uint32_t)st.st_size + 1)) < 0)
			die("%s: %s", path, strerror(errno));
	}
	if (d)
		closedir(d);
}

/* What was synced is there. Of what was not, nothing, or any of its blocks in any order. */
static void lose_power(void)
{
	static const char *const names[] = { "journal.db", "journal.db-wal" };
	bool all = rng_below(&run.rng, 3) == 0;
	size_t i, at;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		char path[PATHS + 32], kept[PATHS + 32];
		struct buf now, synced;

		snprintf(path, sizeof(path), "%s/%s", run.state, names[i]);
		snprintf(kept, sizeof(kept), "%s/%s", run.shadow, names[i]);
		read_whole(path, &now);
		read_whole(kept, &synced);
		for (at = 0; !all && at < now.len; at += BLOCK) {
			size_t n = now.len - at < BLOCK ? now.len - at : BLOCK;

			if (rng_below(&run.rng, 2))
				continue;
			while (synced.len < at + n)	/* a longer file, and nothing in it yet */
				buf_putc(&synced, '\0');
			memcpy(synced.data + at, now.data + at, n);
		}
		write_whole(path, &synced);
		write_whole(kept, &synced);
		buf_release(&now);
		buf_release(&synced);
	}
	lose_bodies();
}

/* One life under load: until it dies at its point, or is killed at a random time. */
static void live_and_die(const char *fault)
{
	bool by_itself = strstr(fault, ":kill:") != NULL, alive = start_gate(fault);
	int64_t end = clock_boot_us() + (by_itself ? POINT_WAIT_MS * 1000 : (int64_t)rng_below(&run.rng, (uint32_t)run.most_ms * 1000));
	const char *point = strstr(fault, "=FP");

	run.disk_errors += fault[0] && !by_itself;
	run.checker.served = alive;
	while (alive && clock_boot_us() < end && !(by_itself && has_died()))
		pause_us(200);
	if (!alive || (by_itself && has_died())) {
		if (point)
			run.by_point[point[3] == 'D' ? POINTS - 1 : atoi(point + 3)]++;
		else
			run.by_call += by_itself;
	} else {
		run.at_random++;
		kill(run.gate_pid, SIGKILL);
	}
	if (alive)
		reap_gate(SIGKILL);
	if (run.power)
		lose_power();
}

static void progress(int64_t began, int64_t *next, bool now)
{
	int64_t ms = clock_boot_ms() - began;
	double s = (double)(ms > 0 ? ms : 1) / 1000;

	if (!now && clock_boot_ms() < *next)
		return;
	*next = clock_boot_ms() + PROGRESS_MS;
	fprintf(stderr, "  %lld of %d rounds, %.1f a second, seed %llu, restart %.1f ms (longest %.1f), %lld checks, no violation\n",
		(long long)run.tally.rounds, run.rounds, (double)run.tally.rounds / s, (unsigned long long)run.seed,
		run.starts ? (double)run.start_us / 1000 / (double)run.starts : 0, (double)run.start_us_most / 1000, (long long)run.tally.checks);
}

static void fail(int batch, int round)
{
	run.load.stop = true;
	printf("not ok - seed %llu, batch %d, round %d: %s\n", (unsigned long long)run.seed, batch, round, run.checker.why);
	printf("# kept: %s\n", run.dir);
	fflush(stdout);
	kill(run.upstream_pid, SIGKILL);
	_exit(1);	/* threads may be anywhere */
}

static void empty(const char *folder)
{
	const char *argv[] = { "/bin/rm", "-rf", folder, NULL }, *env[] = { NULL };
	int status;

	waitpid(spawn(argv, env), &status, 0);
}

/* Some rounds on one journal: then all robots go home, a last gate starts and ends in order, and a new journal begins. */
static void run_batch(int batch, int rounds, int64_t began, int64_t *next)
{
	char fault[FAULT], path[PATHS + 16];
	struct answer a;
	int round;

	snprintf(path, sizeof(path), "%s/record", run.up);
	unlink(path);
	empty(run.state);
	empty(run.shadow);
	make_dir(run.shadow, "shadow");
	run.checker = (struct checker){ .state = run.state, .copy = run.copy, .upstream = run.up, .load = &run.load, .tally = &run.tally };
	start_gate("");
	if (!load_start(&run.load, run.port, run.socket, run.seed, batch))
		die("the agents could not be made; see %s", run.log);
	kill(run.gate_pid, SIGKILL);
	reap_gate(SIGKILL);
	for (round = 0; round < rounds; round++) {
		choose_fault(fault);
		live_and_die(fault);
		if (!check_round(&run.checker, false))
			fail(batch, round);
		progress(began, next, false);
	}
	load_stop(&run.load);
	start_gate("");
	wire_operator(run.socket, "GET", "/v1/state", NULL, &a);	/* it is all there when it has answered */
	buf_release(&a.body);
	kill(run.gate_pid, SIGTERM);
	reap_gate(SIGTERM);
	run.checker.served = true;
	if (!check_round(&run.checker, true))
		fail(batch, round);
	checker_forget(&run.checker);
	load_release(&run.load);
}

static const char *point_name(int point)
{
	static char name[8];

	snprintf(name, sizeof(name), point == POINTS - 1 ? "FPD" : "FP%d", point);
	return name;
}

/* false: it shows nothing. */
static bool summary(void)
{
	const struct tally *t = &run.tally;
	int i;

	printf("# seed %llu: %lld kills, %lld of them at random times", (unsigned long long)run.seed, (long long)t->rounds, (long long)run.at_random);
	for (i = 1; i < POINTS; i++)
		if (run.by_point[i] > 0)
			printf(", at %s %lld", point_name(i), (long long)run.by_point[i]);
	if (run.calls)
		printf(", in a write or sync %lld (of the first %d each); %lld would not start on a bad disk", (long long)run.by_call,
		       run.rounds / 6, (long long)run.no_start);
	printf("; %lld gates met a bad disk%s\n", (long long)run.disk_errors, run.power ? "; each kill was a loss of power" : "");
	printf("# the kills hit gates with an action held: %lld, approved: %lld, sent: %lld, none: %lld\n", (long long)t->hit_held,
	       (long long)t->hit_approved, (long long)t->hit_sent, (long long)t->hit_idle);
	printf("# actions");
	for (i = 0; i < ACTION_STATES; i++)
		if (t->states[i] > 0)
			printf(", %s %lld", action_state_name((enum action_state)i), (long long)t->states[i]);
	printf("; requests at the upstream %lld whole, %lld cut\n", (long long)t->whole, (long long)t->cut);
	printf("# %lld starts, %.1f ms each, the longest %.1f ms\n", (long long)run.starts, run.starts ? (double)run.start_us / 1000 / (double)run.starts : 0,
	       (double)run.start_us_most / 1000);
	printf("ok - a: each of %lld requests at the upstream was approved before, byte for byte\n", (long long)(t->whole + t->cut));
	printf("ok - b: none came twice\n");
	printf("ok - c: each of %lld acknowledged decisions is in the journal\n", (long long)t->acked);
	printf("ok - d: %lld answers to agents are what the journal says, and unknown is unknown\n", (long long)t->told);
	printf("ok - e: integrity and the chain of %lld moves\n", (long long)t->moves);
	printf("ok - f: the key is in no file and no answer\n");
	if (t->whole > 0 && t->acked > 0 && t->told > 0)
		return true;
	printf(run.rounds < FEW ? "# too few rounds for any load\n" : "not ok - there was no load: nothing was shown\n");
	return run.rounds < FEW;
}

static bool read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "gate", required_argument, NULL, 'g' }, { "upstream", required_argument, NULL, 'u' }, { "dir", required_argument, NULL, 'd' },
		{ "rounds", required_argument, NULL, 'r' }, { "seed", required_argument, NULL, 's' }, { "most-ms", required_argument, NULL, 'm' },
		{ "shim", required_argument, NULL, 'S' },
		{ "power", no_argument, NULL, 'p' }, { "calls", no_argument, NULL, 'c' }, { 0 },
	};
	int c;

	run.rounds = 60;
	run.most_ms = 40;
	run.seed = (uint64_t)clock_wall_ms() % 1000000;
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'g': run.gate = optarg; break;
		case 'u': run.upstream = optarg; break;
		case 'd': run.dir = optarg; break;
		case 'r': run.rounds = atoi(optarg); break;
		case 's': run.seed = strtoull(optarg, NULL, 10); break;
		case 'm': run.most_ms = atoi(optarg); break;
		case 'S': run.shim = optarg; break;
		case 'p': run.power = true; break;
		case 'c': run.calls = true; break;
		default: return false;
		}
	}
	return run.gate && run.upstream && run.dir && run.rounds > 0 && run.most_ms > 0 && (run.shim || (!run.power && !run.calls));
}

static void prepare(void)
{
	FILE *f;

	make_dir(run.copy, "copy");
	make_dir(run.up, "upstream");
	make_dir(run.shadow, "shadow");
	snprintf(run.state, sizeof(run.state), "%s/state", run.dir);
	snprintf(run.socket, sizeof(run.socket), "%s/s", run.dir);
	snprintf(run.key, sizeof(run.key), "%s/key", run.dir);
	snprintf(run.log, sizeof(run.log), "%s/storm.log", run.dir);
	umask(077);
	f = fopen(run.key, "w");
	if (!f || fputs(STORM_KEY "\n", f) < 0 || fclose(f) != 0)
		die("%s: %s", run.key, strerror(errno));
	run.port = free_port();
	snprintf(run.listen, sizeof(run.listen), "127.0.0.1:%d", run.port);
	run.rng.state = run.seed * 0x9e3779b97f4a7c15U + 1;
}

int main(int argc, char **argv)
{
	int64_t began = clock_boot_ms(), next = began + PROGRESS_MS;
	int batch = 0, left;

	if (!read_options(argc, argv)) {
		fputs(help, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	prepare();
	start_upstream();
	for (left = run.rounds; left > 0; left = run.rounds - (int)run.tally.rounds)
		run_batch(batch++, left < BATCH ? left : BATCH, began, &next);
	kill(run.upstream_pid, SIGTERM);
	waitpid(run.upstream_pid, NULL, 0);
	progress(began, &next, true);
	return summary() ? 0 : 1;
}
