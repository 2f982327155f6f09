/* assent doctor: looks at everything that assent needs here, and says what to do for each that is not well. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/ask.h"
#include "cmd/doctor.h"
#include "core/policy.h"

enum { SPACE_LOW_MIB = 256, WORDS_BYTES = 16384 };

static const char help[] =
	"usage: assent doctor [--json]\n\n"
	"Looks at terminal, pictures, settings, gate, key, rules, record and the local substrate, and says what to do for each\n"
	"that is not well. The status is 1 where something is bad.\n\n"
	"  --json           as one array of {\"what\", \"finding\": \"ok\"|\"note\"|\"bad\", \"text\"}\n" ASK_HELP;

static struct {
	bool json;
	int count, bad;
} said;

static void say_json(const char *what, const char *finding, const char *text)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "what", what);
	jw_kstr(&w, "finding", finding);
	jw_kstr(&w, "text", text);
	jw_end(&w, '}');
	printf("%s%s", said.count > 0 ? ",\n" : "", buf_cstr(&b));
	buf_release(&b);
}

void doctor_says(const char *what, enum finding f, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "note", "bad" }, *const words[] = { "ok", "--", "BAD" };
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (said.json) {
		say_json(what, names[f], text);
	} else {
		printf("%-4s %-9s ", words[f], what);
		print_text(text, SAFETEXT_PROSE, 0);
		putchar('\n');
	}
	fflush(stdout);
	said.count++;
	said.bad += f == FINDING_BAD;
}

/* Read once more: what was wrong with it at the start was not said. */
static void look_at_settings(void)
{
	char *path = path_config("assent.conf");
	struct err e;

	settings_forget();
	if (!path)
		doctor_says("settings", FINDING_NOTE, "no home directory: no assent.conf");
	else if (settings_load(&e) < 0)
		doctor_says("settings", FINDING_BAD, "%s; man assent.conf; until then no command but stop, freeze and this one does anything", e.msg);
	else if (access(path, F_OK) < 0)
		doctor_says("settings", FINDING_NOTE, "none (no %s): see man assent.conf", path);
	else
		doctor_says("settings", FINDING_OK, "%s%s", path, settings()->key_count > 0 ? ", with keys of your own" : "");
	free(path);
}

/* true: a gate answers. */
static bool look_at_gate(const char *socket)
{
	struct buf answer;
	struct json_doc d;
	struct err e;
	int status, gate;
	bool runs;

	buf_init(&answer, SIZE_MAX - 1);
	runs = call_gate_unsigned(socket, "GET", "/v1/state", NULL, &status, &answer, &e) == 0;
	if (!runs && access(socket, F_OK) < 0) {
		doctor_says("gate", FINDING_NOTE, "none runs (no %s); \"assent\" starts one", socket);
	} else if (!runs) {
		doctor_says("gate", FINDING_BAD, gate_listens(socket) ? "one listens at %s, and does not answer (%s): end it, then \"assent\" starts another"
								      : "none at %s (%s); \"assent\" starts one", socket, e.msg);
	} else if (status != 200 || json_parse(buf_cstr(&answer), answer.len, &d, NULL) < 0) {
		doctor_says("gate", FINDING_BAD, "it answers %d at %s: is that a gate of this version? \"assent stop\", then \"assent\"", status, socket);
	} else {
		char *base, *upstream, *why;

		gate = json_get(&d, json_root(&d), "gate");
		base = json_strdup(&d, json_get(&d, gate, "base_url"));
		upstream = json_strdup(&d, json_get(&d, gate, "upstream"));
		why = json_strdup(&d, json_get(&d, gate, "not_live_why"));
		if (json_bool(&d, json_get(&d, gate, "live"), false))
			doctor_says("gate", FINDING_OK, "agents ask at %s; %s answers", base ? base : "?", upstream ? upstream : "?");
		else
			doctor_says("gate", FINDING_BAD, "%s: not live: %s", upstream ? upstream : "?", why && why[0] ? why : "it was not heard of yet");
		free(base);
		free(upstream);
		free(why);
		json_release(&d);
	}
	buf_release(&answer);
	return runs;
}

/* Only what can be seen from outside: the key is read by nobody but the gate. */
static void look_at_key(bool runs)
{
	const char *file = settings()->key_file;
	struct stat st;

	if (!file) {
		if (getenv("MIOSA_API_KEY"))
			doctor_says("key", FINDING_NOTE, "it is in the environment, where other programs of yours read it; put it in a file of mode 0600 and "
				    "name that as key_file in assent.conf");
		else
			doctor_says("key", FINDING_NOTE, "assent.conf names no key_file%s", runs ? "; the gate that runs was given one" : ": \"assent gate\" "
				    "needs --key-file or --key-fd; the demo brings its own");
	} else if (lstat(file, &st) < 0) {
		doctor_says("key", FINDING_BAD, "%s: %s; write the key there, mode 0600", file, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		doctor_says("key", FINDING_BAD, "%s is no regular file; name the file itself as key_file", file);
	} else if (st.st_uid != geteuid() || (st.st_mode & 077)) {
		doctor_says("key", FINDING_BAD, "%s: others may read it; chown it to you, and chmod 600", file);
	} else if (st.st_size == 0) {
		doctor_says("key", FINDING_BAD, "%s is empty; write the key there", file);
	} else {
		doctor_says("key", FINDING_OK, "%s, yours alone", file);
	}
}

static void look_at_policy(void)
{
	char *path = path_policy(NULL);
	struct policy *rules = NULL;
	struct err e;
	int r = path ? policy_read_file(path, &rules, &e) : ERR_NOTFOUND;
	size_t lines = r == 0 ? rules->rule_count + rules->budget_count : 0;

	if (r == ERR_NOTFOUND) {
		doctor_says("policy", FINDING_NOTE, "no rules: all but reads waits for a person; man assent-policy tells of %s", path ? path : "them");
	} else if (r < 0) {
		doctor_says("policy", FINDING_BAD, "%s", e.msg);
	} else {
		doctor_says("policy", FINDING_OK, "%s: %zu line%s", path, lines, lines == 1 ? "" : "s");
	}
	policy_free(rules);
	free(path);
}

static void look_at_space(const char *dir)
{
	struct statvfs v;
	long long mib;

	if (statvfs(dir, &v) < 0)
		return;
	mib = (long long)v.f_bavail * (long long)v.f_frsize / 1048576;
	if (mib < SPACE_LOW_MIB)
		doctor_says("space", FINDING_BAD, "%s: %lld MiB left; a gate that cannot write sends nothing: make room", dir, mib);
	else
		doctor_says("space", FINDING_OK, "%s: %lld MiB left", dir, mib);
}

/* Starts the program, and waits for its words. Its exit code; 127: there is none. */
static int listen_to(const char *path, char *const argv[], char text[WORDS_BYTES], const char *what)
{
	int pipes[2], status = -1;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	text[0] = '\0';
	if (pipe2(pipes, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		doctor_says(what, FINDING_BAD, "cannot start %s: %s", path, strerror(errno));
		return -1;
	}
	if (pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		execvp(path, argv);
		_exit(127);
	}
	close(pipes[1]);
	while (len < WORDS_BYTES - 1 && (n = read(pipes[0], text + len, WORDS_BYTES - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(pipes[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* NULL at the end. */
static char *next_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	if (!line[0])
		return NULL;
	*rest = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	return line;
}

/* SQLite is assent-gate's: it looks itself. */
static void ask_for_record(const char *dir)
{
	char path[4096], text[WORDS_BYTES], *line, *next = text, *what, *words;
	int code, said_of_it = 0;

	gate_program(path, sizeof(path));
	code = listen_to(path, (char *const[]){ path, "--look-at-record", (char *)(void *)(uintptr_t)dir, NULL }, text, "record");
	while (code == 0 && (line = next_line(&next)) != NULL) {
		what = strchr(line, '\t');
		words = what ? strchr(what + 1, '\t') : NULL;
		if (!words)
			continue;
		*what++ = *words++ = '\0';
		doctor_says(what, line[0] == 'o' ? FINDING_OK : line[0] == 'n' ? FINDING_NOTE : FINDING_BAD, "%s", words);
		said_of_it++;
	}
	if (said_of_it == 0)
		doctor_says("record", FINDING_BAD, "%s does not look at it (%s); it belongs to assent: install it again", path, code == 127 ? "it is not there" : text);
}

static void look_at_record(const char *dir, bool runs)
{
	char journal[4200];
	struct stat st;

	snprintf(journal, sizeof(journal), "%s/journal.db", dir);
	if (stat(dir, &st) < 0 || access(journal, F_OK) < 0) {
		doctor_says("record", FINDING_NOTE, "%s: not there yet; the first gate makes it", journal);
		return;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		doctor_says("record", FINDING_BAD, "%s is not a folder of yours alone; chown it to you, and chmod 700", dir);
	else if (runs)
		doctor_says("record", FINDING_OK, "%s, in the hands of the gate", dir);
	else
		ask_for_record(dir);
	look_at_space(dir);
}

/* It looks itself: namespaces, and what computers need. Its words, one line for each. */
static void look_at_local(void)
{
	char path[4096], text[WORDS_BYTES], *line, *next = text;
	int code;

	if (!path_beside("assent-local", path, sizeof(path)))
		snprintf(path, sizeof(path), "assent-local");	/* where programs are found */
	code = listen_to(path, (char *const[]){ path, "--probe", NULL }, text, "local");
	if (code == 127)
		doctor_says("local", FINDING_NOTE, "assent-local is not installed: no sandboxes and computers of this machine");
	while ((line = next_line(&next)) != NULL)
		doctor_says("local", code == 0 ? FINDING_OK : FINDING_NOTE, "%s", line);
}

int cmd_doctor(int argc, char **argv)
{
	static const struct option known[] = { { "json", no_argument, NULL, 'j' }, ASK_OPTIONS, { 0 } };
	char *dir, *socket;
	struct ask ask;
	bool runs;
	int c;

	ask_init(&ask, "doctor");
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_YES;
		}
		if (c == '?')
			return EXIT_USAGE;
		said.json |= c == 'j';
		ask_option(&ask, c);
	}
	if (optind < argc)
		return complain("doctor", EXIT_USAGE, "unknown argument \"%s\"", argv[optind]);
	dir = path_state_dir(ask.state);
	socket = dir ? path_socket(ask.socket, dir) : NULL;
	if (!socket) {
		free(dir);
		return complain("doctor", EXIT_REFUSED, "no home directory: name --state and --socket");
	}
	fputs(said.json ? "[" : "", stdout);
	doctor_terminal();
	look_at_settings();
	runs = look_at_gate(socket);
	look_at_key(runs);
	look_at_policy();
	look_at_record(dir, runs);
	look_at_local();
	puts(said.json ? "]" : said.bad > 0 ? "not all is well: see BAD" : "all is well");
	free(dir);
	free(socket);
	ask_release(&ask);
	return said.bad > 0 ? EXIT_NO : EXIT_YES;
}
