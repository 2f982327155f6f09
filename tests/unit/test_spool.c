/* test_spool: long bodies in a real folder: names, modes, what is found again, what is swept away, what fails. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/failing_sync.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/spool.h"

static char dir[300];
static struct spool *spool;

static bool none(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	return false;
}

static bool this_one(const char *name, void *arg)
{
	return strcmp(name, arg) == 0;
}

static int start(void **state)
{
	static int n;
	struct err e;

	(void)state;
	syncs.count = syncs.bad_from = 0;
	snprintf(dir, sizeof(dir), "%s/spool-%d-%d", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp", (int)getpid(), n++);
	return spool_open(dir, &spool, &e);
}

static int stop(void **state)
{
	(void)state;
	spool_sweep(spool, none, NULL);
	spool_close(spool);
	return rmdir(dir);
}

static bool is_there(const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static void kept_and_found(void **state)
{
	struct spooled *f, *again;
	char path[400], text[16];
	struct stat st;

	(void)state;
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(spool_create(spool, &f, NULL), 0);
	assert_int_equal(spooled_append(f, "hello ", 6, NULL), 0);
	assert_int_equal(spooled_append(f, "", 0, NULL), 0);
	assert_int_equal(spooled_append(f, "world", 5, NULL), 0);
	assert_int_equal(spooled_len(f), 11);
	snprintf(path, sizeof(path), "%s/%s", dir, spooled_name(f));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(spooled_sync(f), 0);
	assert_int_equal(syncs.count, 2);	/* the file, and the folder that names it */
	assert_int_equal(spool_find(spool, spooled_name(f), &again, NULL), 0);
	assert_int_equal(spooled_len(again), 11);
	assert_int_equal(spooled_read(again, 6, text, sizeof(text)), 5);
	assert_memory_equal(text, "world", 5);
	assert_int_equal(spooled_read(again, 11, text, sizeof(text)), 0);
	spooled_close(again);
	assert_true(is_there(spooled_name(f)));
	spooled_discard(f);
	assert_false(access(path, F_OK) == 0);
	spooled_close(NULL);
	spooled_discard(NULL);
}

static void two_names(void **state)
{
	struct spooled *a, *b;

	(void)state;
	assert_int_equal(spool_create(spool, &a, NULL), 0);
	assert_int_equal(spool_create(spool, &b, NULL), 0);
	assert_string_not_equal(spooled_name(a), spooled_name(b));
	spool_remove(spool, spooled_name(a));
	assert_false(is_there(spooled_name(a)));
	assert_true(is_there(spooled_name(b)));
	spooled_close(a);
	spooled_close(b);
}

static void sweeps_only_its_own(void **state)
{
	struct spooled *a, *b;
	char path[400], kept[64];
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(spool_create(spool, &a, NULL), 0);
	assert_int_equal(spool_create(spool, &b, NULL), 0);
	snprintf(kept, sizeof(kept), "%s", spooled_name(b));
	spooled_close(a);
	spooled_close(b);
	snprintf(path, sizeof(path), "%s/notes.txt", dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(spool_sweep(spool, this_one, kept), 1);
	assert_true(is_there(kept));
	assert_int_equal(stat(path, &st), 0);
	unlink(path);
}

static void finds_nothing_else(void **state)
{
	static const char *const names[] = { "", "..", "../journal.db", "0123456789abcdef0123456789abcde", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef" };
	struct spooled *f;
	char path[400];
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(spool_find(spool, names[i], &f, &e), ERR_NOTFOUND);
	snprintf(path, sizeof(path), "%s/%s", dir, names[5]);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(spool_find(spool, names[5], &f, &e), ERR_IO);	/* no way out of the folder */
	assert_non_null(strstr(e.msg, path));
}

static void failures(void **state)
{
	struct rlimit old, small;
	struct spooled *f;
	struct spool *other;
	char path[400], piece[4096] = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(spool_create(spool, &f, NULL), 0);
	syncs.bad_from = 1;
	assert_int_equal(spooled_sync(f), ERR_IO);
	syncs.bad_from = 0;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 6000;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(spooled_append(f, piece, sizeof(piece), &e), 0);
	assert_int_equal(spooled_append(f, piece, sizeof(piece), &e), ERR_IO);	/* half of it fits */
	setrlimit(RLIMIT_FSIZE, &old);
	assert_non_null(strstr(e.msg, dir));
	spooled_discard(f);
	snprintf(path, sizeof(path), "%s/file", dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(spool_open(path, &other, &e), ERR_IO);
	assert_non_null(strstr(e.msg, path));
	unlink(path);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(kept_and_found), CASE(two_names), CASE(sweeps_only_its_own), CASE(finds_nothing_else), CASE(failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
