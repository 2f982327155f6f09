/* test_key: which files and variables a key is taken from, that its bytes do not stay behind, and that the process leaks none. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/key.h"

#define KEY "msk_u_0123456789abcdef"

static char dir[] = "/tmp/assent-key-XXXXXX";

static const char *put(const char *name, const char *text, size_t len, mode_t mode)
{
	static char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static int load(struct key *k, const char *file, bool *from_env, struct err *e)
{
	return key_load(k, &(struct key_source){ .file = file, .fd = -1 }, from_env, e);
}

static void files(void **state)
{
	static const struct {
		const char *name, *text;
		size_t len;
		mode_t mode;
		int want;
		const char *words;
	} rows[] = {
		{ "good", KEY, 22, 0600, 0, NULL }, { "line", KEY "\n", 23, 0600, 0, NULL }, { "crlf", KEY "\r\n", 24, 0400, 0, NULL },
		{ "group", KEY, 22, 0640, ERR_DENIED, "chmod 600" }, { "others", KEY, 22, 0604, ERR_DENIED, "chmod 600" },
		{ "written", KEY, 22, 0620, ERR_DENIED, "chmod 600" }, { "empty", "", 0, 0600, ERR_INVALID, "no key" },
		{ "newline", "\n", 1, 0600, ERR_INVALID, "no key" }, { "blank", "msk_a b", 7, 0600, ERR_INVALID, "blank" },
		{ "two lines", "msk_a\nmsk_b\n", 12, 0600, ERR_INVALID, "blank" }, { "control", "msk_\x1b", 5, 0600, ERR_INVALID, "blank" },
		{ "not ASCII", "msk_\xc3\xa9", 6, 0600, ERR_INVALID, "blank" }, { "nul", "msk_a\0b", 7, 0600, ERR_INVALID, "no text" },
		{ "agent", "msk_assent_0123", 15, 0600, ERR_INVALID, "token of an agent" },
	};
	struct key k;
	struct err e;
	size_t i;
	bool from_env;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		r = load(&k, put("key", rows[i].text, rows[i].len, rows[i].mode), &from_env, &e);
		if (r != rows[i].want || (r < 0 && !strstr(e.msg, rows[i].words)) || from_env)
			fail_msg("%s: %d, \"%s\"", rows[i].name, r, r < 0 ? e.msg : "");
		if (r < 0) {
			assert_null(k.text);
			assert_null(strstr(e.msg, "0123"));	/* a message is no place for a key */
			continue;
		}
		assert_string_equal(k.text, KEY);
		assert_string_equal(k.header, "Authorization: Bearer " KEY);
		key_release(&k);
		assert_null(k.text);
	}
}

static void long_files(void **state)
{
	char text[5000];
	struct key k;
	struct err e;
	bool from_env;

	(void)state;
	memset(text, 'k', sizeof(text));
	assert_int_equal(load(&k, put("key", text, 4095, 0600), &from_env, &e), 0);
	assert_int_equal(strlen(k.text), 4095);
	key_release(&k);
	assert_int_equal(load(&k, put("key", text, 4096, 0600), &from_env, &e), ERR_INVALID);
	assert_int_equal(load(&k, put("key", text, 5000, 0600), &from_env, &e), ERR_INVALID);
}

static void what_is_no_file(void **state)
{
	char link[128], fifo[128];
	struct key k;
	struct err e;
	bool from_env;

	(void)state;
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(put("key", KEY, 22, 0600), link), 0);
	assert_int_equal(load(&k, link, &from_env, &e), ERR_DENIED);
	assert_non_null(strstr(e.msg, "symbolic link"));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(load(&k, fifo, &from_env, &e), ERR_INVALID);
	assert_int_equal(load(&k, dir, &from_env, &e), ERR_INVALID);
	assert_int_equal(load(&k, "/nonexistent/key", &from_env, &e), ERR_NOTFOUND);
	assert_non_null(strstr(e.msg, "/nonexistent/key"));
	unlink(link);
	unlink(fifo);
}

/* Only root can make a file of another's, and only root can read one of mode 0600. */
static void a_file_of_another(void **state)
{
	const char *path = put("key", KEY, 22, 0600);
	struct key k;
	struct err e;
	bool from_env;

	(void)state;
	if (chown(path, 12345, 12345) < 0)
		skip();
	assert_int_equal(load(&k, path, &from_env, &e), ERR_DENIED);
	assert_non_null(strstr(e.msg, "12345"));
}

static void descriptors(void **state)
{
	static const struct { const char *text; int want; } rows[] = { { KEY, 0 }, { KEY "\n", 0 }, { "", ERR_INVALID }, { "a b", ERR_INVALID } };
	struct key_source from = { 0 };
	struct key k;
	bool from_env;
	size_t i;
	int fds[2];

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], rows[i].text, strlen(rows[i].text)), strlen(rows[i].text));
		close(fds[1]);
		from.fd = fds[0];
		if (key_load(&k, &from, &from_env, NULL) != rows[i].want)
			fail_msg("\"%s\"", rows[i].text);
		assert_int_equal(fcntl(fds[0], F_GETFD), -1);	/* nobody reads it a second time */
		if (rows[i].want == 0) {
			assert_string_equal(k.text, KEY);
			key_release(&k);
		}
	}
	from.file = put("key", KEY, 22, 0600);
	from.fd = 0;
	assert_int_equal(key_load(&k, &from, &from_env, NULL), ERR_INVALID);	/* which of the two? */
	from = (struct key_source){ .fd = 12345 };
	assert_int_equal(key_load(&k, &from, &from_env, NULL), ERR_IO);
}

/* As systemd lays them down: of root or of us, and where it uses an access list the group's bits show what we may do. */
static void credentials(void **state)
{
	static const struct { mode_t mode; int want; } rows[] = { { 0400, 0 }, { 0440, 0 }, { 0600, 0 }, { 0444, ERR_DENIED }, { 0460, ERR_DENIED } };
	char path[128], other[128];
	struct key k;
	bool from_env;
	size_t i;

	(void)state;
	snprintf(other, sizeof(other), "%s/miosa-key", dir);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_int_equal(load(&k, NULL, &from_env, NULL), ERR_NOTFOUND);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(path, sizeof(path), "%s", put("miosa-key", KEY, 22, rows[i].mode));
		if (load(&k, NULL, &from_env, NULL) != rows[i].want)
			fail_msg("%o", rows[i].mode);
		if (rows[i].want == 0) {
			assert_string_equal(k.text, KEY);
			key_release(&k);
		}
	}
	chmod(other, 0400);
	assert_int_equal(load(&k, put("key", "msk_other", 9, 0600), &from_env, NULL), 0);	/* what is named comes first */
	assert_string_equal(k.text, "msk_other");
	key_release(&k);
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(other);
}

/* Whether the bytes stand in what the kernel shows of the environment. */
static bool environment_has(const char *text)
{
	static char all[1 << 16];
	int fd = open("/proc/self/environ", O_RDONLY);
	ssize_t n = read(fd, all, sizeof(all));

	close(fd);
	assert_true(n > 0);
	return memmem(all, (size_t)n, text, strlen(text)) != NULL;
}

/* In a new program, whose environment holds the key as its parent gave it. */
static int loaded_from_environment(const char *file)
{
	struct key k;
	struct err e;
	bool from_env;
	int r;

	if (!environment_has(KEY))
		return 10;
	r = load(&k, file, &from_env, &e);
	if (r < 0 || strcmp(k.text, file ? "msk_other" : KEY) != 0)
		return 11;
	if (from_env != !file)
		return 12;
	if (environment_has(KEY) || getenv("MIOSA_API_KEY"))
		return 13;
	key_release(&k);
	return load(&k, NULL, &from_env, &e) == ERR_NOTFOUND && strstr(e.msg, "--key-file") ? 0 : 14;
}

static int run_with_key(const char *file)
{
	char *args[] = { (char *)(uintptr_t)"test_key", (char *)(uintptr_t)"--environment", (char *)(uintptr_t)file, NULL };
	/* Twice: nothing forbids that, and both must go. */
	char *env[] = { (char *)(uintptr_t)"MIOSA_API_KEY=" KEY, (char *)(uintptr_t)"A=b", (char *)(uintptr_t)"MIOSA_API_KEY=" KEY,
			(char *)(uintptr_t)"ASAN_OPTIONS=detect_leaks=0", NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execve("/proc/self/exe", args, env);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static void the_environment_is_wiped(void **state)
{
	(void)state;
	assert_int_equal(run_with_key(NULL), 0);
	assert_int_equal(run_with_key(put("key", "msk_other", 9, 0600)), 0);
}

/* The line of /proc/self/smaps that tells what the kernel does with the page. */
static bool page_has_flag(const void *page, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	unsigned long from, to;
	bool in = false, found = false;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			in = (uintptr_t)page >= from && (uintptr_t)page < to;
		else if (in && strncmp(line, "VmFlags:", 8) == 0 && strstr(line, flag))
			found = true;
	}
	fclose(f);
	return found;
}

static void the_page_is_locked_and_in_no_core(void **state)
{
	struct rlimit locked;
	struct key k;
	bool from_env;

	(void)state;
	assert_int_equal(load(&k, put("key", KEY, 22, 0600), &from_env, NULL), 0);
	assert_true(page_has_flag(k.text, " dd"));
	assert_true(page_has_flag(k.text, " wf"));	/* a child finds zeroes there */
	getrlimit(RLIMIT_MEMLOCK, &locked);
#ifndef ASSENT_SANITIZE		/* ASan makes mlock() do nothing */
	if (locked.rlim_cur >= 4096)
		assert_true(page_has_flag(k.text, " lo"));
#endif
	key_release(&k);
	key_release(&k);	/* again is fine */
}

static void a_hardened_process(void **state)
{
	struct rlimit core;
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		key_harden_process();
		getrlimit(RLIMIT_CORE, &core);
		_exit(core.rlim_cur == 0 && core.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/key", dir);
	unlink(path);
	return rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files), cmocka_unit_test(long_files), cmocka_unit_test(what_is_no_file), cmocka_unit_test(a_file_of_another),
		cmocka_unit_test(descriptors), cmocka_unit_test(credentials),
		cmocka_unit_test(the_environment_is_wiped), cmocka_unit_test(the_page_is_locked_and_in_no_core), cmocka_unit_test(a_hardened_process),
	};

	if (argc > 1 && strcmp(argv[1], "--environment") == 0)
		return loaded_from_environment(argc > 2 ? argv[2] : NULL);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
