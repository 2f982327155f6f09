/* test_log: what a line looks like, and that no secret and no control of the terminal is in it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/log.h"

static char dir[] = "/tmp/assent-log-XXXXXX", path[128];

/* What one call adds to the file: all of it behind the time and the name. */
static const char *written(const char *text)
{
	static char all[1 << 16];
	int fd;
	ssize_t n;

	assert_int_equal(truncate(path, 0), 0);
	log_line("%s", text);
	fd = open(path, O_RDONLY);
	n = read(fd, all, sizeof(all) - 1);
	close(fd);
	assert_true(n > 0);
	all[n] = '\0';
	assert_int_equal(all[n - 1], '\n');
	all[n - 1] = '\0';
	assert_null(strchr(all, '\n'));		/* one line */
	assert_int_equal(strspn(all, "0123456789-: "), strlen("2026-11-24 12:00:00 "));
	assert_memory_equal(all + 20, "gate: ", 6);
	return all + 26;
}

static void lines(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "agents ask at here", "agents ask at here" }, { "", "" }, { "100% sure", "100% sure" }, { "gr\xc3\xbc\xc3\x9f Gott", "gr\xc3\xbc\xc3\x9f Gott" },
		{ "the key is swordfish.", "the key is *********." }, { "swordfishswordfish", "******************" }, { "swordfis h", "swordfis h" },
		{ "Bearer msk_u_0a-B_c, and msk_assent_99", "Bearer msk_********, and msk_*********" }, { "msk_", "msk_" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(written(rows[i].text), rows[i].want);
}

static void nothing_acts_on_a_terminal(void **state)
{
	static const char *const hostile[] = { "a\nforged line", "a\rb", "\x1b]0;title\a", "\x1b[2J", "\b\b\b", "\xc2\x9b" "2J", "\xff\xfe", "\xe2\x80\xae" "abc", "\x7f" };
	const char *got, *p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(hostile); i++) {
		got = written(hostile[i]);
		for (p = got; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				fail_msg("row %zu: \"%s\"", i, got);
		assert_null(strstr(got, "\xc2\x9b"));
		assert_null(strstr(got, "\xe2\x80\xae"));
	}
}

/* A line that is cut must not be cut in the midst of a secret. */
static void a_long_line_leaks_no_part(void **state)
{
	char text[20000];
	const char *got;
	size_t at;

	(void)state;
	for (at = 8100; at < 8300; at++) {
		memset(text, '.', sizeof(text));
		memcpy(text + at, "swordfish", 9);
		text[sizeof(text) - 1] = '\0';
		got = written(text);
		assert_null(strstr(got, "swo"));
		assert_int_equal(strlen(got), 8192);
	}
}

static void the_file_is_ours(void **state)
{
	char link[160];
	struct stat st;
	struct err e;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(path, link), 0);
	log_close();
	assert_int_equal(log_open("gate", link, &e), ERR_IO);
	assert_int_equal(log_open("gate", dir, &e), ERR_IO);
	assert_non_null(strstr(e.msg, dir));
	unlink(link);
	assert_int_equal(log_open("gate", path, &e), 0);	/* what was there stays */
	log_line("again");
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 40);
}

static int open_log(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/gate.log", dir);
	log_secret("swordfish");
	log_secret("");
	return log_open("gate", path, NULL);
}

static int remove_log(void **state)
{
	(void)state;
	log_close();
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines), cmocka_unit_test(nothing_acts_on_a_terminal), cmocka_unit_test(a_long_line_leaks_no_part), cmocka_unit_test(the_file_is_ours),
	};

	return cmocka_run_group_tests(tests, open_log, remove_log);
}
